import { DAY, parseTime } from "../kernel/time.js";
import type { ScheduleAnalysis, ScheduleLull } from "../model/schedule.js";
import type { ScheduleEvent } from "./units.js";

/** From this share of its usual activity on, the watched place was at work. */
const AT_WORK = 0.5;
/**
 * A lull is one episode, and there are other reasons for one (a broken link, a tool that was replaced): it counts for as much as an episode does between
 * calendars, and no more.
 */
const MOST_OF_ONE = 20;
/** These reasons strike one actor. Where so many fell silent at once and all came back, they would have had to coincide. */
const SEVERAL = 5;
const MOST_OF_SEVERAL = 100;
/** How long before and after a lull an actor may have been active last and first. */
const AROUND = 28 * DAY;

type Hypotheses = NonNullable<ScheduleAnalysis["hypotheses"]>;

/** Silence while the watched place is at work as ever is not the watched place's own rhythm. */
export function afterLulls(
  hypotheses: Hypotheses,
  lulls: readonly ScheduleLull[],
  units: readonly ScheduleEvent[],
): Hypotheses {
  const against = lulls.filter(({ watched_activity: activity }) => activity !== null && activity >= AT_WORK);
  const odds = against.reduce(
    (product, lull) => product * (cameBack(lull, units) >= SEVERAL ? MOST_OF_SEVERAL : MOST_OF_ONE),
    1,
  );
  const victim = hypotheses.victim / odds;
  const total = hypotheses.human + hypotheses.no_rhythm + hypotheses.daily_job + victim;
  return {
    human: hypotheses.human / total,
    no_rhythm: hypotheses.no_rhythm / total,
    daily_job: hypotheses.daily_job / total,
    victim: victim / total,
  };
}

/** Actors that were active in the weeks before a lull and in those after it. Its dates are taken as UTC's. */
function cameBack({ from, to }: ScheduleLull, units: readonly ScheduleEvent[]): number {
  const [begin, end] = [parseTime(from), parseTime(to) + DAY];
  const activeIn = (first: number, last: number) =>
    new Set(units.filter(({ time }) => time >= first && time < last).map(({ actor }) => actor));
  const after = activeIn(end, end + AROUND);
  return [...activeIn(begin - AROUND, begin)].filter((actor) => after.has(actor)).length;
}
