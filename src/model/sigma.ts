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
