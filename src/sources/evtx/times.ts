import { timeText } from "./ascii.js";

const SECONDS_PER_DAY = 86_400;
/** Days from 0000-03-01 to 1601-01-01 in the proleptic Gregorian calendar: where FILETIME begins, counted from where leap days end years. */
const DAYS_TO_1601 = 584_694;
const DAYS_PER_ERA = 146_097;
/** Milliseconds from 1601 to 1970. */
const MS_TO_1970 = 11_644_473_600_000;

/** The date that was written last: records come in the order of time. */
let lastDay = -1;
let year = 0;
let month = 0;
let dayOfMonth = 0;

/**
 * A FILETIME (100 ns since 1601, UTC) with all its seven digits, as Windows 10 and later write it. What lies beyond the year 9999 is no date
 * and stays the number it is.
 */
export function fileTimeText(high: number, low: number): string {
  // 2^32 = 429 · 10^7 + 4,967,296: the product with `high` stays below 2^53 for all years up to 9999.
  const part = high * 4_967_296 + low;
  const carried = Math.floor(part / 1e7);
  const seconds = high * 429 + carried;
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  if (day > LAST_DAY) return (BigInt(high) * 0x1_0000_0000n + BigInt(low)).toString();
  if (day !== lastDay) setDate(day);
  return timeText(year, month, dayOfMonth, seconds - day * SECONDS_PER_DAY, part - carried * 1e7, 7);
}

/** 9999-12-31. */
const LAST_DAY = 3_067_670;

/** Milliseconds since 1970, exact to some microseconds. */
export function fileTimeMs(high: number, low: number): number {
  return (high * 4_294_967_296 + low) / 10_000 - MS_TO_1970;
}

/** SYSTEMTIME ([Metz] "Systemtime"): eight numbers of 16 bits, exact to the millisecond. Undefined where they are no date. */
export function systemTimeText(view: DataView, at: number): string | undefined {
  const part = (index: number) => view.getUint16(at + 2 * index, true);
  const [y, mon, day, h, min, s, ms] = [part(0), part(1), part(3), part(4), part(5), part(6), part(7)];
  const good =
    y <= 9999 && mon >= 1 && mon <= 12 && day >= 1 && day <= 31 && h < 24 && min < 60 && s < 60 && ms < 1000;
  return good ? timeText(y, mon, day, h * 3600 + min * 60 + s, ms, 3) : undefined;
}

/** Days since 1601 to a date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
function setDate(day: number): void {
  const shifted = day + DAYS_TO_1601;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const ofEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  dayOfMonth = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  lastDay = day;
}
