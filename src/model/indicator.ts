import type { Tlp } from "./finding.js";

export const INDICATOR_KINDS = [
  "address",
  "address-port",
  "network",
  "domain",
  "domain-wildcard",
  "certificate",
  "ja3",
  "ja4",
] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** One piece of watched infrastructure, in canonical form (lower case, refanged, addresses as `ipaddr.js` prints them). */
export interface Indicator {
  kind: IndicatorKind;
  /**
   * `address`: `192.0.2.1`; `address-port`: `192.0.2.1:443` or `[2001:db8::1]:443`; `network`: CIDR; `domain`: the name and nothing below it;
   * `domain-wildcard`: the parent without `*.` (matches every name below it, and itself); `certificate`: hex fingerprint without colons
   * (32, 40 or 64 digits: MD5, SHA-1, SHA-256); `ja3`: 32 hex digits; `ja4`: as published.
   */
  value: string;
  /** What the source says it is for, e.g. `c2`. Free text. */
  role: string;
  source: string;
  /** 0..1. STIX confidence / 100; 0.5 where the source says nothing. */
  confidence: number;
  /** Milliseconds UTC; open ends are ±Infinity. Contacts outside are ignored. */
  validFrom: number;
  validTo: number;
  description: string;
  /** Programs that the source ties to it, as `facts.software` of findings names them (`malware:PUBLOAD`). */
  software?: readonly string[];
  tlp: Tlp;
  owner: string;
  sharingGroup: string;
}
