import type { Condition } from "../rule/model.js";
import { fieldTest, keywordTest, type Test } from "./predicate.js";
import type { EventView } from "./view.js";

/** @throws RuleError if a predicate cannot be run */
export function compile(condition: Condition, view: EventView): Test {
  switch (condition.kind) {
    case "and": {
      const tests = condition.parts.map((part) => compile(part, view));
      return (event) => {
        for (const test of tests) if (!test(event)) return false;
        return true;
      };
    }
    case "or": {
      const tests = condition.parts.map((part) => compile(part, view));
      return (event) => {
        for (const test of tests) if (test(event)) return true;
        return false;
      };
    }
    case "not": {
      const test = compile(condition.part, view);
      return (event) => !test(event);
    }
    case "field":
      return fieldTest(view.slotOf(condition.field), condition.predicate, (field) => view.slotOf(field));
    case "keyword":
      return keywordTest(condition.predicate);
  }
}

/** Fields whose predicates hold without a `not` before them: what made the event match. */
export function fieldsThatHold(condition: Condition, view: EventView, into: Set<string>): boolean {
  switch (condition.kind) {
    case "and":
      return condition.parts.map((part) => fieldsThatHold(part, view, into)).every(Boolean);
    case "or":
      return condition.parts.map((part) => fieldsThatHold(part, view, into)).some(Boolean);
    case "not":
      return !fieldsThatHold(condition.part, view, new Set());
    case "field": {
      const holds = compile(condition, view)(view);
      if (holds) into.add(condition.field);
      return holds;
    }
    case "keyword":
      return compile(condition, view)(view);
  }
}
