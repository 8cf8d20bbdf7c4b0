import { Worker } from "node:worker_threads";

/** What a thread answers to a task. A task that fails with an exception ends the run: what can go wrong with data is a result. */
export type Answer<Result> = { result: Result } | { failed: string };

/** The module that threads run. It answers each message with an {@link Answer}. */
export interface ThreadModule {
  /** `import.meta.url` of a module beside it. */
  beside: string;
  /** Its file name without ending. Beside it stands `NAME-from-source.mjs`, which loads it where nothing is compiled. */
  name: string;
  /** Given to every thread once (`workerData`). */
  data?: unknown;
}

/**
 * Runs tasks in threads and gives their results in the order of the tasks. At most two tasks a thread are given out and not yet taken, so a
 * slow consumer slows the threads, and memory does not grow with the input.
 */
export async function* inThreads<Task, Result>(
  module: ThreadModule,
  threads: number,
  tasks: Iterable<Task> | AsyncIterable<Task>,
): AsyncGenerator<Result> {
  const pool = new ThreadPool<Task, Result>(module, threads);
  const results: Promise<Result>[] = [];
  const source = Symbol.asyncIterator in tasks ? tasks[Symbol.asyncIterator]() : tasks[Symbol.iterator]();
  const giveOut = async (): Promise<void> => {
    while (results.length < 2 * threads) {
      const next = await source.next();
      if (next.done) return;
      results.push(pool.run(next.value));
    }
  };
  try {
    for (await giveOut(); results.length > 0; await giveOut()) yield (await results.shift()) as Result;
  } finally {
    await pool.end();
  }
}

/** Threads that stay for as long as there may be tasks. Whoever gives them out waits for results before giving out more. */
export class ThreadPool<Task, Result> {
  readonly #threads: Thread<Task, Result>[];
  #turn = 0;

  constructor(module: ThreadModule, threads: number) {
    this.#threads = Array.from({ length: threads }, () => new Thread<Task, Result>(module));
  }

  run(task: Task): Promise<Result> {
    const idle = this.#threads.reduce(
      (one, other) => (other.waiting < one.waiting ? other : one),
      this.#threads[this.#turn++ % this.#threads.length] as Thread<Task, Result>,
    );
    const result = idle.run(task);
    // It is awaited in its turn; until then a failure must not count as one that nobody handles.
    result.catch(() => {});
    return result;
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }
}

interface Waiting<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

class Thread<Task, Result> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Result>[] = [];

  constructor({ beside, name, data }: ThreadModule) {
    const compiled = beside.endsWith(".js");
    this.#worker = new Worker(new URL(compiled ? `./${name}.js` : `./${name}-from-source.mjs`, beside), {
      workerData: data,
    });
    this.#worker.on("message", (answer: Answer<Result>) => {
      const waiting = this.#waiting.shift();
      if ("result" in answer) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(answer.failed));
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a thread ended before its work was done")));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Tasks are answered in the order in which they come. */
  run(task: Task): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners("exit");
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
