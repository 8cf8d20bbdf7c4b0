/** A power of two. */
const ENTRIES = 1024;

/** Texts of 64-bit numbers that were met before (keywords, logon ids): the one that came last for each slot. */
export class NumberTexts {
  readonly #write: (high: number, low: number) => string;
  readonly #highs = new Uint32Array(ENTRIES);
  readonly #lows = new Uint32Array(ENTRIES);
  readonly #texts: string[] = new Array(ENTRIES).fill("");

  constructor(write: (high: number, low: number) => string) {
    this.#write = write;
  }

  get(high: number, low: number): string {
    const slot = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> 22;
    if (this.#lows[slot] === low && this.#highs[slot] === high && this.#texts[slot] !== "")
      return this.#texts[slot] as string;
    const text = this.#write(high, low);
    this.#highs[slot] = high;
    this.#lows[slot] = low;
    this.#texts[slot] = text;
    return text;
  }
}
