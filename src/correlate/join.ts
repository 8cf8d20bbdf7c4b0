import { DisjointSets } from "./disjoint-sets.js";
import { LINKS } from "./limits.js";
import type { Observation } from "./observation.js";
import { joins, type Popularity, tiesOf } from "./popular.js";

/** The observations of one scope that have a node in common, in order of time. */
export type Groups = ReadonlyMap<string, readonly Observation[]>;

export function groupByNode(
  observations: readonly Observation[],
  popular: Popularity,
): Map<string, Observation[]> {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations)
    for (const { tie } of tiesOf(observation, popular)) {
      const group = groups.get(tie);
      if (group === undefined) groups.set(tie, [observation]);
      else group.push(observation);
    }
  return groups;
}

/**
 * Clusters of strong observations that share a node within the window of its kind; each strong observation is in exactly one. Weak ones never
 * tie two clusters together: chains of trifles would make everything one incident.
 */
export function joinStrong(
  observations: readonly Observation[],
  groups: Groups,
  popular: Popularity,
): Observation[][] {
  const sets = new DisjointSets(observations.length);
  const reach = new Map<string, { holder: Observation; last: number }>();
  for (const observation of observations) {
    if (!observation.strong) continue;
    for (const node of tiesOf(observation, popular)) {
      if (!joins(node)) continue;
      if ((groups.get(node.tie)?.length ?? 0) < 2) continue;
      const before = reach.get(node.tie);
      const near = before !== undefined && observation.first - before.last <= LINKS[node.kind].window;
      if (near) sets.union(before.holder.index, observation.index);
      const last = near ? Math.max(before.last, observation.last) : observation.last;
      reach.set(node.tie, { holder: observation, last });
    }
  }
  const clusters = new Map<number, Observation[]>();
  for (const observation of observations) {
    if (!observation.strong) continue;
    const root = sets.find(observation.index);
    const cluster = clusters.get(root);
    if (cluster === undefined) clusters.set(root, [observation]);
    else cluster.push(observation);
  }
  return [...clusters.values()];
}
