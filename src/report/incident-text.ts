import { parseTime, SECOND } from "../kernel/time.js";
import type { Evidence, Finding } from "../model/finding.js";
import { type CorrelationSummary, type IncidentStep, tacticName } from "../model/incident.js";
import { say } from "./catalogue.js";

/** `476 findings: 210 of them in 24 incidents (158 steps) and 1 campaign; 266 in none, too weak and tied to nothing stronger` */
export function reductionText(summary: CorrelationSummary): string {
  const { findings, joined, incidents, steps, campaigns, standing_alone: alone } = summary;
  if (incidents === 0)
    return findings === 0 ? say("incidents.reduction.nothing") : say("incidents.reduction.none", findings);
  const told = say("incidents.reduction", findings, joined, incidents, steps, campaigns);
  return alone.length === 0 ? told : `${told}${say("incidents.reduction.alone", alone.length)}`;
}

export function tacticText({ tactic }: IncidentStep): string {
  return tactic === null ? say("incidents.no-tactic") : tacticName(tactic);
}

/** Log lines that are told with one step. */
const LINES_OF_STEP = 3;

/**
 * The log lines that each step is told with: those of its own time, of a finding that has several steps. Where none is, the finding's first, with the first
 * step that tells it.
 */
export function evidenceOfSteps(
  steps: readonly IncidentStep[],
  findings: ReadonlyMap<string, Finding>,
): ReadonlyMap<IncidentStep, readonly Evidence[]> {
  const told = new Set<string>();
  return new Map(
    steps.map((step) => {
      const evidence = findings.get(step.finding)?.evidence ?? [];
      const own = evidence.filter(({ time }) => isDuring(time, step));
      const lines = own.length > 0 || told.has(step.finding) ? own : evidence;
      told.add(step.finding);
      return [step, lines.slice(0, LINES_OF_STEP)];
    }),
  );
}

/** Within the step's span, to the second: that is how far some logs have it. */
function isDuring(time: string, step: IncidentStep): boolean {
  const at = parseTime(time);
  return at > parseTime(step.time) - SECOND && at < parseTime(step.last_seen) + SECOND;
}
