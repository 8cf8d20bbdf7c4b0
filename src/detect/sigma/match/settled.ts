import type { Condition } from "../rule/model.js";
import { compile } from "./compile.js";
import { type Simplified, simplify } from "./simplify.js";
import type { EventView } from "./view.js";

/** Fields that are the same for every event of one kind. */
const FIXED = ["EventID", "Channel", "Provider_Name"];

/** What is left of a condition once the kind of event is known. @param example a view of any event of that kind */
export function settled(condition: Condition, example: EventView): Simplified {
  return simplify(condition, (leaf) =>
    leaf.kind === "field" && FIXED.includes(leaf.field) ? compile(leaf, example)(example) : undefined,
  );
}
