/**
 * A Sigma rule as a tree of conditions, after the specification 2.1.0 (SigmaHQ/sigma-specification: sigma-rules-specification.md and its
 * appendices on modifiers; public domain). Both evaluators, the matcher of events and the compiler to SQL, start from it.
 */

export const LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogSource {
  category?: string;
  product?: string;
  service?: string;
}

/** One element of a text: characters word for word, `*`, `?`, or one character of several. */
export type PatternPart = string | { wild: "any" | "one" } | { of: string };

/** A text with wildcards that must cover the whole value. */
export interface TextPattern {
  parts: readonly PatternPart[];
  cased: boolean;
}

export type TimePart = "minute" | "hour" | "day" | "week" | "month" | "year";

export type Predicate =
  | { kind: "text"; pattern: TextPattern }
  | { kind: "number"; value: number; text: string }
  | { kind: "regex"; source: string; flags: string }
  | { kind: "cidr"; network: string }
  | { kind: "compare"; operator: "lt" | "lte" | "gt" | "gte"; value: number }
  | { kind: "time"; part: TimePart; operator: "eq" | "lt" | "lte" | "gt" | "gte"; value: number }
  | { kind: "null" }
  | { kind: "exists"; expected: boolean }
  | {
      kind: "fieldref";
      other: string;
      how: "equals" | "startswith" | "endswith" | "contains";
      cased: boolean;
    };

export type Condition =
  | { kind: "and" | "or"; parts: readonly Condition[] }
  | { kind: "not"; part: Condition }
  | { kind: "field"; field: string; predicate: Predicate }
  /** A value somewhere in the event, whatever the field. */
  | { kind: "keyword"; predicate: Predicate };

/** What all documents of a rule file have. */
interface RuleHead {
  /** File as it was named, and the line at which the document begins. */
  path: string;
  line: number;
  id: string;
  /** Name by which correlations may refer to it. */
  name: string;
  title: string;
  description: string;
  level: Level;
  status: string;
  tags: readonly string[];
}

export interface DetectionRule extends RuleHead {
  kind: "detection";
  logsource: LogSource;
  condition: Condition;
}

export const CORRELATIONS = [
  "event_count",
  "value_count",
  "temporal",
  "temporal_ordered",
  "value_sum",
  "value_avg",
  "value_percentile",
] as const;
export type CorrelationType = (typeof CORRELATIONS)[number];

export interface CorrelationRule extends RuleHead {
  kind: "correlation";
  type: CorrelationType;
  /** Ids or names of detection or correlation rules. */
  rules: readonly string[];
  groupBy: readonly string[];
  /** Seconds. */
  timespan: number;
  /** All must hold; absent for temporal correlations, which ask for every rule. */
  conditions: readonly { operator: "gt" | "gte" | "lt" | "lte" | "eq" | "neq"; value: number }[];
  /** The field that is counted, summed up or averaged; '' where the type needs none. */
  field: string;
  /** Percentile in 0..100, for value_percentile. */
  percentile: number;
  /** Alias to the field that stands for it in each rule. */
  aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Whether the rules it refers to are reported by themselves as well. */
  generate: boolean;
}

/** Takes away from the matches of the rules it names (`any` for all of its log source). */
export interface FilterRule extends RuleHead {
  kind: "filter";
  logsource: LogSource;
  rules: readonly string[] | "any";
  condition: Condition;
}

export type SigmaRule = DetectionRule | CorrelationRule | FilterRule;

export type RuleStatus = "ok" | "unsupported" | "invalid" | "unmapped";

/** Why a document cannot be run as it stands. A rule is never dropped: it is in the list of rules, or here. */
export interface RuleProblem {
  path: string;
  line: number;
  ruleId: string;
  title: string;
  status: Exclude<RuleStatus, "ok">;
  reason: string;
}
