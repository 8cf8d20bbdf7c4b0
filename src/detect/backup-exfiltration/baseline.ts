import { weekdayOf } from "../shared/cadence.js";
import { median, robustScale } from "../shared/robust.js";
import type { DayVolume } from "./uploads.js";

/** What a day of a series was expected to bring, in bytes: `low` to `high` holds about 95 % of days, beyond `limit` is a surge. */
export interface Expected {
  low: number;
  median: number;
  high: number;
  limit: number;
}

export interface Surge {
  day: number;
  bytes: number;
  expected: Expected;
  /** Robust standard deviations of log volume above the expected. */
  deviations: number;
}

/** Weekdays and trend are told from chance only with this many days. */
const DAYS_FOR_SEASON = 28;
/** Even the steadiest job varies by this much (standard deviation of log volume). */
const LEAST_SCALE = 0.25;

/**
 * Days far above what the series itself makes expected: log volume = level + trend + weekday. All three are medians (the trend is
 * Theil and Sen's), so that the surges do not raise what they are measured by. With fewer than 28 days there is only the level; a weekday
 * has a level of its own only where it stands out from the others by more than chance, because a median of a few days is a coin toss.
 */
export function surges(
  volumes: readonly DayVolume[],
  options: { deviations: number; leastDays: number; leastBytes: number },
): Surge[] {
  if (volumes.length < options.leastDays) return [];
  const model = seasonalModel(volumes);
  return volumes.flatMap(({ day, bytes }) => {
    const at = model.at(day);
    const deviations = (Math.log(Math.max(1, bytes)) - at) / model.scale;
    const expected = {
      low: Math.exp(at - 2 * model.scale),
      median: Math.exp(at),
      high: Math.exp(at + 2 * model.scale),
      limit: Math.exp(at + options.deviations * model.scale),
    };
    const isSurge = deviations > options.deviations && bytes - expected.median >= options.leastBytes;
    return isSurge ? [{ day, bytes, expected, deviations }] : [];
  });
}

interface Model {
  at(day: number): number;
  scale: number;
}

function seasonalModel(volumes: readonly DayVolume[]): Model {
  const days = volumes.map((each) => each.day);
  const logs = volumes.map(({ bytes }) => Math.log(Math.max(1, bytes)));
  const seasonal = volumes.length >= DAYS_FOR_SEASON;
  const slope = seasonal ? theilSen(days, logs) : 0;
  const first = days[0] ?? 0;
  const flat = logs.map((log, index) => log - slope * ((days[index] as number) - first));
  const level = median(flat);
  const offsets = seasonal ? weekdayOffsets(days, flat, level) : new Array<number>(7).fill(0);
  const offsetOf = (day: number) => offsets[weekdayOf(day)] ?? 0;
  const residuals = flat.map((value, index) => value - level - offsetOf(days[index] as number));
  return {
    at: (day) => level + slope * (day - first) + offsetOf(day),
    scale: Math.max(LEAST_SCALE, robustScale(residuals, 0)),
  };
}

function weekdayOffsets(days: readonly number[], flat: readonly number[], level: number): number[] {
  const lists = Array.from({ length: 7 }, (_, weekday) =>
    flat.filter((_, index) => weekdayOf(days[index] as number) === weekday),
  );
  const within = robustScale(
    lists.flatMap((list) => {
      const own = median(list);
      return list.map((value) => value - own);
    }),
    0,
  );
  return lists.map((list) => {
    if (list.length < 4) return 0;
    const offset = median(list) - level;
    // 1.25 σ/√n is the standard error of a median; three of them, because seven weekdays are asked.
    const chance = (3 * 1.25 * Math.max(within, LEAST_SCALE)) / Math.sqrt(list.length);
    return Math.abs(offset) > chance ? offset : 0;
  });
}

/** At most this many days go into the trend, evenly chosen: their pairs are 4,950, those of a year's days 67,000. */
const TREND_DAYS = 100;

/** Median slope of all pairs of days: change of log volume a day. */
function theilSen(days: readonly number[], logs: readonly number[]): number {
  const step = Math.max(1, Math.ceil(days.length / TREND_DAYS));
  const chosen = days.map((_, index) => index).filter((index) => index % step === 0);
  const slopes: number[] = [];
  for (const i of chosen)
    for (const j of chosen) {
      if (j <= i) continue;
      slopes.push(((logs[j] as number) - (logs[i] as number)) / ((days[j] as number) - (days[i] as number)));
    }
  return slopes.length === 0 ? 0 : median(slopes);
}

/**
 * Whether surges come as full backups do: three or more at one even interval (within a day) or on one weekday, or a month apart. Then
 * they are a schedule of their own.
 */
export function isPeriodic(days: readonly number[]): boolean {
  const gaps = days.slice(1).map((day, index) => day - (days[index] as number));
  if (gaps.length === 0) return false;
  if (gaps.every((gap) => gap >= 27 && gap <= 32)) return true;
  const typical = median(gaps);
  if (gaps.length < 2 || typical < 5) return false;
  return gaps.every((gap) => Math.abs(gap - typical) <= 1) || gaps.every((gap) => gap % 7 === 0);
}
