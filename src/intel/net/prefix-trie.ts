import type { Address } from "./address.js";
import type { Prefix } from "./prefix.js";

/** Children and value slot of a node lie at 3n, 3n+1 and 3n+2; 0 means none (node 0 is never a child, slot 0 is unused). */
const FIELDS = 3;
const SLOT = 2;
const ROOT_V4 = 0;
const ROOT_V6 = 1;

/**
 * Values by CIDR prefix: a binary trie in one typed array, so that a national inventory (10^5 ranges) costs megabytes and a look-up
 * is at most 32 or 128 steps without allocation beyond its answer.
 */
export class PrefixTrie<Value> {
  #nodes = new Uint32Array(FIELDS * 1024);
  #count = 2;
  readonly #values: Value[][] = [[]];

  add(prefix: Prefix, value: Value): void {
    let node = prefix.address.bits === 32 ? ROOT_V4 : ROOT_V6;
    for (let depth = 0; depth < prefix.length; depth++) {
      const at = node * FIELDS + bit(prefix.address, depth);
      node = this.#nodes[at] || this.#addChild(at);
    }
    const at = node * FIELDS + SLOT;
    const slot = this.#nodes[at] ?? 0;
    if (slot === 0) this.#nodes[at] = this.#values.push([value]) - 1;
    else this.#values[slot]?.push(value);
  }

  /** Values of every prefix that covers the address, shortest prefix first; values of one prefix in order of insertion. */
  covering(address: Address): Value[][] {
    const found: Value[][] = [];
    const nodes = this.#nodes;
    let node = address.bits === 32 ? ROOT_V4 : ROOT_V6;
    for (let depth = 0; ; depth++) {
      const slot = nodes[node * FIELDS + SLOT] ?? 0;
      if (slot !== 0) found.push(this.#values[slot] ?? []);
      if (depth === address.bits) return found;
      node = nodes[node * FIELDS + bit(address, depth)] ?? 0;
      if (node === 0) return found;
    }
  }

  #addChild(at: number): number {
    const child = this.#count++;
    if (this.#count * FIELDS > this.#nodes.length) {
      const grown = new Uint32Array(this.#nodes.length * 2);
      grown.set(this.#nodes);
      this.#nodes = grown;
    }
    this.#nodes[at] = child;
    return child;
  }
}

function bit(address: Address, depth: number): number {
  return ((address.words[depth >>> 5] ?? 0) >>> (31 - (depth & 31))) & 1;
}
