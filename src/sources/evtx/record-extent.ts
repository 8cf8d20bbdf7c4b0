import { isChunk } from "./chunk-header.js";
import {
  CHUNK_HEADER_SIZE,
  CHUNK_SIZE,
  RECORD_HEADER_SIZE,
  RECORD_SIGNATURE,
  SMALLEST_RECORD,
} from "./format.js";

/**
 * The part of a chunk that holds its records, in bytes from the beginning of the chunk. Windows only ever appends to it, until it overwrites the chunk as
 * a whole; the chunk's header, which it changes with each record, is not part of it.
 */
export interface RecordExtent {
  from: number;
  /** End of the first record. */
  firstEnd: number;
  to: number;
  /** Bytes behind `to` of a record that the file breaks off in. */
  torn: number;
  /** Offset and id of each record whose frame is whole. */
  records: readonly { at: number; id: number }[];
}

const ZEROS = Buffer.alloc(CHUNK_SIZE);

/**
 * Walks the frames of a chunk's records as {@link ChunkReader} does, without reading what they hold. Undefined where the chunk has none and
 * nothing is damaged. Where damage makes the rest of a chunk unreadable, the rest belongs to the extent; space that was never written does not.
 * @param bytes a chunk, or what stands in its place; shorter than 64 KiB where the file ends
 */
export function recordExtent(bytes: Buffer): RecordExtent | undefined {
  const { length } = bytes;
  if (!isChunk(bytes)) {
    if (bytes.equals(ZEROS.subarray(0, length))) return undefined;
    return { from: 0, firstEnd: length, to: length, torn: 0, records: [] };
  }
  if (length < CHUNK_HEADER_SIZE) return undefined;
  const free = bytes.readUInt32LE(48);
  const trusted = free >= CHUNK_HEADER_SIZE && free <= CHUNK_SIZE;
  const end = Math.min(trusted ? free : CHUNK_SIZE, length);
  const records: { at: number; id: number }[] = [];
  let at = CHUNK_HEADER_SIZE;
  let stop: "end" | "torn" | "damage" = "end";
  while (at + SMALLEST_RECORD <= end) {
    const size = bytes.readUInt32LE(at + 4);
    if (bytes.readUInt32LE(at) !== RECORD_SIGNATURE || size < SMALLEST_RECORD || at + size > CHUNK_SIZE) {
      const unwritten = bytes
        .subarray(at, Math.min(end, at + RECORD_HEADER_SIZE))
        .every((byte) => byte === 0);
      if (!unwritten) stop = "damage";
      break;
    }
    if (at + size > length) {
      stop = "torn";
      break;
    }
    records.push({ at, id: bytes.readUInt32LE(at + 12) * 4_294_967_296 + bytes.readUInt32LE(at + 8) });
    at += size;
  }
  const to = stop === "damage" ? end : at;
  const torn = stop === "torn" ? end - at : 0;
  if (to === CHUNK_HEADER_SIZE && torn === 0) return undefined;
  return {
    from: CHUNK_HEADER_SIZE,
    firstEnd: records.length === 0 ? to : (records[1]?.at ?? at),
    to,
    torn,
    records,
  };
}
