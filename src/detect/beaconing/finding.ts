import { groupBy, unique } from "../../kernel/group-by.js";
import { rfc3339 } from "../../kernel/time.js";
import { type Entity, type ExplanationArg, type Finding, findingId } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidenceIndex, EvidencePair } from "../shared/evidence.js";
import type { Beacon, Scored } from "./fold.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Part, type Rhythm, unexplainedOf } from "./rhythm/rhythm.js";
import type { RitaPair } from "./rita/pairs.js";
import {
  type BeaconFacts,
  componentsOf,
  excuse,
  type Limits,
  marksOf,
  percent,
  reservations,
  severityOfBeacon,
} from "./score.js";

/** Hosts, names and addresses that a finding lists at most. */
const LISTED = 20;
const EVIDENCE_LINES = 8;

/** Our host of a regular contact, whoever opened the connections. */
export function ourHost({ subject }: BeaconFacts): string {
  return subject.outbound ? subject.source : subject.target;
}

/** Pairs of addresses in whose connections the evidence stands. */
export function evidencePairs({ all }: Beacon): EvidencePair[] {
  return all.slice(0, LISTED).flatMap(({ facts }) => {
    const { subject, relation } = facts;
    const servers = subject.outbound ? relation.addresses.slice(0, LISTED) : [subject.source];
    return servers.map((server) => ({
      realm: subject.realm,
      host: ourHost(facts),
      server,
      from: relation.first,
      to: relation.last,
    }));
  });
}

export function evidenceNames({ all }: Beacon): string[] {
  return unique(all.slice(0, LISTED).flatMap(({ facts }) => facts.names)).slice(0, LISTED);
}

export function makeFinding(
  context: DetectContext,
  beacon: Beacon,
  index: EvidenceIndex,
  limits: Limits,
  rita: RitaPair | undefined,
): Finding {
  const { lead, all } = beacon;
  const { facts } = lead;
  const { subject, rhythm } = facts;
  const org = context.directory.resolve(subject.realm, ourHost(facts), facts.relation.first);
  const evidence = index.of(evidencePairs(beacon), evidenceNames(beacon), EVIDENCE_LINES);
  const firsts = all.map((each) => each.facts.relation.first);
  const lasts = all.map((each) => each.facts.relation.last);
  return {
    id: findingId(
      manifest.id,
      org?.orgId ?? null,
      subject.realm,
      subject.outbound ? beacon.destination : `${subject.source} to ${subject.target}`,
    ),
    detector: manifest.id,
    title: titleOf(beacon),
    severity: severityOfBeacon(facts, lead.score, limits),
    score: lead.score,
    components: componentsOf(facts),
    first_seen: rfc3339(firsts.reduce((a, b) => Math.min(a, b))),
    last_seen: rfc3339(lasts.reduce((a, b) => Math.max(a, b))),
    org_id: org?.orgId ?? null,
    entities: entitiesOf(beacon),
    attack: [...manifest.attack],
    evidence,
    explanation: {
      key: `beaconing.${subject.outbound ? subject.kind : "inbound"}`,
      args: argumentsOf(beacon, org?.orgId),
    },
    caveats: caveatsOf(facts, limits),
    facts: { ...rhythmFacts(rhythm, facts), ...otherFacts(beacon, limits), ...ritaFacts(rita) },
    tlp: index.tlpOf(evidence),
  };
}

function titleOf({ lead: { facts }, destination, all }: Beacon): string {
  const { subject } = facts;
  const every = describe(mainPart(facts.rhythm).interval);
  if (!subject.outbound) return say("beaconing.contacts-every", subject.source, subject.target, every);
  const others = hostsOf(all) - 1;
  return others > 0
    ? say("beaconing.more-our-hosts-contact", subject.source, others, destination, every)
    : say("beaconing.contacts-every", subject.source, destination, every);
}

function hostsOf(all: readonly Scored[]): number {
  return new Set(all.map(({ facts }) => `${facts.subject.realm}|${ourHost(facts)}`)).size;
}

function entitiesOf({ all, lead }: Beacon): Entity[] {
  const { subject } = lead.facts;
  if (!subject.outbound)
    return [
      { kind: "address", value: subject.source, role: "source" },
      { kind: "host", value: subject.target, realm: subject.realm, role: "target" },
    ];
  const facts = all.map((each) => each.facts);
  const names = unique(facts.flatMap((each) => each.names)).slice(0, LISTED);
  const addresses = unique(
    facts.filter((each) => each.subject.kind !== "proxied").flatMap((each) => each.relation.addresses),
  );
  return [
    ...names.map((value) => ({ kind: "domain" as const, value, role: "server" })),
    ...addresses.slice(0, LISTED).map((value) => ({ kind: "address" as const, value, role: "server" })),
    ...[...groupBy(facts, (each) => `${each.subject.realm}|${each.subject.source}`).values()]
      .slice(0, LISTED)
      .map(([some]) => ({
        kind: "host" as const,
        value: some?.subject.source ?? "",
        realm: some?.subject.realm ?? "",
        role: "victim",
      })),
  ];
}

