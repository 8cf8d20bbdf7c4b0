import { parseTime, rfc3339 } from "../../../kernel/time.js";
import { severityRank } from "../../../model/finding.js";
import type { IncidentStep } from "../../../model/incident.js";
import { say } from "../../catalogue.js";
import { tacticText } from "../../incident-text.js";
import { shorten, visible } from "../../text.js";
import type { Markup } from "../markup.js";
import { Drawing } from "./drawing.js";
import { INK } from "./render.js";

export const MOST_ROWS = 24;
const ROW = 20;
const TOP = 8;
const AXIS = 26;
/** Pixels of a character at 12 pixels, on the generous side. */
const CHARACTER = 6.7;

/** A step with the number that it has in the table. */
export interface NumberedStep {
  step: IncidentStep;
  number: number;
}

/** Steps for the picture: those of the sequence first, then the gravest; the rest stands in the table. */
export function drawnSteps(steps: readonly IncidentStep[]): NumberedStep[] {
  const numbered = steps.map((step, index) => ({ step, number: index + 1 }));
  const chosen = [...numbered]
    .sort(
      (a, b) =>
        Number(b.step.in_chain) - Number(a.step.in_chain) ||
        severityRank(b.step.severity) - severityRank(a.step.severity) ||
        a.number - b.number,
    )
    .slice(0, MOST_ROWS);
  const lanes = [...new Set(numbered.map(({ step }) => step.host))];
  return chosen.sort(
    (a, b) => lanes.indexOf(a.step.host) - lanes.indexOf(b.step.host) || a.number - b.number,
  );
}

/**
 * Host by host, one bar a step from when it was first to when it was last seen. What belongs to the plausible sequence is drawn in full, the rest
 * pale. Numbers are those of the table.
 */
export function incidentTimelineChart(
  steps: readonly NumberedStep[],
  width: number,
  id: string,
  label: string,
): Markup {
  const drawing = new Drawing();
  const narrow = width < 600;
  const left = narrow ? 104 : 210;
  const right = narrow ? 12 : 20;
  const spans = steps.map(({ step }) => {
    const from = parseTime(step.time);
    const to = parseTime(step.last_seen);
    return { from: finite(from, to), to: finite(to, from) };
  });
  const first = spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const last = spans.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY);
  const length = Math.max(1, last - first);
  const x = (time: number) => left + ((time - first) / length) * (width - left - right);
  const bottom = TOP + Math.max(1, steps.length) * ROW;
  const text = (time: number) => timeText(time, length);
  if (Number.isFinite(first))
    drawing.timeAxis({ first, length, x, top: TOP, bottom, parts: narrow ? 1 : 4, text });
  let host: string | undefined;
  for (const [row, { step, number }] of steps.entries()) {
    const y = TOP + row * ROW;
    const middle = y + ROW / 2;
    if (step.host !== host) {
      host = step.host;
      if (row > 0)
        drawing.line(
          [
            [8, y],
            [width - right, y],
          ],
          INK.rule,
        );
      const name = shorten(visible(host === "" ? say("incidents.no-host") : host), narrow ? 14 : 28);
      drawing.text(left - 12, middle, name, { align: "right", color: INK.ink });
    }
    const { from, to } = spans[row] as (typeof spans)[number];
    const size = Math.max(7, x(to) - x(from));
    const at = Math.min(x(from), width - right - size);
    drawing.rect(at, middle - 5, size, 10, colourOf(step), { radius: 2, opacity: step.in_chain ? 1 : 0.4 });
    const inside = step.in_chain ? INK.paper : INK.ink;
    words(drawing, `${number} ${narrow ? "" : tacticText(step)}`.trim(), {
      at,
      size,
      middle,
      left,
      width,
      inside,
    });
  }
  return drawing.render({ id, label, width, height: bottom + AXIS });
}

function finite(time: number, otherwise: number): number {
  return Number.isFinite(time) ? time : Number.isFinite(otherwise) ? otherwise : 0;
}

function colourOf({ severity }: IncidentStep): string {
  const rank = severityRank(severity);
  return rank >= 3 ? INK.compromised : rank === 2 ? INK.suspected : INK.contacted;
}

/** Right of the bar where there is room, else left of it, else inside. */
function words(
  drawing: Drawing,
  text: string,
  bar: { at: number; size: number; middle: number; left: number; width: number; inside: string },
): void {
  const { at, size, middle, left, width, inside } = bar;
  const need = text.length * CHARACTER;
  if (at + size + 6 + need < width) drawing.text(at + size + 5, middle, text, { color: INK.ink });
  else if (at - need - 6 > left) drawing.text(at - 5, middle, text, { align: "right", color: INK.ink });
  else drawing.text(at + 5, middle, text, { color: inside, bold: true });
}

const HOUR = 3_600_000;

/** As exact as the length of the picture asks for. */
function timeText(time: number, length: number): string {
  const text = rfc3339(time);
  if (length > 96 * HOUR) return text.slice(0, 10);
  if (length > HOUR) return text.slice(5, 16).replace("T", " ");
  return text.slice(11, 19);
}
