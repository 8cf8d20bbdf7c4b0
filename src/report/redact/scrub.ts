import type { Audience } from "./audience.js";

/** Values of enumerations and keys of texts: they are ours, and an organisation called `host` must not change what they mean. */
const OURS: ReadonlySet<string> = new Set([
  "about",
  "kind",
  "role",
  "severity",
  "status",
  "type",
  "key",
  "detector",
  "basis",
  "verdict",
  "state",
  "confidence",
  "likelihood_word",
  "tlp",
  "relation",
  "table",
  "tactic",
  "tactics",
  "techniques",
  "attack",
  "sector",
  "source_id",
  "first_seen",
  "last_seen",
  "time",
  "way",
]);

/** Every text within a value through `audience.scrub`; names of properties, enumerations and times stay. */
export function scrubbed<Value>(value: Value, audience: Audience): Value {
  return walk(value, "", audience) as Value;
}

function walk(value: unknown, name: string, audience: Audience): unknown {
  if (typeof value === "string") return OURS.has(name) ? value : audience.scrub(audience.id(value));
  if (Array.isArray(value)) return value.map((each) => walk(each, name, audience));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key, audience)]));
}
