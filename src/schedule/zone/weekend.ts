import { HOURS_OF_WEEK } from "../exposure.js";
import { logSum } from "./profile.js";

/** Activity on a day off against a working day, each as likely as the next. 1 says that weekends are worked through. */
const RATIOS = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1];
/** Saturday and Sunday, and Friday and Saturday (days from Monday), with how often a country has them. */
const WEEKENDS: readonly { days: readonly number[]; prior: number }[] = [
  { days: [5, 6], prior: 0.9 },
  { days: [4, 5], prior: 0.1 },
];

/**
 * Log evidence, against activity that knows no weekend, of a local weekend under an offset. `week` counts units by hour of the UTC week, `exposure` what could be seen there.
 */
export function weekendEvidence(
  week: Float64Array,
  exposure: Float64Array,
  offsetMinutes: number,
  weight: number,
): number {
  const byHour = hourlyRate(week, exposure);
  return logSum(
    WEEKENDS.flatMap(({ days, prior }) => {
      let units = 0;
      let off = 0;
      let expected = 0;
      let expectedOff = 0;
      for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
        const here = week[hour] as number;
        const could = (exposure[hour] as number) * (byHour[hour % 24] as number);
        const isOff = days.includes(localDay(hour, offsetMinutes));
        units += here;
        expected += could;
        if (isOff) {
          off += here;
          expectedOff += could;
        }
      }
      const share = expectedOff / expected;
      if (!(share > 0 && share < 1)) return [Math.log(prior)];
      return RATIOS.map((ratio) => {
        const seen = (ratio * share) / (ratio * share + 1 - share);
        const log = off * Math.log(seen / share) + (units - off) * Math.log((1 - seen) / (1 - share));
        return Math.log(prior / RATIOS.length) + weight * log;
      });
    }),
  );
}

/** Day of the local week at the middle of an hour of the UTC week; Monday is 0. */
function localDay(hour: number, offsetMinutes: number): number {
  return Math.floor((((hour + 0.5 + offsetMinutes / 60) / 24) % 7) + 7) % 7;
}

/** Units to the hour of exposure for each hour of the UTC day, so that a weekend's nights are not expected to be busy. */
function hourlyRate(week: Float64Array, exposure: Float64Array): Float64Array {
  const units = new Float64Array(24);
  const could = new Float64Array(24);
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    units[hour % 24] = (units[hour % 24] as number) + (week[hour] as number);
    could[hour % 24] = (could[hour % 24] as number) + (exposure[hour] as number);
  }
  return units.map((value, hour) => ((could[hour] as number) > 0 ? value / (could[hour] as number) : 0));
}
