import type { Condition } from "../rule/model.js";

/** A condition of which some predicates are known beforehand. */
export type Simplified = Condition | boolean;

/** @param known the outcome of a leaf where it is known whatever the event */
export function simplify(condition: Condition, known: (leaf: Condition) => boolean | undefined): Simplified {
  switch (condition.kind) {
    case "and":
    case "or": {
      const neutral = condition.kind === "and";
      const parts: Condition[] = [];
      for (const part of condition.parts) {
        const simple = simplify(part, known);
        if (simple === !neutral) return simple;
        if (typeof simple !== "boolean") parts.push(simple);
      }
      if (parts.length === 0) return neutral;
      return parts.length === 1 ? (parts[0] as Condition) : { kind: condition.kind, parts };
    }
    case "not": {
      const simple = simplify(condition.part, known);
      return typeof simple === "boolean" ? !simple : { kind: "not", part: simple };
    }
    case "field":
    case "keyword":
      return known(condition) ?? condition;
  }
}
