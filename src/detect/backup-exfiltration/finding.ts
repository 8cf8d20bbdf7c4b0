import { HOUR, rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidenceIndex, EvidencePair } from "../shared/evidence.js";
import { clamp } from "../shared/robust.js";
import { type Irregular, type Surged, sum } from "./judge.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Facts, KEPT, keptContact } from "./score.js";
import type { Unit } from "./units.js";

/** Windows that a finding lists: the largest. */
const WINDOWS = 20;

export function evidencePairs(unit: Unit): EvidencePair[] {
  return unit.transfers.map(({ realm, host, server, first, last }) => ({
    realm,
    host,
    server,
    from: first,
    to: last,
  }));
}

interface Said {
  severity: Finding["severity"];
  score: number;
  components: ScoreComponent[];
  title: string;
  key: string;
  args: ExplanationArg[];
  caveats: string[];
  facts: Finding["facts"];
}

function makeFinding(unit: Unit, index: EvidenceIndex, said: Said): Finding {
  const evidence = index.of(evidencePairs(unit));
  const { destination, orgId } = unit;
  const shape = said.facts.shape as string;
  return {
    id: findingId(
      manifest.id,
      orgId,
      ...(orgId === null ? unit.hosts.slice(0, 1) : []),
      destination.kind,
      destination.value,
      shape,
    ),
    detector: manifest.id,
    title: said.title,
    severity: said.severity,
    score: said.score,
    components: said.components,
    first_seen: rfc3339(Math.min(...unit.transfers.map(({ first }) => first))),
    last_seen: rfc3339(Math.max(...unit.transfers.map(({ last }) => last))),
    org_id: orgId,
    entities: entitiesOf(unit),
    attack: destination.kind === "provider" ? ["T1567.002"] : ["T1048", "T1041"],
    evidence,
    explanation: { key: `${manifest.id}.${said.key}`, args: said.args },
    caveats: said.caveats,
    facts: {
      destination: destination.value,
      provider: destination.kind === "provider" ? destination.value : "",
      hosts: unit.hosts.map((host) => host.slice(host.lastIndexOf("|") + 1)),
      ...said.facts,
    },
    tlp: index.tlpOf(evidence),
  };
}

/** What a provider or a shared address serves is everybody's: only a destination's own servers have the role that others start from. */
function entitiesOf({ destination, transfers, hosts }: Unit): Entity[] {
  const isOwn = destination.kind !== "provider" && !destination.shared;
  const role = isOwn ? "server" : "destination";
  const servers = [...new Set(transfers.map(({ server }) => server))].sort().slice(0, 20);
  return [
    ...servers.map((value) => ({ kind: "address" as const, value, role })),
    ...destination.names.slice(0, 10).map((value) => ({ kind: "domain" as const, value, role })),
    ...hosts.map((host) => ({
      kind: "host" as const,
      value: host.slice(host.lastIndexOf("|") + 1),
      realm: host.slice(0, host.lastIndexOf("|")),
      role: "victim",
    })),
  ];
}

function who(context: DetectContext, { orgId, hosts }: Unit): ExplanationArg {
  if (orgId !== null) {
    const value = context.directory.organisations.get(orgId)?.name ?? orgId;
    return { type: "organisation", value, org: orgId };
  }
  const host = hosts[0] ?? "";
  return { type: "host", value: host.slice(host.lastIndexOf("|") + 1) };
}

function whom({ destination: { kind, value } }: Unit): ExplanationArg {
  return { type: kind === "provider" ? "text" : kind, value };
}

const bytes = (value: number): ExplanationArg => ({ type: "bytes", value: Math.round(value) });
const count = (value: number): ExplanationArg => ({ type: "number", value });
const percent = (value: number): ExplanationArg => ({ type: "percent", value });
const list = (value: string[]): ExplanationArg => ({ type: "list", value });

