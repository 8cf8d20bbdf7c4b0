import { isMap, isScalar, type Node } from "yaml";
import { CORRELATIONS, type CorrelationRule, type CorrelationType } from "./model.js";
import { RuleError } from "./problem.js";
import { fieldsOf, textOf, textsOf } from "./yaml-node.js";

type CorrelationBody = Omit<
  CorrelationRule,
  "kind" | "path" | "line" | "id" | "name" | "title" | "description" | "level" | "status" | "tags"
>;

const OPERATORS = ["gt", "gte", "lt", "lte", "eq", "neq"] as const;
const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};
const TEMPORAL: readonly CorrelationType[] = ["temporal", "temporal_ordered"];
const OF_A_FIELD: readonly CorrelationType[] = ["value_count", "value_sum", "value_avg", "value_percentile"];

/**
 * The map `correlation` (sigma-correlation-rules-specification.md, 2.1.0). A month is 30 days and a year 365.
 * @throws RuleError with the reason
 */
export function parseCorrelation(node: Node): CorrelationBody {
  const fields = fieldsOf(node);
  const at = node.range?.[0];
  const type = textOf(fields, "type") as CorrelationType;
  if (!CORRELATIONS.includes(type))
    throw new RuleError(`the correlation type "${type}" does not exist: ${CORRELATIONS.join(", ")}`, at);
  const rules = textsOf(fields, "rules");
  if (rules.length === 0) throw new RuleError("the correlation names no rules", at);
  const condition = fields.get("condition");
  const { conditions, field, percentile } =
    condition === undefined ? { conditions: [], field: "", percentile: 50 } : conditionOf(condition);
  if (conditions.length === 0 && !TEMPORAL.includes(type))
    throw new RuleError(`the correlation ${type} needs a condition`, at);
  if (OF_A_FIELD.includes(type) && field === "")
    throw new RuleError(`the correlation ${type} needs condition.field`, condition?.range?.[0] ?? at);
  return {
    type,
    rules,
    groupBy: textsOf(fields, "group-by"),
    timespan: timespanOf(textOf(fields, "timespan"), at),
    conditions,
    field,
    percentile,
    aliases: aliasesOf(fields.get("aliases")),
    generate: textOf(fields, "generate").toLowerCase() === "true",
  };
}

function timespanOf(text: string, at: number | undefined): number {
  const match = /^(\d+)([smhdwMy])$/.exec(text);
  const seconds = Number(match?.[1]) * (SECONDS[match?.[2] ?? ""] ?? Number.NaN);
  if (!(seconds > 0))
    throw new RuleError(`the timespan "${text}" is not a number with s, m, h, d, w, M or y`, at);
  return seconds;
}

function conditionOf(node: Node): Pick<CorrelationBody, "conditions" | "field" | "percentile"> {
  const fields = fieldsOf(node);
  const conditions: { operator: (typeof OPERATORS)[number]; value: number }[] = [];
  for (const operator of OPERATORS) {
    const text = textOf(fields, operator);
    if (text === "") continue;
    const value = Number(text);
    if (Number.isNaN(value))
      throw new RuleError(`"${text}" is not a number`, fields.get(operator)?.range?.[0]);
    conditions.push({ operator, value });
  }
  const known: readonly string[] = [...OPERATORS, "field", "percentile"];
  const unknown = [...fields.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new RuleError(`the condition has "${unknown}"`, fields.get(unknown)?.range?.[0]);
  const percentile = textOf(fields, "percentile");
  const share = percentile === "" ? 50 : Number(percentile);
  if (!(share >= 0 && share <= 100))
    throw new RuleError(
      `the percentile "${percentile}" is not within 0 to 100`,
      fields.get("percentile")?.range?.[0],
    );
  return { conditions, field: textOf(fields, "field"), percentile: share };
}

function aliasesOf(node: Node | undefined): Map<string, Map<string, string>> {
  const aliases = new Map<string, Map<string, string>>();
  if (node === undefined) return aliases;
  for (const [alias, byRule] of fieldsOf(node)) {
    if (!isMap(byRule))
      throw new RuleError(
        `the alias ${alias} does not say which field it is in which rule`,
        byRule.range?.[0],
      );
    const fields = new Map<string, string>();
    for (const [rule, field] of fieldsOf(byRule)) {
      if (!isScalar(field))
        throw new RuleError(`the alias ${alias} has no field for ${rule}`, field.range?.[0]);
      fields.set(rule, String(field.value));
    }
    aliases.set(alias, fields);
  }
  return aliases;
}
