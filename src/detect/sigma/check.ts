import type { CheckedRule } from "../../model/sigma.js";
import { type LogSourceEntry, sourcesOf } from "./logsource/index.js";
import { compile } from "./match/compile.js";
import { simplify } from "./match/simplify.js";
import { EventView } from "./match/view.js";
import type { Condition, RuleProblem, SigmaRule } from "./rule/model.js";
import { RuleError } from "./rule/problem.js";

/** What runs, and what does not with the reason. */
export interface CheckedRules {
  runnable: SigmaRule[];
  checked: CheckedRule[];
}

/** Members of an event's System element that rules may name, whatever the event. */
const SYSTEM_FIELDS = new Set([
  ...["EventID", "Channel", "Provider_Name", "Computer", "Level", "Keywords", "Task", "Opcode", "Version"],
  ...["EventRecordID", "ProcessID", "ThreadID", "UserID", "SystemTime"],
]);

/**
 * Rules that the matcher can run, and every document with its outcome. Two rules of one id are both `invalid` from the second on: which of them an id
 * means could not be told.
 */
export function checkRules(
  rules: readonly SigmaRule[],
  problems: readonly RuleProblem[],
  entries: readonly LogSourceEntry[],
): CheckedRules {
  const runnable: SigmaRule[] = [];
  const byId = new Map<string, SigmaRule>();
  const checked = problems.map(
    ({ path, line, ruleId, title, status, reason }): CheckedRule => ({
      path,
      line,
      rule_id: ruleId,
      title,
      status,
      reason,
    }),
  );
  const names = new Set(rules.flatMap(({ id, name }) => [id, name]).filter((each) => each !== ""));
  for (const rule of rules) {
    const { status, reason } = outcomeOf(rule, byId, names, entries);
    if (status === "ok" || status === "unmapped") runnable.push(rule);
    if (rule.id !== "" && !byId.has(rule.id)) byId.set(rule.id, rule);
    checked.push({ path: rule.path, line: rule.line, rule_id: rule.id, title: rule.title, status, reason });
  }
  checked.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  return { runnable, checked };
}

function outcomeOf(
  rule: SigmaRule,
  byId: ReadonlyMap<string, SigmaRule>,
  names: ReadonlySet<string>,
  entries: readonly LogSourceEntry[],
): Pick<CheckedRule, "status" | "reason"> {
  const first = rule.id === "" ? undefined : byId.get(rule.id);
  if (first !== undefined)
    return { status: "invalid", reason: `its id is that of "${first.title}" (${first.path}:${first.line})` };
  if (rule.kind === "correlation") {
    const missing = rule.rules.find((name) => !names.has(name));
    return missing === undefined
      ? { status: "ok", reason: "" }
      : { status: "invalid", reason: `it refers to the rule ${missing}, which is not among the rules` };
  }
  try {
    compile(rule.condition, new EventView({}));
  } catch (error) {
    if (error instanceof RuleError) return { status: error.status, reason: error.message };
    throw error;
  }
  return rule.kind === "detection"
    ? mapped(rule.condition, rule.logsource, entries)
    : { status: "ok", reason: "" };
}

/** A rule that needs a field which none of its events can have would be silent for ever. */
function mapped(
  condition: Condition,
  logsource: Parameters<typeof sourcesOf>[0],
  entries: readonly LogSourceEntry[],
): Pick<CheckedRule, "status" | "reason"> {
  const sources = sourcesOf(logsource, entries) ?? [];
  const absent = new Set<string>();
  const able = sources.filter(({ fields, rename, join }) => {
    if (fields === undefined) return true;
    const known = new Set(fields);
    return (
      simplify(condition, (leaf) => {
        if (leaf.kind !== "field" || leaf.predicate.kind === "null" || leaf.predicate.kind === "exists")
          return undefined;
        const { field } = leaf;
        if (known.has(rename?.[field] ?? field) || join?.[field] !== undefined || SYSTEM_FIELDS.has(field))
          return undefined;
        absent.add(field);
        return false;
      }) !== false
    );
  });
  if (sources.length === 0 || able.length > 0) return { status: "ok", reason: "" };
  return { status: "unmapped", reason: `no event of its log source has the field ${[...absent].join(", ")}` };
}
