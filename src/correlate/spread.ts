import type { Groups } from "./join.js";
import { HOPS, JOIN_BELIEF, LINKS, type LinkRule } from "./limits.js";
import type { Node } from "./nodes.js";
import type { Observation } from "./observation.js";

/** How belief came to an observation. */
export interface Belief {
  value: number;
  from: Observation | undefined;
  via: Node | undefined;
}

/** Sources that an observation is compared with over one node: those nearest in time, and those believed most. */
const NEAREST = 8;
const STRONGEST = 8;

/**
 * Belief spreads from strong findings to weak ones over what they share, as guilt by association does over the graph of hosts and domains in
 * Oprea et al., "Detection of Early-Stage Enterprise Infection by Mining Large-Scale Log Data" (DSN 2015): from seeds outwards, in
 * rounds, with a threshold under which nobody becomes a source. Instead of sums of messages the best single path counts (max-product), so that
 * it can be told to a reader, and many weak neighbours never add up to a strong one. Over one link passes
 *
 *     belief × coupling(kind) × 2^(−gap / window(kind)) ÷ (1 + log10(hosts that share the node)),
 *
 * nothing beyond the window and nothing over popular nodes; what arrives joins with the finding's own belief as independent evidence does,
 * 1 − (1 − own)(1 − received). No belief comes back to a finding that it came from: two weak findings would confirm each other, and their path
 * would lead to no strong one. Each node is looked at once a round and compares a bounded number of sources: linear in findings × entities.
 */
export function spread(observations: readonly Observation[], groups: Groups): Belief[] {
  const beliefs: Belief[] = observations.map(({ prior }) => ({
    value: prior,
    from: undefined,
    via: undefined,
  }));
  const shared = [...groups].filter(([, group]) => group.length > 1 && group.some((each) => !each.strong));
  let active = new Set(observations.flatMap(({ strong, index }) => (strong ? [index] : [])));
  for (let hop = 0; hop < HOPS && active.size > 0; hop++) {
    const received = new Map<number, Belief>();
    for (const [tie, group] of shared) {
      const sources = group.filter(({ index }) => active.has(index));
      if (sources.length === 0) continue;
      const link = linkOf(group[0] as Observation, tie);
      offer(group, sources, link, beliefs, received);
    }
    active = settle(observations, beliefs, received);
  }
  return beliefs;
}

interface Link {
  tie: string;
  rule: LinkRule;
  /** Divisor for nodes that many hosts share. */
  shared: boolean;
}

function linkOf(observation: Observation, tie: string): Link {
  const node = nodeWith(observation, tie);
  return { tie, rule: LINKS[node.kind], shared: node.kind !== "host" && node.kind !== "process" };
}

function nodeWith({ nodes }: Observation, tie: string): Node {
  return nodes.find((node) => node.tie === tie) as Node;
}

function offer(
  group: readonly Observation[],
  sources: readonly Observation[],
  { tie, rule, shared }: Link,
  beliefs: readonly Belief[],
  received: Map<number, Belief>,
): void {
  const believed = ({ index }: Observation) => (beliefs[index] as Belief).value;
  const strongest =
    sources.length <= NEAREST + STRONGEST
      ? sources
      : [...sources].sort((a, b) => believed(b) - believed(a)).slice(0, STRONGEST);
  const hosts = shared ? new Set(group.flatMap((each) => each.hosts.map((host) => host.key))).size : 1;
  const coupling = rule.coupling / (1 + Math.log10(Math.max(1, hosts)));
  let next = 0;
  for (const observation of group) {
    // Both lists are in order of time.
    while (next < sources.length && (sources[next] as Observation).first <= observation.first) next++;
    if (observation.strong) continue;
    const near =
      sources === strongest ? [] : sources.slice(Math.max(0, next - NEAREST / 2), next + NEAREST / 2);
    for (const source of [...strongest, ...near]) {
      if (source === observation) continue;
      const gap = onsetGap(observation, source);
      if (gap > rule.window) continue;
      const value = believed(source) * coupling * 2 ** (-gap / rule.window);
      const before = received.get(observation.index);
      if ((before === undefined || value > before.value) && !restsOn(source, observation, beliefs))
        received.set(observation.index, { value, from: source, via: nodeWith(observation, tie) });
    }
  }
}

/** Time between when something began and what it is to belong to: a habit that was there long before is no consequence. */
function onsetGap({ first }: Observation, source: Observation): number {
  if (first < source.first) return source.first - first;
  return Math.max(0, first - source.last);
}

/** Whether the belief in an observation came to it over another one. */
function restsOn(observation: Observation, other: Observation, beliefs: readonly Belief[]): boolean {
  for (let at: Observation | undefined = observation; at !== undefined; at = beliefs[at.index]?.from)
    if (at === other) return true;
  return false;
}

/** Takes what was received where it is more than before. Gives those that now are sources. */
function settle(
  observations: readonly Observation[],
  beliefs: Belief[],
  received: ReadonlyMap<number, Belief>,
): Set<number> {
  const active = new Set<number>();
  for (const [index, { value: got, from, via }] of received) {
    const observation = observations[index] as Observation;
    const value = 1 - (1 - observation.prior) * (1 - got);
    if (value <= (beliefs[index] as Belief).value || value < JOIN_BELIEF) continue;
    // Two may have offered each other more than each had: the first takes it, and the second keeps what it has.
    if (from !== undefined && restsOn(from, observation, beliefs)) continue;
    beliefs[index] = { value, from, via };
    active.add(index);
  }
  return active;
}
