import { HOUR, isoDay, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  type Severity,
} from "../../model/finding.js";
import { activeDayNumbers } from "../shared/activity.js";
import { caveatsOf } from "./caveats.js";
import { say } from "./messages.js";
import type { Relation } from "./relations.js";
import { totals } from "./relations.js";
import type { Resolution } from "./resolve.js";
import type { Subject, Summary } from "./subject.js";

const RELATION_VALUE = {
  persistent: 1,
  repeated: 0.6,
  single: 0.25,
  lookup_only: 0.15,
  scanning: 0,
} as const;
/** Facts list at most this many relations, largest first; the sums are over all. */
const LISTED = 500;

export function scoreComponents(subject: Subject, summary: Summary): ScoreComponent[] {
  const { kind, relations } = subject.classified;
  const value = RELATION_VALUE[kind];
  const talk = kind === "scanning" || kind === "lookup_only" ? 0 : 1;
  const matched = new Set(relations.flatMap((each) => each.matchedBy)).size;
  const bytes = summary.sum.bytesOut + summary.sum.bytesIn;
  return [
    {
      name: "relation",
      value,
      weight: 0.45,
      meaning: say("infrastructure-contact.contact", kind.replace("_", " ")),
    },
    {
      name: "watch list confidence",
      value: summary.confidence,
      weight: 0.2,
      meaning: say("infrastructure-contact.highest-confidence-source-watch"),
    },
    {
      name: "duration",
      value: talk * Math.min(1, summary.weeks / 8),
      weight: 0.15,
      meaning: say("infrastructure-contact.contact-different-weeks-full", summary.weeks),
    },
    {
      name: "volume",
      // 1 kB counts 0, 1 GB counts 1: every factor of ten the same step.
      value: talk * Math.min(1, Math.max(0, (Math.log10(Math.max(1, bytes)) - 3) / 6)),
      weight: 0.1,
      meaning: say("infrastructure-contact.bytes-both-ways-logarithmic", bytes),
    },
    {
      name: "agreement",
      value: talk * Math.min(1, (matched - 1) / 2),
      weight: 0.1,
      meaning: say("infrastructure-contact.server-known-ways-address", matched),
    },
  ];
}

/** Severity by stated rules (docs/detectors/infrastructure-contact.md), not by score alone. */
export function severityFor(subject: Subject, summary: Summary, score: number): Severity {
  const { kind } = subject.classified;
  if (kind === "scanning") return "informational";
  if (subject.outside) return "low";
  if (kind === "single") return "low";
  if (kind === "lookup_only") {
    const span = (summary.days.at(-1) ?? 0) - (summary.days[0] ?? 0);
    return summary.days.length >= 5 && span >= 9 && summary.confirmed ? "medium" : "low";
  }
  if (!summary.confirmed) return kind === "persistent" ? "medium" : "low";
  if (kind === "repeated") return "medium";
  return score >= 0.85 ? "critical" : "high";
}

export function makeFinding(subject: Subject, summary: Summary, resolution: Resolution): Finding {
  const { kind, direction, relations } = subject.classified;
  const components = scoreComponents(subject, summary);
  const score = Math.min(
    1,
    components.reduce((sum, each) => sum + each.value * each.weight, 0),
  );
  return {
    id: findingId("infrastructure-contact", subject.orgId, subject.realm, subject.host, subject.group),
    detector: "infrastructure-contact",
    title: titleOf(subject),
    severity: severityFor(subject, summary, score),
    score: Math.round(score * 1000) / 1000,
    components,
    first_seen: rfc3339(summary.first),
    last_seen: rfc3339(summary.last),
    org_id: subject.orgId,
    entities: entitiesOf(subject, summary),
    attack: techniquesOf(subject, summary),
    evidence: [],
    explanation: { key: `infrastructure-contact.${kind}`, args: explanationArgs(subject, summary) },
    caveats: caveatsOf(subject, summary, resolution),
    facts: {
      relation: kind,
      direction,
      ...factsOf(subject, summary),
      shared_servers: summary.servers.filter((each) => resolution.shared.has(each)),
      ...relationFacts(relations),
    },
    tlp: "clear",
  };
}

function titleOf(subject: Subject): string {
  return say(`infrastructure-contact.title.${subject.classified.kind}`, subject.name);
}

function entitiesOf(subject: Subject, summary: Summary): Entity[] {
  const hosts = new Map<string, Entity>();
  for (const { realm, ours } of summary.hosts) {
    hosts.set(`${realm}|${ours}`, {
      kind: "host",
      value: ours,
      realm,
      role: subject.outside ? "peer" : "victim",
    });
  }
  const labels = subject.classified.relations.flatMap((each) => each.labels);
  const servers: Entity[] = [
    ...summary.servers.map((value) => ({ kind: "address" as const, value, role: "server" })),
    ...[...new Set(labels)]
      .sort()
      .map((value) => ({ kind: labelKind(value, subject), value, role: "server" })),
  ];
  return [...servers.slice(0, LISTED), ...[...hosts.values()].slice(0, LISTED)];
}

function labelKind(label: string, subject: Subject): "domain" | "certificate" | "fingerprint" {
  if (
    subject.indicators.some((each) => each.value === label && (each.kind === "ja3" || each.kind === "ja4"))
  ) {
    return "fingerprint";
  }
  return /^[0-9a-f]{32,64}$/.test(label) ? "certificate" : "domain";
}

