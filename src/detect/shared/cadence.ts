import { median } from "./robust.js";

/** Days count since 1970, from whatever hour their series begins. Monday is 0: day 0 since 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * Days that were watched for at least half of the hours of a usual day: on others a missing contact means nothing. A sensor of a small
 * office that has nothing to write at night watches ten hours a day. `boundary` is the hour of the UTC day at which a day begins.
 */
export function watchedDays(watched: Iterable<number>, boundary = 0): number[] {
  const hours = new Map<number, number>();
  for (const hour of watched) {
    const day = Math.floor((hour - boundary) / 24);
    hours.set(day, (hours.get(day) ?? 0) + 1);
  }
  const usual = median([...hours.values()]);
  return [...hours]
    .filter(([, count]) => count * 2 >= usual)
    .map(([day]) => day)
    .sort((a, b) => a - b);
}

/** Below this many watched weeks all days of the week are one kind. */
const WEEKS_FOR_WEEKDAYS = 3;

/**
 * Mean over the active days of how reliably their weekday is active, the day itself left out. 1 for what comes each night, on workdays, or
 * each Sunday; 0.14 for one day a week at random. `days` are in order. `dueAfter`: days after the last one on which it was still due.
 */
export function weekdayCadence(days: readonly number[], watched: readonly number[], dueAfter = 0): number {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return 0;
  const span = watched.filter((day) => day >= first && day <= last + dueAfter);
  const kindOf = span.length >= WEEKS_FOR_WEEKDAYS * 7 ? weekdayOf : () => 0;
  const count = (list: readonly number[]) => {
    const counts = new Array<number>(7).fill(0);
    for (const day of list) counts[kindOf(day)] = (counts[kindOf(day)] ?? 0) + 1;
    return counts;
  };
  const active = count(days);
  const chances = count([...new Set([...span, ...days])]);
  const rates = days.map((day) => {
    const others = (chances[kindOf(day)] ?? 1) - 1;
    return others > 0 ? ((active[kindOf(day)] ?? 1) - 1) / others : 0;
  });
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}
