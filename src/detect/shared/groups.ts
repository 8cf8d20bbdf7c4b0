/** Sets of indicators that belong together, because they share an address, a registrable domain or a relation. */
export class Groups {
  #parent: number[];

  constructor(size: number) {
    this.#parent = Array.from({ length: size }, (_, index) => index);
  }

  root(member: number): number {
    let at = member;
    while (this.#parent[at] !== at) {
      // Path halving: keeps the trees flat without a second pass.
      this.#parent[at] = this.#parent[this.#parent[at] as number] as number;
      at = this.#parent[at] as number;
    }
    return at;
  }

  join(members: readonly number[]): void {
    const [first, ...rest] = members;
    if (first === undefined) return;
    for (const member of rest) this.#parent[this.root(member)] = this.root(first);
  }
}
