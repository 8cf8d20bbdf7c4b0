import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerKey, ownerParameters } from "../shared/host-owners.js";
import { processStarts } from "../shared/process-starts.js";
import { identityOf, rareFinding, touchFinding } from "./finding.js";
import { judgeStarts, judgeTouch, type RareStarts } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { rareStarts } from "./starts.js";
import { touches } from "./touches.js";

/** Rare values of each relation that are looked at, the rarest first. */
const MOST_RARE = 5_000;
const MOST_TOUCHES = 20_000;

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const owners = await ownerParameters(context);
  const learned = await processStarts(context, owners);
  const touched = await touches(context, owners, MOST_TOUCHES);
  const hostsOf = new Map(learned.map((each) => [ownerKey(each), each.hosts]));
  const hosts = (of: { realm: string; owner: string }) => hostsOf.get(ownerKey(of)) ?? 1;
  const leastDays = context.parameter("least_host_days");
  const enough = learned.filter(({ hostDays }) => hostDays >= leastDays);
  const starts = learned.reduce((sum, each) => sum + each.starts, 0);
  const evaluated = [
    { what: "starts of programs", count: starts },
    {
      what: "of these where there is enough to learn from",
      count: enough.reduce((sum, each) => sum + each.starts, 0),
    },
    {
      what: "starts where there is not enough to learn what is rare",
      count: starts - enough.reduce((sum, each) => sum + each.starts, 0),
    },
    { what: "like reads of lsass' memory, threads in others, and replaced images", count: touched.length },
  ];
  if (enough.length === 0 && touched.length === 0)
    return {
      findings: [],
      evaluated,
      notTested:
        starts === 0
          ? say("process-anomaly.no-event-tells-started")
          : say("process-anomaly.not-enough-learn-from", leastDays),
    };
  const rares = enough.length > 0 ? await rareStarts(context, owners, MOST_RARE) : [];
  const least = context.parameter("least_score");
  const most = context.parameter("max_findings");
  const judged = judgeStarts(rares, hosts)
    .filter(({ score }) => score >= least)
    .sort(gravestFirst((each) => each.rares[0].first.line.join(" ")));
  const byIdentity = groupBy(judged, (each) => JSON.stringify([each.rares[0].owner, ...identityOf(each)]));
  const groups = [...byIdentity.values()].map((group) => group as [RareStarts, ...RareStarts[]]);
  const { told, untold } = byHost(groups, context.parameter("per_host"));
  const touchesTold = touched
    .map((each) => judgeTouch(each, hosts(each), context.parameter("common_hosts")))
    .filter(({ score }) => score >= least)
    .sort(gravestFirst((each) => each.touched.first.join(" ")));
  return {
    findings: [
      ...told.slice(0, most).map((each) => rareFinding(context, each, untold.get(hostOf(each)) ?? 0)),
      ...touchesTold.slice(0, most).map((each) => touchFinding(context, each)),
    ],
    evaluated: [
      ...evaluated,
      { what: say("process-anomaly.rare-starts"), count: judged.length },
      { what: say("process-anomaly.programs-rare-starts"), count: groups.length },
      { what: say("process-anomaly.these-not-told-hosts"), count: groups.length - told.length },
    ],
  };
}

const hostOf = ([{ rares }]: Group): string => JSON.stringify([rares[0].realm, rares[0].first.host]);

/** Rare starts of one program by one parent on one host, gravest first. */
type Group = readonly [RareStarts, ...RareStarts[]];

/** The gravest of each host, and how many of it are left out. */
function byHost(judged: readonly Group[], most: number): { told: Group[]; untold: Map<string, number> } {
  const untold = new Map<string, number>();
  for (const [host, list] of groupBy(judged, hostOf))
    if (list.length > most) untold.set(host, list.length - most);
  const counts = new Map<string, number>();
  const told = judged.filter((each) => {
    const count = (counts.get(hostOf(each)) ?? 0) + 1;
    counts.set(hostOf(each), count);
    return count <= most;
  });
  return { told, untold };
}

function gravestFirst<Each extends Pick<RareStarts, "severity" | "score">>(name: (each: Each) => string) {
  return (a: Each, b: Each): number =>
    severityRank(b.severity) - severityRank(a.severity) || b.score - a.score || (name(a) < name(b) ? -1 : 1);
}
