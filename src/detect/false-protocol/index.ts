import { severityRank } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { prevalenceOf } from "../shared/prevalence.js";
import { providerList } from "../shared/providers.js";
import { hostsWithLookups } from "../shared/visibility.js";
import { evidencePair, makeFinding, type Scored } from "./finding.js";
import { judgedDays, reliability, sensorDays, sensorKey, sensorsWithTlsLogs } from "./gate.js";
import { knownUseOf } from "./known-uses.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Mismatch, mismatches } from "./pairs.js";
import {
  componentsOf,
  reservations,
  type SeverityLimits,
  type Surroundings,
  scoreOf,
  severityOf,
} from "./score.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  const days = await sensorDays(context);
  const whole = days.reduce((sum, each) => sum + each.whole, 0);
  if (whole === 0) return notTested(say("false-protocol.no-connection-port-or"));
  const judged = judgedDays(days, {
    share: context.parameter("min_recognised_share"),
    busy: context.parameter("busy_day"),
  });
  if (judged.length === 0) return notTested(say("false-protocol.no-sensor-recognises-protocols"));
  const tlsSensors = await sensorsWithTlsLogs(context, days);
  const { pairs, cut } = await mismatches(context, judged, tlsSensors, context.parameter("handshake_bytes"));
  const wanted = pairs.filter(
    (each) => !context.allow.address(each.server) && !context.allow.address(each.host),
  );
  const scored = await score(context, wanted, reliability(days, judged));
  const reported = scored.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    reported.map(({ pair }) => evidencePair(pair)),
  );
  const isJudged = (each: (typeof days)[number]) =>
    judged.some(
      (span) => sensorKey(span) === sensorKey(each) && each.day >= span.from && each.day <= span.to,
    );
  return {
    findings: reported.map((each) => makeFinding(context, each, index)),
    evaluated: [
      { what: say("false-protocol.whole-connections-ports"), count: whole },
      {
        what: say("false-protocol.these-at-sensors-days"),
        count: days.reduce((sum, each) => sum + (isJudged(each) ? 0 : each.whole), 0),
      },
      { what: say("false-protocol.pairs-another-protocol-than"), count: pairs.length },
      ...(cut ? [{ what: say("false-protocol.limit-pairs-reached-those"), count: 1 }] : []),
      { what: say("false-protocol.pairs-allow-list-left"), count: pairs.length - wanted.length },
      { what: say("false-protocol.pairs-not-reported-beyond"), count: scored.length - reported.length },
    ],
  };
}

const notTested = (reason: string): DetectorResult => ({ findings: [], evaluated: [], notTested: reason });

const orderOf = ({ pair }: Scored): string =>
  [pair.realm, pair.host, pair.server, pair.port, pair.kind, pair.spoken].join("|");

async function score(
  context: DetectContext,
  pairs: readonly Mismatch[],
  shares: ReadonlyMap<string, number>,
): Promise<Scored[]> {
  const limits: SeverityLimits = {
    mediumConnections: context.parameter("medium_connections"),
    mediumSpan: context.parameter("medium_span_seconds"),
    mediumScore: context.parameter("medium_score"),
    lowScore: context.parameter("low_score"),
    rareHosts: context.parameter("rare_hosts"),
    reliableShare: context.parameter("reliable_share"),
  };
  const prevalence = await prevalenceOf(context, [...new Set(pairs.map((each) => each.server))]);
  const lookups = await hostsWithLookups(context, pairs);
  return pairs
    .map((pair): Scored => {
      const names = prevalence.get(pair.server)?.names ?? [];
      const around: Surroundings = {
        hosts: Math.max(1, prevalence.get(pair.server)?.hosts ?? 1),
        names,
        providerName: names.some((name) => providerList().of(name) !== undefined),
        knownUse: knownUseOf(pair.server, names)?.name ?? "",
        lookupsSeen: lookups.has(`${pair.realm}|${pair.host}`),
        reliability: Math.min(1, ...pair.sensors.map((sensor) => shares.get(`${sensor}|${pair.port}`) ?? 1)),
      };
      const components = componentsOf(pair, around);
      const total = scoreOf(components);
      return {
        pair,
        around,
        components,
        score: total,
        severity: severityOf(pair, around, total, limits),
        reasons: reservations(pair, around, limits),
      };
    })
    .filter(({ around }) => !around.names.some((name) => context.allow.domain(name)))
    .sort(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) ||
        b.score - a.score ||
        orderOf(a).localeCompare(orderOf(b)),
    );
}
