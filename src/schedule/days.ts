import { groupBy } from "../kernel/group-by.js";
import { DAY, HOUR, isoDay, MINUTE } from "../kernel/time.js";
import type { ExposureAt } from "./exposure.js";
import type { ScheduleEvent } from "./units.js";
import { type ClockPeriod, clockOffset } from "./zone/clocks.js";

/** A moment on the wall clock of a place, written as if it were UTC; milliseconds. */
export function localTime(periods: readonly ClockPeriod[], time: number): number {
  return time + clockOffset(periods, time) * MINUTE;
}

/** Units and hours that could be seen by local weekday (Monday first) and hour. */
export interface WeekGrid {
  units: number[][];
  exposure: number[][];
}

const emptyGrid = (): number[][] => Array.from({ length: 7 }, () => new Array<number>(24).fill(0));

/** Row and column of a local time: Monday is 0. */
function cell(local: number): [weekday: number, hour: number] {
  return [(((Math.floor(local / DAY) + 3) % 7) + 7) % 7, Math.floor((((local % DAY) + DAY) % DAY) / HOUR)];
}

function add(grid: number[][], local: number, value: number): void {
  const [weekday, hour] = cell(local);
  const row = grid[weekday] as number[];
  row[hour] = (row[hour] as number) + value;
}

export function weekGrid(
  units: readonly ScheduleEvent[],
  periods: readonly ClockPeriod[],
  span: { from: number; to: number },
  exposureAt: ExposureAt,
): WeekGrid {
  const grid = { units: emptyGrid(), exposure: emptyGrid() };
  for (const { time } of units) add(grid.units, localTime(periods, time), 1);
  for (let hour = Math.floor(span.from / HOUR) * HOUR; hour <= span.to; hour += HOUR)
    add(grid.exposure, localTime(periods, hour + HOUR / 2), exposureAt(hour));
  return grid;
}

/** One local date: interactive units, and the share of the would-be working time that could be seen. */
export interface LocalDay {
  date: string;
  units: number;
  exposure: number;
}

/** Every local date from the first to the last of the span. What an hour counts for is the share of all units that fall into it. */
export function localDays(
  units: readonly ScheduleEvent[],
  periods: readonly ClockPeriod[],
  span: { from: number; to: number },
  exposureAt: ExposureAt,
): LocalDay[] {
  const dayOf = (local: number): number => Math.floor(local / DAY);
  const counts = groupBy(units, ({ time }) => dayOf(localTime(periods, time)));
  const share = hourShares(units, periods);
  const seen = new Map<number, number>();
  for (let hour = Math.floor(span.from / HOUR) * HOUR; hour <= span.to; hour += HOUR) {
    const local = localTime(periods, hour + HOUR / 2);
    const day = dayOf(local);
    seen.set(day, (seen.get(day) ?? 0) + (share[cell(local)[1]] as number) * exposureAt(hour));
  }
  return [...seen].map(([day, exposure]) => ({
    date: isoDay(day * DAY),
    units: counts.get(day)?.length ?? 0,
    exposure: Math.min(1, exposure),
  }));
}

/** Share of the units in each local hour of the day, smoothed over neighbours. */
function hourShares(units: readonly ScheduleEvent[], periods: readonly ClockPeriod[]): number[] {
  const counts = new Array<number>(24).fill(0);
  for (const { time } of units) {
    const [, hour] = cell(localTime(periods, time));
    for (const near of [-1, 0, 1]) {
      const index = (hour + near + 24) % 24;
      counts[index] = (counts[index] as number) + (near === 0 ? 0.5 : 0.25);
    }
  }
  return counts.map((count) => count / units.length);
}
