import { z } from "zod";
import { entitySchema } from "./finding.js";

/** What to do now, in the order in which it is done: evidence is lost to those who isolate first (NIST SP 800-61r2, section 3.3). */
export const RESPONSE_ACTIONS = [
  "preserve-logs",
  "block-confirmed",
  "isolate-hosts",
  "reset-accounts",
  "check-suspected",
  "search-shared",
  "examine-hosts",
  "collect-host-logs",
  "fill-outages",
] as const;
export type ResponseAction = (typeof RESPONSE_ACTIONS)[number];

export const EFFECTS = ["prevents", "hinders", "reveals"] as const;
export const COSTS = ["low", "medium", "high"] as const;

/** How much of what happened here a measure answers: counts, so that whoever doubts the score can do the sum. */
export const reachSchema = z.object({
  organisations: z.number().int(),
  incidents: z.number().int(),
  steps: z.number().int(),
  /** Days of dwell from the first finding that the measure answers to the last finding, summed over organisations. */
  days: z.number().int(),
});
export type Reach = z.infer<typeof reachSchema>;

export const responseSchema = z.object({
  id: z.string(),
  action: z.enum(RESPONSE_ACTIONS),
  /** Whose; null where it is for all. */
  org_id: z.string().nullable(),
  /** Hosts, accounts or infrastructure, at most 40: that of which findings say most first; hosts to examine before that by why they are examined (docs/assessment.md). */
  targets: z.array(entitySchema),
  /** Targets beyond these. */
  more: z.number().int(),
  /** Whether the last contact or finding lies in the last seven days of the telemetry. */
  active: z.boolean(),
  findings: z.array(z.string()).min(1),
});
export type Response = z.infer<typeof responseSchema>;

export const hardeningSchema = z.object({
  /** Id of the measure in `hardening.yaml`. */
  id: z.string(),
  effect: z.enum(EFFECTS),
  cost: z.enum(COSTS),
  /** The factor for its effect times the mean of the shares of `reach` in `considered`. No probability. */
  score: z.number().min(0).max(1),
  reach: reachSchema,
  /** Steps that no measure above it answers. */
  new_steps: z.number().int(),
  /** ATT&CK mitigations that stand behind it, e.g. `M1037`. */
  mitigations: z.array(z.string()),
  /** Techniques found here that it answers. */
  techniques: z.array(z.string()),
  findings: z.array(z.string()).min(1),
});
export type Hardening = z.infer<typeof hardeningSchema>;

export const recommendationsSchema = z.object({
  /** In order of doing. */
  response: z.array(responseSchema),
  /** In order of effect for this network. */
  hardening: z.array(hardeningSchema),
  /** All that happened here: what the shares are shares of. */
  considered: reachSchema,
  /** Techniques found here that no measure of the list answers. */
  unanswered: z.array(z.string()),
});
export type Recommendations = z.infer<typeof recommendationsSchema>;