function megabytes(value: number): string {
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)} MB`;
}

/** `2023-09-12 03:00–05:00 UTC, 310 MB`; the hours are those of the roll-up, in which the connections began. */
function windowText({ from, to, out }: { from: number; to: number; out: number }): string {
  const begin = rfc3339(from * HOUR);
  return `${begin.slice(0, 10)} ${begin.slice(11, 16)}–${rfc3339((to + 1) * HOUR).slice(11, 16)} UTC, ${megabytes(out)}`;
}

export function irregularFinding(
  context: DetectContext,
  { timed: { unit, job }, facts, score }: Irregular,
  index: EvidenceIndex,
): Finding {
  const largest = facts.episodes.slice(0, WINDOWS);
  const sent = sum(unit.episodes.map(({ out }) => out));
  const got = sum(unit.episodes.map((each) => each.in));
  const most = (value: (episode: (typeof facts.episodes)[number]) => number) =>
    Math.max(0, ...facts.episodes.map(value));
  const { compared } = score;
  const start = [
    who(context, unit),
    bytes(sent),
    whom(unit),
    bytes(got),
    count(unit.episodes.length),
    count(facts.uploadDays),
    { type: "time" as const, value: rfc3339((unit.episodes[0]?.from ?? 0) * HOUR) },
    { type: "time" as const, value: rfc3339(((unit.episodes.at(-1)?.to ?? 0) + 1) * HOUR) },
    list(largest.slice(0, 5).map(windowText)),
  ];
  const usual = [count(compared), bytes(most(({ own }) => own.median)), bytes(most(({ own }) => own.high))];
  const organisation = unit.orgId === null ? [] : [bytes(most((each) => each.organisation.high))];
  const end = [percent(score.beyond / Math.max(1, sent)), percent(job.cadence), percent(facts.amongBackups)];
  const isCompared = score.history !== "none";
  return makeFinding(unit, index, {
    severity: score.severity,
    score: score.score,
    components: score.components,
    title: say("backup-exfiltration.went-uploads-no-backup", megabytes(sent), unit.destination.value),
    key: !isCompared ? "irregular-uncompared" : unit.orgId === null ? "irregular-alone" : "irregular",
    args: [
      ...start,
      ...(isCompared ? [...usual, ...organisation, ...end] : []),
      list(besides(facts, score.restsOnSuspicion)),
    ],
    caveats: caveatsOf(score.history, compared, job.likeness === undefined),
    facts: {
      shape: "irregular",
      bytes_out: sent,
      bytes_in: got,
      beyond_bytes: score.beyond,
      upload_days: facts.uploadDays,
      window_from: largest.map(({ from }) => rfc3339(from * HOUR)),
      window_to: largest.map(({ to }) => rfc3339((to + 1) * HOUR)),
      window_bytes: largest.map(({ out }) => out),
      window_host: largest.map(({ host }) => host),
      expected_low: 0,
      expected_high: Math.round(most(({ own }) => own.high)),
      organisation_expected_high: Math.round(most((each) => each.organisation.high)),
      compared_days: compared,
      history: score.history,
      job_likeness: job.likeness ?? -1,
      cadence: job.cadence,
      other_organisations: facts.others,
      other_organisations_with_job: facts.othersWithJob,
      other_organisations_kept: facts.othersKept,
      contact_days: facts.contactDays,
      quietest_hours_share: Math.round(facts.quietest * 1000) / 1000,
      days_before_contact: Math.floor(facts.daysBefore),
      among_backups_share: Math.round(facts.amongBackups * 1000) / 1000,
      unattended_share: Math.round(facts.unattended * 1000) / 1000,
      suspected_by: detectorsOf(facts),
      rests_on_suspicion: score.restsOnSuspicion,
    },
  });
}

function detectorsOf({ suspected }: Facts): string[] {
  return [...new Set(suspected.map(({ detector }) => detector))].sort();
}

/** What there is besides volume and times. Detectors are named, not their findings: a title may name another organisation. */
function besides(facts: Facts, restsOnSuspicion: boolean): string[] {
  const detectors = detectorsOf(facts).join(", ");
  return [
    keptContact(facts) >= KEPT
      ? `a machine keeps contact between the uploads, on ${facts.contactDays} days and at all hours of the day`
      : "no contact is kept between the uploads",
    facts.daysBefore >= 1
      ? `the sensor watched for ${Math.floor(facts.daysBefore)} days before the first contact`
      : "the contact is as old as the telemetry",
    ...(facts.othersKept > 0
      ? [`${facts.othersKept} other organisations send to it in the same manner`]
      : []),
    ...(detectors === ""
      ? []
      : [
          `the server is suspected by ${detectors}${restsOnSuspicion ? ", without which this would be low" : ""}`,
        ]),
  ];
}

function caveatsOf(history: string, compared: number, rhythmUnknown: boolean): string[] {
  return [
    say("backup-exfiltration.only-volumes-times-known"),
    say("backup-exfiltration.connection-volume-counts-hour"),
    ...(history === "long" ? [] : [say("backup-exfiltration.only-other-days-could", compared)]),
    ...(rhythmUnknown ? [say("backup-exfiltration.too-few-days-uploads")] : []),
  ];
}

/** A surge has 5 robust standard deviations at least: full at twice that, and for 5 GB beyond the expected. */
function surgeComponents({ surges, timed: { unit } }: Surged): ScoreComponent[] {
  const provider = unit.destination.kind === "provider";
  const most = Math.max(...surges.map(({ deviations }) => deviations));
  const excess = sum(surges.map(({ bytes: sent, expected }) => sent - expected.median));
  return [
    {
      name: "beyond the expected",
      value: clamp(most / 10),
      weight: 0.4,
      meaning: say("backup-exfiltration.robust-standard-deviations-log", most.toFixed(1)),
    },
    {
      name: "volume",
      value: clamp(Math.log10(Math.max(1, excess / 5e6)) / 3),
      weight: 0.4,
      meaning: say("backup-exfiltration.more-than-expected-logarithmic", megabytes(excess)),
    },
    {
      name: "unlisted destination",
      value: provider ? 0 : 1,
      weight: 0.2,
      meaning: provider
        ? say("backup-exfiltration.known-provider")
        : say("backup-exfiltration.no-known-provider-runs"),
    },
  ];
}

export function surgeScore(surged: Surged): number {
  return sum(surgeComponents(surged).map(({ value, weight }) => value * weight));
}

/** Never above low: a new disk, a restored server or a changed job look the same. */
export function surgeFinding(context: DetectContext, surged: Surged, index: EvidenceIndex): Finding {
  const { unit, boundary, days, job } = surged.timed;
  const found = [...surged.surges].sort((a, b) => b.bytes - a.bytes).slice(0, WINDOWS);
  const [top] = found as [(typeof found)[number]];
  const score = surgeScore(surged);
  const windowOf = (day: number) => ({ from: day * 24 + boundary, to: day * 24 + boundary + 23 });
  const windows = found.map(({ day, bytes: out }) => ({ ...windowOf(day), out }));
  const excess = sum(surged.surges.map(({ bytes: sent, expected }) => sent - expected.median));
  return makeFinding(unit, index, {
    severity: score >= 0.5 ? "low" : "informational",
    score: Math.round(score * 1000) / 1000,
    components: surgeComponents(surged),
    title: say(
      "backup-exfiltration.one-day-where-most",
      megabytes(top.bytes),
      unit.destination.value,
      megabytes(top.expected.high),
    ),
    key: "surge",
    args: [
      who(context, unit),
      whom(unit),
      count(days.length),
      count(surged.surges.length),
      { type: "time", value: rfc3339((windows[0]?.from ?? 0) * HOUR) },
      bytes(top.bytes),
      bytes(top.expected.low),
      bytes(top.expected.high),
      bytes(excess),
      list(windows.slice(0, 5).map(windowText)),
    ],
    caveats: [say("backup-exfiltration.full-backup-out-turn")],
    facts: {
      shape: "surge",
      bytes_out: sum(found.map(({ bytes: sent }) => sent)),
      beyond_bytes: Math.round(excess),
      upload_days: days.length,
      window_from: windows.map(({ from }) => rfc3339(from * HOUR)),
      window_to: windows.map(({ to }) => rfc3339((to + 1) * HOUR)),
      window_bytes: windows.map(({ out }) => out),
      expected_low: Math.round(top.expected.low),
      expected_high: Math.round(top.expected.high),
      deviations: Math.round(top.deviations * 10) / 10,
      job_likeness: job.likeness ?? -1,
      cadence: job.cadence,
    },
  });
}
