import type { EventSource } from "../logsource/index.js";
import type { DetectionRule } from "../rule/model.js";

export interface Match {
  rule: DetectionRule;
  /** The fields that made it match, by the rule's names, as the event has them. */
  fields(): Record<string, string>;
}

/** A rule together with one place where its events stand. */
export interface Placed {
  rule: DetectionRule;
  source: EventSource;
}
