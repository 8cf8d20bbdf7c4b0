import { createHash } from "node:crypto";

/** First 128 bits of SHA-256 as hex: enough never to collide by accident, and short enough to read aloud. */
export function contentId(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    // The length goes first, so that ("ab","c") and ("a","bc") differ.
    hash.update(`${typeof part === "string" ? Buffer.byteLength(part) : part.length}:`);
    hash.update(part);
  }
  return hash.digest("hex").slice(0, 32);
}
