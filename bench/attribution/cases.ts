import { attributeSubjects, type Subject } from "../../src/assess/index.js";
import type { Attribution } from "../../src/model/attribution.js";
import type { RivalClusters } from "../../src/model/cluster-profile.js";
import { type Finding, findingId } from "../../src/model/finding.js";

/** Numbers 0..1 from a seed, the same everywhere (Park–Miller). */
export function generator(seed: number): () => number {
  let state = (seed * 2654435761) % 2147483647 || 1;
  for (let warm = 0; warm < 5; warm++) state = (state * 48271) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Several different ones of a list, each by its weight. */
export function draw<Item>(
  items: readonly (readonly [Item, number])[],
  count: number,
  next: () => number,
): Item[] {
  const left = [...items];
  const drawn: Item[] = [];
  while (drawn.length < count && left.length > 0) {
    let at = next() * left.reduce((sum, [, weight]) => sum + weight, 0);
    let index = 0;
    while (index < left.length - 1 && at > (left[index]?.[1] ?? 0)) at -= left[index++]?.[1] ?? 0;
    const [one] = left.splice(index, 1);
    if (one !== undefined) drawn.push(one[0]);
  }
  return drawn;
}

/** How often each technique is said of any cluster: what somebody in general does. */
export function background({ clusters }: RivalClusters): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { techniques } of clusters)
    for (const id of techniques.keys()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** An incident of which every technique is one synthetic finding of high severity. */
export function incidentOf(
  id: string,
  techniques: readonly string[],
  more: Partial<Finding>[] = [],
): Subject {
  const finding = (name: string, part: Partial<Finding>): Finding => ({
    id: findingId("bench", null, id, name),
    detector: `detector-${name}`,
    title: name,
    severity: "high",
    score: 0.8,
    components: [],
    first_seen: "2026-01-05T00:00:00Z",
    last_seen: "2026-02-05T00:00:00Z",
    org_id: null,
    entities: [],
    attack: [],
    evidence: [],
    explanation: { key: "bench", args: [] },
    caveats: [],
    facts: {},
    tlp: "clear",
    ...part,
  });
  return {
    id,
    kind: "incident",
    orgIds: [],
    findings: [
      ...techniques.map((technique) => finding(technique, { attack: [technique] })),
      ...more.map((part, at) => finding(`extra-${at}`, part)),
    ],
    sectors: [],
    countries: [],
    calendars: [],
    testable: new Set(),
    hasHosts: true,
    hasNetwork: true,
  };
}

/** Place (from 1) of a cluster among the named ones; beyond those shown, six. */
export function rankOf({ hypotheses }: Attribution, cluster: string): number {
  const clusters = hypotheses.filter(({ kind }) => kind === "cluster");
  const at = clusters.findIndex((each) => each.cluster === cluster);
  return at < 0 ? clusters.length + 1 : at + 1;
}

/** First of all hypotheses. */
export function leaderOf({ hypotheses }: Attribution): Attribution["hypotheses"][number] | undefined {
  return hypotheses[0];
}

export function run(subjects: readonly Subject[], rivals: RivalClusters): Attribution[] {
  return attributeSubjects(subjects, rivals);
}

/** Pearson's correlation of two lists of equal length. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const cov = a.reduce((sum, value, at) => sum + (value - ma) * ((b[at] ?? 0) - mb), 0);
  const size = (values: readonly number[], m: number) =>
    Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0));
  return cov / (size(a, ma) * size(b, mb) || 1);
}

export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const out = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let at = from; at <= to; at++) out[order[at] ?? 0] = (from + to) / 2;
    from = to + 1;
  }
  return out;
}
