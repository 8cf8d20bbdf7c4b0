import type { ScheduleAnalysis } from "../model/schedule.js";
import type { ScheduleOptions } from "./options.js";

export function caveatsOf(
  _measured: Omit<ScheduleAnalysis, "words" | "caveats">,
  _options: ScheduleOptions,
): string[] {
  return ["Working hours and holidays can be imitated."];
}
