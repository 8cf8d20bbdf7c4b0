import { HOUR } from "../kernel/time.js";

/** Share 0..1 of an hour (given by its beginning, in milliseconds) in which activity could have been seen. */
export type ExposureAt = (hour: number) => number;

export const HOURS_OF_WEEK = 168;

/** Monday 00:00 UTC is 0. */
export function hourOfWeek(time: number): number {
  // 1970-01-01 was a Thursday.
  const hour = Math.floor(time / HOUR) + 3 * 24;
  return ((hour % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK;
}

/** What could be seen between two times, by hour of the UTC week: the sum of the exposure of these hours. */
export function weekExposure(from: number, to: number, exposureAt: ExposureAt): Float64Array {
  const hours = new Float64Array(HOURS_OF_WEEK);
  for (let hour = Math.floor(from / HOUR) * HOUR; hour <= to; hour += HOUR) {
    const index = hourOfWeek(hour);
    const share = exposureAt(hour);
    if (!(share >= 0 && share <= 1)) throw new RangeError(`exposure ${share} is not within 0..1`);
    hours[index] = (hours[index] as number) + share;
  }
  return hours;
}

/** The same by half-hour of the UTC day. */
export function dayExposure(week: Float64Array): Float64Array {
  const halves = new Float64Array(48);
  for (const [hour, value] of week.entries())
    for (const half of [0, 1]) {
      const bin = (hour % 24) * 2 + half;
      halves[bin] = (halves[bin] as number) + value / 2;
    }
  return halves;
}
