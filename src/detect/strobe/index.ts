import { rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId, type ScoreComponent } from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { busiestPairs, type StrobePair } from "./pairs.js";

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const [rows] = await context.query<{ n: number }>(
    "SELECT count() AS n FROM contact_hourly WHERE channel = 'flow'",
  );
  if (Number(rows?.n ?? 0) === 0)
    return { findings: [], evaluated: [], notTested: say("strobe.no-connections-case") };
  const { pairs, candidates } = await busiestPairs(context, {
    perHour: context.parameter("connections_per_hour"),
    minConnections: context.parameter("min_connections"),
    minSeconds: context.parameter("min_seconds"),
  });
  const wanted = pairs.filter((each) => !context.allow.address(each.src) && !context.allow.address(each.dst));
  const reported = wanted.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(context, reported.map(evidencePair));
  return {
    findings: reported.map((each) => makeFinding(context, each, index)),
    evaluated: [
      { what: say("strobe.hourly-contacts"), count: Number(rows?.n ?? 0) },
      { what: say("strobe.pairs-busy-hour"), count: candidates },
      { what: say("strobe.strobes-allow-list-left"), count: pairs.length - wanted.length },
      { what: say("strobe.strobes-not-reported-beyond"), count: wanted.length - reported.length },
    ],
  };
}

/** Our side of the pair: the source where both are ours. */
function ours(pair: StrobePair): { host: string; other: string } {
  return pair.srcInside ? { host: pair.src, other: pair.dst } : { host: pair.dst, other: pair.src };
}

function evidencePair(pair: StrobePair): EvidencePair {
  const { host, other } = ours(pair);
  return { realm: pair.realm, host, server: other, from: pair.first, to: pair.last };
}

/** How extreme it is, not how suspicious: logarithmic, full at a hundred times the limit of one a second, and at a week of such hours. */
export function componentsOf(pair: StrobePair): ScoreComponent[] {
  return [
    {
      name: "rate",
      value: Math.min(1, Math.max(0, Math.log10(pair.perHour / 3600) / 2)),
      weight: 0.6,
      meaning: say("strobe.connections-hour-at-busiest", pair.perHour),
    },
    {
      name: "endurance",
      value: Math.min(1, pair.hours / (7 * 24)),
      weight: 0.4,
      meaning: say("strobe.hours-at-or-above", pair.hours),
    },
  ];
}

function makeFinding(context: DetectContext, pair: StrobePair, index: EvidenceIndex): Finding {
  const { host, other } = ours(pair);
  const org = context.directory.resolve(pair.realm, host, pair.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  const components = componentsOf(pair);
  const evidence = index.of([evidencePair(pair)], [], 4);
  const end = (address: string, inside: boolean): ExplanationArg =>
    inside ? { type: "host", value: address, ...tags } : { type: "address", value: address };
  return {
    id: findingId(manifest.id, org?.orgId ?? null, pair.realm, pair.src, pair.dst),
    detector: manifest.id,
    title: say("strobe.opened-connections", pair.src, pair.connections, pair.dst),
    severity: "informational",
    score: Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000,
    components,
    first_seen: rfc3339(pair.first),
    last_seen: rfc3339(pair.last),
    org_id: org?.orgId ?? null,
    entities: [
      { kind: "host", value: host, realm: pair.realm, role: pair.srcInside ? "source" : "target" },
      pair.srcInside && pair.dstInside
        ? { kind: "host", value: other, realm: pair.realm, role: "target" }
        : { kind: "address", value: other, role: pair.srcInside ? "target" : "source" },
    ],
    attack: [],
    evidence,
    explanation: {
      key: "strobe.pair",
      args: [
        end(pair.src, pair.srcInside),
        { type: "number", value: pair.connections },
        end(pair.dst, pair.dstInside),
        { type: "number", value: pair.port },
        { type: "time", value: rfc3339(pair.first) },
        { type: "time", value: rfc3339(pair.last) },
        { type: "number", value: pair.perHour },
        { type: "number", value: pair.hours },
        { type: "number", value: pair.answered },
      ],
    },
    caveats: [say("strobe.strobe-names-noise-programs")],
    facts: {
      connections: pair.connections,
      answered: pair.answered,
      connections_per_hour: pair.perHour,
      hours: pair.hours,
      port: pair.port,
      direction: pair.srcInside ? (pair.dstInside ? "internal" : "outbound") : "inbound",
    },
    tlp: index.tlpOf(evidence),
  };
}
