/**
 * How unlike a network's own names a text is. Names that people choose follow each other's letters (`backup`, `static-cdn`); encoded
 * data does not, whatever its alphabet: a model of letter pairs sees the difference between words and hexadecimal digits, which a plain entropy of
 * characters does not.
 */
const SYMBOLS = 39;
const START = 38;
/** The first symbols are letters and digits. */
const ALPHANUMERIC = 36;
/** Added to each count: a pair that was never seen is rare, not impossible. */
const SMOOTHING = 0.5;
/** Shorter texts say nothing of how they were made. */
export const SHORTEST = 6;

function symbol(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 48 && code <= 57) return code - 48 + 26;
  return code === 45 ? 36 : 37;
}

export class LetterModel {
  readonly #pairs = new Float64Array(SYMBOLS * SYMBOLS).fill(SMOOTHING);
  readonly #totals = new Float64Array(SYMBOLS).fill(SMOOTHING * SYMBOLS);
  readonly #median: number;
  readonly #random: number;

  /** @param names host names without their public suffix */
  constructor(names: readonly string[]) {
    for (const name of names) {
      for (const [previous, next] of pairs(name)) {
        const at = previous * SYMBOLS + next;
        this.#pairs[at] = (this.#pairs[at] ?? 0) + 1;
        this.#totals[previous] = (this.#totals[previous] ?? 0) + 1;
      }
    }
    const own = names
      .filter((name) => name.length >= SHORTEST)
      .map((name) => this.bits(name))
      .sort((a, b) => a - b);
    this.#median = own[Math.floor(own.length / 2)] ?? 4;
    this.#random = Math.max(this.#median + 1, this.#randomBits());
  }

  /** Mean surprise in bits a character; 0 for an empty text. */
  bits(text: string): number {
    let sum = 0;
    let count = 0;
    for (const [previous, next] of pairs(text)) {
      sum -= Math.log2((this.#pairs[previous * SYMBOLS + next] ?? 0) / (this.#totals[previous] ?? 1));
      count += 1;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** Surprise of letters and digits drawn at random, each pair alike. */
  #randomBits(): number {
    let sum = 0;
    for (let previous = 0; previous < ALPHANUMERIC; previous++) {
      for (let next = 0; next < ALPHANUMERIC; next++)
        sum -= Math.log2((this.#pairs[previous * SYMBOLS + next] ?? 0) / (this.#totals[previous] ?? 1));
    }
    return sum / ALPHANUMERIC ** 2;
  }

  /** 0 where texts are as this network's names are in the middle, 1 where they are as letters and digits drawn at random. */
  strangeness(texts: readonly string[]): number {
    const long = texts.filter((text) => text.length >= SHORTEST);
    if (long.length === 0) return 0;
    const mean = long.reduce((sum, text) => sum + this.bits(text), 0) / long.length;
    return Math.min(1, Math.max(0, (mean - this.#median) / (this.#random - this.#median)));
  }
}

function* pairs(text: string): Generator<[number, number]> {
  let previous = START;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      previous = START;
      continue;
    }
    const next = symbol(code);
    yield [previous, next];
    previous = next;
  }
}

/** A name's part below its zone; empty for the zone itself. */
export function below(name: string, zone: string): string {
  return name.length > zone.length ? name.slice(0, name.length - zone.length - 1) : "";
}
