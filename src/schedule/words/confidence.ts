import type { Confidence } from "../../model/finding.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleOptions } from "../options.js";
import { say } from "./messages.js";

type Counted = Pick<ScheduleAnalysis, "verdict" | "effective_units" | "active_days" | "machines">;

/** Independent units, and days, from which a single kind of evidence is as good as it gets. */
const GOOD = { units: 100, days: 40 };

/**
 * How good the evidence is. Never high: hours and holidays are one kind of evidence, from one record, and can be imitated.
 */
export function confidenceOf(
  { verdict, effective_units, active_days, machines }: Counted,
  { exposureAt }: ScheduleOptions,
): { level: Confidence; sentence: string } {
  const basis = say("words.basis", Math.floor(effective_units), active_days);
  if (verdict === "insufficient")
    return { level: "low", sentence: say("words.confidence.insufficient", basis) };
  if (verdict === "machine")
    return machines.length > 0
      ? {
          level: "moderate",
          sentence: say("words.confidence.machine"),
        }
      : {
          level: "low",
          sentence: say("words.confidence.no-day", basis),
        };
  const good = effective_units >= GOOD.units && active_days >= GOOD.days;
  if (good && exposureAt !== undefined)
    return {
      level: "moderate",
      sentence: say("words.confidence.good", basis),
    };
  return {
    level: good ? "moderate" : "low",
    sentence: say(good ? "words.confidence.blind" : "words.confidence.little", basis),
  };
}
