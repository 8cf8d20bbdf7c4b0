import { availableParallelism } from "node:os";
import { ThreadPool } from "../../evtx/threads.js";
import { type ChunkLines, type ChunkPart, linesOf } from "./chunk-lines.js";

/** Chunks that a thread is given at once: 1 MiB. */
const CHUNKS_AT_ONCE = 16;
/** Chunks that are read in this thread before others are started: below that, starting them takes longer. */
const CHUNKS_ALONE = 64;

/** What a thread is given. */
export interface LinesTask {
  parts: readonly ChunkPart[];
  /** Memory for the lines; the thread takes new memory where none is free. */
  room: ArrayBuffer | undefined;
}

export interface LinesAnswer {
  lines: ChunkLines[];
  room: ArrayBuffer;
}

/** A chunk that was given out, and what to do with its lines. */
interface Given {
  part: ChunkPart;
  settle: (lines: ChunkLines) => Promise<void>;
}

/**
 * Has chunks read, in threads where there are many, and hands back their lines in the order of the chunks. A slow taker slows the threads: at most
 * two tasks a thread are given out and not yet taken.
 */
export class ChunkThreads {
  readonly #threads: number;
  #pool: ThreadPool<LinesTask, LinesAnswer> | undefined;
  #group: Given[] = [];
  #given: { group: readonly Given[]; answer: Promise<LinesAnswer> }[] = [];
  #alone = 0;
  /** Rooms that come back when their lines have been taken. */
  readonly #rooms: ArrayBuffer[] = [];

  constructor(threads = availableParallelism()) {
    this.#threads = threads;
  }

  async read(part: ChunkPart, settle: Given["settle"]): Promise<void> {
    if (this.#threads === 0 || this.#alone < CHUNKS_ALONE) {
      this.#alone++;
      const [lines] = linesOf([part]);
      await settle(lines as ChunkLines);
      return;
    }
    this.#group.push({ part, settle });
    if (this.#group.length < CHUNKS_AT_ONCE) return;
    this.#giveOut();
    while (this.#given.length >= 2 * this.#threads) await this.#take();
  }

  /** Settles all that was given out. */
  async drain(): Promise<void> {
    this.#giveOut();
    while (this.#given.length > 0) await this.#take();
  }

  async end(): Promise<void> {
    await this.#pool?.end();
  }

  #giveOut(): void {
    if (this.#group.length === 0) return;
    this.#pool ??= new ThreadPool({ beside: import.meta.url, name: "lines-worker" }, this.#threads);
    const group = this.#group;
    this.#group = [];
    const parts = group.map(({ part: { bytes, length, offset, from, to, sourceId } }) => ({
      bytes,
      length,
      offset,
      from,
      to,
      sourceId,
    }));
    const room = this.#rooms.pop();
    const handedOver = [...parts.map(({ bytes }) => bytes.buffer), ...(room === undefined ? [] : [room])];
    const answer = this.#pool.run({ parts, room }, handedOver);
    this.#given.push({ group, answer });
  }

  async #take(): Promise<void> {
    const next = this.#given.shift();
    if (next === undefined) return;
    const { lines, room } = await next.answer;
    for (const [index, { settle }] of next.group.entries()) await settle(lines[index] as ChunkLines);
    this.#rooms.push(room);
  }
}
