import { followKey } from "./manifest.js";
import type { KnownSlice, Slice } from "./slice.js";

type Slices = Map<string, KnownSlice[]>;

/** Slices of one run that the manifest does not have yet: so a second copy of a log in the same run is known, too. */
export class RunSlices {
  /** Of event logs, which threads are reading. */
  readonly #reading: Slices = new Map();
  /** Of the batch under way. */
  #pending: Slices = new Map();
  /** Of the batch that is being committed. */
  #settling: Slices = new Map();

  find(previousId: string, headId: string): KnownSlice[] {
    const key = followKey(previousId, headId);
    return [this.#settling, this.#pending, this.#reading].flatMap((slices) => slices.get(key) ?? []);
  }

  /** A slice is given out to be read. */
  giveOut(slice: Slice): void {
    put(this.#reading, slice);
  }

  /** A slice belongs to the batch under way. */
  add(slice: Slice): void {
    take(this.#reading, slice);
    put(this.#pending, slice);
  }

  /** The batch under way ends, and another begins. The one before it is in the manifest. */
  nextBatch(): void {
    this.#settling = this.#pending;
    this.#pending = new Map();
  }
}

function put(slices: Slices, { id, previousId, headId, byteFrom, byteTo, lineTo, openEnd }: Slice): void {
  const key = followKey(previousId, headId);
  const known = { id, byteFrom, byteTo, lineTo, openEnd };
  const list = slices.get(key);
  if (list) list.push(known);
  else slices.set(key, [known]);
}

function take(slices: Slices, { id, previousId, headId }: Slice): void {
  const key = followKey(previousId, headId);
  const left = (slices.get(key) ?? []).filter((known) => known.id !== id);
  if (left.length > 0) slices.set(key, left);
  else slices.delete(key);
}
