import { EVENT_COLUMNS, EVENT_MEMBERS, quoted } from "../event-line.js";
import { microsecondsOf } from "../host-event.js";
import type { Shape } from "../port.js";
import { type GroupShape, groupShapes } from "./group-shape.js";
import type { FieldValue } from "./layout.js";
import type { EvtxRecord } from "./record.js";

/** Years that the engine's DateTime64 has; beyond them nobody's clock stood right. Microseconds. */
const LAST_TIME = Date.UTC(2299, 11, 31) * 1000;

const shapeOf = groupShapes(quoted);

/**
 * A record as one line for the engine, in the form that {@link EVENT_SHAPE} reads: its slice, its number, and the rest as JSON (in which no
 * tab and no line end stands as such).
 */
export function eventLine(record: EvtxRecord, sourceId: string): string {
  const { layout, values } = record;
  const shape = shapeOf(layout);
  let line =
    `${sourceId}\t${lineNumber(record.recordId)}\t{"offset":${record.offset},"time":${microseconds(record.time)},` +
    `"channel":${quoted(record.channel)},"provider":${quoted(record.provider)},"event_id":${record.eventId ?? -1},` +
    `"computer":${quoted(record.computer)},"system":${group(shape.system, values)},"data":${group(shape.data, values)}`;
  if (shape.rendering.places.length > 0) line += `,"rendering":${group(shape.rendering, values)}`;
  const lists = listsOf(shape.data, values);
  if (lists !== "") line += `,"lists":{${lists}}`;
  if (record.hiddenIn !== undefined) line += `,"hidden_in":${lineNumber(record.hiddenIn)}`;
  return `${line}}\n`;
}

/** Ids beyond what JavaScript counts exactly are made up; they are kept in the engine's range. */
export function lineNumber(recordId: number): number {
  return Math.min(recordId, Number.MAX_SAFE_INTEGER);
}

/** How the engine reads the lines of {@link eventLine}. */
export const EVENT_SHAPE: Shape = {
  key: "evtx",
  place: { sourceId: "cells[1]", line: "toUInt64(cells[2])" },
  prelude: [
    "splitByChar('\\t', line) AS cells",
    `JSONExtract(cells[3], 'Tuple(offset UInt64, ${EVENT_MEMBERS.join(", ")})') AS event`,
  ],
  // Every record stands somewhere behind the header of its chunk.
  rejectLine: "if(event.offset = 0, 'the record did not reach the engine whole', '')",
  plans: [
    {
      table: "windows_event",
      reject: "''",
      columns: { product: "'evtx'", ...EVENT_COLUMNS },
    },
  ],
};

function group({ keys, places }: GroupShape, values: readonly FieldValue[]): string {
  let text = "{";
  for (let at = 0; at < places.length; at++) {
    const value = values[places[at] as number];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += keys[at];
    text += quoted(typeof value === "string" ? value : value.join("\n"));
  }
  return `${text}}`;
}

function listsOf({ keys, places }: GroupShape, values: readonly FieldValue[]): string {
  let text = "";
  for (let at = 0; at < places.length; at++) {
    const value = values[places[at] as number];
    if (value === undefined || typeof value === "string") continue;
    if (text !== "") text += ",";
    text += `${keys[at]}[${value.map(quoted).join(",")}]`;
  }
  return text;
}

/** Microseconds since 1970, in the range that the engine has; what is no time, and times before 1970, are 0. */
function microseconds(time: string): number {
  const at = microsecondsOf(time);
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at, 0), LAST_TIME);
}
