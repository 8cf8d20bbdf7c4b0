import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Assessment } from "../src/model/assessment.js";
import type { Finding } from "../src/model/finding.js";

interface Step {
  id: string;
  step: string;
  technique: string;
  host: string;
  address: string;
  account: string | null;
  time: string;
  intrusion: string;
}

export interface StepScore extends Step {
  /** Detectors with a finding about the step: see {@link scoreStory}. */
  detectors: string[];
  incidents: string[];
}

/** The incident that has most of an intrusion's steps. */
export interface Told {
  intrusion: string;
  steps: number;
  /** '' where no incident has any. */
  incident: string;
  covered: number;
}

export interface StoryScore {
  steps: StepScore[];
  told: Told[];
  recall: number;
  findings: number;
  incidents: number;
  /** Incidents none of whose findings covers a step of an intrusion. */
  falseIncidents: string[];
}

const AROUND = 10 * 60_000;

/** `DOMAIN\\name`, `name@domain` or `name` against a name. */
function isAccount(value: string, name: string | null): boolean {
  const plain = value.slice(value.lastIndexOf("\\") + 1).split("@")[0] ?? "";
  return name !== null && plain.toLowerCase() === name.toLowerCase();
}

/**
 * What a hunt found of a simulated story. A step counts as found where a finding names its host, its address or its account, lies about its time (begins no more than ten
 * minutes after it and ends no more than ten before), and either has the step's technique or lasts no longer than an hour. What lasts for weeks and is about
 * something else, as a beacon, does not find what happens meanwhile.
 *
 * @param telemetry folder that `simulate` wrote, with truth.json
 */
export function scoreStory(
  telemetry: string,
  findings: readonly Finding[],
  assessment: Pick<Assessment, "incidents">,
): StoryScore {
  const truth = JSON.parse(readFileSync(join(telemetry, "truth.json"), "utf8")) as { steps: Step[] };
  const covers = (finding: Finding, step: Step): boolean => {
    const brief = Date.parse(finding.last_seen) - Date.parse(finding.first_seen) <= 6 * AROUND;
    const technique = step.technique.split(".")[0];
    if (!brief && !finding.attack.some((each) => each.split(".")[0] === technique)) return false;
    const at = Date.parse(step.time);
    const names = new Set([step.host.toLowerCase(), step.host.split(".")[0]?.toLowerCase(), step.address]);
    return (
      Date.parse(finding.first_seen) <= at + AROUND &&
      Date.parse(finding.last_seen) >= at - AROUND &&
      finding.entities.some(({ kind, value }) =>
        kind === "host"
          ? names.has(value.toLowerCase())
          : kind === "account" && isAccount(value, step.account),
      )
    );
  };
  const steps = truth.steps.map((step): StepScore => {
    const hits = findings.filter((finding) => covers(finding, step));
    const ids = new Set(hits.map(({ id }) => id));
    return {
      ...step,
      detectors: [...new Set(hits.map(({ detector }) => detector))].sort(),
      incidents: assessment.incidents
        .filter((incident) => incident.findings.some((id) => ids.has(id)))
        .map(({ id }) => id),
    };
  });
  const told = new Set(steps.flatMap(({ incidents }) => incidents));
  return {
    steps,
    told: [...new Set(steps.map(({ intrusion }) => intrusion))].sort().map((intrusion) => {
      const own = steps.filter((step) => step.intrusion === intrusion);
      const [most] = assessment.incidents
        .map(({ id }) => ({
          incident: id,
          covered: own.filter(({ incidents }) => incidents.includes(id)).length,
        }))
        .sort((a, b) => b.covered - a.covered);
      return { intrusion, steps: own.length, ...(most?.covered ? most : { incident: "", covered: 0 }) };
    }),
    recall: steps.filter(({ detectors }) => detectors.length > 0).length / Math.max(1, steps.length),
    findings: findings.length,
    incidents: assessment.incidents.length,
    falseIncidents: assessment.incidents.map(({ id }) => id).filter((id) => !told.has(id)),
  };
}

/** The score as a table, one line for each step, and what it comes to. */
export function storyTable(score: StoryScore): string {
  const rows = score.steps.map(({ id, technique, host, time, detectors, incidents }) => [
    id,
    technique,
    host.split(".")[0] ?? "",
    time.slice(0, 16),
    detectors.join(" ") || "not found",
    incidents.length === 0 ? "-" : `${incidents.length}`,
  ]);
  const all = [["step", "technique", "host", "time", "found by", "incidents"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const found = score.steps.filter(({ detectors }) => detectors.length > 0).length;
  return [
    ...lines,
    `found ${found} of ${score.steps.length} steps (${(100 * score.recall).toFixed(0)} %)`,
    ...score.told.map(
      ({ intrusion, steps: all, incident, covered }) =>
        `${intrusion}: ${covered} of ${all} steps in ${incident || "no incident"}`,
    ),
    `${score.findings} findings become ${score.incidents} incidents, ${score.falseIncidents.length} of them without a step of an intrusion`,
    "",
  ].join("\n");
}
