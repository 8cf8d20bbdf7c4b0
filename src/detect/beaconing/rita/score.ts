import { type HistogramOptions, histogramScore } from "./histogram.js";
import {
  type DistinctCounts,
  distinctCounts,
  round3,
  type StatisticalScore,
  statisticalScore,
} from "./statistics.js";

/** RITA's own defaults (`config/config.go`). */
const HISTOGRAM: HistogramOptions = { bins: 24, modeSensitivity: 0.05, outlierRemoval: 1, minHours: 11 };
const DURATION_MIN_HOURS = 6;
const DURATION_IDEAL_HOURS = 12;
const WEIGHT = 0.25;
/** Pairs with fewer distinct seconds have no score. */
export const LEAST_TIMES = 4;

/**
 * Evenness of the gaps between whole seconds in ascending order. Gaps of zero are counted among the intervals and left out of the score.
 * @throws RangeError with fewer than four times or three gaps.
 */
export function timestampScore(times: readonly number[]): StatisticalScore & DistinctCounts {
  if (times.length < LEAST_TIMES) throw new RangeError("a time score needs four times");
  const gaps = times.slice(1).map((time, at) => time - (times[at] as number));
  const score = statisticalScore(
    gaps.filter((gap) => gap !== 0),
    1,
  );
  return { ...score, ...distinctCounts(gaps) };
}

/** Evenness of what each connection sent, in bytes with headers. @throws RangeError with fewer than three. */
export function dataSizeScore(sizes: readonly number[]): StatisticalScore & DistinctCounts {
  return { ...statisticalScore(sizes, 0), ...distinctCounts(sizes) };
}

export interface DurationInput {
  /** Of the dataset, seconds. */
  from: number;
  to: number;
  first: number;
  last: number;
  totalBars: number;
  longestRun: number;
  minHours: number;
  idealHours: number;
}

const ceil3 = (value: number): number => Math.ceil(value * 1000) / 1000;

/** How much of the dataset the contact covers, or how long it goes on without a break. @throws RangeError for empty ranges. */
export function durationScore(input: DurationInput): {
  coverage: number;
  consistency: number;
  score: number;
} {
  const { from, to, first, last, totalBars, longestRun, minHours, idealHours } = input;
  if (minHours < 1 || idealHours < 1) throw new RangeError("hours must be positive");
  if (to <= from || last <= first) throw new RangeError("an empty range");
  if (totalBars < minHours) return { coverage: 0, consistency: 0, score: 0 };
  const coverage = Math.min(1, ceil3((last - first) / (to - from)));
  const consistency = Math.min(1, ceil3(longestRun / idealHours));
  return { coverage, consistency, score: Math.max(coverage, consistency) };
}

/** A sub-score and its weight. */
export type Weighted = readonly [score: number, weight: number];

/** Weighted sum, in the order timestamps, sizes, duration, histogram. @throws RangeError outside 0..1, or where weights are not 1 in sum. */
export function beaconScore(parts: readonly Weighted[]): number {
  if (parts.flat().some((each) => !(each >= 0 && each <= 1)))
    throw new RangeError("scores and weights lie between 0 and 1");
  if (parts.reduce((sum, [, weight]) => sum + weight, 0) !== 1)
    throw new RangeError("weights must be 1 in sum");
  return round3(parts.reduce((sum, [score, weight]) => sum + score * weight, 0));
}

/**
 * Beacon score of a pair with RITA's defaults; 0 where RITA gives it none (fewer than four distinct times or three gaps).
 * @param times whole seconds of closed connections, one for each, ascending @param from start of the window, seconds @param to its end
 */
export function ritaScore(
  times: readonly number[],
  sizes: readonly number[],
  from: number,
  to: number,
): number {
  // Three gaps other than zero are what four distinct times have.
  if (new Set(times).size < LEAST_TIMES || to <= from) return 0;
  const histogram = histogramScore(from, to, times, HISTOGRAM);
  const duration = durationScore({
    from,
    to,
    first: times[0] as number,
    last: times.at(-1) as number,
    totalBars: histogram.totalBars,
    longestRun: histogram.longestRun,
    minHours: DURATION_MIN_HOURS,
    idealHours: DURATION_IDEAL_HOURS,
  });
  return beaconScore([
    [timestampScore(times).score, WEIGHT],
    [dataSizeScore(sizes).score, WEIGHT],
    [duration.score, WEIGHT],
    [histogram.score, WEIGHT],
  ]);
}
