import type { DayVolume } from "../../../src/detect/backup-exfiltration/uploads.js";
import { DAY, parseTime } from "../../../src/kernel/time.js";
import { random } from "../cloud-masquerade/world.js";

export const DAY0 = parseTime("2024-03-04") / DAY; // a Monday

export interface Noise {
  next(): number;
  normal(): number;
  lognormal(median: number, sigma: number): number;
}

export function noise(seed: number): Noise {
  const next = random(Math.imul(seed + 1, 2654435761));
  // The generator's first values follow its seed closely.
  for (let n = 0; n < 10; n++) next();
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, normal, lognormal: (median, sigma) => median * Math.exp(sigma * normal()) };
}

export interface JobShape {
  days: number;
  /** Standard deviation of log size. */
  sigma: number;
  /** How many times the usual the full backup is, each Sunday. */
  full?: number;
  /** Growth over the whole span, as a factor. */
  growth?: number;
  /** Share of nights that are missed. */
  missed?: number;
  /** No job on Saturday and Sunday. */
  workdays?: boolean;
}

/** A nightly job of 500 MB in the middle. */
export function nightlyJob(seed: number, shape: JobShape): DayVolume[] {
  const { next, lognormal } = noise(seed);
  const { days, sigma, full = 1, growth = 1, missed = 0.04, workdays = false } = shape;
  return Array.from({ length: days }, (_, day) => {
    const weekday = day % 7;
    const size = 5e8 * growth ** (day / days) * (weekday === 6 ? full : 1);
    return { day: DAY0 + day, bytes: lognormal(size, sigma), start: 19 + Math.floor(next() * 1.3) };
  }).filter(({ day }) => next() >= missed && !(workdays && (day - DAY0) % 7 >= 5));
}

/** Uploads on days and at hours that nobody scheduled. */
export function irregularUploads(seed: number, days: number, aWeek: number): DayVolume[] {
  const { next, lognormal } = noise(seed);
  return Array.from({ length: days }, (_, day) => ({
    day: DAY0 + day,
    bytes: lognormal(2e8, 1),
    start: 1 + Math.floor(next() * 9),
  })).filter(({ day }) => (day - DAY0) % 7 < 5 && next() < aWeek / 5);
}

export function allDays(days: number): number[] {
  return Array.from({ length: days }, (_, day) => DAY0 + day);
}
