import { objectOf } from "../json-lines.js";
import { LAYOUTS, type Layout, type Path } from "./layouts.js";

/** A Windows event that was written as JSON, by the names that the reader of event logs gives its fields. */
export interface JsonEvent {
  /** RFC 3339 in UTC, six digits. */
  time: string;
  channel: string;
  provider: string;
  eventId: number;
  system: Readonly<Record<string, string>>;
  data: Readonly<Record<string, string | readonly string[]>>;
  message: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

const LEVELS = ["critical", "error", "warning", "information", "verbose"];

/** The layout of a file, by objects of its beginning. */
export function layoutOf(lines: readonly string[]): Layout | undefined {
  const objects = lines.map(objectOf).filter((object) => object !== undefined);
  return LAYOUTS.find(({ fits }) => objects.some(fits));
}

/** The event of one line, or why there is none: the same answers as the engine's (`shape.ts`). */
export function eventOf(line: string, layout: Layout): JsonEvent | { refused: string } {
  const object = objectOf(line);
  if (object === undefined) return { refused: "the line is no JSON object" };
  const text = (paths: readonly Path[]): string =>
    paths.map((path) => textAt(object, path)).find((each) => each !== "") ?? "";
  const [channel, id] = [text(layout.channel), text(layout.eventId)];
  if (channel === "" || !/^\d{1,10}$/.test(id)) return { refused: "it has no event id or no channel" };
  const time = layout.times.map((path) => timeOf(textAt(object, path))).find((each) => each !== undefined);
  if (time === undefined) return { refused: "it has no time" };
  if (time < "1970" || time >= "2100")
    return { refused: `the time ${time} lies before 1970 or in the future` };
  const level = text(layout.level);
  const word = LEVELS.indexOf(level.toLowerCase());
  const members: Record<string, string> = {
    Provider_Name: text(layout.provider),
    EventID: id,
    Level: word < 0 ? level : String(word + 1),
    TimeCreated_SystemTime: time,
    Channel: channel,
    Computer: text(layout.computer),
    Security_UserID: text(layout.userSid),
  };
  for (const [name, paths] of Object.entries(layout.system)) members[name] = text(paths);
  return {
    time,
    channel,
    provider: members.Provider_Name ?? "",
    eventId: Number(id),
    system: Object.fromEntries(Object.entries(members).filter(([, value]) => value !== "")),
    data: dataOf(object, layout),
    message: text(layout.message),
  };
}

function dataOf(object: JsonObject, { data, nestedData, notData, notDataIf }: Layout): JsonEvent["data"] {
  const nested = nestedData === undefined ? [] : Object.values(objectAt(object, nestedData));
  const all = [...data.map((path) => objectAt(object, path)), ...nested.filter(isObject)].flatMap((each) =>
    Object.entries(each),
  );
  const own = all.filter(
    ([name, value]) =>
      value !== null &&
      !notData.includes(name) &&
      !(name === notDataIf?.name && notDataIf.values.includes(String(value))),
  );
  return Object.fromEntries(
    own.map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf) : textOf(value)]),
  );
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function at(object: JsonObject, path: Path): unknown {
  let value: unknown = object;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

function objectAt(object: JsonObject, path: Path): JsonObject {
  const value = at(object, path);
  return isObject(value) ? value : {};
}

const textAt = (object: JsonObject, path: Path): string => textOf(at(object, path));

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** As `isoTime` in SQL reads it: without an offset it is UTC. */
function timeOf(text: string): string | undefined {
  const found = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (found === null) return undefined;
  const [, day, clock, fraction = "", zone = "Z"] = found;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const seconds = Date.parse(`${day}T${clock}${offset}`);
  if (Number.isNaN(seconds)) return undefined;
  return `${new Date(seconds).toISOString().slice(0, 19)}.${fraction.padEnd(6, "0").slice(0, 6)}Z`;
}
