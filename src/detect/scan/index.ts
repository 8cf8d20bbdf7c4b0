import { type Severity, severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { heardHosts } from "../shared/visibility.js";
import { withDarkTargets } from "./dark.js";
import { evidencePairs, makeFinding } from "./finding.js";
import { type HostScan, hostScans } from "./host-scan.js";
import { inboundFindings } from "./inbound.js";
import { componentsOf, type JudgeLimits, type Judgement, judge } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { noPingsAmong, repliesAmong } from "./replies.js";
import { type SweepLimits, sweepsOf, weightsOf } from "./sweeps.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const [rows] = await context.query<{ n: number }>(
    "SELECT count() AS n FROM contact_hourly WHERE channel = 'flow'",
  );
  const contacts = Number(rows?.n ?? 0);
  if (contacts === 0) return { findings: [], evaluated: [], notTested: say("scan.no-connections-case") };
  const weights = weightsOf(
    context.parameter("ordinary_failure"),
    context.parameter("scan_failure"),
    context.parameter("evidence_ratio"),
  );
  const limits: SweepLimits = {
    ...weights,
    least: context.parameter("min_targets"),
    leastSilent: context.parameter("min_silent_targets"),
  };
  const horizontal = await sweepsOf(context, "horizontal", limits);
  const ports = context.parameter("min_ports");
  const vertical = await sweepsOf(context, "vertical", { ...limits, least: ports, leastSilent: ports });
  const all = [...horizontal.sweeps, ...vertical.sweeps];
  const replies = new Set([...(await repliesAmong(context, all)), ...(await noPingsAmong(context, all))]);
  const sweeps = await withDarkTargets(
    context,
    all.filter((sweep) => !replies.has(sweep)),
    context.parameter("medium_targets"),
  );
  const own = await ownFindings(context, hostScans(sweeps), await heardHosts(context, sweeps));
  const most = context.parameter("max_findings");
  const inbound = await inboundFindings(context, { least: limits.least, weights, most });
  return {
    findings: [...own.findings, ...inbound.findings],
    evaluated: [
      { what: say("scan.hourly-contacts"), count: contacts },
      { what: say("scan.hosts-ours-scan"), count: own.hosts },
      { what: say("scan.sweeps-replies-set-aside"), count: replies.size },
      { what: say("scan.scanning-hosts-allow-list"), count: own.allowed },
      { what: say("scan.scanning-hosts-not-reported"), count: own.left },
      ...(horizontal.cut || vertical.cut
        ? [{ what: say("scan.limits-sweeps-reached-narrowest"), count: 1 }]
        : []),
      { what: say("scan.scanners-not-ours-once"), count: inbound.scanners },
      { what: say("scan.organisations-summaries-not-reported"), count: inbound.left },
    ],
  };
}

interface Judged {
  scan: HostScan;
  judgement: Judgement;
  score: number;
}

async function ownFindings(context: DetectContext, scans: readonly HostScan[], heard: ReadonlySet<string>) {
  const limits: JudgeLimits = {
    mediumTargets: context.parameter("medium_targets"),
    mediumPorts: context.parameter("medium_ports"),
    routineDays: context.parameter("routine_days"),
  };
  const wanted = scans.filter(
    ({ host, shape, vertical }) =>
      !context.allow.address(host) &&
      !(shape === "vertical" && vertical.every(({ machine }) => context.allow.address(machine))),
  );
  const judged = wanted.map((scan): Judged => {
    const known = {
      assetName: context.directory.asset(scan.realm, scan.host)?.name ?? "",
      heard: heard.has(`${scan.realm}|${scan.host}`),
    };
    const score = componentsOf(scan, limits).reduce((sum, each) => sum + each.value * each.weight, 0);
    return { scan, judgement: judge(scan, known, limits), score };
  });
  const rank = (severity: Severity) => severityRank(severity);
  judged.sort(
    (a, b) =>
      rank(b.judgement.severity) - rank(a.judgement.severity) ||
      b.score - a.score ||
      (a.scan.realm + a.scan.host < b.scan.realm + b.scan.host ? -1 : 1),
  );
  const reported = judged.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    reported.flatMap(({ scan }) => evidencePairs(scan)),
  );
  return {
    findings: reported.map(({ scan, judgement }) => makeFinding(context, scan, judgement, limits, index)),
    hosts: scans.length,
    allowed: scans.length - wanted.length,
    left: judged.length - reported.length,
  };
}
