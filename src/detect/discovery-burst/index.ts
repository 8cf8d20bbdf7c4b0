import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { ownerKey, ownerParameters } from "../shared/host-owners.js";
import { processStarts } from "../shared/process-starts.js";
import { commandList } from "./commands.js";
import { findingOf, identityOf } from "./finding.js";
import { canLearn, type Judged, judge, techniquesOf } from "./judge.js";
import { type Habits, habitsOf, type Launch, launches } from "./launches.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { sessions } from "./sessions.js";

export const detector: Detector = { manifest, run };

/** Bursts that are kept for one finding, and those that are kept at all: the first say what there is. */
const KEPT_OF_ONE = 20;
const KEPT = 20_000;
/** Fewer hosts than this have no habits in common. */
const MANY = 5;

async function run(context: DetectContext): Promise<DetectorResult> {
  const list = commandList();
  const owners = await ownerParameters(context);
  const counted = await processStarts(context, owners);
  const starts = counted.reduce((sum, each) => sum + each.starts, 0);
  if (starts === 0)
    return {
      findings: [],
      evaluated: [{ what: say("discovery-burst.starts-programs"), count: 0 }],
      notTested: say("discovery-burst.no-event-tells-which"),
    };
  const habits = await habitsOf(context, owners, list);
  const known = new Map(counted.map((each) => [ownerKey(each), each]));
  const of = (each: { realm: string; owner: string }) => known.get(ownerKey(each)) ?? { hosts: 1, days: 1 };
  let [asked, habitual, seen, beyond] = [0, 0, 0, 0];
  const isHabit = (launch: Launch, starter: string): boolean => {
    const usual = isUsual(context, habits, launch, of(launch).hosts, list.starterOf(starter).value);
    asked += 1;
    if (usual) habitual += 1;
    return usual;
  };
  const bursts: Judged[] = [];
  const leastScore = context.parameter("least_score");
  for await (const session of sessions(launches(context, owners, list), list, isHabit, {
    pauseMinutes: context.parameter("pause_minutes"),
    sessionMinutes: context.parameter("session_minutes"),
  })) {
    if (techniquesOf(session).size < context.parameter("least_techniques")) continue;
    seen += 1;
    const starter = list.starterOf(session.starter);
    const judged = judge(session, starter, habits, of(session), context.parameter("burst_minutes"));
    if (judged.score < leastScore) continue;
    if (bursts.length < KEPT) bursts.push(judged);
    else beyond += 1;
  }
  bursts.sort(gravestFirst);
  const groups = [
    ...groupBy(bursts, (each) => JSON.stringify([each.session.owner, ...identityOf(each)])).values(),
  ];
  const most = context.parameter("max_findings");
  return {
    findings: groups
      .slice(0, most)
      .map((group) =>
        findingOf(
          context,
          group.slice(0, KEPT_OF_ONE) as [Judged, ...Judged[]],
          canLearn(of((group[0] as Judged).session)),
        ),
      ),
    evaluated: [
      { what: say("discovery-burst.starts-programs"), count: starts },
      { what: say("discovery-burst.discovery-commands"), count: asked },
      { what: say("discovery-burst.these-habits-hosts-or"), count: habitual },
      { what: "bursts", count: seen },
      ...(beyond > 0 ? [{ what: say("discovery-burst.bursts-beyond-those-kept"), count: beyond }] : []),
      ...(groups.length > most
        ? [{ what: say("discovery-burst.findings-beyond-max-findings"), count: groups.length - most }]
        : []),
    ],
  };
}

/** What lies where users can write has no habits that count: somebody who runs his tool everywhere is no logon script. */
function isUsual(
  context: DetectContext,
  habits: Habits,
  launch: Launch,
  ownHosts: number,
  starter: number,
): boolean {
  if (starter >= 1) return false;
  const hosts = habits.hosts(launch);
  const isCommon =
    hosts >= context.parameter("habit_hosts") ||
    (ownHosts >= MANY && hosts >= Math.max(MANY, context.parameter("habit_share") * ownHosts));
  const { days, span } = habits.days(launch);
  return isCommon || (days >= context.parameter("habit_days") && days * 2 >= span);
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    (JSON.stringify(identityOf(a)) < JSON.stringify(identityOf(b)) ? -1 : 1)
  );
}
