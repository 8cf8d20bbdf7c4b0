import { availableParallelism } from "node:os";

/**
 * Units that the engine reads at the same time. Each takes one thread and at most about 300 MB, and reading and inflating feed no more than
 * four.
 */
export const ENGINE_LANES = Math.min(4, availableParallelism());

/** So much work at a time, and no more. The first failure stops all that would begin after it. */
export class Lanes {
  #running = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for a free lane. @throws what any work failed with */
  async free(): Promise<void> {
    while (this.#failure === undefined && this.#running.size >= this.#limit)
      await Promise.race(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  begin(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }
}
