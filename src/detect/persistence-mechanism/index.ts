import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerKey, ownerParameters } from "../shared/host-owners.js";
import { findingOf, identityOf } from "./finding.js";
import { type Judged, judge, type Limits } from "./judge.js";
import { manifest } from "./manifest.js";
import { deletionKey, deletions, hostCounts, type Kind, mechanisms } from "./mechanisms.js";
import { say } from "./messages.js";

const KINDS: readonly Kind[] = ["service", "task", "wmi", "run key", "startup folder"];

export const detector: Detector = {
  manifest,
  async run(context: DetectContext): Promise<DetectorResult> {
    const owners = await ownerParameters(context);
    const found = await mechanisms(context, owners, context.parameter("max_groups"));
    const hosts = await hostCounts(context, owners);
    const limits: Limits = {
      oftenMinutes: context.parameter("often_minutes"),
      briefMinutes: context.parameter("brief_minutes"),
      commonHosts: context.parameter("common_hosts"),
    };
    const deleted = await deletions(
      context,
      found.filter(({ kind }) => kind === "task").map(({ name }) => name),
    );
    const least = context.parameter("least_score");
    const judged = found
      .map((mechanism) =>
        judge(
          mechanism,
          hosts.get(ownerKey(mechanism)) ?? 0,
          deleted.get(deletionKey(mechanism.realm, mechanism.first[3], mechanism.name)) ?? [],
          limits,
        ),
      )
      .filter(({ score }) => score >= least)
      .sort(gravestFirst);
    const groups = groupBy(judged, (each) => JSON.stringify([each.mechanism.owner, ...identityOf(each)]));
    return {
      findings: [...groups.values()]
        .slice(0, context.parameter("max_findings"))
        .map((group) => findingOf(context, group as [Judged, ...Judged[]])),
      evaluated: [
        ...KINDS.map((kind) => ({
          what: say("persistence-mechanism.made-or-changed", kind),
          count: found.filter((each) => each.kind === kind).reduce((sum, { made }) => sum + made, 0),
        })),
        { what: say("persistence-mechanism.like-mechanisms"), count: found.length },
      ],
      ...(found.length === 0
        ? {
            notTested: say("persistence-mechanism.no-event-tells-services"),
          }
        : {}),
    };
  },
};

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (a.mechanism.name < b.mechanism.name ? -1 : 1)
  );
}
