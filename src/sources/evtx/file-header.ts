import { crc32 } from "node:zlib";
import { isChunk } from "./chunk-header.js";
import { FILE_HEADER_SIZE } from "./format.js";

/** What a file says about itself ([Metz] "File header"). Only the signature is needed to read it. */
export interface FileHeader {
  /** E.g. `3.1`. */
  version: string;
  /** The log was not closed: the file was copied from a running system, or the system crashed. The numbers in the header are old then. */
  dirty: boolean;
  full: boolean;
  chunks: number;
  nextRecordId: number;
  /** Undefined where the file is kept without checksums (version 3.2). */
  checksum: "right" | "wrong" | undefined;
}

const SIGNATURE = Buffer.from("ElfFile\0", "latin1");
const FLAG = { dirty: 1, full: 2, noChecksum: 4 };

export function isEventLog(bytes: Buffer): boolean {
  return SIGNATURE.equals(bytes.subarray(0, 8));
}

/** Undefined where the bytes are not the beginning of an event log. */
function fileHeader(bytes: Buffer): FileHeader | undefined {
  if (bytes.length < 128 || !isEventLog(bytes)) return undefined;
  const flags = bytes.readUInt32LE(120);
  const right = crc32(bytes.subarray(0, 120)) === bytes.readUInt32LE(124);
  return {
    version: `${bytes.readUInt16LE(38)}.${bytes.readUInt16LE(36)}`,
    dirty: (flags & FLAG.dirty) !== 0,
    full: (flags & FLAG.full) !== 0,
    chunks: bytes.readUInt16LE(42),
    nextRecordId: Number(bytes.readBigUInt64LE(24)),
    checksum: (flags & FLAG.noChecksum) !== 0 ? undefined : right ? "right" : "wrong",
  };
}

/** Bytes from the beginning of a file that {@link recognise} looks at. */
export const RECOGNISED_BY = FILE_HEADER_SIZE + 8;

export type Recognised =
  | { start: number; header: FileHeader | undefined; warning?: string }
  /** Why not, in half a sentence. */
  | { refused: string };

/** Whether a file is an event log, and where its chunks begin. */
export function recognise(head: Buffer, size: number): Recognised {
  if (size === 0) return { refused: "the file is empty" };
  const header = fileHeader(head);
  if (header !== undefined) {
    if (size <= FILE_HEADER_SIZE) return { refused: "the file ends before its first chunk" };
    const wrong = header.checksum === "wrong";
    return {
      start: FILE_HEADER_SIZE,
      header,
      ...(wrong && { warning: "the checksum of the file's header is wrong" }),
    };
  }
  if (isChunk(head, FILE_HEADER_SIZE))
    return { start: FILE_HEADER_SIZE, header: undefined, warning: "the file's header is damaged" };
  if (isChunk(head, 0))
    return { start: 0, header: undefined, warning: "the file begins with a chunk, without a header" };
  if (head.subarray(4, 8).equals(Buffer.from("LfLe")))
    return {
      refused:
        "an event log of Windows XP or 2003 (EVT); convert it on Windows: wevtutil export-log FILE.evt FILE.evtx /lf:true",
    };
  if (head.every((byte) => byte === 0))
    return { refused: `it begins with ${head.length} zeros instead of an event log` };
  return { refused: "not a Windows event log (EVTX): it does not begin with ElfFile" };
}
