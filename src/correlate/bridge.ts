import { severityRank } from "../model/finding.js";
import { isSupporting } from "../model/supporting.js";
import { DisjointSets } from "./disjoint-sets.js";
import { LINKS } from "./limits.js";
import type { Node } from "./nodes.js";
import type { Observation } from "./observation.js";
import { type Popularity, tiesOf } from "./popular.js";

/** Hosts with findings of any kind about a server above which it is no rare one. */
const RARE_HOSTS = 5;

/** Strong observations that belong together, and what only weak findings know that they have in common. */
export interface Joined {
  strong: Observation[];
  bridges: Node[];
}

/**
 * Joins clusters that a weak finding leads from one to the other, where each end is strong without it. Two things do so:
 *
 * - a move from a host of one to a host of another, when the first was under way there: the step is weak for itself, both of its ends are not;
 * - a server on the Internet (or a file's hash) that hosts of both have findings about, and hardly anybody else.
 *
 * One weak finding, one step: a chain of them ties nothing, and what only supports never does.
 */
export function bridged(
  clusters: readonly (readonly Observation[])[],
  observations: readonly Observation[],
  popular: Popularity,
): Joined[] {
  const at = new Places(clusters, popular);
  const sets = new DisjointSets(clusters.length);
  const bridges: { cluster: number; node: Node }[] = [];
  const join = (found: ReadonlySet<number>, node: Node) => {
    const [first, ...others] = found;
    if (first === undefined || others.every((each) => sets.find(each) === sets.find(first))) return;
    for (const each of others) sets.union(first, each);
    bridges.push({ cluster: first, node });
  };
  for (const observation of observations) {
    const move = moveOf(observation);
    if (move === undefined) continue;
    const from = at.near(move.from, observation, 0);
    const to = at.near(move.to, observation, LINKS.host.window);
    if (from.size > 0 && to.size > 0) join(new Set([...from, ...to]), move.to);
  }
  for (const group of serversOf(observations, popular)) {
    const [{ node }] = group as [Named];
    const telling = group.filter(({ observation }) => canBridge(observation) || observation.strong);
    const hosts = (list: readonly Named[]) =>
      new Set(list.flatMap((each) => each.observation.hosts.map(({ tie }) => tie)));
    if (hosts(group).size > RARE_HOSTS || telling.length < 2) continue;
    const found = telling.map(({ observation }) =>
      observation.hosts.map((host) => at.near(host, observation, LINKS.host.window)),
    );
    if (found.flat().some((each) => each.size === 0)) continue;
    join(new Set(found.flat().flatMap((each) => [...each])), node);
  }
  const joined = new Map<number, Joined>();
  for (const [index, strong] of clusters.entries()) {
    const root = sets.find(index);
    const known = joined.get(root);
    if (known === undefined) joined.set(root, { strong: [...strong], bridges: [] });
    else known.strong.push(...strong);
  }
  for (const { cluster, node } of bridges) joined.get(sets.find(cluster))?.bridges.push(node);
  return [...joined.values()];
}

/**
 * When clusters were on a host. Strong observations of a host that are no window apart are of one cluster: they make one run, however many they are, and runs of a
 * host are few.
 */
class Places {
  readonly #at = new Map<string, { cluster: number; first: number; last: number }[]>();

  constructor(clusters: readonly (readonly Observation[])[], popular: Popularity) {
    for (const [cluster, strong] of clusters.entries())
      for (const observation of strong)
        for (const { kind, tie } of tiesOf(observation, popular)) {
          if (kind !== "host") continue;
          const list = this.#at.get(tie) ?? [];
          this.#at.set(tie, list);
          const { first, last } = observation;
          const run = list.at(-1);
          if (run?.cluster === cluster && first - run.last <= LINKS.host.window)
            run.last = Math.max(run.last, last);
          else list.push({ cluster, first, last });
        }
  }

  /** Clusters that were on a host at about the time of an observation, and began there at most `after` milliseconds after it. */
  near({ tie }: Node, { first, last }: Observation, after: number): ReadonlySet<number> {
    return new Set(
      (this.#at.get(tie) ?? [])
        .filter((each) => each.first <= last + after && first - each.last <= LINKS.host.window)
        .map(({ cluster }) => cluster),
    );
  }
}

/** A weak finding of a detector that knows more than that something is unusual. */
function canBridge({ strong, finding }: Observation): boolean {
  return !strong && severityRank(finding.severity) >= severityRank("low") && !isSupporting(finding);
}

/** From one host to another, of a weak finding that says so. */
function moveOf(observation: Observation): { from: Node; to: Node } | undefined {
  const [from, to, ...others] = observation.hosts;
  if (from === undefined || to === undefined || others.length > 0 || !canBridge(observation))
    return undefined;
  return from.entity.role === "origin" && to.entity.role === "victim" ? { from, to } : undefined;
}

interface Named {
  node: Node;
  observation: Observation;
}

/** Observations of hosts by the servers and hashes that they name, each group within one scope and without pauses beyond the window of its kind; in order of time. */
function serversOf(observations: readonly Observation[], popular: Popularity): Named[][] {
  const groups = new Map<string, Named[]>();
  const all: Named[][] = [];
  const until = new Map<string, number>();
  for (const observation of observations) {
    if (observation.hosts.length === 0) continue;
    for (const node of tiesOf(observation, popular)) {
      const { kind, tie } = node;
      if (LINKS[kind].campaign < 1) continue;
      let group = groups.get(tie);
      if (group === undefined || observation.first - (until.get(tie) ?? 0) > LINKS[kind].window) {
        group = [];
        groups.set(tie, group);
        all.push(group);
      }
      group.push({ node, observation });
      until.set(tie, Math.max(until.get(tie) ?? 0, observation.last));
    }
  }
  return all.filter((group) => group.length > 1);
}
