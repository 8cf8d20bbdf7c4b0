import { z } from "zod";
import {
  componentSchema,
  entitySchema,
  explanationSchema,
  SEVERITIES,
  statementsSchema,
  TLP_LEVELS,
} from "./finding.js";

/** Enterprise tactics of ATT&CK, in the order of its matrix. */
export const TACTICS = [
  "reconnaissance",
  "resource-development",
  "initial-access",
  "execution",
  "persistence",
  "privilege-escalation",
  "defense-evasion",
  "credential-access",
  "discovery",
  "lateral-movement",
  "collection",
  "command-and-control",
  "exfiltration",
  "impact",
] as const;
export type Tactic = (typeof TACTICS)[number];

/** As people write it: `command and control`. */
export function tacticName(tactic: Tactic): string {
  return tactic.replaceAll("-", " ");
}

/** OCSF 1.x, `incident_finding.status`. Correlation only ever opens incidents; the rest is for those who work on them. */
export const INCIDENT_STATUSES = ["new", "in_progress", "on_hold", "resolved", "closed"] as const;

/** One thing that happened. Near-duplicates are one step: `finding` is the strongest of them, `also` names the others. */
export const incidentStepSchema = z.object({
  /** RFC 3339, UTC: when it was first seen. */
  time: z.string(),
  last_seen: z.string(),
  /** Title of the finding; its explanation has the typed arguments. */
  what: z.string(),
  host: z.string(),
  /** All hosts that the step's findings name, at most 50. */
  hosts: z.array(z.string()),
  finding: z.string(),
  also: z.array(z.string()),
  severity: z.enum(SEVERITIES),
  techniques: z.array(z.string()),
  /** The tactic that the step has in the kill chain, or the first of its techniques; null where it names no known technique. */
  tactic: z.enum(TACTICS).nullable(),
  /** Whether it belongs to the longest plausible sequence of tactics. */
  in_chain: z.boolean(),
});
export type IncidentStep = z.infer<typeof incidentStepSchema>;

/** How a finding came in. `belief` is 0..1; `via` is what it has in common with the finding named in `from`. */
export const incidentMemberSchema = z.object({
  finding: z.string(),
  belief: z.number().min(0).max(1),
  /** `strong`: of medium severity or above; `related`: brought in by belief that spread to it, or about many hosts at once (`from` is null). */
  basis: z.enum(["strong", "related"]),
  from: z.string().nullable(),
  via: entitySchema.nullable(),
});
export type IncidentMember = z.infer<typeof incidentMemberSchema>;

export const incidentSchema = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  score: z.number().min(0).max(1),
  components: z.array(componentSchema),
  status: z.enum(INCIDENT_STATUSES),
  /** Of the earliest strong finding: what is weak and was there before may be habit. */
  first_seen: z.string(),
  /** Of the latest finding of all. */
  last_seen: z.string(),
  /** Empty where no line of the inventory covers its hosts. */
  org_ids: z.array(z.string()),
  /** In the order in which they were first involved. */
  hosts: z.array(z.string()),
  accounts: z.array(z.string()),
  techniques: z.array(z.string()),
  /** Tactics of the kill chain, in order. */
  tactics: z.array(z.enum(TACTICS)),
  /** Every finding, also those folded into a step of another and those too weak for a step. */
  findings: z.array(z.string()),
  members: z.array(incidentMemberSchema),
  steps: z.array(incidentStepSchema),
  /** What its findings are about, most often named first, at most 60. */
  entities: z.array(entitySchema.extend({ findings: z.number().int() })),
  explanation: explanationSchema,
  caveats: z.array(z.string()),
  statements: statementsSchema,
  campaign_id: z.string().nullable(),
  tlp: z.enum(TLP_LEVELS),
});
export type Incident = z.infer<typeof incidentSchema>;

export const campaignSchema = z.object({
  id: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  score: z.number().min(0).max(1),
  first_seen: z.string(),
  last_seen: z.string(),
  org_ids: z.array(z.string()),
  incidents: z.array(z.string()),
  /** Findings about what is shared that belong to no single organisation. */
  findings: z.array(z.string()),
  techniques: z.array(z.string()),
  /** What ties the incidents together, that of most organisations first. */
  shared: z.array(
    z.object({
      kind: entitySchema.shape.kind,
      value: z.string(),
      /** Organisations and, where no line of the inventory covers the hosts, address plans. */
      organisations: z.number().int(),
      incidents: z.number().int(),
    }),
  ),
  explanation: explanationSchema,
  caveats: z.array(z.string()),
  statements: statementsSchema,
  tlp: z.enum(TLP_LEVELS),
});
export type Campaign = z.infer<typeof campaignSchema>;

/** What became of all findings: each is in an incident or in `standing_alone`. */
export const correlationSummarySchema = z.object({
  findings: z.number().int(),
  /** Findings that are in an incident. */
  joined: z.number().int(),
  /** Steps of all incidents: what a reader has to look at. */
  steps: z.number().int(),
  incidents: z.number().int(),
  campaigns: z.number().int(),
  /** Ids of findings that are in no incident: too weak, and tied to nothing stronger. */
  standing_alone: z.array(z.string()),
  /** What did not join because it is popular: all of it, for nothing of this is blocked, and traffic of these hosts may be somebody else's. */
  popular: z.array(entitySchema.pick({ kind: true, value: true, realm: true }).extend({ why: z.string() })),
  statements: statementsSchema,
});
export type CorrelationSummary = z.infer<typeof correlationSummarySchema>;

export interface Correlation {
  /** Highest severity and score first. */
  incidents: Incident[];
  campaigns: Campaign[];
  summary: CorrelationSummary;
}
