import ipaddr from "ipaddr.js";
import { parse } from "tldts";
import type { AssessedInfrastructure } from "../model/assessment.js";
import { strictestTlp, type Tlp } from "../model/finding.js";
import type { ReportInput } from "./port.js";

export const INDICATOR_KINDS = [
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

/** Infrastructure that other tools can look for: its value is checked to be what its kind says, in canonical form. */
export interface ReportedIndicator {
  kind: (typeof INDICATOR_KINDS)[number];
  value: string;
  item: AssessedInfrastructure;
  /** The strictest marking of the case and of the findings that it rests on. */
  tlp: Tlp;
}

export interface ReportedIndicators {
  usable: ReportedIndicator[];
  /** Values that no rule can hold: no name or address after all, or an address of private or special use. */
  unusable: AssessedInfrastructure[];
}

/**
 * All infrastructure of the assessment as indicators, each once, in the order of the assessment. What is no plain name, public address, hex
 * fingerprint or JA3/JA4 is left out: a rule must never hold text from a log that was not understood.
 */
export function indicatorsOf({ assessment, findings }: ReportInput): ReportedIndicators {
  const marking = new Map(findings.map(({ id, tlp }) => [id, tlp]));
  const usable = new Map<string, ReportedIndicator>();
  const unusable: AssessedInfrastructure[] = [];
  for (const item of assessment.infrastructure) {
    const known = canonical(item);
    if (known === undefined) {
      unusable.push(item);
      continue;
    }
    const tlp = strictestTlp([assessment.tlp, ...item.findings.flatMap((id) => marking.get(id) ?? [])]);
    const key = `${known.kind}|${known.value}`;
    if (!usable.has(key)) usable.set(key, { ...known, item, tlp });
  }
  return { usable: [...usable.values()], unusable };
}

/** Why confirmed infrastructure is in no rule. */
export type Withheld = "shared" | "popular" | "suffix";

export interface ConfirmedIndicators {
  /** What the user's own lists state, or led to. Rules that block or alert are made of these alone. */
  rules: ReportedIndicator[];
  /** Confirmed as well, but a rule for it would catch people who have nothing to do with the case. */
  withheld: { indicator: ReportedIndicator; why: Withheld }[];
}

/** Confirmed infrastructure, parted by whether a rule may hold it. */
export function confirmedIndicators(input: ReportInput): ConfirmedIndicators {
  const popular = new Set(input.assessment.correlation.popular.map(({ value }) => value));
  const confirmed = indicatorsOf(input)
    .usable.filter(({ item }) => item.basis === "confirmed")
    .map((indicator) => ({ indicator, why: withheldFor(indicator, popular) }));
  return {
    rules: confirmed.flatMap(({ indicator, why }) => (why === undefined ? [indicator] : [])),
    withheld: confirmed.flatMap(({ indicator, why }) => (why === undefined ? [] : [{ indicator, why }])),
  };
}

function withheldFor(
  { kind, value, item }: ReportedIndicator,
  popular: ReadonlySet<string>,
): Withheld | undefined {
  if (item.shared === true) return "shared";
  if (popular.has(item.value)) return "popular";
  // `duckdns.org` itself is everybody's who has a name below it.
  return kind === "domain" && parse(value, { allowPrivateDomains: true }).publicSuffix === value
    ? "suffix"
    : undefined;
}

/** One line about what is in no rule, for the head of a file of rules; undefined where nothing is. */
export function withheldLine(withheld: ConfirmedIndicators["withheld"]): string | undefined {
  if (withheld.length === 0) return undefined;
  const count = (why: Withheld) => withheld.filter((each) => each.why === why).length;
  const parts = [
    [count("shared"), "at shared hosting"],
    [count("popular"), "popular"],
    [count("suffix"), "a public suffix"],
  ] as const;
  const words = parts.flatMap(([number, word]) => (number > 0 ? [`${number} ${word}`] : []));
  return `${withheld.length} confirmed but in no rule: ${words.join(", ")}`;
}

type Known = Pick<ReportedIndicator, "kind" | "value">;

function canonical({ kind, value }: AssessedInfrastructure): Known | undefined {
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

/** Letters, digits, hyphens and underscores in labels of at most 63, as the DNS has them after IDNA; at least two labels, the last no number. */
const HOSTNAME =
  /^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

function domain(text: string): Known | undefined {
  const value = text.toLowerCase();
  return HOSTNAME.test(value) ? { kind: "domain", value } : undefined;
}

/** Whether the text is an address, of whatever use. Times such as `10:12:30` are none. */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function address(text: string): Known | undefined {
  if (!ipaddr.isValid(text)) return undefined;
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

function network(text: string): Known | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [parsed, bits] = ipaddr.parseCIDR(text);
  if (address(parsed.toString()) === undefined) return undefined;
  return { kind: `${parsed.kind()}-network`, value: `${parsed.toString()}/${bits}` };
}

function certificate(text: string): Known | undefined {
  const value = text.toLowerCase();
  if (!/^[0-9a-f]+$/.test(value)) return undefined;
  const kinds: Readonly<Record<number, Known["kind"]>> = {
    32: "md5-certificate",
    40: "sha1-certificate",
    64: "sha256-certificate",
  };
  const kind = kinds[value.length];
  return kind === undefined ? undefined : { kind, value };
}

function fingerprint(text: string): Known | undefined {
  const value = text.toLowerCase();
  if (/^[0-9a-f]{32}$/.test(value)) return { kind: "ja3", value };
  if (/^[tqd][0-9s][0-9]?[di0-9][0-9]{2,4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/.test(value))
    return { kind: "ja4", value };
  return undefined;
}
