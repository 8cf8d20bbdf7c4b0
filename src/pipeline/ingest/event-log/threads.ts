import { availableParallelism } from "node:os";
import { CHUNK_SIZE } from "../../../sources/evtx/index.js";
import { ThreadPool } from "../../evtx/threads.js";
import { type ChunkPart, type ChunkRows, rowsOf } from "./chunk-rows.js";

/** Chunks that a thread is given at once: 1 MiB. */
const CHUNKS_AT_ONCE = 16;
/** Chunks that are read in this thread before others are started: below that, starting them takes longer. */
const CHUNKS_ALONE = 64;
/** Of so much input there will be more. To read the first of it here would only compile the reader once more. */
const MANY_BYTES = 4 * CHUNKS_ALONE * CHUNK_SIZE;
/** Bytes that the rows of a task may take without more memory. */
const ROOM = 4 << 20;

/**
 * Memory of a task, used again when its rows have been taken. It is shared and not handed over: each time it changed hands it would count as new to the
 * garbage collector, which then runs all the time.
 */
interface Memory {
  chunks: SharedArrayBuffer;
  rows: SharedArrayBuffer;
}

/** What a thread is given. */
export interface RowsTask {
  parts: readonly ChunkPart[];
  room: SharedArrayBuffer;
}

/** What to do with the rows of a chunk. */
type Settle = (rows: ChunkRows) => Promise<void>;

interface Group {
  memory: Memory;
  parts: ChunkPart[];
  settle: Settle[];
}

/**
 * Has chunks read, in threads where there are many, and hands back their rows in the order of the chunks. A slow taker slows the threads: at most
 * two tasks a thread are given out and not yet taken.
 */
export class ChunkThreads {
  readonly #threads: number;
  #pool: ThreadPool<RowsTask, ChunkRows[]> | undefined;
  #group: Group | undefined;
  #given: { settle: readonly Settle[]; memory: Memory; answer: Promise<ChunkRows[]> }[] = [];
  #alone: number;
  readonly #free: Memory[] = [];

  /** @param bytes of all input */
  constructor(bytes: number, threads = availableParallelism()) {
    this.#alone = bytes >= MANY_BYTES ? CHUNKS_ALONE : 0;
    this.#threads = threads;
  }

  /** @param part its bytes are the caller's again when this returns its promise */
  async read(part: ChunkPart, settle: Settle): Promise<void> {
    if (this.#threads === 0 || this.#alone < CHUNKS_ALONE) {
      this.#alone++;
      const memory = this.#memory();
      const [rows] = rowsOf([part], memory.rows);
      await settle(rows as ChunkRows);
      this.#free.push(memory);
      return;
    }
    this.#group ??= { memory: this.#memory(), parts: [], settle: [] };
    const { memory, parts } = this.#group;
    const bytes = new Uint8Array(memory.chunks, parts.length * CHUNK_SIZE, part.bytes.length);
    bytes.set(part.bytes);
    parts.push({ ...part, bytes });
    this.#group.settle.push(settle);
    if (parts.length < CHUNKS_AT_ONCE) return;
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
    if (this.#group === undefined) return;
    this.#pool ??= new ThreadPool({ beside: import.meta.url, name: "rows-worker" }, this.#threads);
    const { memory, parts, settle } = this.#group;
    this.#group = undefined;
    this.#given.push({ settle, memory, answer: this.#pool.run({ parts, room: memory.rows }) });
  }

  async #take(): Promise<void> {
    const next = this.#given.shift();
    if (next === undefined) return;
    const chunks = await next.answer;
    for (const [index, settle] of next.settle.entries()) await settle(chunks[index] as ChunkRows);
    this.#free.push(next.memory);
  }

  #memory(): Memory {
    return (
      this.#free.pop() ?? {
        chunks: new SharedArrayBuffer(CHUNKS_AT_ONCE * CHUNK_SIZE),
        rows: new SharedArrayBuffer(ROOM),
      }
    );
  }
}
