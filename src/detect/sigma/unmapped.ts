import { unique } from "../../kernel/group-by.js";
import type { TableSource } from "./logsource/index.js";
import { simplify } from "./match/simplify.js";
import type { Condition } from "./rule/model.js";

/** Why a rule cannot be tried on the rows of a table: in words, with the fields that are to blame. */
export interface Untried {
  reason: string;
}

/**
 * A rule that needs a field which the table does not have would be silent for ever, and so would one that needs a field to be there and empty: the tables do not
 * tell that from absence. One that excludes events by a field which is not there would match what it should not, and is not tried either.
 */
export function untried(condition: Condition, source: TableSource): Untried | undefined {
  const unknown = (leaf: Condition): string[] => {
    if (leaf.kind !== "field") return [];
    const asked = leaf.predicate.kind === "fieldref" ? [leaf.field, leaf.predicate.other] : [leaf.field];
    return asked.filter((name) => !Object.hasOwn(source.fields, name));
  };
  const loose: string[] = [];
  const walk = (part: Condition, negated: boolean): void => {
    if (part.kind === "not") walk(part.part, !negated);
    else if (part.kind === "and" || part.kind === "or") for (const each of part.parts) walk(each, negated);
    else if (holdsWhereAbsent(part) !== negated) loose.push(...unknown(part));
  };
  walk(condition, false);
  if (loose.length > 0)
    return {
      reason: `it excludes events by the field ${unique(loose).join(", ")}, which no event of its log source has`,
    };
  const absent: string[] = [];
  const empty: string[] = [];
  const simple = simplify(condition, (leaf) => {
    const names = unknown(leaf);
    absent.push(...names);
    if (names.length > 0) return false;
    if (!asksForEmpty(leaf)) return undefined;
    empty.push(leaf.field);
    return false;
  });
  if (simple !== false) return undefined;
  return {
    reason:
      absent.length === 0
        ? `it asks for the field ${unique(empty).join(", ")} to be there and empty, which is stored as absent`
        : `no event of its log source has the field ${unique(absent).join(", ")}`,
  };
}

function asksForEmpty(leaf: Condition): leaf is Extract<Condition, { kind: "field" }> {
  return leaf.kind === "field" && leaf.predicate.kind === "text" && leaf.predicate.pattern.parts.length === 0;
}

function holdsWhereAbsent(leaf: Condition): boolean {
  if (leaf.kind !== "field") return false;
  const { predicate } = leaf;
  return predicate.kind === "null" || (predicate.kind === "exists" && !predicate.expected);
}
