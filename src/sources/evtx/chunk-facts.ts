import { chunkHeader, isChunk } from "./chunk-header.js";
import { CHUNK_HEADER_SIZE, CHUNK_SIZE, RECORD_SIGNATURE, SMALLEST_RECORD } from "./format.js";
import { recordExtent } from "./record-extent.js";
import { fileTimeMs } from "./times.js";

/** A record's frame: what it says of itself without being read. */
export interface FrameFact {
  id: number;
  /** When it was written, milliseconds since 1970. */
  time: number;
}

/** What a chunk shows without reading what its records hold. */
export interface ChunkFacts {
  headerChecksum: Checksum;
  dataChecksum: Checksum;
  /** As the header says; 0 where it counts none. */
  firstNumber: number;
  lastNumber: number;
  /** In the order of their bytes. */
  frames: readonly FrameFact[];
  freeBytes: number;
  /** Ids of whole records in the space that is not in use. */
  slackIds: readonly number[];
}

/** `none` where checksums are not kept, or where the chunk is not there whole. */
export type Checksum = "right" | "wrong" | "none";

const SIGNATURE = Buffer.from([0x2a, 0x2a, 0, 0]);

/** @param bytes a chunk, shorter than 64 KiB where the file ends; undefined where none begins */
export function chunkFacts(bytes: Buffer): ChunkFacts | undefined {
  if (!isChunk(bytes) || bytes.length < CHUNK_HEADER_SIZE) return undefined;
  const whole = bytes.length === CHUNK_SIZE;
  const header = chunkHeader(bytes);
  const { freeOffset } = header;
  const extent = recordExtent(bytes);
  const end = extent?.to ?? CHUNK_HEADER_SIZE;
  const trusted = freeOffset >= CHUNK_HEADER_SIZE && freeOffset <= CHUNK_SIZE;
  const checksum = (verdict: "right" | "wrong" | undefined) => (whole ? (verdict ?? "none") : "none");
  return {
    headerChecksum: checksum(header.headerChecksum),
    dataChecksum: checksum(header.dataChecksum),
    firstNumber: counted(header.firstNumber),
    lastNumber: counted(header.lastNumber),
    frames: (extent?.records ?? []).map(({ at, id }) => ({ id, time: writtenAt(bytes, at) })),
    freeBytes: CHUNK_SIZE - (trusted ? freeOffset : end),
    slackIds: slackIds(bytes, trusted ? Math.max(freeOffset, end) : end),
  };
}

/** An empty chunk counts from 1 to 2^64 - 1. */
const counted = (number: number): number => (Number.isSafeInteger(number) ? number : 0);

function slackIds(bytes: Buffer, from: number): number[] {
  const ids: number[] = [];
  for (let at = bytes.indexOf(SIGNATURE, from); at >= 0; ) {
    const size = at + SMALLEST_RECORD <= bytes.length ? bytes.readUInt32LE(at + 4) : 0;
    const framed =
      size >= SMALLEST_RECORD &&
      at + size <= bytes.length &&
      bytes.readUInt32LE(at) === RECORD_SIGNATURE &&
      bytes.readUInt32LE(at + size - 4) === size;
    if (framed) ids.push(bytes.readUInt32LE(at + 12) * 4_294_967_296 + bytes.readUInt32LE(at + 8));
    at = bytes.indexOf(SIGNATURE, framed ? at + size : at + 1);
  }
  return ids;
}

const writtenAt = (bytes: Buffer, at: number): number =>
  fileTimeMs(bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 16));
