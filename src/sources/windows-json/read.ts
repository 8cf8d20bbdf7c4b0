import { type HostEvent, lacking } from "../host-event.js";
import { eventOfBeat, isBeat } from "./beats.js";
import { isObject, type Json, objectIn, own } from "./event.js";
import { eventOfFlat, isFlat } from "./flat.js";
import { eventsOfPrinted, isPrinted } from "./printed.js";
import { eventOfTree } from "./tree.js";

/**
 * The Windows events that one JSON object holds, whichever of the layouts it has (docs/sources.md): one, or several where records were hidden in
 * another; or why it holds none.
 */
export function eventsOf(text: string): HostEvent[] | { refused: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: "it is not valid JSON" };
  }
  if (!isObject(value)) return { refused: "it is no JSON object" };
  const events = eventsOfObject(unwrapped(value));
  if (events === undefined) return { refused: "it is no Windows event in any of the known layouts" };
  for (const event of events) {
    const refused = lacking(event);
    if (refused !== undefined) return { refused };
  }
  return events;
}

function eventsOfObject(object: Json): HostEvent[] | undefined {
  const event = own(object, "Event");
  if (isObject(event) && isObject(own(event, "System"))) return [eventOfTree(event)];
  if (isPrinted(object)) return eventsOfPrinted(object);
  if (isBeat(object)) return [eventOfBeat(object)];
  if (isFlat(object)) return [eventOfFlat(object)];
  return undefined;
}

/** A hit of Elasticsearch without what the index says of it; dotted names as objects within objects. */
function unwrapped(object: Json): Json {
  const hit = Object.hasOwn(object, "_index") ? hitOf(object) : object;
  return "winlog.channel" in hit || "winlog.event_id" in hit ? nested(hit) : hit;
}

function hitOf(object: Json): Json {
  const source = own(object, "_source");
  const inner = isObject(source) ? source : objectIn(object, "fields");
  return Object.keys(inner).length > 0 ? inner : object;
}

/** `winlog.event_data.Image` as it would stand in an object of objects; a list of one value (the `fields` of a hit) is the value. */
function nested(object: Json): Json {
  const root: Record<string, unknown> = Object.create(null);
  for (const [path, value] of Object.entries(object)) {
    const keys = path.split(".");
    // Names of the event's own fields may hold dots.
    const parts =
      keys[1] === "event_data" || keys[1] === "user_data"
        ? [...keys.slice(0, 2), keys.slice(2).join(".")]
        : keys;
    // Through this name what every object inherits could be reached.
    if (parts.length > MOST_PARTS || parts.includes("__proto__")) continue;
    let holder = root;
    for (const key of parts.slice(0, -1)) {
      if (!isObject(own(holder, key))) holder[key] = Object.create(null);
      holder = holder[key] as Record<string, unknown>;
    }
    const last = parts.at(-1) as string;
    holder[last] = Array.isArray(value) && value.length === 1 && last !== "keywords" ? value[0] : value;
  }
  return root;
}

const MOST_PARTS = 8;
