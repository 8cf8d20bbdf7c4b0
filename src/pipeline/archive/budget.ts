/** Why an archive is not read any further. What came before it was read. */
export class UnpackError extends Error {}

/** Bytes that may come out of a byte that lies on disk. Logs shrink to a twentieth, and seldom below a sixtieth; a bomb has a thousand and more. */
const MOST_RATIO = 200;
/** Bytes that any archive may hold, however small it is: enough for one of text that repeats itself. */
const ALWAYS_ALLOWED = 64 * 1024 ** 2;

/** What may come out of compressed bytes, all that lies in them taken together. Nothing of it is ever written to disk. */
export class Budget {
  readonly #packed: () => number;
  #unpacked = 0;

  /** @param packed bytes that there are, or that were read so far */
  constructor(packed: () => number) {
    this.#packed = packed;
  }

  /** @throws UnpackError when it is used up */
  async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#unpacked += chunk.length;
      const packed = this.#packed();
      if (this.#unpacked > Math.max(ALWAYS_ALLOWED, MOST_RATIO * packed))
        throw new UnpackError(
          `${packed} bytes unpack to more than ${this.#unpacked - chunk.length}: a bomb, not logs; the rest was not read`,
        );
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  }
}
