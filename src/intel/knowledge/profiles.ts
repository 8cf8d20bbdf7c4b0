import { unique } from "../../kernel/group-by.js";
import type {
  ClusterProfile,
  Credence,
  ProfileArtefact,
  RivalClusters,
} from "../../model/cluster-profile.js";
import {
  type Credibility,
  grade,
  type KnowledgeEntry,
  type Reliability,
  type Statement,
} from "../../model/knowledge.js";
import { type KnowledgeBase, target, thingOf } from "./base.js";
import { allDisputes } from "./disputes.js";
import { rivalHypotheses } from "./hypotheses.js";
import { currentTechnique } from "./techniques.js";

/**
 * The probability that a graded statement holds is the product of the two halves of its Admiralty code. The code has no numbers; these are ours
 * (docs/attribution.md). F and 6 say "cannot be judged", which is no vote against.
 */
const OF_SOURCE: Readonly<Record<Reliability, number>> = { A: 1, B: 0.9, C: 0.7, D: 0.45, E: 0.2, F: 0.5 };
const OF_INFORMATION: Readonly<Record<Credibility, number>> = {
  1: 1,
  2: 0.9,
  3: 0.65,
  4: 0.35,
  5: 0.1,
  6: 0.5,
};

export interface ProfileOptions {
  /** Id of a campaign of which nothing is to be known: it, and all that rests on nothing but the reports that it cites. For calibration. */
  without?: string;
}

/** Every cluster of the base as far as findings can be compared with it. */
export function rivalClusters(base: KnowledgeBase, options: ProfileOptions = {}): RivalClusters {
  const isKnown = known(base, options.without);
  const related = relatives(base);
  const campaigns = campaignsByCluster(base, options.without);
  return {
    clusters: rivalHypotheses(base).map(({ id, title, entries, tools }): ClusterProfile => {
      const own = entries.flatMap((one) => base.entries.get(one)?.entry ?? []);
      const all = [...own, ...(campaigns.get(thingOf(base, id)) ?? [])];
      const statements = <Key extends Listed>(from: readonly KnowledgeEntry[], key: Key) =>
        from.flatMap((entry) =>
          (entry[key] as Of<Key>[])
            .filter((statement) => isKnown(entry, statement))
            .map((statement) => ({ entry, statement, credence: credenceOf(entry, statement) })),
        );
      const artefactsOf = (from: readonly KnowledgeEntry[]) =>
        statements(from, "observables").map(
          ({ statement: { kind, value, specificity }, credence }): ProfileArtefact => ({
            kind,
            value,
            specificity,
            credence,
          }),
        );
      const used = statements(all, "relations").flatMap(({ entry, statement, credence }) => {
        const to = statement.relation === "uses" ? target(base, entry, statement) : undefined;
        return to === undefined || base.entries.get(to)?.entry.kind !== "tool"
          ? []
          : [[thingOf(base, to), credence] as const];
      });
      const victims = statements(all, "victims");
      return {
        id,
        title,
        isUnnamed: own.every(({ unnamed }) => unnamed === true),
        techniques: best(
          statements(all, "techniques").map(({ statement, credence }) => [
            currentTechnique(statement.technique, base.successors),
            credence,
          ]),
        ),
        artefacts: [
          ...artefactsOf(all),
          ...[...tools].flatMap((tool) => toolArtefacts(base, tool, artefactsOf, best(used).get(tool))),
        ],
        tools: best(used),
        sectors: best(
          victims.flatMap(({ statement, credence }) =>
            statement.sector === undefined ? [] : [[statement.sector, credence] as const],
          ),
        ),
        countries: best(
          victims.flatMap(({ statement, credence }) =>
            statement.country === undefined ? [] : [[statement.country, credence] as const],
          ),
        ),
        calendars: best(
          statements(all, "working_hours").flatMap(({ statement, credence }) =>
            statement.calendar === undefined ? [] : [[statement.calendar, credence] as const],
          ),
        ),
        related: related.get(thingOf(base, id)) ?? [],
      };
    }),
    tools: toolsOf(base),
    currentTechnique: (technique) => currentTechnique(technique, base.successors),
  };
}

type Listed = "techniques" | "observables" | "relations" | "victims" | "working_hours";
type Of<Key extends Listed> = KnowledgeEntry[Key][number];

function credenceOf(entry: KnowledgeEntry, statement: Statement): Credence {
  const source = entry.sources[statement.source];
  if (source === undefined) throw new Error(`${entry.id} has no source ${statement.source}`);
  const date = Date.parse(statement.date ?? source.date ?? "");
  return {
    weight: OF_SOURCE[source.reliability] * OF_INFORMATION[statement.information],
    grade: grade(source, statement),
    publisher: source.publisher,
    source: source.url ?? `${source.publisher}: ${source.title}`,
    date: Number.isNaN(date) ? undefined : date,
  };
}

function best(found: readonly (readonly [string, Credence])[]): Map<string, Credence> {
  const all = new Map<string, Credence>();
  for (const [key, credence] of found)
    if ((all.get(key)?.weight ?? -1) < credence.weight) all.set(key, credence);
  return all;
}

