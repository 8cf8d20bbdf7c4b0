import { type Fields, type HostEvent, microsecondsOf, type Reading } from "./host-event.js";
import type { LineKind, Reader, Shape } from "./port.js";

/**
 * Events that JavaScript reads become lines again, one for one, so that the engine takes them as it takes any line of a log, with its number. A
 * line holds the events of its record as JSON in a list; or, behind `!`, why the record is none, a tab, and its text; or it is `-` where the record is
 * good and not used.
 */

/** Maps and texts of an event, as `JSONExtract` takes them apart and rows in RowBinary have them (`evtx/stored.ts`). */
export const EVENT_MEMBERS = [
  ...["time Int64", "channel String", "provider String", "event_id Int64", "computer String"],
  ...["system Map(String, String)", "data Map(String, String)", "rendering Map(String, String)"],
  ...["lists Map(String, Array(String))", "hidden_in UInt64"],
];

/** Columns of `windows_event` that come from {@link EVENT_MEMBERS}. @param of what stands before the name of a member, such as `event.` */
export function eventColumns(of: string): Readonly<Record<string, string>> {
  const names = EVENT_MEMBERS.map((member) => member.slice(0, member.indexOf(" ")));
  return {
    ...Object.fromEntries(names.map((name) => [name, `${of}${name}`])),
    time: `fromUnixTimestamp64Micro(${of}time, 'UTC')`,
    level: `toUInt8OrZero(${of}system['Level'])`,
    user_sid: `${of}system['Security_UserID']`,
  };
}

/** How the engine reads the lines of {@link linesOfRecords}. */
const EVENT_LINES: Shape = {
  key: "events",
  prelude: [
    `emptyArrayToSingle(JSONExtract(line, 'Array(Tuple(product String, context Map(String, String), ${EVENT_MEMBERS.join(", ")}))')) AS events`,
    // One line can hold several: records that were hidden in another.
    "arrayJoin(events) AS event",
  ],
  rejectLine:
    "multiIf(startsWith(line, '!'), substring(line, 2, position(line, '\\t') - 2), startsWith(line, '[') AND event.product = '', 'the event did not reach the engine whole', '')",
  rejectText: "if(startsWith(line, '!'), substring(line, position(line, '\\t') + 1), line)",
  plans: [
    {
      table: "windows_event",
      accept: "1",
      reject: "''",
      where: "startsWith(line, '[')",
      columns: { product: "event.product", context: "event.context", ...eventColumns("event.") },
    },
  ],
};

/** Reads a log each of whose lines is a record, good or not. */
export class EventLineReader implements Reader {
  readonly log = "events";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set();
  readonly shape = EVENT_LINES;
  readonly sensorInLog = undefined;
  readonly #read: (record: string) => Reading;

  /** @param read what a record holds */
  constructor(
    readonly format: string,
    read: (record: string) => Reading,
    readonly wholeWithoutNewline: (line: string) => boolean,
  ) {
    this.#read = read;
  }

  special(): LineKind {
    return "data";
  }

  rewrite(lines: Buffer): Buffer {
    return linesOfRecords(lines, this.#read);
  }
}

const LF = 10;

/** Whole lines, each a record, as lines for the engine. @param read what a record holds */
function linesOfRecords(bytes: Buffer, read: (record: string) => Reading): Buffer {
  let text = "";
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(LF, start);
    text += lineOf(bytes.toString("utf8", start, end), read);
    start = end + 1;
    if (text.length < BLOCK) continue;
    parts.push(Buffer.from(text));
    text = "";
  }
  parts.push(Buffer.from(text));
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** Characters that are turned to bytes at once. */
const BLOCK = 1 << 18;

function lineOf(record: string, read: (record: string) => Reading): string {
  const reading = read(record);
  if (reading === undefined) return "-\n";
  if ("refused" in reading) return rejected(reading.refused, reading.text ?? record);
  let line = "";
  for (const event of reading) {
    const text = eventText(event);
    if (typeof text !== "string") return rejected(text.refused, record);
    line += line === "" ? text : `,${text}`;
  }
  return `[${line}]\n`;
}

const rejected = (reason: string, record: string): string =>
  `!${reason.replaceAll(/[\t\r\n]+/g, " ")}\t${record.slice(0, MOST_KEPT)}\n`;

/** Characters of a reject that are kept. */
const MOST_KEPT = 4096;
/** No sensor's clock is meant from 2100 on, nor before 1970. */
const LAST = Date.UTC(2100, 0, 1) * 1000;

function eventText(event: HostEvent): string | { refused: string } {
  const { product, time, channel, provider, eventId = -1, computer } = event;
  const at = microsecondsOf(time);
  if (Number.isNaN(at)) return { refused: "the event has no time that can be read" };
  if (at < 0 || at >= LAST)
    return { refused: `time ${time} lies ${at < 0 ? "before 1970" : "in the future"}` };
  let text =
    `{"product":${quoted(product)},"time":${at},"channel":${quoted(channel)},"provider":${quoted(provider)},"event_id":${eventId},` +
    `"computer":${quoted(computer)},"system":${group(event.system)},"data":${group(event.data)}`;
  if (event.rendering.size > 0) text += `,"rendering":${group(event.rendering)}`;
  if (event.hiddenIn !== undefined) text += `,"hidden_in":${event.hiddenIn}`;
  if (event.context.size > 0) text += `,"context":${group(event.context)}`;
  const lists = [...event.data].filter(([, value]) => typeof value !== "string");
  if (lists.length > 0)
    text += `,"lists":{${lists.map(([name, value]) => `${quoted(name)}:[${(value as readonly string[]).map(quoted).join(",")}]`).join(",")}}`;
  return `${text}}`;
}

function group(fields: Fields | ReadonlyMap<string, string>): string {
  let text = "{";
  for (const [name, value] of fields) {
    if (text.length > 1) text += ",";
    text += `${quoted(name)}:${quoted(typeof value === "string" ? value : value.join("\n"))}`;
  }
  return `${text}}`;
}

/** Most texts need no escape; looking is cheaper than leaving it to JSON.stringify. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text)
    ? `"${text}"`
    : JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"));
}
