import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip, gzipSync } from "node:zlib";
import { copyWords, viewOf } from "./slab.js";

/** Most files are small; a chunk grows to the rows of one slice. */
const FIRST_CHUNK = 1 << 16;
const SPILL_AT = 1 << 19;
/** Speed first: level 1 halves such logs, and the level is part of "the same bytes for the same seed". */
const OPTIONS = { level: 1, chunkSize: 1 << 18, highWaterMark: 1 << 21 };

/**
 * One gzip file. Rows are gathered in a chunk; a file that fits in one is compressed and written at once, a larger one
 * streams, so memory does not depend on the size of the file.
 */
export class GzipLog {
  private chunk = Buffer.allocUnsafeSlow(FIRST_CHUNK);
  private view = viewOf(this.chunk);
  private used = 0;
  private gzip: Gzip | undefined;
  private file: WriteStream | undefined;
  private whenDone: Promise<void> | undefined;
  written = 0;

  constructor(private readonly path: string) {}

  /** The caller awaits `spill()` after the rows of a slice. */
  add(source: DataView, from: number, to: number): void {
    const length = to - from;
    if (this.used + length + 4 > this.chunk.length) this.grow(this.used + length + 4);
    copyWords(this.view, this.used, source, from, length);
    this.used += length;
  }

  private grow(needed: number): void {
    let size = this.chunk.length;
    while (size < needed) size *= 2;
    const larger = Buffer.allocUnsafeSlow(size);
    this.chunk.copy(larger, 0, 0, this.used);
    this.chunk = larger;
    this.view = viewOf(larger);
  }

  text(text: string): void {
    if (this.used + text.length + 4 > this.chunk.length) this.grow(this.used + text.length + 4);
    this.used += this.chunk.write(text, this.used, "latin1");
  }

  /** Hands full chunks on and waits while the disk or the compressor is behind. */
  async spill(atLeast = SPILL_AT): Promise<void> {
    if (this.used < atLeast) return;
    if (!this.gzip) {
      this.gzip = createGzip(OPTIONS);
      this.file = createWriteStream(this.path);
      this.gzip.pipe(this.file);
      this.whenDone = finished(this.file);
      this.whenDone.catch(() => undefined); // reported by close()
      this.gzip.on("error", (error) => this.file?.destroy(error));
    }
    const ready = this.chunk.subarray(0, this.used);
    this.chunk = Buffer.allocUnsafeSlow(ready.buffer.byteLength);
    this.view = viewOf(this.chunk);
    this.used = 0;
    if (!this.gzip.write(ready) && !this.file?.destroyed) {
      await Promise.race([once(this.gzip, "drain"), this.whenDone]);
    }
  }

  async close(): Promise<void> {
    if (!this.gzip || !this.file) {
      const packed = gzipSync(this.chunk.subarray(0, this.used), OPTIONS);
      this.written = packed.length;
      await writeFile(this.path, packed);
      return;
    }
    await this.spill(1);
    this.gzip.end();
    await this.whenDone;
    this.written = this.file.bytesWritten;
  }
}
