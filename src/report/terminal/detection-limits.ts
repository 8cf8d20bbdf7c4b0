import type { DetectionLimits, DetectionMeasure } from "../../model/detection-limits.js";
import { say } from "../catalogue.js";
import { briefly, detectionLimitSentences, type LimitRow, limitRows } from "../detection-limits-text.js";
import { wrap } from "./cells.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** For `longwatch detection-limits`: the weakest of each shape that would have made an organisation suspected. */
export function renderDetectionLimits(limits: DetectionLimits, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const rows = limitRows(limits);
  const hasSensors = new Set(rows.map(({ name }) => name)).size < rows.length;
  const lines =
    rows.length === 0
      ? []
      : [
          ...renderTable<LimitRow>(
            [
              { title: say("head.organisation"), text: (row) => row.name, flexible: 14, paint: ink.bold },
              ...(hasSensors
                ? [{ title: say("head.sensor"), text: (row: LimitRow) => row.sensor, flexible: 8 }]
                : []),
              ...limits.shapes.map((shape, index) => ({
                title: shape.id,
                text: (row: LimitRow) => {
                  const measure = row.measures[index];
                  return measure === undefined ? "–" : briefly(shape, measure);
                },
                flexible: 10,
              })),
            ],
            rows,
            width,
            ink.dim,
          ),
          ...(rows.some((row) => row.measures.some(isOnlyTold)) ? [ink.dim(say("limits.in-brackets"))] : []),
          "",
        ];
  for (const sentence of detectionLimitSentences(limits)) lines.push(...wrap(sentence, width));
  return `${lines.join("\n")}\n`;
}

const isOnlyTold = ({ medium, suspected }: DetectionMeasure): boolean =>
  medium !== null && suspected === null;
