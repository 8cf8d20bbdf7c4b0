import { groupBy, unique } from "../../kernel/group-by.js";
import type { KnowledgeEntry } from "../../model/knowledge.js";
import { nameKey } from "./names.js";
import type { KnowledgeFile } from "./read-file.js";
import { joinSuccessors, type Successors } from "./techniques.js";

/** An entry, and the file it stands in. */
export interface FiledEntry {
  path: string;
  entry: KnowledgeEntry;
}

/** Entries of all folders side by side. Nothing is merged: what two entries say of one thing stays in two entries. */
export interface KnowledgeBase {
  entries: ReadonlyMap<string, FiledEntry>;
  successors: Successors;
  /** Entries that carry a name, by {@link nameKey}. */
  byName: ReadonlyMap<string, readonly string[]>;
  /** Entries that describe one and the same thing by an identifier that they share (an ATT&CK id), by entry: themselves included. */
  views: ReadonlyMap<string, readonly string[]>;
  /** What is wrong between files. */
  problems: readonly { path: string; message: string }[];
}

export function buildBase(files: readonly KnowledgeFile[]): KnowledgeBase {
  const entries = new Map<string, FiledEntry>();
  const problems: { path: string; message: string }[] = [];
  for (const file of files) {
    if (file.kind !== "entry") continue;
    const known = entries.get(file.entry.id);
    if (known === undefined) entries.set(file.entry.id, { path: file.path, entry: file.entry });
    else problems.push({ path: file.path, message: `the id ${file.entry.id} is taken by ${known.path}` });
  }
  for (const { path, entry } of entries.values())
    for (const { relation, to } of entry.relations)
      if (to !== undefined && !entries.has(to))
        problems.push({
          path,
          message: `${relation} leads to "${to}", and there is no such entry: use to_name`,
        });
  const names = [...entries.values()].flatMap(({ entry }) =>
    unique(entry.names.map(({ name }) => nameKey(name)))
      .filter((key) => key !== "")
      .map((key) => ({ key, id: entry.id })),
  );
  return {
    entries,
    successors: joinSuccessors(
      files.flatMap((file) => (file.kind === "successors" ? [file.successors] : [])),
    ),
    byName: new Map(
      [...groupBy(names, ({ key }) => key)].map(([key, found]) => [key, found.map(({ id }) => id)]),
    ),
    views: viewsOf(entries),
    problems,
  };
}

/** Groups of entries of one kind that are connected through shared identifiers. */
function viewsOf(entries: ReadonlyMap<string, FiledEntry>): Map<string, readonly string[]> {
  const groups = new Map<string, string[]>([...entries.keys()].map((id) => [id, [id]]));
  const owner = new Map<string, string>();
  for (const { entry } of entries.values())
    for (const { system, value } of entry.identifiers) {
      const identifier = `${entry.kind}\0${system}\0${value.toLowerCase()}`;
      const first = owner.get(identifier) ?? entry.id;
      owner.set(identifier, first);
      const [into, from] = [groups.get(first) ?? [], groups.get(entry.id) ?? []];
      if (into === from) continue;
      into.push(...from);
      for (const id of from) groups.set(id, into);
    }
  return groups;
}

/** One entry that stands for all that describe the same thing, by an identifier that they share. */
export function thingOf(base: KnowledgeBase, id: string): string {
  return base.views.get(id)?.[0] ?? id;
}

/**
 * What a relation of an entry leads to. A name leads to the other thing that has it as its title, never to one that some source also calls
 * so: what is said of GhostEmperor is not said of everything that somebody takes for it.
 */
export function target(
  base: KnowledgeBase,
  { id }: Pick<KnowledgeEntry, "id">,
  { to, to_name }: KnowledgeEntry["relations"][number],
): string | undefined {
  if (to !== undefined) return base.entries.has(to) ? to : undefined;
  const key = nameKey(to_name ?? "");
  const titled = (base.byName.get(key) ?? []).filter(
    (other) =>
      nameKey(base.entries.get(other)?.entry.title ?? "") === key &&
      thingOf(base, other) !== thingOf(base, id),
  );
  return unique(titled.map((other) => thingOf(base, other))).length === 1 ? titled[0] : undefined;
}
