import { type KnowledgeEntry, RELATIONS, type Section } from "../../model/knowledge.js";
import type { Stance } from "../../model/knowledge-view.js";
import { nameKey } from "./names.js";
import { currentTechnique, type Successors } from "./techniques.js";

type Of<Key extends Section> = KnowledgeEntry[Key][number];

/** What words need that does not stand in the statement: titles of other entries, techniques' newer ids. */
interface Context {
  title(id: string): string;
  successors: Successors;
}

const words = (...parts: (string | undefined)[]): string => parts.filter((part) => part).join(", ");

function span(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return to === undefined ? "" : `until ${to}`;
  if (to === undefined) return `since ${from}`;
  return from === to ? from : `${from} to ${to}`;
}

function technique(
  { technique: id, attack, reported_as }: Of<"techniques">,
  { successors }: Context,
): string {
  const current = currentTechnique(id, successors);
  return words(
    attack === undefined ? id : `${id} (ATT&CK ${attack})`,
    reported_as && `reported as ${reported_as}`,
    current === id ? undefined : `now ${current}`,
  );
}

/** One sentence or phrase for a statement of each section. */
const PHRASES: { readonly [Key in Section]: (statement: Of<Key>, context: Context) => string } = {
  names: ({ name, by }) => (by === undefined ? name : `${name} (so called by ${by})`),
  identifiers: ({ system, value }) => `${system} ${value}`,
  descriptions: ({ text }) => text,
  relations: ({ relation, to, to_name }, { title }) =>
    `${RELATIONS[relation]} ${to === undefined ? to_name : title(to)}`,
  activity: ({ from, to, text }) => words(span(from, to), text),
  victims: ({ sector, region, country, text }) => words(sector, region, country, text),
  techniques: technique,
  observables: ({ kind, value, specificity }) => `${kind}, ${specificity}: ${value}`,
  infrastructure: ({ habit }) => habit,
  working_hours: ({ utc_offset, from, to, days, calendar, text }) =>
    words(
      from && `${from} to ${to}`,
      utc_offset && `UTC${utc_offset}`,
      days?.join(" "),
      calendar && `calendar of ${calendar}`,
      text,
    ),
};

/** Every statement of a section with its phrase. */
export function phrases<Key extends Section>(
  entry: KnowledgeEntry,
  section: Key,
  context: Context,
): string[] {
  const phrase = PHRASES[section];
  return (entry[section] as Of<Key>[]).map((statement) => phrase(statement, context));
}

/** `other` is the title of the entry that the statement is held against. */
export function stancePhrase(stance: Stance, words: string, other: string): string {
  if (stance !== "named") return `${RELATIONS[stance]} ${words}`;
  return nameKey(words) === nameKey(other) ? `is called ${words}` : `is called ${words}, as ${other} is`;
}
