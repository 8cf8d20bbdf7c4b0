import { groupBy } from "../../kernel/group-by.js";
import type { HolidayCalendar } from "../../model/calendar.js";
import { addDays, type Frame, ordinaryWeekend, ordinaryWorkday, weekdayHoliday, weekdayOf } from "./frame.js";

/** The events of one place in time where an episode lies, or could have lain. */
export interface Position {
  events: number;
  /** Days, each weighed with its exposure. */
  days: number;
  /** Sum over days of the square root of the day's rate: what the test compares, so that one day with a hundred events is not twenty holidays. */
  score: number;
}

/** A block of days, and the same weekdays in ordinary weeks nearby. One episode is one piece of evidence, however many days it has. */
export interface Episode {
  /** First date. */
  start: string;
  name: string;
  observed: Position;
  matched: Position[];
}

/** Events that the matched weeks let expect on the observed days. */
export function expectedOf({ observed, matched }: Pick<Episode, "observed" | "matched">): number {
  const events = matched.reduce((sum, position) => sum + position.events, 0);
  const days = matched.reduce((sum, position) => sum + position.days, 0);
  return days === 0 ? 0 : (events / days) * observed.days;
}

/** At least so many ordinary weeks on each side, so that a trend cannot make a block at the edge of the series look low. */
const MIN_WEEKS_EACH_SIDE = 2;
/** A week is matched where at least this share of the block's weekdays are ordinary in it. */
const MIN_ORDINARY = 0.5;
/** A block is compared where at least this share of its days was seen. */
const MIN_SEEN = 0.5;

/**
 * @param weight number of days that the score is to stand for, so that a week of which a day is missing can be compared
 */
function positionOf(dates: readonly string[], frame: Frame, weight = dates.length): Position | undefined {
  let events = 0;
  let days = 0;
  let score = 0;
  for (const date of dates) {
    const day = frame.get(date);
    if (day === undefined) return undefined;
    events += day.events;
    days += day.exposure;
    score += Math.sqrt(day.events / day.exposure);
  }
  return { events, days, score: (score * weight) / dates.length };
}

/** The same weekdays in the weeks before and after, those of them that are ordinary and were seen. */
function matchedPositions(
  dates: readonly string[],
  frame: Frame,
  weeks: number,
  ordinary: (date: string) => boolean,
): Position[] | undefined {
  const side = (direction: 1 | -1) =>
    Array.from({ length: weeks }, (_, week) =>
      dates
        .map((date) => addDays(date, direction * 7 * (week + 1)))
        .filter((date) => frame.has(date) && ordinary(date)),
    )
      .filter((week) => week.length > 0 && week.length >= MIN_ORDINARY * dates.length)
      .map((week) => positionOf(week, frame, dates.length))
      .filter((position) => position !== undefined);
  const [before, after] = [side(-1), side(1)];
  return Math.min(before.length, after.length) < MIN_WEEKS_EACH_SIDE ? undefined : [...before, ...after];
}

interface Block {
  name: string;
  dates: string[];
}

function episodesOf(
  blocks: Iterable<Block>,
  frame: Frame,
  weeks: number,
  ordinary: (date: string) => boolean,
): Episode[] {
  const episodes: Episode[] = [];
  for (const { name, dates } of blocks) {
    const seen = dates.filter((date) => frame.has(date));
    const observed = positionOf(seen, frame);
    const matched = matchedPositions(seen, frame, weeks, ordinary);
    const [start] = seen;
    if (start === undefined || observed === undefined || matched === undefined) continue;
    if (seen.length < MIN_SEEN * dates.length || seen.length === 0) continue;
    episodes.push({ start, name, observed, matched });
  }
  return episodes;
}

/** Every date from the first to the last of the frame, seen or not. */
function span(frame: Frame): string[] {
  const dates = [...frame.keys()];
  const [first, last] = [dates[0], dates.at(-1)];
  const all: string[] = [];
  if (first === undefined || last === undefined) return all;
  for (let date = first; date <= last; date = addDays(date, 1)) all.push(date);
  return all;
}

/** The name most days of a block bear. */
function blockName(names: string[]): string {
  const counted = [...groupBy(names, (name) => name)].sort(([, a], [, b]) => b.length - a.length);
  return counted[0]?.[0] ?? "";
}

/** Holiday blocks, by their weekdays. With rivals: by the weekdays that are ordinary working days for all of them. */
export function holidayEpisodes(
  frame: Frame,
  calendar: HolidayCalendar,
  weeks: number,
  rivals: readonly HolidayCalendar[] = [],
): Episode[] {
  const dates = span(frame).filter(
    (date) => weekdayHoliday(date, calendar) !== undefined && ordinaryWorkday(date, rivals),
  );
  const blocks = [...groupBy(dates, (date) => calendar.day(date)?.episode)].map(([, block]) => ({
    name: blockName(block.map((date) => calendar.day(date)?.name ?? "")),
    dates: block,
  }));
  return episodesOf(blocks, frame, weeks, (date) => ordinaryWorkday(date, [calendar, ...rivals]));
}

/** Make-up working days, adjacent ones as one episode. With rivals: those that are ordinary days of the weekend for all of them. */
export function makeupEpisodes(
  frame: Frame,
  calendar: HolidayCalendar,
  weeks: number,
  rivals: readonly HolidayCalendar[] = [],
): Episode[] {
  const dates = span(frame).filter(
    (date) => calendar.day(date)?.kind === "makeup" && ordinaryWeekend(date, rivals),
  );
  const blocks: Block[] = [];
  for (const date of dates) {
    const last = blocks.at(-1);
    if (last?.dates.at(-1) === addDays(date, -1)) last.dates.push(date);
    else blocks.push({ name: "", dates: [date] });
  }
  return episodesOf(blocks, frame, weeks, (date) => ordinaryWeekend(date, [calendar, ...rivals]));
}

/** Ordinary weeks: the weekend against the same number of adjacent days anywhere else in the week, the week taken as a ring. */
export function weekendEpisodes(frame: Frame, calendar: HolidayCalendar): Episode[] {
  const isWeekend = (date: string) => calendar.weekend.includes(weekdayOf(date));
  const episodes: Episode[] = [];
  for (const start of frame.keys()) {
    if (weekdayOf(start) !== 1) continue;
    const week = Array.from({ length: 7 }, (_, day) => addDays(start, day));
    const ordinary = (date: string) =>
      isWeekend(date) ? ordinaryWeekend(date, [calendar]) : ordinaryWorkday(date, [calendar]);
    if (!week.every((date) => frame.has(date) && ordinary(date))) continue;
    const rotations = Array.from({ length: 7 }, (_, turn) =>
      positionOf(
        week.filter((_, day) => isWeekend(week[(day + turn) % 7] ?? "")),
        frame,
      ),
    ).filter((position) => position !== undefined);
    const [observed, ...matched] = rotations;
    if (observed !== undefined) episodes.push({ start, name: "", observed, matched });
  }
  return episodes;
}

/** Weekdays of the same weeks, as one position each: what the weekend's ratio is taken against. */
export function weekdaysOf(
  frame: Frame,
  calendar: HolidayCalendar,
  episodes: readonly Episode[],
): Position[] {
  return episodes
    .map(({ start }) =>
      positionOf(
        Array.from({ length: 7 }, (_, day) => addDays(start, day)).filter(
          (date) => !calendar.weekend.includes(weekdayOf(date)),
        ),
        frame,
      ),
    )
    .filter((position) => position !== undefined);
}
