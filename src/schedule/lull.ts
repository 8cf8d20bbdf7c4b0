import type { HolidayCalendar } from "../model/calendar.js";
import type { ScheduleLull } from "../model/schedule.js";
import { tailBelow } from "./calendar/likelihood.js";
import { LEAST_DISPERSION } from "./calendar/permutation.js";
import type { LocalDay } from "./days.js";

/** A day seen for less than this share of the working time counts as not seen. */
const MIN_EXPOSURE = 0.25;
/** Same weekdays on each side that say what a day lets expect. */
const NEARBY_WEEKS = 8;
/** Fewer of them say nothing. */
const MIN_MATCHED = 4;
/** Rate in a lull against the days around it that the search is tuned to. */
const QUIET = 0.25;
const MIN_DAYS = 3;

interface Day extends LocalDay {
  seen: boolean;
  /** Units that the weeks around let expect; 0 where not seen or not known. */
  expected: number;
}

/** Consecutive dates; both ends inclusive, as indices of the series. */
interface Segment {
  first: number;
  last: number;
}

/**
 * Stretches that are quieter than the weeks around them by more than chance lets happen anywhere in the series. Maximal scoring segments (Ruzzo & Tompa 1999) of the
 * log likelihood ratio "a quarter of the usual rate" over "the usual rate", then a negative binomial tail against what the weeks around let expect, corrected
 * for the days on which a lull could have begun.
 *
 * @param days every date of the series in order
 * @param watchedOn activity of the watched place, see `WatchedPlace`
 */
export function findLulls(
  days: readonly LocalDay[],
  calendars: readonly HolidayCalendar[],
  alpha: number,
  watchedOn: (from: string, to: string) => number | null = () => null,
): ScheduleLull[] {
  const none = new Set<number>();
  const all = withExpected(days, none);
  const candidates = quietSegments(all)
    .map((segment) => untilActivity(all, trimmed(all, segment)))
    .filter(({ first, last }) => last - first + 1 >= MIN_DAYS);
  // A second time without the lulls themselves, which would make each other's neighbourhood look quiet.
  const inside = new Set(candidates.flatMap(indicesOf));
  const judged = withExpected(days, inside);
  const dispersion = weeklyDispersion(judged, inside);
  return candidates.flatMap((segment) => {
    const lull = lullOf(judged, segment, dispersion);
    return lull === undefined || lull.p >= alpha
      ? []
      : [
          {
            ...lull,
            watched_activity: watchedOn(lull.from, lull.to),
            calendars: calendars.map((calendar) => explained(calendar, judged, segment)),
          },
        ];
  });
}

const indicesOf = ({ first, last }: Segment): number[] =>
  Array.from({ length: last - first + 1 }, (_, step) => first + step);

/** Units a fully seen day lets expect, from the same weekday of the weeks around it that are not left out. */
function withExpected(days: readonly LocalDay[], leftOut: ReadonlySet<number>): Day[] {
  return days.map((day, index) => {
    const seen = day.exposure >= MIN_EXPOSURE;
    if (!seen) return { ...day, seen, expected: 0 };
    let units = 0;
    let exposure = 0;
    let matched = 0;
    for (let week = -NEARBY_WEEKS; week <= NEARBY_WEEKS; week++) {
      const other = days[index + 7 * week];
      if (week === 0 || other === undefined || other.exposure < MIN_EXPOSURE) continue;
      if (leftOut.has(index + 7 * week)) continue;
      units += other.units;
      exposure += other.exposure;
      matched++;
    }
    return { ...day, seen, expected: matched < MIN_MATCHED ? 0 : (units / exposure) * day.exposure };
  });
}

/** Log likelihood ratio of a rate that is `quiet` times the usual one over the usual one, for a Poisson count. */
const scoreOf = (expected: number, units: number, quiet: number): number =>
  expected * (1 - quiet) + units * Math.log(quiet);

/**
 * The part of a segment that scores most at the segment's own rate: a silence does not begin on a day on which somebody worked a little less.
 */
function trimmed(days: readonly Day[], segment: Segment): Segment {
  let { first, last } = segment;
  for (let round = 0; round < 5; round++) {
    const inside = days.slice(first, last + 1);
    const expected = inside.reduce((sum, day) => sum + day.expected, 0);
    const units = inside.reduce((sum, day) => sum + (day.seen ? day.units : 0), 0);
    const quiet = Math.min(QUIET, (units + 0.5) / (expected + 0.5));
    let best = { first, last, score: 0 };
    let start = first;
    let score = 0;
    for (let index = first; index <= last; index++) {
      const day = days[index] as Day;
      score += day.seen ? scoreOf(day.expected, day.units, quiet) : 0;
      if (score > best.score) best = { first: start, last: index, score };
      if (score <= 0) [start, score] = [index + 1, 0];
    }
    if (best.first === first && best.last === last) break;
    [first, last] = [best.first, best.last];
  }
  return { first, last };
}

