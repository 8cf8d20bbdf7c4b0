import { type Address, formatAddress, parseAddress } from "./address.js";

/** A CIDR range; bits of `address` beyond `length` are zero. */
export interface Prefix {
  readonly address: Address;
  readonly length: number;
}

export interface ParsedPrefix {
  prefix: Prefix;
  /** Bits were set beyond the prefix length (`10.1.2.3/16`) and have been cleared. */
  hostBits: boolean;
}

function masked(address: Address, length: number): Address {
  const words = address.words.map((word, index) => {
    const kept = Math.min(32, Math.max(0, length - index * 32));
    return kept === 0 ? 0 : kept === 32 ? word : (word & (0xffffffff << (32 - kept))) >>> 0;
  });
  return { bits: address.bits, words };
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address. Undefined where it is neither. */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const slash = text.indexOf("/");
  const addressText = slash < 0 ? text : text.slice(0, slash);
  const address = addressText.includes("%") ? undefined : parseAddress(addressText);
  if (address === undefined) return undefined;
  if (slash < 0) return { prefix: { address, length: address.bits }, hostBits: false };
  const lengthText = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  // A mapped range is written with the length of IPv6: `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
  const length = Number(lengthText) - (addressText.includes(":") && address.bits === 32 ? 96 : 0);
  if (length < 0 || length > address.bits) return undefined;
  const network = masked(address, length);
  return {
    prefix: { address: network, length },
    hostBits: network.words.some((word, index) => word !== address.words[index]),
  };
}

export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

/** Whether every address of `inner` lies in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  if (outer.address.bits !== inner.address.bits || outer.length > inner.length) return false;
  const cut = masked(inner.address, outer.length);
  return cut.words.every((word, index) => word === outer.address.words[index]);
}
