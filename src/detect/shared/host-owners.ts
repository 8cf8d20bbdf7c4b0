import { unique } from "../../kernel/group-by.js";
import type { Entity } from "../../model/finding.js";
import type { DetectContext } from "../port.js";

/** Addresses that a finding names. */
const LISTED = 50;

/** Whose hosts are: events name hosts and no addresses. */
export class HostOwners {
  readonly #context: DetectContext;
  /** The only organisation of an address plan, or null. */
  readonly #ofRealm = new Map<string, string | null>();

  constructor(context: DetectContext) {
    this.#context = context;
  }

  /**
   * The organisation of a host at a time (milliseconds UTC): the one whose address plan its sensor is in, where that is only one; else the one that the
   * addresses belong to which the host had then. Null where that is nobody, or several.
   */
  ownerOf(realm: string, host: string, at: number): string | null {
    return this.#realmOwner(realm) ?? this.#addressOwner(realm, host, at);
  }

  #realmOwner(realm: string): string | null {
    const known = this.#ofRealm.get(realm);
    if (known !== undefined) return known;
    const { directory } = this.#context;
    const owners = [...directory.organisations.keys()].filter((id) =>
      directory.orgRealms(id).includes(realm),
    );
    const only = owners.length === 1 ? (owners[0] as string) : null;
    this.#ofRealm.set(realm, only);
    return only;
  }

  #addressOwner(realm: string, host: string, at: number): string | null {
    const { directory, hosts } = this.#context;
    const owners = unique(
      hosts
        .addressesOf(realm, host, at, at)
        .flatMap(({ address }) => directory.resolve(realm, address, at)?.orgId ?? []),
    );
    return owners.length === 1 ? (owners[0] as string) : null;
  }
}

/**
 * The addresses that hosts had at the time of a finding, as its entities: there a finding of a host and one of the network meet. Times are milliseconds
 * UTC.
 */
export function addressEntities(
  { hosts }: DetectContext,
  realm: string,
  names: readonly string[],
  from: number,
  to: number,
): Entity[] {
  const addresses = names.flatMap((host) =>
    hosts.addressesOf(realm, host, from, to).map(({ address }) => address),
  );
  return unique(addresses)
    .slice(0, LISTED)
    .map((value) => ({ kind: "address", value, realm, role: "victim" }));
}
