import { groupBy } from "../../kernel/group-by.js";
import { weekdayCadence, weekdayOf } from "../shared/cadence.js";
import { clamp, median, robustScale } from "../shared/robust.js";
import type { DayVolume } from "./uploads.js";

/** How much a series of uploads is like what a backup client does. Each 0..1; `likeness` is undefined where days are too few to say. */
export interface JobLikeness {
  likeness: number | undefined;
  /** Comes on the days on which it is due: every day, on the same weekdays, or at even intervals. */
  cadence: number;
  /** Begins within the same three hours of the day. */
  start: number;
  /** Sends about as much each time. */
  steadiness: number;
}

/** Uploads on fewer days have no rhythm that could be told from chance. */
const FEWEST_DAYS = 3;
/** A job is due on the days after its last upload, too, so many at most: what stopped after four nights was no job. */
const DUE_AFTER = 7;
/** A spread of log sizes (standard deviation) of incremental backups, and one that no schedule explains. */
const STEADY = 0.4;
const UNSTEADY = 1.4;

/**
 * A job comes when it is due. Cadence carries the judgement (an upload that comes on one day in seven is no nightly job, however even its
 * sizes); hours of the day and sizes only confirm it: likeness = cadence × (0.5 + 0.3 start + 0.2 steadiness), where a cadence by weekdays
 * counts in the share (n − 1) / (n + 2) of n days.
 */
export function jobLikeness(volumes: readonly DayVolume[], watched: readonly number[]): JobLikeness {
  const days = volumes.map((each) => each.day);
  const life = (days.at(-1) ?? 0) - (days[0] ?? 0) + 1;
  const onWeekdays = weekdayCadence(days, watched, Math.min(DUE_AFTER, life));
  const atGaps = evenGaps(days);
  const start = sameStart(volumes.map((each) => each.start));
  const steadiness = steady(volumes);
  const enough = volumes.length >= FEWEST_DAYS;
  // A few days in a row are easily come by, and three of them are no schedule yet.
  const cadence = Math.max((onWeekdays * (days.length - 1)) / (days.length + 2), atGaps);
  return {
    likeness: enough ? cadence * (0.5 + 0.3 * start + 0.2 * steadiness) : undefined,
    cadence: Math.max(onWeekdays, atGaps),
    start,
    steadiness,
  };
}

/** Share of gaps within a tenth (a day at least) of the median gap, drawn down where gaps are few; for jobs each month or each ten days. */
function evenGaps(days: readonly number[]): number {
  const gaps = days.slice(1).map((day, index) => day - (days[index] as number));
  const typical = median(gaps);
  // Short gaps are even by chance; a rhythm of days is the weekdays' matter.
  if (!(typical >= 7)) return 0;
  const even = gaps.filter((gap) => Math.abs(gap - typical) <= Math.max(1, typical / 10)).length;
  return gaps.length < 2 ? 0 : even / (gaps.length + 0.5);
}

/** Share of days that begin within the best three hours of the day, the first left out so that one day alone proves nothing. */
function sameStart(starts: readonly number[]): number {
  if (starts.length < 2) return 0;
  let most = 0;
  for (let from = 0; from < 24; from++)
    most = Math.max(most, starts.filter((start) => (start - from + 24) % 24 < 3).length);
  return (most - 1) / (starts.length - 1);
}

/** Spread of log sizes after each weekday's own level, so that a weekly full backup does not make its job unsteady. */
function steady(volumes: readonly DayVolume[]): number {
  if (volumes.length < 2) return 0;
  const all = volumes.map(({ day, bytes }) => ({
    weekday: weekdayOf(day),
    log: Math.log(Math.max(1, bytes)),
  }));
  const level = median(all.map(({ log }) => log));
  const residuals = [...groupBy(all, ({ weekday }) => weekday).values()].flatMap((same) => {
    const own = same.length >= 3 ? median(same.map(({ log }) => log)) : level;
    return same.map(({ log }) => log - own);
  });
  return clamp((UNSTEADY - robustScale(residuals, 0)) / (UNSTEADY - STEADY));
}
