import { chunks } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { namesOfPairs } from "../shared/contacts.js";
import { providerList } from "../shared/providers.js";
import { namesOnServers } from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import { siteOf } from "../shared/site.js";
import type { Transfer } from "./transfers.js";

/** Whom the bytes went to: a provider, a registrable domain (followed over its addresses), or an address without a name. */
export interface Destination {
  kind: "provider" | "domain" | "address";
  /** Provider's name, domain or address. */
  value: string;
  /** Names seen on the addresses, at most 20. */
  names: string[];
  /** The address serves many unrelated domains: it is not this destination's own. */
  shared: boolean;
}

/** Registrable domains on one address from which on it is shared hosting. */
const SHARED_SITES = 5;
const NAMES_KEPT = 20;
const CHUNK = 2_000;

/**
 * The destination of each transfer, in order; undefined where the user declared it harmless. A server with one registrable domain is that
 * domain's; where it has several, the names that this host itself used there decide.
 */
export async function destinationsOf(
  context: DetectContext,
  transfers: readonly Transfer[],
): Promise<(Destination | undefined)[]> {
  const onServer = await namesOnServers(
    context,
    transfers.map(({ server }) => server),
  );
  const ambiguous = [...onServer].filter(([, names]) => sitesOf(names).length > 1).map(([server]) => server);
  const ofPair = new Map<string, Set<string>>();
  for (const part of chunks(ambiguous, CHUNK)) {
    for (const [key, names] of await namesOfPairs(context, part)) {
      // `realm client server port`: which port it was does not matter here.
      const pair = key.slice(0, key.lastIndexOf(" "));
      ofPair.set(pair, new Set([...(ofPair.get(pair) ?? []), ...names]));
    }
  }
  return transfers.map(({ realm, host, server }) => {
    const all = onServer.get(server) ?? [];
    const own = [...(ofPair.get(`${realm} ${host} ${server}`) ?? [])].sort();
    if (context.allow.address(server) || all.some((name) => context.allow.domain(name))) return undefined;
    return destinationOf(server, all, own);
  });
}

/** `all`: names seen on the address; `own`: those that this host used there, where that matters. */
export function destinationOf(
  server: string,
  all: readonly string[],
  own: readonly string[] = [],
): Destination {
  const names = own.length > 0 ? own : all;
  const kept = names.slice(0, NAMES_KEPT);
  const provider = names.map((name) => providerList().of(name)).find((found) => found !== undefined);
  const shared = isShared(all, SHARED_SITES);
  if (provider !== undefined) return { kind: "provider", value: provider.name, names: kept, shared };
  const sites = sitesOf(names);
  const [site] = sites;
  if (site === undefined || (own.length === 0 && sites.length > 1))
    return { kind: "address", value: server, names: kept, shared };
  return { kind: "domain", value: site, names: kept, shared };
}

function sitesOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => siteOf(name)?.domain ?? []))].sort();
}
