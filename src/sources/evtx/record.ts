import type { FieldValue, Layout } from "./layout.js";

/** How a record was found that the log itself no longer leads to. */
export type CarvedFrom =
  /** Behind damage, in the part of a chunk that is in use. */
  | "damaged_chunk"
  /** In the part of a chunk that is not in use: older than the chunk, or beyond a header that was not written any more. */
  | "slack"
  /** In a part of the file where no chunk begins. */
  | "no_chunk";

/** One event record, every field decoded. It stays valid after its chunk. */
export class EvtxRecord {
  /** From the record's own header. In a log of forwarded events it is the collector's; `EventRecordID` is that of the origin. */
  readonly recordId: number;
  /** Byte in the file. */
  readonly offset: number;
  /** When the record was written, in milliseconds since 1970. */
  readonly writtenAt: number;
  readonly layout: Layout;
  /** In the order of `layout.fields`. */
  readonly values: readonly FieldValue[];
  /** Id of the record in whose bytes this one is hidden. */
  hiddenIn: number | undefined = undefined;
  /** Records that are hidden in this one; each also comes by itself. */
  hidden: readonly EvtxRecord[] | undefined = undefined;
  carved: CarvedFrom | undefined = undefined;

  constructor(
    recordId: number,
    offset: number,
    writtenAt: number,
    layout: Layout,
    values: readonly FieldValue[],
  ) {
    this.recordId = recordId;
    this.offset = offset;
    this.writtenAt = writtenAt;
    this.layout = layout;
    this.values = values;
  }

  /** A value of `system`, e.g. `Provider_Name`. */
  system(name: string): FieldValue {
    return this.values[this.layout.system.get(name) ?? -1];
  }

  /** A value of the event's own data, e.g. `CommandLine`. */
  data(name: string): FieldValue {
    return this.values[this.layout.data.get(name) ?? -1];
  }

  get channel(): string {
    return first(this.values[this.layout.channel]);
  }

  get provider(): string {
    return first(this.values[this.layout.provider]);
  }

  get computer(): string {
    return first(this.values[this.layout.computer]);
  }

  /** Undefined where the record has none, or something that is no number. */
  get eventId(): number | undefined {
    const text = first(this.values[this.layout.eventId]);
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  }

  /** When the event happened (RFC 3339, UTC): `TimeCreated`, or where that is no time, when the record was written. */
  get time(): string {
    const text = first(this.values[this.layout.time]);
    return UTC_TIME.test(text) ? text : writtenText(this.writtenAt);
  }
}

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** Milliseconds since 1970 that JavaScript has a date for. */
const LAST_DATE = 8.64e15;

function first(value: FieldValue): string {
  return typeof value === "string" ? value : (value?.[0] ?? "");
}

/** Four digits for the year, whatever stands in the header. */
function writtenText(milliseconds: number): string {
  const date = new Date(Math.min(Math.max(milliseconds, -LAST_DATE), LAST_DATE));
  const year = date.getUTCFullYear();
  if (year < 1601 || year > 9999) return "1601-01-01T00:00:00.000Z";
  return date.toISOString();
}
