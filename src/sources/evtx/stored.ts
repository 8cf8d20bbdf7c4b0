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
    `JSONExtract(cells[3], 'Tuple(offset UInt64, time Int64, channel String, provider String, event_id Int64, computer String, ${[
      "system Map(String, String)",
      "data Map(String, String)",
      "rendering Map(String, String)",
      "lists Map(String, Array(String))",
    ].join(", ")}, hidden_in UInt64)') AS event`,
  ],
  // Every record stands somewhere behind the header of its chunk.
  rejectLine: "if(event.offset = 0, 'the record did not reach the engine whole', '')",
  plans: [
    {
      table: "windows_event",
      reject: "''",
      columns: {
        product: "'evtx'",
        time: "fromUnixTimestamp64Micro(event.time, 'UTC')",
        channel: "event.channel",
        provider: "event.provider",
        event_id: "event.event_id",
        computer: "event.computer",
        level: "toUInt8OrZero(event.system['Level'])",
        user_sid: "event.system['Security_UserID']",
        hidden_in: "event.hidden_in",
        system: "event.system",
        data: "event.data",
        rendering: "event.rendering",
        lists: "event.lists",
      },
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

/** Most texts need no escape; looking is cheaper than leaving it to JSON.stringify. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text)
    ? `"${text}"`
    : JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"));
}

/** Microseconds since 1970 of an RFC 3339 time in UTC; times before it are 0. */
function microseconds(time: string): number {
  const seconds = Date.parse(`${time.slice(0, 19)}Z`);
  const fraction = time.charAt(19) === "." ? Number(time.slice(20, -1).padEnd(6, "0").slice(0, 6)) : 0;
  // What looks like a time and is none, such as the 40th of a month.
  if (Number.isNaN(seconds)) return 0;
  return Math.min(Math.max(seconds * 1000 + fraction, 0), LAST_TIME);
}
