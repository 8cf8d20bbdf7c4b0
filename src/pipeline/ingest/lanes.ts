/** Pieces of work side by side, at most so many. */
export class Lanes {
  readonly #most: number;
  readonly #running = new Set<Promise<void>>();
  /** The first failure: it is met by whoever waits next. */
  #failure: { error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Waits until there is room for one more. @throws what a piece of work has thrown */
  async free(): Promise<void> {
    while (this.#running.size >= this.#most) await Promise.race(this.#running);
    this.#assertSound();
  }

  /** Begun work, for which {@link free} has made room. */
  take(work: Promise<void>): void {
    const running: Promise<void> = work
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits for the work that has been begun by now. @throws what a piece of work has thrown */
  async all(): Promise<void> {
    await Promise.all(this.#running);
    this.#assertSound();
  }

  #assertSound(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
