import { latin1, utf16 } from "./slices.js";

/** A power of two. */
const ENTRIES = 8192;
/** Longer texts (script blocks) do not come twice. At most 4 MiB are kept. */
const LONGEST_KEPT = 256;

/**
 * Texts that were met before. The same paths, names and users come again in record after record: comparing with what is there is cheaper
 * than making a string, and one string for all of them lets others compare by identity and hash once.
 */
export class TextCache {
  readonly #kept: (string | undefined)[] = new Array(ENTRIES).fill(undefined);
  #scratch = Buffer.from(new ArrayBuffer(1024));

  /** `length` > 0 code units of `source` from `from` on; `bytes` is the memory under `source`. */
  get(source: Uint16Array, from: number, length: number, bytes: Buffer): string {
    if (length > LONGEST_KEPT) return this.#decode(source, from, length, bytes);
    const slot = hash(source, from, length) & (ENTRIES - 1);
    const kept = this.#kept[slot];
    if (kept !== undefined && kept.length === length && equals(kept, source, from)) return kept;
    const text = this.#decode(source, from, length, bytes);
    this.#kept[slot] = text;
    return text;
  }

  /** Nearly all texts are Latin-1: strings of one byte a character are smaller, and faster in all that comes after. */
  #decode(source: Uint16Array, from: number, length: number, bytes: Buffer): string {
    if (this.#scratch.length < length) this.#scratch = Buffer.from(new ArrayBuffer(length * 2));
    const scratch = this.#scratch;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const unit = source[from + at] as number;
      all |= unit;
      scratch[at] = unit;
    }
    return all < 0x100 ? latin1(scratch, 0, length) : utf16(bytes, from * 2, (from + length) * 2);
  }
}

function equals(text: string, source: Uint16Array, from: number): boolean {
  // The end differs more often than the beginning (paths, numbered names).
  for (let at = text.length - 1; at >= 0; at--) if (text.charCodeAt(at) !== source[from + at]) return false;
  return true;
}

/** Over a few units only, spread over the text: it decides where to look, the comparison decides what is equal. */
function hash(source: Uint16Array, from: number, length: number): number {
  const last = from + length - 1;
  let code = length;
  code = Math.imul(code ^ (source[from] as number), 0x9e3779b1);
  code = Math.imul(code ^ (source[from + (length >> 2)] as number), 0x85ebca6b);
  code = Math.imul(code ^ (source[from + (length >> 1)] as number), 0xc2b2ae35);
  code = Math.imul(code ^ (source[last - (length >> 2)] as number), 0x27d4eb2f);
  code = Math.imul(code ^ (source[last - (length >> 3)] as number), 0x165667b1);
  code = Math.imul(code ^ (source[length > 1 ? last - 1 : last] as number), 0x9e3779b1);
  code = Math.imul(code ^ (source[last] as number), 0x85ebca6b);
  return code ^ (code >>> 15);
}
