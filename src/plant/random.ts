import { contentId } from "../kernel/ids.js";

/** Numbers in [0, 1), the same for the same words on every machine. */
export type Random = () => number;

/** xorshift32 (Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003), started from a digest of the words. */
export function randomOf(...words: readonly (string | number)[]): Random {
  let state = Number.parseInt(contentId(...words.map(String)).slice(0, 8), 16) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A whole number in [from, to]. */
export function whole(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** `count` of the items without repetition, in the order in which they stood; all of them where there are no more. */
export function sample<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  const order = items.map((_, index) => index);
  for (let index = 0; index < Math.min(count, order.length); index++) {
    const other = whole(random, index, order.length - 1);
    [order[index], order[other]] = [order[other] as number, order[index] as number];
  }
  return order
    .slice(0, count)
    .sort((a, b) => a - b)
    .map((index) => items[index] as Item);
}
