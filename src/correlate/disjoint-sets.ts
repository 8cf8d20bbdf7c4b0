/** Disjoint sets with union by size and path halving (Tarjan and van Leeuwen 1984): nearly linear. */
export class DisjointSets {
  readonly #parent: Int32Array;
  readonly #size: Int32Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, index) => index);
    this.#size = new Int32Array(count).fill(1);
  }

  find(item: number): number {
    let at = item;
    for (;;) {
      const parent = this.#parent[at] as number;
      if (parent === at) return at;
      const grand = this.#parent[parent] as number;
      this.#parent[at] = grand;
      at = grand;
    }
  }

  union(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x === y) return;
    const [big, small] = (this.#size[x] as number) >= (this.#size[y] as number) ? [x, y] : [y, x];
    this.#parent[small] = big;
    this.#size[big] = (this.#size[big] as number) + (this.#size[small] as number);
  }
}
