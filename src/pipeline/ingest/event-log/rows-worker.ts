import { parentPort } from "node:worker_threads";
import type { Answer } from "../../evtx/threads.js";
import { rowsOf } from "./chunk-rows.js";
import type { RowsAnswer, RowsTask } from "./threads.js";

/** A thread that turns the chunks it is given into rows. All memory is handed over and back, and not copied. */
parentPort?.on("message", ({ parts, memory }: RowsTask) => {
  let answer: Answer<RowsAnswer>;
  try {
    const { chunks, room } = rowsOf(parts, memory.rows);
    answer = { result: { chunks, memory: { chunks: memory.chunks, rows: room } } };
    parentPort?.postMessage(answer, [memory.chunks, room]);
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    parentPort?.postMessage(answer);
  }
});
