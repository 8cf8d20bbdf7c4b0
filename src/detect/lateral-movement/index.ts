import { groupBy } from "../../kernel/group-by.js";
import { DAY, HOUR } from "../../kernel/time.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { domainNames } from "../shared/account-domains.js";
import { ownerParameters } from "../shared/host-owners.js";
import { collect, markCustom, named, type Steps } from "./collect.js";
import { ControlledHosts } from "./controlled.js";
import { type CriticalHosts, criticalHosts, hostKey } from "./critical.js";
import { type FanOut, fanOuts } from "./fan-out.js";
import { findingOf, type Judged, LADDER } from "./finding.js";
import { judge, scoreOf } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { MissingSources } from "./missing-sources.js";
import { type Hop, hopOf, movements } from "./movement.js";
import type { Step } from "./step.js";
import { CriticalWays, type Since, securityLogsSince, ways } from "./ways.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const owners = await ownerParameters(context);
  const names = await domainNames(context);
  const critical = await criticalHosts(context);
  const { steps, rows, beyond } = await collect(
    context,
    names,
    owners,
    (realm, host) => critical.get(hostKey(realm, host)) === "domain controller",
  );
  const since = await securityLogsSince(context);
  const limits = {
    habitDays: context.parameter("habit_days"),
    historyDays: context.parameter("history_days"),
  };
  markCustom(steps.all, context.span.first, limits);
  const reached = new CriticalWays(critical);
  const count = await addWays(context, steps, ways(context, names, owners, since), reached);
  const spreading = await fanOuts(context, names, owners);
  for (const each of spreading) addFanOut(context, steps, each);
  if (rows === 0 && count.logons === 0 && spreading.length === 0)
    return {
      findings: [],
      evaluated: [],
      notTested: say("lateral-movement.no-event-case-tells"),
    };
  const hops = steps.all.map((step) =>
    hopOf(step, criticalOf(step, critical, reached, since, limits.historyDays)),
  );
  const found = movements(hops, {
    pathHours: context.parameter("path_hours"),
    switchHours: context.parameter("switch_hours"),
  });
  const spreadingFrom = groupBy(spreading, spreader);
  const judged = found.map((movement): Judged => {
    const components = judge(
      movement,
      fanOutOf(context, movement.hops, spreadingFrom),
      context.parameter("fan_out_hosts"),
    );
    return { movement, components, score: scoreOf(components) };
  });
  const least = LADDER[0];
  const told = judged.filter(({ score }) => score >= least).sort((a, b) => b.score - a.score);
  const groups = [...groupBy(told, beginning).values()];
  const most = context.parameter("max_findings");
  return {
    findings: groups
      .slice(0, most)
      .map(([gravest, ...more]) => findingOf(context, gravest as Judged, more.length)),
    evaluated: [
      { what: say("lateral-movement.acts-sessions-from-one"), count: rows },
      { what: say("lateral-movement.logons-administrators-by-remote"), count: count.logons },
      { what: say("lateral-movement.ways-these"), count: count.ways },
      { what: "movements", count: found.length },
      { what: say("lateral-movement.movements-below-low-not"), count: judged.length - told.length },
      { what: say("lateral-movement.critical-hosts-known"), count: critical.size },
      ...(beyond + count.beyond > 0
        ? [{ what: say("lateral-movement.steps-beyond-max-steps"), count: beyond + count.beyond }]
        : []),
      ...(groups.length > most
        ? [{ what: say("lateral-movement.findings-beyond-max-findings"), count: groups.length - most }]
        : []),
    ],
  };
}

/** What has one finding: movements of one account from one host. */
function beginning({ movement }: Judged): string {
  const { realm, owner, source, target, account } = (movement.hops[0] as Hop).step;
  return JSON.stringify([realm, owner, source, source === "" ? target : "", account.domain, account.name]);
}

/** Ways that are new to an account become steps; so do first ways from a host after somebody took control of it. */
async function addWays(
  context: DetectContext,
  steps: Steps,
  all: ReturnType<typeof ways>,
  reached: CriticalWays,
): Promise<{ ways: number; logons: number; beyond: number }> {
  const controlled = new ControlledHosts(steps.all, context.parameter("path_hours") * HOUR);
  const sources = new MissingSources(steps.all);
  const most = context.parameter("max_steps");
  const count = { ways: 0, logons: 0, beyond: 0 };
  let kept = 0;
  for await (const way of all) {
    count.ways++;
    count.logons += way.count;
    const source = named(context, way.realm, way.source, way.first);
    reached.add({ ...way, source });
    sources.offer(way, source);
    const follows = controlled.isAt(way.realm, source, way.first);
    if (!follows && (way.novelty ?? 0) <= 0) continue;
    if (++kept > most) {
      count.beyond++;
      continue;
    }
    const step = steps.at(way);
    if (step === undefined) continue;
    step.novelty = way.novelty === undefined ? step.novelty : Math.max(step.novelty ?? 0, way.novelty);
    if (way.desktop && !step.means.has("desktop"))
      step.means.set("desktop", { detail: "", count: way.count, days: [], isCustom: false });
    step.evidence.push({
      line: way.line,
      what: `${way.label} logs on${way.desktop ? " by remote desktop" : ""}`,
    });
  }
  sources.fill();
  return count;
}

function addFanOut(context: DetectContext, steps: Steps, fanOut: FanOut): void {
  for (const target of fanOut.targets) {
    const step = steps.at({ ...fanOut, target, last: fanOut.last });
    if (step !== undefined && step.evidence.length === 0)
      step.evidence.push(
        ...fanOut.lines.slice(0, 1).map((line) => ({
          line,
          what: `${fanOut.label} reaches or tries ${fanOut.hosts} hosts within an hour`,
        })),
      );
    if (step !== undefined) step.isFanOut = step.isFanOut === true || !fanOut.isCustom;
  }
  fanOut.source = named(context, fanOut.realm, fanOut.source, fanOut.first);
}

/** Whose spreading it is, and from where. */
const spreader = (of: Pick<FanOut, "realm" | "owner" | "source" | "name">): string =>
  JSON.stringify([of.realm, of.owner, of.source, of.name]);

/** The worst spreading from a host of this movement, of one of its accounts, in its time. */
function fanOutOf(
  context: DetectContext,
  hops: readonly Hop[],
  all: ReadonlyMap<string, readonly FanOut[]>,
): FanOut | undefined {
  const window = context.parameter("path_hours") * HOUR;
  const near = hops.flatMap(({ step }) =>
    (all.get(spreader({ ...step, name: step.account.name })) ?? []).filter(
      ({ first, last }) => step.first <= last + window && first <= step.last + window,
    ),
  );
  return near.reduce<FanOut | undefined>(
    (worst, each) => (worst === undefined || each.hosts > worst.hosts ? each : worst),
    undefined,
  );
}

function criticalOf(
  { realm, source, target, first }: Step,
  critical: CriticalHosts,
  reached: CriticalWays,
  since: Since,
  historyDays: number,
): Hop["critical"] {
  const role = critical.get(hostKey(realm, target));
  if (role === undefined) return undefined;
  const known = since.get(hostKey(realm, target));
  const isFirst = reached.isFirst({ realm, source, target, first });
  if (!isFirst) return { role, isNew: false };
  return { role, isNew: known !== undefined && first - known >= historyDays * DAY ? true : undefined };
}
