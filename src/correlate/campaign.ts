import { groupBy, unique } from "../kernel/group-by.js";
import { contentId } from "../kernel/ids.js";
import { SEVERITIES, severityRank, strictestTlp } from "../model/finding.js";
import type { Campaign } from "../model/incident.js";
import type { Built } from "./incident.js";
import { LINKS } from "./limits.js";
import { say } from "./messages.js";
import { isCommonAccount, type Node } from "./nodes.js";
import { type Observation, OF_REALM } from "./observation.js";
import type { Popularity } from "./popular.js";

/** Weak ties of one finding that are combined by twos; a pair of them is worth one strong tie. */
const MOST_WEAK = 12;
const SHOWN = 40;

interface Tie {
  key: string;
  node: Node;
}

/**
 * Incidents of different organisations (or, without one, address plans) that share infrastructure or tooling become one campaign: one server's name,
 * address or certificate or one file's hash is enough; of what more people have in common (an account's name, a file's name, a TLS fingerprint) it takes two kinds
 * together in one finding. Only what strong findings name counts, and nothing popular. Sets `campaign_id` of its incidents.
 */
export function campaignsOf(
  built: readonly Built[],
  observations: readonly Observation[],
  popular: Popularity,
): Campaign[] {
  const byTie = new Map<string, { tie: Tie; incidents: Set<Built> }>();
  for (const each of built)
    for (const tie of tiesOf(each, popular)) {
      const known = byTie.get(tie.key) ?? { tie, incidents: new Set() };
      known.incidents.add(each);
      byTie.set(tie.key, known);
    }
  const shared = [...byTie.values()].filter(
    ({ incidents }) => new Set([...incidents].map(({ scope }) => scope)).size > 1,
  );
  const groups = components(shared.map(({ incidents }) => [...incidents])).filter(
    (group) => placesOf(group).length > 1,
  );
  const loose = observations.filter(({ scope }) => scope === null);
  return groups
    .map((group) => campaignOf(group, loose, popular))
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (a.id < b.id ? -1 : 1),
    );
}

/** What ties an incident to others, under keys that are equal in other organisations. */
function tiesOf({ cluster }: Built, popular: Popularity): Tie[] {
  const ties = new Map<string, Node>();
  for (const { nodes } of cluster.strong) {
    const shared = nodes.filter((node) => isShareable(node, popular));
    const weak: Node[] = [];
    for (const node of shared)
      if (LINKS[node.kind].campaign >= 1) ties.set(node.common, node);
      else weak.push(node);
    // Two weak things say something where one finding has both: each alone is met by chance in a large case.
    weak.sort((a, b) => (a.common < b.common ? -1 : 1));
    for (const [at, a] of weak.slice(0, MOST_WEAK).entries())
      for (const b of weak.slice(at + 1, MOST_WEAK))
        if (a.kind !== b.kind) ties.set(`${a.common}\n${b.common}`, a);
  }
  return [...ties].map(([key, node]) => ({ key, node }));
}

function isShareable(node: Node, popular: Popularity): boolean {
  if (LINKS[node.kind].campaign === 0 || popular.of(node.key) !== undefined) return false;
  return node.kind !== "account" || !isCommonAccount(node.entity.value);
}

/** Connected components of incidents, smallest work first: each list ties all its members together. */
function components(lists: readonly Built[][]): Built[][] {
  const groupOf = new Map<Built, Set<Built>>();
  for (const list of lists) {
    const merged = unique(list.map((each) => groupOf.get(each) ?? new Set([each]))).sort(
      (a, b) => b.size - a.size,
    );
    const into = merged[0] ?? new Set<Built>();
    for (const each of [...list, ...merged.slice(1).flatMap((other) => [...other])]) {
      into.add(each);
      groupOf.set(each, into);
    }
  }
  return [...new Set(groupOf.values())].map((group) => [...group]);
}

/** Organisations and address plans of incidents. What spans several (a finding about a server itself) is none by itself. */
function placesOf(group: readonly Built[]): string[] {
  return unique(group.flatMap(({ scope }) => scope ?? [])).sort();
}

