import { EVENT_COLUMNS, EVENT_MEMBERS } from "../event-rows.js";
import { microsecondsOf } from "../host-event.js";
import type { Shape } from "../port.js";
import { encodedText, type RowBinaryWriter } from "../row-binary.js";
import { type GroupShape, groupShapes } from "./group-shape.js";
import type { FieldValue } from "./layout.js";
import type { EvtxRecord } from "./record.js";

/** Years that the engine's DateTime64 has; beyond them nobody's clock stood right. Microseconds. */
const LAST_TIME = Date.UTC(2299, 11, 31) * 1000;

const shapeOf = groupShapes(encodedText);

/** What all records of a slice have in common. */
export interface RecordOwner {
  sourceId: string;
  sensorId: string;
  realm: string;
}

/** Columns of a row, in the order in which {@link writeEvent} writes them. */
const STRUCTURE = [
  ...["source_id String", "sensor_id String", "address_realm String", "source_line UInt64"],
  ...EVENT_MEMBERS,
];

/** Writes a record as a row for the engine, in the form that {@link EVENT_SHAPE} reads. */
export function writeEvent(row: RowBinaryWriter, record: EvtxRecord, owner: RecordOwner): void {
  const { layout, values } = record;
  const shape = shapeOf(layout);
  row.text(owner.sourceId);
  row.text(owner.sensorId);
  row.text(owner.realm);
  row.integer(lineNumber(record.recordId));
  row.integer(microseconds(record.time));
  row.text(record.channel);
  row.text(record.provider);
  row.integer(record.eventId ?? -1);
  row.text(record.computer);
  writeGroup(row, shape.system, values);
  writeGroup(row, shape.data, values);
  writeGroup(row, shape.rendering, values);
  writeLists(row, shape.data, values);
  row.integer(record.hiddenIn === undefined ? 0 : lineNumber(record.hiddenIn));
}

/** Ids beyond what JavaScript counts exactly are made up; they are kept in the engine's range. */
export function lineNumber(recordId: number): number {
  return Math.min(recordId, Number.MAX_SAFE_INTEGER);
}

/** How the engine reads the rows of {@link writeEvent}. */
export const EVENT_SHAPE: Shape = {
  key: "evtx",
  structure: STRUCTURE.join(", "),
  prelude: [],
  rejectLine: "''",
  plans: [
    {
      table: "windows_event",
      accept: "1",
      reject: "''",
      columns: { product: "'evtx'", ...EVENT_COLUMNS },
    },
  ],
};

function writeGroup(
  row: RowBinaryWriter,
  { keys, places }: GroupShape<Uint8Array>,
  values: readonly FieldValue[],
): void {
  let present = 0;
  for (let at = 0; at < places.length; at++) if (values[places[at] as number] !== undefined) present++;
  row.count(present);
  for (let at = 0; at < places.length; at++) {
    const value = values[places[at] as number];
    if (value === undefined) continue;
    row.encoded(keys[at] as Uint8Array);
    row.text(typeof value === "string" ? value : value.join("\n"));
  }
}

function writeLists(
  row: RowBinaryWriter,
  { keys, places }: GroupShape<Uint8Array>,
  values: readonly FieldValue[],
): void {
  let present = 0;
  for (let at = 0; at < places.length; at++) if (typeof values[places[at] as number] === "object") present++;
  row.count(present);
  for (let at = 0; present > 0 && at < places.length; at++) {
    const value = values[places[at] as number];
    if (typeof value !== "object") continue;
    row.encoded(keys[at] as Uint8Array);
    row.count(value.length);
    for (const each of value) row.text(each);
  }
}

/** Microseconds since 1970, in the range that the engine has; what is no time, and times before 1970, are 0. */
function microseconds(time: string): number {
  const at = microsecondsOf(time);
  return Number.isNaN(at) ? 0 : Math.min(Math.max(at, 0), LAST_TIME);
}
