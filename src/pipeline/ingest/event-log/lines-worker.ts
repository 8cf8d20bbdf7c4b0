import { parentPort } from "node:worker_threads";
import type { Answer } from "../../evtx/threads.js";
import { type ChunkLines, type ChunkPart, linesOf } from "./chunk-lines.js";

/** A thread that turns the chunks it is given into lines. Their bytes are handed over, not copied. */
parentPort?.on("message", (parts: readonly ChunkPart[]) => {
  let answer: Answer<ChunkLines[]>;
  try {
    answer = { result: linesOf(parts) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const buffers =
    "result" in answer ? answer.result.flatMap(({ text }) => text.map((bytes) => bytes.buffer)) : [];
  parentPort?.postMessage(answer, buffers);
});
