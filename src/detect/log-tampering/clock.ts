import { MINUTE } from "../../kernel/time.js";
import type { LogCopy } from "./copies.js";
import { type IdSign, isMixed } from "./ids.js";
import type { Machine } from "./machine.js";

/** What a step back in time of one log means, beside the other logs of its host. */
export type StepVerdict =
  /** The clock was set, or other logs step back with it. */
  | "explained"
  /** No other log of the host has records of that time. */
  | "alone"
  | "unexplained";

/** @param siblings newest copies of the other logs of the host */
export function judgeStep(
  { at, seconds }: LogCopy["steps"][number],
  siblings: readonly LogCopy[],
  machine: Machine,
): StepVerdict {
  const before = at + seconds * 1000;
  if (machine.clockSetBetween(at, before)) return "explained";
  // From the first record after the step to the last before it.
  const meets = (from: number, to: number) => from <= before + MINUTE && to >= at - MINUTE;
  if (siblings.some(({ steps }) => steps.some((step) => meets(step.at, step.at + step.seconds * 1000))))
    return "explained";
  return siblings.some(({ firstTime, lastTime }) => firstTime < at && lastTime > before)
    ? "unexplained"
    : "alone";
}

export interface ClockSigns {
  signs: IdSign[];
  /** Steps that no other log could bear out or contradict, and those of copies with parts of other times. */
  alone: number;
}

export function clockSigns(
  copy: LogCopy,
  siblings: readonly LogCopy[],
  machine: Machine,
  leastMinutes: number,
): ClockSigns {
  const steps = copy.steps.filter(({ seconds }) => seconds * 1000 >= leastMinutes * MINUTE);
  const judged = steps.map((step) => ({
    step,
    verdict: isMixed(copy) ? ("alone" as const) : judgeStep(step, siblings, machine),
  }));
  return {
    signs: judged
      .filter(({ verdict }) => verdict === "unexplained")
      .map(({ step: { id, at, seconds } }) => ({
        kind: "clock",
        what: `record ${id} was written ${Math.round(seconds / 60)} minutes before the one in front of it, while no other log of the host steps back and nobody set the clock`,
        harmless: "",
        shown: [id - 1, id],
        first: at,
        last: at + seconds * 1000,
      })),
    alone: judged.filter(({ verdict }) => verdict === "alone").length,
  };
}
