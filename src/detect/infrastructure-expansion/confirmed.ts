import type { DetectContext } from "../port.js";
import { HARD_TIES } from "./expand.js";
import { InfraGraph } from "./graph.js";
import { plantConfirmed } from "./seeds.js";

/**
 * What the confirmed servers alone lead to, along hard ties. The whole expansion has asked about every node within reach, so its edges
 * are all there is to know: no further query. Stops hold, since nothing was followed from there. Depth and confidence are counted anew,
 * from the confirmed servers on, as if nothing had ever been suspected.
 */
export function fromConfirmed(context: DetectContext, all: InfraGraph): InfraGraph {
  const graph = new InfraGraph(context.parameter("max_nodes"));
  plantConfirmed(graph, context);
  const least = context.parameter("min_confidence");
  let frontier = graph.graph.nodes();
  for (let round = 0; round < context.parameter("max_depth") && frontier.length > 0; round++) {
    const next: string[] = [];
    // The names of one registrable domain are asked about together, in one round, as in the whole expansion.
    const now = [...frontier];
    for (const from of now)
      for (const { key, relation } of follow(graph, all, from, least))
        (relation === "same registrable domain" ? now : next).push(key);
    frontier = next;
  }
  graph.settle();
  for (const key of graph.graph.nodes()) {
    const stopped = all.graph.hasNode(key) ? all.node(key).stopped : undefined;
    if (stopped !== undefined) graph.stop(key, stopped);
  }
  return graph;
}

function follow(
  graph: InfraGraph,
  all: InfraGraph,
  from: string,
  least: number,
): { key: string; relation: string }[] {
  if (!all.graph.hasNode(from)) return [];
  return all
    .stepsFrom(from)
    .filter(({ step }) => HARD_TIES.has(step.relation))
    .flatMap(({ to, step }) => {
      const { kind, value } = all.node(to);
      const key = graph.step(from, kind, value, step, least);
      return key === undefined ? [] : [{ key, relation: step.relation }];
    });
}
