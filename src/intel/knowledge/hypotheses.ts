import { type KnowledgeBase, target, thingOf } from "./base.js";
import { currentTechnique } from "./techniques.js";

/** One cluster that could be behind an intrusion, as all its entries together describe it. */
export interface Hypothesis {
  /** Id of its first entry. */
  id: string;
  title: string;
  /** Its entries: views of one thing, by a shared identifier. Names alone, which sources dispute, join nothing. */
  entries: readonly string[];
  /** Techniques of the cluster itself, by their newest ids. */
  techniques: ReadonlySet<string>;
  /** Ids of the tools that it uses. */
  tools: ReadonlySet<string>;
}

/** Every cluster of the knowledge base as a rival of all others; two views of one cluster are one rival. */
export function rivalHypotheses(base: KnowledgeBase): Hypothesis[] {
  const seen = new Set<string>();
  const found: Hypothesis[] = [];
  for (const { entry } of base.entries.values()) {
    if (entry.kind !== "cluster" || seen.has(entry.id)) continue;
    const ids = base.views.get(entry.id) ?? [entry.id];
    for (const id of ids) seen.add(id);
    const entries = ids.flatMap((id) => base.entries.get(id)?.entry ?? []);
    const tools = entries.flatMap((one) =>
      one.relations
        .filter(({ relation }) => relation === "uses")
        .flatMap((relation) => target(base, one, relation) ?? [])
        .filter((id) => base.entries.get(id)?.entry.kind === "tool"),
    );
    found.push({
      id: entry.id,
      title: entry.title,
      entries: ids,
      techniques: new Set(
        entries.flatMap(({ techniques }) =>
          techniques.map(({ technique }) => currentTechnique(technique, base.successors)),
        ),
      ),
      // One tool has as many entries as it has views: it counts once.
      tools: new Set(tools.map((id) => thingOf(base, id))),
    });
  }
  return found;
}
