import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { CHUNK_SIZE, type EvtxFile, lineNumber, recordExtent } from "../../../sources/evtx/index.js";
import { inBlocks } from "../../archive/blocks.js";
import { inputProblem } from "../../system-error.js";
import { type ByteSource, compressionOf } from "../decompress.js";
import { readMagic } from "../probe.js";
import { type FindKnown, type IsBeginningOf, sliceId } from "../slice.js";
import { digestOfStretch } from "../stretch.js";
import type { ChunkPart } from "./chunk-rows.js";

/** New records of one chunk, with what makes them a slice. `bytes` are the cutter's own, which reads the next chunk into them. */
export interface EventSlice extends Omit<ChunkPart, "owner"> {
  sourceId: string;
  previousId: string;
  headId: string;
  byteFrom: number;
  byteTo: number;
  lineFrom: number;
  lineTo: number;
}

export type EventCut =
  | { kind: "new"; slice: EventSlice }
  | { kind: "known"; id: string }
  /** Behind what was cut of a chunk. `bytes` are the cutter's own, as above. */
  | { kind: "chunk"; bytes: Buffer; offset: number; slices: readonly string[] }
  /** Bytes of a record that the file breaks off in. */
  | { kind: "torn"; bytes: number }
  /** The rest of the file cannot be read. */
  | { kind: "broken"; reason: string };

/**
 * Cuts an event log into the records of its chunks. A chunk is known by content wherever it stands and whatever stands beside it, because
 * Windows overwrites a full log chunk by chunk, and writes on in the last one: the records of a chunk are a slice, and those that were appended since are
 * a slice that follows it.
 *
 * @param file its size is put right at the end of a stream
 * @param stream the log's bytes, where it does not lie on disk as it is
 */
export async function* cutEventLog(
  file: EvtxFile,
  findKnown: FindKnown,
  isBeginningOf: IsBeginningOf,
  stream?: ByteSource,
): AsyncGenerator<EventCut> {
  for await (const block of stream === undefined ? blocksOfFile(file) : blocksOfStream(file, stream)) {
    if ("kind" in block) yield block;
    else yield* withSlices(block.bytes, block.offset, findKnown, isBeginningOf);
  }
}

/** A chunk's place in the file, or what stands before the first chunk of one without a header. Its bytes are good until the next is asked for. */
type Block = { offset: number; bytes: Buffer } | Extract<EventCut, { kind: "broken" }>;

function startsWithout({ header, start }: EvtxFile): boolean {
  return header === undefined && start > 0 && start < CHUNK_SIZE;
}

function* blocksOfFile(file: EvtxFile): Generator<Block> {
  const descriptor = openSync(file.path, "r");
  const block = Buffer.allocUnsafe(CHUNK_SIZE);
  try {
    if (startsWithout(file)) yield { offset: 0, bytes: readInto(block, descriptor, 0, file.start) };
    for (let offset = file.start; offset < file.size; offset += CHUNK_SIZE) {
      let bytes: Buffer;
      try {
        bytes = readInto(block, descriptor, offset, Math.min(CHUNK_SIZE, file.size - offset));
      } catch (error) {
        yield { kind: "broken", reason: `reading broke off at byte ${offset}: ${inputProblem(error)}` };
        return;
      }
      if (bytes.length === 0) return;
      yield { offset, bytes };
    }
  } finally {
    closeSync(descriptor);
  }
}

async function* withSlices(
  bytes: Buffer,
  offset: number,
  findKnown: FindKnown,
  isBeginningOf: IsBeginningOf,
): AsyncGenerator<EventCut> {
  const slices: string[] = [];
  for await (const cut of cutChunk(bytes, offset, findKnown, isBeginningOf)) {
    if (cut.kind === "known") slices.push(cut.id);
    else if (cut.kind === "new") slices.push(cut.slice.sourceId);
    yield cut;
  }
  yield { kind: "chunk", bytes, offset, slices };
}

