import { gapHistogram } from "./axis.js";
import { type Blind, gapsOf, type Run } from "./check-ins.js";
import { type Fit, fitGaps } from "./fit.js";

/** A stretch of time with one interval. */
export interface Part extends Fit {
  /** Seconds in which the rhythm was kept: gaps of at most {@link MOST_MISSED} intervals, added up. */
  kept: number;
}

/** The best account of when the contacts came. */
export interface Rhythm {
  /** One, or several in order of time where the interval changes. */
  parts: Part[];
  /** Seconds within which contacts count as one check-in. */
  deadTime: number;
  gaps: number;
  /** Of evidence for a beacon, after the cost of every choice that was made to find it. */
  bits: number;
  /** Bits for each gap: how regular, whatever the length of the observation. */
  perGap: number;
  /** Seconds in which the rhythm was kept. */
  kept: number;
}

/** Seconds. One second is the least that logs of all kinds can tell. */
export const DEAD_TIMES = [1, 2, 4, 8, 16, 32, 64, 128, 300, 900, 3600];
/** Bits: a longer dead time than the shortest is a choice among them. */
const DEAD_TIME_COST = Math.log2(DEAD_TIMES.length);
/** Part of the gaps below a longer dead time that makes it worth a try. */
export const SHORT_PART = 0.15;
/** Fewer gaps say nothing. */
export const LEAST_GAPS = 4;
/** A part has at least this many gaps; a split is tried at so many places. */
export const LEAST_PART = 8;
const PLACES = 8;
const MOST_PARTS = 4;
/** A split must explain this much more, in bits: its place was chosen too. */
export const SPLIT_COST = 8;
/** Gaps this regular, in bits each, need no split. */
const REGULAR = 3;
/** Bits for each gap below which no split would make a beacon of it. */
const HOPELESS = -0.9;
/** Intervals that one gap may span while the rhythm counts as kept: with half of the check-ins lost, 97 % of the gaps are shorter. */
const MOST_MISSED = 5;

interface View {
  gaps: number[];
  deadTime: number;
  cost: number;
  whole: Fit;
}

/** Undefined where there are too few gaps to tell. */
export function rhythmOf(runs: readonly Run[], blind: Blind = []): Rhythm | undefined {
  let best: Rhythm | undefined;
  for (const view of viewsOf(runs, blind)) {
    const rhythm = inParts(view);
    if (best === undefined || weight(rhythm) > weight(best)) best = rhythm;
  }
  return best;
}

/** Part of the gaps that no beacon explains, over all parts. */
export function unexplainedOf({ parts, gaps }: Rhythm): number {
  return parts.reduce((sum, part) => sum + part.noise * part.gaps, 0) / Math.max(1, gaps);
}

/** Readings of the same contacts are compared by how sure they are and by how long the rhythm was kept: a stutter of seconds is none. */
function weight({ bits, kept }: Rhythm): number {
  return bits <= 0 ? bits : certaintyOf(bits) * Math.log1p(kept / 60);
}

/** 0..1: one half at {@link HALF_SURE} bits. */
export function certaintyOf(bits: number): number {
  return bits <= 0 ? 0 : bits / (bits + HALF_SURE);
}
const HALF_SURE = 20;

/**
 * The gaps with contacts taken together over one second, and over longer times where that makes a difference; each also without the gaps
 * through which a connection stayed open, and without nights, where there are such.
 */
function viewsOf(runs: readonly Run[], blind: Blind): View[] {
  const views: View[] = [];
  const add = (gaps: number[], deadTime: number, cost: number) => {
    if (gaps.length < LEAST_GAPS) return;
    views.push({ gaps, deadTime, cost, whole: fitGaps(gapHistogram(gaps), deadTime) });
  };
  for (const deadTime of DEAD_TIMES) {
    const finest = views[0]?.gaps;
    if (finest && finest.filter((gap) => gap < deadTime).length < finest.length * SHORT_PART) continue;
    const { gaps, open } = gapsOf(runs, deadTime, blind, false);
    if (gaps.length < LEAST_GAPS) break;
    const cost = views.length === 0 ? 0 : DEAD_TIME_COST;
    add(gaps, deadTime, cost);
    if (open > 0) add(gapsOf(runs, deadTime, blind, true).gaps, deadTime, cost + 1);
    const days = withoutNights(gaps);
    if (days.length < gaps.length) add(days, deadTime, cost + 1);
  }
  return views;
}

/** Hours that a pause over a night, or over a weekend, may last. */
const NIGHT = [5, 20] as const;
const WEEKEND = [48, 80] as const;
/** A pause over a night is this many times longer than half of the gaps. */
const NIGHT_MEDIANS = 2.5;

function withoutNights(gaps: number[]): number[] {
  const median = [...gaps].sort((a, b) => a - b)[gaps.length >> 1] as number;
  return gaps.filter((gap) => !isNight(gap, median));
}

/** Seconds that are a pause over a night or a weekend where half of the gaps are shorter than `median`. */
export function isNight(gap: number, median: number): boolean {
  const isPause = ([from, to]: readonly [number, number]) => gap >= from * 3600 && gap <= to * 3600;
  return gap >= NIGHT_MEDIANS * median && (isPause(NIGHT) || isPause(WEEKEND));
}

function inParts({ gaps, deadTime, whole, cost }: View): Rhythm {
  const fits = split(gaps, whole, deadTime, MOST_PARTS);
  let from = 0;
  const parts = fits.map((fit) => {
    const own = gaps.slice(from, from + fit.gaps);
    from += fit.gaps;
    return { ...fit, kept: own.reduce((sum, gap) => sum + (gap <= MOST_MISSED * fit.interval ? gap : 0), 0) };
  });
  const bits = fits.reduce((sum, fit) => sum + fit.bits, 0) - SPLIT_COST * (fits.length - 1) - cost;
  const kept = parts.reduce((sum, part) => sum + part.kept, 0);
  return { parts, deadTime, gaps: gaps.length, bits, perGap: bits / gaps.length, kept };
}

/** Cuts in two, and the halves again, as long as two beacons explain the gaps much better than one. */
function split(gaps: readonly number[], whole: Fit, deadTime: number, most: number): Fit[] {
  if (most === 1 || whole.bits > REGULAR * gaps.length || whole.bits < HOPELESS * gaps.length) return [whole];
  let best: { at: number; before: Fit; after: Fit } | undefined;
  let bits = Math.max(0, whole.bits) + SPLIT_COST;
  for (const at of places(gaps.length)) {
    const before = fitGaps(gapHistogram(gaps.slice(0, at)), deadTime);
    const after = fitGaps(gapHistogram(gaps.slice(at)), deadTime);
    if (before.bits + after.bits <= bits) continue;
    bits = before.bits + after.bits;
    best = { at, before, after };
  }
  if (best === undefined) return [whole];
  const first = split(gaps.slice(0, best.at), best.before, deadTime, most - 1);
  return [...first, ...split(gaps.slice(best.at), best.after, deadTime, most - first.length)];
}

function places(length: number): number[] {
  const found = new Set<number>();
  for (let place = 1; place < PLACES; place++) {
    const at = Math.round((length * place) / PLACES);
    if (at >= LEAST_PART && at <= length - LEAST_PART) found.add(at);
  }
  return [...found];
}
