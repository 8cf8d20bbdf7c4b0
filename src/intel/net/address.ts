import ipaddr from "ipaddr.js";

/**
 * An address as 32-bit words, most significant first: one word for IPv4, four for IPv6. IPv4-mapped IPv6 (RFC 4291,
 * section 2.5.5.2), the form in which the store keeps and prints IPv4, is IPv4 here.
 */
export interface Address {
  readonly bits: 32 | 128;
  readonly words: readonly number[];
}

const DIGIT_0 = 48;
const DOT = 46;

/** Dotted decimal from `start` to the end; -1 where it is anything else (also `010.0.0.1`: octal to some, decimal to others). */
function parseDotted(text: string, start: number): number {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let at = start; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || octet > 255 || octets === 4) return -1;
      value = value * 256 + octet;
      octets++;
      octet = -1;
    } else {
      const digit = code - DIGIT_0;
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return octets === 4 ? value : -1;
}

/** Undefined where the text is no address. A zone (`fe80::1%eth0`) is ignored. */
export function parseAddress(text: string): Address | undefined {
  if (text.length < 2 || text.length > 80) return undefined;
  if (!text.includes(":")) {
    const value = parseDotted(text, 0);
    return value < 0 ? undefined : { bits: 32, words: [value] };
  }
  // The store's own way to print IPv4; the general parser below costs ten times as much.
  if (text.startsWith("::ffff:") && text.includes(".")) {
    const value = parseDotted(text, 7);
    return value < 0 ? undefined : { bits: 32, words: [value] };
  }
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = ipaddr.IPv6.parse(text).parts;
  const words = [a * 65536 + b, c * 65536 + d, e * 65536 + f, g * 65536 + h];
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return { bits: 32, words: words.slice(3) };
  return { bits: 128, words };
}

/** Canonical text: dotted decimal, or RFC 5952. */
export function formatAddress(address: Address): string {
  if (address.bits === 32) {
    const value = address.words[0] ?? 0;
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  return new ipaddr.IPv6(address.words.flatMap((word) => [word >>> 16, word & 0xffff])).toRFC5952String();
}

/** Canonical form of an address in text, or undefined. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}
