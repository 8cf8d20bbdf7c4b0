import { parentPort } from "node:worker_threads";
import { unique } from "../../../kernel/group-by.js";
import type { Answer } from "../../evtx/threads.js";
import { linesOf, ROOM } from "./chunk-lines.js";
import type { LinesAnswer, LinesTask } from "./threads.js";

/** A thread that turns the chunks it is given into lines. Their bytes, and the room for the lines, are handed over and not copied. */
parentPort?.on("message", ({ parts, room = new ArrayBuffer(ROOM) }: LinesTask) => {
  let answer: Answer<LinesAnswer>;
  try {
    answer = { result: { lines: linesOf(parts, new Uint8Array(room)), room } };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const buffers =
    "result" in answer ? answer.result.lines.flatMap(({ text }) => text.map((bytes) => bytes.buffer)) : [];
  parentPort?.postMessage(answer, unique([room, ...buffers]));
});
