import { rfc3339 } from "../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
} from "../../model/finding.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { type Prevalence, prevalenceOf } from "../shared/prevalence.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type LongPair, longPairs } from "./pairs.js";

export const detector: Detector = { manifest, run };

interface Scored {
  pair: LongPair;
  known: Prevalence;
  components: ScoreComponent[];
  score: number;
}

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const [connections] = await context.query<{ n: number }>("SELECT count() AS n FROM network_activity");
  const { pairs, all, internal } = await longPairs(
    context,
    context.parameter("min_seconds"),
    context.parameter("max_internal"),
  );
  const prevalence = await prevalenceOf(context, [...new Set(pairs.map((each) => each.server))]);
  const scored = pairs
    .map((pair) => scorePair(pair, prevalence.get(pair.server) ?? { hosts: 1, names: [] }))
    .filter(
      ({ pair, known }) =>
        !context.allow.address(pair.server) && !known.names.some((name) => context.allow.domain(name)),
    )
    .sort(
      (a, b) =>
        b.score - a.score || b.pair.longest - a.pair.longest || a.pair.server.localeCompare(b.pair.server),
    );
  const reported = [
    ...scored.slice(0, context.parameter("max_findings")),
    ...internal
      .filter((pair) => !context.allow.address(pair.host) && !context.allow.address(pair.server))
      .map((pair) => scorePair(pair, { hosts: 1, names: [] })),
  ];
  const index = await EvidenceIndex.load(
    context,
    reported.map((each) => evidencePair(each.pair)),
  );
  const findings = reported.map((each) => makeFinding(context, each, index));
  return {
    findings,
    evaluated: [
      { what: "connections", count: connections?.n ?? 0 },
      { what: say("long-connection.pairs-long-connections"), count: all },
      { what: say("long-connection.pairs-weighed-longest"), count: pairs.length },
      {
        what: say("long-connection.pairs-not-reported-beyond"),
        count:
          all - (pairs.length - scored.length) - Math.min(scored.length, context.parameter("max_findings")),
      },
    ],
  };
}

/** 1, 4, 8 and 12 hours are a quarter each, as in RITA's severity ladder; straight lines between. */
export function durationValue(seconds: number): number {
  const hours = seconds / 3600;
  if (hours >= 12) return 1;
  if (hours >= 8) return 0.75 + (0.25 * (hours - 8)) / 4;
  if (hours >= 4) return 0.5 + (0.25 * (hours - 4)) / 4;
  if (hours >= 1) return 0.25 + (0.25 * (hours - 1)) / 3;
  return 0.25 * hours;
}

export function scorePair(pair: LongPair, known: Prevalence): Scored {
  const hosts = Math.max(1, known.hosts);
  const components = [
    {
      name: "duration",
      value: durationValue(pair.longest),
      weight: 0.45,
      meaning: say("long-connection.longest-lasted-hours-full", (pair.longest / 3600).toFixed(1)),
    },
    {
      name: "rarity",
      value: Math.max(0, 1 - (hosts - 1) / 9),
      weight: 0.35,
      meaning: say("long-connection.our-hosts-contact-server", hosts),
    },
    {
      name: "still open",
      value: pair.open > 0 ? 1 : 0,
      weight: 0.1,
      meaning: say("long-connection.connection-had-no-end"),
    },
    {
      name: "upload",
      value: pair.bytesOut > 1_000_000 && pair.bytesOut > pair.bytesIn ? 1 : 0,
      weight: 0.1,
      meaning: say("long-connection.more-than-mb-sent"),
    },
  ];
  const score = components.reduce((sum, each) => sum + each.value * each.weight, 0);
  return { pair, known, components, score: Math.round(score * 1000) / 1000 };
}

/** Supporting evidence: never above medium, and medium only for half a day with a server that hardly anyone uses. */
export function severityOfPair(scored: Scored, rareHosts: number): Severity {
  if (scored.pair.internal) return "informational";
  if (scored.score >= 0.75 && scored.pair.longest >= 12 * 3600 && scored.known.hosts <= rareHosts)
    return "medium";
  return scored.score >= 0.5 ? "low" : "informational";
}

function evidencePair({ realm, host, server, first, last }: LongPair): EvidencePair {
  return { realm, host, server, from: first, to: last };
}

function makeFinding(context: DetectContext, scored: Scored, index: EvidenceIndex): Finding {
  const { pair, known } = scored;
  const org = context.directory.resolve(pair.realm, pair.host, pair.first);
  const evidence = index.of([evidencePair(pair)], [], 8);
  const tags = org === undefined ? {} : { org: org.orgId };
  const args: ExplanationArg[] = [
    { type: "host", value: pair.host, ...tags },
    { type: "number", value: pair.connections },
    pair.internal ? { type: "host", value: pair.server, ...tags } : { type: "address", value: pair.server },
    { type: "duration", value: Math.round(pair.longest) },
    { type: "time", value: rfc3339(pair.first) },
    { type: "time", value: rfc3339(pair.last) },
    { type: "bytes", value: pair.bytesOut },
    { type: "bytes", value: pair.bytesIn },
    { type: "number", value: Math.max(1, known.hosts) },
  ];
  return {
    id: findingId(manifest.id, org?.orgId ?? null, pair.realm, pair.host, pair.server),
    detector: manifest.id,
    title: say(
      "long-connection.held-connection-hours",
      pair.host,
      known.names[0] ?? pair.server,
      (pair.longest / 3600).toFixed(1),
    ),
    severity: severityOfPair(scored, context.parameter("rare_hosts")),
    score: scored.score,
    components: scored.components,
    first_seen: rfc3339(pair.first),
    last_seen: rfc3339(pair.last),
    org_id: org?.orgId ?? null,
    entities: [
      pair.internal
        ? { kind: "host", value: pair.server, realm: pair.realm, role: "target" }
        : { kind: "address", value: pair.server, role: "server" },
      ...known.names.slice(0, 5).map((value) => ({ kind: "domain" as const, value, role: "server" })),
      { kind: "host", value: pair.host, realm: pair.realm, role: pair.internal ? "source" : "victim" },
    ],
    attack: ["T1071"],
    evidence,
    explanation: { key: `long-connection.${pair.open > 0 ? "open" : "closed"}`, args },
    caveats: [
      ...(pair.internal ? [say("long-connection.both-ends-inside-where")] : []),
      say("long-connection.long-connections-ordinary-push"),
    ],
    facts: {
      connections: pair.connections,
      open: pair.open,
      longest_seconds: pair.longest,
      total_seconds: pair.total,
      bytes_out: pair.bytesOut,
      bytes_in: pair.bytesIn,
      ports: [...pair.ports].sort((a, b) => a - b),
      names: known.names,
      hosts_of_server: known.hosts,
      direction: pair.internal ? "internal" : pair.inbound ? "inbound" : "outbound",
    },
    tlp: index.tlpOf(evidence),
  };
}
