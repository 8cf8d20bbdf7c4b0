import type { ScheduleAnalysis } from "../model/schedule.js";
import type { MachinePart } from "./machine/separate.js";
import type { ScheduleParameters } from "./parameters.js";
import { counted, percent } from "./words/text.js";
import type { ZonePosterior } from "./zone/posterior.js";

export type Verdict = Pick<ScheduleAnalysis, "verdict" | "reason">;

type Counted = Pick<ScheduleAnalysis, "events" | "interactive_events" | "units" | "active_days">;

/** Of this share of all events and above, machines are what there is. */
const MOSTLY_MACHINES = 0.5;

/** Where too few interactive units are left to say anything about people: a pure beacon ends here. */
export function tooLittle(
  { events, interactive_events, units, active_days }: Counted,
  machines: readonly MachinePart[],
  { minUnits, minDays }: ScheduleParameters,
): Verdict | undefined {
  if (units >= minUnits && active_days >= minDays) return undefined;
  const ofMachines = machines.reduce((sum, part) => sum + part.events, 0);
  const mostly = events > 0 && ofMachines >= MOSTLY_MACHINES * events;
  const explained =
    ofMachines === 0
      ? ""
      : `, after timers and scheduled jobs explained ${ofMachines.toLocaleString("en-US")} of ${counted(events, "event")}`;
  return {
    verdict: mostly ? "machine" : "insufficient",
    reason:
      `Insufficient interactive activity: ${counted(interactive_events, "event")} in ${counted(units, "half-hour")} on ${counted(active_days, "day")}${explained}; ` +
      `at least ${minUnits} half-hours on ${minDays} days are needed.`,
  };
}

/** The winner among the hypotheses of what made the interactive activity. */
export function verdictOf(
  { human, no_rhythm, daily_job, victim }: ZonePosterior["hypotheses"],
  { assertAt }: ScheduleParameters,
): Verdict {
  if (human + victim >= assertAt) {
    const reason =
      victim >= assertAt
        ? `The activity follows the watched place's own rhythm (probability ${percent(victim)}).`
        : human >= assertAt
          ? `The activity keeps a working day (probability ${percent(human)}).`
          : `The activity keeps a working day, and whether it is the watched place's own cannot be told (${percent(victim)} that it is).`;
    return { verdict: "human", reason };
  }
  if (no_rhythm + daily_job >= assertAt)
    return {
      verdict: "machine",
      reason:
        no_rhythm >= daily_job
          ? `No human rhythm: the activity is spread over the day as no working day is (probability ${percent(no_rhythm + daily_job)}).`
          : `No human rhythm: one short window of the day holds the activity, as of a daily job (probability ${percent(no_rhythm + daily_job)}).`,
    };
  return {
    verdict: "insufficient",
    reason: `Insufficient interactive activity to tell a working day (${percent(human + victim)}) from no rhythm (${percent(no_rhythm)}) or a daily job (${percent(daily_job)}).`,
  };
}
