import { dayExposure } from "../exposure.js";
import type { WatchedPlace } from "../options.js";
import type { ScheduleParameters } from "../parameters.js";
import { offsetAt } from "./clocks.js";
import { apart, type ZonePosterior } from "./posterior.js";
import { profileEvidence } from "./profile.js";
import { BINS } from "./shapes.js";

/** Offsets within an hour of each other are taken for one: nobody's hours are known better. */
const SAME_MINUTES = 60;

/** Probability that the offset is more than an hour from that of the place that is watched, given that people with hours of their own made the activity. */
export function probabilityForeign(
  { offsets }: ZonePosterior,
  watched: WatchedPlace,
  span: { from: number; to: number },
  parameters: ScheduleParameters,
): number {
  const own = watchedOffsets(watched, span, parameters);
  return offsets.reduce(
    (sum, { offset_minutes, probability }) =>
      sum +
      own.reduce(
        (foreign, other) =>
          foreign +
          (Math.abs(apart(offset_minutes, other.minutes)) > SAME_MINUTES
            ? probability * other.probability
            : 0),
        0,
      ),
    0,
  );
}

function watchedOffsets(
  { week, timeZone }: WatchedPlace,
  { from, to }: { from: number; to: number },
  { shapeConcentration }: ScheduleParameters,
): { minutes: number; probability: number }[] {
  if (timeZone !== undefined) {
    // Both sides of a change of clocks are the place's own.
    const minutes = [0, 1, 2, 3].map((part) => offsetAt(timeZone, from + (part / 3) * (to - from)));
    return minutes.map((each) => ({ minutes: each, probability: 1 / minutes.length }));
  }
  const activity = week.reduce((sum, value) => sum + value, 0);
  // Its office is known no better than anybody's: as much is read from it as from so many units.
  const counts = dayExposure(Float64Array.from(week, (value) => (value / activity) * shapeConcentration));
  const { byQuarter } = profileEvidence({ counts, exposure: new Float64Array(BINS).fill(1) }, 1);
  const largest = Math.max(...byQuarter);
  const likelihood = Array.from(byQuarter, (value) => Math.exp(value - largest));
  const total = likelihood.reduce((sum, value) => sum + value, 0);
  return likelihood.map((value, quarter) => ({ minutes: 15 * quarter, probability: value / total }));
}
