import { z } from "zod";

/** One line of `sigma check --json` (design, section 9). Only ever gains fields. */
export const checkedRuleSchema = z.object({
  path: z.string(),
  /** Line of the document, or of what is wrong with it. */
  line: z.int(),
  rule_id: z.string(),
  title: z.string(),
  status: z.enum(["ok", "unsupported", "invalid", "unmapped"]),
  reason: z.string(),
});

export type CheckedRule = z.infer<typeof checkedRuleSchema>;

/** One line of `sigma match --json` (design, section 9). Only ever gains fields. */
export const sigmaMatchSchema = z.object({
  rule_id: z.string(),
  rule_title: z.string(),
  level: z.enum(["informational", "low", "medium", "high", "critical"]),
  /** Null for a correlation, which has no record of its own. */
  file: z.string().nullable(),
  /** Null for a correlation, and where what wrote the events as JSON left the number out. */
  record_id: z.number().nullable(),
  /** Of a text file: where the record begins, from 1. */
  line: z.int().optional(),
  /** Of the record; of the first event of a correlation's window. */
  time: z.string(),
  /** Empty where the event names none; a correlation has none. */
  computer: z.string().optional(),
  /** Of a correlation: the last event of its window, and how many it holds. */
  last_time: z.string().optional(),
  events: z.int().optional(),
  /** What made the rule match, by its own field names; for a correlation the fields of the group. */
  fields: z.record(z.string(), z.string()),
});

export type SigmaMatch = z.infer<typeof sigmaMatchSchema>;
