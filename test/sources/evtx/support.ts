import { ChunkReader, type EvtxRecord, jsonLine, type Problem } from "../../../src/sources/evtx/index.js";
import { type Body, ChunkWriter, type RecordSpec } from "../../support/evtx-writer.js";

export interface Read {
  records: EvtxRecord[];
  problems: Problem[];
  /** Of each record, as it came. */
  xml: string[];
}

/** Reads chunks with one reader, as if they stood one after the other in a file. */
export function readChunks(
  chunks: readonly Buffer[],
  options: { carve?: boolean; reader?: ChunkReader } = {},
): Read {
  const reader = options.reader ?? new ChunkReader(options.carve);
  const read: Read = { records: [], problems: [], xml: [] };
  for (const [index, chunk] of chunks.entries()) {
    chunk.copy(reader.bytes);
    reader.read(chunk.length, 4096 + index * 65_536, {
      record(record) {
        read.records.push(record);
        read.xml.push(reader.xml(record));
      },
      problem: (problem) => read.problems.push(problem),
    });
  }
  return read;
}

export function chunkOf(...records: RecordSpec[]): Buffer {
  return new ChunkWriter().add(...records).finish();
}

/** The one record of a chunk with this body. */
export function readBody(body: Body | RecordSpec["body"]): { record: EvtxRecord; xml: string } {
  const { records, problems, xml } = readChunks([chunkOf({ id: 1, body })]);
  const [record] = records;
  if (record === undefined || problems.length > 0)
    throw new Error(`not read: ${problems.map(({ reason }) => reason).join("; ")}`);
  return { record, xml: xml[0] ?? "" };
}

/** As the command prints it. */
export function line(record: EvtxRecord | undefined): Record<string, unknown> {
  if (record === undefined) throw new Error("there is no such record");
  return JSON.parse(jsonLine(record, '"f.evtx"'));
}

export function dataOf(record: EvtxRecord | undefined): unknown {
  return line(record).data;
}
