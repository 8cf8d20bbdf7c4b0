import type { ScheduleAnalysis } from "../model/schedule.js";
import type { MachinePart } from "./machine/separate.js";
import type { ScheduleParameters } from "./parameters.js";
import { say } from "./words/messages.js";
import { percent } from "./words/text.js";
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
  const explained = ofMachines === 0 ? "" : say("words.reason.machines", ofMachines, events);
  return {
    verdict: mostly ? "machine" : "insufficient",
    reason: say(
      "words.reason.too-little",
      interactive_events,
      units,
      active_days,
      explained,
      minUnits,
      minDays,
    ),
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
        ? say("words.reason.watched", percent(victim))
        : human >= assertAt
          ? say("words.reason.human", percent(human))
          : say("words.reason.whose", percent(victim));
    return { verdict: "human", reason };
  }
  if (no_rhythm + daily_job >= assertAt)
    return {
      verdict: "machine",
      reason:
        no_rhythm >= daily_job
          ? say("words.reason.spread", percent(no_rhythm + daily_job))
          : say("words.reason.daily", percent(no_rhythm + daily_job)),
    };
  return {
    verdict: "insufficient",
    reason: say("words.reason.undecided", percent(human + victim), percent(no_rhythm), percent(daily_job)),
  };
}
