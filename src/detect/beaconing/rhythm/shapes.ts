import { BINS, STEP } from "./axis.js";

/**
 * How the gaps of a process are spread around its interval, as mass by bin of the logarithmic axis; entry `REACH + k` is k bins above the
 * interval. Made once.
 */
export interface Shape {
  mass: Float64Array;
}

export interface BeaconShape extends Shape {
  /** Part of the interval by which a gap may be shorter or longer. */
  jitter: number;
  /** Part of the check-ins that is not in the log. */
  loss: number;
  /** The shortest gap, as a part of the interval. */
  least: number;
}

/** Bins on either side of the interval: a factor of about 20. */
export const REACH = 62;
const WIDTH = 2 * REACH + 1;

/** What is told apart; between them the neighbours overlap. */
const JITTERS = [0.01, 0.04, 0.1, 0.2, 0.35, 0.6];
const LOSSES = [0, 0.2, 0.5];
/** Check-ins that one gap may span. */
const MOST_MISSED = 10;
/** Steps of the linear grid on which gaps are added up, per interval. */
const GRID = 200;

/**
 * A beacon sleeps for its interval, give or take its jitter (all values alike), and a part of its check-ins is lost: a gap is then the sum
 * of one, two, … sleeps with geometric weights.
 */
export const BEACON_SHAPES: readonly BeaconShape[] = JITTERS.flatMap((jitter) => {
  const sums = sumsOfSleeps(jitter);
  return LOSSES.map((loss) => {
    const linear = new Float64Array(GRID * (MOST_MISSED + 2));
    sums.forEach((sum, missed) => {
      const weight = loss ** missed * (1 - loss);
      sum.forEach((mass, at) => {
        linear[at] = (linear[at] ?? 0) + weight * mass;
      });
    });
    return { jitter, loss, least: 1 - jitter, mass: smeared(toLogBins(linear)) };
  });
});

/**
 * What is no beacon: contact at random (exponential gaps), and the wide spreads that people and their programs leave: seconds within a page,
 * minutes between pages, hours between visits. Spreads narrower than 1.2 are not among them, since these are what regular contact looks like.
 */
export const PLAIN_SHAPES: readonly Shape[] = [
  { mass: massOf((x) => 1 - Math.exp(-Math.exp(x))) },
  ...[1.2, 1.8, 2.6].map((spread) => ({ mass: massOf((x) => normal(x / spread)) })),
];

/** Distributions of the sum of 1, 2, … sleeps on the linear grid. */
function sumsOfSleeps(jitter: number): Float64Array[] {
  const from = Math.round((1 - jitter) * GRID);
  const to = Math.round((1 + jitter) * GRID);
  const one = new Float64Array(GRID * (MOST_MISSED + 2));
  for (let at = from; at <= to; at++) one[at] = 1 / (to - from + 1);
  const sums = [one];
  while (sums.length < MOST_MISSED) {
    const last = sums[sums.length - 1] as Float64Array;
    const next = new Float64Array(one.length);
    // A running sum is the convolution with an even spread.
    let window = 0;
    for (let at = from; at < next.length; at++) {
      window += last[at - from] ?? 0;
      window -= last[at - to - 1] ?? 0;
      next[at] = window / (to - from + 1);
    }
    sums.push(next);
  }
  return sums;
}

function toLogBins(linear: Float64Array): Float64Array {
  const mass = new Float64Array(WIDTH);
  for (let at = 1; at < linear.length; at++) {
    const bin = Math.round(Math.log(at / GRID) / STEP) + REACH;
    if (bin >= 0 && bin < WIDTH) mass[bin] = (mass[bin] ?? 0) + (linear[at] ?? 0);
  }
  return mass;
}

/** The interval lies anywhere within its bin, and clocks and networks are late by a little. */
function smeared(mass: Float64Array): Float64Array {
  return mass.map((each, at) => 0.7 * each + 0.15 * ((mass[at - 1] ?? 0) + (mass[at + 1] ?? 0)));
}

function massOf(distribution: (x: number) => number): Float64Array {
  return Float64Array.from(
    { length: 2 * BINS + 1 },
    (_, at) => distribution((at - BINS + 0.5) * STEP) - distribution((at - BINS - 0.5) * STEP),
  );
}

/** Standard normal distribution function (Abramowitz and Stegun 26.2.17; error under 10^-7). */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x > 0 ? 1 - tail : tail;
}
