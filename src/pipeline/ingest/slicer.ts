import { createHash, type Hash } from "node:crypto";
import type { Reader, Shape } from "../../sources/port.js";
import type { SliceOwner, Spool } from "./spool.js";

/** Bytes of decompressed log after which a slice ends at the next line end. Part of what makes slice ids: never change it. */
export const SLICE_BYTES = 64 * 1024 * 1024;
/** Longer lines are rejected before the engine sees them: one line of 1 GB took it to 8 GB of memory. */
export const MAX_LINE_BYTES = 1024 * 1024;
const KEPT_TEXT_BYTES = 4096;
const LF = 10;
const CR = 13;

/** A stretch of whole lines of one log, the unit in which content is known. */
export interface Slice extends SliceOwner {
  previousId: string;
  headId: string;
  byteFrom: number;
  byteTo: number;
  lineFrom: number;
  lineTo: number;
  headerLines: number;
  blankLines: number;
  /** Lines handed to the engine, or counted only where the log is not used. */
  dataLines: number;
  /** Data lines of a log that is recognised and not used. */
  unusedLines: number;
  rejects: { line: number; reason: string; text: string }[];
  openEnd: boolean;
}

/** A slice that the manifest has, as far as the slicer needs it. */
export interface KnownSlice {
  id: string;
  byteTo: number;
  lineTo: number;
  openEnd: boolean;
}

/** Slices already in the manifest that may follow: by the slice before, and for first slices by the log's first data line. */
export type FindKnown = (previousId: string, headId: string) => readonly KnownSlice[];

export type SliceEvent = { kind: "new"; slice: Slice } | { kind: "known"; id: string };

export interface SliceOptions {
  reader: Reader;
  spool: Spool;
  sensorId: string;
  realm: string;
  findKnown: FindKnown;
  /** Whether the bytes are all there is: a compressed file that ended well, as against a log still being written. */
  isWhole: () => boolean;
  /** Why reading ended early, if it did. */
  problem: () => string | undefined;
  sliceBytes?: number;
}

export interface SliceEnd {
  /** Bytes of a last line that waits for its end; 0 if there is none. */
  waitingBytes: number;
}

/**
 * Cuts a log into slices of whole lines and spools its data lines. A slice's id is a digest of its bytes and of the id before it, so
 * that a log is known by content: a copy, a renamed or recompressed log, and the old part of a log that has grown, all come out as `known`.
 */
export async function* sliceLog(chunks: AsyncIterable<Buffer>, options: SliceOptions): AsyncGenerator<SliceEvent, SliceEnd> {
  const cutter = new Cutter(options);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  return yield* cutter.finish();
}

class Cutter {
  #options: SliceOptions;
  #limit: number;
  #special = new Uint8Array(256);
  #headerLeft: number;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the log before `#rest`. */
  #offset = 0;
  #line = 1;
  #previousId = "";
  #headId = "";
  #slice: Slice;
  #hash: Hash;
  #mark: ReturnType<Spool["mark"]>;
  #known: readonly KnownSlice[] = [];
  #shape: Shape | undefined;
  /** Set while an over-long line is thrown away; its beginning. */
  #skipping: Buffer | undefined;
  /** The slice before ended within a line: what follows up to LF belongs to that line. */
  #continuation = false;

  constructor(options: SliceOptions) {
    this.#options = options;
    this.#limit = options.sliceBytes ?? SLICE_BYTES;
    for (const byte of options.reader.specialFirstBytes) this.#special[byte] = 1;
    this.#headerLeft = options.reader.headerLines;
    this.#slice = this.#newSlice();
    this.#hash = createHash("sha256");
    this.#mark = options.spool.mark();
  }

