import type { Finding } from "../../model/finding.js";
import { indicatorsOf, type ReportedIndicator } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { Programs } from "../programs.js";
import type { Collector } from "./collector.js";
import { objectId } from "./ids.js";

/** A case on its way into a bundle: what was made so far, by the ids that the assessment has for it. */
export interface Scene {
  readonly input: ReportInput;
  readonly stix: Collector;
  /** Id of the report object, which is added last: what is about nothing smaller is about the whole. */
  readonly report: string;
  readonly indicators: readonly ReportedIndicator[];
  readonly findings: ReadonlyMap<string, Finding>;
  /** Organisations in contact, by `org_id`. */
  readonly organisations: Map<string, string>;
  /** By value of the assessment's infrastructure. */
  readonly infrastructure: Map<string, string>;
  readonly indicatorRefs: Map<string, string>;
  /** What was observed, by finding. */
  readonly observed: Map<string, string>;
  /** What it means, by finding. */
  readonly notes: Map<string, string>;
  /** Groupings by incident. */
  readonly incidents: Map<string, string>;
  readonly campaigns: Map<string, string>;
  /** What the bundle leaves out, in words; it stands in the report object. */
  readonly leftOut: Set<string>;
  readonly programs: Programs;
}

export function makeScene(input: ReportInput, stix: Collector): Scene {
  return {
    input,
    stix,
    report: objectId("report", stix.context.caseName, "assessment"),
    indicators: indicatorsOf(input).usable,
    findings: new Map(input.findings.map((finding) => [finding.id, finding])),
    organisations: new Map(),
    infrastructure: new Map(),
    indicatorRefs: new Map(),
    observed: new Map(),
    notes: new Map(),
    incidents: new Map(),
    campaigns: new Map(),
    leftOut: new Set(),
    programs: new Programs(),
  };
}

/** A score or probability 0..1 on the scale of STIX 2.1, appendix A (0 to 100). */
export function percent(share: number): number | undefined {
  return Number.isFinite(share) ? Math.round(Math.min(1, Math.max(0, share)) * 100) : undefined;
}

/** "None / Low / Med / High" of appendix A: the middle of each. */
export const CONFIDENCE = { low: 15, moderate: 50, high: 85 } as const;

/** The references that exist, each once. */
export function refs(...lists: readonly (Iterable<string | undefined> | undefined)[]): string[] {
  const found = new Set<string>();
  for (const list of lists) for (const ref of list ?? []) if (ref !== undefined) found.add(ref);
  return [...found];
}
