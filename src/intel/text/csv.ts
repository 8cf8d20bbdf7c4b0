import type { Problems } from "./problems.js";

/**
 * RFC 4180 with exact physical line numbers, which error messages need. Differences: CR, LF and CRLF end lines; `#` begins a
 * comment line; blank lines are skipped. A broken record is reported at the line where it begins, and reading goes on at the line after.
 */
export interface CsvRecord {
  /** Physical line on which the record begins, from 1. */
  line: number;
  cells: string[];
}

/** A quoted field beyond this is a quote that was never closed. */
const MAX_FIELD = 65_536;

interface Parsed {
  cells: string[];
  /** Offset of the next record. */
  next: number;
}

/** Offset behind the end of the physical line that holds `at`. */
function nextLine(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10) return index + 1;
    if (code === 13) return text.charCodeAt(index + 1) === 10 ? index + 2 : index + 1;
  }
  return text.length;
}

function atLineEnd(text: string, at: number): boolean {
  return at >= text.length || text[at] === "\n" || text[at] === "\r";
}

/** The closing quote of a field whose content begins at `from`; -1 where there is none within reason. */
function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length && at - from <= MAX_FIELD; at++) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at;
    at++;
  }
  return -1;
}

function parseRecord(text: string, from: number, delimiter: string): Parsed | string {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close < 0) return 'a quote (") is opened here and never closed';
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
      while (text[at] === " " && delimiter !== " ") at++;
      if (text[at] !== delimiter && !atLineEnd(text, at))
        return 'text stands behind a closing quote ("): double quotes inside a field as ""';
    } else {
      let end = at;
      while (!atLineEnd(text, end) && text[end] !== delimiter) end++;
      cells.push(text.slice(at, end));
      at = end;
    }
    if (atLineEnd(text, at)) return { cells, next: nextLine(text, at) };
    at++;
  }
}

/** Physical lines between two offsets. */
export function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at = nextLine(text, at)) lines++;
  return lines;
}

/** @param comments whether a line that begins with `#` is one */
export function parseCsv(
  text: string,
  delimiter: string,
  problems: Pick<Problems, "add">,
  comments = true,
): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const end = nextLine(text, at);
    const physical = text.slice(at, end).trimStart();
    if (physical === "" || (comments && physical.startsWith("#"))) {
      at = end;
      line++;
      continue;
    }
    const parsed = parseRecord(text, at, delimiter);
    if (typeof parsed === "string") {
      problems.add(line, parsed);
      at = end;
      line++;
      continue;
    }
    records.push({ line, cells: parsed.cells });
    line += countLines(text, at, parsed.next);
    at = parsed.next;
  }
  return records;
}
