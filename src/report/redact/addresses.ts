import ipaddr from "ipaddr.js";
import type { Hit } from "./terms.js";

/** Texts that may be an address: dotted or dashed, with colons, in brackets, mapped into IPv6. */
const DOTTED = /(?:(?<![\d.])|(?<=%[0-9a-f]{2}))\d{1,3}([.-])\d{1,3}\1\d{1,3}\1\d{1,3}(?![\d]|\.\d)/gi;
const COLONS =
  /(?:(?<![0-9a-z:.])(?!(?<=%)[0-9a-f]{5,}:)|(?<=\\[bfnrtv0]|%[0-9a-f]{2}))(?=[0-9a-f:.]*:[0-9a-f:.]*:)[0-9a-f:]{2,}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![0-9a-z:])/gi;
/** Within addresses of the web: colons and dots as `%3A` and `%2E`. */
const ENCODED = /(?<![0-9a-z%])(?:[0-9a-f]{1,4}|%3a)(?:(?:%3a|%2e)[0-9a-f]{0,4}){2,9}(?![0-9a-z])/gi;
const REVERSED = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?=\.in-addr\.arpa)/gi;

/** Canonical text of an address, IPv4 within IPv6 as IPv4; undefined where it is none. */
export function canonicalAddress(text: string): string | undefined {
  if (!/[.:]/.test(text) || !ipaddr.isValid(text)) return undefined;
  // `10.1` and `0x0a.1` are addresses to old parsers, and version numbers to everyone else.
  if (!text.includes(":") && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  return ipaddr.process(text).toString();
}

/** Addresses in a text with what shall stand in their places; `substitute` decides, undefined leaves one as it is. */
export function addressHits(text: string, substitute: (address: string) => string | undefined): Hit[] {
  if (!/\d/.test(text) && !text.includes(":")) return [];
  const hits: Hit[] = [];
  const take = (from: number, to: number, address: string | undefined) => {
    const other = address === undefined ? undefined : substitute(address);
    if (other !== undefined) hits.push({ from, to, substitute: other });
  };
  for (const { 0: found, index } of text.matchAll(DOTTED))
    take(index, index + found.length, canonicalAddress(found.replaceAll("-", ".")));
  for (const { 0: found, index } of text.matchAll(COLONS))
    take(index, index + found.length, canonicalAddress(found));
  for (const { 0: found, index } of text.matchAll(ENCODED))
    take(index, index + found.length, canonicalAddress(found.replace(/%3a/gi, ":").replace(/%2e/gi, ".")));
  for (const { 0: found, index } of text.matchAll(REVERSED))
    take(index, index + found.length, canonicalAddress(found.split(".").reverse().join(".")));
  return hits;
}

/** Other spellings of an IPv4 address that programs write: a whole number, hexadecimal, reversed for the DNS, mapped into IPv6. */
export function spellings(address: string): string[] {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return [];
  const bytes = ipaddr.IPv4.parse(address).octets;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0"));
  const number = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return [
    String(number),
    hex.join(""),
    `0x${hex.join("")}`,
    `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`,
    hex.join("."),
    hex.join(":"),
    bytes.join("%2e"),
    bytes.join("-"),
    bytes.join("_"),
    `${[...bytes].reverse().join(".")}.in-addr.arpa`,
  ];
}
