import { crc32 } from "node:zlib";
import { CHUNK_HEADER_SIZE, CHUNK_SIZE } from "./format.js";

/**
 * What a chunk says about itself ([Metz] "Chunk header"). Its tables of strings and templates (bytes 128 to 511) only help Windows to write
 * quickly: every name and template has its own offset where it is used, so the tables are neither needed nor trusted here.
 */
export interface ChunkHeader {
  firstNumber: number;
  lastNumber: number;
  firstId: number;
  lastId: number;
  lastRecordOffset: number;
  /** Where the records end. */
  freeOffset: number;
  /** Undefined where the chunk was written without checksums. */
  headerChecksum: "right" | "wrong" | undefined;
  dataChecksum: "right" | "wrong" | undefined;
}

const SIGNATURE = Buffer.from("ElfChnk\0", "latin1");
/** Flag of the chunk, as of the file (version 3.2): checksums are not kept. */
const NO_CHECKSUM = 4;

export function isChunk(bytes: Buffer, at = 0): boolean {
  return bytes.length >= at + 8 && SIGNATURE.compare(bytes, at, at + 8) === 0;
}

/** Where a chunk's signature stands next, or -1. */
export function nextChunk(bytes: Buffer, from: number): number {
  return bytes.indexOf(SIGNATURE, from);
}

/** @param bytes one chunk, which {@link isChunk} has recognised */
export function chunkHeader(bytes: Buffer): ChunkHeader {
  const freeOffset = bytes.readUInt32LE(48);
  const checked = (bytes.readUInt32LE(120) & NO_CHECKSUM) === 0;
  const verdict = (right: boolean) =>
    !checked ? undefined : right ? ("right" as const) : ("wrong" as const);
  const inRange = freeOffset >= CHUNK_HEADER_SIZE && freeOffset <= CHUNK_SIZE;
  return {
    firstNumber: Number(bytes.readBigUInt64LE(8)),
    lastNumber: Number(bytes.readBigUInt64LE(16)),
    firstId: Number(bytes.readBigUInt64LE(24)),
    lastId: Number(bytes.readBigUInt64LE(32)),
    lastRecordOffset: bytes.readUInt32LE(44),
    freeOffset,
    headerChecksum: verdict(
      crc32(bytes.subarray(128, 512), crc32(bytes.subarray(0, 120))) === bytes.readUInt32LE(124),
    ),
    dataChecksum: verdict(
      inRange && crc32(bytes.subarray(CHUNK_HEADER_SIZE, freeOffset)) === bytes.readUInt32LE(52),
    ),
  };
}
