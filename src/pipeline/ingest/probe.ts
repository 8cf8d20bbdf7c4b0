import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Probe } from "../../sources/port.js";
import { compressionOf, openBytes } from "./decompress.js";

/** Bytes by which a log is recognised. */
export const HEAD_BYTES = 256 * 1024;
const HEAD_LINES = 200;

export interface ProbedFile {
  probe: Probe;
  /** The file's own first bytes, which tell its compression. */
  magic: Buffer;
}

/** Looks at the beginning of a file, decompressed. */
export async function probeFile(path: string): Promise<ProbedFile> {
  const magic = readMagic(path);
  // Of thousands of small files, most of the time would go into streams and their memory.
  if (compressionOf(magic) === "none") {
    const { head, complete } = readHead(path);
    return { probe: probeOf(path, head, complete), magic };
  }
  const parts: Buffer[] = [];
  let length = 0;
  let complete = true;
  for await (const chunk of openBytes(path, magic).chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) {
      complete = false;
      break;
    }
  }
  return { probe: probeOf(path, Buffer.concat(parts).subarray(0, HEAD_BYTES), complete), magic };
}

export function probeOf(path: string, head: Buffer, complete: boolean): Probe {
  let lines: readonly string[] | undefined;
  return {
    path,
    head,
    // Not where the first bytes tell what it is.
    get lines() {
      lines ??= linesOf(head);
      return lines;
    },
    complete,
  };
}

function linesOf(head: Buffer): string[] {
  const lines = head.toString("utf8").split("\n", HEAD_LINES + 1);
  if (lines.length > HEAD_LINES || lines.at(-1) === "") lines.pop();
  return lines;
}

/** First bytes of a file as it lies on disk. */
export function readMagic(path: string): Buffer {
  const descriptor = openSync(path, "r");
  try {
    return readStart(descriptor, 16);
  } finally {
    closeSync(descriptor);
  }
}

function readHead(path: string): { head: Buffer; complete: boolean } {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    return { head: readStart(descriptor, Math.min(size, HEAD_BYTES)), complete: size < HEAD_BYTES };
  } finally {
    closeSync(descriptor);
  }
}

/** A read may give less than it was asked for before the end of the file. */
function readStart(descriptor: number, wanted: number): Buffer {
  const bytes = Buffer.allocUnsafe(wanted);
  let length = 0;
  while (length < wanted) {
    const got = readSync(descriptor, bytes, length, wanted - length, length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}
