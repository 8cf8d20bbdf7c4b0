import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerKey, ownerParameters } from "../shared/host-owners.js";
import { processStarts } from "../shared/process-starts.js";
import { findingOf, identityOf } from "./finding.js";
import { type Judged, judge } from "./judge.js";
import { hostList } from "./list.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { deedsOf, runs } from "./runs.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const list = hostList();
  const owners = await ownerParameters(context);
  const known = await processStarts(context, owners);
  const hosts = new Map(known.map((each) => [ownerKey(each), each.hosts]));
  const starts = known.reduce((sum, { withCommand }) => sum + withCommand, 0);
  if (starts === 0)
    return {
      findings: [],
      evaluated: [{ what: say("script-host-abuse.starts-programs-their-command"), count: 0 }],
      notTested: say("script-host-abuse.no-event-tells-which"),
    };
  const found = await runs(context, owners, list.programs, context.parameter("max_groups"));
  const deeds = await deedsOf(
    context,
    found.flatMap(({ uids }) => uids),
  );
  const common = { share: context.parameter("common_share"), hosts: context.parameter("common_hosts") };
  const least = context.parameter("least_score");
  const judged = found
    .map((each) =>
      judge(
        each,
        list,
        each.uids.flatMap((uid) => deeds.get(uid) ?? []),
        hosts.get(ownerKey(each)) ?? 1,
        common,
      ),
    )
    .filter(({ score }) => score >= least)
    .sort(gravestFirst);
  const groups = groupBy(judged, (each) => JSON.stringify([each.runs.owner, ...identityOf(each)]));
  return {
    findings: [...groups.values()]
      .slice(0, context.parameter("max_findings"))
      .map((group) => findingOf(context, group as [Judged, ...Judged[]])),
    evaluated: [
      { what: say("script-host-abuse.starts-programs-their-command"), count: starts },
      {
        what: say("script-host-abuse.these-script-hosts"),
        count: found.reduce((sum, { times }) => sum + times, 0),
      },
      { what: say("script-host-abuse.like-runs"), count: found.length },
    ],
  };
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (a.runs.first.join(" ") < b.runs.first.join(" ") ? -1 : 1)
  );
}
