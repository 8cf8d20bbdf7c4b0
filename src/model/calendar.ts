/**
 * What a date is in a country's calendar. `makeup`: a day of the weekend on which offices work in exchange for a holiday. `partial`: free (or worked)
 * for some only, by region, sector or a late decision, so that it says nothing either way: neither holiday nor ordinary day.
 */
export type DayKind = "workday" | "weekend" | "holiday" | "makeup" | "partial";

export interface CalendarDay {
  kind: DayKind;
  /** Name of the holiday, in English where the source has it; '' for other days. */
  name: string;
  /**
   * First date of the holiday block that the day belongs to; '' for other days. A block is an unbroken run of free days with at least one statutory
   * holiday in it, so that Golden Week is one episode and not eight.
   */
  episode: string;
}

/** The days off of one country. Dates are `YYYY-MM-DD` as they stand on a wall calendar there. */
export interface HolidayCalendar {
  /** ISO 3166-1 alpha-2. */
  country: string;
  title: string;
  /** Who says so, with address. */
  source: string;
  /** Inclusive range in which the source is complete. Outside it nothing is known, and nothing is guessed. */
  coverage: { from: string; to: string };
  /** Weekdays on which offices are closed, 0 = Sunday to 6 = Saturday. */
  weekend: readonly number[];
  /** Whether the source names make-up working days; where not, their absence means nothing. */
  knowsMakeup: boolean;
  /** Undefined outside the coverage. */
  day(date: string): CalendarDay | undefined;
}
