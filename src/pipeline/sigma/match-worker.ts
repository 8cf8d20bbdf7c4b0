import { parentPort, workerData } from "node:worker_threads";
import type { Segment } from "../../sources/evtx/index.js";
import type { Answer } from "../evtx/threads.js";
import { type MatchSetup, SegmentMatcher, type SegmentMatches } from "./match-segment.js";

const matcher = new SegmentMatcher(workerData as MatchSetup);

/** A thread that tests the records of the segments it is given. */
parentPort?.on("message", (segment: Segment) => {
  let answer: Answer<SegmentMatches>;
  try {
    answer = { result: matcher.match(segment) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
