import type { HolidayCalendar } from "../model/calendar.js";
import type { ExposureAt } from "./exposure.js";
import type { MachinePart } from "./machine/separate.js";
import type { ScheduleParameters } from "./parameters.js";

/** Rhythm of the place that is watched, so that it can win over the operators' own. */
export interface WatchedPlace {
  /**
   * Its activity over the 168 hours of the UTC week (Monday 00:00 first), in any unit, as the same sensor saw it: what a contact would look like
   * that the place itself makes. All zeros count as "not given".
   */
  week: readonly number[];
  /** Its IANA zone where it is known; otherwise the zone is estimated from `week`. */
  timeZone?: string;
  /** Its country (ISO 3166-1 alpha-2), so that its own calendar is called that. */
  country?: string;
  /**
   * Its activity on these dates (both inclusive) against the same weekdays of the weeks around them: 1 is as usual, null where it is not known. So that a lull is seen to
   * be the operators' alone, or the whole place's.
   */
  activityOn?: (from: string, to: string) => number | null;
}

export interface ScheduleOptions {
  /** Calendars in question. */
  calendars: readonly HolidayCalendar[];
  /** Codes that were asked for and that no calendar is known of: each is answered `unknown` and counts in the correction. */
  unknownCalendars?: readonly string[];
  /**
   * Share 0..1 of an hour (UTC, given by its beginning in milliseconds) in which activity could have been seen: sensor up, and whoever must be
   * awake for a contact awake. 1 where it is left out, and then a caveat says so.
   */
  exposureAt?: ExposureAt;
  /** First and last moment that was watched, milliseconds. The first and last event where it is left out. */
  span?: { from: number; to: number };
  watched?: WatchedPlace;
  /**
   * What the caller has already told apart as machines, by more than times; it is not among the events. Where it is given, no machine is looked for in the
   * events: the pace within a session is the tool's, not the person's.
   */
  machines?: readonly MachinePart[];
  parameters?: Partial<ScheduleParameters>;
}
