import {
  allDisputes,
  findEntries,
  listEntries,
  rivalHypotheses,
  showEntry,
} from "../../intel/knowledge/index.js";
import type { EntryKind } from "../../model/knowledge.js";
import type { KnowledgeListed, KnowledgeShown } from "../../model/knowledge-view.js";
import { loadKnowledge } from "./load.js";

export interface KnowledgeList {
  entries: KnowledgeListed[];
  /** Clusters as rivals: two entries that share an ATT&CK id are one. */
  rivals: number;
}

/** @throws as `loadKnowledge` */
export async function listKnowledge(
  paths: readonly string[],
  kind: EntryKind | undefined,
): Promise<KnowledgeList> {
  const base = await loadKnowledge(paths);
  const entries = listEntries(base, allDisputes(base));
  return {
    entries: kind === undefined ? entries : entries.filter((entry) => entry.kind === kind),
    rivals: rivalHypotheses(base).length,
  };
}

export interface KnowledgeFound {
  shown: KnowledgeShown[];
  /** Other entries to which some source gives the name: id and title. */
  also: { id: string; title: string }[];
}

/** @throws LW_NOT_FOUND, and as `loadKnowledge` */
export async function showKnowledge(words: string, paths: readonly string[]): Promise<KnowledgeFound> {
  const base = await loadKnowledge(paths);
  const { entries, also } = findEntries(base, words);
  const disputes = allDisputes(base);
  return {
    shown: entries.map((entry) => showEntry(base, entry, disputes)),
    also: also.map(({ entry }) => ({ id: entry.id, title: entry.title })),
  };
}