/** A tool's traces speak of its users as far as it is believed that they use it; of a tool of several they are not specific to one. */
function toolArtefacts(
  base: KnowledgeBase,
  tool: string,
  artefactsOf: (entries: readonly KnowledgeEntry[]) => ProfileArtefact[],
  use: Credence | undefined,
): ProfileArtefact[] {
  const entries = (base.views.get(tool) ?? [tool]).flatMap((id) => base.entries.get(id)?.entry ?? []);
  return artefactsOf(entries).map((artefact) => ({
    ...artefact,
    tool: thingOf(base, tool),
    credence: { ...artefact.credence, weight: artefact.credence.weight * (use?.weight ?? 0) },
  }));
}

function campaignsByCluster(base: KnowledgeBase, without: string | undefined) {
  const found = new Map<string, KnowledgeEntry[]>();
  for (const { entry } of base.entries.values()) {
    if (entry.kind !== "campaign" || entry.id === without) continue;
    for (const to of attributedTo(base, entry)) found.set(to, [...(found.get(to) ?? []), entry]);
  }
  return found;
}

/** Clusters to which some source attributes a campaign, by the entry that stands for each. */
export function attributedTo(base: KnowledgeBase, campaign: KnowledgeEntry): string[] {
  return unique(
    campaign.relations.flatMap((relation) => {
      const to = relation.relation === "attributed_to" ? target(base, campaign, relation) : undefined;
      return to !== undefined && base.entries.get(to)?.entry.kind === "cluster" ? [thingOf(base, to)] : [];
    }),
  );
}

/** Whether a statement would be known if the left-out campaign were not: a report that only it is known by is not read. */
function known(base: KnowledgeBase, without: string | undefined) {
  const campaign = without === undefined ? undefined : base.entries.get(without)?.entry;
  const reports = new Set(
    Object.values(campaign?.sources ?? {}).flatMap(({ url, file }) => (file ? [] : (url ?? []))),
  );
  return ({ sources }: KnowledgeEntry, { cites }: Statement): boolean => {
    if (reports.size === 0 || cites === undefined || cites.length === 0) return true;
    return !cites.every((key) => reports.has(sources[key]?.url ?? ""));
  };
}

function relatives(base: KnowledgeBase): Map<string, ClusterProfile["related"]> {
  const found = new Map<string, ClusterProfile["related"][number][]>();
  const add = (
    of: string,
    other: string,
    related: Omit<ClusterProfile["related"][number], "id" | "title">,
  ) => {
    const entry = base.entries.get(other)?.entry;
    if (entry === undefined || entry.kind !== "cluster" || of === other) return;
    const list = found.get(of) ?? [];
    if (
      !list.some(
        (one) => one.id === other && one.stance === related.stance && one.publisher === related.publisher,
      )
    )
      found.set(of, [...list, { id: other, title: entry.title, ...related }]);
  };
  for (const { between, positions } of allDisputes(base))
    for (const { entry: holder, stance, statement } of positions) {
      const entry = base.entries.get(holder)?.entry;
      const source = entry?.sources[statement.source];
      if (source === undefined) continue;
      const said = { stance, publisher: source.publisher, grade: grade(source, statement) };
      add(between[0], between[1], said);
      add(between[1], between[0], said);
    }
  for (const { entry } of base.entries.values())
    for (const relation of entry.kind === "cluster" ? entry.relations : []) {
      const source = entry.sources[relation.source];
      const to = target(base, entry, relation);
      const stance = STANCES_OF_KIN.find((one) => one === relation.relation);
      if (source === undefined || to === undefined || stance === undefined) continue;
      const said = { stance, publisher: source.publisher, grade: grade(source, relation) };
      add(thingOf(base, entry.id), thingOf(base, to), said);
      add(thingOf(base, to), thingOf(base, entry.id), said);
    }
  return found;
}

const STANCES_OF_KIN = ["same_as", "overlaps", "disputed", "part_of", "distinct_from"] as const;

function toolsOf(base: KnowledgeBase): RivalClusters["tools"] {
  const ids = unique(
    [...base.entries.values()].flatMap(({ entry }) =>
      entry.kind === "tool" ? [thingOf(base, entry.id)] : [],
    ),
  );
  return ids.map((id) => {
    const entries = (base.views.get(id) ?? [id]).flatMap((one) => base.entries.get(one)?.entry ?? []);
    return {
      id,
      title: base.entries.get(id)?.entry.title ?? id,
      names: unique(entries.flatMap(({ names }) => names.map(({ name }) => name))),
      identifiers: unique(
        entries.flatMap(({ identifiers }) =>
          identifiers.flatMap(({ system, value }) => (system === "attack" ? [value.toUpperCase()] : [])),
        ),
      ),
      type: typeOf(entries),
    };
  });
}

function typeOf(entries: readonly KnowledgeEntry[]): "malware" | "tool" | null {
  const all = entries.flatMap(({ identifiers }) => identifiers);
  const has = (system: string, prefix: string) =>
    all.some((each) => each.system === system && each.value.startsWith(prefix));
  if (has("stix", "malware--") || has("malpedia", "")) return "malware";
  return has("stix", "tool--") ? "tool" : null;
}
