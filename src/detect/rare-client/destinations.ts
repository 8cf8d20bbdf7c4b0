import { chunks } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { prevalenceOf } from "../shared/prevalence.js";
import { providerList } from "../shared/providers.js";
import { siteOf } from "../shared/site.js";
import type { Candidate } from "./candidates.js";

/** What is known of a destination besides who goes there with which client. */
export interface Destination {
  /** Of our hosts that contact it or look it up: the registrable domain, or the address where there is no name. */
  hosts: number;
  /** The registrable domain; undefined for an address. */
  domain: string | undefined;
  /** Names that anybody used for a bare address. */
  names: string[];
}

/** Set aside, by the reason. */
export interface SetAside {
  providers: number;
  allowed: number;
  local: number;
}

const CHUNK = 1_000;
const LABELS = [5, 4, 3, 2];

const tail = (labels: string): string =>
  `arrayStringConcat(arraySlice(splitByChar('.', name), -${labels}), '.')`;

/** Hosts of ours that use or look up any name below each domain. */
async function hostsOfDomains(
  context: DetectContext,
  domains: readonly string[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of chunks([...new Set(domains)], CHUNK)) {
    const rows = await context.query<{ domain: string; hosts: number | string }>(
      `SELECT arrayFirst(each -> each IN {domains:Array(String)}, arrayMap(labels -> ${tail("labels")}, ${JSON.stringify(LABELS)})) AS domain,
         uniqCombined(12)(address_realm, src_ip) AS hosts
       FROM contact_hourly
       WHERE channel IN ('tls', 'http', 'dns') AND ${insideSql("src_ip")} AND ${tail("2")} IN {tails:Array(String)}
       GROUP BY domain HAVING domain != ''`,
      { domains: part, tails: [...new Set(part.map((domain) => domain.split(".").slice(-2).join(".")))] },
    );
    for (const row of rows) found.set(row.domain, Number(row.hosts));
  }
  return found;
}

/** Destinations of the candidates, by name or address, without providers, what the user allows, and local names. */
export async function destinationsOf(
  context: DetectContext,
  candidates: readonly Candidate[],
): Promise<{ destinations: Map<string, Destination>; aside: SetAside }> {
  const destinations = new Map<string, Destination>();
  const aside: SetAside = { providers: 0, allowed: 0, local: 0 };
  const names = [...new Set(candidates.map(({ name }) => name).filter((name) => name !== ""))];
  const sites = new Map(names.map((name) => [name, siteOf(name)?.domain]));
  const hosts = await hostsOfDomains(
    context,
    [...sites.values()].filter((domain) => domain !== undefined),
  );
  for (const [name, domain] of sites) {
    if (domain === undefined) aside.local += 1;
    else if (context.allow.domain(name)) aside.allowed += 1;
    else if (providerList().of(name) !== undefined) aside.providers += 1;
    else destinations.set(name, { hosts: Math.max(1, hosts.get(domain) ?? 1), domain, names: [] });
  }
  const addresses = [
    ...new Set(candidates.filter(({ name }) => name === "").map(({ destination }) => destination)),
  ];
  const prevalence = await prevalenceOf(context, addresses);
  for (const address of addresses) {
    const known = prevalence.get(address);
    // An address in the Host header is no name.
    const said = (known?.names ?? []).filter((name) => siteOf(name) !== undefined);
    if (context.allow.address(address) || said.some((name) => context.allow.domain(name))) aside.allowed += 1;
    else if (said.some((name) => providerList().of(name) !== undefined)) aside.providers += 1;
    else destinations.set(address, { hosts: Math.max(1, known?.hosts ?? 1), domain: undefined, names: said });
  }
  return { destinations, aside };
}
