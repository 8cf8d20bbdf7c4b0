import {
  ChunkReader,
  type EvtxRecord,
  jsonLine,
  type Problem,
  readSegment,
  type Segment,
} from "../../sources/evtx/index.js";
import { inputProblem } from "../system-error.js";
import { xmlEvent } from "./xml-document.js";

export type EventFormat = "jsonl" | "xml";

/** What a thread is asked to do. */
export interface SegmentTask {
  segment: Segment;
  format: EventFormat;
  carve: boolean;
}

export interface SegmentResult {
  /** UTF-8. */
  output: Uint8Array<ArrayBuffer>[];
  /** Records of the log itself. */
  records: number;
  carved: number;
  hidden: HiddenRecord[];
  problems: Problem[];
}

export interface HiddenRecord {
  recordId: number;
  carrier: number;
  /** Byte in the file. */
  offset: number;
}

/** Characters that are turned to bytes at once. */
const BLOCK = 1 << 18;

const readers: { plain?: ChunkReader; carving?: ChunkReader } = {};

/** Reads a segment and writes its records out as text. Never throws for what a file holds. */
export function printSegment({ segment, format, carve }: SegmentTask): SegmentResult {
  // What it has learned of templates serves all files of a thread.
  const kind = carve ? "carving" : "plain";
  readers[kind] ??= new ChunkReader(carve);
  const reader = readers[kind];
  const printed = new Printed();
  const { result } = printed;
  const file = JSON.stringify(segment.file.path);
  /** Hidden records of the line that was written last: they stand in it. One whose carrier could not be read has a line of its own. */
  let inCarrier: readonly EvtxRecord[] = [];
  const print = (record: EvtxRecord): string => {
    if (format === "xml") return xmlEvent(segment.file.path, record, reader);
    return inCarrier.includes(record) ? "" : `${jsonLine(record, file)}\n`;
  };
  try {
    readSegment(segment, reader, {
      record(record) {
        const { hiddenIn, hidden, recordId, offset } = record;
        if (hiddenIn !== undefined) result.hidden.push({ recordId, carrier: hiddenIn, offset });
        else if (record.carved !== undefined) result.carved++;
        else result.records++;
        printed.add(print(record));
        if (hidden !== undefined) inCarrier = hidden;
      },
      problem: (problem) => result.problems.push(problem),
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    result.problems.push({
      kind: "chunk",
      offset: segment.from,
      reason: `the file cannot be read from here on: ${inputProblem(error)}`,
    });
  }
  return printed.end();
}

class Printed {
  readonly result: SegmentResult = { output: [], records: 0, carved: 0, hidden: [], problems: [] };
  #text = "";

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= BLOCK) this.#flush();
  }

  end(): SegmentResult {
    this.#flush();
    return this.result;
  }

  #flush(): void {
    if (this.#text !== "") this.result.output.push(encoder.encode(this.#text));
    this.#text = "";
  }
}

const encoder = new TextEncoder();

function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}
