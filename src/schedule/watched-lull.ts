import type { ScheduleAnalysis, ScheduleLull } from "../model/schedule.js";

/** From this share of its usual activity on, the watched place was at work. */
const AT_WORK = 0.5;
/**
 * A lull is one episode, and there are other reasons for one (a broken link, a tool that was replaced): it counts for as much as an episode does between
 * calendars, and no more.
 */
const MOST_OF_ONE = 20;

type Hypotheses = NonNullable<ScheduleAnalysis["hypotheses"]>;

/** Silence while the watched place is at work as ever is not the watched place's own rhythm. */
export function afterLulls(hypotheses: Hypotheses, lulls: readonly ScheduleLull[]): Hypotheses {
  const against = lulls.filter(({ watched_activity: activity }) => activity !== null && activity >= AT_WORK);
  const victim = hypotheses.victim / MOST_OF_ONE ** against.length;
  const total = hypotheses.human + hypotheses.no_rhythm + hypotheses.daily_job + victim;
  return {
    human: hypotheses.human / total,
    no_rhythm: hypotheses.no_rhythm / total,
    daily_job: hypotheses.daily_job / total,
    victim: victim / total,
  };
}
