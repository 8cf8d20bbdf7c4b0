import type { Confidence } from "../../model/finding.js";
import type { ScheduleAnalysis } from "../../model/schedule.js";
import type { ScheduleOptions } from "../options.js";
import { counted } from "./text.js";

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
  const basis = `${counted(Math.floor(effective_units), "independent observation")} on ${counted(active_days, "day")}`;
  if (verdict === "insufficient")
    return { level: "low", sentence: `Confidence is low: ${basis}: too little to carry a judgement.` };
  if (verdict === "machine")
    return machines.length > 0
      ? {
          level: "moderate",
          sentence:
            "Confidence is moderate: the regularity is measured, but nothing follows from it about people.",
        }
      : {
          level: "low",
          sentence: `Confidence is low: ${basis} show no working day, which is not proof of a machine.`,
        };
  const good = effective_units >= GOOD.units && active_days >= GOOD.days;
  if (good && exposureAt !== undefined)
    return {
      level: "moderate",
      sentence: `Confidence is moderate: it rests on ${basis}, judged against what the sensor could see; hours and holidays are one kind of evidence, and can be imitated.`,
    };
  return {
    level: good ? "moderate" : "low",
    sentence: good
      ? `Confidence is moderate at most: it rests on ${basis}, and what could have been seen in each hour was not given; hours and holidays are one kind of evidence, and can be imitated.`
      : `Confidence is low: it rests on ${basis} only; hours and holidays are one kind of evidence, and can be imitated.`,
  };
}
