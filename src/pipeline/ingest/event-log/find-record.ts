import { closeSync, openSync } from "node:fs";
import {
  CHUNK_SIZE,
  ChunkReader,
  jsonLine,
  lineNumber,
  openEvtx,
  openEvtxStream,
} from "../../../sources/evtx/index.js";
import { sliceId } from "../slice.js";
import { bytesOfStretch } from "../stretch.js";
import { digestOf, isOnDisk, readAt } from "./cut.js";

/** A slice of an event log as the manifest has it. */
export interface StoredSlice {
  sourceId: string;
  previousId: string;
  byteFrom: number;
  byteTo: number;
}

/**
 * Records of one slice by their number, as `longwatch evtx --jsonl` prints them. Undefined where the file holds another log by now.
 * @throws the system's error where the file cannot be read
 */
export async function recordsOfSlice(
  path: string,
  slice: StoredSlice,
  lines: ReadonlySet<number>,
): Promise<Map<number, string> | undefined> {
  const { byteFrom, byteTo } = slice;
  const onDisk = isOnDisk(path);
  const opened = onDisk
    ? openEvtx(path, false)
    : openEvtxStream(path, await bytesOfStretch(path, 0, CHUNK_SIZE));
  if ("refused" in opened) return undefined;
  const before = byteFrom < opened.start;
  const offset = before ? 0 : opened.start + Math.floor((byteFrom - opened.start) / CHUNK_SIZE) * CHUNK_SIZE;
  const length = before ? opened.start : CHUNK_SIZE;
  const bytes = onDisk ? readPart(path, offset, length) : await bytesOfStretch(path, offset, length);
  const content = bytes.subarray(byteFrom - offset, byteTo - offset);
  if (sliceId(slice.previousId, digestOf(content)) !== slice.sourceId) return undefined;
  const found = new Map<number, string>();
  const reader = new ChunkReader(false);
  reader.bytes.set(bytes);
  reader.read(bytes.length, offset, {
    record(record) {
      const line = lineNumber(record.recordId);
      if (lines.has(line) && record.offset >= byteFrom && record.offset < byteTo)
        found.set(line, jsonLine(record, JSON.stringify(path)));
    },
    problem() {},
  });
  return found;
}

function readPart(path: string, offset: number, length: number): Buffer {
  const descriptor = openSync(path, "r");
  try {
    return readAt(descriptor, offset, length);
  } finally {
    closeSync(descriptor);
  }
}
