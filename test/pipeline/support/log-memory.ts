/**
 * The slicer with a manifest in memory and no engine: what would be stored is read back from the spool. Fast enough for thousands of
 * random histories.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followKey } from "../../../src/pipeline/ingest/manifest.js";
import type { KnownSlice, Slice } from "../../../src/pipeline/ingest/slice.js";
import { sliceLog } from "../../../src/pipeline/ingest/slicer.js";
import { Spool } from "../../../src/pipeline/ingest/spool.js";
import { detectFormat } from "../../../src/sources/detect-format.js";

export interface Imported {
  slices: Slice[];
  known: string[];
  waitingBytes: number;
}

export interface ImportOptions {
  sliceBytes?: number;
  /** Sizes in which the bytes arrive, repeated. */
  chunkSizes?: readonly number[];
  /** The file was compressed and ended well. */
  whole?: boolean;
  /** Why reading broke off. */
  problem?: string;
}

export class LogMemory {
  /** Data lines that would be rows, as `line number\ttext`, in the order of storing. */
  readonly stored: string[] = [];
  readonly rejects: { line: number; reason: string }[] = [];
  readonly slices: Slice[] = [];
  #following = new Map<string, KnownSlice[]>();
  #content = new Map<string, Buffer>();
  #folder = mkdtempSync(join(tmpdir(), "longwatch-slices-"));

  async import(path: string, bytes: Buffer, options: ImportOptions = {}): Promise<Imported> {
    const lines = bytes.subarray(0, 262_144).toString("utf8").split("\n", 201);
    if (lines.length > 200 || lines.at(-1) === "") lines.pop();
    const probe = { path, head: bytes.subarray(0, 262_144), lines, complete: bytes.length <= 262_144 };
    const detected = detectFormat(probe, { csvMappings: [] });
    if (!("reader" in detected)) return { slices: [], known: [], waitingBytes: bytes.length };
    const spool = new Spool(this.#folder);
    const imported: Imported = { slices: [], known: [], waitingBytes: 0 };
    const events = sliceLog(inChunks(bytes, options.chunkSizes ?? [1 << 20]), {
      reader: detected.reader,
      spool,
      sensorId: "sensor",
      realm: "realm",
      findKnown: (previousId, headId) => this.#following.get(followKey(previousId, headId)) ?? [],
      isBeginningOf: async (known, stretch) => {
        const whole = this.#content.get(known.id);
        const { from, bytes: length } = stretch;
        return whole?.subarray(from, from + length).equals(bytes.subarray(from, from + length)) === true;
      },
      isWhole: () => options.whole === true && options.problem === undefined,
      problem: () => options.problem,
      ...(options.sliceBytes !== undefined && { sliceBytes: options.sliceBytes }),
    });
    for (;;) {
      const next = await events.next();
      if (next.done) {
        imported.waitingBytes = next.value.waitingBytes;
        break;
      }
      if (next.value.kind === "known") imported.known.push(next.value.id);
      else imported.slices.push(next.value.slice);
    }
    for (const unit of spool.take(() => true)) {
      const rows = readFileSync(unit.path, "utf8").split("\n").slice(0, -1);
      if (rows.length !== unit.rows)
        throw new Error(`the spool says ${unit.rows} rows and has ${rows.length}`);
      rows.forEach((text, row) => {
        const segment = unit.segments.findLast((each) => each.row <= row);
        if (text !== "" && segment) this.stored.push(`${segment.line + row - segment.row}\t${text}`);
      });
      rmSync(unit.path);
    }
    for (const slice of imported.slices) this.#commit(slice, bytes);
    return imported;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #commit(slice: Slice, bytes: Buffer): void {
    this.slices.push(slice);
    this.rejects.push(...slice.rejects.map(({ line, reason }) => ({ line, reason })));
    this.#content.set(slice.id, bytes);
    const key = followKey(slice.previousId, slice.headId);
    const { id, byteFrom, byteTo, lineTo, openEnd } = slice;
    this.#following.set(key, [
      ...(this.#following.get(key) ?? []),
      { id, byteFrom, byteTo, lineTo, openEnd },
    ]);
  }
}

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}