/** Over the silent days beside it, on which nothing was to be expected either: a silence lasts until somebody is back. */
function untilActivity(days: readonly Day[], { first, last }: Segment): Segment {
  const silent = (day: Day | undefined) => day?.seen && day.units === 0;
  while (silent(days[first - 1])) first--;
  while (silent(days[last + 1])) last++;
  return { first, last };
}

/** All maximal scoring segments, in order of time. */
function quietSegments(days: readonly Day[]): Segment[] {
  // Each with the running sums before it and at its end, as in the paper.
  const list: (Segment & { left: number; right: number })[] = [];
  let sum = 0;
  for (const [index, { expected, units, seen }] of days.entries()) {
    const score = seen ? scoreOf(expected, units, QUIET) : 0;
    const left = sum;
    sum += score;
    if (score <= 0) continue;
    let segment = { first: index, last: index, left, right: sum };
    for (;;) {
      const before = list.findLastIndex((other) => other.left < segment.left);
      const other = list[before];
      if (other === undefined || other.right >= segment.right) break;
      segment = { first: other.first, last: segment.last, left: other.left, right: segment.right };
      list.splice(before);
    }
    list.push(segment);
  }
  return list;
}

/** Variance beyond chance of the ordinary weeks' counts against what was expected of them, relative to the square. */
function weeklyDispersion(days: readonly Day[], leftOut: ReadonlySet<number>): number {
  let excess = 0;
  let squares = 0;
  for (let start = 0; start + 7 <= days.length; start += 7) {
    const week = days.slice(start, start + 7);
    if (week.some(({ seen, expected }, step) => !seen || expected === 0 || leftOut.has(start + step)))
      continue;
    const expected = week.reduce((total, day) => total + day.expected, 0);
    const units = week.reduce((total, day) => total + day.units, 0);
    excess += (units - expected) ** 2 - expected;
    squares += expected * expected;
  }
  return Math.max(LEAST_DISPERSION, squares === 0 ? 0 : excess / squares);
}

function lullOf(
  days: readonly Day[],
  { first, last }: Segment,
  weekly: number,
): Omit<ScheduleLull, "calendars" | "watched_activity"> | undefined {
  const stretch = days.slice(first, last + 1);
  const expected = stretch.reduce((sum, day) => sum + day.expected, 0);
  const units = stretch.reduce((sum, day) => sum + (day.seen ? day.units : 0), 0);
  if (expected === 0) return undefined;
  const seen = stretch.filter((day) => day.seen).length;
  // Days vary more than weeks; weeks that follow one another vary together.
  const dispersion = weekly * Math.max(1, 7 / seen);
  const wider = dispersion + (dispersion + 1 / expected) / NEARBY_WEEKS;
  return {
    from: (stretch[0] as Day).date,
    to: (stretch.at(-1) as Day).date,
    days: stretch.length,
    unseen_days: stretch.length - seen,
    units,
    expected,
    p: Math.min(1, tailBelow(units, expected, wider) * days.length),
  };
}

/** What the dates of a lull are in a calendar. Days off that are days off every week explain nothing. */
function explained(
  calendar: HolidayCalendar,
  days: readonly Day[],
  segment: Segment,
): ScheduleLull["calendars"][number] {
  const dates = indicesOf(segment).map((index) => (days[index] as Day).date);
  const kinds = dates.map((date) => ({ date, day: calendar.day(date) }));
  const isWeekend = (date: string) => calendar.weekend.includes(new Date(`${date}T00:00:00Z`).getUTCDay());
  const weekdays = kinds.filter(({ date }) => !isWeekend(date));
  const free = weekdays.filter(({ day }) => day?.kind === "holiday").length;
  const count = (kind: string) => kinds.filter(({ day }) => day?.kind === kind).length;
  const explains = weekdays.some(({ day }) => day === undefined)
    ? "unknown"
    : free === 0
      ? "not"
      : free === weekdays.length
        ? "whole"
        : "in_part";
  return {
    country: calendar.country,
    explains,
    holidays: count("holiday"),
    working_days: count("workday") + count("makeup"),
    makeup_days: count("makeup"),
  };
}
