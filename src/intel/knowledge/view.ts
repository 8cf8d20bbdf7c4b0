import { unique } from "../../kernel/group-by.js";
import { grade, type KnowledgeEntry, SECTIONS, type Statement } from "../../model/knowledge.js";
import type {
  KnowledgeListed,
  KnowledgeShown,
  ShownDispute,
  ShownStatement,
} from "../../model/knowledge-view.js";
import { type FiledEntry, type KnowledgeBase, target, thingOf } from "./base.js";
import type { Dispute } from "./disputes.js";
import { phrases, stancePhrase } from "./wording.js";

/** @throws Error where the statement's source is missing: `parseKnowledge` lets no such entry through. */
function shown(entry: KnowledgeEntry, statement: Statement, text: string): ShownStatement {
  const source = entry.sources[statement.source];
  if (source === undefined) throw new Error(`${entry.id} has no source ${statement.source}`);
  return {
    text,
    grade: grade(source, statement),
    source: statement.source,
    publisher: source.publisher,
    date: statement.date ?? source.date ?? null,
    note: statement.note ?? null,
    cites: (statement.cites ?? []).map((key) => entry.sources[key]?.publisher ?? key),
  };
}

function titles(base: KnowledgeBase): (id: string) => string {
  return (id) => base.entries.get(id)?.entry.title ?? id;
}

function showDispute(base: KnowledgeBase, { between, positions }: Dispute): ShownDispute {
  const title = titles(base);
  return {
    between: between.map((id) => ({ id, title: title(id) })),
    positions: positions.flatMap(({ entry: id, stance, words, statement }) => {
      const entry = base.entries.get(id)?.entry;
      if (entry === undefined) return [];
      const other = between[0] === thingOf(base, id) ? between[1] : between[0];
      const text = `${entry.title} ${stancePhrase(stance, words, title(other))}`;
      return [{ ...shown(entry, statement, text), entry: id, stance }];
    }),
  };
}

/** What other entries say of this one. */
function elsewhere(base: KnowledgeBase, id: string): KnowledgeShown["elsewhere"] {
  const context = { title: titles(base), successors: base.successors };
  return [...base.entries.values()].flatMap(({ entry }) => {
    if (entry.id === id || entry.relations.length === 0) return [];
    const texts = phrases(entry, "relations", context);
    return entry.relations.flatMap((relation, at) =>
      target(base, entry, relation) === id
        ? [{ ...shown(entry, relation, `${entry.title} ${texts[at]}`), entry: entry.id }]
        : [],
    );
  });
}

export function showEntry(
  base: KnowledgeBase,
  { path, entry }: FiledEntry,
  disputes: readonly Dispute[],
): KnowledgeShown {
  const context = { title: titles(base), successors: base.successors };
  return {
    version: 1,
    id: entry.id,
    kind: entry.kind,
    title: entry.title,
    file: path,
    imported_from: entry.imported?.from ?? null,
    disputes: disputes
      .filter(({ between }) => between.includes(thingOf(base, entry.id)))
      .map((dispute) => showDispute(base, dispute)),
    sections: SECTIONS.flatMap((section) => {
      const texts = phrases(entry, section, context);
      const statements = entry[section].map((statement, at) => shown(entry, statement, texts[at] ?? ""));
      return statements.length === 0 ? [] : [{ section, statements }];
    }),
    elsewhere: elsewhere(base, entry.id),
    views: (base.views.get(entry.id) ?? []).filter((other) => other !== entry.id),
    sources: Object.entries(entry.sources).map(([key, source]) => ({
      key,
      publisher: source.publisher,
      title: source.title,
      url: source.url ?? null,
      date: source.date ?? null,
      reliability: source.reliability,
      tlp: source.tlp,
      via: source.via ?? null,
    })),
  };
}

export function listEntries(base: KnowledgeBase, disputes: readonly Dispute[]): KnowledgeListed[] {
  const disputed = new Map<string, string[]>();
  for (const { between } of disputes)
    for (const [id, other] of [between, between.toReversed()] as [string, string][])
      disputed.set(id, [...(disputed.get(id) ?? []), other]);
  return [...base.entries.values()].map(({ path, entry }) => ({
    id: entry.id,
    kind: entry.kind,
    title: entry.title,
    names: unique(entry.names.map(({ name }) => name)),
    identifiers: entry.identifiers.map(({ system, value }) => `${system}:${value}`),
    statements: SECTIONS.reduce((sum, section) => sum + entry[section].length, 0),
    sources: Object.keys(entry.sources).length,
    techniques: entry.techniques.length,
    disputed_with: disputed.get(thingOf(base, entry.id)) ?? [],
    imported_from: entry.imported?.from ?? null,
    file: path,
  }));
}
