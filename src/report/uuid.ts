import { createHash } from "node:crypto";

/** Namespace of the ids of everything that Longwatch exports. Never to be changed: it is part of every id that was ever given out. */
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

/** The same for the same parts, whenever it is made. `parts` begin with what kind of thing has the id. */
export function ownUuid(...parts: readonly string[]): string {
  return uuid5(OWN_NAMESPACE, JSON.stringify(parts));
}
