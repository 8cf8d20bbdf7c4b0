import { DAY, HOUR } from "../kernel/time.js";
import { type Random, sample, whole } from "./random.js";
import type { Beacon, Dwell, Shape, Upload } from "./shapes.js";

/** When an organisation was seen by a sensor. Nothing is planted outside these hours. */
export interface Hours {
  /** Hours since 1970 with a record of it, ascending. */
  seen: readonly number[];
  /** Its connections by hour of the day (UTC), 24 numbers. */
  byHourOfDay: readonly number[];
}

/** One planted connection. */
export interface Contact {
  /** Milliseconds UTC. */
  time: number;
  bytesOut: number;
  bytesIn: number;
  seconds: number;
}

/** What is planted for one level, or why it does not fit into the telemetry. */
export type Planting = { contacts: Contact[]; days: number } | { reason: string };

/** Days with telemetry below which nothing of a campaign can be planted. */
const LEAST_DAYS = 3;
const WEEK_DAYS = 7;
/** Of a working day and of a night, in hours. */
const BUSY_HOURS = 9;
const QUIET_HOURS = 6;

/** @param level index into the shape's levels */
export function plantingOf(shape: Shape, level: number, hours: Hours, random: Random): Planting {
  const calendar = calendarOf(hours.seen);
  const { length } = calendar.days;
  if (length < LEAST_DAYS)
    return { reason: `records of ${length === 1 ? "one day" : `${length} days`} are too few` };
  if (shape.kind === "beacon") return beacon(shape, level, calendar, random);
  if (shape.kind === "upload") return upload(shape, level, calendar, hours, random);
  return dwell(shape, level, calendar, hours, random);
}

interface Calendar {
  hours: ReadonlySet<number>;
  /** Days since 1970 with an hour, ascending. */
  days: number[];
}

function calendarOf(seen: readonly number[]): Calendar {
  return {
    hours: new Set(seen),
    days: [...new Set(seen.map((hour) => Math.floor(hour / 24)))].sort((a, b) => a - b),
  };
}

/** Days with records in a stretch of so many calendar days; as many as there are where the telemetry is shorter. */
function stretch({ days }: Calendar, length: number, random: Random): number[] {
  const first = days[0] ?? 0;
  const last = days.at(-1) ?? 0;
  const from = whole(random, first, Math.max(first, last - length + 1));
  return days.filter((day) => day >= from && day < from + length);
}

function beacon(shape: Beacon, level: number, calendar: Calendar, random: Random): Planting {
  const { contacts_per_day: perDay, jitter, loss } = levelOf(shape.levels, level);
  const days = stretch(calendar, shape.days, random);
  const from = (days[0] ?? 0) * DAY;
  const to = ((days.at(-1) ?? 0) + 1) * DAY;
  const interval = DAY / perDay;
  const contacts: Contact[] = [];
  for (let time = from + random() * interval; time < to; time += interval * (1 + jitter * (2 * random() - 1)))
    // A check-in while the network or the sensor was down is in no log; the program does not know.
    if (calendar.hours.has(Math.floor(time / HOUR)) && random() >= loss)
      contacts.push(small(shape, time, random));
  if (contacts.length === 0) return { reason: "no check-in fell into an hour with records" };
  return { contacts, days: days.length };
}

function upload(shape: Upload, level: number, calendar: Calendar, hours: Hours, random: Random): Planting {
  const { bytes_per_night: bytes, nights } = levelOf(shape.levels, level);
  const days = stretch(calendar, shape.days, random);
  const windows = windowsOf(hours.byHourOfDay, QUIET_HOURS);
  const choices = windows.map((window) => days.map((day) => hoursWithin(calendar, day, window)));
  // The quietest window in which the organisation has records on enough days: some networks are off at night.
  const choice = choices.find((each) => each.filter((some) => some.length > 0).length >= nights);
  if (choice === undefined)
    return { reason: `fewer than ${nights} of ${days.length} days have records at night` };
  const chosen = sample(
    random,
    choice.filter((some) => some.length > 0),
    nights,
  );
  const sent = chosen.flatMap((some) =>
    Array.from({ length: shape.connections_per_night }, () => {
      const bytesOut = Math.round(bytes / shape.connections_per_night);
      return {
        time: within(some, random),
        bytesOut,
        bytesIn: Math.round(bytesOut * shape.answer_share),
        // At two megabytes a second, which is a line of the size of an office.
        seconds: Math.min(HOUR / 1000, bytesOut / 2e6),
      };
    }),
  );
  const kept = keptContact(shape, calendar, days, hours, random);
  return { contacts: inOrder([...sent, ...kept]), days: days.length };
}

function dwell(shape: Dwell, level: number, calendar: Calendar, hours: Hours, random: Random): Planting {
  const { days: wanted, weeks } = levelOf(shape.levels, level);
  const span = (calendar.days.at(-1) ?? 0) - (calendar.days[0] ?? 0) + 1;
  if (span < weeks * WEEK_DAYS)
    return { reason: `the telemetry has ${span} days, and ${weeks * WEEK_DAYS} are needed` };
  const window = windowsOf(hours.byHourOfDay, BUSY_HOURS).at(-1) ?? [];
  const days = stretch(calendar, weeks * WEEK_DAYS, random).filter(
    (day) => hoursWithin(calendar, day, window).length > 0,
  );
  if (days.length < wanted) return { reason: `${days.length} days have records, and ${wanted} are needed` };
  const chosen = sample(random, days, wanted);
  return { contacts: inOrder(keptContact(shape, calendar, chosen, hours, random)), days: chosen.length };
}

/** Small contact on each of these days, in working hours. */
function keptContact(
  shape: Upload | Dwell,
  calendar: Calendar,
  days: readonly number[],
  hours: Hours,
  random: Random,
): Contact[] {
  const window = windowsOf(hours.byHourOfDay, BUSY_HOURS).at(-1) ?? [];
  return days.flatMap((day) => {
    const some = hoursWithin(calendar, day, window);
    if (some.length === 0) return [];
    return Array.from({ length: shape.contacts_per_day }, () => small(shape, within(some, random), random));
  });
}

function levelOf<Level>(levels: readonly Level[], level: number): Level {
  const found = levels[level];
  if (found === undefined) throw new Error(`there is no level ${level}`);
  return found;
}

function small({ bytes_out, bytes_in, seconds }: Shape, time: number, random: Random): Contact {
  return {
    time: Math.floor(time),
    bytesOut: whole(random, ...bytes_out),
    bytesIn: whole(random, ...bytes_in),
    seconds: seconds[0] + random() * (seconds[1] - seconds[0]),
  };
}

/** All windows of so many hours of the day, the one with the fewest connections first. */
function windowsOf(byHourOfDay: readonly number[], length: number): number[][] {
  return Array.from({ length: 24 }, (_, start) => Array.from({ length }, (__, index) => (start + index) % 24))
    .map((window) => ({ window, sum: window.reduce((sum, hour) => sum + (byHourOfDay[hour] ?? 0), 0) }))
    .sort((a, b) => a.sum - b.sum)
    .map(({ window }) => window);
}

function hoursWithin({ hours }: Calendar, day: number, window: readonly number[]): number[] {
  return window.map((hour) => day * 24 + hour).filter((hour) => hours.has(hour));
}

function within(hours: readonly number[], random: Random): number {
  return Math.floor(((hours[whole(random, 0, hours.length - 1)] ?? 0) + random()) * HOUR);
}

function inOrder(contacts: readonly Contact[]): Contact[] {
  return [...contacts].sort((a, b) => a.time - b.time);
}
