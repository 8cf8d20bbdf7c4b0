import { ownUuid, uuid5 } from "../uuid.js";

/** STIX 2.1, section 2.9: the namespace of deterministic ids of cyber-observable objects. */
const OBSERVABLE_NAMESPACE = "00abedb4-aa42-466c-9c01-fed23315a9b7";

/** Id of an object of ours: the same for the same case and thing, whenever it is made. */
export function objectId(type: string, ...parts: readonly string[]): string {
  return `${type}--${ownUuid(type, ...parts)}`;
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
