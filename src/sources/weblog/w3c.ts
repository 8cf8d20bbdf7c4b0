/**
 * W3C Extended Log File Format (W3C working draft WD-logfile-960323) as IIS writes it: fields parted by spaces, `-` where there is none, times in UTC, spaces in
 * what clients send written as `+`. A `#Fields:` line says which fields follow, and a new one may come at any line.
 */
import { contentId } from "../../kernel/ids.js";
import { Checks, isoTime } from "../checked.js";
import { Columns, cutAtDelimiter, fieldCountDiffers, plainLine } from "../delimited.js";
import type { LineKind, Probe, Reader, Shape } from "../port.js";
import { Prelude, sqlHostOfHeader } from "../sql.js";

const FIELDS = /^#Fields:\s*/i;
const NEEDED = ["c-ip", "cs-method", "cs-uri-stem"];

class W3cReader implements Reader {
  readonly format = "w3c-log";
  readonly log = "iis";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x0a, 0x0d, 0x23, 0xef]);
  readonly sensorInLog = undefined;
  #shape = w3cShape([]);

  get shape(): Shape {
    return this.#shape;
  }

  special(line: string): LineKind {
    const plain = plainLine(line);
    if (plain.trim() === "") return "blank";
    if (!plain.startsWith("#")) return "data";
    if (FIELDS.test(plain)) this.#shape = w3cShape(namesIn(plain));
    return "header";
  }

  wholeWithoutNewline(): boolean {
    return false;
  }
}

function namesIn(header: string): string[] {
  return plainLine(header)
    .replace(FIELDS, "")
    .trim()
    .split(/\s+/)
    .filter((name) => name !== "");
}

function w3cShape(names: readonly string[]): Shape {
  const prelude = new Prelude();
  const checks = new Checks(prelude);
  const columns = new Columns(names);
  const field = (name: string) => {
    const found = columns.field(name);
    return { ...found, absent: found.absent === "1" ? "1" : `${found.raw} IN ('', '-')` };
  };
  const text = (name: string) => {
    const { raw, absent } = field(name);
    return absent === "1" ? "''" : `if(${absent}, '', ${raw})`;
  };
  /** IIS writes a space as `+`. */
  const sent = (name: string) => `replaceAll(${text(name)}, '+', ' ')`;
  const [date, time] = [field("date"), field("time")];
  const moment = {
    name: "date and time",
    raw: `concat(${date.raw}, ' ', ${time.raw})`,
    absent: date.absent === "1" || time.absent === "1" ? "1" : `(${date.absent} OR ${time.absent})`,
  };
  const query = prelude.define(text("cs-uri-query"));
  const row = {
    product: "'iis'",
    log_role: "'server'",
    time: checks.instant(moment, isoTime(moment.raw)),
    src_endpoint_ip: checks.address(field("c-ip")),
    src_endpoint_port: checks.port(field("c-port")),
    dst_endpoint_ip: checks.address(field("s-ip"), false),
    dst_endpoint_port: checks.port(field("s-port")),
    url_hostname: sqlHostOfHeader(prelude.define(text("cs-host"))),
    url_path: `concat(${text("cs-uri-stem")}, if(${query} = '', '', concat('?', ${query})))`,
    http_method: text("cs-method"),
    http_status: checks.status(field("sc-status")),
    user_agent: sent("cs(User-Agent)"),
    referrer: text("cs(Referer)"),
    user_name: text("cs-username"),
    request_length: checks.count(field("cs-bytes")),
    response_length: checks.count(field("sc-bytes")),
  };
  return {
    key: contentId("w3c", ...names),
    prelude: [cutAtDelimiter(" "), ...prelude.entries],
    rejectLine:
      names.length === 0 ? "'no #Fields line before it says what it holds'" : fieldCountDiffers(names.length),
    plans: [{ table: "http_activity", columns: row, ...checks.verdict }],
  };
}

/** The reader if a `#Fields:` line names the fields of a web server's log; else why not. */
export function w3cReader(probe: Probe): Reader | string {
  const header = probe.lines.map(plainLine).find((line) => FIELDS.test(line));
  if (header === undefined) return "no #Fields line of a W3C extended log";
  const names = new Set(namesIn(header).map((name) => name.toLowerCase()));
  const missing = NEEDED.filter((name) => !names.has(name));
  return missing.length === 0
    ? new W3cReader()
    : `its #Fields line names no ${missing.join(", ")}, as a web server's does`;
}
