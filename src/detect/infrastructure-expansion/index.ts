import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { readSites } from "../shared/site-index.js";
import { fromConfirmed } from "./confirmed.js";
import { expand } from "./expand.js";
import { EVIDENCE, findingsOf } from "./findings.js";
import { InfraGraph } from "./graph.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { reached } from "./reached.js";
import { plantSeeds } from "./seeds.js";
import { unitsOf } from "./units.js";

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const graph = new InfraGraph(context.parameter("max_nodes"));
    const seeds = plantSeeds(graph, context);
    if (seeds === 0) {
      return {
        findings: [],
        evaluated: [{ what: say("infrastructure-expansion.known-servers"), count: 0 }],
        notTested: say("infrastructure-expansion.no-confirmed-or-suspected"),
      };
    }
    const [inside] = await context.query<{ hosts: number }>(
      "SELECT uniqCombined(17)(address_realm, ip) AS hosts FROM internal_host",
    );
    const popular = Math.max(
      context.parameter("popular_hosts"),
      context.parameter("popular_share") * Number(inside?.hosts ?? 0),
    );
    const index = await readSites(context);
    await expand(context, { graph, index, popular });
    const confirmed = fromConfirmed(context, graph);
    const servers = reached(
      { graph: confirmed, units: await unitsOf(context, confirmed) },
      { graph, units: await unitsOf(context, graph) },
      EVIDENCE,
    );
    return {
      findings: await findingsOf(context, servers),
      evaluated: [
        { what: say("infrastructure-expansion.known-servers"), count: seeds },
        { what: say("infrastructure-expansion.nodes-infrastructure-graph"), count: graph.graph.order },
        { what: "relations", count: graph.graph.size },
        {
          what: say("infrastructure-expansion.places-where-expansion-stopped"),
          count: graph.graph.filterNodes((_, node) => node.stopped !== undefined).length,
        },
        { what: say("infrastructure-expansion.nodes-left-out-because"), count: graph.dropped },
        {
          what: say("infrastructure-expansion.new-servers"),
          count: servers.filter(({ isNew }) => isNew).length,
        },
        {
          what: say("infrastructure-expansion.servers-tied-confirmed-ones"),
          count: servers.filter((each) => each.fromConfirmed).length,
        },
      ],
    };
  },
};
