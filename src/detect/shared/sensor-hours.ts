import { HOUR } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";

/** Hours (since 1970) in which each sensor wrote at least one record: silence counts only there (design, section 4). */
export class SensorHours {
  #hours: ReadonlyMap<string, readonly number[]>;

  constructor(hours: ReadonlyMap<string, readonly number[]>) {
    this.#hours = hours;
  }

  /** Hours within [from, to) in which at least one of the sensors was up; sorted. */
  up(sensors: readonly string[], from: number, to: number): number[] {
    const all = new Set<number>();
    for (const sensor of sensors) {
      for (const hour of this.#hours.get(sensor) ?? []) if (hour >= from && hour < to) all.add(hour);
    }
    return [...all].sort((a, b) => a - b);
  }

  get sensors(): string[] {
    return [...this.#hours.keys()];
  }
}

export async function loadSensorHours(context: DetectContext): Promise<SensorHours> {
  const rows = await context.query<{ sensor: string; hours: number[] }>(
    `SELECT sensor_id AS sensor, arraySort(groupUniqArray(intDiv(toUInt32(hour), 3600))) AS hours
     FROM coverage_hourly WHERE records > 0 GROUP BY sensor_id`,
  );
  return new SensorHours(new Map(rows.map((row) => [row.sensor, row.hours])));
}

export interface Gap {
  /** Hours without contact in which a sensor was up. */
  hours: number;
  /** Hours within the gap that nobody watched; they are not in `hours`. */
  unobserved: number;
  /** Milliseconds UTC: end of the last active hour before, beginning of the first after. */
  from: number;
  to: number;
}

/**
 * The longest silence between two active hours, counted in hours in which a sensor was up. An outage of two days in a daily contact is
 * so no gap at all. Undefined where there are fewer than two active hours or no silence between them.
 */
export function longestGap(active: readonly number[], up: readonly number[]): Gap | undefined {
  let best: Gap | undefined;
  let at = 0;
  for (let index = 1; index < active.length; index++) {
    const from = (active[index - 1] as number) + 1;
    const to = active[index] as number;
    if (to <= from) continue;
    while (at < up.length && (up[at] as number) < from) at++;
    const start = at;
    while (at < up.length && (up[at] as number) < to) at++;
    const hours = at - start;
    if (hours > (best?.hours ?? 0)) {
      best = { hours, unobserved: to - from - hours, from: from * HOUR, to: to * HOUR };
    }
  }
  return best;
}