function techniquesOf(subject: Subject, summary: Summary): string[] {
  if (subject.classified.kind === "scanning") {
    return subject.classified.direction === "inbound" ? ["T1595"] : [];
  }
  const techniques = ["T1071"];
  const web = subject.classified.relations.filter((each) =>
    each.channels.some((name) => name !== "flow" && name !== "dns"),
  );
  if (web.some((each) => !each.proxied && ![80, 443].includes(each.port))) techniques.push("T1571");
  // Uploads out of proportion, not the few bytes that every request sends.
  if (summary.sum.bytesOut > 10_000_000 && summary.sum.bytesOut > 2 * summary.sum.bytesIn)
    techniques.push("T1041");
  return techniques;
}

function explanationArgs(subject: Subject, summary: Summary): ExplanationArg[] {
  const org = subject.orgId ?? undefined;
  const hostCount = new Set(summary.hosts.map((each) => `${each.realm}|${each.ours}`)).size;
  const targets = [
    ...new Set([...subject.classified.relations.flatMap((each) => each.labels), ...summary.servers]),
  ];
  const more = targets.length > 6 ? [`${targets.length - 6} more`] : [];
  return [
    { type: subject.orgId === null ? "host" : "organisation", value: subject.name, org },
    { type: "list", value: [...targets.slice(0, 6), ...more] },
    { type: "time", value: rfc3339(summary.first) },
    { type: "time", value: rfc3339(summary.last) },
    { type: "number", value: summary.days.length },
    { type: "number", value: summary.weeks },
    { type: "number", value: summary.sum.connections },
    { type: "number", value: hostCount, org },
    { type: "bytes", value: summary.sum.bytesOut, org },
    { type: "bytes", value: summary.sum.bytesIn, org },
    { type: "duration", value: (summary.gap?.hours ?? 0) * 3600 },
    { type: "list", value: [...new Set(subject.indicators.map((each) => each.source))].sort() },
  ];
}

function factsOf(subject: Subject, summary: Summary): Finding["facts"] {
  const { relations, scans, kind } = subject.classified;
  const unique = <Item>(items: readonly Item[]) => [...new Set(items)];
  const labels = unique(relations.flatMap((each) => each.labels)).sort();
  const lookups = relations.filter((each) => each.server === "");
  const software = unique(subject.indicators.flatMap((each) => each.software ?? [])).sort();
  return {
    group: subject.group,
    outside: subject.outside,
    indicators: unique(subject.indicators.map((each) => `${each.kind}:${each.value}`)).sort(),
    sources: unique(subject.indicators.map((each) => each.source)).sort(),
    confidence: summary.confidence,
    confirmed: summary.confirmed,
    ...(software.length > 0 && { software }),
    matched_by: unique(relations.flatMap((each) => each.matchedBy)).sort(),
    channels: unique(relations.flatMap((each) => each.channels)).sort(),
    servers: summary.servers,
    names: labels.filter((label) => labelKind(label, subject) === "domain"),
    certificates: labels.filter((label) => labelKind(label, subject) === "certificate"),
    fingerprints: labels.filter((label) => labelKind(label, subject) === "fingerprint"),
    ports: unique(summary.hosts.map((each) => each.port)).sort((a, b) => a - b),
    sensors: unique(summary.hosts.flatMap((each) => each.sensors)).sort(),
    connections: summary.sum.connections,
    answered: summary.sum.answered,
    bytes_out: summary.sum.bytesOut,
    bytes_in: summary.sum.bytesIn,
    active_days: summary.days.length,
    active_weeks: summary.weeks,
    days: summary.days.map((day) => isoDay(day * 24 * HOUR)),
    longest_gap_hours: summary.gap?.hours ?? 0,
    longest_gap_unobserved_hours: summary.gap?.unobserved ?? 0,
    longest_gap_from: summary.gap === undefined ? "" : rfc3339(summary.gap.from),
    longest_gap_to: summary.gap === undefined ? "" : rfc3339(summary.gap.to),
    lookup_hosts: kind === "lookup_only" ? [] : unique(lookups.map((each) => each.ours)),
    scanning_relations: scans.length,
  };
}

/** Each relation of the finding, in arrays of equal length: the assessment counts volumes over exactly these. */
function relationFacts(relations: readonly Relation[]): Finding["facts"] {
  const listed = relations
    .filter((each) => each.server !== "" && !each.proxied && each.translated !== true)
    .map((each) => ({ ...each, sum: totals([each]) }))
    .sort((a, b) => b.sum.bytesOut - a.sum.bytesOut || b.sum.connections - a.sum.connections)
    .slice(0, LISTED);
  return {
    relation_realm: listed.map((each) => each.realm),
    relation_host: listed.map((each) => each.ours),
    relation_server: listed.map((each) => each.server),
    relation_port: listed.map((each) => each.port),
    relation_direction: listed.map((each) => each.direction),
    relation_first: listed.map((each) => rfc3339(each.first)),
    relation_last: listed.map((each) => rfc3339(each.last)),
    relation_days: listed.map((each) => activeDayNumbers(each.days).length),
    relation_connections: listed.map((each) => each.sum.connections),
    relation_bytes_out: listed.map((each) => each.sum.bytesOut),
    relation_bytes_in: listed.map((each) => each.sum.bytesIn),
  };
}
