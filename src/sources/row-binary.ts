/** Longest text whose length is one byte; also about where a copy by the runtime begins to cost less than a loop. */
const SHORT = 127;
/** Bytes of the longest length (LEB128) of a text. */
const LENGTH_BYTES = 5;
const TWO_32 = 2 ** 32;

/**
 * Writes ClickHouse's RowBinary (https://clickhouse.com/docs/interfaces/formats/RowBinary): values one after the other without names or separators; numbers
 * little-endian, texts with their length before them, arrays and maps with the number of their items.
 */
export class RowBinaryWriter {
  #bytes: Buffer;
  #used = 0;

  /** @param room memory to begin with, which other threads may share; it is left for larger where it does not reach */
  constructor(room: SharedArrayBuffer) {
    this.#bytes = Buffer.from(room);
  }

  /** Bytes written so far. */
  get used(): number {
    return this.#used;
  }

  /** The memory that holds them now. */
  get memory(): SharedArrayBuffer {
    return this.#bytes.buffer as unknown as SharedArrayBuffer;
  }

  /** Number of items (VarUInt): before the items of an array, or the pairs of a map. */
  count(items: number): void {
    this.#reserve(LENGTH_BYTES);
    this.#length(items);
  }

  /** String, in UTF-8; half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    const { length } = text;
    // A code unit is at most three bytes.
    this.#reserve(LENGTH_BYTES + 3 * length);
    if (length <= SHORT) {
      const bytes = this.#bytes;
      let at = this.#used + 1;
      let index = 0;
      for (; index < length; index++) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) break;
        bytes[at++] = unit;
      }
      if (index === length) {
        bytes[this.#used] = length;
        this.#used = at;
        return;
      }
    }
    this.#length(Buffer.byteLength(text));
    this.#used += this.#bytes.write(text, this.#used);
  }

  /** What {@link encodedText} made. */
  encoded(text: Uint8Array): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#used;
    for (let index = 0; index < text.length; index++) bytes[at++] = text[index] as number;
    this.#used = at;
  }

  /** UInt64 or Int64. @param value a safe integer */
  integer(value: number): void {
    this.#reserve(8);
    this.#used = this.#bytes.writeUInt32LE(value >>> 0, this.#used);
    this.#used = this.#bytes.writeInt32LE(Math.floor(value / TWO_32), this.#used);
  }

  #length(value: number): void {
    let rest = value;
    for (; rest > SHORT; rest >>>= 7) this.#bytes[this.#used++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#used++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const larger = Buffer.from(new SharedArrayBuffer(Math.max(2 * this.#bytes.length, this.#used + bytes)));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}

/** A text as {@link RowBinaryWriter.text} writes it, for one that is written often. */
export function encodedText(text: string): Uint8Array {
  const writer = new RowBinaryWriter(new SharedArrayBuffer(0));
  writer.text(text);
  // A copy of its own length: shared memory costs a page and more for each.
  return new Uint8Array(writer.memory, 0, writer.used).slice();
}
