import { parentPort, workerData } from "node:worker_threads";
import type { Answer } from "../evtx/threads.js";
import { type MatchSetup, type MatchTask, SegmentMatcher, type SegmentMatches } from "./match-segment.js";

const matcher = new SegmentMatcher(workerData as MatchSetup);

/** A thread that tests the records it is given. */
parentPort?.on("message", (task: MatchTask) => {
  let answer: Answer<SegmentMatches>;
  try {
    answer = { result: matcher.match(task) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
