import { domainToASCII } from "node:url";
import { parse } from "tldts";
import { canonicalAddress } from "../net/address.js";

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * A host name as logs have it: lower case, internationalised labels in punycode, no final dot. Undefined where it is none: bad
 * labels, more than 253 characters (RFC 1035, section 2.3.4), or an address. Underscores are accepted, as DNS accepts them.
 */
export function canonicalHostname(text: string): string | undefined {
  const bare = text.trim().replace(/\.+$/, "");
  if (bare === "" || bare.length > 1_024 || /[\s/:@%[\]]/.test(bare)) return undefined;
  const ascii = domainToASCII(bare.toLowerCase());
  if (ascii === "" || ascii.length > 253) return undefined;
  const labels = ascii.split(".");
  if (!labels.every((label) => LABEL.test(label))) return undefined;
  // `domainToASCII` reads numbers as addresses (0x7f.1 becomes 127.0.0.1); no top-level domain is all digits.
  if (canonicalAddress(ascii) !== undefined || /^\d+$/.test(labels.at(-1) ?? "")) return undefined;
  return ascii;
}

/**
 * How many may live below a name: `icann` for a public suffix in the root's own hierarchy (`com`, `co.uk`), `private` for one whose
 * operator hands out names to anybody (`github.io`), undefined for an ordinary name.
 */
export function publicSuffix(hostname: string): "icann" | "private" | undefined {
  const parsed = parse(hostname, {
    allowPrivateDomains: true,
    validateHostname: false,
    extractHostname: false,
  });
  if (parsed.publicSuffix !== hostname) return undefined;
  return parsed.isPrivate ? "private" : "icann";
}
