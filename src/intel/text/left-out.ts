/** What is not used of a file, by reason, with one example: thousands of one kind become one line. */
export class LeftOut {
  readonly #reasons = new Map<string, { count: number; example: string }>();

  add(reason: string, example: string, count = 1): void {
    const known = this.#reasons.get(reason);
    if (known === undefined) this.#reasons.set(reason, { count, example });
    else known.count += count;
  }

  /** Examples as they stand in the file. */
  list(): { reason: string; count: number; example: string }[] {
    return [...this.#reasons].map(([reason, rest]) => ({ reason, ...rest }));
  }
}
