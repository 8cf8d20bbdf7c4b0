import { getDomain } from "tldts";
import { roleText } from "../model/words.js";
import { LINKS, POPULAR } from "./limits.js";
import { say } from "./messages.js";
import type { Node } from "./nodes.js";
import type { Observation } from "./observation.js";

/** Nodes over which nothing joins and no belief spreads, with the reason in words. */
export interface Popularity {
  of(key: string): string | undefined;
  /** A host that serves everyone: findings about it alone join each other, and it joins nothing else. */
  isHub(key: string): boolean;
  list: { node: Node; why: string }[];
}

/** The role that makes a host everyone's, or undefined. */
export type HubRole = (realm: string, value: string) => string | undefined;

interface Tally {
  node: Node;
  companions: Set<string>;
  strongScopes: Set<string>;
  weakScopes: Set<string>;
  strongHosts: Set<string>;
  weakHosts: Set<string>;
  sites: Set<string>;
}

/**
 * What is popular, from the findings themselves. That many organisations meet a server does not make it harmless: a campaign's server is met
 * by all victims. A server is popular where most who have findings about it have only weak ones.
 */
export function popularity(
  observations: readonly Observation[],
  allHosts: number,
  hubRole: HubRole,
): Popularity {
  const tallies = new Map<string, Tally>();
  const sites = new Map<string, string>();
  for (const observation of observations) tally(observation, tallies, sites);
  const most = Math.max(POPULAR.companions, Math.ceil(allHosts * POPULAR.share));
  const why = new Map<string, string>();
  const hubs = new Set<string>();
  const list: Popularity["list"] = [];
  for (const [key, each] of tallies) {
    const { kind, entity } = each.node;
    const role = kind === "host" ? hubRole(entity.realm ?? "", entity.value) : undefined;
    if (role !== undefined) hubs.add(key);
    const reason = role === undefined ? reasonOf(each, most) : say("popular.role", roleText(role));
    if (reason === undefined) continue;
    if (role === undefined) why.set(key, reason);
    list.push({ node: each.node, why: reason });
  }
  return { of: (key) => why.get(key), isHub: (key) => hubs.has(key), list };
}

function tally(observation: Observation, tallies: Map<string, Tally>, siteOf: Map<string, string>): void {
  const { nodes, hosts, strong, wide } = observation;
  const scope = observation.scope;
  const sites = new Set<string>();
  for (const { kind, entity } of nodes) {
    if (kind !== "domain") continue;
    const site = siteOf.get(entity.value) ?? getDomain(entity.value) ?? entity.value;
    siteOf.set(entity.value, site);
    sites.add(site);
  }
  for (const node of nodes) {
    let entry = tallies.get(node.key);
    if (entry === undefined) {
      entry = {
        node,
        companions: new Set(),
        strongScopes: new Set(),
        weakScopes: new Set(),
        strongHosts: new Set(),
        weakHosts: new Set(),
        sites: new Set(),
      };
      tallies.set(node.key, entry);
    }
    if (node.kind === "host" || node.kind === "account") {
      if (strong && !wide)
        for (const other of nodes)
          if (other !== node && (other.kind === "host" || (node.kind === "host" && other.kind === "account")))
            entry.companions.add(other.key);
      continue;
    }
    if (scope !== null) (strong ? entry.strongScopes : entry.weakScopes).add(scope);
    for (const host of hosts) (strong ? entry.strongHosts : entry.weakHosts).add(host.key);
    if (node.kind === "address") for (const site of sites) entry.sites.add(site);
  }
}

function reasonOf(entry: Tally, most: number): string | undefined {
  if (entry.node.kind === "host" && entry.companions.size > most)
    return say("popular.companions", entry.companions.size);
  if (entry.node.kind === "account" && entry.companions.size > most)
    return say("popular.hosts", entry.companions.size);
  const weakOnly = [...entry.weakScopes].filter((scope) => !entry.strongScopes.has(scope)).length;
  if (weakOnly >= POPULAR.weakScopes && weakOnly >= entry.strongScopes.size)
    return say("popular.weak-organisations", weakOnly);
  const weakHosts = [...entry.weakHosts].filter((host) => !entry.strongHosts.has(host)).length;
  if (weakHosts >= POPULAR.weakHosts && weakHosts > 3 * entry.strongHosts.size)
    return say("popular.weak-hosts", weakHosts);
  if (entry.sites.size >= POPULAR.sites) return say("popular.sites", entry.sites.size);
  return undefined;
}

/** The nodes over which an observation may be tied to others. What is about many hosts ties neither these nor several accounts to each other. */
export function tiesOf(observation: Observation, popular: Popularity): Node[] {
  const accounts = observation.nodes.filter(({ kind }) => kind === "account").length;
  return observation.nodes.filter((node) => {
    if (popular.of(node.key) !== undefined) return false;
    if (node.kind === "account") return !observation.wide || accounts === 1;
    if (node.kind !== "host") return true;
    return !observation.wide && (!popular.isHub(node.key) || observation.hosts.length === 1);
  });
}

/** Whether strong findings become one incident over this node. */
export function joins({ kind }: Node): boolean {
  return LINKS[kind].joins;
}
