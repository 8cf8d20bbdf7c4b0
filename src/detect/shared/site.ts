import { parse } from "tldts";

/**
 * A registrable domain, by the public suffix list with its private section: below a hosting or dynamic-DNS suffix
 * (`duckdns.org`, `github.io`) the customer's own label is what was registered.
 */
export interface Site {
  /** The registrable domain, e.g. `example.co.uk`. */
  domain: string;
  /** Its own label, e.g. `example`. */
  label: string;
  suffix: string;
  /** Labels in front of it, from the left: `a.b.example.com` has `a`, `b`. */
  services: readonly string[];
  /** Below a suffix that only governments, armed forces, schools or treaty organisations get: nobody rents one in passing. */
  restricted: boolean;
}

const RESTRICTED_LABELS = new Set(["gov", "gob", "gouv", "govt", "go", "mil", "edu", "ac", "int"]);
const LABEL = /^[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?$/u;

function isRestricted(suffix: string): boolean {
  const labels = suffix.split(".");
  const category = labels[0] ?? "";
  // `go` and `ac` are categories only below a country (`go.th`, `ac.uk`); alone they are ordinary country domains.
  return RESTRICTED_LABELS.has(category) && (labels.length > 1 || (category !== "go" && category !== "ac"));
}

/** Undefined for addresses, single labels, reverse look-ups, local names and what is no host name. */
export function siteOf(name: string): Site | undefined {
  if (name.length > 253 || !name.includes(".") || name.includes(":")) return undefined;
  const parsed = parse(name, { allowPrivateDomains: true, validateHostname: false });
  if (parsed.isIp) return undefined;
  // A bare private suffix (`duckdns.org` itself) belongs to whoever runs it.
  const result =
    parsed.domain === null && parsed.isPrivate ? parse(name, { validateHostname: false }) : parsed;
  if (result.domain === null || result.domainWithoutSuffix === null || result.publicSuffix === null)
    return undefined;
  // Unlisted top-level labels are local names: .local, .corp, .lan.
  if (!result.isIcann && !result.isPrivate) return undefined;
  if (result.publicSuffix.endsWith("arpa")) return undefined;
  const services = result.subdomain ? result.subdomain.split(".").filter((label) => label !== "*") : [];
  if (!LABEL.test(result.domainWithoutSuffix)) return undefined;
  return {
    domain: result.domain,
    label: result.domainWithoutSuffix,
    suffix: result.publicSuffix,
    services,
    restricted: isRestricted(result.publicSuffix),
  };
}

/** Below a suffix where anyone gets a name of their own at once: dynamic DNS, free hosting (the private section of the public suffix list). */
export function isUnderRentedSuffix(name: string): boolean {
  const parsed = parse(name, { allowPrivateDomains: true, validateHostname: false });
  return parsed.isPrivate === true && parsed.domain !== null;
}
