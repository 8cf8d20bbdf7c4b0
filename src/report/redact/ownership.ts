import ipaddr from "ipaddr.js";
import { unique } from "../../kernel/group-by.js";
import type { HostDirectory } from "../../model/host-identity.js";
import type { OrganisationDirectory } from "../../model/organisation.js";
import { canonicalAddress } from "./addresses.js";

/** For whom a report is made, and whose things are whose. */
export interface Redaction {
  /** The organisation that may read of itself; null: all organisations are others. */
  reader: string | null;
  directory: OrganisationDirectory;
  /** Names of hosts as their logs have them. */
  hosts: Pick<HostDirectory, "stays">;
  /** Secret of the case (see `Pseudonyms`). */
  key: string;
}

export type Owner = "reader" | "other" | "nobody";

/** Whose an address is, at any time: whoever ever had it has a right not to be named. The reader's own stays readable. */
export class Ownership {
  readonly #cache = new Map<string, Owner>();
  readonly #realms: readonly string[];

  constructor(
    readonly redaction: Redaction,
    realms: Iterable<string>,
  ) {
    const { directory } = redaction;
    const listed = [...directory.organisations.keys()].flatMap((id) => directory.orgRealms(id));
    this.#realms = unique([...realms, ...listed]).filter((realm) => realm !== "*");
  }

  /** @param realm where it is known; else the address may be anybody's who has it in any realm. */
  ofAddress(text: string, realm?: string): Owner {
    const address = canonicalAddress(text);
    if (address === undefined) return "nobody";
    const key = `${realm ?? "*"}|${address}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const owner = this.#ownerOf(address, realm === undefined ? this.#realms : [realm]);
    this.#cache.set(key, owner);
    return owner;
  }

  #ownerOf(address: string, realms: readonly string[]): Owner {
    const { directory, reader } = this.redaction;
    const owners = (realms.length === 0 ? [""] : realms).flatMap((realm) =>
      directory.history(realm, address).map(({ organisation }) => organisation.orgId),
    );
    if (owners.length === 0) return "nobody";
    return reader !== null && owners.includes(reader) ? "reader" : "other";
  }

  /** Whether something of a realm may be the reader's: of none, or of one in which the reader has ranges. */
  mayBeReaders(realm: string | undefined): boolean {
    const { directory, reader } = this.redaction;
    if (reader === null) return false;
    const own = directory.orgRealms(reader);
    return realm === undefined || own.includes(realm) || own.includes("*");
  }

  /** Whether a realm is one in which the reader has ranges and nobody else has. */
  isReadersRealm(realm: string): boolean {
    const { directory, reader } = this.redaction;
    if (reader === null) return false;
    const having = [...directory.organisations.keys()].filter((id) =>
      directory.orgRealms(id).includes(realm),
    );
    return having.length === 1 && having[0] === reader;
  }
}

/** Private, shared or link-local: inside of somebody's network. */
export function isInside(text: string): boolean {
  const address = canonicalAddress(text);
  if (address === undefined) return false;
  return ["private", "carrierGradeNat", "uniqueLocal", "linkLocal", "loopback"].includes(
    ipaddr.parse(address).range(),
  );
}
