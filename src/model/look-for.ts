import ipaddr from "ipaddr.js";
import { parse } from "tldts";
import type { AssessedInfrastructure } from "./assessment.js";
import type { CorrelationSummary } from "./incident.js";

export const LOOK_FOR_KINDS = [
  "domain",
  "ipv4",
  "ipv6",
  "ipv4-network",
  "ipv6-network",
  "md5-certificate",
  "sha1-certificate",
  "sha256-certificate",
  "ja3",
  "ja4",
] as const;

/** What a rule can look for: a value that is what its kind says, in canonical form. */
export interface LookFor {
  kind: (typeof LOOK_FOR_KINDS)[number];
  value: string;
}

/** Why confirmed infrastructure is neither to be blocked nor in a rule: that would hit people who have nothing to do with the case. */
export type Withheld = "shared" | "popular" | "suffix";

type Item = Pick<AssessedInfrastructure, "kind" | "value" | "shared">;
type Popular = CorrelationSummary["popular"];

/** The one rule for that, of exports and of recommended actions. */
export function withheldFor(item: Item, popular: Popular): Withheld | undefined {
  if (item.shared === true) return "shared";
  if (popular.some(({ value }) => value === item.value)) return "popular";
  const known = lookFor(item);
  // `duckdns.org` itself is everybody's who has a name below it.
  const isSuffix =
    known?.kind === "domain" &&
    parse(known.value, { allowPrivateDomains: true }).publicSuffix === known.value;
  return isSuffix ? "suffix" : undefined;
}

/** Whether confirmed infrastructure can be looked for, and hit nobody else. */
export function mayBlock(item: Item, popular: Popular): boolean {
  return lookFor(item) !== undefined && withheldFor(item, popular) === undefined;
}

/**
 * Infrastructure as rules can hold it. Undefined for what is no plain name, public address, hex fingerprint or JA3/JA4: a rule must never hold text
 * from a log that was not understood.
 */
export function lookFor({
  kind,
  value,
}: Pick<AssessedInfrastructure, "kind" | "value">): LookFor | undefined {
  switch (kind) {
    case "domain":
      return domain(value);
    case "address":
      return address(value);
    case "network":
      return network(value);
    case "certificate":
      return certificate(value);
    case "fingerprint":
      return fingerprint(value);
  }
}

/**
 * Letters, digits, hyphens and underscores in labels of at most 63, as the DNS has them after IDNA; at least two labels, the last no number. Asked before
 * case is lowered: the Kelvin sign becomes a `k`, and a name of nobody that of somebody.
 */
const HOSTNAME =
  /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/i;

function domain(text: string): LookFor | undefined {
  return HOSTNAME.test(text) ? { kind: "domain", value: text.toLowerCase() } : undefined;
}

/**
 * Whether the text is an address, of whatever use. Times such as `10:12:30` are none, nor what only C reads as one: `010.0.0.1`, which it takes for 8.0.0.1,
 * or `3325256711`.
 */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function address(text: string): LookFor | undefined {
  // A zone names an interface of one machine.
  if (!isAddress(text) || text.includes("%")) return undefined;
  const parsed = ipaddr.process(text);
  if (parsed.range() !== "unicast" && !isDocumentation(parsed)) return undefined;
  return { kind: parsed.kind(), value: parsed.toString() };
}

/** Ranges of examples (RFC 5737, RFC 3849): simulations put their servers there, and nobody has hosts in them. */
function isDocumentation(parsed: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const ranges =
    parsed.kind() === "ipv4"
      ? ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]
      : ["2001:db8::/32", "3fff::/20"];
  return ranges.some((range) => parsed.match(ipaddr.parseCIDR(range)));
}

function network(text: string): LookFor | undefined {
  const [base = ""] = text.split("/");
  if (!ipaddr.isValidCIDR(text) || address(base) === undefined) return undefined;
  const [, bits] = ipaddr.parseCIDR(text);
  const first = (base.includes(":") ? ipaddr.IPv6 : ipaddr.IPv4).networkAddressFromCIDR(text);
  // Of IPv4 within IPv6, and of what begins in a range of special use, no rule can hold the network.
  return address(first.toString())?.kind === first.kind()
    ? { kind: `${first.kind()}-network`, value: `${first.toString()}/${bits}` }
    : undefined;
}

function certificate(text: string): LookFor | undefined {
  const value = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(value)) return undefined;
  const kinds: Readonly<Record<number, LookFor["kind"]>> = {
    32: "md5-certificate",
    40: "sha1-certificate",
    64: "sha256-certificate",
  };
  const kind = kinds[value.length];
  return kind === undefined ? undefined : { kind, value };
}

function fingerprint(text: string): LookFor | undefined {
  const value = text.toLowerCase();
  if (/^[0-9a-f]{32}$/.test(value)) return { kind: "ja3", value };
  if (/^[tqd][0-9s][0-9]?[di0-9][0-9]{2,4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/.test(value))
    return { kind: "ja4", value };
  return undefined;
}
