/**
 * Gaps between contacts are counted on a logarithmic axis: a shape keeps its form there whatever its interval, and a year of any rhythm is
 * a few hundred numbers.
 */
export const STEP = Math.log(1.05);
/** Seconds; what is shorter falls into the first bin, what is longer into the last. */
export const LEAST = 0.5;
const MOST = 60 * 86_400;
export const BINS = Math.ceil(Math.log(MOST / LEAST) / STEP);

export function binOf(seconds: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(Math.log(seconds / LEAST) / STEP)));
}

/** The middle of a bin, in seconds. */
export function secondsOf(bin: number): number {
  return LEAST * Math.exp((bin + 0.5) * STEP);
}

/** Bins that hold anything, ascending, and the gaps in each. */
export interface GapHistogram {
  bins: readonly number[];
  counts: readonly number[];
  total: number;
}

/** Used again for every histogram. */
const scratch = new Float64Array(BINS);

export function gapHistogram(gaps: readonly number[]): GapHistogram {
  const all = scratch.fill(0);
  for (const gap of gaps) {
    const bin = binOf(gap);
    all[bin] = (all[bin] as number) + 1;
  }
  return gathered(all, gaps.length);
}

/** All gaps of several histograms. */
export function together(parts: readonly GapHistogram[]): GapHistogram {
  const all = scratch.fill(0);
  let total = 0;
  for (const part of parts) {
    part.bins.forEach((bin, at) => {
      all[bin] = (all[bin] as number) + (part.counts[at] as number);
    });
    total += part.total;
  }
  return gathered(all, total);
}

/** The gaps in bins of which this is so. */
export function only({ bins, counts }: GapHistogram, is: (bin: number) => boolean): GapHistogram {
  const kept = [...bins.keys()].filter((at) => is(bins[at] as number));
  const some = kept.map((at) => counts[at] as number);
  return {
    bins: kept.map((at) => bins[at] as number),
    counts: some,
    total: some.reduce((sum, each) => sum + each, 0),
  };
}

/** The bin below which, and in which, this part of the gaps lies. */
export function quantileBin({ bins, counts, total }: GapHistogram, part: number): number {
  let sum = 0;
  for (let at = 0; at < bins.length; at++) {
    sum += counts[at] as number;
    if (sum > part * total) return bins[at] as number;
  }
  return bins.at(-1) ?? 0;
}

function gathered(all: Float64Array, total: number): GapHistogram {
  const bins: number[] = [];
  const counts: number[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const count = all[bin] as number;
    if (count === 0) continue;
    bins.push(bin);
    counts.push(count);
  }
  return { bins, counts, total };
}
