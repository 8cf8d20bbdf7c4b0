import { createHash } from "node:crypto";
import { openNamed } from "../archive/index.js";

/** Makes lines of records ({@link Source.lined}). */
export type Lined = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/**
 * SHA-256 (hex) of a stretch of a log, decompressed; undefined where the file is gone or too short. Reads from the file's beginning, because
 * a compressed file can be read no other way.
 */
export async function digestOfStretch(
  path: string,
  from: number,
  bytes: number,
  lined: Lined | undefined,
): Promise<string | undefined> {
  const hash = createHash("sha256");
  try {
    let length = 0;
    for await (const part of stretch(path, from, bytes, lined)) {
      hash.update(part);
      length += part.length;
    }
    return length === bytes ? hash.digest("hex") : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a log; fewer where it ends before. @throws what reading throws */
export async function bytesOfStretch(path: string, from: number, bytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stretch(path, from, bytes, undefined)) parts.push(part);
  return Buffer.concat(parts);
}

async function* stretch(
  path: string,
  from: number,
  bytes: number,
  lined: Lined | undefined,
): AsyncGenerator<Buffer> {
  const to = from + bytes;
  let offset = 0;
  const chunks = openNamed(path);
  for await (const chunk of lined?.(chunks) ?? chunks) {
    const begin = Math.max(0, from - offset);
    const end = Math.min(chunk.length, to - offset);
    if (end > begin) yield chunk.subarray(begin, end);
    offset += chunk.length;
    if (offset >= to) return;
  }
}
