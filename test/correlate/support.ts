import { type CorrelateOptions, correlate } from "../../src/correlate/index.js";
import { DAY, parseTime, rfc3339 } from "../../src/kernel/time.js";
import { type Entity, type Finding, findingId } from "../../src/model/finding.js";
import type { Correlation, Incident } from "../../src/model/incident.js";

export const START = parseTime("2026-03-02T00:00:00Z");

/** A synthetic finding. `day` is when it began, `days` how long it went on; `name` tells it from others of its detector. */
export interface Made extends Partial<Finding> {
  name: string;
  day?: number;
  days?: number;
}

export function make({ name, day = 0, days = 0, ...more }: Made): Finding {
  const detector = more.detector ?? name;
  const orgId = more.org_id === undefined ? "alpha" : more.org_id;
  return {
    id: findingId(detector, orgId, name),
    detector,
    title: `${name} happened`,
    severity: "high",
    score: 0.8,
    components: [],
    first_seen: rfc3339(START + day * DAY),
    last_seen: rfc3339(START + (day + days) * DAY),
    org_id: orgId,
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

export const host = (value: string, realm = "r1", role = "victim"): Entity => ({
  kind: "host",
  value,
  realm,
  role,
});
export const server = (value: string): Entity => ({ kind: "domain", value, role: "server" });
export const account = (value: string): Entity => ({ kind: "account", value, realm: "r1" });

export function run(findings: readonly Finding[], options: Partial<CorrelateOptions> = {}): Correlation {
  return correlate(findings, { hosts: 100, ...options });
}

/** Incidents as the names of their findings, which is what most tests are about. */
export function groupsOf({ incidents }: Correlation, findings: readonly Finding[]): string[][] {
  const names = new Map(findings.map((finding) => [finding.id, finding.title.replace(" happened", "")]));
  return incidents
    .map((incident) => incident.findings.map((id) => names.get(id) ?? "").sort())
    .sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
}

export function only({ incidents }: Correlation): Incident {
  if (incidents.length !== 1) throw new Error(`${incidents.length} incidents instead of one`);
  return incidents[0] as Incident;
}
