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
  /** UTF-8, one line for each record (`eventLine`). */
  text: Uint8Array<ArrayBuffer>[];
  lines: number;
  rejects: { line: number; reason: string }[];
  warnings: string[];
}

/** Characters that are turned to bytes at once. */
const BLOCK = 1 << 18;

const encoder = new TextEncoder();
let reader: ChunkReader | undefined;

/** Reads chunks into lines. Never throws for what they hold. What was learned of templates serves all chunks of a thread. */
export function linesOf(parts: readonly ChunkPart[]): ChunkLines[] {
  reader ??= new ChunkReader(false);
  return parts.map((part) => linesOfPart(part, reader as ChunkReader));
}

function linesOfPart(
  { bytes, length, offset, from, to, sourceId }: ChunkPart,
  reader: ChunkReader,
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
      result.text.push(encoder.encode(text));
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
  if (text !== "") result.text.push(encoder.encode(text));
  return result;
}
