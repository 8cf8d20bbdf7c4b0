import { HOUR, SECOND } from "../../kernel/time.js";

/**
 * Bursts within these pauses are one contact (a check-in that opens five connections), tried in turn: the pause of a beacon is longer than its
 * bursts, but nobody says how long.
 */
const BURST_PAUSES = [0, 5 * SECOND, 60 * SECOND, 600 * SECOND];
/** Contacts below which regularity is not judged. */
const LEAST = 20;
/**
 * Local variation (Shinomoto et al. 2003, doi 10.1162/089976603322518759): 1 for a Poisson process whatever its changing rate, 0 for a metronome, above 1 for people. A pause
 * of ±60 % evenly drawn gives about 0.2, with half of the contacts lost about 0.6.
 */
const REGULAR = 0.75;
/** How many standard errors below a Poisson process it must lie, whose value is a little below 1 once long silences are left out. */
const SURE = 2.5;
const POISSON = 0.9;
/** Pauses longer than this many usual ones are nights and weekends: a host that is switched off, a person who sleeps. */
const SILENCE = 4;
/** Standard deviation of one term of the local variation under a Poisson process: 3x² with x even on 0..1. */
const TERM_SD = 0.9;
/**
 * Contacts that come once a day at office hours are regular too. Local variation is asked only of pauses shorter than this; a slow timer shows itself by
 * walking round the clock, or by a tight pause.
 */
const SLOW = 6 * HOUR;
/** Ratio of the ends of a window of pauses, and the share of all pauses in it, that no Poisson process (8 %) and no person shows. */
const TIGHT = { fast: 1.25, slow: 1.05, share: 0.4 };

/** A timer with 60 % of jitter waits at least 0.4 of its usual pause; and what comes later than this has missed a turn. */
export const JITTER = { soonest: 0.35, latest: 1.65 };
/** The quantile that says how far pauses scatter, and how many times that far a timer reaches (evenly drawn ones: 1.1 times their half-width). */
const SCATTER = { quantile: 0.95, times: 1.25, least: 0.01 };
/** Of a timer that scatters by more than this share of its pause, two pauses may be as short as one. */
const STEADY = 0.3;

export interface Regular {
  /** Milliseconds within which contacts are one burst. */
  burstPause: number;
  /** Usual pause between two bursts, milliseconds. */
  pause: number;
  /** How much earlier or later than usual the timer comes, milliseconds; undefined where so irregular that its turns cannot be counted. */
  scatter: number | undefined;
  test: "local_variation" | "tight_pause";
}

/** First and last time of each burst, in order. */
export function burstsOf(times: readonly number[], burstPause: number): { from: number; to: number }[] {
  const bursts: { from: number; to: number }[] = [];
  for (const time of times) {
    const last = bursts.at(-1);
    if (last !== undefined && time - last.to <= burstPause) last.to = time;
    else bursts.push({ from: time, to: time });
  }
  return bursts;
}

/** Is there a timer in these times (ordered milliseconds of one actor)? Undefined where there is none, or too little to say. */
export function findTimer(times: readonly number[]): Regular | undefined {
  for (const burstPause of BURST_PAUSES) {
    const bursts = burstsOf(times, burstPause);
    if (bursts.length < LEAST) return undefined;
    const pauses = bursts.slice(1).map(({ from }, index) => from - (bursts[index]?.to ?? from));
    const found = tightPause(pauses, burstPause) ?? localVariation(pauses, burstPause);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Lv of neighbouring pauses, from which the dead time is taken: folding bursts must not make people look regular. Longer ones than `longest` are left out. */
export function localVariationOf(
  pauses: readonly number[],
  dead: number,
  longest: number,
): { lv: number; terms: number } {
  let sum = 0;
  let terms = 0;
  for (let index = 1; index < pauses.length; index++) {
    const one = (pauses[index - 1] as number) - dead;
    const other = (pauses[index] as number) - dead;
    if (one + other <= 0 || Math.max(one, other) > longest) continue;
    sum += ((one - other) / (one + other)) ** 2;
    terms++;
  }
  return { lv: terms === 0 ? Number.NaN : (3 * sum) / terms, terms };
}

function localVariation(pauses: readonly number[], burstPause: number): Regular | undefined {
  const sorted = pauses.toSorted((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] as number;
  if (middle > SLOW || middle < 4 * burstPause) return undefined;
  const { lv, terms } = localVariationOf(pauses, burstPause, SILENCE * middle);
  if (terms < LEAST || lv > REGULAR || lv + (SURE * TERM_SD) / Math.sqrt(terms) > POISSON) return undefined;
  const pause = mode(sorted, 2).middle;
  return { burstPause, ...turnOf(sorted, pause), test: "local_variation" };
}

function tightPause(pauses: readonly number[], burstPause: number): Regular | undefined {
  const sorted = pauses.filter((pause) => pause > 2 * burstPause && pause > SECOND).sort((a, b) => a - b);
  for (const [ratio, limit] of [
    [TIGHT.fast, SLOW],
    [TIGHT.slow, Number.POSITIVE_INFINITY],
  ] as const) {
    const among = sorted.filter((pause) => pause <= limit);
    if (among.length < LEAST) continue;
    const found = mode(among, ratio);
    if (found.count >= TIGHT.share * pauses.length && found.count >= LEAST)
      return { burstPause, ...turnOf(sorted, found.middle), test: "tight_pause" };
  }
  return undefined;
}

/**
 * The pause between two turns, and how far it scatters, from the pauses above the middle one: other people's events cut pauses short, and make none of them longer.
 */
function turnOf(sorted: readonly number[], about: number): Pick<Regular, "pause" | "scatter"> {
  const single = sorted.filter((each) => each >= JITTER.soonest * about && each <= JITTER.latest * about);
  const quantile = (share: number) => single[Math.floor(share * single.length)] ?? about;
  const pause = quantile(0.5);
  const scatter = Math.max(SCATTER.least * pause, SCATTER.times * (quantile(SCATTER.quantile) - pause));
  return { pause, scatter: scatter <= STEADY * pause ? scatter : undefined };
}

/** The window [x, ratio·x] that holds most of the ordered values. */
function mode(sorted: readonly number[], ratio: number): { from: number; middle: number; count: number } {
  let best = { first: 0, count: 0 };
  let end = 0;
  for (let first = 0; first < sorted.length; first++) {
    while (end < sorted.length && (sorted[end] as number) <= (sorted[first] as number) * ratio) end++;
    if (end - first > best.count) best = { first, count: end - first };
  }
  return {
    from: sorted[best.first] as number,
    middle: sorted[best.first + (best.count >> 1)] as number,
    count: best.count,
  };
}
