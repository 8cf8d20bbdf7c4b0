import ipaddr from "ipaddr.js";

/** Ranges that no server on the Internet has: a name that "points" there was blocked, sink-holed or is an inside matter. */
const NOWHERE = new Set([
  "unspecified",
  "loopback",
  "private",
  "linkLocal",
  "multicast",
  "broadcast",
  "uniqueLocal",
]);

/** False for private, loopback, link-local, multicast and unspecified addresses, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && !NOWHERE.has(ipaddr.process(address).range());
}

/** True for addresses that only mean something inside one realm. */
export function isPrivateAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const range = ipaddr.process(address).range();
  return range === "private" || range === "uniqueLocal" || range === "carrierGradeNat";
}

/** The part of an IPv6 prefix length that a CIDR means in an IPv6 column (`/24` of IPv4 is `/120`). */
export function cidrInIpv6(cidr: string): { network: string; prefix: number } | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(cidr);
  return address.kind() === "ipv4"
    ? { network: ipaddr.IPv4.networkAddressFromCIDR(cidr).toString(), prefix: bits + 96 }
    : { network: ipaddr.IPv6.networkAddressFromCIDR(cidr).toString(), prefix: bits };
}
