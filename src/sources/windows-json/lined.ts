import { isUtf8 } from "node:buffer";
import type { Reading } from "../host-event.js";
import { eventsOf } from "./read.js";
import { JsonSplitter } from "./splitter.js";

/** White space between the members of a record; within a text no line ends. */
const LINE_ENDS = /[ \t]*[\r\n]+[ \t]*/g;
/** Characters that are turned to bytes at once. */
const BLOCK = 1 << 20;

/**
 * The records of a file of JSON as lines, each in the line where it begins; what lies between them is blank. A record that begins in the line of the one before
 * (a list in one line) has the line after it. What is no record is a line with `!`, the reason, a tab and its beginning.
 */
export async function* linedRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const lines = new Lines();
  const splitter = new JsonSplitter({
    record: (record, at) => lines.put(at, record.replace(LINE_ENDS, " ")),
    whole: (bytes, from, to, at) => lines.putBytes(at, bytes, from, to),
    reject: (at, reason, beginning) => lines.put(at, rejectLine(reason, beginning)),
  });
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += BLOCK) {
      splitter.push(chunk.subarray(from, from + BLOCK));
      // At once: what is blank can be most of a file.
      lines.blankTo(splitter.reached);
      const bytes = lines.take();
      if (bytes.length > 0) yield bytes;
    }
  }
  const { rest } = splitter;
  if (rest === undefined) return;
  lines.blankTo(rest.line);
  const last = rest.spoilt === "" ? rest.text.replace(LINE_ENDS, " ") : rejectLine(rest.spoilt, rest.text);
  yield Buffer.concat([lines.take(), Buffer.from(last)]);
}

const LF = 10;

/** Lines as they are made, until they are taken. Those that lie in a file as they have to be are not made anew. */
class Lines {
  #line = 1;
  #parts: Buffer[] = [];
  /** What follows the parts. */
  #text = "";
  /** What follows the text: lines that lie one after the other. */
  #run: { bytes: Buffer; from: number; to: number } | undefined;

  blankTo(line: number): void {
    if (line <= this.#line) return;
    this.#endRun();
    this.#text += "\n".repeat(line - this.#line);
    this.#line = line;
  }

  put(line: number, record: string): void {
    this.blankTo(line);
    this.#endRun();
    this.#text += `${record}\n`;
    this.#line++;
  }

  putBytes(line: number, bytes: Buffer, from: number, to: number): void {
    if (bytes[to] !== LF) {
      this.put(line, bytes.toString("utf8", from, to));
      return;
    }
    this.blankTo(line);
    if (this.#run?.bytes === bytes && this.#run.to === from) this.#run.to = to + 1;
    else {
      this.#endRun();
      this.#run = { bytes, from, to: to + 1 };
    }
    this.#line++;
  }

  take(): Buffer {
    this.#endRun();
    this.#endText();
    const parts = this.#parts;
    this.#parts = [];
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  #endRun(): void {
    if (this.#run === undefined) return;
    const { bytes, from, to } = this.#run;
    this.#run = undefined;
    const run = bytes.subarray(from, to);
    if (isUtf8(run)) {
      this.#endText();
      this.#parts.push(run);
    } else this.#text += run.toString("utf8");
  }

  #endText(): void {
    if (this.#text !== "") this.#parts.push(Buffer.from(this.#text));
    this.#text = "";
  }
}

const rejectLine = (reason: string, beginning: string): string =>
  `!${reason}\t${beginning.replace(LINE_ENDS, " ")}`;

/** What a line that {@link linedRecords} made holds. */
export function readLined(line: string): Reading {
  if (!line.startsWith("!")) return eventsOf(line);
  const tab = line.indexOf("\t");
  return { refused: line.slice(1, tab), text: line.slice(tab + 1) };
}
