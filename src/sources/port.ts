import type { CsvField } from "../model/config.js";

/**
 * The source port. A source recognises a format from content and says, as SQL over lines, how its records become rows of the
 * event tables. It never sees the bulk of the data: the pipeline cuts files into slices of whole lines and the engine reads those.
 *
 * Ownership: the pipeline opens, decompresses, hashes and counts. A reader only classifies the few lines that are not data (headers,
 * comments) and describes the rest. A malformed record is a result (a reject with a reason), never an exception.
 */

/** What a source may look at to recognise a file: its beginning, decompressed. */
export interface Probe {
  /** As the user would write it; for messages and for the log's kind where content does not tell (never to decide the format). */
  path: string;
  /** Up to 256 KiB from the beginning of the decompressed file. */
  head: Buffer;
  /** Whole lines of `head` (without LF, CR kept), at most 200; the last one may be torn if the file is shorter than `head`. */
  lines: readonly string[];
  /** The file ends within `head`. */
  complete: boolean;
}

export type Detection =
  | { recognised: true; reader: Reader }
  | { recognised: true; records: RecordFile }
  /** Why not, in half a sentence: `the first line is not a JSON object`. */
  | { recognised: false; refused: string };

/** A file of records that are not lines: threads of the pipeline turn them into rows of `shape.structure`. */
export interface RecordFile {
  /** Shown to the user. */
  readonly format: "evtx";
  readonly log: string;
  readonly shape: Shape;
}

export interface Source {
  /** Folder name: `zeek`, `suricata`, `netflow`, `csv`. */
  readonly id: string;
  readonly title: string;
  /** One line for each format it reads, for `longwatch sources`. */
  readonly formats: readonly { format: string; description: string }[];
  /**
   * For files whose records are not lines: makes lines of them, each record one, where it begins (a list in one line: one after the other). What the file ends
   * within is a last line without its end. The more of a file there is, the more lines come; those before stay the same.
   */
  lined?(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
  /** @throws LongwatchError LW_INPUT_UNREADABLE only for a file that is recognised but must be converted first (binary nfcapd). */
  detect(probe: Probe, settings: SourceSettings): Detection;
}

/** What the configuration says to the sources. */
export interface SourceSettings {
  csvMappings: readonly CsvMapping[];
}

/** A firewall's CSV, described in `longwatch.yaml`. */
export interface CsvMapping {
  name: string;
  /** Recognised by these columns in the header line, all of which must be there. */
  columns: Partial<Record<CsvField, string>>;
  delimiter: string;
  /** `epoch`, `epoch_ms`, `iso8601` or a ClickHouse parseDateTime format such as `%d/%m/%Y %H:%i:%s`. */
  timeFormat: string;
  /** Zone of times without one, as an offset such as `+07:00`. */
  utcOffset: string;
}
export type { CsvField } from "../model/config.js";

export type LineKind = "data" | "header" | "blank";

/** Reads one file from its first line to its last. Holds state (the header seen last); one reader serves one file. */
export interface Reader {
  /** Shown to the user: `zeek-tsv`, `zeek-json`, `eve-json`, `argus-csv`, `nfdump-csv`, `csv`. */
  readonly format: string;
  /** Kind of log for the user: `conn`, `eve`, `argus`. */
  readonly log: string;
  /** Lines that are header whatever they hold, at the beginning (a CSV's column line). */
  readonly headerLines: number;
  /** Bytes that may begin a line which is not data (`#` and white space for Zeek TSV); all other lines are data and never shown to the reader. */
  readonly specialFirstBytes: ReadonlySet<number>;
  /** Called for each line whose first byte is special, and for each of `headerLines`. May change {@link shape}. */
  special(line: string): LineKind;
  /**
   * Makes of whole lines (each with its LF) rows of {@link Shape.structure}: for records that SQL cannot read. Called for all data lines of a file in their
   * order, also such that turn out to be known.
   */
  rows?(lines: Buffer, place: RowPlace): LineRows;
  /** How the data lines from here on are read. Lines with the same `shape.key` may be ingested together, also across files. */
  readonly shape: Shape;
  /**
   * A last line without an end: may it be taken as whole? JSON: yes if it parses. TSV: no, `12` may be the beginning of `1234`.
   */
  wholeWithoutNewline(line: string): boolean;
  /**
   * A last line that counts as whole is a unit of its own: where it comes to say something else when its file has grown, it is read again, and no line before it is.
   */
  readonly lastApart?: boolean;
  /** Sensor named inside the log, if the head shows one (Corelight `_system_name`, Suricata `host`). */
  readonly sensorInLog: string | undefined;
}

/** Where lines stand: the number (from 1) of the segment in what is spooled for the engine, and that of the first line in its file. */
export interface RowPlace {
  segment: number;
  line: number;
}

/** What some lines hold. */
export interface LineRows {
  /** RowBinary. Memory of the reader, until it is asked again. */
  bytes: Uint8Array;
  /** Rows that are records; a line can hold several. */
  records: number;
  /** Rows that say why a line is none. */
  rejected: number;
  /** Lines that are good and hold nothing for a table: they have no row. */
  unused: number;
}

/** How lines become rows: SQL expressions over `line` and over what `prelude` defines. */
export interface Shape {
  /** Equal keys, equal SQL. */
  key: string;
  /** `expression AS alias`, evaluated once a line, in order. */
  prelude: readonly string[];
  /**
   * Columns of rows in RowBinary, which stand in place of lines ({@link RecordFile}, {@link Reader.rows}). Among them are source_line, and source_id, sensor_id and
   * address_realm or ({@link ofSegments}) segment. Who writes them counts them, and the engine must take each.
   */
  structure?: string;
  /** Rows name their segment ({@link RowPlace}): when they are written, the slice that they are of has no id yet. */
  ofSegments?: boolean;
  /** Why the line as a whole is no record (`''` if it is one): checked before any plan. A Nullable result counts as ''. */
  rejectLine: string;
  /** What is kept of a line that is rejected, where that is not the line itself. */
  rejectText?: string;
  /** Where a file mixes kinds of record (EVE, combined Zeek): the expression that names the kind, and the kinds not used. */
  kind?: string;
  /** One for each table that this shape feeds. Empty: recognised, counted, not used. */
  plans: readonly InsertPlan[];
}

export interface InsertPlan {
  /** Event table. */
  table: string;
  /** For shapes with `kind`: lines whose kind is one of these. */
  kinds?: readonly string[];
  /** Condition that every valid record of this table meets. Asked of each line, so that it has to be cheap. */
  accept: string;
  /** Why this line is no valid record of this table (`''` where `accept` holds, and only there). It goes to `rejected_record`; asked only where lines are missing. */
  reject: string;
  /** Lines that are valid but carry nothing for this table are counted as unused (e.g. a DNS record without a query). */
  where?: string;
  /** Column → expression. The pipeline adds source_id, source_line, batch_id, sensor_id, address_realm. */
  columns: Readonly<Record<string, string>>;
}
