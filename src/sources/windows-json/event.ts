/** A value, or each of them where the event has the field more than once. */
export type FieldValue = string | readonly string[];
export type Fields = Map<string, FieldValue>;

/** One Windows event, in the names and texts that the reader of event logs (EVTX) gives. */
export interface WindowsEvent {
  /** EventRecordID; undefined where what wrote the file left it out. */
  recordId: number | undefined;
  /** RFC 3339, UTC; empty where the event has no time that can be read. */
  time: string;
  channel: string;
  provider: string;
  eventId: number | undefined;
  computer: string;
  /** The element System: `Element`, `Element_Attribute`. */
  system: Fields;
  /** EventData and UserData. */
  data: Fields;
  /** RenderingInfo: texts that Windows itself added to a forwarded event. */
  rendering: Fields;
  /** What a shipper rendered of the event: no part of it, so that keywords are not looked for in it. Empty where there is none. */
  message: string;
}

/** A JSON object, as `JSON.parse` gives it. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A member that is an object; an empty one where it is none. */
export function objectIn(object: Json, key: string): Json {
  const value = own(object, key);
  return isObject(value) ? value : {};
}

/** Never what every object inherits. */
export function own(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Text of a plain value, as Event Viewer's XML shows it; undefined for objects and lists. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isInteger(value) && !Number.isSafeInteger(value)
        ? BigInt(value).toString()
        : String(value);
    case "boolean":
      return String(value);
    default:
      return value === null ? "" : undefined;
  }
}

/** Text of a member that is a plain value; empty where there is none. */
export const textIn = (object: Json, key: string): string => textOf(own(object, key)) ?? "";

/** Adds a value to what the field has already: a field that stands more than once is a list. */
export function add(fields: Fields, name: string, value: FieldValue): void {
  const before = fields.get(name);
  fields.set(name, before === undefined ? value : [before, value].flat());
}

/** A value or a list of values; members of a list that are no plain values are written as JSON. */
export function addValue(fields: Fields, name: string, value: unknown): void {
  const text = textOf(value);
  if (text !== undefined) add(fields, name, text);
  else if (Array.isArray(value))
    add(
      fields,
      name,
      value.map((each) => textOf(each) ?? JSON.stringify(each)),
    );
  else if (isObject(value)) add(fields, name, JSON.stringify(value));
}

/** The common part of every event, out of its System element. */
export function eventOf(
  system: Fields,
  data: Fields,
  time: string,
  { rendering = new Map(), message = "" }: { rendering?: Fields; message?: string },
): WindowsEvent {
  // Of classic events whose values have no names, shippers keep nothing but the message.
  if (data.size === 0 && message !== "") data.set("Data", message);
  const first = (name: string): string => [system.get(name) ?? ""].flat()[0] ?? "";
  return {
    recordId: numberOf(first("EventRecordID")),
    time,
    channel: first("Channel"),
    provider: first("Provider_Name"),
    eventId: numberOf(first("EventID")),
    computer: first("Computer"),
    system,
    data,
    rendering,
    message,
  };
}

function numberOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Keywords as a signed 64-bit number, or hexadecimal already: `0x8020000000000000`. */
export function keywordsText(value: unknown): string {
  const text = textOf(value) ?? "";
  if (!/^-?\d{1,20}$/.test(text)) return text.toLowerCase();
  return `0x${BigInt.asUintN(64, BigInt(text)).toString(16)}`;
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?\d*(Z|[+-]\d\d:?\d\d)?$/;

/** RFC 3339 in UTC with the digits that the text has; empty where it is no time. A time without a zone is UTC. */
export function utcTime(text: string): string {
  const match = TIME.exec(text);
  if (match === null) return "";
  const [, date, clock, fraction = "", zone = "Z"] = match;
  const at = Date.parse(`${date}T${clock}${zone}`);
  if (Number.isNaN(at)) return "";
  return `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`;
}
