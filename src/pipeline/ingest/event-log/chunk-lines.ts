import { ChunkReader, eventLine, lineNumber } from "../../../sources/evtx/index.js";

/** Records of one chunk that are new to the case. */
export interface ChunkPart {
  /** The chunk up to `to`: what is new may need templates of what is not. The rest is space that is not in use, often half of it. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the chunk that the file has. */
  length: number;
  /** Where the chunk begins in the file. */
  offset: number;
  /** Bytes of the chunk in which new records begin. */
  from: number;
  to: number;
  /** Slice that the records belong to. */
  sourceId: string;
}

export interface ChunkLines {
  /** UTF-8, one line for each record (`eventLine`). Lies in the room that was given, as far as that reached. */
  text: Uint8Array<ArrayBuffer>[];
  lines: number;
  rejects: { line: number; reason: string }[];
  warnings: string[];
}

/** Characters that are turned to bytes at once. */
const BLOCK = 1 << 18;

const encoder = new TextEncoder();
let reader: ChunkReader | undefined;

/** Bytes that the lines of a task may take without memory of their own. */
export const ROOM = 4 << 20;

/**
 * Reads chunks into lines. Never throws for what they hold. What was learned of templates serves all chunks of a thread.
 *
 * @param room memory that lines are written to, because new memory for each chunk costs more (to clear it, and to collect it) than the writing
 */
export function linesOf(
  parts: readonly ChunkPart[],
  room: Uint8Array<ArrayBuffer> = new Uint8Array(0),
): ChunkLines[] {
  reader ??= new ChunkReader(false);
  let used = 0;
  const encode = (text: string): Uint8Array<ArrayBuffer> => {
    // A character of a string is at most three bytes.
    if (room.length - used < 3 * text.length) return encoder.encode(text);
    const { written } = encoder.encodeInto(text, room.subarray(used));
    used += written;
    return room.subarray(used - written, used);
  };
  return parts.map((part) => linesOfPart(part, reader as ChunkReader, encode));
}

function linesOfPart(
  { bytes, length, offset, from, to, sourceId }: ChunkPart,
  reader: ChunkReader,
  encode: (text: string) => Uint8Array<ArrayBuffer>,
): ChunkLines {
  const result: ChunkLines = { text: [], lines: 0, rejects: [], warnings: [] };
  const isNew = (at: number): boolean => at >= offset + from && at < offset + to;
  let text = "";
  let lastId = 0;
  reader.bytes.set(bytes);
  reader.bytes.fill(0, bytes.length);
  reader.read(length, offset, {
    record(record) {
      lastId = record.recordId;
      if (!isNew(record.offset)) return;
      text += eventLine(record, sourceId);
      result.lines++;
      if (text.length < BLOCK) return;
      result.text.push(encode(text));
      text = "";
    },
    problem({ kind, offset: at, recordId, reason }) {
      // Of a chunk that the file breaks off in nothing is lost that could be told: it may be a log that is being written.
      const isOfChunk = at === offset && from > 0;
      const told = `byte ${at}: ${reason}`;
      if (kind === "warning" || isOfChunk) result.warnings.push(told);
      else if (isNew(at)) result.rejects.push({ line: lineNumber(recordId ?? lastId + 1), reason: told });
    },
  });
  if (text !== "") result.text.push(encode(text));
  return result;
}