function argumentsOf({ lead: { facts }, destination }: Beacon, org: string | undefined): ExplanationArg[] {
  const { subject, rhythm, relation, names, reach } = facts;
  const tags = org === undefined ? {} : { org };
  const part = mainPart(rhythm);
  const { service } = relation;
  const ours = (value: string): ExplanationArg => ({ type: "host", value, ...tags });
  const theirs: ExplanationArg =
    names.length > 0 || subject.kind !== "address"
      ? { type: "domain", value: names[0] ?? destination }
      : { type: "address", value: subject.target };
  return [
    subject.outbound ? ours(subject.source) : { type: "address", value: subject.source },
    subject.outbound ? theirs : ours(subject.target),
    { type: "text", value: service === undefined ? "service unknown" : serviceText(service) },
    { type: "time", value: rfc3339(relation.first) },
    { type: "time", value: rfc3339(relation.last) },
    { type: "number", value: relation.answered },
    { type: "duration", value: Math.round(part.interval) },
    { type: "percent", value: part.jitter },
    { type: "percent", value: part.loss },
    { type: "duration", value: Math.round(facts.kept) },
    { type: "number", value: Math.round(rhythm.bits) },
    { type: "number", value: reach.hosts },
  ];
}

function serviceText({ protocol, port }: { protocol: string; port: number }): string {
  return protocol === "icmp" ? "ICMP echo" : `port ${port}/${protocol}`;
}

function caveatsOf(facts: BeaconFacts, limits: Limits): string[] {
  const why = excuse(facts, limits);
  const { rhythm, steadiness } = facts;
  return [
    ...(why === undefined ? [] : [say("beaconing.explained-by", why)]),
    ...reservations(facts, limits),
    ...(unexplainedOf(rhythm) >= 0.3
      ? [say("beaconing.up-pauses-follow-no", percent(unexplainedOf(rhythm)))]
      : []),
    ...(steadiness === undefined ? [say("beaconing.log-has-no-sizes.2")] : []),
    say("beaconing.rhythm-shows-program-not"),
  ];
}

function rhythmFacts(rhythm: Rhythm, facts: BeaconFacts): Finding["facts"] {
  const part = mainPart(rhythm);
  return {
    interval_seconds: round(part.interval, 1),
    jitter: part.jitter,
    loss: part.loss,
    unexplained: round(unexplainedOf(rhythm), 100),
    intervals: rhythm.parts.map((each) => round(each.interval, 1)),
    check_in_seconds: rhythm.deadTime,
    gaps: rhythm.gaps,
    bits: round(rhythm.bits, 10),
    bits_per_gap: round(rhythm.perGap, 100),
    kept_hours: round(facts.kept / 3600, 10),
    ...(facts.steadiness === undefined ? {} : { steadiness: round(facts.steadiness, 1000) }),
  };
}

function otherFacts({ all, lead: { facts }, destination }: Beacon, limits: Limits): Finding["facts"] {
  const { subject, relation, reach, purpose } = facts;
  const marks = marksOf(facts, limits);
  return {
    target: subject.kind,
    destination,
    direction: subject.outbound ? "outbound" : "inbound",
    contacts: relation.answered,
    hosts: hostsOf(all),
    hosts_of_destination: reach.hosts,
    organisations_of_destination: reach.organisations,
    ...(relation.service === undefined ? {} : { service: serviceText(relation.service) }),
    ports: relation.ports.slice(0, LISTED),
    names: [...facts.names].slice(0, LISTED),
    addresses: relation.addresses.slice(0, LISTED),
    bytes_out: relation.bytesOut,
    bytes_in: relation.bytesIn,
    ...(purpose === undefined ? {} : { purpose: purpose.what, purpose_by: purpose.by }),
    marks: marks.map((mark) => mark.what),
  };
}

function ritaFacts(rita: RitaPair | undefined): Finding["facts"] {
  return rita === undefined ? {} : { rita_score: rita.score, rita_connections: rita.connections };
}

/** The part of the rhythm with the most gaps. */
function mainPart({ parts }: Rhythm): Part {
  return parts.reduce((most, part) => (part.gaps > most.gaps ? part : most));
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}

/** An interval as people say it: seconds below two minutes, minutes below two hours, else hours. */
function describe(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}

/** The pair whose RITA score is comparable: one source and one address. */
export function ritaPairOf({
  facts: { subject },
}: Scored): { realm: string; source: string; target: string }[] {
  return subject.kind === "address" ? [subject] : [];
}
