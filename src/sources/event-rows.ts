import { isAscii } from "node:buffer";
import { type Fields, type FieldValue, type HostEvent, microsecondsOf, type Reading } from "./host-event.js";
import type { LineKind, LineRows, Reader, RowPlace, Shape } from "./port.js";
import { RowBinaryWriter } from "./row-binary.js";

/** Maps and texts of an event, as rows in RowBinary have them (also those of `evtx/stored.ts`). */
export const EVENT_MEMBERS = [
  ...["time Int64", "channel String", "provider String", "event_id Int64", "computer String"],
  ...["system Map(String, String)", "data Map(String, String)", "rendering Map(String, String)"],
  ...["lists Map(String, Array(String))", "hidden_in UInt64"],
];

/** Columns of `windows_event` that come from {@link EVENT_MEMBERS}. */
export const EVENT_COLUMNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    EVENT_MEMBERS.map((member) => member.slice(0, member.indexOf(" "))).map((name) => [name, name]),
  ),
  time: "fromUnixTimestamp64Micro(time, 'UTC')",
  level: "toUInt8OrZero(system['Level'])",
  user_sid: "system['Security_UserID']",
};

/** How the engine reads the rows of {@link RowsWriter}: an event, or (with a reason) a line that holds none. */
const EVENT_ROWS: Shape = {
  key: "events",
  structure: [
    ...["segment UInt64", "source_line UInt64", "reason String", "text String", "product String"],
    ...EVENT_MEMBERS,
    "context Map(String, String)",
  ].join(", "),
  ofSegments: true,
  prelude: [],
  rejectLine: "reason",
  rejectText: "text",
  plans: [
    {
      table: "windows_event",
      accept: "1",
      reject: "''",
      columns: { product: "product", context: "context", ...EVENT_COLUMNS },
    },
  ],
};

/** Bytes that the rows of some lines may take without more memory. */
const ROOM = 1 << 20;
const LF = 10;

/** Reads a log each of whose lines is a record, good or not. */
export class EventLineReader implements Reader {
  readonly log = "events";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set();
  readonly shape = EVENT_ROWS;
  readonly sensorInLog = undefined;
  readonly #read: (record: string) => Reading;
  /** Used again for each stretch of lines. */
  #room = new SharedArrayBuffer(ROOM);

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

  rows(lines: Buffer, place: RowPlace): LineRows {
    const writer = new RowsWriter(this.#room, place);
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(LF, start);
      const record = textOf(lines.subarray(start, end));
      writer.line(record, this.#read(record));
      start = end + 1;
    }
    const rows = writer.end();
    this.#room = rows.bytes.buffer as SharedArrayBuffer;
    return rows;
  }
}

/** Most lines are ASCII, which need no decoding. */
const textOf = (line: Buffer): string => line.toString(isAscii(line) ? "latin1" : "utf8");

/** Characters of a reject that are kept. */
const MOST_KEPT = 4096;
/** No sensor's clock is meant from 2100 on, nor before 1970. */
const LAST = Date.UTC(2100, 0, 1) * 1000;

/** Writes what lines hold as rows for the engine, in the form that {@link EVENT_ROWS} reads. */
class RowsWriter {
  readonly #row: RowBinaryWriter;
  readonly #segment: number;
  #line: number;
  #records = 0;
  #rejected = 0;
  #unused = 0;

  constructor(room: SharedArrayBuffer, { segment, line }: RowPlace) {
    this.#row = new RowBinaryWriter(room);
    this.#segment = segment;
    this.#line = line;
  }

  line(record: string, reading: Reading): void {
    if (reading === undefined) this.#unused++;
    else if ("refused" in reading) this.#reject(reading.refused, reading.text ?? record);
    else this.#events(reading, record);
    this.#line++;
  }

  end(): LineRows {
    const { memory, used } = this.#row;
    const [records, rejected, unused] = [this.#records, this.#rejected, this.#unused];
    return { bytes: new Uint8Array(memory, 0, used), records, rejected, unused };
  }

  #events(events: readonly HostEvent[], record: string): void {
    const times: number[] = [];
    for (const { time } of events) {
      const at = microsecondsOf(time);
      const refused = refusedTime(at, time);
      if (refused !== undefined) {
        this.#reject(refused, record);
        return;
      }
      times.push(at);
    }
    for (const [index, event] of events.entries()) this.#write("", "", event, times[index] as number);
    this.#records += events.length;
  }

  #reject(reason: string, text: string): void {
    this.#write(reason.replaceAll(/[\t\r\n]+/g, " "), text.slice(0, MOST_KEPT), NO_EVENT, 0);
    this.#rejected++;
  }

  #write(reason: string, text: string, event: HostEvent, time: number): void {
    const row = this.#row;
    row.integer(this.#segment);
    row.integer(this.#line);
    row.text(reason);
    row.text(text);
    row.text(event.product);
    row.integer(time);
    row.text(event.channel);
    row.text(event.provider);
    row.integer(event.eventId ?? -1);
    row.text(event.computer);
    writeGroup(row, event.system);
    const lists = writeGroup(row, event.data);
    writeGroup(row, event.rendering);
    writeLists(row, event.data, lists);
    row.integer(event.hiddenIn ?? 0);
    writeGroup(row, event.context);
  }
}

/** What stands beside the reason in the row of a line that holds no event. */
const NO_EVENT: HostEvent = {
  ...{ product: "", recordId: undefined, time: "", channel: "", provider: "", eventId: 0, computer: "" },
  ...{ system: new Map(), data: new Map(), rendering: new Map(), context: new Map() },
};

function refusedTime(at: number, time: string): string | undefined {
  if (Number.isNaN(at)) return "the event has no time that can be read";
  if (at >= 0 && at < LAST) return undefined;
  return `time ${time} lies ${at < 0 ? "before 1970" : "in the future"}`;
}

/** Returns how many of the fields are lists. */
function writeGroup(row: RowBinaryWriter, fields: ReadonlyMap<string, FieldValue>): number {
  let lists = 0;
  row.count(fields.size);
  for (const [name, value] of fields) {
    row.text(name);
    if (typeof value === "string") row.text(value);
    else {
      lists++;
      row.text(value.join("\n"));
    }
  }
  return lists;
}

/** @param present how many of the fields are lists */
function writeLists(row: RowBinaryWriter, fields: Fields, present: number): void {
  row.count(present);
  if (present === 0) return;
  for (const [name, value] of fields) {
    if (typeof value === "string") continue;
    row.text(name);
    row.count(value.length);
    for (const each of value) row.text(each);
  }
}
