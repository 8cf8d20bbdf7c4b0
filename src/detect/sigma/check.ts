import { unique } from "../../kernel/group-by.js";
import type { CheckedRule } from "../../model/sigma.js";
import {
  type EventSource,
  eventSourcesOf,
  isKnown,
  type LogSourceEntry,
  tableSourcesOf,
} from "./logsource/index.js";
import { compile } from "./match/compile.js";
import { simplify } from "./match/simplify.js";
import { EventView } from "./match/view.js";
import type { Condition, LogSource, RuleProblem, SigmaRule } from "./rule/model.js";
import { RuleError } from "./rule/problem.js";
import { untried } from "./unmapped.js";

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
  logsource: LogSource,
  entries: readonly LogSourceEntry[],
): Pick<CheckedRule, "status" | "reason"> {
  if (!isKnown(logsource, entries))
    return {
      status: "ok",
      reason: `it is tried on nothing: logs of ${named(logsource)} are not read`,
    };
  const absent = eventSourcesOf(logsource, entries).map((source) => absentFields(condition, source));
  const tables = tableSourcesOf(logsource, entries).map((source) => untried(condition, source));
  if ([...absent, ...tables].includes(undefined)) return { status: "ok", reason: "" };
  const [untriable] = tables;
  if (untriable !== undefined) return { status: "unmapped", reason: untriable.reason };
  const fields = unique(absent.flatMap((each) => each ?? []));
  return { status: "unmapped", reason: `no event of its log source has the field ${fields.join(", ")}` };
}

const named = (logsource: LogSource): string =>
  Object.entries(logsource)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");

/** Fields for want of which the rule can never match; undefined where it can. */
function absentFields(condition: Condition, { fields, rename, join }: EventSource): string[] | undefined {
  if (fields === undefined) return undefined;
  const known = new Set(fields);
  const absent: string[] = [];
  const simple = simplify(condition, (leaf) => {
    if (leaf.kind !== "field" || leaf.predicate.kind === "null" || leaf.predicate.kind === "exists")
      return undefined;
    const { field } = leaf;
    if (known.has(rename?.[field] ?? field) || join?.[field] !== undefined || SYSTEM_FIELDS.has(field))
      return undefined;
    absent.push(field);
    return false;
  });
  return simple === false ? absent : undefined;
}
