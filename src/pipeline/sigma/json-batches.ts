import { JsonSplitter, RECOGNISED_BY, recognise } from "../../sources/windows-json/index.js";
import { type Opened, openAll, peek, UnpackError } from "../archive/index.js";

/** Records of one file of JSON, a few at a time. */
export interface JsonBatch {
  path: string;
  texts: string[];
  /** Where each begins. */
  lines: number[];
  rejects: { line: number; reason: string }[];
}

/** What became of a file, told before its first batch or after its last. */
export type JsonPart =
  | { path: string; batch: JsonBatch }
  /** None of it is read. */
  | { path: string; refused: string }
  /** Reading ended early. */
  | { path: string; broken: string };

/** Characters of a batch: a thread's answer stays small. */
const BATCH = 1 << 20;
const MOST_REJECTS = 1000;

/**
 * Reads a file of Windows events as JSON, or all such files in an archive.
 * @throws the system's error where the file cannot be read
 */
export async function* jsonParts(path: string): AsyncGenerator<JsonPart> {
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

async function* partsOf(opened: Opened): AsyncGenerator<JsonPart> {
  const { path } = opened;
  const { head, chunks } = await peek(opened.chunks, RECOGNISED_BY);
  const refused = recognise(head.subarray(0, RECOGNISED_BY));
  let batch = emptyBatch(path);
  let size = 0;
  const splitter = new JsonSplitter({
    record(text, line) {
      batch.texts.push(text);
      batch.lines.push(line);
      size += text.length;
    },
    reject: (line, reason) => void batch.rejects.push({ line, reason }),
  });
  try {
    for await (const chunk of chunks) {
      if (refused !== undefined) break;
      splitter.push(chunk);
      if (size < BATCH && batch.rejects.length < MOST_REJECTS) continue;
      yield { path, batch };
      batch = emptyBatch(path);
      size = 0;
    }
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    if (refused === undefined) {
      splitter.end();
      yield { path, batch };
      yield { path, broken: error.message };
    } else yield { path, refused: error.message };
    return;
  }
  if (refused !== undefined) {
    yield { path, ...refused };
    return;
  }
  splitter.end();
  yield { path, batch };
}

function emptyBatch(path: string): JsonBatch {
  return { path, texts: [], lines: [], rejects: [] };
}
