import { unique } from "../../kernel/group-by.js";
import type { Entity } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { realmOwners } from "./realm-owner.js";

/** Addresses that a finding names. */
const LISTED = 50;

type Known = Pick<DetectContext, "directory" | "hosts">;

/** Whose hosts are: events name hosts and no addresses. */
export class HostOwners {
  readonly #known: Known;
  readonly #ofRealm: (realm: string) => string | null;

  constructor(known: Known) {
    this.#known = known;
    this.#ofRealm = realmOwners(known.directory);
  }

  /** The organisation whose address plan a realm is, where that is only one. */
  ofRealm(realm: string): string | null {
    return this.#ofRealm(realm);
  }

  /**
   * The organisation of a host at a time (milliseconds UTC): the one whose address plan its sensor is in, where that is only one; else the one that the
   * addresses belong to which the host had then. Null where that is nobody, or several.
   */
  ownerOf(realm: string, host: string, at: number): string | null {
    return this.#ofRealm(realm) ?? this.#addressOwner(realm, host, at);
  }

  #addressOwner(realm: string, host: string, at: number): string | null {
    const { directory, hosts } = this.#known;
    const owners = unique(
      hosts
        .addressesOf(realm, host, at, at)
        .flatMap(({ address }) => directory.resolve(realm, address, at)?.orgId ?? []),
    );
    return owners.length === 1 ? (owners[0] as string) : null;
  }
}

interface HostDay {
  realm: string;
  host: string;
  day: string;
  at: number | string;
}

const DAYS = `SELECT address_realm AS realm, lower(toString(computer)) AS host, toString(toDate(time)) AS day, toUnixTimestamp64Milli(min(time)) AS at
  FROM windows_event WHERE address_realm IN {realms:Array(String)} GROUP BY realm, host, day ORDER BY realm, host, day`;

/** Parameters of {@link ownerSql}: owners by realm where that is one organisation's, else by host, else by host and day (UTC). */
export async function ownerParameters(context: Known & Pick<DetectContext, "query" | "stream">) {
  const { directory, hosts } = context;
  const owners = new HostOwners(context);
  const owned = new Map<string, string>();
  const unsettled: string[] = [];
  const realms = await context.query<{ realm: string }>(
    "SELECT DISTINCT address_realm AS realm FROM windows_event ORDER BY realm",
  );
  for (const { realm } of realms) {
    const sole = owners.ofRealm(realm);
    if (sole !== null) owned.set(realm, sole);
  }
  const owner_realms = [...owned.keys()];
  const others = realms.flatMap(({ realm }) => (owned.has(realm) ? [] : [realm]));
  const endHost = (days: readonly HostDay[]) => {
    const [first] = days;
    if (first === undefined) return;
    const { realm, host } = first;
    const key = `${realm}\n${host}`;
    const byDay = days.map(({ day, at }) => ({ day, owner: owners.ownerOf(realm, host, Number(at)) }));
    const [one = null, ...more] = unique(byDay.map(({ owner }) => owner));
    if (more.length === 0) {
      if (one !== null) owned.set(key, one);
      return;
    }
    unsettled.push(key);
    for (const { day, owner } of byDay) if (owner !== null) owned.set(`${key}\n${day}`, owner);
  };
  if (others.length > 0 && hosts.stays.length > 0 && directory.organisations.size > 0) {
    let days: HostDay[] = [];
    for await (const each of context.stream<HostDay>(DAYS, { realms: others })) {
      if (days[0] !== undefined && (days[0].realm !== each.realm || days[0].host !== each.host)) {
        endHost(days);
        days = [];
      }
      days.push(each);
    }
    endHost(days);
  }
  return {
    owner_realms,
    owner_unsettled: unsettled,
    owner_keys: [...owned.keys()],
    owner_ids: [...owned.values()],
  };
}

const HOST_KEY = "concat(toString(address_realm), '\\n', lower(toString(device_hostname)))";

/** SQL over rows with `address_realm`, `device_hostname` and `time`: whose host it is, as {@link HostOwners.ownerOf} has it; '' where that is nobody. */
export const ownerSql = `transform(multiIf(toString(address_realm) IN {owner_realms:Array(String)}, toString(address_realm),
    ${HOST_KEY} IN {owner_unsettled:Array(String)}, concat(${HOST_KEY}, '\\n', toString(toDate(time))), ${HOST_KEY}),
  {owner_keys:Array(String)}, {owner_ids:Array(String)}, '')`;

/** An owner as {@link ownerSql} gives it. */
export const orgIdOf = (owner: string): string | null => (owner === "" ? null : owner);

/**
 * The addresses that hosts had at the time of a finding, as its entities: there a finding of a host and one of the network meet. Times are milliseconds
 * UTC.
 */
export function addressEntities(
  { hosts }: Pick<DetectContext, "hosts">,
  realm: string,
  names: readonly string[],
  from: number,
  to: number,
  role = "victim",
): Entity[] {
  const addresses = names.flatMap((host) =>
    hosts.addressesOf(realm, host, from, to).map(({ address }) => address),
  );
  return unique(addresses)
    .slice(0, LISTED)
    .map((value) => ({ kind: "address", value, realm, role }));
}

/** Key of the hosts of one owner in one realm. */
export const ownerKey = ({ realm, owner }: { realm: string; owner: string }): string =>
  JSON.stringify([realm, owner]);
