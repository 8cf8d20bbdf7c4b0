import { ChunkReader, lineNumber, type RecordOwner, writeEvent } from "../../../sources/evtx/index.js";
import { RowBinaryWriter } from "../../../sources/row-binary.js";

/** Records of one chunk that are new to the case. */
export interface ChunkPart {
  /** The chunk up to `to`: what is new may need templates of what is not. The rest is space that is not in use, often half of it. */
  bytes: Uint8Array;
  /** Bytes of the chunk that the file has. */
  length: number;
  /** Where the chunk begins in the file. */
  offset: number;
  /** Bytes of the chunk in which new records begin. */
  from: number;
  to: number;
  owner: RecordOwner;
}

export interface ChunkRows {
  /** One row for each record (`writeEvent`). */
  rows: Uint8Array;
  records: number;
  rejects: { line: number; reason: string }[];
  warnings: string[];
}

let reader: ChunkReader | undefined;

/**
 * Reads chunks into rows. Never throws for what they hold. What was learned of templates serves all chunks of a thread.
 *
 * @param room memory to write rows to; where it does not reach, they lie in other
 */
export function rowsOf(parts: readonly ChunkPart[], room: SharedArrayBuffer): ChunkRows[] {
  reader ??= new ChunkReader(false);
  const writer = new RowBinaryWriter(room);
  const read: (Omit<ChunkRows, "rows"> & { from: number; to: number })[] = [];
  for (const part of parts) {
    const from = writer.used;
    read.push({ ...readPart(part, reader, writer), from, to: writer.used });
  }
  const { memory } = writer;
  return read.map(({ from, to, ...rest }) => ({ ...rest, rows: new Uint8Array(memory, from, to - from) }));
}

function readPart(
  { bytes, length, offset, from, to, owner }: ChunkPart,
  reader: ChunkReader,
  writer: RowBinaryWriter,
): Omit<ChunkRows, "rows"> {
  const result = { records: 0, rejects: [] as ChunkRows["rejects"], warnings: [] as string[] };
  const isNew = (at: number): boolean => at >= offset + from && at < offset + to;
  let lastId = 0;
  reader.bytes.set(bytes);
  reader.bytes.fill(0, bytes.length);
  reader.read(length, offset, {
    record(record) {
      lastId = record.recordId;
      if (!isNew(record.offset)) return;
      writeEvent(writer, record, owner);
      result.records++;
    },
    problem({ kind, offset: at, recordId, reason }) {
      // Of a chunk that the file breaks off in nothing is lost that could be told: it may be a log that is being written.
      const isOfChunk = at === offset && from > 0;
      const told = `byte ${at}: ${reason}`;
      if (kind === "warning" || isOfChunk) result.warnings.push(told);
      else if (isNew(at)) result.rejects.push({ line: lineNumber(recordId ?? lastId + 1), reason: told });
    },
  });
  return result;
}
