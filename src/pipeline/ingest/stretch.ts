import { createHash } from "node:crypto";
import { openBytes } from "./decompress.js";
import { readMagic } from "./probe.js";

/**
 * SHA-256 (hex) of a stretch of a log, decompressed; undefined where the file is gone or too short. Reads from the file's beginning, because
 * a compressed file can be read no other way.
 */
export async function digestOfStretch(
  path: string,
  from: number,
  bytes: number,
): Promise<string | undefined> {
  const hash = createHash("sha256");
  const to = from + bytes;
  let offset = 0;
  try {
    for await (const chunk of openBytes(path, readMagic(path)).chunks) {
      const begin = Math.max(0, from - offset);
      const end = Math.min(chunk.length, to - offset);
      if (end > begin) hash.update(chunk.subarray(begin, end));
      offset += chunk.length;
      if (offset >= to) return hash.digest("hex");
    }
  } catch {
    return undefined;
  }
  return undefined;
}
