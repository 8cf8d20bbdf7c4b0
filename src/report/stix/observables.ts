import type { Entity, Tlp } from "../../model/finding.js";
import type { ReportedIndicator } from "../indicators.js";
import { splitPath } from "../path.js";
import { type Collector, stixText } from "./collector.js";

/** A text within a pattern (STIX 2.1, section 9.5): quotes and backslashes with a backslash before them. */
export function patternText(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

const HASHES = {
  "md5-certificate": "MD5",
  "sha1-certificate": "SHA-1",
  "sha256-certificate": "SHA-256",
} as const;

/** What to look for (section 9). Undefined for TLS fingerprints, which STIX has no property for. */
export function patternOf({ kind, value }: ReportedIndicator): string | undefined {
  switch (kind) {
    case "domain":
      return `[domain-name:value = ${patternText(value)}]`;
    case "ipv4":
    case "ipv6":
      return `[${kind}-addr:value = ${patternText(value)}]`;
    case "ipv4-network":
    case "ipv6-network":
      return `[${kind.slice(0, 4)}-addr:value ISSUBSET ${patternText(value)}]`;
    case "md5-certificate":
    case "sha1-certificate":
    case "sha256-certificate":
      return `[x509-certificate:hashes.'${HASHES[kind]}' = ${patternText(value)}]`;
    default:
      return undefined;
  }
}

/** The observable that an indicator is about; undefined where STIX has none. */
export function observableOf(
  stix: Collector,
  { kind, value, tlp }: Pick<ReportedIndicator, "kind" | "value" | "tlp">,
): string | undefined {
  switch (kind) {
    case "domain":
      return stix.observable("domain-name", { value }, tlp);
    case "ipv4":
    case "ipv6":
    case "ipv4-network":
    case "ipv6-network":
      return stix.observable(`${kind.slice(0, 4)}-addr`, { value }, tlp);
    case "md5-certificate":
    case "sha1-certificate":
    case "sha256-certificate":
      return stix.observable("x509-certificate", { hashes: { [HASHES[kind]]: value } }, tlp);
    default:
      return undefined;
  }
}

/**
 * An entity of a finding as observable: files, accounts and programs on hosts. Addresses inside are none (one observable would stand for the same
 * private address of several networks); servers come in as indicators.
 */
export function entityObservable(stix: Collector, entity: Entity, tlp: Tlp): string | undefined {
  const value = entity.value.trim();
  if (value === "") return undefined;
  switch (entity.kind) {
    case "file":
      return entity.role === "hash" ? hashedFile(stix, value, tlp) : namedFile(stix, value, tlp);
    case "process":
      return namedFile(stix, value, tlp);
    case "account":
      return stix.observable("user-account", { account_login: stixText(value) }, tlp);
    default:
      return undefined;
  }
}

function hashedFile(stix: Collector, text: string, tlp: Tlp): string | undefined {
  const value = text.toLowerCase().replace(/^(md5|sha1|sha256|imphash)[=:]/, "");
  const name = /^[0-9a-f]+$/.test(value)
    ? { 32: "MD5", 40: "SHA-1", 64: "SHA-256" }[value.length]
    : undefined;
  return name === undefined ? undefined : stix.observable("file", { hashes: { [name]: value } }, tlp);
}

/** A path is a name and a folder, and both make the id (section 6.7). Parted before characters that could act are spelled out, with a backslash. */
function namedFile(stix: Collector, path: string, tlp: Tlp): string | undefined {
  const { folder, name } = splitPath(path);
  if (name === "") return undefined;
  const named = { name: stixText(name) };
  if (folder === "") return stix.observable("file", named, tlp);
  const parent = stix.observable("directory", { path: stixText(folder) }, tlp);
  return stix.observable("file", { ...named, parent_directory_ref: parent }, tlp);
}
