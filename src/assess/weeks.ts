import { HOUR, isoDay, WEEK, weekStart } from "../kernel/time.js";
import type { AssessedOrganisation } from "../model/assessment.js";
import type { ContactDay } from "./input.js";
import { isUp, type SensorState } from "./outages.js";

/** A week without contact counts as watched if its sensors were up for at least this share of it. */
export const WATCHED_SHARE = 0.95;

/** Mondays of all weeks from `first` to `last` (milliseconds UTC). */
export function mondays(first: number | undefined, last: number | undefined): number[] {
  if (first === undefined || last === undefined) return [];
  const weeks: number[] = [];
  for (let week = weekStart(first); week <= last; week += WEEK) weeks.push(week);
  return weeks;
}

export function weekNames(weeks: readonly number[]): string[] {
  return weeks.map(isoDay);
}

/** Share of [from, to) hours in which any, and in which all of the sensors were up. */
export function coverage(
  sensors: readonly SensorState[],
  from: number,
  to: number,
): { any: number; all: number } {
  if (sensors.length === 0 || to <= from) return { any: 0, all: 0 };
  let any = 0;
  let all = 0;
  for (let hour = from; hour < to; hour++) {
    const up = sensors.filter((sensor) => isUp(sensor, hour)).length;
    if (up > 0) any++;
    if (up === sensors.length) all++;
  }
  return { any: any / (to - from), all: all / (to - from) };
}

/**
 * The row of the matrix for one organisation. Contact is contact whatever the sensor did otherwise; without contact a week is `none`
 * only if the organisation's sensors watched nearly all of it, `no_data` if they watched none of it, and `partial` between.
 */
export function weekRow(
  weeks: readonly number[],
  contacts: readonly ContactDay[],
  sensors: readonly SensorState[],
): AssessedOrganisation["weeks"] {
  const byWeek = new Map<number, ContactDay[]>();
  for (const contact of contacts) {
    const week = weekStart(contact.day * 24 * HOUR);
    byWeek.set(week, [...(byWeek.get(week) ?? []), contact]);
  }
  return weeks.map((week) => {
    const seen = byWeek.get(week) ?? [];
    const days = new Set(seen.map((each) => each.day)).size;
    return {
      state: days > 0 ? "active" : quietState(sensors, week / HOUR),
      days,
      bytes_out: seen.reduce((sum, each) => sum + each.bytesOut, 0),
      connections: seen.reduce((sum, each) => sum + each.connections, 0),
    };
  });
}

function quietState(sensors: readonly SensorState[], from: number): "none" | "partial" | "no_data" {
  const { any, all } = coverage(sensors, from, from + WEEK / HOUR);
  if (any === 0) return "no_data";
  return all >= WATCHED_SHARE ? "none" : "partial";
}
