import { createHash } from "node:crypto";

/** STIX 2.1, section 2.9: the namespace of deterministic ids of cyber-observable objects. */
const OBSERVABLE_NAMESPACE = "00abedb4-aa42-466c-9c01-fed23315a9b7";
/** Ours, for all other objects. Never to be changed: it is part of every id that was ever given out. */
const OWN_NAMESPACE = "5f6a2c1e-8d1b-4e0f-9c57-2b7a4c0d9e36";

/** Name-based UUID of version 5 (RFC 9562, section 5.5). */
export function uuid5(namespace: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name, "utf8")
    .digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** Id of an object of ours: the same for the same case and thing, whenever it is made. */
export function objectId(type: string, ...parts: readonly string[]): string {
  return `${type}--${uuid5(OWN_NAMESPACE, JSON.stringify([type, ...parts]))}`;
}

/**
 * Id of a cyber-observable by its contributing properties, which are written as JSON with sorted names (RFC 8785). Of several hashes only the
 * first counts, which callers see to.
 */
export function observableId(type: string, contributing: Readonly<Record<string, unknown>>): string {
  return `${type}--${uuid5(OBSERVABLE_NAMESPACE, canonicalJson(contributing))}`;
}

/** RFC 8785 for what contributing properties hold: texts and maps of texts. */
function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
