import { LongwatchError } from "../../kernel/errors.js";
import { quoted } from "../text/problems.js";
import { didYouMean } from "../text/suggest.js";
import { type FiledEntry, type KnowledgeBase, thingOf } from "./base.js";
import { nameKey } from "./names.js";

export interface Found {
  /** Entries that the words mean: by id, else by identifier (G0129), else by title, else by a name. */
  entries: readonly FiledEntry[];
  /** Other entries to which some source gives this name. */
  also: readonly FiledEntry[];
}

/** Whether an entry is among others, or describes the same thing as one of them. */
function isOneOf(base: KnowledgeBase, entries: readonly FiledEntry[], { entry }: FiledEntry): boolean {
  return entries.some((one) => thingOf(base, one.entry.id) === thingOf(base, entry.id));
}

/** @throws LW_NOT_FOUND, with the name that was probably meant */
export function findEntries(base: KnowledgeBase, words: string): Found {
  const all = [...base.entries.values()];
  const key = nameKey(words);
  const wanted = words.trim().toLowerCase();
  const named = all.filter(({ entry }) => (base.byName.get(key) ?? []).includes(entry.id));
  const steps = [
    () => all.filter(({ entry }) => entry.id === wanted),
    () => all.filter(({ entry }) => entry.identifiers.some(({ value }) => value.toLowerCase() === wanted)),
    () => named.filter(({ entry }) => nameKey(entry.title) === key),
    () => named,
  ];
  for (const step of steps) {
    const entries = step();
    if (entries.length > 0) return { entries, also: named.filter((one) => !isOneOf(base, entries, one)) };
  }
  const names = all.flatMap(({ entry }) => [entry.id, ...entry.names.map(({ name }) => name)]);
  throw new LongwatchError(
    "LW_NOT_FOUND",
    `the knowledge base has no ${quoted(words)}${didYouMean(words, names)}; longwatch knowledge list shows what it has`,
  );
}
