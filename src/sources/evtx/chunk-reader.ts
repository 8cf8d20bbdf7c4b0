import { BinXml } from "./binxml.js";
import { ChunkBytes } from "./chunk-bytes.js";
import { type ChunkHeader, chunkHeader, isChunk } from "./chunk-header.js";
import { Decoder } from "./decoder.js";
import {
  CHUNK_HEADER_SIZE,
  CHUNK_SIZE,
  Damage,
  RECORD_HEADER_SIZE,
  RECORD_SIGNATURE,
  SMALLEST_RECORD,
} from "./format.js";
import { Layouts } from "./layout.js";
import { type CarvedFrom, EvtxRecord } from "./record.js";
import { fileTimeMs } from "./times.js";
import { XmlWriter } from "./xml.js";

/** What could not be read as it should. */
export interface Problem {
  /**
   * `record`: one record is lost. `chunk`: a chunk or the rest of it is lost. `warning`: something is not as it should be, and nothing is lost
   * that could be named. `carved`: what looked like a record outside of the log could not be read.
   */
  kind: "record" | "chunk" | "warning" | "carved";
  /** Byte in the file. */
  offset: number;
  recordId?: number;
  reason: string;
}

/** Takes what a chunk holds, in the order of its bytes; a hidden record comes behind the record that hides it. */
export interface ChunkSink {
  record(record: EvtxRecord): void;
  problem(problem: Problem): void;
}

const SIGNATURE_BYTES = Buffer.from([0x2a, 0x2a, 0, 0]);

/**
 * Reads one chunk after the other: synchronous, without any input of its own, so that it works in any thread. It keeps templates and texts
 * from chunk to chunk and from file to file, within fixed bounds; use one for as long as there is something to read.
 *
 * The caller writes up to 64 KiB into {@link bytes}, and calls {@link read}.
 */
export class ChunkReader {
  readonly #chunk = new ChunkBytes();
  readonly #layouts = new Layouts();
  readonly #binXml = new BinXml(this.#chunk, this.#layouts);
  readonly #decoder = new Decoder(this.#binXml, this.#layouts);
  readonly #xml = new XmlWriter(this.#binXml);
  readonly #carve: boolean;
  /** Ids of the records that were read of this chunk; only kept for carving. */
  readonly #ids = new Set<number>();
  #fileOffset = 0;
  #length = 0;
  #sink!: ChunkSink;
  /** Of the record that was decoded last: there was no BinXml in it. */
  #wasEmpty = false;

  /** @param carve also read records that the log no longer leads to: behind damage, and in space that is not in use */
  constructor(carve = false) {
    this.#carve = carve;
  }

  /** Whether it reads more than the log leads to. Then {@link learn} helps. */
  get carves(): boolean {
    return this.#carve;
  }

  get bytes(): Buffer {
    return this.#chunk.bytes;
  }

  /** Forgets what {@link learn} has learned. */
  forget(): void {
    this.#binXml.forgetTemplates();
  }

  /**
   * Looks at the templates of the chunk in {@link bytes}: they help {@link read} to carve records, of this chunk or another, whose own were
   * overwritten.
   */
  learn(length: number): void {
    this.bytes.fill(0, length);
    this.#begin(length, 0, { record() {}, problem() {} });
    if (isChunk(this.bytes)) this.#records(chunkHeader(this.bytes));
  }

