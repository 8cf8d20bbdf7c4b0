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
const COLON = 58;

/** Dotted decimal from `start` to `end`; -1 where it is anything else (also `010.0.0.1`: octal to some, decimal to others). */
function parseDotted(text: string, start: number, end: number): number {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let at = start; at <= end; at++) {
    const code = at === end ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || octets === 4) return -1;
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

/** Value of a hex digit's character code; -1 for others. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** The eight groups of RFC 4291, section 2.2, in all three notations. Hand-written: look-ups happen for every host of a case. */
function parseGroups(text: string, end: number): number[] | undefined {
  const groups: number[] = [];
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < end) {
    const start = at;
    let group = 0;
    for (
      let digit = hexDigit(text.charCodeAt(at));
      at < end && digit >= 0;
      digit = hexDigit(text.charCodeAt(++at))
    ) {
      group = group * 16 + digit;
    }
    if (at < end && text.charCodeAt(at) === DOT) {
      const tail = parseDotted(text, start, end);
      if (tail < 0) return undefined;
      groups.push(Math.floor(tail / 65_536), tail % 65_536);
      break;
    }
    if (at === start || at - start > 4 || groups.push(group) > 8) return undefined;
    if (at === end) break;
    if (text.charCodeAt(at) !== COLON || ++at === end) return undefined;
    if (text.charCodeAt(at) !== COLON) continue;
    if (gap >= 0) return undefined;
    gap = groups.length;
    at++;
  }
  if (gap < 0) return groups.length === 8 ? groups : undefined;
  if (groups.length > 7) return undefined;
  groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0));
  return groups;
}

/** Undefined where the text is no address. A zone (`fe80::1%eth0`) is ignored. */
export function parseAddress(text: string): Address | undefined {
  if (text.length < 2 || text.length > 80) return undefined;
  if (!text.includes(":")) {
    const value = parseDotted(text, 0, text.length);
    return value < 0 ? undefined : { bits: 32, words: [value] };
  }
  // The store's own way to print IPv4, and so the most frequent.
  if (text.startsWith("::ffff:") && text.includes(".")) {
    const value = parseDotted(text, 7, text.length);
    if (value >= 0) return { bits: 32, words: [value] };
  }
  const zone = text.indexOf("%");
  const groups = zone === text.length - 1 ? undefined : parseGroups(text, zone < 0 ? text.length : zone);
  if (groups === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups;
  const words = [a * 65_536 + b, c * 65_536 + d, e * 65_536 + f, g * 65_536 + h];
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
