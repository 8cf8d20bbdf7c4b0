import { z } from "zod";
import { WEEK } from "../kernel/time.js";
import { assessedScheduleSchema } from "./assessed-schedule.js";
import { attributionSchema } from "./attribution.js";
import { detectionLimitsSchema } from "./detection-limits.js";
import { CONFIDENCES, statementsSchema, TLP_LEVELS } from "./finding.js";
import { campaignSchema, correlationSummarySchema, incidentSchema } from "./incident.js";
import { organisationJudgementSchema, uploadsSchema } from "./organisation-judgement.js";
import { recommendationsSchema } from "./recommendation.js";
import { replaySchema } from "./replay.js";
import { withinReachSchema } from "./within-reach.js";

/** `hunt --json` and `assessment.json` (design, section 9). Only ever gains fields. */
export const ASSESSMENT_VERSION = 1;

export const ORG_STATUSES = ["compromised", "suspected", "contacted", "no_evidence", "no_data"] as const;
export type OrgStatus = (typeof ORG_STATUSES)[number];

/**
 * Whether contact was still going on when the telemetry ended: in its last seven days, which hold a weekend.
 *
 * @param lastSeen ms since 1970
 * @param end of the telemetry, in the same
 */
export const isActive = (lastSeen: number, end: number) => lastSeen >= end - WEEK;

export const outageSchema = z.object({
  sensor_id: z.string(),
  from: z.string(),
  to: z.string(),
  hours: z.number(),
});
export type Outage = z.infer<typeof outageSchema>;

export const assessedHostSchema = z.object({
  /** Empty where only hosts' own logs name the host, and nothing gives its address. */
  address: z.string(),
  realm: z.string(),
  name: z.string(),
  role: z.string(),
  first_seen: z.string(),
  last_seen: z.string(),
  bytes_out: z.number(),
  bytes_in: z.number(),
  /** What tells of it: findings behind the contact, and those that name it. */
  findings: z.array(z.string()),
});

export const assessedOrganisationSchema = z.object({
  org_id: z.string(),
  name: z.string(),
  sector: z.string(),
  subsector: z.string(),
  status: z.enum(ORG_STATUSES),
  /** Probability 0..1 that the organisation is compromised. */
  likelihood: z.number().min(0).max(1),
  /** ICD 203 word of the likelihood. */
  likelihood_word: z.string(),
  confidence: z.enum(CONFIDENCES),
  first_seen: z.string().nullable(),
  last_seen: z.string().nullable(),
  active_days: z.number().int(),
  bytes_out: z.number(),
  bytes_in: z.number(),
  hosts: z.array(assessedHostSchema),
  /** Assets of the list that were or could have been within reach; null where the organisation is neither compromised nor suspected, or not the reader's. */
  within_reach: withinReachSchema.nullable(),
  /** What detectors of uploads measured, to whomever; null where within_reach is. */
  uploads: uploadsSchema.nullable(),
  /** What is judged of it, sentence by sentence; none where it is neither compromised nor suspected. */
  judgements: z.array(organisationJudgementSchema),
  findings: z.array(z.string()),
  /** Short sentences: why this status. */
  why: z.array(z.string()),
  /** Sensors that see the organisation's ranges. */
  sensors: z.array(z.string()),
  /** One entry for each week of `weeks`: `active` (contact seen), `none` (sensor up, nothing), `partial` (nothing, sensor partly down), `no_data`. */
  weeks: z.array(
    z.object({
      state: z.enum(["active", "none", "partial", "no_data"]),
      days: z.number().int(),
      bytes_out: z.number(),
      connections: z.number(),
    }),
  ),
});
export type AssessedOrganisation = z.infer<typeof assessedOrganisationSchema>;

export const infrastructureSchema = z.object({
  value: z.string(),
  kind: z.enum(["domain", "address", "certificate", "network", "fingerprint"]),
  role: z.string(),
  score: z.number().min(0).max(1),
  first_seen: z.string(),
  last_seen: z.string(),
  organisations: z.array(z.string()),
  why: z.array(z.string()),
  findings: z.array(z.string()),
  /** `confirmed` (the user's list), `suspected` (found by behaviour), `related` (a sibling of one of these). */
  basis: z.enum(["confirmed", "suspected", "related"]),
  /** Other domains live at this address too (shared hosting): a rule for it would catch their visitors. */
  shared: z.boolean().optional(),
});
export type AssessedInfrastructure = z.infer<typeof infrastructureSchema>;