  *push(chunk: Buffer): Generator<SliceEvent> {
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const { next, event } = this.#scan(buffer, start);
      start = next;
      if (!event) break;
      yield event;
    }
    buffer = buffer.subarray(start);
    this.#offset += start;
    if (buffer.length > MAX_LINE_BYTES) buffer = this.#skip(buffer);
    // A copy, so that the chunk's whole buffer is not kept alive by a few bytes.
    this.#rest = Buffer.from(buffer);
  }

  *finish(): Generator<SliceEvent, SliceEnd> {
    const { reader, isWhole, problem } = this.#options;
    const rest = this.#rest;
    let waitingBytes = 0;
    if (this.#skipping) {
      this.#rejectLine("line is longer than 1 MiB", this.#skipping);
      this.#skipping = undefined;
      this.#hash.update(rest);
      this.#advance(rest.length);
    } else if (rest.length > 0) {
      const known = this.#knownAt(this.#offset + rest.length);
      const reason = problem();
      if (reason !== undefined) {
        this.#hash.update(rest);
        this.#rejectLine(`the file breaks off inside this line (${reason})`, rest);
        this.#advance(rest.length);
      } else if (known || isWhole() || reader.wholeWithoutNewline(rest.toString("utf8"))) {
        this.#hash.update(rest);
        this.#takeLine(Buffer.concat([rest, Buffer.from("\n")]), 0, rest.length);
        this.#slice.openEnd = true;
        this.#advance(rest.length);
      } else waitingBytes = rest.length;
    }
    if (this.#slice.byteTo > this.#slice.byteFrom) yield this.#endSlice();
    return { waitingBytes };
  }

  /** Takes whole lines from `start` until the buffer or the slice ends. */
  #scan(buffer: Buffer, start: number): { next: number; event: SliceEvent | undefined } {
    let position = start;
    let hashed = start;
    let runStart = start;
    let runLines = 0;
    const base = this.#offset;
    const flush = (end: number) => {
      if (runLines > 0) this.#data(buffer.subarray(runStart, end), runLines);
      runLines = 0;
    };
    const settle = (end: number) => {
      flush(end);
      if (end > hashed) this.#hash.update(buffer.subarray(hashed, end));
      hashed = end;
    };
    for (;;) {
      const lineFeed = buffer.indexOf(LF, position);
      if (lineFeed < 0) break;
      const next = lineFeed + 1;
      const inLine = this.#known.find((known) => known.openEnd && base + position < known.byteTo && known.byteTo <= base + lineFeed);
      if (inLine) {
        const end = inLine.byteTo - base;
        settle(position);
        if (this.#digest(buffer.subarray(position, end)) === inLine.id) {
          this.#continuation = true;
          this.#slice.byteTo = inLine.byteTo;
          this.#line = inLine.lineTo + 1;
          return { next: end, event: this.#endKnown(inLine.id) };
        }
        runStart = position;
      }
      const first = buffer[position] ?? LF;
      const plain =
        first !== LF &&
        this.#special[first] === 0 &&
        this.#headerLeft === 0 &&
        this.#skipping === undefined &&
        !this.#continuation &&
        lineFeed - position <= MAX_LINE_BYTES;
      if (plain && this.#headId !== "") {
        if (runLines === 0) runStart = position;
        runLines++;
      } else {
        flush(position);
        this.#takeLine(buffer, position, lineFeed);
      }
      position = next;
      const length = base + next - this.#slice.byteFrom;
      if (length >= this.#limit || this.#known.some((known) => known.byteTo === base + next)) {
        settle(next);
        this.#slice.byteTo = base + next;
        const candidate = this.#known.find((known) => known.byteTo === base + next && known.id === this.#digest());
        if (candidate) return { next, event: this.#endKnown(candidate.id) };
        if (length >= this.#limit) return { next, event: this.#endSlice() };
        runStart = next;
      }
    }
    settle(position);
    if (position > start) this.#slice.byteTo = base + position;
    return { next: position, event: undefined };
  }

  /** A line that is, or may be, something other than plain data. `end` is the place of its LF. */
  #takeLine(buffer: Buffer, start: number, end: number): void {
    if (this.#skipping) {
      this.#rejectLine("line is longer than 1 MiB", this.#skipping);
      this.#skipping = undefined;
      return;
    }
    if (this.#continuation) {
      this.#continuation = false;
      if (end - start > 0 && !(end - start === 1 && buffer[start] === CR)) {
        this.#slice.rejects.push({
          line: this.#line - 1,
          reason: "the line went on after it had been taken as whole",
          text: buffer.toString("utf8", start, Math.min(end, start + KEPT_TEXT_BYTES)),
        });
      }
      return;
    }
    if (end - start > MAX_LINE_BYTES) {
      this.#rejectLine("line is longer than 1 MiB", buffer.subarray(start, start + KEPT_TEXT_BYTES));
      return;
    }
    const first = buffer[start] ?? LF;
    if (first === LF || (first === CR && end - start === 1)) return this.#aside("blank");
    if (this.#headerLeft > 0 || this.#special[first] === 1) {
      if (this.#headerLeft > 0) this.#headerLeft--;
      const kind = this.#options.reader.special(buffer.toString("utf8", start, end));
      if (kind !== "data") return this.#aside(kind);
    }
    if (this.#headId === "") this.#setHead(buffer.subarray(start, end));
    this.#data(buffer.subarray(start, end + 1), 1);
  }

  #data(bytes: Buffer, lines: number): void {
    const { reader, spool } = this.#options;
    const shape = reader.shape;
    if (shape.plans.length === 0) {
      this.#slice.unusedLines += lines;
    } else {
      if (this.#shape !== shape) {
        spool.begin(shape, this.#slice, this.#line);
        this.#shape = shape;
      }
      spool.write(bytes, lines);
    }
    this.#slice.dataLines += lines;
    this.#line += lines;
  }

  #aside(kind: "header" | "blank"): void {
    if (kind === "header") this.#slice.headerLines++;
    else this.#slice.blankLines++;
    this.#keepPlace();
    this.#line++;
  }

  #rejectLine(reason: string, beginning: Buffer): void {
    const text = beginning.toString("utf8", 0, KEPT_TEXT_BYTES);
    this.#slice.rejects.push({ line: this.#line, reason, text });
    this.#keepPlace();
    this.#line++;
  }

  #keepPlace(): void {
    if (this.#shape && this.#shape === this.#options.reader.shape) this.#options.spool.writeEmpty();
    else this.#shape = undefined;
  }

  /** Throws away the middle of an over-long line, so that memory stays bounded. */
  #skip(buffer: Buffer): Buffer {
    this.#skipping ??= Buffer.from(buffer.subarray(0, KEPT_TEXT_BYTES));
    this.#hash.update(buffer);
    this.#offset += buffer.length;
    this.#slice.byteTo = this.#offset;
    return Buffer.alloc(0);
  }

  #advance(bytes: number): void {
    this.#offset += bytes;
    this.#slice.byteTo = this.#offset;
    this.#rest = Buffer.alloc(0);
  }

  #setHead(line: Buffer): void {
    this.#headId = createHash("sha256").update(line).digest("hex").slice(0, 32);
    this.#slice.headId = this.#headId;
    this.#known = this.#options.findKnown(this.#previousId, this.#headId);
  }

  /** Id of the slice if it ended after `extra`. */
  #digest(extra?: Buffer): string {
    const hash = this.#hash.copy();
    if (extra) hash.update(extra);
    return sliceId(this.#previousId, hash.digest("hex"));
  }

  #knownAt(byteTo: number): boolean {
    const rest = this.#rest;
    return this.#known.some((known) => known.byteTo === byteTo && known.id === this.#digest(rest));
  }

  #endSlice(): SliceEvent {
    const slice = this.#slice;
    const digest = this.#digest();
    const candidates = this.#known.length > 0 ? this.#known : this.#options.findKnown(this.#previousId, this.#headId);
    if (candidates.some((known) => known.id === digest)) return this.#endKnown(digest);
    slice.id = digest;
    slice.lineTo = this.#line - 1;
    this.#next(digest);
    return { kind: "new", slice };
  }

  #endKnown(id: string): SliceEvent {
    this.#options.spool.rollback(this.#mark);
    this.#next(id);
    return { kind: "known", id };
  }

  #next(id: string): void {
    const from = this.#slice.byteTo;
    this.#previousId = id;
    this.#slice = this.#newSlice();
    this.#slice.byteFrom = from;
    this.#slice.byteTo = from;
    this.#hash = createHash("sha256");
    this.#shape = undefined;
    this.#options.spool.end();
    this.#mark = this.#options.spool.mark();
    this.#known = this.#options.findKnown(this.#previousId, this.#headId);
  }

  #newSlice(): Slice {
    return {
      id: "",
      sensorId: this.#options.sensorId,
      realm: this.#options.realm,
      previousId: this.#previousId,
      headId: this.#headId,
      byteFrom: 0,
      byteTo: 0,
      lineFrom: this.#line,
      lineTo: 0,
      headerLines: 0,
      blankLines: 0,
      dataLines: 0,
      unusedLines: 0,
      rejects: [],
      openEnd: false,
    };
  }
}

function sliceId(previousId: string, contentDigest: string): string {
  return createHash("sha256").update(`${previousId}\n${contentDigest}`).digest("hex").slice(0, 32);
}
