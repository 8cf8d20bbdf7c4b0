import type { ScoreComponent } from "../../model/finding.js";
import type { Retelling } from "./retelling.js";

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
  "zone",
  "same_clock",
  "country",
  "marks",
]);

/** Sentences that a stage before the report put together: words of ours, with values of the log among them. */
const SENTENCES: ReadonlySet<string> = new Set(["title", "what", "why", "meaning", "caveats", "reason"]);

/** Where names and addresses stand by themselves: values of entities and arguments, hosts and accounts of a story. */
const NAMING: ReadonlySet<string> = new Set([
  "value",
  "host",
  "hosts",
  "accounts",
  "address",
  "destinations",
]);

/**
 * Every text within a value through `audience.scrub`, sentences said anew; names of properties, enumerations and times stay.
 *
 * @param about what else the sentences may speak of, beside what the value itself names
 */
export function scrubbed<Value>(value: Value, retelling: Retelling, about: readonly unknown[] = []): Value {
  const { audience } = retelling;
  const named = namedBy([value, ...about]);
  return walk(
    value,
    "",
    (text, name) =>
      retelling.again(text) ??
      (SENTENCES.has(name) ? audience.sentence(text, named) : audience.scrub(audience.id(text))),
  ) as Value;
}

/** Addends of a score: their names are ours, and what they mean is a sentence. */
export function scrubbedComponents(
  components: readonly ScoreComponent[],
  retelling: Retelling,
  named: readonly string[],
): ScoreComponent[] {
  return components.map((each) => ({ ...each, meaning: retelling.sentence(each.meaning, named) }));
}

/** Texts that stand where something is named. */
export function namedBy(value: unknown): string[] {
  const named: string[] = [];
  walk(value, "", (text, name) => {
    if (NAMING.has(name)) named.push(text);
    return text;
  });
  return named;
}

function walk(value: unknown, name: string, replace: (text: string, name: string) => string): unknown {
  if (typeof value === "string") return OURS.has(name) ? value : replace(value, name);
  if (Array.isArray(value)) return value.map((each) => walk(each, name, replace));
  if (typeof value !== "object" || value === null) return value;
  if ("type" in value && value.type === "word") return value;
  return Object.fromEntries(
    Object.entries(value)
      // Their keys are the sentences as they were; whoever says these anew keeps them anew.
      .filter(([key]) => key !== "statements")
      .map(([key, each]) => [key, walk(each, key, replace)]),
  );
}
