import type { Condition } from "../rule/model.js";

/** Predicates that one statement tests: more of them, and the engine takes longer to plan it than to run it. */
const MOST_LEAVES = 600;
const MOST_RULES = 200;

/** Rules that are asked together, in as many statements as it takes. */
export function* inParts<Plan extends { condition: Condition }>(plans: readonly Plan[]): Generator<Plan[]> {
  let part: Plan[] = [];
  let leaves = 0;
  for (const plan of plans) {
    const more = leavesOf(plan.condition);
    if (part.length > 0 && (leaves + more > MOST_LEAVES || part.length >= MOST_RULES)) {
      yield part;
      part = [];
      leaves = 0;
    }
    part.push(plan);
    leaves += more;
  }
  if (part.length > 0) yield part;
}

function leavesOf(condition: Condition): number {
  if (condition.kind === "not") return leavesOf(condition.part);
  if (condition.kind === "field" || condition.kind === "keyword") return 1;
  return condition.parts.reduce((sum, part) => sum + leavesOf(part), 0);
}
