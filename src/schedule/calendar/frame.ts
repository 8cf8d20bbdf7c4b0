import { DAY, isoDay } from "../../kernel/time.js";
import type { CalendarDay, HolidayCalendar } from "../../model/calendar.js";
import type { ObservedDay } from "./types.js";

/** Days since 1970 of the dates that were asked for, and back: one analysis asks for a few thousand dates some million times. */
const numbers = new Map<string, number>();
const dates = new Map<number, string>();

function numberOf(date: string): number {
  const known = numbers.get(date);
  if (known !== undefined) return known;
  const number = Date.parse(`${date}T00:00:00Z`) / DAY;
  numbers.set(date, number);
  return number;
}

export function addDays(date: string, days: number): string {
  const number = numberOf(date) + days;
  const known = dates.get(number);
  if (known !== undefined) return known;
  const shifted = isoDay(number * DAY);
  dates.set(number, shifted);
  return shifted;
}

export function daysBetween(from: string, to: string): number {
  return numberOf(to) - numberOf(from);
}

/** 0 = Sunday to 6 = Saturday. */
export function weekdayOf(date: string): number {
  // 1970-01-01 was a Thursday.
  return (((numberOf(date) + 4) % 7) + 7) % 7;
}

/** The days of a series by date. */
export type Frame = ReadonlyMap<string, ObservedDay>;

/** Days in order that were seen long enough to say something; a date given twice counts with its last row. */
export function frameOf(days: readonly ObservedDay[], minExposure: number): Frame {
  const sorted = [...days].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  return new Map(
    sorted.filter(({ exposure }) => exposure >= minExposure && exposure > 0).map((day) => [day.date, day]),
  );
}

/** A day that is nothing but a working day, in every one of the calendars. A date outside a coverage is not known to be ordinary. */
export function ordinaryWorkday(date: string, calendars: readonly HolidayCalendar[]): boolean {
  return calendars.every((calendar) => calendar.day(date)?.kind === "workday");
}

/** A day of a weekend that belongs to no holiday and is worked in none of the calendars. */
export function ordinaryWeekend(date: string, calendars: readonly HolidayCalendar[]): boolean {
  return calendars.every((calendar) => {
    const day = calendar.day(date);
    return day?.kind === "weekend" && day.episode === "";
  });
}

/** A holiday on what would be a working weekday. */
export function weekdayHoliday(date: string, calendar: HolidayCalendar): CalendarDay | undefined {
  const day = calendar.day(date);
  return day?.kind === "holiday" && !calendar.weekend.includes(weekdayOf(date)) ? day : undefined;
}
