/**
 * Activity of one relation on one UTC day. Hours are a bit mask (bit 0 is 00:00–01:00): a year of hourly contact is 365 small
 * numbers instead of 8,760.
 */
export interface ActiveDay {
  /** Days since 1970-01-01. */
  day: number;
  mask: number;
  connections: number;
  answered: number;
  /** Bytes from our side, and to it. */
  out: number;
  in: number;
}

/** Hours since 1970 in which something happened, in order, once each. */
export function activeHours(days: readonly ActiveDay[]): number[] {
  const masks = new Map<number, number>();
  for (const { day, mask } of days) masks.set(day, (masks.get(day) ?? 0) | mask);
  const hours: number[] = [];
  for (const day of [...masks.keys()].sort((a, b) => a - b)) {
    const mask = masks.get(day) ?? 0;
    for (let hour = 0; hour < 24; hour++) if ((mask >>> hour) & 1) hours.push(day * 24 + hour);
  }
  return hours;
}

/** The distinct days on which at least one hour was active, in order. */
export function activeDayNumbers(days: readonly ActiveDay[]): number[] {
  return [...new Set(days.filter((each) => each.mask !== 0).map((each) => each.day))].sort((a, b) => a - b);
}

/** Number of ISO weeks among the days. */
export function weekCount(dayNumbers: readonly number[]): number {
  // 1970-01-01 was a Thursday.
  return new Set(dayNumbers.map((day) => Math.floor((day + 3) / 7))).size;
}

/** Sum of the days of several relations, one entry a day. */
export function mergeDays(lists: readonly (readonly ActiveDay[])[]): ActiveDay[] {
  const merged = new Map<number, ActiveDay>();
  for (const list of lists) {
    for (const each of list) {
      const into = merged.get(each.day);
      if (into === undefined) merged.set(each.day, { ...each });
      else {
        into.mask |= each.mask;
        into.connections += each.connections;
        into.answered += each.answered;
        into.out += each.out;
        into.in += each.in;
      }
    }
  }
  return [...merged.values()].sort((a, b) => a.day - b.day);
}
