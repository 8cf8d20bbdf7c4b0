import { QUARTERS, type Shape, shapeTable } from "./shapes.js";

/** Half-hours of the UTC day. */
export interface DayCounts {
  /** Interactive units in each half-hour. */
  counts: Float64Array;
  /** Hours of that half-hour in which the sensor, and the victim, could have shown activity; any unit. */
  exposure: Float64Array;
}

export interface ProfileEvidence {
  /** Log evidence of each offset from UTC on a grid of 15 minutes (0..95, UTC+0 first, modulo a day). */
  byQuarter: Float64Array;
  /** Log evidence of activity that keeps no hours. */
  flat: number;
}

const at = (array: Float64Array, index: number): number => array[index] as number;

/** log Σ exp, for adding up small probabilities. */
export function logSum(values: Iterable<number>): number {
  const list = [...values];
  const largest = Math.max(...list);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(list.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/**
 * How well each offset explains the day profile, over all working days of the family. What is summed is likelihood to the power of `weight`
 * (0..1): units by one actor are not independent, and no family of shapes is the truth.
 */
export function profileEvidence({ counts, exposure }: DayCounts, weight: number): ProfileEvidence {
  const { shapes, onsets, prior } = shapeTable();
  const logLikelihood = likelihoods({ counts, exposure }, weight);
  const largest = logLikelihood.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  // What is hopeless is nought: subnormal numbers are a hundred times slower than others.
  const likelihood = logLikelihood.map((value) => (value - largest < -300 ? 0 : Math.exp(value - largest)));
  const byQuarter = new Float64Array(QUARTERS);
  const count = shapes.length;
  for (let offset = 0; offset < QUARTERS; offset++) {
    let sum = 0;
    for (const [row, onset] of onsets.entries()) {
      // A local onset is a UTC one where the difference is a whole number of half-hours.
      const quarter = (onset - offset + QUARTERS) % QUARTERS;
      if (quarter % 2 === 1) continue;
      sum += product(
        likelihood.subarray((quarter / 2) * count, (quarter / 2 + 1) * count),
        prior,
        row * count,
      );
    }
    // Half of the onsets fit the grid of any one offset.
    byQuarter[offset] = largest + Math.log(2 * sum);
  }
  return { byQuarter, flat: weight * flatLogLikelihood({ counts, exposure }) };
}

/** Weighted log likelihood of every (UTC onset in half-hours, shape), given the units' number. */
function likelihoods({ counts, exposure }: DayCounts, weight: number): Float64Array {
  const { shapes, logProfiles, withoutNoise, noises } = shapeTable();
  // Hot: four million steps, in which looking up a module's constant would cost more than the sum.
  const bins = counts.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const meanExposure = exposure.reduce((sum, value) => sum + value, 0) / bins;
  const result = new Float64Array(bins * shapes.length);
  for (let onset = 0; onset < bins; onset++) {
    const rolledCounts = rolled(counts, onset);
    const rolledExposure = rolled(exposure, onset);
    let seen = 0;
    for (let shape = 0; shape < shapes.length; shape++) {
      if (shape % noises === 0) seen = product(rolledExposure, withoutNoise, (shape / noises) * bins);
      const { noise } = shapes[shape] as Shape;
      const norm = Math.log((1 - noise) * seen + noise * meanExposure);
      const sum = product(rolledCounts, logProfiles, shape * bins);
      result[onset * shapes.length + shape] = weight * (sum - total * norm);
    }
  }
  return result;
}

/** The same day, beginning so many bins later. */
const rolled = (values: Float64Array, by: number): Float64Array =>
  values.map((_, bin) => values[(bin + by) % values.length] as number);

/** Σ values[i] · table[first + i] */
function product(values: Float64Array, table: Float64Array, first: number): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++)
    sum += (values[index] as number) * (table[first + index] as number);
  return sum;
}

function flatLogLikelihood({ counts, exposure }: DayCounts): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const seen = exposure.reduce((sum, value) => sum + value, 0);
  return -total * Math.log(seen);
}

/**
 * Log likelihood of a given distribution over the half-hours (a victim's own day), of which a share `noise` keeps no hours.
 * `profile` sums to 1.
 */
export function givenLogLikelihood(
  { counts, exposure }: DayCounts,
  profile: Float64Array,
  noise: number,
): number {
  const mixed = profile.map((value) => (1 - noise) * value + noise / profile.length);
  const seen = mixed.reduce((sum, value, bin) => sum + value * at(exposure, bin), 0);
  return counts.reduce(
    (sum, count, bin) => sum + (count > 0 ? count * Math.log(at(mixed, bin) / seen) : 0),
    0,
  );
}
