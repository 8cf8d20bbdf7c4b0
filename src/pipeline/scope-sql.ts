import { formatAddress, rangesOfScope, type SpecialScope } from "../intel/index.js";

/** SQL condition: an address (IPv6, or IPv4 in it) lies in one of these spaces. */
export function sqlInScope(address: string, scopes: readonly SpecialScope[]): string {
  const ranges = scopes.flatMap(rangesOfScope).map((prefix) => {
    const length = prefix.length + (prefix.address.bits === 32 ? 96 : 0);
    const range = `IPv6CIDRToRange(toIPv6('${formatAddress(prefix.address)}'), ${length})`;
    return `${address} BETWEEN tupleElement(${range}, 1) AND tupleElement(${range}, 2)`;
  });
  return `(${ranges.join(" OR ")})`;
}

/** Space that addresses of machines inside are in, whoever uses it. */
export const INSIDE_SCOPES: readonly SpecialScope[] = ["private", "carrier-grade NAT"];
