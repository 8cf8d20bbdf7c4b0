import { isSeparator } from "./recognise.js";

/** Bytes of a message. Most providers take 25 to 35 MB; the message is held and decoded in memory, which takes up to thirty times as much where it is made for that. */
export const MOST_BYTES = 48 * 1024 * 1024;
/** Lines of a message: a message of the greatest size in base64 has as many. Each costs the parser objects. */
const MOST_LINES = 650_000;
/** Lines that may be the boundary of a part. */
const MOST_PARTS = 10_000;

/** A message as it stands in a file. */
export interface RawMessage {
  /** The first line of it, from 1; in an mbox its separator. */
  line: number;
  /** Lines of the file that it takes. */
  lines: number;
  /** Of an mbox: the line that begins it, without its end. */
  separator: string;
  /** Without the separator. Only its beginning where the message is refused. */
  raw: Buffer;
  /** Why it is not to be parsed. */
  refused?: string;
  /** Another message follows, or it is a file of its own. */
  ended: boolean;
}

const LF = 10;
const CR = 13;
const DASH = 0x2d;
const LONGEST_SEPARATOR = 1024;
const KEPT_OF_REFUSED = 4096;
/** The first bytes by which a separator is told from other lines without making text of them. */
const FROM = Buffer.from("From ");
/** Editors and exports on Windows put it before the first line. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/**
 * Cuts a file into messages: an mbox, if it begins with a separator, at each separator behind an empty line; any other file is one message. Memory is
 * bounded by {@link MOST_BYTES}, whatever the file holds.
 */
export async function* messagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawMessage> {
  const splitter = new Splitter();
  for await (const chunk of chunks) {
    // Small, so that what is complete is handed on before the next is read.
    for (let at = 0; at < chunk.length; at += BLOCK) yield* splitter.push(chunk.subarray(at, at + BLOCK));
  }
  yield* splitter.finish();
}

const BLOCK = 1 << 20;

class Splitter {
  /** Bytes of a line whose end has not come. */
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  #isMbox: boolean | undefined;
  #afterBlank = true;
  #message = new Collector(1, "");

  *push(chunk: Buffer): Generator<RawMessage> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const isMarked =
      this.#isMbox === undefined && bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    let start = isMarked ? BYTE_ORDER_MARK.length : 0;
    let taken = start;
    for (;;) {
      const end = bytes.indexOf(LF, start);
      if (end < 0) break;
      const separator = this.#separatorIn(bytes, start, end);
      if (separator !== undefined) {
        this.#message.add(bytes.subarray(taken, start));
        if (this.#line > 1) yield this.#message.message(true);
        this.#message = new Collector(this.#line, separator);
        taken = end + 1;
      } else this.#message.line(bytes, start, end);
      this.#afterBlank = end === start || (end === start + 1 && bytes[start] === CR);
      this.#line++;
      start = end + 1;
    }
    this.#message.add(bytes.subarray(taken, start));
    const rest = bytes.subarray(start);
    // A line without an end can be as long as the file: what cannot be a separator any more is handed on.
    if (rest.length > LONGEST_SEPARATOR && !(rest.length < BLOCK)) {
      this.#message.add(rest);
      this.#isMbox ??= false;
      this.#afterBlank = false;
      this.#rest = Buffer.alloc(0);
    } else this.#rest = Buffer.from(rest);
  }

  *finish(): Generator<RawMessage> {
    if (this.#rest.length > 0) {
      this.#message.line(this.#rest, 0, this.#rest.length);
      this.#message.add(this.#rest);
    }
    if (!this.#message.isEmpty) yield this.#message.message(this.#isMbox !== true);
  }

  #separatorIn(bytes: Buffer, start: number, end: number): string | undefined {
    if (this.#isMbox === false || !this.#afterBlank || bytes[start] !== FROM[0]) {
      this.#isMbox ??= false;
      return undefined;
    }
    const line =
      bytes.compare(FROM, 0, FROM.length, start, Math.min(end, start + FROM.length)) === 0
        ? bytes.toString("latin1", start, Math.min(end, start + LONGEST_SEPARATOR))
        : "";
    const found = isSeparator(line);
    this.#isMbox ??= found;
    return found ? line.trimEnd() : undefined;
  }
}

/** What has been read of one message. */
class Collector {
  readonly #at: number;
  readonly #separator: string;
  #parts: Buffer[] = [];
  #bytes = 0;
  #lines: number;
  #boundaries = 0;

  constructor(at: number, separator: string) {
    this.#at = at;
    this.#separator = separator;
    this.#lines = separator === "" ? 0 : 1;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0 && this.#separator === "";
  }

  /** Counts a line; its bytes come with {@link add}. */
  line(bytes: Buffer, start: number, end: number): void {
    this.#lines++;
    if (end - start > 2 && bytes[start] === DASH && bytes[start + 1] === DASH) this.#boundaries++;
  }

  add(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (bytes.length === 0) return;
    const isTooMuch = this.#refused !== undefined;
    // A copy: the chunk is used again.
    if (!isTooMuch) this.#parts.push(Buffer.from(bytes));
    else if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts).subarray(0, KEPT_OF_REFUSED)];
  }

  get #refused(): string | undefined {
    if (this.#bytes > MOST_BYTES) return "the message is longer than 48 MiB";
    if (this.#lines > MOST_LINES) return "the message has more than 650,000 lines";
    if (this.#boundaries > MOST_PARTS)
      return "more than 10,000 lines of the message begin with --, as boundaries of its parts do";
    return undefined;
  }

  message(ended: boolean): RawMessage {
    const refused = this.#refused;
    return {
      line: this.#at,
      lines: this.#lines,
      separator: this.#separator,
      raw: Buffer.concat(this.#parts),
      ...(refused === undefined ? {} : { refused }),
      ended,
    };
  }
}
