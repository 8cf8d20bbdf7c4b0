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
  /**
   * Bits of evidence for the beacon after the cost of choosing it; below 0 the plain process explains the gaps better, and it is minus
   * infinity where they leave no interval.
   */
  bits: number;
}

/** Parts of unexplained gaps that are tried; the first one in the search over all shapes and intervals, the others for its best. */
const NOISES = [0.15, 0.03, 0.4];
/** Choosing a shape among 18, against one of 4 plain shapes; either has an interval and a noise to choose. */
const COST = Math.log(BEACON_SHAPES.length / PLAIN_SHAPES.length);

interface Explained {
  /** What is to be added to the logarithm of the mass where no beacon's gap lies, by bin: entry `BINS + k` is k bins above the interval. As wide as any gap is from any interval. */
  gain: Float64Array;
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
    return { gain };
  }),
);
/** Parts of the gaps that a plain process leaves unexplained: it is allowed strays as a beacon is. */
const PLAIN_NOISES = [0, 0.03, 0.15, 0.4];
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

/** Intervals that one bound is for: a cell of bins. Those of several cells in a row, a group, have one for all shapes, which is looser and asked first. */
const CELL = 5;
const GROUP_CELLS = 3;
const CELLS = Math.ceil(BINS / CELL);

/** Shapes of one jitter, whatever was lost. */
interface Family {
  shapes: readonly number[];
  /** The shortest gap, as a part of the interval. */
  least: number;
  /** For each bin the most that any of the shapes, with the first noise, gives a gap for any interval of a cell; as {@link Explained.gain}. */
  bound: Float64Array;
}

/** @param bins around the middle one that the bound is for: an odd number */
function boundOf(shapes: readonly number[], bins: number): Float64Array {
  const around = (bins - 1) / 2;
  return Float64Array.from({ length: 2 * BINS + 1 }, (_, bin) => {
    let best = 0;
    for (let near = bin - around; near <= bin + around; near++)
      for (const shape of shapes) best = Math.max(best, explained[0]?.[shape]?.gain[near] ?? 0);
    return best;
  });
}

const families: readonly Family[] = [...new Set(BEACON_SHAPES.map(({ least }) => least))].map((least) => {
  const shapes = [...BEACON_SHAPES.keys()].filter((at) => BEACON_SHAPES[at]?.least === least);
  return { shapes, least, bound: boundOf(shapes, CELL) };
});
const groupBound = boundOf([...BEACON_SHAPES.keys()], GROUP_CELLS * CELL);

/** Each shape without strays. */
const QUICK_PLAIN = plain.filter(({ noise }) => noise === 0);

/**
 * @param deadTime seconds within which contacts were taken together: shorter gaps cannot occur, whatever the process
 */
export function fitGaps(histogram: GapHistogram, deadTime: number): Fit {
  const plain = plainLikelihood(histogram, deadTime);
  return fitOf(histogram, searchBeacon(histogram, deadTime, Number.NEGATIVE_INFINITY), plain);
}

/**
 * The shortest gap of a beacon is this many times the dead time: a burst that lasts longer leaves gaps right above the dead time, whatever
 * made it.
 */
const CLEAR = 1.5;

/** What another noise than that of the search may add, in bits. */
const SLACK = 2;

/** Bits as {@link fitGaps} finds them; minus infinity, at much less cost, where they are fewer than `least`. */
export function bitsOf(histogram: GapHistogram, deadTime: number, least: number): number {
  const needed = aPlainLikelihood(histogram, deadTime) + COST + (least - SLACK) * Math.LN2;
  const found = searchBeacon(histogram, deadTime, needed);
  if (found.logLikelihood <= needed) return Number.NEGATIVE_INFINITY;
  return fitOf(histogram, found, plainLikelihood(histogram, deadTime)).bits;
}

function fitOf({ total }: GapHistogram, found: Found, plain: number): Fit {
  const shape = BEACON_SHAPES[found.shape];
  return {
    interval: secondsOf(found.bin),
    jitter: shape?.jitter ?? 0,
    loss: shape?.loss ?? 0,
    noise: NOISES[found.noise] ?? 0,
    gaps: total,
    bits: (found.logLikelihood - plain - COST) / Math.LN2,
  };
}

interface Found {
  shape: number;
  bin: number;
  noise: number;
  logLikelihood: number;
}

/** The most that each cell of each family could reach; used again for every search. */
const reaches = new Float64Array(families.length * CELLS);

/**
 * The best shape and interval, by branch and bound: neighbouring intervals (a group, then a cell) are tried one by one only where the most that
 * they could reach is above the best so far.
 * @param above what is not above it need not be found; the result is then not above it either
 */
