import { groupBy } from "../../kernel/group-by.js";
import type { Candidate, Holder } from "./candidates.js";
import type { Destination } from "./destinations.js";
import { NO_HOST } from "./kinds.js";
import { upperShare } from "./rarity.js";

/** Hosts that show clients of one kind (user agent, JA3, JA4): in all, and of each organisation. */
export interface Population {
  hosts: number;
  byOrganisation: ReadonlyMap<string, number>;
}

export interface DecisionLimits {
  maxShare: number;
  rareHosts: number;
  maxDestinations: number;
  houseShare: number;
}

/** A candidate at a destination that is rare, too. */
export interface Use extends Candidate {
  to: Destination;
}

/** A rare client of one host, with the rare destinations that it goes to, the most visited first. */
export interface RareClient {
  realm: string;
  host: string;
  org: string | null;
  signature: string;
  uses: Use[];
  hostsOfClient: number;
  population: Population;
  /** Organisations whose hosts go to the first destination with this client. */
  organisations: string[];
}

export type OwnerOf = (realm: string, host: string) => string | null;

export interface Decision {
  rare: RareClient[];
  /** Hosts' clients set aside, by the reason. */
  common: number;
  general: number;
  house: number;
}

export function isRare(hosts: number, all: number, limits: DecisionLimits): boolean {
  return hosts <= limits.rareHosts && upperShare(hosts, all) <= limits.maxShare;
}

/** @param populationOf of the kind of a signature; undefined where it is too small to say what is rare */
export function decide(
  candidates: readonly Candidate[],
  holders: ReadonlyMap<string, readonly Holder[]>,
  destinations: ReadonlyMap<string, Destination>,
  populationOf: (signature: string) => Population | undefined,
  ownerOf: OwnerOf,
  limits: DecisionLimits,
): Decision {
  const decision: Decision = { rare: [], common: 0, general: 0, house: 0 };
  for (const list of groupBy(candidates, clientKey).values()) {
    const [{ realm, host, signature }] = list as [Candidate];
    const population = populationOf(signature);
    const all = holders.get(signature) ?? [];
    if (population === undefined) continue;
    const uses = list
      .flatMap((each): Use[] => {
        const to = destinations.get(each.destination);
        return to !== undefined && isRare(to.hosts, population.hosts, limits) ? [{ ...each, to }] : [];
      })
      .sort(
        (a, b) => b.hours - a.hours || b.requests - a.requests || a.destination.localeCompare(b.destination),
      );
    if (uses.length === 0) continue;
    const own = all.find((each) => each.realm === realm && each.host === host);
    if (!isRare(all.length, population.hosts, limits)) decision.common += 1;
    else if ((own?.destinations ?? 0) > limits.maxDestinations) decision.general += 1;
    else if (isOfTheHouse(all, ownerOf(realm, host), population, ownerOf, limits)) decision.house += 1;
    else
      decision.rare.push({
        realm,
        host,
        org: ownerOf(realm, host),
        signature,
        uses,
        hostsOfClient: Math.max(1, all.length),
        population,
        organisations: [],
      });
  }
  nameOrganisations(decision.rare);
  return decision;
}

const clientKey = ({ realm, host, signature }: Pick<Candidate, "realm" | "host" | "signature">): string =>
  `${realm} ${host} ${signature}`;

/** Three hosts or more, and a good part of the organisation's: somebody there installed it. */
function isOfTheHouse(
  holders: readonly Holder[],
  org: string | null,
  population: Population,
  ownerOf: OwnerOf,
  limits: DecisionLimits,
): boolean {
  if (org === null) return false;
  const own = holders.filter((each) => ownerOf(each.realm, each.host) === org).length;
  // Smoothed: of a handful of hosts, three are no custom yet.
  return own >= 3 && (own + 0.5) / ((population.byOrganisation.get(org) ?? 0) + 1) > limits.houseShare;
}

function nameOrganisations(clients: readonly RareClient[]): void {
  const users = new Map<string, Set<string>>();
  const keyOf = (signature: string, destination: string): string => `${signature} ${destination}`;
  for (const { org, signature, uses } of clients) {
    if (org === null) continue;
    for (const { destination } of uses) {
      const key = keyOf(signature, destination);
      users.set(key, (users.get(key) ?? new Set()).add(org));
    }
  }
  for (const client of clients) {
    const [use] = client.uses;
    client.organisations = [...(users.get(keyOf(client.signature, use?.destination ?? "")) ?? [])].sort();
  }
}

export function hasNoHost(signature: string): boolean {
  return signature.endsWith(NO_HOST);
}