export const judgementSchema = z.object({
  /** Sentences: likelihood and confidence never share one (ICD 203). */
  statement: z.string(),
  likelihood: z.number().min(0).max(1).nullable(),
  confidence: z.enum(CONFIDENCES),
  confidence_statement: z.string(),
  findings: z.array(z.string()),
});

export const assessmentSchema = z.object({
  version: z.literal(ASSESSMENT_VERSION),
  case: z.string(),
  generated_at: z.string(),
  tlp: z.enum(TLP_LEVELS),
  synthetic: z.boolean(),
  telemetry: z.object({
    files: z.number().int(),
    rows: z.number().int(),
    rejected: z.number().int(),
    first: z.string().nullable(),
    last: z.string().nullable(),
    outages: z.array(outageSchema),
    sensors: z.array(
      z.object({
        sensor_id: z.string(),
        realm: z.string(),
        first: z.string(),
        last: z.string(),
        hours_up: z.number().int(),
        hours_down: z.number().int(),
        rows: z.number().int(),
      }),
    ),
    classes: z.record(z.string(), z.number().int()),
  }),
  /** Mondays (UTC) of the weeks that the matrix covers. */
  weeks: z.array(z.string()),
  organisations: z.array(assessedOrganisationSchema),
  sectors: z.array(
    z.object({
      sector: z.string(),
      organisations: z.number().int(),
      compromised: z.number().int(),
      suspected: z.number().int(),
      contacted: z.number().int(),
    }),
  ),
  infrastructure: z.array(infrastructureSchema),
  /** Edges of the infrastructure graph: from, to, relation, confidence. */
  links: z.array(
    z.object({ from: z.string(), to: z.string(), relation: z.string(), confidence: z.number() }),
  ),
  /** Bytes per day to and from the infrastructure above. */
  volumes: z.array(
    z.object({
      day: z.string(),
      bytes_out: z.number(),
      bytes_in: z.number(),
      connections: z.number(),
      organisations: z.number().int(),
    }),
  ),
  /**
   * Bytes that left the organisations that are compromised or suspected: to the infrastructure above (the sum of `volumes`), and at least so much in measured uploads
   * to none of it. Neither holds any of the other.
   */
  outflow: z.object({ to_infrastructure: z.number(), elsewhere: z.number() }),
  /** Gravest first. */
  incidents: z.array(incidentSchema),
  campaigns: z.array(campaignSchema),
  /** How far findings came down to incidents, and what is in none. */
  correlation: correlationSummarySchema,
  /** Working hours of whoever is behind servers: clusters before their servers, most activity first. */
  schedules: z.array(assessedScheduleSchema),
  /** Who could be behind campaigns and incidents: campaigns first, then incidents, gravest first. */
  attribution: z.array(attributionSchema),
  /** When it could have been known (`longwatch replay`); null where nobody asked. */
  replay: replaySchema.nullable(),
  /** How much could hide (`longwatch detection-limits`); null where nobody asked. */
  detection_limits: detectionLimitsSchema.nullable(),
  judgements: z.array(judgementSchema),
  /** What to do now, and what would have stopped it. */
  recommendations: recommendationsSchema,
  not_assessed: z.array(z.object({ what: z.string(), why: z.string() })),
  detectors: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      status: z.enum(["ran", "not_tested", "off"]),
      reason: z.string(),
      evaluated: z.array(z.object({ what: z.string(), count: z.number() })),
      findings: z.number().int(),
      seconds: z.number(),
      statements: statementsSchema,
    }),
  ),
  caveats: z.array(z.string()),
  /** Of its own sentences; findings, incidents, campaigns and schedules have theirs. */
  statements: statementsSchema,
});
export type Assessment = z.infer<typeof assessmentSchema>;

/** ICD 203 words for a probability (ODNI, Analytic Standards; the bounds are the directive's). */
export function likelihoodWord(probability: number): string {
  if (probability < 0.01) return "remote";
  if (probability < 0.05) return "almost no chance";
  if (probability < 0.2) return "very unlikely";
  if (probability < 0.45) return "unlikely";
  if (probability <= 0.55) return "roughly even chance";
  if (probability <= 0.8) return "likely";
  if (probability <= 0.95) return "very likely";
  return "almost certain";
}
