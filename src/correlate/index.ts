import { groupBy, unique } from "../kernel/group-by.js";
import { type Finding, severityRank } from "../model/finding.js";
import type { HostAlias } from "../model/host-identity.js";
import type { Correlation, Incident } from "../model/incident.js";
import { bridged, type Joined } from "./bridge.js";
import { campaignsOf } from "./campaign.js";
import { build, type Cluster, nameIncidents } from "./incident.js";
import { groupByNode, joinStrong } from "./join.js";
import { INCIDENT_STRENGTH, LINKS } from "./limits.js";
import { type Observation, observe } from "./observation.js";
import { type HubRole, joins, type Popularity, popularity, tiesOf } from "./popular.js";
import { Rarity, strengthOf } from "./score.js";
import { type Belief, spread } from "./spread.js";

export { INCIDENT_MESSAGES } from "./messages.js";

export interface CorrelateOptions {
  /** Hosts that the telemetry knows, with findings or without: what is rare is rare among these. */
  hosts: number;
  /** Puts names and addresses of one machine together; equal text for equal machines. `value` is in lower case. */
  alias?: HostAlias;
  /** Role of a host that serves everyone (a domain controller, a resolver), or undefined. */
  hubRole?: HubRole;
}

/**
 * Findings to incidents to campaigns. Pure: equal findings in any order give an equal result. Time and memory grow with findings × entities
 * (docs/incidents.md says how each step works and why).
 */
export function correlate(findings: readonly Finding[], options: CorrelateOptions): Correlation {
  const observations = observe(findings, options.alias ?? ((_, value) => value));
  const popular = popularity(observations, options.hosts, options.hubRole ?? (() => undefined));
  const groups = groupByNode(observations, popular);
  const beliefs = spread(observations, groups);
  const joined = bridged(joinStrong(observations, groups, popular), observations, popular);
  const clusters = clustersOf(observations, joined, beliefs, popular);
  const rarity = new Rarity(observations, options.hosts);
  const built = clusters
    .filter(({ strong }) => strengthOf(strong) >= INCIDENT_STRENGTH)
    .map((cluster) => build(cluster, beliefs, rarity));
  nameIncidents(built);
  const campaigns = campaignsOf(built, observations, popular);
  const incidents = built.map(({ incident }) => incident).sort(gravestFirst);
  return {
    incidents,
    campaigns,
    summary: summaryOf(observations, incidents, campaigns, popular),
  };
}

function gravestFirst(a: Incident, b: Incident): number {
  return severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1);
}

/** Strong observations by what they share, each with what belief brought to it and with the findings about many hosts that touch it. */
function clustersOf(
  observations: readonly Observation[],
  joined: readonly Joined[],
  beliefs: readonly Belief[],
  popular: Popularity,
): Cluster[] {
  const clusterOf = new Map<number, Cluster>();
  const clusters: Cluster[] = [];
  const wide: Observation[] = [];
  for (const { strong, bridges } of joined) {
    const [only] = strong as [Observation];
    if (strong.length === 1 && only.wide && !tiesOf(only, popular).some(joins)) {
      wide.push(only);
      continue;
    }
    const cluster: Cluster = { strong, related: [], bridges };
    clusters.push(cluster);
    for (const each of strong) clusterOf.set(each.index, cluster);
  }
  for (const observation of observations) {
    if (observation.strong) continue;
    const source = sourceOf(observation, beliefs);
    const cluster = source === undefined ? undefined : clusterOf.get(source.index);
    if (cluster !== undefined) cluster.related.push(observation);
  }
  clusters.push(...attachWide(clusters, wide));
  return clusters;
}

/** The strong observation that an observation's belief comes from in the end. */
function sourceOf(observation: Observation, beliefs: readonly Belief[]): Observation | undefined {
  let at = (beliefs[observation.index] as Belief).from;
  while (at !== undefined && !at.strong) at = (beliefs[at.index] as Belief).from;
  return at;
}

/** Adds strong findings about many hosts to every cluster of one of these hosts; gives those that are about hosts of no cluster. */
function attachWide(clusters: readonly Cluster[], wide: readonly Observation[]): Cluster[] {
  const spans = groupBy(
    clusters.flatMap((cluster) => {
      const first = cluster.strong.reduce(
        (least, each) => Math.min(least, each.first),
        Number.POSITIVE_INFINITY,
      );
      const last = cluster.strong.reduce((most, each) => Math.max(most, each.last), Number.NEGATIVE_INFINITY);
      const keys = new Set(cluster.strong.flatMap(({ hosts }) => hosts.map(({ tie }) => tie)));
      return [...keys].map((key) => ({ key, cluster, first, last }));
    }),
    ({ key }) => key,
  );
  return wide.flatMap((observation) => {
    const near = new Set(
      observation.hosts
        .flatMap(({ tie }) => spans.get(tie) ?? [])
        .filter(
          ({ first, last }) =>
            observation.first - last <= LINKS.host.window && first - observation.last <= LINKS.host.window,
        )
        .map(({ cluster }) => cluster),
    );
    for (const cluster of near) cluster.related.push(observation);
    return near.size === 0 ? [{ strong: [observation], related: [], bridges: [] }] : [];
  });
}

function summaryOf(
  observations: readonly Observation[],
  incidents: readonly Incident[],
  campaigns: Correlation["campaigns"],
  popular: Popularity,
): Correlation["summary"] {
  const ids = unique(observations.map(({ finding }) => finding.id));
  const joined = new Set(incidents.flatMap(({ findings }) => findings));
  for (const { findings } of campaigns) for (const id of findings) joined.add(id);
  return {
    findings: ids.length,
    joined: ids.filter((id) => joined.has(id)).length,
    steps: incidents.reduce((sum, { steps }) => sum + steps.length, 0),
    incidents: incidents.length,
    campaigns: campaigns.length,
    standing_alone: ids.filter((id) => !joined.has(id)),
    popular: popular.list.map(({ node: { entity }, why }) => ({
      kind: entity.kind,
      value: entity.value,
      ...(entity.realm !== undefined && { realm: entity.realm }),
      why,
    })),
  };
}
