import type { Condition, DetectionRule, FilterRule } from "../rule/model.js";

/** A rule's condition without what filters take away from it. */
export function withFilters(rule: DetectionRule, filters: readonly FilterRule[]): Condition {
  const own = filters.filter(
    ({ rules, logsource }) =>
      (rules === "any" || rules.some((name) => name === rule.id || (name !== "" && name === rule.name))) &&
      (["product", "category", "service"] as const).every(
        (key) => logsource[key] === undefined || logsource[key] === rule.logsource[key],
      ),
  );
  if (own.length === 0) return rule.condition;
  return { kind: "and", parts: [rule.condition, ...own.map(({ condition }): Condition => condition)] };
}
