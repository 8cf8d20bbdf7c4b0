/**
 * One source and what it contacts: a server's address; a name that the client says (TLS server name, HTTP host) and that no one address
 * stands for; a name for which the client was told several addresses (DNS), whatever it speaks with them; or the host that it asks a
 * proxy for.
 */
export type TargetKind = "address" | "name" | "resolved" | "proxied";

export interface Subject {
  kind: TargetKind;
  realm: string;
  source: string;
  /** Address or name, as `kind` says. */
  target: string;
  /** The source is ours; otherwise somebody outside contacts one of ours. */
  outbound: boolean;
  /** Of a resolved name: the addresses that the source was told. */
  addresses?: readonly string[];
}

export function subjectKey({
  kind,
  realm,
  source,
  target,
}: Pick<Subject, "kind" | "realm" | "source" | "target">): string {
  return `${kind}|${realm}|${source}|${target}`;
}
