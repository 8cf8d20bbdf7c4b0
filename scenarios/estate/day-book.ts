import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { dateOf, rfc3339, SECOND } from "../engine/clock.js";
import { GzipLog } from "../engine/gzip-log.js";
import { type Rng, rngFor } from "../engine/rng.js";
import { footer, header, type ZeekLog } from "../engine/zeek-format.js";
import type { Estate, Host } from "./estate.js";
import { type Channel, metaOf } from "./event-meta.js";

/** Strings without names stand below `#text`, as evtx_dump writes them. */
type Values = Record<string, string | number | { "#text": string[] }>;
interface WindowsRow {
  ts: number;
  host: Host;
  channel: Channel;
  /** 0: the log itself went back by `back` records, as one that was put in the place of another. */
  id: number;
  data: Values;
  sid: string | undefined;
  back: number;
}
interface Line {
  ts: number;
  text: string;
}

/** What a day writes, kept until its end: rows are put in order of time, then numbered and written. */
export class DayBook {
  readonly rng: Rng;
  private windows: WindowsRow[] = [];
  private readonly zeek = new Map<ZeekLog, Line[]>();
  private readonly lines = new Map<string, Line[]>();
  rows = 0;
  files = 0;
  bytes = 0;

  /** @param records numbers of the last record in each log of each host, kept over the days */
  constructor(
    readonly estate: Estate,
    readonly day: number,
    private readonly records: Map<string, number>,
  ) {
    this.rng = rngFor(estate.seed, "day", dateOf(day));
  }

  /** An event of Windows. Processor and thread ids are those of the writer, not of what it tells. */
  event(host: Host, ts: number, channel: Channel, id: number, data: Values, sid?: string): void {
    if (host.linux || (channel === "Microsoft-Windows-Sysmon/Operational" && !host.sysmon)) return;
    this.windows.push({ ts: Math.floor(ts), host, channel, id, data, sid, back: 0 });
  }

  /** The log is an older copy of itself from now on. */
  restore(host: Host, ts: number, channel: Channel, back: number): void {
    this.windows.push({ ts: Math.floor(ts), host, channel, id: 0, data: {}, sid: undefined, back });
  }

  /** A row of a Zeek log, without its time. */
  sensed(log: ZeekLog, ts: number, values: readonly (string | number)[]): void {
    put(this.zeek, log, { ts, text: values.join("\t") });
  }

  /** A line of any other log of text, by the file's name within `logs`. */
  line(file: string, ts: number, text: string): void {
    put(this.lines, file, { ts, text });
  }

  async write(out: string): Promise<void> {
    const date = dateOf(this.day);
    await this.file(join(out, "logs", "windows"), `events.${date}.jsonl.gz`, this.numbered());
    for (const [log, lines] of this.zeek) {
      const texts = lines.sort(byTime).map(({ ts, text }) => `${epoch(ts)}\t${text}\n`);
      const whole = [header(log, this.day), ...texts, footer(this.day + 86400 * SECOND)];
      await this.file(join(out, "logs", "zeek", date), `${log}.${date}-00-00-00.log.gz`, whole, 2);
    }
    for (const [name, lines] of this.lines) {
      const folder = join(out, "logs", name);
      const texts = lines.sort(byTime).map(({ text }) => `${text}\n`);
      const [kind] = name.split("/");
      const head = kind === "iis" ? [IIS_HEADER] : [];
      const suffix = kind === "mail" ? "mbox" : "log";
      await this.file(folder, `${date}.${suffix}.gz`, [...head, ...texts], head.length);
    }
  }

  private numbered(): string[] {
    const texts: string[] = [];
    for (const row of this.windows.sort(byTime)) {
      const key = `${row.host.name} ${row.channel}`;
      const last = this.records.get(key) ?? 1000 + Number.parseInt(row.host.machine.slice(0, 4), 16);
      const next = row.id === 0 ? Math.max(0, last - row.back) : last + 1;
      this.records.set(key, next);
      if (row.id !== 0) texts.push(`${serialised(row, next)}\n`);
    }
    this.windows = [];
    return texts;
  }

  private async file(folder: string, name: string, texts: string[], notRows = 0): Promise<void> {
    await mkdir(folder, { recursive: true });
    const log = new GzipLog(join(folder, name));
    for (const text of texts) {
      log.text(text);
      await log.spill();
    }
    await log.close();
    this.rows += Math.max(0, texts.length - notRows);
    this.files++;
    this.bytes += log.written;
  }
}

const IIS_HEADER = [
  "#Software: Microsoft Internet Information Services 10.0",
  "#Version: 1.0",
  "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
  "",
].join("\n");

const byTime = (a: { ts: number }, b: { ts: number }): number => a.ts - b.ts;

function put<K>(map: Map<K, Line[]>, key: K, line: Line): void {
  const list = map.get(key);
  if (list) list.push(line);
  else map.set(key, [line]);
}

function epoch(ts: number): string {
  const seconds = Math.floor(ts / SECOND);
  return `${seconds}.${String(Math.floor(ts - seconds * SECOND)).padStart(6, "0")}`;
}

/** The event as evtx_dump prints it: System and EventData of the record's own XML. */
function serialised(row: WindowsRow, record: number): string {
  const meta = metaOf(row.channel, row.id);
  const event = {
    Event: {
      "#attributes": { xmlns: "http://schemas.microsoft.com/win/2004/08/events/event" },
      System: {
        Provider: { "#attributes": { Name: meta.provider, Guid: meta.guid } },
        EventID: row.id,
        Version: meta.version,
        Level: meta.level,
        Task: meta.task,
        Opcode: 0,
        Keywords: meta.keywords,
        TimeCreated: { "#attributes": { SystemTime: rfc3339(row.ts) } },
        EventRecordID: record,
        Correlation: null,
        Execution: {
          "#attributes": { ProcessID: meta.process, ThreadID: meta.process + 4 * (record % 9) + 8 },
        },
        Channel: row.channel,
        Computer: row.host.computer,
        Security: row.sid === undefined ? null : { "#attributes": { UserID: row.sid } },
      },
      ...(meta.userData === "" ? { EventData: row.data } : { UserData: { [meta.userData]: row.data } }),
    },
  };
  return JSON.stringify(event).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
