import { groupBy } from "../../kernel/group-by.js";
import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { markings } from "../shared/log-evidence.js";
import { filesOf } from "./files.js";
import { evidenceOf, findingOf, type Group } from "./finding.js";
import { type Judged, judge, type Limits } from "./judge.js";
import { manifest } from "./manifest.js";
import { surroundingsOf } from "./servers.js";
import { toldUploads } from "./told.js";
import { requestsLookedAt, type Transfers, transfersOf } from "./transfers.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const looked = await requestsLookedAt(context);
  const evaluated = [
    { what: "answered requests of our hosts (GET, PUT, POST)", count: looked.requests },
    { what: "of these, with the type of what came back", count: looked.typed },
    { what: "of these, updates of Windows, by agent and path (set aside)", count: looked.known },
  ];
  if (looked.requests === 0)
    return {
      findings: [],
      evaluated,
      notTested: (await knowsInside(context))
        ? "no HTTP request of a host of ours was answered, as far as the logs say"
        : NO_INSIDE,
    };
  const { transfers: all, beyond } = await transfersOf(context);
  const transfers = all.filter((each) => !isAllowed(context, each));
  const isTold = toldUploads(context);
  const judged = await judgedOf(context, transfers);
  const groups = [...groupBy(judged, ({ transfers: each }) => identityOf(each)).values()]
    .map((group) => [...group].sort(gravestFirst) as [Judged, ...Judged[]])
    .sort(([a], [b]) => gravestFirst(a, b));
  const telling = groups.filter(
    ([{ severity, score }]) => severity !== "informational" && score >= context.parameter("least_score"),
  );
  const told = telling.filter((group) => !group.every(({ transfers: each }) => isTold(each)));
  const most = context.parameter("max_findings");
  const shown: Group[] = told.slice(0, most);
  const tlp = await markings(context, shown.flatMap(evidenceOf));
  return {
    findings: shown.map((group) => findingOf(context, group, tlp)),
    evaluated: [
      ...evaluated,
      {
        what: `kinds of transfers with something odd, by host and server${beyond ? " (there were more: max_groups)" : ""}`,
        count: all.length,
      },
      {
        what: "of these, with servers that are allowed (set aside)",
        count: all.length - transfers.length,
      },
      { what: "hosts and servers with such transfers, each way", count: groups.length },
      {
        what: "of these, uploads that staging-and-exfiltration tells (not told again)",
        count: telling.length - told.length,
      },
      { what: "of these, not reported (beyond max_findings)", count: Math.max(0, told.length - most) },
    ],
  };
}

async function judgedOf(context: DetectContext, transfers: readonly Transfers[]): Promise<Judged[]> {
  const around = await surroundingsOf(context, transfers);
  const files = await filesOf(context, transfers);
  const byServer = groupBy(transfers, ({ realm, server, way }) => JSON.stringify([realm, server, way]));
  const limits = limitsOf(context);
  return transfers.map((each) => {
    const { realm, server, way } = each;
    const others = byServer.get(JSON.stringify([realm, server, way === "fetch" ? "send" : "fetch"])) ?? [];
    return judge(
      each,
      {
        server: around.of(each),
        hosts: around.hostsIn(realm),
        began: around.beganIn(realm),
        opposite: nearest(each, others),
        file: files.get(each),
      },
      limits,
    );
  });
}

/** Of the same host before others, then the nearest in time. */
function nearest(transfers: Transfers, others: readonly Transfers[]): Transfers | undefined {
  const gap = ({ first, last }: Transfers) => Math.max(0, first - transfers.last, transfers.first - last);
  return others.reduce<Transfers | undefined>((best, each) => {
    if (best === undefined) return each;
    const isOwn = each.client === transfers.client;
    if (isOwn !== (best.client === transfers.client)) return isOwn ? each : best;
    return gap(each) < gap(best) ? each : best;
  }, undefined);
}

function isAllowed({ allow }: DetectContext, { server, address, bare }: Transfers): boolean {
  return (address !== "" && allow.address(address)) || (!bare && allow.domain(server));
}

const identityOf = ({ realm, client, server, way }: Transfers): string =>
  JSON.stringify([realm, client, server, way]);

function limitsOf(context: DetectContext): Limits {
  return {
    insideSigns: context.parameter("inside_signs"),
    windowDays: context.parameter("window_days"),
    newHours: context.parameter("new_hours"),
    routineDays: context.parameter("routine_days"),
    commonHosts: context.parameter("common_hosts"),
    commonShare: context.parameter("common_share"),
  };
}

function gravestFirst(a: Judged, b: Judged): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    b.score - a.score ||
    a.transfers.first - b.transfers.first ||
    (identityOf(a.transfers) < identityOf(b.transfers) ? -1 : 1)
  );
}
