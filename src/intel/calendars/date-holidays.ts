import { createRequire } from "node:module";
import type Holidays from "date-holidays";
import { groupBy } from "../../kernel/group-by.js";
import { DAY, isoDay } from "../../kernel/time.js";
import type { DayList } from "./day-list.js";

/**
 * A day that a tenth of the regions keep is said to be partial. Below that (a town's founding day, one of fifty states) it is an ordinary day for
 * nearly everybody.
 */
const REGIONS_SHARE = 0.1;

interface Year {
  holidays: Map<string, string>;
  partial: Map<string, string>;
}

/** Loading the package takes longer than most commands run, so it is loaded by the first calendar that needs it. */
let holidaysClass: typeof Holidays | undefined;

function packageClass(): typeof Holidays {
  const loaded = createRequire(import.meta.url)("date-holidays") as
    | typeof Holidays
    | { default: typeof Holidays };
  holidaysClass ??= "default" in loaded ? loaded.default : loaded;
  return holidaysClass;
}

/** English name of the country in date-holidays. */
export function countryTitle(country: string): string {
  const Class = packageClass();
  return new Class().getCountries("en")[country] ?? country;
}

/** Dates with names of the days of one kind in a year; a holiday of several days is several dates. */
function datesOf(holidays: Holidays, year: number, types: readonly string[]): Map<string, string> {
  const dates = new Map<string, string>();
  for (const holiday of holidays.getHolidays(year, "en") ?? []) {
    if (!types.includes(holiday.type)) continue;
    const first = Date.parse(`${holiday.date.slice(0, 10)}T00:00:00Z`);
    // Start and end are moments in the country's zone; daylight saving may take an hour off a day.
    const days = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / DAY));
    for (let day = 0; day < days; day++) dates.set(isoDay(first + day * DAY), holiday.name);
  }
  return dates;
}

/**
 * Public holidays of a country (or of the region that stands for it). What only some of its regions keep, and days on which banks alone are
 * closed, are partial. date-holidays has no working days in exchange.
 */
export function dateHolidays(country: string, region?: string): DayList {
  const Class = packageClass();
  const national = region === undefined ? new Class(country) : new Class(country, region);
  const regions = Object.keys(new Class(country).getStates(country) ?? {}).map(
    (code) => new Class(country, code),
  );
  const years = new Map<number, Year>();

  function compute(year: number): Year {
    const holidays = datesOf(national, year, ["public"]);
    const partial = datesOf(national, year, ["bank"]);
    const named = regions.flatMap((each) => [...datesOf(each, year, ["public"])]);
    for (const [date, days] of groupBy(named, ([date]) => date)) {
      if (days.length >= REGIONS_SHARE * regions.length) partial.set(date, `${days[0]?.[1]} (some regions)`);
    }
    for (const date of holidays.keys()) partial.delete(date);
    return { holidays, partial };
  }

  function yearOf(date: string): Year {
    const year = Number(date.slice(0, 4));
    const known = years.get(year) ?? compute(year);
    years.set(year, known);
    return known;
  }

  return {
    holiday: (date) => yearOf(date).holidays.get(date),
    worked: () => false,
    partial: (date) => yearOf(date).partial.get(date),
  };
}
