import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes that a fuzzed parser may keep: readers keep templates, layouts and texts from input to input, all of them up to a bound. */
export const MOST_MEMORY = 512 * 1024 ** 2;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/**
 * Bytes that are still reachable, on the heap and beside it, after everything else was collected. The process's resident size would not do:
 * on a machine with much memory the collector lets garbage lie for long, and a run of a million inputs looks like one that leaks.
 */
export function liveMemory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
