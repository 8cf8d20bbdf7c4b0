import { DAY, MINUTE, WEEK } from "../../kernel/time.js";
import { type ClockPeriod, firstAt } from "./clocks.js";
import { logSum } from "./profile.js";

const BINS = 96;
const STEP_MINUTES = 15;
const LARGEST_SHIFT_MINUTES = 120;
/** Smoothing of the day profile, in minutes. */
const SMOOTH_MINUTES = 40;
/** Habits move a little even over many seasons. */
const LEAST_DRIFT_MINUTES = 10;

/** Units beside changes of clocks, by whether the clocks were forward. */
export interface Seasons {
  /** Times in milliseconds, in pieces. */
  standard: readonly Float64Array[];
  saving: readonly Float64Array[];
  /** Changes of clocks inside the span. */
  changes: number;
  /** Minutes by which clocks go forward. */
  forward: number;
}

/**
 * How far from a change its evidence reaches: the halves of a year lie within it, and years in which a country has given up changing its clocks do not.
 */
const BESIDE = 15 * WEEK;

/** Each of the ordered times belongs to the change of clocks that is nearest. */
export function seasonsOf(periods: readonly ClockPeriod[], times: Float64Array): Seasons {
  const standard: Float64Array[] = [];
  const saving: Float64Array[] = [];
  const sizes: number[] = [];
  for (const [index, { from: at, offsetMinutes }] of periods.entries()) {
    const before = periods[index - 1];
    if (before === undefined) continue;
    sizes.push(Math.abs(offsetMinutes - before.offsetMinutes));
    // Half of the period on either side belongs to the next change, where there is one.
    const from = Math.max(at - BESIDE, index === 1 ? Number.NEGATIVE_INFINITY : (before.from + at) / 2);
    const next = periods[index + 1]?.from;
    const to = Math.min(at + BESIDE, next === undefined ? Number.POSITIVE_INFINITY : (at + next) / 2);
    const [start, middle, end] = [firstAt(times, from), firstAt(times, at), firstAt(times, to)];
    const forward = offsetMinutes > before.offsetMinutes;
    (forward ? standard : saving).push(times.subarray(start, middle));
    (forward ? saving : standard).push(times.subarray(middle, end));
  }
  sizes.sort((a, b) => a - b);
  return { standard, saving, changes: sizes.length, forward: sizes[sizes.length >> 1] ?? 0 };
}

export interface ShiftEvidence {
  /** Log ratio of evidence: days move by `forward` against days do not move. */
  logRatio: number;
  /** Mean of the posterior of the shift, minutes; positive where people come earlier in UTC while clocks are forward. */
  minutes: number;
}

/**
 * Do people come earlier (in UTC) in the part of the year in which a zone's clocks are forward? Both parts are laid over each other at each shift, and judged
 * by one smooth profile of them together. This needs no assumption on how their day looks, only that it is the same in both parts, up to a drift.
 */
export function shiftEvidence(seasons: Seasons, weight: number, driftMinutes: number): ShiftEvidence {
  const standard = histogram(seasons.standard);
  const saving = histogram(seasons.saving);
  const shifts: { minutes: number; log: number }[] = [];
  for (let minutes = -LARGEST_SHIFT_MINUTES; minutes <= LARGEST_SHIFT_MINUTES; minutes += STEP_MINUTES)
    shifts.push({ minutes, log: weight * together(standard, saving, minutes / STEP_MINUTES) });
  const drift = Math.max(LEAST_DRIFT_MINUTES, driftMinutes / Math.sqrt(Math.max(1, seasons.changes)));
  const about = (centre: number): number =>
    logSum(shifts.map(({ minutes, log }) => log - 0.5 * ((minutes - centre) / drift) ** 2));
  const total = logSum(shifts.map(({ log }) => log));
  return {
    logRatio: about(seasons.forward) - about(0),
    minutes: shifts.reduce((sum, { minutes, log }) => sum + minutes * Math.exp(log - total), 0),
  };
}

function histogram(pieces: readonly Float64Array[]): Float64Array {
  const counts = new Float64Array(BINS);
  for (const times of pieces)
    for (const time of times) {
      const bin = Math.floor((time % DAY) / (STEP_MINUTES * MINUTE));
      counts[bin] = (counts[bin] as number) + 1;
    }
  return counts;
}

/** Log likelihood of both under the smoothed sum of one and the other, moved later by `shift` bins. */
function together(standard: Float64Array, saving: Float64Array, shift: number): number {
  const sum = standard.map(
    (count, bin) => count + (saving[(((bin - shift) % BINS) + BINS) % BINS] as number),
  );
  const total = sum.reduce((all, count) => all + count, 0);
  const profile = smooth(sum);
  return sum.reduce(
    (log, count, bin) =>
      count === 0 ? log : log + count * Math.log(0.98 * ((profile[bin] as number) / total) + 0.02 / BINS),
    0,
  );
}

function smooth(counts: Float64Array): Float64Array {
  const reach = Math.ceil((3 * SMOOTH_MINUTES) / STEP_MINUTES);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, index) =>
    Math.exp(-0.5 * (((index - reach) * STEP_MINUTES) / SMOOTH_MINUTES) ** 2),
  );
  const norm = kernel.reduce((sum, value) => sum + value, 0);
  return counts.map((_, bin) =>
    kernel.reduce(
      (sum, value, index) => sum + (value / norm) * (counts[(bin + index - reach + BINS) % BINS] as number),
      0,
    ),
  );
}
