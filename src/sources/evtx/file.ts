import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { nextChunk } from "./chunk-header.js";
import type { ChunkReader, ChunkSink } from "./chunk-reader.js";
import { type FileHeader, RECOGNISED_BY, recognise } from "./file-header.js";
import { CHUNK_SIZE } from "./format.js";

/** An event log that can be read: chunks begin at `start`, one every 64 KiB. */
export interface EvtxFile {
  path: string;
  size: number;
  start: number;
  header: FileHeader | undefined;
  /** Something about the file as a whole that is not as it should be. */
  warning: string | undefined;
}

/**
 * Looks at the beginning of a file. With `carve`, any file is taken: chunks are looked for from its beginning to its end.
 * @throws the system's error where the file cannot be read
 */
export function openEvtx(path: string, carve: boolean): EvtxFile | { refused: string } {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const head = Buffer.alloc(RECOGNISED_BY);
    const recognised = recognise(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)), size);
    if (!("refused" in recognised))
      return { path, size, start: recognised.start, header: recognised.header, warning: recognised.warning };
    if (!carve || size === 0) return recognised;
    const first = findChunk(descriptor, size);
    return {
      path,
      size,
      start: first < 0 ? 0 : first % CHUNK_SIZE,
      header: undefined,
      warning: `${recognised.refused}; looked for records in it all the same`,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** An event log that comes as a stream: how long it is shows at its end. @param head its first bytes, {@link RECOGNISED_BY} or more if there are */
export function openEvtxStream(path: string, head: Buffer): EvtxFile | { refused: string } {
  const size = head.length < RECOGNISED_BY ? head.length : Number.POSITIVE_INFINITY;
  const recognised = recognise(head.subarray(0, RECOGNISED_BY), size);
  if ("refused" in recognised) return recognised;
  return { path, size, start: recognised.start, header: recognised.header, warning: recognised.warning };
}

/** A part of a file that can be read by itself. */
export interface Segment {
  file: EvtxFile;
  from: number;
  to: number;
}

/** The file in parts of whole chunks; what stands before the first chunk of a file without a header is a part of its own. */
export function* segmentsOf(file: EvtxFile, chunks: number): Generator<Segment> {
  if (file.header === undefined && file.start > 0) yield { file, from: 0, to: file.start };
  for (let from = file.start; from < file.size; from += chunks * CHUNK_SIZE)
    yield { file, from, to: Math.min(file.size, from + chunks * CHUNK_SIZE) };
}

/** Reads whole chunks that are in memory. @param from byte in the log */
export function readChunks(bytes: Uint8Array, from: number, reader: ChunkReader, sink: ChunkSink): void {
  for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
    const chunk = bytes.subarray(at, at + CHUNK_SIZE);
    reader.bytes.set(chunk);
    reader.read(chunk.length, from + at, sink);
  }
}

/**
 * Reads a segment chunk by chunk, so that memory does not depend on the file; a reader that carves goes through it twice.
 * @throws the system's error where the file cannot be read
 */
export function readSegment(segment: Segment, reader: ChunkReader, sink: ChunkSink): void {
  const descriptor = openSync(segment.file.path, "r");
  try {
    if (reader.carves) {
      // Templates of other segments would help as well, but then it would matter which of them the thread has read.
      reader.forget();
      for (const { length } of blocksOf(descriptor, segment, reader)) reader.learn(length);
    }
    for (const { at, length } of blocksOf(descriptor, segment, reader)) {
      if (length > 0) reader.read(length, at, sink);
      else
        sink.problem({ kind: "chunk", offset: at, reason: "the file has become shorter while it was read" });
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Puts one block after the other into the reader. The last has no bytes where the file ends before the segment does. */
function* blocksOf(
  descriptor: number,
  { from, to }: Segment,
  { bytes }: ChunkReader,
): Generator<{ at: number; length: number }> {
  for (let at = from; at < to; at += CHUNK_SIZE) {
    const length = fill(descriptor, bytes, Math.min(CHUNK_SIZE, to - at), at);
    yield { at, length };
    if (length === 0) return;
  }
}

/** Where the first chunk begins, or -1. */
function findChunk(descriptor: number, size: number): number {
  const block = Buffer.alloc(16 * CHUNK_SIZE);
  // A signature may lie across two blocks.
  for (let at = 0; at < size; at += block.length - 8) {
    const length = fill(descriptor, block, block.length, at);
    const found = nextChunk(block.subarray(0, length), 0);
    if (found >= 0) return at + found;
    if (length < block.length) break;
  }
  return -1;
}

/** A read may give less than it was asked for before the end of the file. */
function fill(descriptor: number, bytes: Buffer, wanted: number, position: number): number {
  let length = 0;
  while (length < wanted) {
    const got = readSync(descriptor, bytes, length, wanted - length, position + length);
    if (got === 0) break;
    length += got;
  }
  return length;
}
