import { isoDay, WEEK } from "../../../kernel/time.js";
import { shorten, visible } from "../../text.js";
import type { Markup } from "../markup.js";
import { Drawing } from "./drawing.js";
import { INK } from "./render.js";

const ROW = 22;
const TOP = 8;
const AXIS = 26;

/** One organisation; times in milliseconds since 1970. */
export interface CampaignRow {
  name: string;
  first: number;
  last: number;
  /** Begin of weeks with contact, and of weeks without data. */
  active: readonly number[];
  blind: readonly number[];
  step: { time: number; grave: boolean } | undefined;
}

/** Organisations below each other in the order given, over the time that their rows cover, with pauses of all as columns. `to` is the end of a pause. */
export function campaignTimelineChart(
  rows: readonly CampaignRow[],
  pauses: readonly { from: number; to: number }[],
  frame: { id: string; label: string; width: number },
): Markup {
  const { width } = frame;
  const drawing = new Drawing();
  const narrow = width < 600;
  const left = narrow ? 112 : 230;
  const right = 20;
  const first = rows.reduce((least, row) => Math.min(least, row.first), Number.POSITIVE_INFINITY);
  const last = rows.reduce((most, row) => Math.max(most, row.last), Number.NEGATIVE_INFINITY);
  const length = Math.max(1, last - first);
  const x = (time: number) =>
    left + ((Math.max(first, Math.min(last, time)) - first) / length) * (width - left - right);
  const bottom = TOP + rows.length * ROW;
  for (const { from, to } of pauses)
    if (to > first && from < last)
      drawing.rect(x(from), TOP, x(to) - x(from), bottom - TOP, INK.edge, { opacity: 0.3 });
  drawing.timeAxis({ first, length, x, top: TOP, bottom, parts: narrow ? 1 : 4, text: isoDay });
  for (const [at, row] of rows.entries()) {
    const middle = TOP + at * ROW + ROW / 2;
    drawing.text(left - 12, middle, shorten(visible(row.name), narrow ? 15 : 31), {
      align: "right",
      color: INK.ink,
    });
    const weeks = (begins: readonly number[], fill: string) => {
      for (const begin of begins) {
        const [from, to] = [x(begin), x(begin + WEEK)];
        if (to > from) drawing.rect(from, middle - 5, to - from, 10, fill);
      }
    };
    weeks(row.blind, INK.hatch);
    drawing.rect(x(row.first), middle - 1, Math.max(1, x(row.last) - x(row.first)), 2, INK.contacted);
    weeks(
      row.active.filter((begin) => begin + WEEK > row.first && begin <= row.last),
      INK.contacted,
    );
    drawing.rect(x(row.first) - 1.5, middle - 9, 3, 18, INK.ink);
    if (row.step !== undefined)
      drawing.rect(
        x(row.step.time) - 5,
        middle - 5,
        10,
        10,
        row.step.grave ? INK.compromised : INK.suspected,
        {
          radius: 5,
          stroke: INK.paper,
        },
      );
  }
  return drawing.render({ ...frame, height: bottom + AXIS });
}
