import { parentPort } from "node:worker_threads";
import type { Answer } from "../../evtx/threads.js";
import { type ChunkRows, rowsOf } from "./chunk-rows.js";
import type { RowsTask } from "./threads.js";

/** A thread that turns the chunks it is given into rows. All memory is shared, and not copied. */
parentPort?.on("message", ({ parts, room }: RowsTask) => {
  let answer: Answer<ChunkRows[]>;
  try {
    answer = { result: rowsOf(parts, room) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
