/**
 * One source and what it contacts: a server's address, a name that the client says (TLS server name, HTTP host) and that no one address
 * stands for, or the host that it asks a proxy for.
 */
export type TargetKind = "address" | "name" | "proxied";

export interface Subject {
  kind: TargetKind;
  realm: string;
  source: string;
  /** Address or name, as `kind` says. */
  target: string;
  /** The source is ours; otherwise somebody outside contacts one of ours. */
  outbound: boolean;
  /** Contacts that were answered, in the whole case. */
  contacts: number;
}

export function subjectKey({
  kind,
  realm,
  source,
  target,
}: Pick<Subject, "kind" | "realm" | "source" | "target">): string {
  return `${kind}|${realm}|${source}|${target}`;
}
