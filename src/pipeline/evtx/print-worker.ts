import { parentPort } from "node:worker_threads";
import { printSegment, type SegmentResult, type SegmentTask } from "./segment.js";
import type { Answer } from "./threads.js";

/** A thread that prints the segments it is given. The bytes of its output are handed over, not copied. */
parentPort?.on("message", (task: SegmentTask) => {
  let answer: Answer<SegmentResult>;
  try {
    answer = { result: printSegment(task) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const buffers = "result" in answer ? answer.result.output.map((bytes) => bytes.buffer) : [];
  parentPort?.postMessage(answer, buffers);
});
