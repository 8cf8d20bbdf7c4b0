import { add, eventOfFields, type Fields, type HostEvent } from "../host-event.js";

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

/** An event with what a shipper rendered of it, which is no part of it. */
export function eventOf(
  product: string,
  system: Fields,
  data: Fields,
  time: string,
  { rendering, message = "" }: { rendering?: Fields; message?: string },
): HostEvent {
  // Of classic events whose values have no names, shippers keep nothing but the message.
  if (data.size === 0 && message !== "") data.set("Data", message);
  const context = new Map(message === "" ? [] : [["Message", message]]);
  return eventOfFields(product, { system, data, ...(rendering && { rendering }), context }, time);
}

/** Keywords as a signed 64-bit number, or hexadecimal already: `0x8020000000000000`. */
export function keywordsText(value: unknown): string {
  const text = textOf(value) ?? "";
  if (!/^-?\d{1,20}$/.test(text)) return text.toLowerCase();
  return `0x${BigInt.asUintN(64, BigInt(text)).toString(16)}`;
}
