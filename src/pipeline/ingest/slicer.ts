import { createHash, type Hash } from "node:crypto";
import type { Shape } from "../../sources/port.js";
import {
  headOf,
  type KnownSlice,
  type Slice,
  type SliceEnd,
  type SliceEvent,
  type SliceOptions,
  type Stretch,
  sliceId,
} from "./slice.js";
import type { Spool } from "./spool.js";

/** Bytes of decompressed log after which a slice ends at the next line end. Part of what makes slice ids: never change it. */
export const SLICE_BYTES = 64 * 1024 * 1024;
/** Longer lines are rejected before the engine sees them: one line of 1 GB took it to 8 GB of memory. */
export const MAX_LINE_BYTES = 1024 * 1024;
const KEPT_TEXT_BYTES = 4096;
/** A slice ends early at so many changes of shape: the engine searches the segments for each row, and a log may say anything anew on every line. */
const SLICE_SHAPES = 2048;
const LF = 10;
const CR = 13;

/**
 * Cuts a log into slices of whole lines and spools its data lines. A slice's id is a digest of its bytes and of the id before it, so
 * that a log is known by content: a copy, a renamed or recompressed log, and the old part of a log that has grown, all come out as `known`.
 */
export async function* sliceLog(
  chunks: AsyncIterable<Buffer>,
  options: SliceOptions,
): AsyncGenerator<SliceEvent, SliceEnd> {
  const cutter = new Cutter(options);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  const longer = await cutter.longerCopy();
  if (longer) {
    yield cutter.endAs(longer);
    return { waitingBytes: 0 };
  }
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
  /** Of what is spooled in {@link #shape}. */
  #segment = 0;
  /** Changes of shape within the slice. */
  #shapes = 0;
  /** Set while an over-long line is thrown away. */
  #skipping: Skipped | undefined;
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
    if (this.#skipping) {
      yield* this.#finishSkipping(this.#skipping);
      return { waitingBytes: 0 };
    }
    const known = this.#endedWithin(this.#rest, 0, this.#rest.length, 0);
    if (known) yield this.#endWithin(known, 0, this.#rest);
    const rest = known ? this.#rest.subarray(known.byteTo - this.#offset) : this.#rest;
    this.#offset = known?.byteTo ?? this.#offset;
    if (rest.length === 0) {
      yield* this.#endWhole();
      return { waitingBytes: 0 };
    }
    const reason = problem();
    if (reason !== undefined && !this.#continuation) {
      // A slice of its own: what came before stays known when a whole copy of the log arrives.
      yield* this.#endWhole();
      this.#hash.update(rest);
      this.#rejectLine(`the file breaks off inside this line (${reason})`, rest);
      this.#advance(rest.length);
      yield this.#endSlice();
      return { waitingBytes: 0 };
    }
    if (isWhole() || (!this.#continuation && reader.wholeWithoutNewline(rest.toString("utf8")))) {
      if (reader.lastApart === true) yield* this.#endWhole();
      this.#hash.update(rest);
      this.#takeLine(Buffer.concat([rest, Buffer.from("\n")]), 0, rest.length);
      this.#slice.openEnd = true;
      this.#advance(rest.length);
      yield this.#endSlice();
      return { waitingBytes: 0 };
    }
    yield* this.#endWhole();
    return { waitingBytes: rest.length };
  }

  /** The known slice that goes on where this log ends, if what there is of the log is its beginning. */
  async longerCopy(): Promise<KnownSlice | undefined> {
    const { byteFrom, byteTo } = this.#slice;
    const whole = byteTo - byteFrom;
    const torn = this.#rest.length;
    if (whole + torn === 0 || this.#skipping || this.#known.some((known) => known.id === this.#digest()))
      return undefined;
    const stretches: Stretch[] = [
      { from: byteFrom, bytes: whole + torn, digest: this.#hash.copy().update(this.#rest).digest("hex") },
    ];
    // What stands at the end of a damaged file may be anything.
    if (whole > 0 && torn > 0)
      stretches.push({ from: byteFrom, bytes: whole, digest: this.#hash.copy().digest("hex") });
    for (const known of this.#known) {
      if (known.byteTo <= byteTo + torn) continue;
      for (const stretch of stretches) if (await this.#options.isBeginningOf(known, stretch)) return known;
    }
    return undefined;
  }

  endAs(known: KnownSlice): SliceEvent {
    return this.#endKnown(known.id);
  }

  *#endWhole(): Generator<SliceEvent> {
    if (this.#slice.byteTo > this.#slice.byteFrom) yield this.#endSlice();
  }

  /** An over-long line that never ended: rejected, in a slice of its own, because it may yet end. */
  *#finishSkipping({ text, before, byteFrom, hash }: Skipped): Generator<SliceEvent> {
    const rest = this.#rest;
    const byteTo = this.#offset + rest.length;
    this.#hash = before;
    this.#slice.byteTo = byteFrom;
    yield* this.#endWhole();
    this.#skipping = undefined;
    this.#hash = hash.update(rest);
    this.#rejectLine(OVERLONG, text);
    this.#slice.byteTo = byteTo;
    yield this.#endSlice();
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
      const known = this.#endedWithin(buffer, position, lineFeed, hashed);
      if (known) {
        settle(position);
        return {
          next: known.byteTo - base,
          event: this.#endWithin(known, position, buffer.subarray(0, lineFeed)),
        };
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
      const full = length >= this.#limit || this.#shapes >= SLICE_SHAPES;
      if (full || this.#known.some((known) => known.byteTo === base + next)) {
        settle(next);
        this.#slice.byteTo = base + next;
        const candidate = this.#known.find(
          (known) => known.byteTo === base + next && known.id === this.#digest(),
        );
        if (candidate) return { next, event: this.#endKnown(candidate.id) };
        if (full) return { next, event: this.#endSlice() };
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
      this.#rejectLine(OVERLONG, this.#skipping.text);
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
      this.#rejectLine(OVERLONG, buffer.subarray(start, start + KEPT_TEXT_BYTES));
      return;
    }
    const first = buffer[start] ?? LF;
    if (first === LF || (first === CR && end - start === 1)) {
      this.#aside("blank");
      return;
    }
    if (this.#headerLeft > 0 || this.#special[first] === 1) {
      if (this.#headerLeft > 0) this.#headerLeft--;
      const kind = this.#options.reader.special(buffer.toString("utf8", start, end));
      if (kind !== "data") {
        this.#aside(kind);
        return;
      }
    }
    if (this.#headId === "") this.#setHead(buffer.subarray(start, end));
    this.#data(buffer.subarray(start, end + 1), 1);
  }

  #data(bytes: Buffer, lines: number): void {
    const { reader, spool } = this.#options;
    const shape = reader.shape;
    const slice = this.#slice;
    if (shape.plans.length === 0) {
      slice.unusedLines += lines;
      slice.dataLines += lines;
      this.#shape = undefined;
    } else {
      if (this.#shape !== shape) {
        this.#segment = spool.begin(shape, slice, this.#line);
        this.#shape = shape;
        this.#shapes++;
      }
      if (reader.rows === undefined) {
        spool.write(bytes, lines);
        slice.dataLines += lines;
      } else {
        const rows = reader.rows(bytes, { segment: this.#segment, line: this.#line });
        spool.write(rows.bytes, rows.records, rows.rejected);
        slice.dataLines += rows.records + rows.unused;
        slice.unusedLines += rows.unused;
        slice.rejectRows += rows.rejected;
      }
    }
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
    this.#skipping ??= {
      text: Buffer.from(buffer.subarray(0, KEPT_TEXT_BYTES)),
      before: this.#hash.copy(),
      byteFrom: this.#offset,
      hash: createHash("sha256"),
    };
    this.#skipping.hash.update(buffer);
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
    this.#headId = headOf(line);
    this.#slice.headId = this.#headId;
    this.#known = this.#options.findKnown(this.#previousId, this.#headId);
  }

  /** Id of the slice if it ended after `extra`. */
  #digest(extra?: Buffer): string {
    const hash = this.#hash.copy();
    if (extra) hash.update(extra);
    return sliceId(this.#previousId, hash.digest("hex"));
  }

  /** A known slice that ended within the line from `start` to `end`, without LF. Bytes before `hashed` are in the digest already. */
  #endedWithin(buffer: Buffer, start: number, end: number, hashed: number): KnownSlice | undefined {
    if (this.#headId !== "" && this.#known.length === 0) return undefined;
    const { findKnown } = this.#options;
    const candidates =
      this.#headId === "" ? findKnown(this.#previousId, headOf(buffer.subarray(start, end))) : this.#known;
    const base = this.#offset;
    return candidates.find(
      ({ id, byteTo, openEnd }) =>
        openEnd &&
        base + start < byteTo &&
        byteTo <= base + end &&
        id === this.#digest(buffer.subarray(hashed, byteTo - base)),
    );
  }

  /** Ends the slice where the known one did: within the line that begins at `start`. */
  #endWithin(known: KnownSlice, start: number, buffer: Buffer): SliceEvent {
    if (this.#headId === "") this.#headId = headOf(buffer.subarray(start));
    this.#continuation = true;
    this.#slice.byteTo = known.byteTo;
    this.#line = known.lineTo + 1;
    return this.#endKnown(known.id);
  }

  #endSlice(): SliceEvent {
    const slice = this.#slice;
    const digest = this.#digest();
    const candidates =
      this.#known.length > 0 ? this.#known : this.#options.findKnown(this.#previousId, this.#headId);
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
    this.#shapes = 0;
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
      rejectRows: 0,
      openEnd: false,
    };
  }
}

/** An over-long line on its way: what is kept of it, the digest before it, and its own. */
interface Skipped {
  text: Buffer;
  before: Hash;
  byteFrom: number;
  hash: Hash;
}

const OVERLONG = "line is longer than 1 MiB";
