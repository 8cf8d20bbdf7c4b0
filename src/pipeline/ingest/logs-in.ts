import { posix, resolve } from "node:path";
import type { Probe } from "../../sources/port.js";
import { IN_ARCHIVE, isTar, isZip, openAll, peek, UnpackError } from "../archive/index.js";
import { inputProblem } from "../system-error.js";
import { type ByteSource, openBytes } from "./decompress.js";
import { HEAD_BYTES, probeFile, probeOf } from "./probe.js";
import type { InputFile } from "./walk.js";

/** A log to be read from its beginning to its end: a file, or a file in an archive. */
export interface LogInput {
  /** As the user would write it; in an archive `archive.zip!/name`. */
  path: string;
  /** The same from the root of the file system. */
  absolute: string;
  /** Relative to the given folder, with `/`. */
  relative: string;
  /** The same without the name of the archive: what its folders say of the sensor. */
  place: string;
  probe: Probe;
  bytes: ByteSource;
}

/** A log that cannot be read, and why. */
export interface NoLog {
  path: string;
  reason: string;
}

/**
 * What there is to read in a file. Each log is read, or left alone, before the next is asked for. Never throws: what cannot be read is said.
 */
export async function* logsIn(file: InputFile): AsyncGenerator<LogInput | NoLog> {
  const { path, relative } = file;
  try {
    const { probe, magic } = await probeFile(path);
    if (isZip(magic) || isTar(probe.head)) yield* logsInArchive(file);
    else if (probe.head.length > 0)
      yield {
        path,
        absolute: resolve(path),
        relative,
        place: relative,
        probe,
        bytes: openBytes(path, magic),
      };
    else
      yield {
        path,
        reason: file.bytes === 0 ? "the file is empty" : "nothing of the file can be decompressed",
      };
  } catch (error) {
    yield { path, reason: `cannot be read: ${inputProblem(error)}` };
  }
}

async function* logsInArchive({ path, relative }: InputFile): AsyncGenerator<LogInput | NoLog> {
  let members = 0;
  try {
    for await (const opened of openAll(path)) {
      members++;
      const name = opened.path.slice(path.length + IN_ARCHIVE.length);
      const { head, chunks } = await peek(opened.chunks, HEAD_BYTES);
      const bytes = memberBytes(chunks);
      if (head.length === 0) {
        for await (const _ of bytes.chunks);
        yield { path: opened.path, reason: bytes.problem() ?? "the file is empty" };
        continue;
      }
      yield {
        path: opened.path,
        absolute: `${resolve(path)}${IN_ARCHIVE}${name}`,
        relative: `${relative}${IN_ARCHIVE}${name}`,
        place: posix.join(posix.dirname(relative), ...name.split("/").filter((part) => part !== "..")),
        probe: probeOf(opened.path, head.subarray(0, HEAD_BYTES), head.length < HEAD_BYTES),
        bytes,
      };
    }
    if (members === 0) yield { path, reason: "there is no file in the archive" };
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    yield { path, reason: error.message };
  }
}

function memberBytes(source: AsyncIterable<Buffer>): ByteSource {
  let problem: string | undefined;
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* source;
    } catch (error) {
      if (!(error instanceof UnpackError)) throw error;
      problem = error.message;
    }
  }
  return { chunks: chunks(), compression: "archive", problem: () => problem, consumed: () => 0 };
}
