import { chunks, groupBy, unique } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { certificatesOf } from "../shared/certificates.js";
import { providerList } from "../shared/providers.js";
import { namesOnServers } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import { siteOf } from "../shared/site.js";
import { type Candidates, CERTIFICATE_ADDRESSES } from "./candidates.js";

/** One destination over all its changes of address: what is tied together by a name, a certificate, or by another detector. */
export interface Destination {
  /** Registrable domains, and addresses without a name of their own. */
  keys: string[];
  /** Names below the domains. */
  names: string[];
  /** Addresses that serve nothing else, each with its key: its domain, or the address itself. */
  addresses: ReadonlyMap<string, string>;
}

/** Servers that another detector says belong together. */
export type Kin = readonly string[];

const CHUNK = 2_000;
const SHARED_SITES = 5;
const DETAILED = 20_000;

/** Sets that grow together (union–find). */
export class Ties {
  readonly #parent = new Map<string, string>();

  find(key: string): string {
    const parent = this.#parent.get(key);
    if (parent === undefined || parent === key) return key;
    const root = this.find(parent);
    this.#parent.set(key, root);
    return root;
  }

  /** The first name in order stands for the set, so that it does not depend on the order in which ties were found. */
  tie(a: string, b: string): void {
    const [first, second] = [this.find(a), this.find(b)].sort() as [string, string];
    this.#parent.set(first, first);
    this.#parent.set(second, first);
  }
}

/** Puts candidates and suspected servers together under what they have in common. Allow-listed and providers' are left out. */
export async function destinationsOf(
  context: DetectContext,
  candidates: Candidates,
  suspected: { addresses: readonly string[]; domains: readonly string[]; kin: readonly Kin[] },
): Promise<Destination[]> {
  const wanted = unique([...candidates.names, ...suspected.domains]).filter((name) =>
    isJudged(context, name),
  );
  const pairs = await addressesOf(context, wanted);
  const addresses = unique([
    ...candidates.addresses,
    ...candidates.certificates.flatMap((each) => each.addresses),
    ...suspected.addresses,
    ...pairs.map(({ address }) => address),
  ]).slice(0, DETAILED);
  const namesOn = await namesOnServers(context, addresses);
  const isSuspected = new Set(suspected.domains.map((name) => siteOf(name)?.domain ?? name));
  const ties = new Ties();
  const own = new Map<string, string[]>();
  for (const address of addresses) {
    const names = namesOn.get(address) ?? [];
    const sites = unique(names.flatMap((name) => siteOf(name)?.domain ?? []));
    if (context.allow.address(address) || names.some((name) => !isJudged(context, name))) continue;
    if (isShared(names, SHARED_SITES)) continue;
    if (sites.length > 1 && !sites.every((site) => isSuspected.has(site))) continue;
    own.set(address, names);
    for (const site of sites) ties.tie(site, address);
  }
  for (const group of await sameCertificate(context, [...own.keys()], candidates)) {
    for (const address of group.slice(1)) ties.tie(group[0] as string, address);
  }
  const sites = groupBy(
    unique([...wanted, ...[...own.values()].flat()]).filter((name) => siteOf(name) !== undefined),
    (name) => siteOf(name)?.domain ?? name,
  );
  const known = new Set([...own.keys(), ...sites.keys()]);
  for (const kin of suspected.kin) {
    const members = unique(kin.map((value) => siteOf(value)?.domain ?? value)).filter((key) =>
      known.has(key),
    );
    for (const key of members.slice(1)) ties.tie(members[0] as string, key);
  }
  return [...groupBy(known, (key) => ties.find(key)).values()].map((members) => {
    const domains = members.filter((key) => sites.has(key));
    const addresses = members.filter((key) => own.has(key)).sort();
    const keyOf = (address: string) => {
      const [site] = (own.get(address) ?? []).flatMap((name) => siteOf(name)?.domain ?? []);
      return site ?? address;
    };
    const keyed = new Map(addresses.map((address) => [address, keyOf(address)]));
    return {
      keys: unique([...domains, ...keyed.values()]).sort(),
      names: unique(domains.flatMap((domain) => sites.get(domain) ?? [])).sort(),
      addresses: keyed,
    };
  });
}

/** False for names that are allowed, or a known provider's. */
function isJudged(context: DetectContext, name: string): boolean {
  return !context.allow.domain(name) && providerList().of(name) === undefined;
}

async function addressesOf(
  context: DetectContext,
  names: readonly string[],
): Promise<{ name: string; address: string }[]> {
  const found: { name: string; address: string }[] = [];
  for (const some of chunks(names, CHUNK)) {
    const rows = await context.query<{ name: string; address: string }>(
      `SELECT contact_hourly.name AS name, toString(dst_ip) AS address FROM contact_hourly
       WHERE channel IN ('tls', 'http', 'dns') AND contact_hourly.name IN {names:Array(String)} AND dst_ip != toIPv6('::')
       GROUP BY name, dst_ip ORDER BY count() DESC, name, address LIMIT 100 BY name`,
      { names: some },
    );
    for (const row of rows) found.push({ name: row.name, address: plainAddress(row.address) });
  }
  return found;
}

/** Addresses that presented the same certificate; one that is on many addresses ties nothing. */
async function sameCertificate(
  context: DetectContext,
  addresses: readonly string[],
  candidates: Candidates,
): Promise<string[][]> {
  const own = new Set(addresses);
  const presented = (await certificatesOf(context, addresses)).filter(
    ({ fingerprints, names }) =>
      fingerprints.length > 0 && names.every((name) => isJudged(context, name.replace(/^\*\./, ""))),
  );
  const byPrint = [...groupBy(presented, ({ key }) => key).values()].map((list) => list.map(({ ip }) => ip));
  return [...byPrint, ...candidates.certificates.map((each) => each.addresses)]
    .filter((list) => list.length <= CERTIFICATE_ADDRESSES)
    .map((list) => unique(list).filter((address) => own.has(address)))
    .filter((list) => list.length > 1);
}
