import type { ScheduleAnalysis, ScheduleDay } from "../../model/schedule.js";
import { say } from "../catalogue.js";
import { formatWeekday } from "../format.js";
import { cutTo, wrap } from "./cells.js";
import type { Ink } from "./ink.js";

/** From nothing to the most; each a shade of its own, so that colour is not needed. */
const SHADES = ["·", "░", "▒", "▓", "█"] as const;
/** An hour, or a day, that could be seen for less than this share says nothing. */
const SEEN = 0.25;
/** Months of the day strip; earlier ones are in `--json`. */
const MONTHS_SHOWN = 18;
/** Calendars with a row of marks of their own. */
const MARKED = 2;

function shade(value: number, most: number): string {
  if (value <= 0 || most <= 0) return SHADES[0];
  return SHADES[Math.min(SHADES.length - 1, 1 + Math.floor((3.999 * value) / most))] as string;
}

/** Local hours by weekday: activity to the hour that could be seen. */
export function heatmapLines({ heatmap }: ScheduleAnalysis, width: number, ink: Ink): string[] {
  if (heatmap === null) return [];
  const usual = Math.max(...heatmap.exposure.flat());
  const rates = heatmap.units.map((row, weekday) =>
    row.map((units, hour) => {
      const exposure = heatmap.exposure[weekday]?.[hour] ?? 0;
      return exposure < SEEN * usual ? undefined : units / exposure;
    }),
  );
  // One busiest hour must not make all others look empty: the scale ends where 95 % of the hours lie.
  const known = rates
    .flat()
    .filter((rate) => rate !== undefined && rate > 0)
    .sort((a, b) => (a ?? 0) - (b ?? 0));
  const most = known[Math.floor(0.95 * (known.length - 1))] ?? 0;
  const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
  return [
    ink.dim(`       ${hours.join(" ")}`),
    ...rates.map((row, weekday) => {
      const cells = row.map((rate) => (rate === undefined ? ink.dim(" ?") : shade(rate, most).repeat(2)));
      return `  ${cutTo(formatWeekday(weekday), 3)}  ${cells.join(" ")}`;
    }),
    ...wrap(say("schedule.legend.week"), width, "  ").map(ink.dim),
  ];
}

/** A month a line, with the marks of the calendars that fit (or of the first ones asked) below. */
export function dayStripLines(report: ScheduleAnalysis, width: number, ink: Ink): string[] {
  if (report.days.length === 0) return [];
  const months = new Map<string, ScheduleDay[]>();
  for (const day of report.days) {
    const month = day.date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  const rates = report.days
    .filter(({ units }) => units > 0)
    .map(({ units }) => units)
    .sort((a, b) => a - b);
  const most = rates[Math.floor(0.95 * (rates.length - 1))] ?? 0;
  const shown = [...months].slice(-MONTHS_SHOWN);
  const marked = markedCalendars(report);
  const numbers = Array.from({ length: 31 }, (_, day) => String(day + 1).padStart(2));
  const lines = [ink.dim(`           ${numbers.join("")}`)];
  for (const [month, days] of shown) {
    lines.push(`  ${month}  ${strip(days, (day) => daySign(day, most))}`);
    for (const country of marked) {
      const row = strip(days, (day) => markSign(day, country));
      if (row.trim() !== "") lines.push(ink.yellow(`       ${country}  ${row}`));
    }
  }
  if (months.size > shown.length)
    lines.push(ink.dim(`  ${say("schedule.months", shown.length, months.size)}`));
  lines.push(
    ...wrap(
      [say("schedule.legend.days"), ...(marked.length > 0 ? [marksLegend()] : [])].join("   "),
      width,
      "  ",
    ).map(ink.dim),
  );
  return lines;
}

function strip(days: readonly ScheduleDay[], sign: (day: ScheduleDay) => string): string {
  const byNumber = new Map(days.map((day) => [Number(day.date.slice(8)), day]));
  return Array.from({ length: 31 }, (_, index) => {
    const day = byNumber.get(index + 1);
    return day === undefined ? "  " : sign(day).padStart(2);
  })
    .join("")
    .trimEnd();
}

const daySign = ({ units, exposure }: ScheduleDay, most: number): string =>
  exposure < SEEN ? "?" : shade(units / exposure, most);

const marksLegend = (): string =>
  say("schedule.legend.marks", say("schedule.mark.holiday"), say("schedule.mark.makeup"));

function markSign({ marks }: ScheduleDay, country: string): string {
  const mark = marks.find((each) => each.startsWith(`${country}: `));
  if (mark === undefined) return " ";
  return say(mark.endsWith(": make-up working day") ? "schedule.mark.makeup" : "schedule.mark.holiday");
}

function markedCalendars({ calendars }: ScheduleAnalysis): string[] {
  const fitting = calendars.filter(
    ({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode",
  );
  return (fitting.length > 0 ? fitting : calendars).slice(0, MARKED).map(({ country }) => country);
}
