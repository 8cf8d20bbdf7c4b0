/** A power of two. */
const ENTRIES = 2048;
/** A SID with fifteen parts; Windows makes none that is longer. */
const LONGEST = 68;

/** Texts of GUIDs and SIDs that were met before, by their bytes: the one that came last for each slot. */
export class IdentifierTexts {
  readonly #write: (bytes: Buffer, at: number, size: number) => string;
  readonly #kept = Buffer.alloc(ENTRIES * LONGEST);
  readonly #texts: string[] = new Array(ENTRIES).fill("");
  readonly #sizes = new Uint8Array(ENTRIES);

  constructor(write: (bytes: Buffer, at: number, size: number) => string) {
    this.#write = write;
  }

  /** `size` is at least 8. */
  get(view: DataView, bytes: Buffer, at: number, size: number): string {
    if (size > LONGEST) return this.#write(bytes, at, size);
    const first = Math.imul(view.getUint32(at, true), 0x9e3779b1) ^ view.getUint32(at + 4, true);
    const code = Math.imul(first, 0x85ebca6b) ^ view.getUint32(at + size - 4, true);
    const slot = Math.imul(code ^ (code >>> 15), 0xc2b2ae35) >>> 21;
    if (this.#sizes[slot] === size && this.#holds(slot, bytes, at, size)) return this.#texts[slot] as string;
    const text = this.#write(bytes, at, size);
    bytes.copy(this.#kept, slot * LONGEST, at, at + size);
    this.#sizes[slot] = size;
    this.#texts[slot] = text;
    return text;
  }

  #holds(slot: number, bytes: Buffer, at: number, size: number): boolean {
    const from = slot * LONGEST;
    for (let index = 0; index < size; index++)
      if (this.#kept[from + index] !== bytes[at + index]) return false;
    return true;
  }
}
