import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import { formatWeekday } from "../../format.js";
import type { Markup } from "../markup.js";
import { Drawing } from "./drawing.js";
import { INK } from "./render.js";

export type Heatmap = NonNullable<AssessedSchedule["heatmap"]>;

/** Columns of the week, Monday first. */
export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;
/** Below this many hours in which a cell could be seen it says nothing. */
const LEAST_SEEN = 0.5;

const LEFT = 38;
const TOP = 8;
const ROW = 23;
const PROFILE = 62;

/** Half-hours with activity to an hour that could be seen; undefined where it could hardly ever be seen. */
export function rateOf(heatmap: Heatmap, weekday: number, hour: number): number | undefined {
  const seen = heatmap.exposure[weekday]?.[hour] ?? 0;
  return seen < LEAST_SEEN ? undefined : (heatmap.units[weekday]?.[hour] ?? 0) / seen;
}

/** Hours × weekdays on the clock of the inferred zone, and below it the day of both sides: whoever is behind the servers, and the organisations themselves. */
export function workingWeekChart(
  schedule: AssessedSchedule & { heatmap: Heatmap },
  width: number,
  id: string,
  label: string,
): Markup {
  const { heatmap } = schedule;
  const drawing = new Drawing();
  const cell = (width - LEFT - 6) / 24;
  const gap = cell > 18 ? 2 : 1;
  const x = (hour: number) => LEFT + hour * cell;
  const rates = WEEKDAYS.flatMap((weekday) =>
    Array.from({ length: 24 }, (_, hour) => rateOf(heatmap, weekday, hour) ?? 0),
  );
  const largest = Math.max(...rates, Number.MIN_VALUE);
  for (const weekday of WEEKDAYS) {
    const y = TOP + weekday * ROW;
    drawing.text(LEFT - 8, y + ROW / 2, formatWeekday(weekday), { align: "right" });
    for (let hour = 0; hour < 24; hour++) {
      const rate = rateOf(heatmap, weekday, hour);
      const place = [x(hour), y, cell - gap, ROW - gap] as const;
      if (rate === undefined) drawing.rect(...place, INK.hatch, { radius: 2 });
      else if (rate === 0) drawing.rect(...place, INK.wash, { radius: 2 });
      else drawing.rect(...place, INK.out, { radius: 2, opacity: shade(rate / largest) });
    }
  }
  const top = TOP + 7 * ROW + 12;
  profile(drawing, schedule, { top, x, cell, gap });
  const axis = top + PROFILE + 12;
  const every = cell > 18 ? 2 : cell > 12 ? 3 : 4;
  for (let hour = 0; hour <= 24; hour += every)
    drawing.text(x(hour), axis, String(hour).padStart(2, "0"), { align: "center" });
  return drawing.render({ id, label, width, height: axis + 14 });
}

/** Little activity must be seen to be some, so the lightest shade is well above none. */
const shade = (share: number): number => 0.16 + 0.84 * share ** 0.85;

function profile(
  drawing: Drawing,
  { heatmap, watched_week: watched }: AssessedSchedule & { heatmap: Heatmap },
  { top, x, cell, gap }: { top: number; x: (hour: number) => number; cell: number; gap: number },
): void {
  const own = dayOf(heatmap);
  const bottom = top + PROFILE;
  for (const [hour, share] of own.entries())
    drawing.rect(x(hour), bottom - share * PROFILE, cell - gap, share * PROFILE, INK.out, { opacity: 0.85 });
  drawing.line(
    [
      [x(0), bottom],
      [x(24), bottom],
    ],
    INK.rule,
  );
  if (watched === null) return;
  // Steps rather than a curve: an hour is all that is known.
  const steps = watchedDay(watched, heatmap.offset_minutes).flatMap((share, hour) => {
    const y = bottom - share * PROFILE;
    return [[x(hour), y] as const, [x(hour + 1) - gap / 2, y] as const];
  });
  drawing.line(steps, INK.contacted, 2);
}

/** Activity by local hour, Monday to Sunday together; the busiest hour is 1. */
export function dayOf(heatmap: Heatmap): number[] {
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const sum = (grid: readonly (readonly number[])[]) =>
      grid.reduce((total, row) => total + (row[hour] ?? 0), 0);
    const seen = sum(heatmap.exposure);
    return seen < LEAST_SEEN ? 0 : sum(heatmap.units) / seen;
  });
  return scaled(hours);
}

/** The organisations' own week, in UTC, as a day on the same clock. */
export function watchedDay(week: readonly number[], offsetMinutes: number): number[] {
  const hours = new Array<number>(24).fill(0);
  for (const [hour, value] of week.entries()) {
    const local = (((Math.floor((hour * 60 + 30 + offsetMinutes) / 60) % 24) + 24) % 24) as number;
    hours[local] = (hours[local] ?? 0) + value;
  }
  return scaled(hours);
}

function scaled(values: readonly number[]): number[] {
  const largest = Math.max(...values, Number.MIN_VALUE);
  return values.map((value) => value / largest);
}
