import { watchedDays } from "../shared/cadence.js";
import type { SensorHours } from "../shared/sensor-hours.js";
import { type JobLikeness, jobLikeness } from "./job.js";
import type { Unit } from "./units.js";
import { type DayVolume, dayBoundary, dayVolumes } from "./uploads.js";

/** A unit with its days, its likeness to a backup job, and the hours in which its sensors were up. */
export interface Timed {
  unit: Unit;
  boundary: number;
  days: DayVolume[];
  job: JobLikeness;
  watched: ReadonlySet<number>;
  span: { from: number; to: number };
}

/** Days and rhythm of every unit; hours that no sensor watched are no evidence of silence. */
export function timedUnits(units: readonly Unit[], sensors: SensorHours): Timed[] {
  const hoursOf = new Map<string, { hours: number[]; watched: ReadonlySet<number> }>();
  return units.map((unit) => {
    const key = unit.sensors.join("\n");
    let known = hoursOf.get(key);
    if (known === undefined) {
      const hours = sensors.up(unit.sensors, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      known = { hours, watched: new Set(hours) };
      hoursOf.set(key, known);
    }
    const { hours, watched } = known;
    const boundary = dayBoundary(unit.uploads);
    const days = dayVolumes(unit.uploads, boundary);
    const job = jobLikeness(days, watchedDays(hours, boundary));
    return { unit, boundary, days, job, watched, span: { from: hours[0] ?? 0, to: hours.at(-1) ?? 0 } };
  });
}
