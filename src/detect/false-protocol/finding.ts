import { rfc3339 } from "../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidenceIndex, EvidencePair } from "../shared/evidence.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Mismatch } from "./pairs.js";
import { NAME_OF } from "./ports.js";
import type { Surroundings } from "./score.js";

export interface Scored {
  pair: Mismatch;
  around: Surroundings;
  components: ScoreComponent[];
  score: number;
  severity: Severity;
  reasons: string[];
}

export function evidencePair({ realm, host, server, first, last }: Mismatch): EvidencePair {
  return { realm, host, server, from: first, to: last };
}

function titleOf({ kind, host, server, port, spoken }: Mismatch, names: readonly string[]): string {
  const there = `${names[0] ?? server} on port ${port}`;
  if (kind === "other") return say("false-protocol.speaks", host, spoken, there);
  if (kind === "no-handshake") return say("false-protocol.exchanges-tls-records-without", host, there);
  return say("false-protocol.speaks-no", host, NAME_OF[port], there);
}

const ATTACK: Readonly<Record<Mismatch["kind"], readonly string[]>> = {
  unnamed: ["T1095", "T1001.003"],
  "no-handshake": ["T1001.003"],
  other: ["T1571"],
};

export function makeFinding(context: DetectContext, scored: Scored, index: EvidenceIndex): Finding {
  const { pair, around, components, score, severity, reasons } = scored;
  const org = context.directory.resolve(pair.realm, pair.host, pair.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  const evidence = index.of([evidencePair(pair)], [], 8);
  const number = (value: number): ExplanationArg => ({ type: "number", value });
  return {
    id: findingId(
      manifest.id,
      org?.orgId ?? null,
      pair.realm,
      pair.host,
      pair.server,
      `${pair.port}`,
      pair.kind,
      pair.spoken,
    ),
    detector: manifest.id,
    title: titleOf(pair, around.names),
    severity,
    score,
    components,
    first_seen: rfc3339(pair.first),
    last_seen: rfc3339(pair.last),
    org_id: org?.orgId ?? null,
    entities: [
      { kind: "address", value: pair.server, role: "server" },
      ...around.names.slice(0, 5).map((value) => ({ kind: "domain" as const, value, role: "server" })),
      pair.inside
        ? { kind: "host", value: pair.host, realm: pair.realm, role: "victim" }
        : { kind: "address", value: pair.host, role: "source" },
    ],
    attack: [...ATTACK[pair.kind]],
    evidence,
    explanation: {
      key: `false-protocol.${pair.kind}`,
      args: [
        { type: "host", value: pair.host, ...tags },
        { type: "address", value: pair.server },
        number(pair.port),
        number(pair.connections),
        { type: "time", value: rfc3339(pair.first) },
        { type: "time", value: rfc3339(pair.last) },
        { type: "bytes", value: pair.sent },
        { type: "bytes", value: pair.received },
        number(pair.both),
        number(pair.days),
        number(pair.proper),
        number(around.hosts),
        ...(pair.kind === "other" ? [{ type: "text" as const, value: pair.spoken }] : []),
      ],
    },
    caveats: [...reasons, say("false-protocol.messengers-games-remote-support")],
    facts: {
      kind: pair.kind,
      port: pair.port,
      spoken: pair.spoken,
      connections: pair.connections,
      both_ways: pair.both,
      bytes_out: pair.sent,
      bytes_in: pair.received,
      active_days: pair.days,
      longest_seconds: pair.longest,
      proper_connections: pair.proper,
      proper_connections_of_server: pair.properOthers,
      hosts_of_server: around.hosts,
      names: [...around.names],
      known_use: around.knownUse,
      sensor_share: Math.round(around.reliability * 1000) / 1000,
    },
    tlp: index.tlpOf(evidence),
  };
}
