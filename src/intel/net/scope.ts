import type { Address } from "./address.js";
import { covers, type Prefix, parsePrefix } from "./prefix.js";
import { PrefixTrie } from "./prefix-trie.js";

/** Ranges that no one can own on the public Internet (IANA special-purpose registries, RFC 6890 and its updates). */
const SCOPES = {
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
  "carrier-grade NAT": ["100.64.0.0/10"],
  "link-local": ["169.254.0.0/16", "fe80::/10"],
  loopback: ["127.0.0.0/8", "::1/128"],
  unspecified: ["0.0.0.0/8", "::/128"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
  reserved: ["240.0.0.0/4"],
} as const satisfies Record<string, readonly string[]>;

export type SpecialScope = keyof typeof SCOPES;

const SPACES: { scope: SpecialScope; prefix: Prefix }[] = [];
const trie = new PrefixTrie<SpecialScope>();
for (const [scope, ranges] of Object.entries(SCOPES) as [SpecialScope, readonly string[]][]) {
  for (const range of ranges) {
    const parsed = parsePrefix(range);
    if (parsed === undefined) throw new Error(`${range} in the table of special ranges is not a CIDR`);
    SPACES.push({ scope, prefix: parsed.prefix });
    trie.add(parsed.prefix, scope);
  }
}

/** The ranges of a special space. */
export function rangesOfScope(scope: SpecialScope): Prefix[] {
  return SPACES.filter((space) => space.scope === scope).map(({ prefix }) => prefix);
}

/** What an address is for, where it is not a public one. */
export function specialScope(address: Address): SpecialScope | undefined {
  return trie.covering(address)[0]?.[0];
}

/** The same for a whole range: only where all of it lies in one special space. */
export function specialScopeOfPrefix(prefix: Prefix): SpecialScope | undefined {
  return SPACES.find((space) => covers(space.prefix, prefix))?.scope;
}

/** Space behind somebody's own router: private, carrier-grade NAT, link-local, loopback. */
export function isPrivateScope(scope: SpecialScope | undefined): boolean {
  return (
    scope === "private" || scope === "carrier-grade NAT" || scope === "link-local" || scope === "loopback"
  );
}
