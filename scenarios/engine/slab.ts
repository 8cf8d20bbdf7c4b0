import { SECOND } from "./clock.js";

const TAB = 9;
const NEWLINE = 10;
const DASH = 45;
const ZERO = 48;
const DOT = 46;

const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = ZERO + Math.floor(i / 10);
  PAIRS[2 * i + 1] = ZERO + (i % 10);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Copies four bytes at a time, which for rows beats a loop over bytes and a call into the engine. It may touch three
 * bytes more than asked on both sides: leave that much room.
 */
export function copyWords(
  target: DataView,
  at: number,
  source: DataView,
  from: number,
  length: number,
): void {
  for (let i = 0; i < length; i += 4) target.setUint32(at + i, source.getUint32(from + i, true), true);
}

/** The longest row the writers make stays well below this. */
const ROW_LIMIT = 4096;

/**
 * The rows of one log in one slice of time: text in a growing buffer, and where each row starts. Rows come in any
 * order and leave in the order of their times. No string is made for a row.
 */
export class Slab {
  bytes = Buffer.allocUnsafeSlow(1 << 18);
  view = viewOf(this.bytes);
  length = 0;
  rows = 0;
  private starts = new Uint32Array(4096);
  private keys = new Float64Array(4096);
  private base = 0;

  /** All times of the slice are after `base`, by less than 2^33 microseconds. */
  reset(base: number): void {
    this.length = 0;
    this.rows = 0;
    this.base = base;
  }

  begin(ts: number): void {
    if (this.length + ROW_LIMIT > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(this.bytes.length * 2);
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
      this.view = viewOf(larger);
    }
    if (this.rows + 1 >= this.starts.length) {
      const starts = new Uint32Array(this.starts.length * 2);
      starts.set(this.starts);
      this.starts = starts;
      const keys = new Float64Array(this.keys.length * 2);
      keys.set(this.keys);
      this.keys = keys;
    }
    this.starts[this.rows] = this.length;
    // Time and row number in one number: 2^33 microseconds, 2^20 rows. Sorting needs no comparison function.
    this.keys[this.rows] = Math.max(0, ts - this.base) * 1048576 + this.rows;
    this.time(ts);
  }

  end(): void {
    this.bytes[this.length++] = NEWLINE;
    this.rows++;
    this.starts[this.rows] = this.length;
  }

  /** Gives all rows to `sink` in order of time. */
  drain(sink: { add(source: DataView, from: number, to: number): void }): void {
    const order = this.keys.subarray(0, this.rows).sort();
    for (let i = 0; i < order.length; i++) {
      const row = (order[i] as number) % 1048576;
      sink.add(this.view, this.starts[row] as number, this.starts[row + 1] as number);
    }
  }

  raw(text: Uint8Array): void {
    const bytes = this.bytes;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text[i] as number;
    this.length = at;
  }

  /** A tab, then the text. */
  field(text: Uint8Array): void {
    this.bytes[this.length++] = TAB;
    this.raw(text);
  }

  unset(): void {
    this.bytes[this.length++] = TAB;
    this.bytes[this.length++] = DASH;
  }

  /** A tab and T or F. */
  flag(value: boolean): void {
    this.bytes[this.length++] = TAB;
    this.bytes[this.length++] = value ? 84 : 70;
  }

  count(value: number): void {
    this.bytes[this.length++] = TAB;
    this.digits(value);
  }

  /** Seconds with six decimals. */
  interval(value: number): void {
    this.bytes[this.length++] = TAB;
    this.time(value);
  }

  private time(value: number): void {
    const seconds = Math.floor(value / SECOND);
    this.digits(seconds);
    const bytes = this.bytes;
    const at = this.length;
    const fraction = Math.floor(value - seconds * SECOND);
    const high = Math.floor(fraction / 10000);
    const rest = fraction - high * 10000;
    const middle = Math.floor(rest / 100);
    const low = rest - middle * 100;
    bytes[at] = DOT;
    bytes[at + 1] = PAIRS[2 * high] as number;
    bytes[at + 2] = PAIRS[2 * high + 1] as number;
    bytes[at + 3] = PAIRS[2 * middle] as number;
    bytes[at + 4] = PAIRS[2 * middle + 1] as number;
    bytes[at + 5] = PAIRS[2 * low] as number;
    bytes[at + 6] = PAIRS[2 * low + 1] as number;
    this.length = at + 7;
  }

  private digits(value: number): void {
    let width = 1;
    for (let limit = 10; value >= limit; limit *= 10) width++;
    const bytes = this.bytes;
    let at = this.length + width;
    this.length = at;
    let rest = value;
    while (rest >= 100) {
      const hundreds = Math.floor(rest / 100);
      const pair = 2 * (rest - hundreds * 100);
      bytes[--at] = PAIRS[pair + 1] as number;
      bytes[--at] = PAIRS[pair] as number;
      rest = hundreds;
    }
    if (rest >= 10) {
      bytes[--at] = PAIRS[2 * rest + 1] as number;
      bytes[--at] = PAIRS[2 * rest] as number;
    } else {
      bytes[--at] = ZERO + rest;
    }
  }
}
