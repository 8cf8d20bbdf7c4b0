import { HOUR, rfc3339 } from "../kernel/time.js";
import type { Outage } from "../model/assessment.js";
import { type HourRun, outagesOf } from "../model/outage.js";
import type { SensorCoverage } from "./input.js";

/** What a sensor could see: hours between its first and last record that are in no outage. */
export interface SensorState {
  sensorId: string;
  realm: string;
  /** Hours since 1970: first, and one after the last. */
  from: number;
  to: number;
  outages: HourRun[];
  records: number;
}

export function sensorState(coverage: SensorCoverage): SensorState {
  const first = coverage.hours[0] ?? 0;
  const last = coverage.hours.at(-1) ?? -1;
  return {
    sensorId: coverage.sensorId,
    realm: coverage.realm,
    from: first,
    to: last + 1,
    outages: outagesOf(coverage.hours),
    records: coverage.records,
  };
}

/** Hours of [from, to) in which the sensor was up. */
export function isUp(sensor: SensorState, hour: number): boolean {
  if (hour < sensor.from || hour >= sensor.to) return false;
  return !sensor.outages.some((run) => hour >= run.from && hour < run.to);
}

export function hoursDown(sensor: SensorState): number {
  return sensor.outages.reduce((sum, run) => sum + run.to - run.from, 0);
}

export function reportOutages(sensors: readonly SensorState[]): Outage[] {
  return sensors.flatMap((sensor) =>
    sensor.outages.map((run) => ({
      sensor_id: sensor.sensorId,
      from: rfc3339(run.from * HOUR),
      to: rfc3339(run.to * HOUR),
      hours: run.to - run.from,
    })),
  );
}
