import type { ScheduleAnalysis } from "../model/schedule.js";
import type { ScheduleOptions } from "./options.js";

export function wordsOf(
  { reason }: Omit<ScheduleAnalysis, "words" | "caveats">,
  _options: ScheduleOptions,
): ScheduleAnalysis["words"] {
  return { likelihood: reason, confidence: "Confidence is low.", confidence_level: "low", paragraph: reason };
}
