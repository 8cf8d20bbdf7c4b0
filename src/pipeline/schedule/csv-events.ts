import { type CsvRecord, countLines, parseCsv } from "../../intel/text/csv.js";
import { LongwatchError } from "../../kernel/errors.js";
import { visible } from "../../kernel/visible.js";
import type { ScheduleReport } from "../../model/schedule.js";
import type { ScheduleEvent } from "../../schedule/index.js";
import { EventCollector } from "./collector.js";
import { readEventTime } from "./event-time.js";
import { textBlocks } from "./text-blocks.js";

/** Events held at once; docs/schedule.md says what becomes of more. */
const MOST_EVENTS = 500_000;
const REJECTS_NAMED = 20;
const COLUMNS_NAMED = 30;
/** Without a column of actors all events are one actor's. */
const NOBODY = "all";

export interface CsvColumns {
  time: string;
  actor?: string | undefined;
}

type Input = Omit<ScheduleReport["input"], "file" | "problem">;

interface Layout {
  delimiter: string;
  time: number;
  actor: number | undefined;
  cells: number;
}

/**
 * Events of a CSV file with a header. Lines that cannot be read are counted, and the first of them named; memory is bounded, whatever the size.
 * @throws LongwatchError LW_USAGE where a column is not there, LW_INPUT_UNREADABLE where no line has a time
 */
export async function readCsvEvents(
  chunks: AsyncIterable<Uint8Array>,
  columns: CsvColumns,
  file: string,
  limit = MOST_EVENTS,
): Promise<{ events: ScheduleEvent[]; input: Input }> {
  const reader = new CsvEvents(columns, file, limit);
  for await (const block of textBlocks(chunks)) reader.take("text" in block ? block.text : undefined);
  return reader.finish();
}

class CsvEvents {
  readonly #columns: CsvColumns;
  readonly #file: string;
  readonly #collector: EventCollector;
  readonly #rejects: Input["rejects"] = [];
  #layout: Layout | undefined;
  #line = 1;
  #read = 0;
  #rejected = 0;
  #withoutOffset = 0;

  constructor(columns: CsvColumns, file: string, limit: number) {
    this.#columns = columns;
    this.#file = file;
    this.#collector = new EventCollector(limit);
  }

  /** A block of whole lines; undefined for a line that was too long to be one. */
  take(text: string | undefined): void {
    if (text === undefined) {
      this.#reject(this.#line, "the line is too long to be one: is this a CSV file?");
      this.#line++;
      return;
    }
    const start = this.#line;
    const problems = { add: (line: number, reason: string) => this.#reject(start + line - 1, reason) };
    this.#layout ??= layoutOf(text, this.#columns, this.#file);
    const records = parseCsv(text, this.#layout.delimiter, problems, false);
    // The header is the first record of the first block.
    for (const record of start === 1 ? records.slice(1) : records)
      this.#takeRecord(record, start, this.#layout);
    this.#line += countLines(text, 0, text.length);
  }

  finish(): { events: ScheduleEvent[]; input: Input } {
    if (this.#layout === undefined)
      throw new LongwatchError("LW_INPUT_UNREADABLE", "is empty: a CSV file with a header is needed", {
        file: this.#file,
      });
    const [first] = this.#rejects;
    if (this.#read === 0)
      throw new LongwatchError(
        "LW_INPUT_UNREADABLE",
        first === undefined
          ? "has a header and no line below it"
          : `none of its ${this.#rejected} lines has a time that can be read; the first: ${first.reason}`,
        { file: this.#file, ...(first && { line: first.line }) },
      );
    const { events, thinned } = this.#collector.finish();
    const input = {
      records: this.#read + this.#rejected,
      read: this.#read,
      rejected: this.#rejected,
      rejects: this.#rejects.toSorted((a, b) => a.line - b.line),
      without_offset: this.#withoutOffset,
      thinned,
    };
    return { events, input };
  }

  #takeRecord({ line, cells }: CsvRecord, start: number, layout: Layout): void {
    const at = start + line - 1;
    const timeCell = cells[layout.time];
    const actorCell = layout.actor === undefined ? NOBODY : cells[layout.actor];
    if (timeCell === undefined || actorCell === undefined) {
      this.#reject(at, `has ${cells.length} fields where the header has ${layout.cells}`);
      return;
    }
    const read = readEventTime(timeCell);
    if ("reason" in read) {
      this.#reject(at, `${quoted(timeCell)}: ${read.reason}`);
      return;
    }
    if (read.offset === "none") this.#withoutOffset++;
    this.#read++;
    this.#collector.add(read.time, actorCell);
  }

  #reject(line: number, reason: string): void {
    this.#rejected++;
    if (this.#rejects.length < REJECTS_NAMED) this.#rejects.push({ line, reason });
  }
}

/** Where the columns are. The delimiter is the one by which the header has the column of times; comma, semicolon, tab or bar. */
function layoutOf(text: string, { time, actor }: CsvColumns, file: string): Layout {
  const headers = [",", ";", "\t", "|"].map((delimiter) => {
    const [header] = parseCsv(firstLine(text), delimiter, { add: () => {} }, false);
    return { delimiter, names: (header?.cells ?? []).map((cell) => cell.trim()) };
  });
  const [byComma] = headers;
  const found = headers.find(({ names }) => indexOf(names, time) !== undefined) ?? byComma;
  if (found === undefined) throw new Error("there are delimiters");
  const { delimiter, names } = found;
  const place = (column: string): number => {
    const index = indexOf(names, column);
    if (index !== undefined) return index;
    const shown = names.slice(0, COLUMNS_NAMED).map((name) => visible(name.slice(0, 80)));
    const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
    throw new LongwatchError(
      "LW_USAGE",
      `there is no column ${quoted(column)}; its header has: ${shown.join(", ")}${more}`,
      { file, line: 1 },
    );
  };
  return {
    delimiter,
    time: place(time),
    actor: actor === undefined ? undefined : place(actor),
    cells: names.length,
  };
}

/** As it is written, or else whatever its case, where that is one column only. */
function indexOf(names: readonly string[], column: string): number | undefined {
  const exact = names.indexOf(column.trim());
  if (exact >= 0) return exact;
  const like = names.flatMap((name, index) =>
    name.toLowerCase() === column.trim().toLowerCase() ? [index] : [],
  );
  return like.length === 1 ? like[0] : undefined;
}

/** Up to the line end; a header whose quoted field goes over lines is read on. */
function firstLine(text: string): string {
  const end = /^(?:[^"\r\n]|"[^"]*")*/.exec(text)?.[0] ?? "";
  return end.slice(0, 1 << 16);
}

function quoted(cell: string): string {
  return `"${visible(cell.length > 60 ? `${cell.slice(0, 59)}…` : cell)}"`;
}
