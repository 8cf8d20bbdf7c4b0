import { recommend } from "../../src/assess/actions/index.js";
import { correlate, INCIDENT_MESSAGES } from "../../src/correlate/index.js";
import { DAY, HOUR, isoDay, parseTime, rfc3339, WEEK, weekStart } from "../../src/kernel/time.js";
import {
  type AssessedInfrastructure,
  type AssessedOrganisation,
  type Assessment,
  assessmentSchema,
  likelihoodWord,
  type OrgStatus,
} from "../../src/model/assessment.js";
import { type Finding, findingId, findingSchema } from "../../src/model/finding.js";
import { type EvidenceText, evidenceKey, type ReportInput } from "../../src/report/port.js";

/** A synthetic case of any size. Everything in it is invented; equal options give an equal case. */
export interface FixtureOptions {
  organisations?: number;
  touched?: number;
  weeks?: number;
  findings?: number;
  linesPerFinding?: number;
  seed?: number;
}

/** Park–Miller: good enough to make pictures uneven, and the same everywhere. */
function random(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

const SECTORS = [
  "defence",
  "government-public-services",
  "human-rights",
  "financial-services",
  "commercial",
  "non-profit",
  "mining",
  "telecommunications",
  "energy",
];
const FIRST = ["Harbour", "Meadow", "Northern", "River", "Granite", "Lotus", "Copper", "Monsoon"];
const SECOND = [
  "Ministry",
  "Treasury",
  "Authority",
  "Commission",
  "Agency",
  "Institute",
  "Council",
  "Bureau of Natural Resources and Regional Planning",
];
const WORDS = ["palmvault", "reefstore", "tidecopy"];
const LABELS = ["api", "connect", "share", "sync"];

export const MESSAGES = {
  ...INCIDENT_MESSAGES,
  "infrastructure-contact.persistent":
    "{0} talked to {1} on {2} days between {3} and {4} from {5}, sent {6} and received {7}. The longest gap was {8}; {9} of the connections were answered.",
  "cloud-masquerade.server": "{0} poses as cloud storage: {1}. It was first seen {2} and used by {3} hosts.",
};

export function makeInput(options: FixtureOptions = {}): ReportInput {
  const {
    organisations: total = 64,
    touched = 24,
    weeks: weekCount = 13,
    findings: findingCount = 40,
    linesPerFinding = 6,
    seed = 7,
  } = options;
  const next = random(seed);
  const start = weekStart(parseTime("2023-08-01"));
  const end = start + weekCount * WEEK - 3 * HOUR;
  const outage = { from: start + 5 * WEEK + 2 * DAY, to: start + 5 * WEEK + 4 * DAY };
  const weeks = Array.from({ length: weekCount }, (_, index) => isoDay(start + index * WEEK));
  const lullFrom = start + Math.floor(weekCount * 0.66) * WEEK;
  const infrastructure = makeInfrastructure(start, end);

  const organisations = Array.from({ length: total }, (_, index): AssessedOrganisation => {
    const status: OrgStatus =
      index < touched * 0.75
        ? "compromised"
        : index < touched * 0.9
          ? "suspected"
          : index < touched
            ? "contacted"
            : index % 17 === 16
              ? "no_data"
              : "no_evidence";
    const began = Math.floor(next() * weekCount * 0.4);
    const contact = index < touched;
    const orgWeeks = weeks.map((_, week): AssessedOrganisation["weeks"][number] => {
      const at = start + week * WEEK;
      if (status === "no_data") return { state: "no_data", days: 0, bytes_out: 0, connections: 0 };
      if (index % 9 === 3 && week === 5) return { state: "no_data", days: 0, bytes_out: 0, connections: 0 };
      const lull = at === lullFrom;
      const days = status === "contacted" ? (week === began ? 1 : 0) : Math.min(7, Math.floor(next() * 8));
      if (contact && week >= began && days > 0 && !lull)
        return { state: "active", days, bytes_out: days * 4e7 * (1 + next()), connections: days * 140 };
      return { state: week === 5 ? "partial" : "none", days: 0, bytes_out: 0, connections: 0 };
    });
    const active = orgWeeks.filter((week) => week.state === "active");
    const likelihood =
      status === "compromised"
        ? 0.86 + 0.1 * next()
        : status === "suspected"
          ? 0.6
          : status === "contacted"
            ? 0.15
            : 0.03;
    const org_id = `org-${String(index).padStart(3, "0")}`;
    const out = active.reduce((sum, week) => sum + week.bytes_out, 0);
    return {
      org_id,
      name: `${FIRST[index % 8]} ${SECOND[Math.floor(index / 8) % 8]}${index >= 64 ? ` ${Math.floor(index / 64) + 1}` : ""}`,
      sector: SECTORS[index % 9] ?? "",
      subsector: index % 3 === 0 ? "regional office" : "",
      status,
      likelihood,
      likelihood_word: likelihoodWord(likelihood),
      confidence: status === "compromised" ? "high" : "moderate",
      first_seen: active.length > 0 ? rfc3339(start + began * WEEK + 30 * HOUR) : null,
      last_seen: active.length > 0 ? rfc3339(end - 20 * HOUR) : null,
      active_days: active.reduce((sum, week) => sum + week.days, 0),
      bytes_out: out,
      bytes_in: out * 0.08,
      hosts:
        active.length === 0
          ? []
          : Array.from({ length: 1 + (index % 3) }, (_, host) => ({
              address: `10.${index % 250}.1.${10 + host}`,
              realm: `realm-${index}`,
              name: host === 0 ? `mail-${index}` : "",
              role: host === 0 ? "mail_server" : "workstation",
              first_seen: rfc3339(start + began * WEEK + 30 * HOUR),
              last_seen: rfc3339(end - 20 * HOUR),
              bytes_out: out / 3,
              bytes_in: out / 40,
              findings: [],
            })),
      within_reach: null,
      uploads: null,
      judgements: [],
      findings: [],
      why: contact
        ? [
            `In contact with three servers that pose as cloud storage, over ${active.length} of ${weekCount} weeks.`,
            ...(status === "compromised" ? ["Uploads are 12 times downloads."] : []),
          ]
        : [],
      sensors: [`sensor-${index % 5}`],
      weeks: orgWeeks,
    };
  });
  for (const [index, item] of infrastructure.entries()) {
    item.organisations = organisations
      .filter((org, at) => org.first_seen !== null && (at + index) % 3 !== 0)
      .map((org) => org.org_id);
  }

  const evidence = new Map<string, EvidenceText>();
  const findings = Array.from({ length: findingCount }, (_, index) =>
    makeFinding(index, organisations, infrastructure, linesPerFinding, start, evidence),
  );
  for (const finding of findings)
    organisations.find((org) => org.org_id === finding.org_id)?.findings.push(finding.id);
  for (const [index, item] of infrastructure.entries())
    item.findings = findings.slice(index, index + 2).map((finding) => finding.id);

  const { incidents, campaigns, summary: correlation } = correlate(findings, { hosts: 400 });
  const days = Array.from({ length: weekCount * 7 }, (_, index) => start + index * DAY);
  const assessment: Omit<Assessment, "recommendations"> = {
    version: 1,
    case: "Cloud storage that is none (simulated)",
    generated_at: "2023-11-02T08:00:00Z",
    tlp: "amber",
    synthetic: true,
    telemetry: {
      files: 1_288,
      rows: 1_043_221,
      rejected: 17,
      first: rfc3339(start),
      last: rfc3339(end),
      outages: [0, 1, 2, 3]
        .map((sensor) => ({
          sensor_id: `sensor-${sensor}`,
          from: rfc3339(outage.from),
          to: rfc3339(outage.to),
          hours: 48,
        }))
        .concat([
          { sensor_id: "sensor-4", from: rfc3339(outage.from), to: rfc3339(outage.to + 2 * DAY), hours: 96 },
        ]),
      sensors: [0, 1, 2, 3, 4].map((sensor) => ({
        sensor_id: `sensor-${sensor}`,
        realm: `realm-${sensor}`,
        first: rfc3339(sensor === 3 ? start + 9 * DAY : start),
        last: rfc3339(end),
        hours_up: weekCount * 168 - 48,
        hours_down: 48,
        rows: 208_644,
      })),
      classes: { network_activity: 801_220, dns_activity: 190_001, tls_activity: 52_000 },
    },
    weeks,
    organisations,
    sectors: SECTORS.map((sector) => {
      const members = organisations.filter((org) => org.sector === sector);
      const count = (status: OrgStatus) => members.filter((org) => org.status === status).length;
      return {
        sector,
        organisations: members.length,
        compromised: count("compromised"),
        suspected: count("suspected"),
        contacted: count("contacted"),
      };
    }),
    infrastructure,
    links: infrastructure
      .flatMap((item, index) =>
        item.kind === "domain"
          ? [
              {
                from: item.value,
                to: `203.0.113.${10 + (index % 4)}`,
                relation: "resolved to",
                confidence: 0.9,
              },
            ]
          : [],
      )
      .concat([
        { from: "203.0.113.10", to: "ab".repeat(32), relation: "presented certificate", confidence: 1 },
        { from: "203.0.113.11", to: "ab".repeat(32), relation: "presented certificate", confidence: 1 },
      ]),
    outflow: { to_infrastructure: 5e9, elsewhere: 7e8 },
    volumes: days.flatMap((day) => {
      const lull = day >= lullFrom && day < lullFrom + 9 * DAY;
      if ((day >= outage.from && day < outage.to) || lull) return [];
      const bytes = 2e8 * (0.6 + next()) * (new Date(day).getUTCDay() % 6 === 0 ? 0.25 : 1);
      return [
        {
          day: isoDay(day),
          bytes_out: bytes,
          bytes_in: bytes * 0.09,
          connections: 2_000,
          organisations: Math.floor(8 + next() * 14),
        },
      ];
    }),
    incidents,
    campaigns,
    correlation,
    schedules: [],
    attribution: [],
    replay: null,
    detection_limits: null,
    judgements: [
      {
        statement: `It is very likely that ${Math.round(touched * 0.75)} organisations in nine sectors are compromised by one activity cluster that uses servers posing as cloud storage.`,
        likelihood: 0.92,
        confidence: "high",
        confidence_statement:
          "Confidence in this judgement is high: contacts persist for months and are seen by five independent sensors.",
        findings: findings.slice(0, 12).map((finding) => finding.id),
      },
      {
        statement: "It is likely that data left these organisations disguised as backups.",
        likelihood: 0.7,
        confidence: "moderate",
        confidence_statement: "Confidence is moderate: volumes and directions fit, contents are encrypted.",
        findings: findings.slice(12, 15).map((finding) => finding.id),
      },
      {
        statement: "There is not enough evidence to say who is behind it.",
        likelihood: null,
        confidence: "low",
        confidence_statement: "Confidence is low: network telemetry alone does not show operators.",
        findings: [],
      },
    ],
    not_assessed: [
      { what: "Who logged on to the hosts", why: "No authentication log was delivered." },
      { what: "Contents of the uploads", why: "Sessions are encrypted; sizes and times were used instead." },
      { what: "19–21 September", why: "Four of five sensors delivered nothing for two days." },
    ],
    detectors: [
      {
        id: "infrastructure-contact",
        title: "Contact with watched infrastructure",
        status: "ran",
        reason: "",
        evaluated: [
          { what: "host pairs", count: 88_120 },
          { what: "indicators", count: 14 },
        ],
        findings: 22,
        seconds: 1.8,
      },
      {
        id: "cloud-masquerade",
        title: "Servers that pose as cloud storage",
        status: "ran",
        reason: "",
        evaluated: [{ what: "registrable domains", count: 4_118 }],
        findings: 18,
        seconds: 3.1,
      },
      {
        id: "long-connection",
        title: "Long connections",
        status: "not_tested",
        reason: "no network_activity with durations in this case",
        evaluated: [],
        findings: 0,
        seconds: 0,
      },
      {
        id: "first-contact",
        title: "New and rare destinations",
        status: "off",
        reason: "switched off in longwatch.yaml",
        evaluated: [],
        findings: 0,
        seconds: 0,
      },
    ],
    caveats: [
      "The data is simulated: it tests the pipeline and is no evidence of detection quality.",
      "Likelihoods are the tool's and were not calibrated on real campaigns.",
    ],
  };
  return {
    assessment: assessmentSchema.parse({
      ...assessment,
      recommendations: recommend(
        assessment,
        findings,
        { directory: { resolve: () => undefined }, machine: (_, value) => value },
        end,
      ),
    }),
    findings: findings.map((finding) => findingSchema.parse(finding)),
    messages: MESSAGES,
    evidence,
  };
}

function makeInfrastructure(start: number, end: number): AssessedInfrastructure[] {
  const item = (
    value: string,
    kind: AssessedInfrastructure["kind"],
    basis: AssessedInfrastructure["basis"],
    score: number,
    why: string,
  ): AssessedInfrastructure => ({
    value,
    kind,
    role: basis === "related" ? "sibling" : "server",
    score,
    first_seen: rfc3339(start + 2 * DAY),
    last_seen: rfc3339(end - DAY),
    organisations: [],
    why: [why],
    findings: [],
    basis,
  });
  return [
    ...WORDS.flatMap((word, at) =>
      LABELS.map((label, index) =>
        item(
          `${label}.${word}.example`,
          "domain",
          at === 0 ? "confirmed" : "suspected",
          0.95 - 0.06 * at - 0.02 * index,
          "Same four service labels on three young domains.",
        ),
      ),
    ),
    ...[10, 11, 12, 13].map((host, index) =>
      item(
        `203.0.113.${host}`,
        "address",
        index < 2 ? "suspected" : "related",
        0.8 - index * 0.1,
        "Seven ports that no backup service uses.",
      ),
    ),
    item("ab".repeat(32), "certificate", "related", 0.62, "Shared by two of the servers."),
  ];
}

function makeFinding(
  index: number,
  organisations: readonly AssessedOrganisation[],
  infrastructure: readonly AssessedInfrastructure[],
  lines: number,
  start: number,
  evidence: Map<string, EvidenceText>,
): Finding {
  const org =
    organisations[index % Math.max(1, organisations.filter((entry) => entry.first_seen !== null).length)];
  const server = infrastructure[index % infrastructure.length];
  const contact = index % 3 !== 2;
  const detector = contact ? "infrastructure-contact" : "cloud-masquerade";
  const first = start + (index % 30) * DAY;
  const items = Array.from({ length: lines }, (_, line) => {
    const number = index * 1_000 + line + 9;
    const source = `slice-${index % 12}`;
    if (line === lines - 1)
      evidence.set(evidenceKey(source, number), { missing: "the file is no longer there" });
    else
      evidence.set(evidenceKey(source, number), {
        path: `logs/sensor-${index % 5}/conn.${isoDay(first)}.log.gz`,
        text: `${first / 1000 + line}.118273\tCx${index}a${line}\t10.1.1.10\t${50_000 + line}\t203.0.113.10\t443\ttcp\tssl\t12.4\t880123\t4120\tSF\tT\tF\t0\tShADadFf`,
      });
    return {
      table: "network_activity",
      source_id: source,
      line: number,
      time: rfc3339(first + line * HOUR),
      summary: "880 kB out over TLS",
    };
  });
  return {
    id: findingId(detector, contact ? (org?.org_id ?? null) : null, server?.value ?? "", String(index)),
    detector,
    title: contact ? `Persistent contact with ${server?.value}` : `${server?.value} poses as cloud storage`,
    severity: (["critical", "high", "high", "medium", "low", "informational"] as const)[index % 6] ?? "low",
    score: 0.98 - (index % 10) * 0.07,
    components: [
      { name: "persistence", value: 0.92, weight: 0.4, meaning: "Weeks with contact among weeks with data" },
      { name: "upload ratio", value: 0.71, weight: 0.35, meaning: "Bytes out against bytes in" },
      { name: "rarity", value: 0.4, weight: 0.25, meaning: "How few hosts of the telemetry use the name" },
    ],
    first_seen: rfc3339(first),
    last_seen: rfc3339(first + 60 * DAY),
    org_id: contact ? (org?.org_id ?? null) : null,
    entities: [
      { kind: "domain", value: server?.value ?? "", role: "server" },
      { kind: "host", value: "10.1.1.10", role: "victim", realm: "realm-1" },
    ],
    attack: ["T1567.002", "T1036"],
    evidence: items,
    explanation: contact
      ? {
          key: "infrastructure-contact.persistent",
          args: [
            { type: "organisation", value: org?.name ?? "", org: org?.org_id },
            { type: "domain", value: server?.value ?? "" },
            { type: "number", value: 41 },
            { type: "time", value: rfc3339(first) },
            { type: "time", value: rfc3339(first + 60 * DAY) },
            { type: "list", value: ["10.1.1.10", "10.1.1.11"], org: org?.org_id },
            { type: "bytes", value: 1_234_567_890 },
            { type: "bytes", value: 92_345_678 },
            { type: "duration", value: 912_345 },
            { type: "percent", value: 0.97 },
          ],
        }
      : {
          key: "cloud-masquerade.server",
          args: [
            { type: "domain", value: server?.value ?? "" },
            { type: "text", value: "the name promises backups, and no known provider owns it" },
            { type: "time", value: rfc3339(first) },
            { type: "number", value: 31 },
          ],
        },
    caveats: index % 4 === 0 ? ["Two days of data are missing within this period."] : [],
    facts: {},
    tlp: "amber",
  };
}
