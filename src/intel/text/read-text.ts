import { readFileSync, statSync } from "node:fs";
import { type ErrorCode, LongwatchError, messageOf } from "../../kernel/errors.js";

/** Far above any real list; what is larger is a mistake (a log named as a list) and would only fill memory. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Line (from 1) of the first byte that is not UTF-8. */
function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}

/** Text of a file's bytes: UTF-8, or UTF-16 with its byte order mark, as spreadsheets save it. */
export function decodeText(bytes: Uint8Array, code: ErrorCode, file: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new LongwatchError(code, "holds bytes that are not UTF-8: save the file as UTF-8", {
      file,
      line: firstBadLine(bytes),
    });
  }
}

/** @throws LongwatchError `code` where the file is missing, not a file, unreadable, too large or not text. */
export function readText(file: string, code: ErrorCode): string {
  let bytes: Buffer;
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new LongwatchError(code, "is not a file: name a file", { file });
    if (stats.size > MAX_BYTES) {
      throw new LongwatchError(code, `is larger than ${MAX_BYTES / 1024 / 1024} MiB: is it the right file?`, {
        file,
      });
    }
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof LongwatchError) throw error;
    throw new LongwatchError(
      code,
      `cannot be read (${messageOf(error)}): check the path and its permissions`,
      { file },
      error,
    );
  }
  return decodeText(bytes, code, file);
}
