import { type Fields, type HostEvent, utcTime } from "../host-event.js";
import { addValue, eventOf, isObject, type Json, objectIn, own, textIn } from "./event.js";

/** A line of `longwatch evtx --jsonl` (docs/schemas/evtx.schema.json). */
export function isPrinted(object: Json): boolean {
  return (
    isObject(own(object, "system")) &&
    isObject(own(object, "data")) &&
    typeof own(object, "channel") === "string"
  );
}

/** What stands beside `system` counts where that lacks it, as in lines that a program has cut down. */
const BESIDE = [
  ["Channel", "channel"],
  ["Provider_Name", "provider"],
  ["EventID", "event_id"],
  ["Computer", "computer"],
] as const;

/** The event of a line, and those that were hidden in its record. */
export function eventsOfPrinted(object: Json): HostEvent[] {
  const system = fieldsOf(objectIn(object, "system"));
  for (const [name, beside] of BESIDE) if (!system.has(name)) addValue(system, name, own(object, beside));
  const event = eventOf(
    "longwatch-evtx-json",
    system,
    fieldsOf(objectIn(object, "data")),
    utcTime(textIn(object, "time")),
    { rendering: fieldsOf(objectIn(object, "rendering")) },
  );
  // From the record's header, which a forwarded event's System does not have.
  const recordId = own(object, "record_id");
  if (typeof recordId === "number") event.recordId = recordId;
  const hiddenIn = own(object, "hidden_in");
  if (typeof hiddenIn === "number" && Number.isInteger(hiddenIn) && hiddenIn >= 0)
    event.hiddenIn = Math.min(hiddenIn, Number.MAX_SAFE_INTEGER);
  const hidden = own(object, "hidden");
  if (!Array.isArray(hidden)) return [event];
  return [event, ...hidden.filter(isObject).filter(isPrinted).flatMap(eventsOfPrinted)];
}

function fieldsOf(object: Json): Fields {
  const fields: Fields = new Map();
  for (const [name, value] of Object.entries(object)) addValue(fields, name, value);
  return fields;
}
