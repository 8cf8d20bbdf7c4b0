import type { LogSourceEntry } from "./logsource/schema.js";
import type { SigmaRule } from "./rule/model.js";

/** Rules that can be run, and what is known of the logs that they ask for. */
export interface RuleSet {
  rules: readonly SigmaRule[];
  logSources: readonly LogSourceEntry[];
}
