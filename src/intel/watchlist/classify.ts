import type { IndicatorKind } from "../../model/indicator.js";
import { formatAddress, parseAddress } from "../net/address.js";
import { formatPrefix, parsePrefix } from "../net/prefix.js";
import { quoted } from "../text/problems.js";
import { canonicalHostname } from "./hostname.js";
import { MAX_VALUE, refang } from "./refang.js";

/** What a value is, in the canonical form of {@link IndicatorKind}. */
export interface Classified {
  kind: IndicatorKind;
  value: string;
  /** What was lost on the way: a path, or the port of a name. */
  note?: string;
}

/** Or why it is nothing that can be watched, as the end of a sentence. */
export type Classification = Classified | { problem: string };

const HEX = /^[0-9a-f]+$/;
/** FoxIO's JA4: protocol, TLS version, SNI flag, counts, ALPN; hash of ciphers; hash of extensions. */
const JA4 = /^[tqd](?:1[0-3]|s[23]|d[123]|00)[di]\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
}

function endpoint(addressText: string, port: string): Classified | undefined {
  const address = parseAddress(addressText);
  if (address === undefined || !isPort(port)) return undefined;
  const text = formatAddress(address);
  return { kind: "address-port", value: `${address.bits === 128 ? `[${text}]` : text}:${port}` };
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`, `address|port` (MISP) or `network/length`. */
function hostOrEndpoint(text: string): Classified | undefined {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed?.[1] !== undefined) {
    if (bracketed[2] !== undefined) return endpoint(bracketed[1], bracketed[2]);
    const inner = parseAddress(bracketed[1]);
    return inner && { kind: "address", value: formatAddress(inner) };
  }
  const address = text.includes("%") ? undefined : parseAddress(text);
  if (address !== undefined) return { kind: "address", value: formatAddress(address) };
  const wildcard = /^(?:\*\.|\.)(.+)$/.exec(text)?.[1];
  if (wildcard !== undefined) {
    const parent = canonicalHostname(wildcard);
    return parent === undefined ? undefined : { kind: "domain-wildcard", value: parent };
  }
  const withPort = /^([^|]+)\|(\d+)$/.exec(text) ?? /^([^:|]+):(\d+)$/.exec(text);
  if (withPort?.[1] !== undefined && withPort[2] !== undefined) {
    const named = endpoint(withPort[1], withPort[2]);
    if (named !== undefined) return named;
    const host = isPort(withPort[2]) ? domain(withPort[1]) : undefined;
    return host && { ...host, note: `port ${withPort[2]} of the name is not watched` };
  }
  return domain(text);
}

function domain(text: string): Classified | undefined {
  const host = canonicalHostname(text);
  return host?.includes(".") ? { kind: "domain", value: host } : undefined;
}

function url(text: string): Classified | undefined {
  const parts =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)(.*)$/i.exec(text) ?? /^([^/?#]+)([/?#].*)$/.exec(text);
  const found = parts?.[1] === undefined ? undefined : hostOrEndpoint(parts[1]);
  if (found === undefined) return undefined;
  const path = parts?.[2] ?? "";
  return path === "" || path === "/"
    ? found
    : { ...found, note: "reduced to its host: every contact with the host counts" };
}

function fingerprint(text: string): string | undefined {
  const hex = text
    .toLowerCase()
    .replace(/^(?:md5|sha-?1|sha-?256)[:=]/, "")
    .replace(/[:\s]/g, "");
  return HEX.test(hex) && [32, 40, 64].includes(hex.length) ? hex : undefined;
}

function infer(value: string): Classification {
  const lower = value.toLowerCase();
  if (JA4.test(lower)) return { kind: "ja4", value: lower };
  const hex = fingerprint(value);
  if (hex !== undefined) {
    const paired = /^(?:[0-9a-f]{2}:)+[0-9a-f]{2}$/i.test(value);
    if (hex.length > 32 || paired) return { kind: "certificate", value: hex };
    return {
      problem:
        "has 32 hex digits, which may be a JA3 or an MD5 of a certificate: say which in a kind column (ja3, certificate)",
    };
  }
  if (value.includes("/") && parseAddress(value.slice(0, value.indexOf("/"))) && /\/\d+$/.test(value))
    return network(value);
  const found = (value.includes("://") ? undefined : hostOrEndpoint(value)) ?? url(value);
  return (
    found ?? { problem: `${quoted(value)} is no address, address:port, CIDR, domain, fingerprint or JA4` }
  );
}

function network(value: string): Classification {
  const parsed = parsePrefix(value);
  if (parsed === undefined)
    return { problem: `${quoted(value)} is not a CIDR range: write it like 192.0.2.0/24` };
  if (parsed.prefix.length === parsed.prefix.address.bits)
    return { kind: "address", value: formatAddress(parsed.prefix.address) };
  const note = parsed.hostBits ? { note: `read as ${formatPrefix(parsed.prefix)}` } : {};
  return { kind: "network", value: formatPrefix(parsed.prefix), ...note };
}

/** A value under the kind that its source gives; a kind that the value contradicts is a problem, not a guess. */
function asKind(value: string, kind: IndicatorKind): Classification {
  const lower = value.toLowerCase();
  switch (kind) {
    case "certificate": {
      const hex = fingerprint(value);
      return hex
        ? { kind, value: hex }
        : { problem: `${quoted(value)} is no MD5, SHA-1 or SHA-256 fingerprint` };
    }
    case "ja3":
      return HEX.test(lower) && lower.length === 32
        ? { kind, value: lower }
        : { problem: `${quoted(value)} is no JA3: 32 hex digits` };
    case "ja4":
      return JA4.test(lower)
        ? { kind, value: lower }
        : { problem: `${quoted(value)} is no JA4, like t13d1516h2_8daaf6152771_02713d6af862` };
    case "network":
      return network(value);
    case "domain-wildcard": {
      const parent = canonicalHostname(value.replace(/^(?:\*\.|\.)/, ""));
      return parent ? { kind, value: parent } : { problem: `${quoted(value)} is no domain` };
    }
    default: {
      const found = infer(value);
      if ("problem" in found || found.kind === kind) return found;
      // An address with a port is more exact than the kind that a careless list gives it; the reverse would be a guess.
      if (kind === "address" && (found.kind === "address-port" || found.kind === "network")) return found;
      if (kind === "domain" && found.kind === "domain-wildcard") return found;
      return { problem: `${quoted(value)} is of kind ${found.kind}, not ${kind}` };
    }
  }
}

/** Reads one value in plain or defanged notation; the kind is inferred where none is given. */
export function classify(text: string, kind?: IndicatorKind): Classification {
  if (text.length > MAX_VALUE) return { problem: `is ${text.length} characters long: no indicator is` };
  const value = refang(text);
  if (value === "") return { problem: "the value is empty" };
  return kind === undefined ? infer(value) : asKind(value, kind);
}