  /**
   * Reads what stands in {@link bytes}: `length` of them are from the file, where they begin at `fileOffset`. Returns the chunk's header, or
   * undefined where there is no chunk. Never throws for what the bytes hold; what `sink` throws passes through.
   */
  read(length: number, fileOffset: number, sink: ChunkSink): ChunkHeader | undefined {
    // What is left of the chunk before.
    this.bytes.fill(0, length);
    const chunk = isChunk(this.bytes);
    // Space that a log has not used yet is passed over at the speed of memory.
    if (!chunk && isZero(this.bytes, 0, length)) return undefined;
    this.#begin(length, fileOffset, sink);
    if (!chunk) {
      this.#problem("chunk", 0, `no chunk begins here, and it is not empty${this.#leftBehind(0)}`);
      if (this.#carve) this.#carveFrom(0, () => "no_chunk");
      return undefined;
    }
    const header = chunkHeader(this.bytes);
    if (length < CHUNK_SIZE)
      this.#problem("chunk", 0, `the file ends in this chunk, after ${length} of its ${CHUNK_SIZE} bytes`);
    else if (header.headerChecksum === "wrong")
      this.#problem("warning", 0, "the checksum of the chunk's header is wrong");
    else if (header.dataChecksum === "wrong")
      this.#problem("warning", 0, "the checksum of the chunk's records is wrong");
    const { behind, end } = this.#records(header);
    if (this.#carve) this.#carveFrom(behind, (position) => (position < end ? "damaged_chunk" : "slack"));
    return header;
  }

  #begin(length: number, fileOffset: number, sink: ChunkSink): void {
    this.#fileOffset = fileOffset;
    this.#length = length;
    this.#sink = sink;
    this.#chunk.changed();
    this.#binXml.nextChunk();
    this.#ids.clear();
  }

  /**
   * A record as XML; only while its chunk is the one that is being read. Empty, and told to the sink, where it would become too long: a text
   * that stands once among the fields can stand a thousand times in the XML.
   */
  xml(record: EvtxRecord): string {
    const at = record.offset - this.#fileOffset;
    try {
      return this.#xml.write(at + RECORD_HEADER_SIZE, at + this.#size(at) - 4);
    } catch (error) {
      this.#problem("record", at, reasonOf(error), record.recordId);
      return "";
    }
  }

  /** The records that the chunk leads to. Where it stopped, and where they should end. */
  #records(header: ChunkHeader): { behind: number; end: number } {
    const { freeOffset } = header;
    const trusted = freeOffset >= CHUNK_HEADER_SIZE && freeOffset <= CHUNK_SIZE;
    const end = Math.min(trusted ? freeOffset : CHUNK_SIZE, this.#length);
    let at = CHUNK_HEADER_SIZE;
    let count = 0;
    while (at + SMALLEST_RECORD <= end) {
      const size = this.#size(at);
      const broken = this.#brokenFrame(at, size);
      if (broken !== undefined) {
        if (isZero(this.bytes, at, at + RECORD_HEADER_SIZE)) this.#endsEarly(at, header, count, trusted);
        else
          this.#problem("chunk", at, `${broken}; the rest of the chunk is left out${this.#leftBehind(at)}`);
        break;
      }
      this.#record(at, size);
      at += size;
      count++;
    }
    return { behind: at, end };
  }

  #brokenFrame(at: number, size: number): string | undefined {
    if (this.#chunk.view.getUint32(at, true) !== RECORD_SIGNATURE) return "no record begins where one should";
    if (size < SMALLEST_RECORD) return `a record cannot have ${size} bytes`;
    if (at + size > CHUNK_SIZE) return `a record of ${size} bytes reaches beyond the end of the chunk`;
    if (at + size > this.#length) return "the file ends in this record";
    return undefined;
  }

  /** A page that was never written: Windows had counted the records already. */
  #endsEarly(at: number, header: ChunkHeader, count: number, trusted: boolean): void {
    if (!trusted) return;
    const counted = header.lastId - header.firstId + 1;
    const missing =
      counted > count && counted < CHUNK_SIZE
        ? `${counted - count} records that the chunk counts`
        : "records";
    this.#problem(
      "warning",
      at,
      `${missing} were not written: there are zeros in their place${this.#leftBehind(at)}`,
    );
  }

  /** For people: what `carve` would try to read. */
  #leftBehind(from: number): string {
    if (this.#carve) return "";
    let count = 0;
    for (let at = this.#nextFrame(from); at >= 0; at = this.#nextFrame(at + this.#size(at))) count++;
    return count === 0 ? "" : `; ${count} records lie behind it, --carve reads them`;
  }

  #record(at: number, size: number): void {
    const recordId = this.#recordId(at);
    if (this.#carve) this.#ids.add(recordId);
    let record: EvtxRecord | undefined;
    let behind = at + RECORD_HEADER_SIZE;
    try {
      record = this.#decode(at, size);
      behind = this.#binXml.end;
      // A page that was never written; the record counts, as it does for Windows.
      if (this.#wasEmpty) this.#problem("warning", at, "the record holds no event", recordId);
    } catch (error) {
      this.#problem("record", at, reasonOf(error), recordId);
    }
    const end = at + size;
    // Behind its BinXml, a record has padding and the copy of its size. A record that swallowed its successor has room for another one.
    const hidden = end - behind >= SMALLEST_RECORD ? this.#hidden(behind, end, recordId) : undefined;
    if (record !== undefined) {
      record.hidden = hidden;
      this.#sink.record(record);
    }
    if (hidden !== undefined) for (const each of hidden) this.#sink.record(each);
  }

  /**
   * Records inside another one: the trace of tools that take a record out of a log by adding its size to that of its predecessor, which then
   * covers it (eventlogedit of DanderSpritz; described by Fox-IT, "Detection and recovery of NSA's covered up tracks", 2017). The last of them
   * ends where its carrier does, its copy of the size is now the carrier's.
   */
  #hidden(from: number, end: number, carrier: number): EvtxRecord[] | undefined {
    let found: EvtxRecord[] | undefined;
    let at = this.bytes.indexOf(SIGNATURE_BYTES, from);
    while (at >= 0 && at + SMALLEST_RECORD <= end) {
      const size = this.#size(at);
      let next = at + 1;
      if (size >= SMALLEST_RECORD && at + size <= end) {
        try {
          const record = this.#decodeEvent(at, size);
          record.hiddenIn = carrier;
          found ??= [];
          found.push(record);
          next = at + size;
        } catch (error) {
          const flush = at + size === end;
          if (flush)
            this.#problem(
              "record",
              at,
              `hidden in record ${carrier}: ${reasonOf(error)}`,
              this.#recordId(at),
            );
        }
      }
      at = this.bytes.indexOf(SIGNATURE_BYTES, next);
    }
    return found;
  }