async function* blocksOfStream(file: EvtxFile, { chunks, problem }: ByteSource): AsyncGenerator<Block> {
  let offset = 0;
  for await (const bytes of inBlocks(chunks, file.start, CHUNK_SIZE)) {
    if (offset >= file.start || startsWithout(file)) yield { offset, bytes };
    offset += bytes.length;
  }
  file.size = offset;
  const reason = problem();
  if (reason !== undefined) yield { kind: "broken", reason };
}

async function* cutChunk(
  bytes: Buffer,
  offset: number,
  findKnown: FindKnown,
  isBeginningOf: IsBeginningOf,
): AsyncGenerator<EventCut> {
  const extent = recordExtent(bytes);
  if (extent === undefined) return;
  const { to, torn, records } = extent;
  if (torn > 0) yield { kind: "torn", bytes: torn };
  const headId = digestOf(bytes.subarray(extent.from, extent.firstEnd)).slice(0, 32);
  let from = extent.from;
  let previousId = "";
  while (from < to) {
    const candidates = findKnown(previousId, headId);
    const known = candidates
      .filter(({ id, byteFrom, byteTo }) => {
        const length = byteTo - byteFrom;
        return (
          from + length <= to && id === sliceId(previousId, digestOf(bytes.subarray(from, from + length)))
        );
      })
      .reduce<(typeof candidates)[number] | undefined>(
        (best, each) =>
          best === undefined || each.byteTo - each.byteFrom > best.byteTo - best.byteFrom ? each : best,
        undefined,
      );
    if (known === undefined) break;
    yield { kind: "known", id: known.id };
    previousId = known.id;
    from += known.byteTo - known.byteFrom;
  }
  if (from >= to) return;
  const contentDigest = digestOf(bytes.subarray(from, to));
  for (const known of findKnown(previousId, headId)) {
    if (known.byteTo - known.byteFrom <= to - from) continue;
    // An older copy of a chunk that was written on since.
    const stretch = { from: known.byteFrom, bytes: to - from, digest: contentDigest };
    if (await isBeginningOf(known, stretch)) {
      yield { kind: "known", id: known.id };
      return;
    }
  }
  const ids = records.filter(({ at }) => at >= from && at < to).map(({ id }) => lineNumber(id));
  yield {
    kind: "new",
    slice: {
      bytes: bytes.subarray(0, to),
      length: bytes.length,
      offset,
      from,
      to,
      sourceId: sliceId(previousId, contentDigest),
      previousId,
      headId,
      byteFrom: offset + from,
      byteTo: offset + to,
      lineFrom: ids.reduce((least, id) => Math.min(least, id), ids[0] ?? 0),
      lineTo: ids.reduce((most, id) => Math.max(most, id), 0),
    },
  };
}

/** SHA-256 (hex) of some bytes of an event log; undefined where the file is gone or too short. */
export async function digestOfPart(path: string, from: number, length: number): Promise<string | undefined> {
  return isOnDisk(path) ? digestOfBytes(path, from, length) : digestOfStretch(path, from, length, undefined);
}

/** Whether a log can be read at any place: it is neither compressed nor in an archive. */
export function isOnDisk(path: string): boolean {
  return existsSync(path) && compressionOf(readMagic(path)) === "none";
}

function digestOfBytes(path: string, from: number, length: number): string | undefined {
  try {
    const descriptor = openSync(path, "r");
    try {
      const bytes = readAt(descriptor, from, length);
      return bytes.length === length ? digestOf(bytes) : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

export function readAt(descriptor: number, position: number, wanted: number): Buffer {
  return readInto(Buffer.alloc(wanted), descriptor, position, wanted);
}

/** A read may give less than it was asked for before the end of the file. */
function readInto(bytes: Buffer, descriptor: number, position: number, wanted: number): Buffer {
  let length = 0;
  while (length < wanted) {
    const got = readSync(descriptor, bytes, length, wanted - length, position + length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
