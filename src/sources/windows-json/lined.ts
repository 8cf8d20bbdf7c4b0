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
  let line = 1;
  let text = "";
  const put = (at: number, record: string): void => {
    if (at > line) text += "\n".repeat(at - line);
    line = Math.max(at, line);
    text += record;
  };
  const splitter = new JsonSplitter({
    record(record, at) {
      put(at, `${record.replace(LINE_ENDS, " ")}\n`);
      line++;
    },
    reject(at, reason, beginning) {
      put(at, `${rejectLine(reason, beginning)}\n`);
      line++;
    },
  });
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += BLOCK) {
      splitter.push(chunk.subarray(from, from + BLOCK));
      // At once: what is blank can be most of a file.
      put(splitter.reached, "");
      if (text.length > 0) yield Buffer.from(text);
      text = "";
    }
  }
  const { rest } = splitter;
  if (rest === undefined) return;
  put(rest.line, rest.spoilt === "" ? rest.text.replace(LINE_ENDS, " ") : rejectLine(rest.spoilt, rest.text));
  yield Buffer.from(text);
}

const rejectLine = (reason: string, beginning: string): string =>
  `!${reason}\t${beginning.replace(LINE_ENDS, " ")}`;

/** What a line that {@link linedRecords} made holds. */
export function readLined(line: string): Reading {
  if (!line.startsWith("!")) return eventsOf(line);
  const tab = line.indexOf("\t");
  return { refused: line.slice(1, tab), text: line.slice(tab + 1) };
}
