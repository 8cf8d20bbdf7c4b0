import { unique } from "../../kernel/group-by.js";
import type { TableSource } from "./logsource/index.js";
import { simplify } from "./match/simplify.js";
import type { Condition } from "./rule/model.js";

/** Why a rule cannot be tried on the rows of a table; undefined where it can. */
export interface Untried {
  fields: string[];
  /** It would match without regard to what the rule excludes; otherwise it could never match. */
  excludes: boolean;
}

/**
 * A rule that needs a field which the table does not have would be silent for ever; one that excludes events by it would match what it should not, and is not
 * tried either.
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
  if (loose.length > 0) return { fields: unique(loose), excludes: true };
  const absent: string[] = [];
  const simple = simplify(condition, (leaf) => {
    const names = unknown(leaf);
    absent.push(...names);
    return names.length > 0 ? false : undefined;
  });
  return simple === false ? { fields: unique(absent), excludes: false } : undefined;
}

function holdsWhereAbsent(leaf: Condition): boolean {
  if (leaf.kind !== "field") return false;
  const { predicate } = leaf;
  return predicate.kind === "null" || (predicate.kind === "exists" && !predicate.expected);
}
