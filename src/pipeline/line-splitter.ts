import { MAX_LINE_BYTES } from "./ingest/slicer.js";

/** Hands on lines without LF. Of a line that is longer than any record, only the beginning. */
export class LineSplitter {
  #take: (line: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(take: (line: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = chunk.subarray(start, end);
      this.#take(this.#rest.length === 0 ? line : Buffer.concat([this.#rest, line]));
      this.#rest = Buffer.alloc(0);
      start = end + 1;
    }
    if (start < chunk.length && this.#rest.length <= MAX_LINE_BYTES)
      this.#rest = Buffer.concat([this.#rest, chunk.subarray(start)]);
  }

  /** Hands on a last line without an end. */
  finish(): void {
    if (this.#rest.length > 0) this.#take(this.#rest);
  }
}
