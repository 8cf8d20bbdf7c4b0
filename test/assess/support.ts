import type { AssessmentInput, Gathered } from "../../src/assess/index.js";
import type { ContactDay } from "../../src/assess/input.js";
import { DAY } from "../../src/kernel/time.js";
import { type Finding, findingId } from "../../src/model/finding.js";
import type { Correlation } from "../../src/model/incident.js";
import { directoryOf, START } from "../detect/infrastructure-contact/support.js";

export { START };
export const DAY0 = START / DAY;

export function finding(detector: string, more: Partial<Finding> = {}): Finding {
  return {
    id: findingId(detector, more.org_id ?? null, more.title ?? "", JSON.stringify(more.entities ?? [])),
    detector,
    title: `${detector} finding`,
    severity: "high",
    score: 0.8,
    components: [],
    first_seen: "2023-08-07T10:00:00Z",
    last_seen: "2023-09-15T10:00:00Z",
    org_id: "alpha",
    entities: [],
    attack: [],
    evidence: [],
    explanation: { key: "test", args: [] },
    caveats: [],
    facts: {},
    tlp: "clear",
    ...more,
  };
}

export const SERVER = "203.0.113.9";

export function contact(day: number, more: Partial<ContactDay> = {}): ContactDay {
  const first = START + day * DAY + 10 * 3_600_000;
  return {
    realm: "r1",
    host: "10.1.0.5",
    server: SERVER,
    port: 443,
    direction: "outbound",
    name: "",
    day: DAY0 + day,
    connections: 4,
    answered: 4,
    bytesOut: 1000,
    bytesIn: 100,
    first,
    last: first + 60_000,
    ...more,
  };
}

/** Hours since 1970 of whole days counted from the start. */
export function upDays(from: number, to: number): number[] {
  return Array.from({ length: (to - from) * 24 }, (_, hour) => (DAY0 + from) * 24 + hour);
}

export function gathered(more: Partial<Gathered> = {}): Gathered {
  return {
    files: 3,
    rows: 1000,
    rejected: 0,
    earlyTimes: 0,
    first: START,
    last: START + 56 * DAY - 1,
    sensors: [{ sensorId: "s1", realm: "r1", hours: upDays(0, 56), records: 1000 }],
    classes: { network_activity: 800, dns_activity: 200 },
    unused: [],
    visibility: [
      { orgId: "alpha", sensorId: "s1", connections: 500 },
      { orgId: "beta", sensorId: "s1", connections: 500 },
    ],
    contacts: [],
    assetContacts: [],
    serverNames: [],
    ...more,
  };
}

export const NO_CORRELATION: Correlation = {
  incidents: [],
  campaigns: [],
  summary: {
    findings: 0,
    joined: 0,
    steps: 0,
    incidents: 0,
    campaigns: 0,
    standing_alone: [],
    popular: [],
  },
};

export function input(more: Partial<AssessmentInput> = {}): AssessmentInput {
  return {
    caseName: "test",
    tlp: "amber",
    synthetic: false,
    generatedAt: "2023-11-01T00:00:00Z",
    findings: [],
    runs: [],
    schedules: [],
    correlation: NO_CORRELATION,
    attribution: [],
    replay: null,
    detectionLimits: null,
    directory: directoryOf([
      { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
      { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
      { cidr: "10.3.0.0/16", realm: "r3", org: "unseen" },
    ]),
    machine: (_, value) => value,
    gathered: gathered(),
    ...more,
  };
}
