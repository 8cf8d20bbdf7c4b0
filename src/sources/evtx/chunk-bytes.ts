import { CHUNK_SIZE, Damage } from "./format.js";
import { latin1 } from "./slices.js";
import { TextCache } from "./text-cache.js";

/**
 * The bytes of one chunk, as numbers and as text. UTF-16 strings in BinXml lie at odd offsets as often as at even ones, and a typed array can
 * look at aligned units alone: so a second copy of the chunk lies one byte further, and every string is aligned in one of the two.
 */
export class ChunkBytes {
  readonly bytes = Buffer.from(new ArrayBuffer(CHUNK_SIZE));
  /** Reading beyond the chunk throws a RangeError; the caller counts it as damage. */
  readonly view = new DataView(this.bytes.buffer);
  readonly #even = new Uint16Array(this.bytes.buffer);
  readonly #shifted = Buffer.from(new ArrayBuffer(CHUNK_SIZE + 2));
  readonly #odd = new Uint16Array(this.#shifted.buffer);
  readonly #texts = new TextCache();

  /** To be called whenever `bytes` were written anew. */
  changed(): void {
    this.#shifted.set(this.bytes, 1);
  }

  /**
   * UTF-16LE text of `units` code units without the NULs at its end. Equal short texts are one string, whichever chunk they come from.
   * @throws Damage where it reaches beyond the chunk.
   */
  text(offset: number, units: number): string {
    if (offset + 2 * units > CHUNK_SIZE) throw new Damage("a text reaches beyond the end of the chunk");
    const isOdd = (offset & 1) === 1;
    const source = isOdd ? this.#odd : this.#even;
    const from = (offset + (isOdd ? 1 : 0)) >> 1;
    let length = units;
    while (length > 0 && source[from + length - 1] === 0) length--;
    if (length === 0) return "";
    return this.#texts.get(source, from, length, isOdd ? this.#shifted : this.bytes);
  }

  /** Bytes as a text in Windows-1252, without the NULs at its end. BinXml does not say which code page was meant. */
  ansi(offset: number, size: number): string {
    let end = offset + size;
    while (end > offset && this.bytes[end - 1] === 0) end--;
    return latin1(this.bytes, offset, end).replaceAll(
      /[\x80-\x9f]/g,
      (control) => WINDOWS_1252[control.charCodeAt(0) - 0x80] ?? control,
    );
  }
}

/**
 * Where Windows-1252 is not Latin-1: 0x80 to 0x9f (five of them are not assigned). Node's TextDecoder takes the one for the other in some
 * versions.
 */
const WINDOWS_1252 = [..."€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"];
