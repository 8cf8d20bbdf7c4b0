import type { FieldValue, SigmaEvent } from "../match/event.js";
import type { About, StoredRecord } from "./stored-record.js";

/** A row of `windows_event`, as far as rules see it. */
export interface StoredEventRow {
  source_id: string;
  source_line: number;
  /** `YYYY-MM-DD hh:mm:ss.ffffff` */
  time: string;
  channel: string;
  provider: string;
  event_id: number;
  computer: string;
  system: Readonly<Record<string, string>>;
  data: Readonly<Record<string, string>>;
  rendering: Readonly<Record<string, string>>;
  lists: Readonly<Record<string, readonly string[]>>;
}

/** The columns of {@link StoredEventRow}. */
export const STORED_COLUMNS =
  "source_id, source_line, time, channel, provider, event_id, computer, system, data, rendering, lists";

/** A stored event as the matcher sees it. */
export class StoredEvent implements SigmaEvent, StoredRecord {
  readonly table = "windows_event";
  readonly channel: string;
  readonly provider: string;
  readonly eventId: number;

  constructor(private readonly row: StoredEventRow) {
    this.channel = row.channel;
    this.provider = row.provider;
    this.eventId = row.event_id;
  }

  get sourceId(): string {
    return this.row.source_id;
  }

  get line(): number {
    return this.row.source_line;
  }

  get about(): About {
    return { computer: this.row.computer, kind: `${this.channel} ${this.eventId}` };
  }

  field(name: string): FieldValue | undefined {
    const { system, data, lists } = this.row;
    if (Object.hasOwn(data, name)) return Object.hasOwn(lists, name) ? lists[name] : data[name];
    return Object.hasOwn(system, name) ? system[name] : undefined;
  }

  texts(): string[] {
    const { system, data, rendering, lists } = this.row;
    return [
      ...Object.values(system),
      ...Object.entries(data).flatMap(([name, value]) =>
        Object.hasOwn(lists, name) ? (lists[name] ?? []) : value,
      ),
      ...Object.values(rendering),
    ];
  }

  /** What the event itself says of its number; null where it says nothing. */
  get recordId(): number | null {
    const text = this.row.system.EventRecordID ?? "";
    return /^\d{1,15}$/.test(text) ? Number(text) : null;
  }

  /** RFC 3339 in UTC, with all the digits that the event has. */
  get time(): string {
    const { system, time } = this.row;
    const own = system.TimeCreated_SystemTime ?? "";
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(own)) return own;
    return `${time.slice(0, 10)}T${time.slice(11, 23)}Z`;
  }
}
