/**
 * The statistics of RITA v5's beacon score (github.com/activecm/rita, `analysis/beacons.go`), written anew from a description of what they
 * compute and held to its published test values: see docs/detectors/beaconing.md. Each throws RangeError where RITA returns an error.
 */

/** To three decimals, halves away from zero. */
export function round3(value: number): number {
  return (Math.sign(value) * Math.round(Math.abs(value) * 1000)) / 1000;
}

export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** Median of values in ascending order. @throws RangeError without values. */
export function median(ascending: readonly number[]): number {
  if (ascending.length === 0) throw new RangeError("a median needs a value");
  const middle = ascending.length >> 1;
  const upper = ascending[middle] as number;
  return ascending.length % 2 === 1 ? upper : ((ascending[middle - 1] as number) + upper) / 2;
}

/** Quartile ranges under this many units (seconds, bytes) are called symmetric. */
const LEAST_RANGE = 10;

/**
 * Bowley's skewness (Q1 + Q3 − 2 Q2) / (Q3 − Q1); Q1 and Q3 are the medians of the halves, an odd middle value is in neither. 0 where the
 * quartiles are close together or one of them is the median.
 * @throws RangeError with fewer than three values.
 */
export function bowleySkewness(values: readonly number[]): { skew: number; score: number } {
  if (values.length < 3) throw new RangeError("a skewness needs three values");
  const ascending = sorted(values);
  const half = ascending.length >> 1;
  const q1 = median(ascending.slice(0, half));
  const q2 = median(ascending);
  const q3 = median(ascending.slice(ascending.length - half));
  const skew = q3 - q1 < LEAST_RANGE || q2 === q1 || q2 === q3 ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1);
  return { skew, score: 1 - Math.abs(skew) };
}

/** Median of the distances from the median; the score is what part of the median remains. @throws RangeError without values. */
export function medianAbsoluteDeviation(
  values: readonly number[],
  scoreBelowOne: number,
): { mad: number; score: number } {
  const middle = median(sorted(values));
  const mad = median(sorted(values.map((value) => Math.abs(value - middle))));
  return { mad, score: middle < 1 ? scoreBelowOne : Math.max(0, (middle - mad) / middle) };
}

export interface DistinctCounts {
  distinct: number[];
  counts: number[];
  /** The most frequent value, the smallest of several. */
  mode: number;
  modeCount: number;
}

/** Whole parts and how often each occurs, ascending. @throws RangeError with fewer than two values. */
export function distinctCounts(values: readonly number[]): DistinctCounts {
  if (values.length < 2) throw new RangeError("counting needs two values");
  const counts = new Map<number, number>();
  for (const value of sorted(values)) {
    const whole = Math.trunc(value);
    counts.set(whole, (counts.get(whole) ?? 0) + 1);
  }
  const [mode, modeCount] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best));
  return { distinct: [...counts.keys()], counts: [...counts.values()], mode, modeCount };
}

export interface StatisticalScore {
  score: number;
  skew: number;
  mad: number;
}

/** Mean of the skewness's and the deviation's score. @throws RangeError with fewer than three values. */
export function statisticalScore(values: readonly number[], scoreBelowOne: number): StatisticalScore {
  const { skew, score: symmetry } = bowleySkewness(values);
  const { mad, score: tightness } = medianAbsoluteDeviation(values, scoreBelowOne);
  return { score: round3((symmetry + tightness) / 2), skew, mad };
}
