import { joinItems } from "../kernel/lists.js";
import type { OrgStatus } from "../model/assessment.js";
import type { Confidence, Severity } from "../model/finding.js";
import { type RelationKind, strongestRelation } from "../model/relation.js";
import { isSupporting } from "../model/supporting.js";
import { relationText, severityText } from "../model/words.js";
import { type Bearing, basisText, independentLines, type Line, supportOf } from "./independence.js";
import { say } from "./reason-messages.js";

export interface StatusInput {
  bearings: readonly Bearing[];
  /** Sensors with at least one record that involves the organisation's ranges. */
  sensors: number;
  /** Share of the telemetry's hours in which all of these sensors were up. */
  coverage: number;
  /** Different ISO weeks with contact. */
  activeWeeks: number;
  /** Detectors that looked at the telemetry. */
  detectorsRun: number;
}

export interface StatusResult {
  status: OrgStatus;
  likelihood: number;
  confidence: Confidence;
  lines: Line[];
  why: string[];
}

/** A persistent relation with infrastructure that the user's list states with enough confidence. */
export function persistentConfirmed(bearings: readonly Bearing[]): Bearing[] {
  return bearings.filter(
    ({ finding, kind }) =>
      finding.detector === "infrastructure-contact" &&
      kind === "persistent" &&
      finding.facts.confirmed === true,
  );
}

/** Design, section 9: the rules for `status`, in this order. */
export function statusOf(input: StatusInput): StatusResult {
  const lines = independentLines(input.bearings);
  const confirmed = persistentConfirmed(input.bearings);
  const contacts = input.bearings.filter((each) => !isSupporting(each.finding));
  const common = { lines, confidence: confidenceOf(input, lines) };
  if (confirmed.length > 0 || lines.length >= 2) {
    const why = [
      ...(confirmed.length > 0 ? [say("why.confirmed")] : []),
      ...(lines.length >= 2 ? [say("why.lines", lines.length, names(lines))] : []),
    ];
    return { ...common, status: "compromised", likelihood: likelihoodOf(lines, confirmed), why };
  }
  if (lines.length === 1) {
    const why = [say("why.line", names(lines))];
    return { ...common, status: "suspected", likelihood: likelihoodOf(lines, confirmed), why };
  }
  if (contacts.length > 0) {
    const kind = strongestRelation(contacts.map((each) => each.kind));
    const why = [say("why.contact", relationText(kind))];
    return { ...common, status: "contacted", likelihood: CONTACTED[kind], why };
  }
  if (input.sensors === 0) {
    const why = [say("why.unseen")];
    return { ...common, status: "no_data", likelihood: 0, confidence: "low", why };
  }
  const why = [say("why.nothing")];
  return { ...common, status: "no_evidence", likelihood: BASE, why };
}

function names(lines: readonly Line[]): string {
  return joinItems(
    lines.map((line) => say("line.with", basisText(line), severityText(line.finding.severity))),
  );
}

/** How probable a compromise is before any evidence. Nobody knows; it is stated, small, and the same for everyone. */
export const BASE = 0.05;
const STRENGTH: Record<Severity, number> = {
  informational: 0,
  low: 0,
  medium: 0.45,
  high: 0.65,
  critical: 0.8,
};
const CONTACTED: Record<RelationKind, number> = {
  persistent: 0.2,
  repeated: 0.15,
  single: 0.08,
  lookup_only: 0.07,
  scanning: 0.05,
};
/** No log proves a compromise beyond this. */
const CEILING = 0.97;

/**
 * Noisy-or of the lines over the base rate: each line alone would convince with its strength, and a line leaves only the doubt that all of
 * them leave. A persistent relation with confirmed infrastructure gives at least 0.6 + 0.35 × the list's confidence.
 */
export function likelihoodOf(lines: readonly Line[], confirmed: readonly Bearing[]): number {
  const doubt = lines.reduce((rest, line) => rest * (1 - STRENGTH[line.finding.severity]), 1 - BASE);
  const stated = Math.max(0, ...confirmed.map(({ finding }) => Number(finding.facts.confidence ?? 0)));
  const floor = confirmed.length > 0 ? 0.6 + 0.35 * Math.min(1, stated) : 0;
  return Math.round(Math.min(CEILING, Math.max(1 - doubt, floor)) * 1000) / 1000;
}

/**
 * How good the evidence is, whatever it says: one point for each independent line (at most two), for contact in four or more weeks, for a
 * server known in two or more ways, for a source that is sure of itself (0.8), half a point for each detector with supporting findings about
 * the same servers or hosts (at most two); one point less where the sensors were down for a fifth of the time, and where no server ever answered. Four
 * points are high, two moderate. Absence of evidence is never known with high confidence.
 */
export function confidenceOf(input: StatusInput, lines: readonly Line[]): Confidence {
  if (lines.length === 0) {
    return input.coverage >= 0.9 && input.detectorsRun >= 2 ? "moderate" : "low";
  }
  const findings = lines.flatMap((line) => line.findings);
  const ways = Math.max(
    ...findings.map(({ facts }) => (Array.isArray(facts.matched_by) ? facts.matched_by.length : 1)),
  );
  const sure = findings.some(({ facts }) => Number(facts.confidence ?? 0) >= 0.8);
  const unanswered = findings.every(({ facts }) => facts.answered === 0);
  const support = new Set(supportOf(lines, input.bearings).map(({ detector }) => detector)).size;
  const points =
    Math.min(2, lines.length) +
    (input.activeWeeks >= 4 ? 1 : 0) +
    (ways >= 2 ? 1 : 0) +
    (sure ? 1 : 0) +
    0.5 * Math.min(2, support) -
    (input.coverage < 0.8 ? 1 : 0) -
    (unanswered ? 1 : 0);
  return points >= 4 ? "high" : points >= 2 ? "moderate" : "low";
}
