import { joinItems } from "../kernel/lists.js";
import type { Hardening, Reach, Recommendations } from "../model/recommendation.js";
import { type MessageKey, say, sayIfKnown } from "./catalogue.js";

/** What the measure is; its id where the list is newer than the words. */
export function measureText({ id }: Hardening): string {
  return sayIfKnown(`hardening.${id}`) ?? id;
}

export function needsText({ id }: Hardening): string {
  return sayIfKnown(`needs.${id}`) ?? "";
}

const PARTS: readonly (keyof Reach)[] = ["organisations", "incidents", "steps", "days"];

/** The sum behind a score, e.g. `0.5 × mean of organisations 1 of 1, steps 4 of 40`. */
export function sumText(measure: Hardening, considered: Recommendations["considered"]): string {
  const parts = PARTS.filter((part) => considered[part] > 0).map((part) =>
    say(`actions.reach.${part}` as MessageKey, measure.reach[part], considered[part]),
  );
  return say("actions.sum", measure.effect === "prevents" ? 1 : 0.5, joinItems(parts));
}
