/** How a record shows a host's name and an address together. */
export const IDENTITY_KINDS = ["connection", "dhcp", "machine-account", "logon", "session", "dns"] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** A host and an address that records show together, from first to last (milliseconds UTC), on one day. */
export interface HostObservation {
  realm: string;
  /** As the records have it, in lower case: a NetBIOS name, or one with its domain. */
  host: string;
  address: string;
  kind: IdentityKind;
  first: number;
  last: number;
  observations: number;
}

/**
 * A time in which a host had an address. `held`: it alone. `shared`: others as well at that time, so that the address tells nobody (NAT, a terminal server,
 * two leases that cannot be told apart). `outranked`: a better kind of record says that the address was another's.
 */
export interface HostStay {
  realm: string;
  /** The name with its domain where it is known, in lower case. */
  host: string;
  address: string;
  from: number;
  to: number;
  kinds: readonly IdentityKind[];
  observations: number;
  verdict: "held" | "shared" | "outranked";
}

/** Which host had which address when. Names are taken in any case, with or without domain. */
export interface HostDirectory {
  /** Addresses that the host held alone at some time from `from` to `to`, or shortly before or after. */
  addressesOf(realm: string, host: string, from: number, to: number): readonly HostStay[];
  /** The host that held the address alone at that time, or shortly before or after. */
  hostAt(realm: string, address: string, at: number): HostStay | undefined;
  /** One name for a host that has several. */
  nameOf(realm: string, host: string): string;
  readonly stays: readonly HostStay[];
}

/** Puts names and addresses of one machine together; gives what stands for the machine. `value` is in lower case. */
export type HostAlias = (realm: string, value: string) => string;
