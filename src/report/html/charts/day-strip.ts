import { DAY, parseTime } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import type { Outage } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import type { Markup } from "../markup.js";
import { Drawing } from "./drawing.js";
import { INK } from "./render.js";
import { shortDay } from "./volumes.js";

/** A day, or several where there is no room for days. */
export interface StripColumn {
  from: string;
  to: string;
  units: number;
  /** Share of the usual contact that could be seen, 0..1; the mean of the days. */
  exposure: number;
  /** Hours of sensors that were down. */
  down: number;
  /** By country: all of its holidays and make-up days. */
  marks: ReadonlyMap<string, { holiday: boolean; makeup: boolean }>;
}

/** A day seen for less than this is no day without activity. */
export const UNSEEN = 0.25;

const BARS = 120;
const MARK_ROW = 17;
const MAKEUP = "make-up working day";

export function stripColumns(
  { days, offset, subject }: AssessedSchedule,
  outages: readonly Outage[],
  group: number,
): StripColumn[] {
  const shift = (offset?.best_minutes ?? 0) * 60_000;
  const own = outages.filter(({ sensor_id }) => subject.sensors.includes(sensor_id));
  const columns: StripColumn[] = [];
  for (let index = 0; index < days.length; index += group) {
    const some = days.slice(index, index + group);
    const [first, last] = [some[0], some.at(-1)];
    if (first === undefined || last === undefined) break;
    const from = parseTime(first.date) - shift;
    const to = parseTime(last.date) + DAY - shift;
    const marks = new Map<string, { holiday: boolean; makeup: boolean }>();
    for (const mark of some.flatMap((day) => day.marks)) {
      const country = mark.slice(0, mark.indexOf(":"));
      const known = marks.get(country) ?? { holiday: false, makeup: false };
      if (mark.endsWith(MAKEUP)) known.makeup = true;
      else known.holiday = true;
      marks.set(country, known);
    }
    columns.push({
      from: first.date,
      to: last.date,
      units: some.reduce((sum, { units }) => sum + units, 0),
      exposure: some.reduce((sum, { exposure }) => sum + exposure, 0) / some.length,
      down:
        own.reduce(
          (sum, outage) =>
            sum + Math.max(0, Math.min(to, parseTime(outage.to)) - Math.max(from, parseTime(outage.from))),
          0,
        ) / 3_600_000,
      marks,
    });
  }
  return columns;
}

/** Activity by local day; lulls shaded, days that could not be seen hatched, and below them each calendar's holidays and make-up days. */
export function dayStripChart(
  schedule: AssessedSchedule,
  columns: readonly StripColumn[],
  countries: readonly string[],
  width: number,
  id: string,
  label: string,
): Markup {
  const drawing = new Drawing();
  const narrow = width < 600;
  const left = narrow ? 44 : 66;
  const top = 30;
  const bottom = top + BARS;
  const step = (width - left - 8) / Math.max(1, columns.length);
  const gap = step > 6 ? 1.5 : step > 3 ? 0.6 : 0;
  const x = (index: number) => left + index * step;
  const largest = Math.max(1, ...columns.map(({ units }) => units));
  for (const [index, { exposure }] of columns.entries()) {
    if (exposure < UNSEEN) drawing.rect(x(index), top, step, BARS, INK.hatchLight);
  }
  lulls(drawing, schedule, columns, { x, top, bottom, narrow, width });
  for (const part of [0.5, 1]) {
    const y = bottom - part * BARS;
    drawing.line(
      [
        [left, y],
        [width - 8, y],
      ],
      INK.rule,
    );
    drawing.text(left - 6, y, String(Math.round(part * largest)), { align: "right" });
  }
  for (const [index, { units }] of columns.entries()) {
    const height = (units / largest) * BARS;
    if (units > 0)
      drawing.rect(x(index) + gap / 2, bottom - height, Math.max(0.8, step - gap), height, INK.out);
  }
  drawing.line(
    [
      [left, bottom],
      [width - 8, bottom],
    ],
    INK.rule,
  );
  dates(drawing, columns, { x, y: bottom + 13, narrow, width });
  let y = bottom + 30;
  row(drawing, say("hours.seen"), y, left);
  for (const [index, { exposure, down }] of columns.entries()) {
    const height = exposure * (MARK_ROW - 5);
    const fill = down > 0 ? INK.hatch : INK.edge;
    drawing.rect(
      x(index) + gap / 2,
      y + (MARK_ROW - 5) / 2 - height,
      Math.max(0.8, step - gap),
      height,
      fill,
    );
  }
  for (const country of countries) {
    y += MARK_ROW + 3;
    row(drawing, country, y, left);
    drawing.line(
      [
        [left, y + (MARK_ROW - 5) / 2],
        [width - 8, y + (MARK_ROW - 5) / 2],
      ],
      INK.rule,
    );
    for (const [index, { marks }] of columns.entries()) {
      const mark = marks.get(country);
      const side = Math.max(1.6, step - gap);
      const place = [x(index) + gap / 2, y - (MARK_ROW - 5) / 2, side, MARK_ROW - 5] as const;
      if (mark?.holiday === true) drawing.rect(...place, INK.contacted, { radius: step > 6 ? 1.5 : 0 });
      else if (mark?.makeup === true) {
        const [px, py, w, h] = place;
        drawing.rect(px + 0.75, py + 0.75, Math.max(0.6, w - 1.5), h - 1.5, INK.paper, {
          stroke: INK.contacted,
        });
      }
    }
  }
  return drawing.render({ id, label, width, height: y + MARK_ROW });
}

