import { type GroupShape, groupShapes } from "./group-shape.js";
import type { FieldValue } from "./layout.js";
import type { EvtxRecord } from "./record.js";

const shapeOf = groupShapes((name) => `${quoted(name)}:`);

/** One line of `evtx --jsonl` without its end (src/model/windows-event.ts, docs/evtx.md). `file` is a JSON text already. */
export function jsonLine(record: EvtxRecord, file: string): string {
  const { layout, values } = record;
  const shape = shapeOf(layout);
  let line = `{"file":${file},"record_id":${record.recordId},"time":"${record.time}","channel":${quoted(record.channel)},"provider":${quoted(record.provider)},"event_id":${record.eventId ?? null},"computer":${quoted(record.computer)},"system":${group(shape.system, values)},"data":${group(shape.data, values)}`;
  if (shape.rendering.places.length > 0) line += `,"rendering":${group(shape.rendering, values)}`;
  if (record.carved !== undefined) line += `,"offset":${record.offset},"carved":"${record.carved}"`;
  if (record.hiddenIn !== undefined) line += `,"offset":${record.offset},"hidden_in":${record.hiddenIn}`;
  if (record.hidden !== undefined)
    line += `,"hidden":[${record.hidden.map((each) => jsonLine(each, file)).join(",")}]`;
  return `${line}}`;
}

function group({ keys, places }: GroupShape<string>, values: readonly FieldValue[]): string {
  let text = "{";
  for (let at = 0; at < places.length; at++) {
    const value = values[places[at] as number];
    if (value === undefined) continue;
    if (text.length > 1) text += ",";
    text += keys[at];
    text += typeof value === "string" ? quoted(value) : JSON.stringify(value);
  }
  return `${text}}`;
}

/** Most texts need no escape; looking is cheaper than leaving it to JSON.stringify. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}