function campaignOf(group: readonly Built[], loose: readonly Observation[], popular: Popularity): Campaign {
  const incidents = group
    .map(({ incident }) => incident)
    .sort((a, b) =>
      a.first_seen < b.first_seen ? -1 : a.first_seen > b.first_seen ? 1 : a.id < b.id ? -1 : 1,
    );
  const shared = sharedBy(group, popular);
  const keys = new Set(shared.map(({ key }) => key));
  const about = loose.filter(({ nodes }) => nodes.some((node) => keys.has(node.common)));
  const id = `campaign-${contentId("campaign", seedOf(group, keys)).slice(0, 12)}`;
  for (const incident of incidents) incident.campaign_id = id;
  const orgs = unique(incidents.flatMap(({ org_ids }) => org_ids)).sort();
  const [first = ""] = incidents.map((each) => each.first_seen);
  const last =
    incidents
      .map((each) => each.last_seen)
      .sort()
      .at(-1) ?? "";
  const rank = Math.max(...incidents.map(({ severity }) => severityRank(severity)));
  const names = shared.slice(0, 12).map(({ node }) => node.entity.value);
  const places = placesOf(group);
  const networks = places
    .filter((place) => place.startsWith(OF_REALM))
    .map((place) => place.slice(OF_REALM.length));
  const where = networks.length === 0 ? "organisations" : orgs.length === 0 ? "networks" : "both";
  const [leading = ""] = names;
  const thing = names.length > 1 ? say("campaign.more", leading, shared.length - 1) : leading;
  return {
    id,
    title: say(`campaign.title.${where}`, places.length, thing),
    severity: SEVERITIES[rank] ?? "medium",
    score: Math.max(...incidents.map(({ score }) => score)),
    first_seen: first,
    last_seen: last,
    org_ids: orgs,
    incidents: incidents.map((each) => each.id),
    findings: about.map(({ finding }) => finding.id),
    techniques: unique(incidents.flatMap(({ techniques }) => techniques)).sort(),
    shared: shared.slice(0, SHOWN).map(({ node, scopes, count }) => ({
      kind: node.entity.kind,
      value: node.entity.value,
      organisations: scopes,
      incidents: count,
    })),
    explanation: {
      key: networks.length === 0 ? "campaign.shared" : "campaign.networks",
      args: [
        { type: "number", value: incidents.length },
        { type: "number", value: orgs.length },
        { type: "organisation", value: orgs },
        { type: "time", value: first },
        { type: "time", value: last },
        { type: "list", value: names },
        { type: "list", value: networks },
      ],
    },
    caveats: [say("campaign.caveat")],
    tlp: strictestTlp(incidents.map(({ tlp }) => tlp)),
  };
}

interface Shared {
  key: string;
  node: Node;
  /** Organisations and address plans. */
  scopes: number;
  /** Incidents. */
  count: number;
}

/** What incidents of different organisations share: what most of them do first, infrastructure before what more people have in common. */
function sharedBy(group: readonly Built[], popular: Popularity): Shared[] {
  const uses = group.flatMap((built) => {
    const own = new Map(
      built.cluster.strong
        .flatMap(({ nodes }) => nodes)
        .filter((node) => isShareable(node, popular))
        .map((node) => [node.common, node] as const),
    );
    return [...own].map(([key, node]) => ({ key, node, built }));
  });
  return [...groupBy(uses, ({ key }) => key)]
    .filter(([, list]) => new Set(list.map(({ built }) => built.scope)).size > 1)
    .map(([key, list]) => ({
      key,
      node: (list[0] as (typeof list)[number]).node,
      scopes: placesOf(list.map(({ built }) => built)).length,
      count: list.length,
    }))
    .sort(
      (a, b) =>
        b.scopes - a.scopes ||
        LINKS[b.node.kind].campaign - LINKS[a.node.kind].campaign ||
        b.count - a.count ||
        (a.key < b.key ? -1 : 1),
    );
}

/** The shared thing that was seen first; of several, the first by name. Victims that come later do not change it. */
function seedOf(group: readonly Built[], keys: ReadonlySet<string>): string {
  let best = { first: Number.POSITIVE_INFINITY, key: "" };
  for (const { cluster } of group)
    for (const { first, nodes } of cluster.strong)
      for (const node of nodes) {
        const key = node.common;
        if (keys.has(key) && (first < best.first || (first === best.first && key < best.key)))
          best = { first, key };
      }
  return best.key;
}