function row(drawing: Drawing, name: string, y: number, left: number): void {
  drawing.text(left - 8, y, name, { align: "right", color: INK.ink });
}

interface Place {
  x: (index: number) => number;
  top: number;
  bottom: number;
  narrow: boolean;
  width: number;
}

function lulls(
  drawing: Drawing,
  schedule: AssessedSchedule,
  columns: readonly StripColumn[],
  { x, top, bottom, narrow, width }: Place,
): void {
  for (const lull of schedule.lulls) {
    const first = columns.findIndex(({ to }) => to >= lull.from);
    const last = columns.findLastIndex(({ from }) => from <= lull.to);
    if (first < 0 || last < first) continue;
    const [from, to] = [x(first), x(last + 1)];
    drawing.rect(from, top, to - from, bottom - top, INK.contacted, { opacity: 0.16 });
    drawing.line(
      [
        [from, top],
        [to, top],
      ],
      INK.contacted,
      2.5,
    );
    const text = narrow
      ? `${shortDay(lull.from, true)} – ${shortDay(lull.to, true)}`
      : say(
          "hours.quiet",
          shortDay(lull.from, true),
          shortDay(lull.to, true),
          String(lull.units),
          String(Math.round(lull.expected)),
        );
    const middle = (from + to) / 2;
    const half = text.length * 3.4;
    const at = Math.max(half + 2, Math.min(width - half - 2, middle));
    drawing.text(at, 13, text, { align: "center", color: INK.ink, bold: true });
  }
}

function dates(
  drawing: Drawing,
  columns: readonly StripColumn[],
  { x, y, narrow, width }: { x: (index: number) => number; y: number; narrow: boolean; width: number },
): void {
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, { from }] of columns.entries()) {
    // Mondays, where there is room for them.
    const monday = new Date(`${from}T00:00:00Z`).getUTCDay() === 1;
    if (!monday || x(index) - last < (narrow ? 62 : 88) || x(index) > width - 40) continue;
    drawing.text(x(index), y, shortDay(from, true), { align: "left" });
    last = x(index);
  }
}

/** `29 Sep 2023 to 5 Oct 2023`, or the one day. */
export function columnName({ from, to }: StripColumn): string {
  return from === to ? from : say("common.range", from, to);
}

export function columnsInWords(columns: readonly StripColumn[], group: number): string {
  return say(group === 1 ? "hours.days" : "hours.weeks", columns.length);
}
