import { round3, sorted } from "./statistics.js";

/** Edges of equal bins, one more than bins. @throws RangeError without bins or where the end is not after the start. */
export function histogramBinEdges(start: number, end: number, bins: number): number[] {
  if (bins <= 0 || end <= start) throw new RangeError("bins need a positive number and a range");
  const width = (end - start) / bins;
  return Array.from({ length: bins + 1 }, (_, at) => (at === bins ? end : start + at * width));
}

export interface FrequencyCounts {
  /** Bins by height; heights are grouped in steps of the largest height × sensitivity. */
  freqCount: Map<number, number>;
  /** Bins that are not empty. */
  totalBars: number;
  /** The longest run of bars, around the end too. */
  longestRun: number;
}

/** @throws RangeError without bins. */
export function frequencyCounts(histogram: readonly number[], modeSensitivity: number): FrequencyCounts {
  if (histogram.length === 0) throw new RangeError("no bins");
  const step = Math.ceil(Math.max(...histogram) * modeSensitivity);
  const freqCount = new Map<number, number>();
  let totalBars = 0;
  for (const height of histogram) {
    if (height === 0) continue;
    totalBars += 1;
    const group = Math.floor(height / step) * step;
    freqCount.set(group, (freqCount.get(group) ?? 0) + 1);
  }
  return { freqCount, totalBars, longestRun: longestRun(histogram) };
}

function longestRun(histogram: readonly number[]): number {
  let longest = 0;
  let run = 0;
  for (const height of [...histogram, ...histogram]) {
    run = height > 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return Math.min(longest, histogram.length);
}

/** Times by bin; what lies outside the edges goes to the nearest bin. @throws RangeError without times or bins. */
export function createHistogram(
  edges: readonly number[],
  times: readonly number[],
  modeSensitivity: number,
): FrequencyCounts & { histogram: number[] } {
  if (edges.length < 2 || times.length === 0) throw new RangeError("a histogram needs bins and times");
  const ascending = sorted(edges);
  const histogram = new Array<number>(edges.length - 1).fill(0);
  let bin = 0;
  for (const time of sorted(times)) {
    while (bin < histogram.length - 1 && time >= (ascending[bin + 1] as number)) bin += 1;
    histogram[bin] = (histogram[bin] as number) + 1;
  }
  return { histogram, ...frequencyCounts(histogram, modeSensitivity) };
}

/** 1 − standard deviation / mean. @throws RangeError without bins, with a negative one, or where all are empty. */
export function coefficientOfVariationScore(histogram: readonly number[]): number {
  const total = histogram.reduce((sum, each) => sum + each, 0);
  if (total === 0 || histogram.some((each) => each < 0)) throw new RangeError("no times in the bins");
  const mean = total / histogram.length;
  const variance = histogram.reduce((sum, each) => sum + (each - mean) ** 2, 0) / histogram.length;
  const variation = Math.sqrt(variance) / mean;
  return variation > 1 ? 0 : Math.min(1, round3(1 - variation));
}

/** Below this the least number of bars is no choice but a mistake, and the default takes its place. */
const LEAST_BARS = 6;
const DEFAULT_BARS = 11;

/** Part of the bars that the two most frequent heights hold. @throws RangeError without bars. */
export function bimodalFitScore(
  freqCount: ReadonlyMap<number, number>,
  totalBars: number,
  outlierRemoval: number,
  minHours: number,
): number {
  if (freqCount.size === 0 || totalBars <= 0) throw new RangeError("no bars");
  if (totalBars < (minHours < LEAST_BARS ? DEFAULT_BARS : minHours)) return 0;
  const [most = 0, second = 0] = [...freqCount.values()].sort((a, b) => b - a);
  return Math.min(1, round3((most + second) / Math.max(totalBars - outlierRemoval, 1)));
}

export interface HistogramOptions {
  modeSensitivity: number;
  outlierRemoval: number;
  minHours: number;
  bins: number;
}

/** The larger of evenness and two-level fit. @throws RangeError without times, or where the range is empty. */
export function histogramScore(
  from: number,
  to: number,
  times: readonly number[],
  options: HistogramOptions,
): FrequencyCounts & { histogram: number[]; score: number } {
  const counted = createHistogram(histogramBinEdges(from, to, options.bins), times, options.modeSensitivity);
  const even = coefficientOfVariationScore(counted.histogram);
  const levels = bimodalFitScore(
    counted.freqCount,
    counted.totalBars,
    options.outlierRemoval,
    options.minHours,
  );
  return { ...counted, score: Math.max(even, levels) };
}