  #carveFrom(from: number, source: (position: number) => CarvedFrom): void {
    this.#binXml.distrusts = true;
    for (let at = this.#nextFrame(from); at >= 0; ) {
      const size = this.#size(at);
      const recordId = this.#recordId(at);
      let next = at + size;
      // Space that is not in use often holds the same record again, as it was before the chunk was written anew.
      if (!this.#ids.has(recordId)) {
        try {
          const record = this.#decodeEvent(at, size);
          record.carved = source(at);
          this.#ids.add(recordId);
          this.#sink.record(record);
        } catch (error) {
          this.#problem("carved", at, reasonOf(error), recordId);
          next = at + 1;
        }
      }
      at = this.#nextFrame(next);
    }
    this.#binXml.distrusts = false;
  }

  /** Where the next bytes stand that are framed as a record: signature, a size, a plausible time, and the size again. */
  #nextFrame(from: number): number {
    for (let at = this.bytes.indexOf(SIGNATURE_BYTES, from); at >= 0; ) {
      const size = at + RECORD_HEADER_SIZE <= CHUNK_SIZE ? this.#size(at) : 0;
      const fits = size >= SMALLEST_RECORD && at + size <= this.#length;
      if (fits && this.#chunk.view.getUint32(at + size - 4, true) === size && this.#isPlausible(at))
        return at;
      at = this.bytes.indexOf(SIGNATURE_BYTES, at + 1);
    }
    return -1;
  }

  #isPlausible(at: number): boolean {
    const written = this.#writtenAt(at);
    return written >= EARLIEST && written < LATEST;
  }

  #decode(at: number, size: number): EvtxRecord {
    const { layout, values, isEmpty } = this.#decoder.decode(at + RECORD_HEADER_SIZE, at + size - 4);
    this.#wasEmpty = isEmpty;
    return new EvtxRecord(this.#recordId(at), this.#fileOffset + at, this.#writtenAt(at), layout, values);
  }

  /** Where no header vouches for a record, an empty one is none. */
  #decodeEvent(at: number, size: number): EvtxRecord {
    const record = this.#decode(at, size);
    if (this.#wasEmpty) throw new Damage("the record holds no event");
    return record;
  }

  #size(at: number): number {
    return this.#chunk.view.getUint32(at + 4, true);
  }

  /** 64 bits; beyond 2^53 the nearest number that there is. No log gets there by counting. */
  #recordId(at: number): number {
    return (
      this.#chunk.view.getUint32(at + 12, true) * 4_294_967_296 + this.#chunk.view.getUint32(at + 8, true)
    );
  }

  #writtenAt(at: number): number {
    return fileTimeMs(this.#chunk.view.getUint32(at + 20, true), this.#chunk.view.getUint32(at + 16, true));
  }

  #problem(kind: Problem["kind"], at: number, reason: string, recordId?: number): void {
    this.#sink.problem({
      kind,
      offset: this.#fileOffset + at,
      ...(recordId !== undefined && { recordId }),
      reason,
    });
  }
}

const EARLIEST = Date.UTC(1990, 0);
const LATEST = Date.UTC(2100, 0);

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += ZEROS.length) {
    const end = Math.min(to, at + ZEROS.length);
    if (bytes.compare(ZEROS, 0, end - at, at, end) !== 0) return false;
  }
  return true;
}

const ZEROS = Buffer.alloc(4096);

/** Damage is told as it is; a number or text beyond the chunk comes as a RangeError of the language. Anything else is a defect of ours. */
function reasonOf(error: unknown): string {
  if (error instanceof Damage) return error.message;
  if (error instanceof RangeError) return "it refers to something beyond the end of the chunk";
  throw error;
}
