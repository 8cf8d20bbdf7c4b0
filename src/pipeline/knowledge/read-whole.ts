import { open } from "node:fs/promises";
import { LongwatchError } from "../../kernel/errors.js";
import { openBytes } from "../ingest/decompress.js";
import { inputProblem } from "../system-error.js";

async function firstBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * A file's bytes, gzip and zstd undone, never more than `most` of them in memory: a small archive must not grow to fill it.
 * @throws LW_KNOWLEDGE where it is larger, damaged, or cannot be read; `shown` is its name in the message
 */
export async function readWhole(path: string, shown: string, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let problem: string | undefined;
  try {
    const source = openBytes(path, await firstBytes(path));
    for await (const chunk of source.chunks) {
      bytes += chunk.length;
      if (bytes > most)
        throw new LongwatchError(
          "LW_KNOWLEDGE",
          `is larger than ${most / 1024 / 1024} MiB: is it the right file?`,
          {
            file: shown,
          },
        );
      chunks.push(chunk);
    }
    problem = source.problem();
  } catch (error) {
    if (error instanceof LongwatchError) throw error;
    throw new LongwatchError(
      "LW_KNOWLEDGE",
      `cannot be read: ${inputProblem(error)}`,
      { file: shown },
      error,
    );
  }
  if (problem !== undefined)
    throw new LongwatchError("LW_KNOWLEDGE", `cannot be read in whole: ${problem}`, { file: shown });
  return Buffer.concat(chunks);
}
