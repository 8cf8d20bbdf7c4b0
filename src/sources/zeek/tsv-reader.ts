/**
 * Zeek's own text format. Each file says in `#` lines how it is written; logs that were concatenated say it again, possibly
 * otherwise, so a reader's shape changes on the way. https://docs.zeek.org/en/master/log-formats.html
 */
import { contentId } from "../../kernel/ids.js";
import type { LineKind, Probe, Reader, Shape } from "../port.js";
import { kindOfLog } from "./kinds.js";
import { planFor } from "./logs.js";
import { lineArray, TsvFields, type TsvHeader, wrongFieldCount } from "./tsv-fields.js";

const DIRECTIVE =
  /^\s*#(separator|set_separator|empty_field|unset_field|path|open|close|fields|types)(?![A-Za-z_])/;

const CLOSE = /^#close[\t ]\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2}\r?$/;

const DEFAULTS: TsvHeader = {
  separator: "\t",
  setSeparator: ",",
  emptyField: "(empty)",
  unsetField: "-",
  path: "",
  fields: [],
  crlf: false,
};

/** Is there a `#` line of Zeek's among these lines, before any data? */
export function isZeekTsv(lines: readonly string[]): boolean {
  for (const line of lines) {
    if (line.trim() === "") continue;
    if (!line.trimStart().startsWith("#")) return false;
    if (DIRECTIVE.test(line)) return true;
  }
  return false;
}

/** `\x09` as the separator line writes it, or the character itself. */
function unescapeMarker(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

export class ZeekTsvReader implements Reader {
  readonly format = "zeek-tsv";
  readonly headerLines = 0;
  readonly specialFirstBytes: ReadonlySet<number> = new Set([0x23, 0x20, 0x09, 0x0d, 0x0a, 0xef]);
  readonly sensorInLog: string | undefined;
  readonly #file: string;
  #header: TsvHeader = DEFAULTS;
  #shape: Shape | undefined;
  readonly #log: string;

  constructor(probe: Probe) {
    this.#file = probe.path;
    const preview = new HeaderPreview();
    for (const line of probe.lines) preview.read(line);
    this.#log = kindOfLog(preview.header.path, new Set(preview.header.fields), this.#file);
    this.sensorInLog = preview.sensor;
  }

  get log(): string {
    return this.#log;
  }

  special(line: string): LineKind {
    if (line.trim() === "") return "blank";
    const first = line.trimStart();
    if (!first.startsWith("#")) return "data";
    // Zeek escapes a `#` that begins a record, so only a line that starts with it can be a comment; white space in front is
    // tolerated for Zeek's own words alone.
    if (!line.startsWith("#") && !DIRECTIVE.test(line)) return "data";
    const changed = applyDirective(this.#header, first);
    if (changed !== this.#header) {
      this.#header = changed;
      this.#shape = undefined;
    }
    return "header";
  }

  get shape(): Shape {
    this.#shape ??= tsvShape(this.#header, this.#file);
    return this.#shape;
  }

  /** A record may be the beginning of a longer one; the line that Zeek writes when it closes a log has a known end. */
  wholeWithoutNewline(line: string): boolean {
    return CLOSE.test(line);
  }
}

/** The header after a `#` line; the same object where it changes nothing. */
function applyDirective(header: TsvHeader, line: string): TsvHeader {
  const crlf = line.endsWith("\r");
  const text = crlf ? line.slice(0, -1) : line;
  const name = DIRECTIVE.exec(text)?.[1];
  if (name === undefined || name === "open" || name === "close" || name === "types") return header;
  if (name === "separator") {
    // A new header begins: nothing of the one before holds any more.
    return { ...DEFAULTS, separator: unescapeMarker(text.slice("#separator".length).trim()) || "\t", crlf };
  }
  const rest = text.slice(1 + name.length + header.separator.length);
  switch (name) {
    case "set_separator":
      return { ...header, setSeparator: unescapeMarker(rest) || "," };
    case "empty_field":
      return { ...header, emptyField: rest };
    case "unset_field":
      return { ...header, unsetField: rest };
    case "path":
      return { ...header, path: rest };
    default:
      return { ...header, fields: rest.split(header.separator), crlf };
  }
}

/** Reads the beginning of a file as the reader will, for what must be known before: the log's kind, the sensor. */
class HeaderPreview {
  header: TsvHeader = DEFAULTS;
  sensor: string | undefined;
  #decided = false;

  read(line: string): void {
    if (this.#decided) return;
    if (line.trimStart().startsWith("#")) {
      this.header = applyDirective(this.header, line.trimStart());
      return;
    }
    if (line.trim() === "" || this.header.fields.length === 0) return;
    this.#decided = true;
    const at = this.header.fields.indexOf("_system_name");
    const value = at < 0 ? undefined : line.split(this.header.separator)[at];
    if (value !== undefined && value !== "" && value !== this.header.unsetField) this.sensor = value;
  }
}

function tsvShape(header: TsvHeader, file: string): Shape {
  if (header.fields.length === 0) {
    // Without a plan the lines would count as not used; they are rejects, and no row ever reaches the table.
    const plan = { table: "network_activity", accept: "1", reject: "''", columns: { product: "'zeek'" } };
    const rejectLine = "'no #fields line stands before this record'";
    return { key: "zeek-tsv/no-fields", prelude: [], rejectLine, plans: [plan] };
  }
  const kind = kindOfLog(header.path, new Set(header.fields), file);
  const { separator, setSeparator, emptyField, unsetField, fields, crlf } = header;
  const key = contentId(
    "zeek-tsv",
    kind,
    separator,
    setSeparator,
    emptyField,
    unsetField,
    String(crlf),
    ...fields,
  );
  const access = new TsvFields(header);
  const plan = planFor(kind, access);
  if (plan === undefined) return { key, prelude: [], rejectLine: "''", plans: [] };
  return {
    key,
    prelude: [lineArray(header), ...access.prelude.entries],
    rejectLine: wrongFieldCount(header),
    plans: [plan],
  };
}
