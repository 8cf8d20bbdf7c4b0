import type { DetectContext } from "../port.js";
import { type ProviderList, providerList } from "./providers.js";
import { type Site, siteOf } from "./site.js";

/** What the roll-up says about one registrable domain, over all names below it. */
export interface SiteUse {
  site: Site;
  /** Names seen, at most {@link NAMES_KEPT}. */
  names: string[];
  nameCount: number;
  /** Inside hosts of the most used name: a lower bound, enough to tell the popular from the rare. */
  hosts: number;
  connections: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

export interface SiteIndex {
  sites: Map<string, SiteUse>;
  names: number;
  /** Names of real providers and names that the user allows: counted, not kept. */
  providerNames: number;
  allowedNames: number;
  /** Names that are no registrable domain's: addresses, local names, reverse look-ups. */
  otherNames: number;
}

/** A site with more names than this is told by its names no longer (content network, tracker). */
export const NAMES_KEPT = 64;
/** Beyond this many sites the rarest, shortest-lived are no longer taken in: memory stays bounded on any input. */
const SITES_KEPT = 1_500_000;

interface NameRow {
  name: string;
  hosts: number | string;
  total: number | string;
  first: number | string;
  last: number | string;
}

/**
 * Reads every name that inside hosts asked for or connected to, once, and groups it under its registrable domain. One row a name
 * leaves the engine; the public suffix list is applied here, because the engine has none with private suffixes.
 */
export async function readSites(
  context: DetectContext,
  providers: ProviderList = providerList(),
): Promise<SiteIndex> {
  const index: SiteIndex = { sites: new Map(), names: 0, providerNames: 0, allowedNames: 0, otherNames: 0 };
  const rows = context.stream<NameRow>(`
    SELECT name, uniqCombined(12)(address_realm, src_ip) AS hosts, sum(connections) AS total,
           toUnixTimestamp64Milli(min(first_time)) AS first, toUnixTimestamp64Milli(max(last_time)) AS last
    FROM contact_hourly
    WHERE channel IN ('tls', 'http', 'dns') AND name != '' AND dst_ip != toIPv6('::')
      AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
    GROUP BY name`);
  for await (const row of rows) {
    index.names += 1;
    take(index, row, providers, context);
  }
  return index;
}

function take(index: SiteIndex, row: NameRow, providers: ProviderList, context: DetectContext): void {
  if (providers.of(row.name) !== undefined) {
    index.providerNames += 1;
    return;
  }
  const site = siteOf(row.name);
  if (site === undefined) {
    index.otherNames += 1;
    return;
  }
  if (context.allow.domain(row.name)) {
    index.allowedNames += 1;
    return;
  }
  const known = index.sites.get(site.domain);
  const hosts = Number(row.hosts);
  if (known === undefined) {
    if (index.sites.size >= SITES_KEPT) return;
    index.sites.set(site.domain, {
      site: { ...site, services: [] },
      names: [row.name],
      nameCount: 1,
      hosts,
      connections: Number(row.total),
      first: Number(row.first),
      last: Number(row.last),
    });
    return;
  }
  known.nameCount += 1;
  if (known.names.length < NAMES_KEPT) known.names.push(row.name);
  known.hosts = Math.max(known.hosts, hosts);
  known.connections += Number(row.total);
  known.first = Math.min(known.first, Number(row.first));
  known.last = Math.max(known.last, Number(row.last));
}

/** Service labels of a site, without digits at the end (`ns1` and `ns2` are one idea), once each, in order. */
export function serviceLabels(use: SiteUse): string[] {
  const labels = new Set<string>();
  for (const name of use.names) {
    for (const label of name.slice(0, Math.max(0, name.length - use.site.domain.length - 1)).split(".")) {
      const plain = label.replace(/[-_]?\d+$/, "");
      if (plain.length >= 2 && plain.length <= 20) labels.add(plain);
    }
  }
  return [...labels].sort();
}
