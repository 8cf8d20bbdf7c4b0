/**
 * Gaps between contacts are counted on a logarithmic axis: a shape keeps its form there whatever its interval, and a year of any rhythm is
 * a few hundred numbers.
 */
export const STEP = Math.log(1.05);
/** Seconds; what is shorter falls into the first bin, what is longer into the last. */
const LEAST = 0.5;
const MOST = 60 * 86_400;
export const BINS = Math.ceil(Math.log(MOST / LEAST) / STEP);

export function binOf(seconds: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(Math.log(seconds / LEAST) / STEP)));
}

/** The middle of a bin, in seconds. */
export function secondsOf(bin: number): number {
  return LEAST * Math.exp((bin + 0.5) * STEP);
}

export interface GapHistogram {
  /** Bins that hold anything, ascending. */
  bins: number[];
  /** Gaps in every bin of the axis. */
  counts: Float64Array;
  total: number;
}

export function gapHistogram(gaps: readonly number[]): GapHistogram {
  const counts = new Float64Array(BINS);
  const bins = new Set<number>();
  for (const gap of gaps) {
    const bin = binOf(gap);
    counts[bin] = (counts[bin] as number) + 1;
    bins.add(bin);
  }
  return { bins: [...bins].sort((a, b) => a - b), counts, total: gaps.length };
}
