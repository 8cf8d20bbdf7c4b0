import { gapHistogram } from "./axis.js";
import { gapsOf, type Run } from "./check-ins.js";
import { type Fit, fitGaps } from "./fit.js";

/** The best account of when the contacts came. */
export interface Rhythm {
  /** One, or several in order of time where the interval changes. */
  parts: Fit[];
  /** Seconds within which contacts count as one check-in. */
  deadTime: number;
  gaps: number;
  bits: number;
  /** Bits for each gap: how regular, whatever the length of the observation. */
  perGap: number;
}

/** Seconds. One second is the least that logs of all kinds can tell. */
const DEAD_TIMES = [1, 10, 90, 600, 3600];
/** Part of the gaps below a longer dead time that makes it worth a try. */
const SHORT_PART = 0.15;
/** Fewer gaps say nothing. */
export const LEAST_GAPS = 4;
/** A part has at least this many gaps; a split is tried at so many places. */
const LEAST_PART = 8;
const PLACES = 8;
const MOST_PARTS = 4;
/** A split must explain this much more, in bits: its place was chosen too. */
const SPLIT_COST = 8;
/** Gaps this regular, in bits each, need no split. */
const REGULAR = 3;

/** Bits for each gap below which no split would make a beacon of it. */
const HOPELESS = -0.9;

interface View {
  gaps: number[];
  deadTime: number;
  whole: Fit;
}

/** Undefined where there are too few gaps to tell. */
export function rhythmOf(runs: readonly Run[]): Rhythm | undefined {
  const [finest, ...coarser] = viewsOf(runs);
  if (finest === undefined) return undefined;
  const best = coarser.reduce<View | undefined>(
    (known, each) => (known === undefined || each.whole.bits > known.whole.bits ? each : known),
    undefined,
  );
  const fine = inParts(finest);
  const coarse = best === undefined ? undefined : inParts(best);
  return coarse !== undefined && coarse.bits > Math.max(0, fine.bits) ? coarse : fine;
}

/** The gaps with contacts taken together over one second, and over longer times where that makes a difference. */
function viewsOf(runs: readonly Run[]): View[] {
  const views: View[] = [];
  for (const deadTime of DEAD_TIMES) {
    const finest = views[0]?.gaps;
    if (finest && finest.filter((gap) => gap < deadTime).length < finest.length * SHORT_PART) continue;
    const gaps = gapsOf(runs, deadTime);
    if (gaps.length < LEAST_GAPS) break;
    views.push({ gaps, deadTime, whole: fitGaps(gapHistogram(gaps), deadTime) });
  }
  return views;
}

function inParts({ gaps, deadTime, whole }: View): Rhythm {
  const parts = split(gaps, whole, deadTime, MOST_PARTS);
  const bits = parts.reduce((sum, part) => sum + part.bits, 0) - SPLIT_COST * (parts.length - 1);
  return { parts, deadTime, gaps: gaps.length, bits, perGap: bits / gaps.length };
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
