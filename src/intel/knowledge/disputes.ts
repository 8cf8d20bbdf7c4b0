import { groupBy, unique } from "../../kernel/group-by.js";
import type { KnowledgeEntry, Statement } from "../../model/knowledge.js";
import { STANCES, type Stance } from "../../model/knowledge-view.js";
import { type KnowledgeBase, target, thingOf } from "./base.js";
import { nameKey } from "./names.js";

/** A statement, and where it stands. */
export interface Position {
  entry: string;
  stance: Stance;
  /** The name or the target in the statement's own words. */
  words: string;
  statement: Statement;
}

/** Two things of which sources disagree whether they are one; each is named by the first entry that describes it. */
export interface Dispute {
  between: readonly [string, string];
  positions: readonly Position[];
}

interface Pair {
  key: string;
  between: readonly [string, string];
  position: Position;
}

function pair(base: KnowledgeBase, position: Position, to: string): Pair {
  const [own, other] = [thingOf(base, position.entry), thingOf(base, to)];
  const between = own < other ? ([own, other] as const) : ([other, own] as const);
  return { key: between.join("\0"), between, position };
}

function positionsIn(base: KnowledgeBase, id: string): Pair[] {
  const entry = base.entries.get(id)?.entry;
  if (entry === undefined) return [];
  const related = entry.relations.flatMap((relation): Pair[] => {
    const other = target(base, entry, relation);
    const stance = STANCES.find((one) => one === relation.relation);
    if (other === undefined || other === id || stance === undefined) return [];
    const words = relation.to_name ?? base.entries.get(other)?.entry.title ?? other;
    return [pair(base, { entry: id, stance, words, statement: relation }, other)];
  });
  const named = entry.names.flatMap((statement): Pair[] =>
    othersByName(base, entry, statement.name).map((other) =>
      pair(base, { entry: id, stance: "named", words: statement.name, statement }, other),
    ),
  );
  return [...related, ...named];
}

/** Other things that carry a name. A tool may be called like the group that uses it: that is no dispute. */
function othersByName(base: KnowledgeBase, entry: KnowledgeEntry, name: string): string[] {
  const key = nameKey(name);
  if (key === nameKey(entry.title)) return [];
  const others = (base.byName.get(key) ?? []).filter(
    (other) => (base.entries.get(other)?.entry.kind === "tool") === (entry.kind === "tool"),
  );
  return unique(others.map((other) => thingOf(base, other)));
}

/**
 * Whether the statements contradict each other, or the knowledge base itself: it keeps two entries, so a source that gives one of them
 * the other's name, or calls them the same, holds a view that others do not share. Overlap alone is no dispute, nor are parts.
 */
function isDisputed(positions: readonly Position[]): boolean {
  const stances = new Set(positions.map(({ stance }) => stance));
  return stances.has("named") || stances.has("same_as") || stances.has("disputed");
}

export function allDisputes(base: KnowledgeBase): Dispute[] {
  const pairs = [...base.entries.keys()].flatMap((id) => positionsIn(base, id));
  return [...groupBy(pairs, ({ key }) => key).values()].flatMap((found): Dispute[] => {
    const [first] = found;
    if (first === undefined || first.between[0] === first.between[1]) return [];
    const positions = found.map(({ position }) => position);
    return isDisputed(positions) ? [{ between: first.between, positions }] : [];
  });
}