function searchBeacon(histogram: GapHistogram, deadTime: number, above: number): Found {
  const dead = binOf(deadTime);
  // Few gaps are shorter than the interval, and most are not many times longer.
  const lowest = quantileBin(histogram, 0.05);
  const highest = Math.min(BINS - 1, quantileBin(histogram, 0.8) + 3);
  const best: Found = { shape: 0, bin: lowest, noise: 0, logLikelihood: above };
  // As if no gap lay where a beacon's do.
  const bases = NOISES.map(
    (noise) => histogram.total * Math.log(noise / BINS / (1 - noise + noise * leftOfNoise(dead))),
  );
  const starts = families.map(({ least }) => Math.max(lowest, binOf((CLEAR * deadTime) / least) + 1));
  const consider = (shape: number, bin: number, noise: number) => {
    const of = explained[noise]?.[shape] as Explained;
    const logLikelihood = (bases[noise] as number) + gainOf(histogram, of.gain, bin);
    if (logLikelihood <= best.logLikelihood) return;
    best.shape = shape;
    best.bin = bin;
    best.noise = noise;
    best.logLikelihood = logLikelihood;
  };
  const reachOf = (bound: Float64Array, from: number, cells: number) =>
    (bases[0] as number) + gainOf(histogram, bound, from + (cells * CELL - 1) / 2);
  const tryCell = (place: number) => {
    const at = Math.floor(place / CELLS);
    const from = (place % CELLS) * CELL;
    const to = Math.min(highest, from + CELL - 1);
    for (const shape of (families[at] as Family).shapes)
      for (let bin = Math.max(from, starts[at] as number); bin <= to; bin++) consider(shape, bin, 0);
  };
  const open: number[] = [];
  let most = above;
  let first: number | undefined;
  const lowestGroup = Math.floor(Math.min(...starts) / CELL / GROUP_CELLS) * GROUP_CELLS;
  for (let group = lowestGroup; group * CELL <= highest; group += GROUP_CELLS) {
    if (reachOf(groupBound, group * CELL, GROUP_CELLS) <= above) continue;
    for (let cell = group; cell < group + GROUP_CELLS && cell * CELL <= highest; cell++) {
      for (let at = 0; at < families.length; at++) {
        if ((cell + 1) * CELL <= (starts[at] as number)) continue;
        const reach = reachOf((families[at] as Family).bound, cell * CELL, 1);
        if (reach <= above) continue;
        const place = at * CELLS + cell;
        reaches[place] = reach;
        open.push(place);
        if (reach <= most) continue;
        most = reach;
        first = place;
      }
    }
  }
  if (first !== undefined) tryCell(first);
  for (const place of open) if ((reaches[place] as number) > best.logLikelihood) tryCell(place);
  if (best.logLikelihood <= above) return best;
  const centre = best.bin;
  for (let noise = 1; noise < NOISES.length; noise++) {
    for (let each = 0; each < BEACON_SHAPES.length; each++) consider(each, centre, noise);
  }
  return best;
}

function gainOf({ bins, counts }: GapHistogram, gain: Float64Array, interval: number): number {
  const origin = BINS - interval;
  let sum = 0;
  for (let at = 0; at < bins.length; at++)
    sum += (counts[at] as number) * (gain[(bins[at] as number) + origin] as number);
  return sum;
}

/** Steps in which the centre of a plain shape is sought, in bins: their spreads are 25 and more. */
const PLAIN_STEPS = [15, 5];

/** The centre of a plain shape is near the median; where shorter gaps were taken together it may lie far below. */
function plainLikelihood(histogram: GapHistogram, deadTime: number): number {
  const floor = binOf(deadTime);
  const lowest = Math.max(0, quantileBin(histogram, 0.2) - 60);
  const highest = Math.min(BINS - 1, quantileBin(histogram, 0.5) + 30);
  const [coarse = 1, fine = 1] = PLAIN_STEPS;
  let best = Number.NEGATIVE_INFINITY;
  for (const shape of plain) {
    let own = Number.NEGATIVE_INFINITY;
    let middle = lowest;
    for (let centre = lowest; centre <= highest; centre += coarse) {
      const value = likelihoodOfPlain(histogram, shape, centre, floor);
      if (value <= own) continue;
      own = value;
      middle = centre;
    }
    const end = Math.min(BINS, middle + coarse);
    for (let centre = Math.max(0, middle - coarse + fine); centre < end; centre += fine)
      own = Math.max(own, likelihoodOfPlain(histogram, shape, centre, floor));
    best = Math.max(best, own);
  }
  return best;
}

/** One that {@link plainLikelihood} is not below: a wide spread around the median. */
function aPlainLikelihood(histogram: GapHistogram, deadTime: number): number {
  const centre = quantileBin(histogram, 0.5);
  const floor = binOf(deadTime);
  return QUICK_PLAIN.reduce(
    (best, shape) => Math.max(best, likelihoodOfPlain(histogram, shape, centre, floor)),
    Number.NEGATIVE_INFINITY,
  );
}

function likelihoodOfPlain(
  { bins, counts, total }: GapHistogram,
  { log, above, noise }: Plain,
  centre: number,
  floor: number,
): number {
  const origin = BINS - centre;
  const left = (above[floor + origin] ?? 0) + noise * leftOfNoise(floor);
  let sum = -total * Math.log(Math.max(left, LEAST_MASS));
  for (let at = 0; at < bins.length; at++)
    sum += (counts[at] as number) * (log[(bins[at] as number) + origin] as number);
  return sum;
}

/** Part of the evenly spread strays that is not below the dead time. */
function leftOfNoise(floor: number): number {
  return (BINS - floor) / BINS;
}
