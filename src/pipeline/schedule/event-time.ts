import { MINUTE } from "../../kernel/time.js";

/** A time in milliseconds since 1970, or why it is none. */
export type EventTime = { time: number; offset: "given" | "none" } | { reason: string };

/** Times outside of these years are a wrong unit or a wrong clock. */
const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Epoch numbers by their size: seconds reach 1e11 in the year 5138, milliseconds 1e14, microseconds 1e17. */
const UNITS: readonly { below: number; perMillisecond: number }[] = [
  { below: 1e11, perMillisecond: 1e-3 },
  { below: 1e14, perMillisecond: 1 },
  { below: 1e17, perMillisecond: 1e3 },
  { below: 1e20, perMillisecond: 1e6 },
];

const NUMBER = /^\d{1,20}(\.\d+)?$/;
/** RFC 3339, and ISO 8601 as databases write it: a space for the T, a comma in the fraction, offsets `Z`, `+08`, `+0800`, `+08:00`. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s*(?:([Zz]|UTC|GMT)|([+-])(\d\d):?(\d\d)?)?$/;
const DAY_ONLY = /^\d{4}-\d\d-\d\d$/;

/** Reads one cell. Numbers are epoch seconds, milliseconds, microseconds or nanoseconds, by their size; an ISO time without an offset is UTC. */
export function readEventTime(text: string): EventTime {
  const cell = text.trim();
  if (cell === "") return { reason: "the time is empty" };
  if (NUMBER.test(cell)) return inYears(epoch(Number(cell)), "given");
  if (DAY_ONLY.test(cell)) return { reason: "a date without a time of day says nothing about hours" };
  const match = ISO.exec(cell);
  if (match === null) return { reason: "is not a time: RFC 3339, or seconds or milliseconds since 1970" };
  return iso(match);
}

function epoch(value: number): number {
  const unit = UNITS.find(({ below }) => value < below);
  return unit === undefined ? Number.NaN : value / unit.perMillisecond;
}

function iso(match: RegExpExecArray): EventTime {
  const [, year, month, day, hour, minute, second = "0", fraction = "", utc, sign, hours, minutes = "0"] =
    match;
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Math.min(59, Number(second)),
  );
  const date = new Date(local);
  const exists =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    Number(hour) <= 23 &&
    Number(minute) <= 59 &&
    // 60 is a leap second.
    Number(second) <= 60;
  if (!exists) return { reason: "there is no such day or time" };
  const offset = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes));
  if (Math.abs(offset) > 18 * 60) return { reason: "there is no such offset from UTC" };
  const milliseconds = Number(`0.${fraction || "0"}`) * 1000;
  return inYears(
    local + milliseconds - offset * MINUTE,
    utc !== undefined || sign !== undefined ? "given" : "none",
  );
}

function inYears(time: number, offset: "given" | "none"): EventTime {
  if (!(time >= EARLIEST && time < LATEST))
    return { reason: "the time lies outside of 1990 to 2099: is the unit right?" };
  return { time, offset };
}
