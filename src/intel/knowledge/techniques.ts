import type { SuccessorsFile } from "../../model/knowledge.js";

export type Successors = ReadonlyMap<string, string>;

/** Later files win: what a user imported is newer than what Longwatch ships. */
export function joinSuccessors(files: readonly SuccessorsFile[]): Successors {
  return new Map(files.flatMap(({ successors }) => successors.map(({ from, to }) => [from, to] as const)));
}

/**
 * The technique by the newest id that is known for it: revocations are followed to their end (T1574.002 of older reports is T1574.001).
 * Ends also where files contradict each other and the chain is a circle.
 */
export function currentTechnique(id: string, successors: Successors): string {
  const seen = new Set([id]);
  let current = id;
  for (
    let next = successors.get(current);
    next !== undefined && !seen.has(next);
    next = successors.get(current)
  ) {
    seen.add(next);
    current = next;
  }
  return current;
}
