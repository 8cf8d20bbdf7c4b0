import { unique } from "../../kernel/group-by.js";
import type { Entity } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { realmOwners } from "./realm-owner.js";

/** Addresses that a finding names. */
const LISTED = 50;

/** Whose hosts are: events name hosts and no addresses. */
export class HostOwners {
  readonly #context: DetectContext;
  readonly #ofRealm: (realm: string) => string | null;

  constructor(context: DetectContext) {
    this.#context = context;
    this.#ofRealm = realmOwners(context.directory);
  }

  /**
   * The organisation of a host at a time (milliseconds UTC): the one whose address plan its sensor is in, where that is only one; else the one that the
   * addresses belong to which the host had then. Null where that is nobody, or several.
   */
  ownerOf(realm: string, host: string, at: number): string | null {
    return this.#ofRealm(realm) ?? this.#addressOwner(realm, host, at);
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
