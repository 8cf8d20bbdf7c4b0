import { groupBy, unique } from "../../kernel/group-by.js";
import { DAY, rfc3339, weekStart } from "../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  SEVERITIES,
  type Severity,
  severityRank,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { type DailyContact, relationOf, severityUnder } from "../shared/contacts.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { distinct } from "../shared/log-evidence.js";
import { evidenceKey, type PortLine, portLines } from "./evidence.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { describeUnits, type Limits, reservations } from "./score.js";
import type { Weighed } from "./weigh.js";

export interface Suspect extends Weighed {
  severity: Severity;
  score: number;
  components: ScoreComponent[];
  limits: Limits;
}

const MOST_EVIDENCE = 20;

/** One finding for each organisation and server; the score is the server's, severity and volumes are the organisation's. */
export async function findingsOf(context: DetectContext, suspects: readonly Suspect[]): Promise<Finding[]> {
  const parts = suspects.flatMap((suspect) =>
    [...suspect.byOrganisation]
      .filter(([org, contacts]) => org !== "" && contacts.length > 0)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([org, contacts]) => ({ suspect, org, contacts })),
  );
  const pairs = parts.flatMap((part) => pairsOf(part));
  const index = await EvidenceIndex.load(context, pairs);
  const lines = await portLines(context, pairs);
  return parts.map((part) => finding(context, part, index, lines));
}

interface Part {
  suspect: Suspect;
  org: string;
  contacts: readonly DailyContact[];
}

function pairsOf({ suspect, contacts }: Part): EvidencePair[] {
  return [...groupBy(contacts, ({ realm, client }) => `${realm} ${client}`).values()].map((own) => ({
    realm: own[0]?.realm ?? "",
    host: own[0]?.client ?? "",
    server: suspect.server,
    from: Math.min(...own.map(({ first }) => first)),
    to: Math.max(...own.map(({ last }) => last)),
  }));
}

/** An organisation that met only the ordinary ports shared an address with something odd: no more than low. */
function severityFor({ suspect, contacts }: Part): Severity {
  const severity = severityUnder(relationOf(contacts), suspect.severity);
  const odd = contacts.some(({ port }) => suspect.oddPorts.has(port));
  return odd ? severity : (SEVERITIES[Math.min(severityRank(severity), severityRank("low"))] ?? severity);
}

function finding(
  context: DetectContext,
  part: Part,
  index: EvidenceIndex,
  lines: ReadonlyMap<string, PortLine[]>,
): Finding {
  const { suspect, org, contacts } = part;
  const { facts, server } = suspect;
  const name = context.directory.organisations.get(org)?.name ?? org;
  const pairs = pairsOf(part);
  const used = unique(contacts.map(({ port }) => port)).sort((a, b) => a - b);
  const days = unique(contacts.map(({ day }) => day)).sort((a, b) => a - b);
  const total = (value: (contact: DailyContact) => number): number =>
    contacts.reduce((sum, each) => sum + value(each), 0);
  const first = Math.min(...contacts.map((each) => each.first));
  const last = Math.max(...contacts.map((each) => each.last));
  const onOdd = pairs
    .flatMap(({ realm, host }) => lines.get(evidenceKey(realm, host, server)) ?? [])
    .filter(({ port }) => suspect.oddPorts.has(port));
  const firstOfPort = [...groupBy(onOdd, ({ port }) => port).values()].flatMap(
    (list) => list[0]?.evidence ?? [],
  );
  const evidence = distinct([
    ...firstOfPort.slice(0, MOST_EVIDENCE / 2),
    ...index.of(pairs, [], MOST_EVIDENCE / 2),
  ]);
  const out = total(({ bytesOut }) => bytesOut);
  const into = total(({ bytesIn }) => bytesIn);
  const args: ExplanationArg[] = [
    { type: "address", value: server },
    { type: "number", value: pairs.length, org },
    { type: "organisation", value: org, org },
    { type: "list", value: used.map((port) => `port ${port}`) },
    { type: "time", value: rfc3339(first) },
    { type: "time", value: rfc3339(last) },
    { type: "number", value: days.length },
    { type: "bytes", value: out },
    { type: "bytes", value: into },
    { type: "number", value: facts.hosts },
    { type: "number", value: facts.organisations },
    { type: "text", value: `Over all who use it, its odd services are ${describeUnits(facts.units)}.` },
  ];
  return {
    id: findingId(manifest.id, org, server),
    detector: manifest.id,
    title: say("many-odd-ports.answers-others-unusual-ports", server, name, suspect.oddPorts.size),
    severity: severityFor(part),
    score: suspect.score,
    components: suspect.components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: org,
    entities: [
      { kind: "address", value: server, role: "server" },
      ...pairs.map(({ realm, host }) => ({ kind: "host" as const, value: host, realm, role: "victim" })),
    ],
    attack: [...manifest.attack],
    evidence: evidence.sort((a, b) => a.time.localeCompare(b.time) || a.line - b.line),
    explanation: { key: "many-odd-ports.server", args },
    caveats: caveatsOf(suspect),
    facts: {
      server,
      ports: used,
      odd_ports: [...suspect.oddPorts].sort((a, b) => a - b),
      points: Math.round(facts.points * 100) / 100,
      units: facts.units.filter(({ points }) => points > 0).length,
      units_in_common: facts.inCommon,
      organisations: facts.organisations,
      hosts: pairs.length,
      hosts_all: facts.hosts,
      names: suspect.names.slice(0, 20),
      connections: total(({ connections }) => connections),
      bytes_out: out,
      bytes_in: into,
      active_days: days.length,
      days: days.map((day) => Math.round(day / DAY)),
      weeks: new Set(days.map((day) => weekStart(day))).size,
      basis: "suspected",
      relation: relationOf(contacts),
    },
    tlp: index.tlpOf(evidence),
  };
}

function caveatsOf({ facts, limits, names }: Suspect): string[] {
  const list = [...reservations(facts, limits), say("many-odd-ports.rented")];
  if (facts.trades === 0) list.push(say("many-odd-ports.inventory-names-no-sectors"));
  if (names.length === 0) list.push(say("many-odd-ports.no-name-known-address"));
  return list;
}
