import { z } from "zod";
import { contentId } from "../kernel/ids.js";
import { ARGUMENT_TYPES } from "../kernel/statements.js";

export const SEVERITIES = ["informational", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CONFIDENCES = ["low", "moderate", "high"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** TLP 2.0 (FIRST), least to most restrictive. */
export const TLP_LEVELS = ["clear", "green", "amber", "amber+strict", "red"] as const;
export type Tlp = (typeof TLP_LEVELS)[number];

export const entityKinds = [
  "host",
  "account",
  "process",
  "file",
  "domain",
  "address",
  "certificate",
  "fingerprint",
  "service",
  "network",
] as const;

/** Something a finding is about. `realm` says whose private address it is. */
export const entitySchema = z.object({
  kind: z.enum(entityKinds),
  value: z.string(),
  realm: z.string().optional(),
  /** What the entity is in this finding, e.g. `victim`, `server`. */
  role: z.string().optional(),
});
export type Entity = z.infer<typeof entitySchema>;

/** Makes entities of one address realm. */
export const entityIn =
  (realm: string) =>
  (kind: Entity["kind"], value: string, role: string): Entity => ({ kind, value, realm, role });

/** One addend of a score. `value` and `weight` are 0..1; the score is the detector's stated combination of them. */
export const componentSchema = z.object({
  name: z.string(),
  value: z.number(),
  weight: z.number(),
  meaning: z.string(),
});
export type ScoreComponent = z.infer<typeof componentSchema>;

/** A line of a log: `source_id` names the slice of a file (table `source_slice`), `line` counts from 1 in that file. */
export const evidenceSchema = z.object({
  table: z.string(),
  source_id: z.string(),
  line: z.number().int(),
  time: z.string(),
  summary: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** A typed argument of an explanation. Arguments that name an organisation or its hosts carry `org`, so that a report for one organisation can black out the others. */
export const explanationArgSchema = z.object({
  type: z.enum(ARGUMENT_TYPES),
  value: z.union([z.string(), z.number(), z.array(z.string())]),
  org: z.string().optional(),
});
export type ExplanationArg = z.infer<typeof explanationArgSchema>;

export const wordArgument = (key: string): ExplanationArg => ({ type: "word", value: key });
export const textArgument = (value: string): ExplanationArg => ({ type: "text", value });

/** A message key of `report/messages.ts` with its arguments: text is made last, in the report. */
export const explanationSchema = z.object({ key: z.string(), args: z.array(explanationArgSchema) });
export type Explanation = z.infer<typeof explanationSchema>;

/** Of the English sentences that stand beside it, by these: what they are made of, so that a report can say them in another language and to another reader. Cases of old have none. */
export const statementsSchema = z.record(z.string(), explanationSchema).optional();

/** What of a finding happened on one host, or from one host to another (in this order), and when. */
export const partSchema = z.object({
  /** RFC 3339, UTC. */
  first_seen: z.string(),
  last_seen: z.string(),
  entities: z.array(entitySchema),
});
export type FindingPart = z.infer<typeof partSchema>;

export const findingSchema = z.object({
  id: z.string(),
  detector: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  score: z.number().min(0).max(1),
  components: z.array(componentSchema),
  /** RFC 3339, UTC. */
  first_seen: z.string(),
  last_seen: z.string(),
  org_id: z.string().nullable(),
  entities: z.array(entitySchema),
  attack: z.array(z.string()),
  evidence: z.array(evidenceSchema),
  explanation: explanationSchema,
  caveats: z.array(z.string()),
  statements: statementsSchema,
  /**
   * Of a finding that gathers acts on several hosts: what each of them has to do with it. Hosts of different parts have nothing else in common, as far as this finding
   * knows; those of one part met each other. Not there where all that the finding names belongs together.
   */
  parts: z.array(partSchema).optional(),
  /** Detector-specific facts that later stages read (numbers and strings only). Documented in the detector's manifest. */
  facts: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.array(z.number())]),
  ),
  tlp: z.enum(TLP_LEVELS),
});
export type Finding = z.infer<typeof findingSchema>;

/**
 * A finding's identity: detector, organisation and main entity. Not the evidence, which grows: analysts' decisions hang
 * on the id.
 */
export function findingId(detector: string, orgId: string | null, ...entity: string[]): string {
  return `${detector}-${contentId(detector, orgId ?? "", ...entity).slice(0, 12)}`;
}

/** Severity of a score under a detector's own ladder; `ladder` gives the least score for low, medium, high, critical. */
export function severityOf(score: number, ladder: readonly [number, number, number, number]): Severity {
  const steps = ladder.filter((least) => score >= least).length;
  return SEVERITIES[steps] ?? "informational";
}

export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** The strictest of several markings; findings inherit it from their evidence (design, section 2). */
export function strictestTlp(levels: readonly Tlp[]): Tlp {
  return TLP_LEVELS[Math.max(0, ...levels.map((level) => TLP_LEVELS.indexOf(level)))] ?? "clear";
}
