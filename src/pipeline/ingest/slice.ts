import { createHash } from "node:crypto";
import type { Reader } from "../../sources/port.js";
import type { SliceOwner, Spool } from "./spool.js";

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
  /** Lines (of {@link Reader.rows} records) handed to the engine, or counted only where the log is not used. */
  dataLines: number;
  /** Data lines of a log that is recognised and not used. */
  unusedLines: number;
  rejects: { line: number; reason: string; text: string }[];
  /** Rejects among the rows of {@link Reader.rows}. They are too many to be held. */
  rejectRows: number;
  openEnd: boolean;
}

/** A slice that the manifest has, as far as the slicer needs it. */
export interface KnownSlice {
  id: string;
  byteFrom: number;
  byteTo: number;
  lineTo: number;
  openEnd: boolean;
}

/** Slices already in the manifest that may follow: by the slice before, and for first slices by the log's first data line. */
export type FindKnown = (previousId: string, headId: string) => readonly KnownSlice[];

export type SliceEvent = { kind: "new"; slice: Slice } | { kind: "known"; id: string };

/** Bytes of a decompressed log, with their SHA-256 in hex. */
export interface Stretch {
  from: number;
  bytes: number;
  digest: string;
}

/** Whether a longer slice that the case has begins with these bytes. */
export type IsBeginningOf = (known: KnownSlice, stretch: Stretch) => Promise<boolean>;

export interface SliceOptions {
  reader: Reader;
  spool: Spool;
  sensorId: string;
  realm: string;
  findKnown: FindKnown;
  /** Asked where a log ends before a known slice does: a shorter copy of a log adds nothing. */
  isBeginningOf: IsBeginningOf;
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

/** Digest of a log's first data line. A CR at its end may have been written later than the rest. */
export function headOf(line: Buffer): string {
  const text = line.at(-1) === CR ? line.subarray(0, -1) : line;
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

export function sliceId(previousId: string, contentDigest: string): string {
  return createHash("sha256").update(`${previousId}\n${contentDigest}`).digest("hex").slice(0, 32);
}
