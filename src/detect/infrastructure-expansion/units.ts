import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { namesOnServers, serversOfNames } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import { siteOf } from "../shared/site.js";
import type { InfraGraph, InfraNode } from "./graph.js";

/** A discovered server: a registrable domain with its names and own addresses, or an address alone. */
export interface Unit {
  /** The registrable domain, a new name below a known one, or an address. */
  value: string;
  kind: "domain" | "address";
  /** Graph key whose path explains it: the most confident of its nodes. */
  key: string;
  confidence: number;
  names: string[];
  own: string[];
  sharedAddresses: string[];
}

/** Sums up new nodes into servers, so that one domain with four names and two addresses is one finding and not six. */
export async function unitsOf(context: DetectContext, graph: InfraGraph): Promise<Unit[]> {
  const fresh = graph.graph
    .nodes()
    .map((key) => ({ key, node: graph.node(key) }))
    // A shared address is where a name happens to live, a popular site is everybody's: by themselves they are nobody's siblings.
    .filter(({ node }) => !node.seed && node.stopped === undefined);
  const known = new Set(
    graph.graph
      .nodes()
      .filter((key) => graph.node(key).seed && graph.node(key).kind === "domain")
      .map((key) => siteOf(graph.node(key).value)?.domain),
  );
  const units = new Map<string, Unit>();
  for (const { key, node } of fresh.filter(({ node: { kind } }) => kind === "domain")) {
    const site = siteOf(node.value)?.domain ?? node.value;
    // Below a known domain each new name is news of its own; otherwise the domain is.
    const value = known.has(site) ? node.value : site;
    join(units, value, "domain", key, node).names.push(node.value);
  }
  await addAddresses(context, graph, units);
  const covered = new Set(
    [...units.values()].flatMap(({ own, sharedAddresses }) => [...own, ...sharedAddresses]),
  );
  for (const { key, node } of fresh.filter(({ node: { kind } }) => kind === "address")) {
    if (!covered.has(node.value)) join(units, node.value, "address", key, node).own.push(node.value);
  }
  return [...units.values()].sort((a, b) => b.confidence - a.confidence || (a.value < b.value ? -1 : 1));
}

function join(
  units: Map<string, Unit>,
  value: string,
  kind: Unit["kind"],
  key: string,
  node: InfraNode,
): Unit {
  const unit = units.get(value) ?? {
    value,
    kind,
    key,
    confidence: node.confidence,
    names: [],
    own: [],
    sharedAddresses: [],
  };
  if (node.confidence > unit.confidence) Object.assign(unit, { key, confidence: node.confidence });
  units.set(value, unit);
  return unit;
}

async function addAddresses(
  context: DetectContext,
  graph: InfraGraph,
  units: ReadonlyMap<string, Unit>,
): Promise<void> {
  const unitOf = new Map(
    [...units.values()].flatMap((unit) => unit.names.map((name) => [name, unit] as const)),
  );
  const servers = (await serversOfNames(context, unitOf.keys())).filter(
    ({ ip }) => isPublicAddress(ip) && !context.allow.address(ip),
  );
  const names = await namesOnServers(
    context,
    servers.map(({ ip }) => ip),
  );
  for (const { name, ip } of servers) {
    const unit = unitOf.get(name);
    if (unit === undefined || unit.own.includes(ip) || unit.sharedAddresses.includes(ip)) continue;
    const key = `address ${ip}`;
    const isSeed = graph.graph.hasNode(key) && graph.node(key).seed;
    // A known server's traffic is in the finding that knows it: here only what was done under the new name.
    if (isSeed || isShared(names.get(ip) ?? [], context.parameter("shared_sites")))
      unit.sharedAddresses.push(ip);
    else unit.own.push(ip);
  }
}
