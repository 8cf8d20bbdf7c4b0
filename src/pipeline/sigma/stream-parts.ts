import { CHUNK_SIZE, openEvtxStream } from "../../sources/evtx/index.js";
import { recognise as recogniseLinux } from "../../sources/linux/index.js";
import { JsonSplitter, recognise as recogniseJson } from "../../sources/windows-json/index.js";
import { inBlocks } from "../archive/blocks.js";
import { type Opened, openAll, peek, UnpackError } from "../archive/index.js";
import { HEAD_BYTES } from "../ingest/probe.js";
import { LineSplitter } from "../line-splitter.js";

/** Records of one text, a few at a time: of Windows events as JSON, or lines of a Linux host's log. */
export interface RecordBatch {
  path: string;
  kind: TextKind;
  texts: string[];
  /** Where each begins. */
  lines: number[];
  rejects: { line: number; reason: string }[];
}

type TextKind = "json" | "linux";

/** Whole chunks of an event log that does not lie on disk as it is; or what stands before its first. */
export interface ChunkBlock {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Byte in the log. */
  from: number;
}

/** What became of a file, told before its first part or after its last. */
export type StreamPart =
  | { path: string; part: RecordBatch | ChunkBlock }
  /** None of it is read. */
  | { path: string; refused: string }
  /** Reading ended early. */
  | { path: string; broken: string };

/** Characters of a batch: a thread's answer stays small. */
const BATCH = 1 << 20;
const MOST_REJECTS = 1000;
const CHUNKS_PER_BLOCK = 16;

/**
 * Reads what events there are in a file that is no event log as it lies on disk: text, an archive, a compressed file.
 * @throws the system's error where the file cannot be read
 */
export async function* streamParts(path: string): AsyncGenerator<StreamPart> {
  let members = 0;
  try {
    for await (const opened of openAll(path)) {
      members++;
      yield* partsOf(opened);
    }
    if (members === 0) yield { path, refused: "there is no file in the archive" };
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    yield members === 0 ? { path, refused: error.message } : { path, broken: error.message };
  }
}

async function* partsOf({ path, chunks: all }: Opened): AsyncGenerator<StreamPart> {
  const { head, chunks } = await peek(all, HEAD_BYTES);
  const log = openEvtxStream(path, head);
  const recognised = "refused" in log ? textKind(head.subarray(0, HEAD_BYTES), log.refused) : log;
  if ("refused" in recognised) {
    // What broke off at its beginning is told by that.
    if (head.length < HEAD_BYTES)
      try {
        for await (const _ of chunks);
      } catch (error) {
        if (!(error instanceof UnpackError)) throw error;
        yield { path, refused: error.message };
        return;
      }
    yield { path, refused: recognised.refused };
    return;
  }
  try {
    if ("start" in recognised) yield* blocksOf(path, chunks, recognised.start);
    else yield* batchesOf(path, chunks, recognised.kind);
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    yield { path, broken: error.message };
  }
}

function textKind(head: Buffer, noEventLog: string): { kind: TextKind } | { refused: string } {
  const json = recogniseJson(head);
  if (!("refused" in json)) return { kind: "json" };
  const linux = recogniseLinux(head);
  if (!("refused" in linux)) return { kind: "linux" };
  return {
    refused: `${noEventLog}; nor Windows events as JSON: ${json.refused}; nor a Linux host's log: ${linux.refused}`,
  };
}

async function* blocksOf(
  path: string,
  chunks: AsyncIterable<Buffer>,
  start: number,
): AsyncGenerator<StreamPart> {
  let from = 0;
  for await (const bytes of inBlocks(chunks, start, CHUNKS_PER_BLOCK * CHUNK_SIZE)) {
    if (from >= start) yield { path, part: { path, bytes, from } };
    from += bytes.length;
  }
}

async function* batchesOf(
  path: string,
  chunks: AsyncIterable<Buffer>,
  kind: TextKind,
): AsyncGenerator<StreamPart> {
  const empty = (): RecordBatch => ({ path, kind, texts: [], lines: [], rejects: [] });
  let batch = empty();
  let size = 0;
  const sink = {
    record(text: string, line: number) {
      batch.texts.push(text);
      batch.lines.push(line);
      size += text.length;
    },
    reject: (line: number, reason: string) => void batch.rejects.push({ line, reason }),
  };
  const splitter = kind === "json" ? new JsonSplitter(sink) : linesTo(sink);
  let failure: unknown;
  try {
    for await (const chunk of chunks) {
      splitter.push(chunk);
      if (size < BATCH && batch.rejects.length < MOST_REJECTS) continue;
      yield { path, part: batch };
      batch = empty();
      size = 0;
    }
  } catch (error) {
    failure = error;
  }
  splitter.end();
  yield { path, part: batch };
  if (failure !== undefined) throw failure;
}

/** Every line is a record. */
function linesTo({ record }: { record(text: string, line: number): void }): {
  push(bytes: Buffer): void;
  end(): void;
} {
  let line = 0;
  const splitter = new LineSplitter((bytes) => record(bytes.toString("utf8"), ++line));
  return { push: (bytes) => splitter.push(bytes), end: () => splitter.finish() };
}
