import { BINS, binOf, type GapHistogram, quantileBin, secondsOf } from "./axis.js";
import { BEACON_SHAPES, PLAIN_SHAPES, REACH } from "./shapes.js";

/** The beacon that explains the gaps best, and how much better than any process that is no beacon. */
export interface Fit {
  /** Seconds. */
  interval: number;
  jitter: number;
  loss: number;
  /** Part of the gaps that no beacon explains: nights, and other contact with the same server. */
  noise: number;
  gaps: number;
  /** Bits of evidence for the beacon after the cost of choosing it; below 0 the plain process explains the gaps better. */
  bits: number;
}

/** Parts of unexplained gaps that are tried; the first one in the search over all shapes and intervals, the others for its best. */
const NOISES = [0.15, 0.03, 0.4];
/** Choosing a shape among 18, against one of 4 plain shapes; either has an interval and a noise to choose. */
const COST = Math.log(BEACON_SHAPES.length / PLAIN_SHAPES.length);

interface Explained {
  /** Logarithm of the mass where no beacon's gap lies. */
  beyond: number;
  /** What is to be added to it, by bin: entry `BINS + k` is k bins above the interval. As wide as any gap is from any interval. */
  gain: Float64Array;
  noise: number;
}

/** By noise and shape. */
const explained: readonly Explained[][] = NOISES.map((noise) =>
  BEACON_SHAPES.map(({ mass }) => {
    const beyond = Math.log(noise / BINS);
    const gain = new Float64Array(2 * BINS + 1);
    gain.set(
      mass.map((each) => Math.log((1 - noise) * each + noise / BINS) - beyond),
      BINS - REACH,
    );
    return { beyond, gain, noise };
  }),
);
/** Parts of the gaps that a plain process leaves unexplained: it is allowed strays as a beacon is. */
const PLAIN_NOISES = [0, 0.15, 0.4];
/** Next to no mass. */
const LEAST_MASS = 1e-12;

interface Plain {
  /** Logarithm of the mass by bin, strays included; and the mass of the shape at and above it: what remains where shorter gaps were taken together. */
  log: Float64Array;
  above: Float64Array;
  noise: number;
}

const plain: readonly Plain[] = PLAIN_SHAPES.flatMap(({ mass }) =>
  PLAIN_NOISES.map((noise) => {
    const mixed = mass.map((each) => (1 - noise) * each);
    const above = mixed.reduceRight((sums, each, at) => {
      sums[at] = each + (sums[at + 1] ?? 0);
      return sums;
    }, new Float64Array(mass.length));
    return { log: mixed.map((each) => Math.log(Math.max(each + noise / BINS, LEAST_MASS))), above, noise };
  }),
);

/**
 * @param deadTime seconds within which contacts were taken together: shorter gaps cannot occur, whatever the process
 */
export function fitGaps(histogram: GapHistogram, deadTime: number): Fit {
  const best = searchBeacon(histogram, deadTime);
  const bits = (best.logLikelihood - plainLikelihood(histogram, deadTime) - COST) / Math.LN2;
  const shape = BEACON_SHAPES[best.shape];
  return {
    interval: secondsOf(best.bin),
    jitter: shape?.jitter ?? 0,
    loss: shape?.loss ?? 0,
    noise: NOISES[best.noise] ?? 0,
    gaps: histogram.total,
    bits,
  };
}

interface Found {
  shape: number;
  bin: number;
  noise: number;
  logLikelihood: number;
}

function searchBeacon(histogram: GapHistogram, deadTime: number): Found {
  // Few gaps are shorter than the interval, and most are not many times longer.
  const lowest = quantileBin(histogram, 0.05);
  const highest = quantileBin(histogram, 0.8) + 3;
  const dead = binOf(deadTime);
  let best: Found = { shape: 0, bin: lowest, noise: 0, logLikelihood: Number.NEGATIVE_INFINITY };
  const consider = (shape: number, bin: number, noise: number) => {
    const logLikelihood = likelihood(histogram, explained[noise]?.[shape] as Explained, bin, dead);
    if (logLikelihood > best.logLikelihood) best = { shape, bin, noise, logLikelihood };
  };
  for (const [shape, { least, stride }] of BEACON_SHAPES.entries()) {
    const floor = Math.max(lowest, binOf(deadTime / least) + 1);
    for (let bin = floor; bin <= highest; bin += stride) consider(shape, bin, 0);
  }
  const { bin, shape } = best;
  for (let near = bin - 2; near <= bin + 2; near++) if (near >= dead + 1) consider(shape, near, 0);
  const centre = best.bin;
  for (let noise = 1; noise < NOISES.length; noise++) {
    for (let each = 0; each < BEACON_SHAPES.length; each++) consider(each, centre, noise);
  }
  return best;
}

function likelihood(
  { bins, counts, total }: GapHistogram,
  shape: Explained,
  interval: number,
  floor: number,
): number {
  const { gain, noise } = shape;
  const origin = BINS - interval;
  let sum = total * (shape.beyond - Math.log(1 - noise + noise * leftOfNoise(floor)));
  for (let at = 0; at < bins.length; at++) {
    const bin = bins[at] as number;
    sum += (counts[at] as number) * (gain[bin + origin] as number);
  }
  return sum;
}

/** The centre of a plain shape is near the median; where shorter gaps were taken together it may lie far below. */
function plainLikelihood(histogram: GapHistogram, deadTime: number): number {
  const { bins, counts, total } = histogram;
  const floor = binOf(deadTime);
  const lowest = quantileBin(histogram, 0.2) - 60;
  const highest = quantileBin(histogram, 0.5) + 30;
  let best = Number.NEGATIVE_INFINITY;
  for (const { log, above, noise } of plain) {
    for (let centre = lowest; centre <= highest; centre += 5) {
      const origin = BINS - centre;
      const left = (above[floor + origin] ?? 0) + noise * leftOfNoise(floor);
      let sum = -total * Math.log(Math.max(left, LEAST_MASS));
      for (let at = 0; at < bins.length; at++)
        sum += (counts[at] as number) * (log[(bins[at] as number) + origin] as number);
      best = Math.max(best, sum);
    }
  }
  return best;
}

/** Part of the evenly spread strays that is not below the dead time. */
function leftOfNoise(floor: number): number {
  return (BINS - floor) / BINS;
}
