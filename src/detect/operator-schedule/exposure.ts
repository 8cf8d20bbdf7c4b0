import { HOUR } from "../../kernel/time.js";
import { outagesOf } from "../../model/outage.js";
import type { ExposureAt } from "../../schedule/index.js";
import type { DetectContext } from "../port.js";
import { loadSensorHours } from "../shared/sensor-hours.js";
import type { PairContact } from "./contacts.js";
import type { Presence } from "./presence.js";

/** Whether a sensor worked in an hour (since 1970), by its own rhythm: a quiet night is no outage. */
export type SensorUp = (sensor: string, hour: number) => boolean;

export async function sensorsUp(context: DetectContext): Promise<SensorUp> {
  const hours = await loadSensorHours(context);
  const states = new Map(
    hours.sensors.map((sensor) => {
      const up = hours.up([sensor], 0, Number.MAX_SAFE_INTEGER);
      const down = new Set<number>();
      for (const { from, to } of outagesOf(up)) for (let hour = from; hour < to; hour++) down.add(hour);
      return [sensor, { from: up[0] ?? 0, to: up.at(-1) ?? -1, down }] as const;
    }),
  );
  return (sensor, hour) => {
    const state = states.get(sensor);
    return state !== undefined && hour >= state.from && hour <= state.to && !state.down.has(hour);
  };
}

/** Hours of a place's own record by which its rate is drawn towards that of all: a host that was held for a day says little. */
const SHRINK = 14 * 24;
/** What counts as "all that could be seen": this quantile of the hours in which anything could be. Hosts come and go, and are never all there. */
const FULL = 0.9;

/** One place in which the subject shows: a pair of hosts, or the log of a host. */
export interface Watched {
  /** First hour since 1970. */
  from: number;
  /** 1 for each hour from then on in which the subject could be seen there. */
  seen: Uint8Array;
  hours: number;
  /** Half-hours with interactive contact. */
  units: number;
}

/**
 * Share of the subject's usual contact that could have been seen in an hour: over pairs that are alive (between their first and last contact of any kind), whose
 * host could speak and one of whose sensors was up, each with its rate of interactive contact. 0 where nothing could be seen.
 */
export function exposureOf(
  contacts: readonly PairContact[],
  isUp: SensorUp,
  presence: ReadonlyMap<string, Presence>,
): ExposureAt {
  return exposureOver(
    contacts
      .filter(({ interactive }) => interactive.length > 0)
      .map((contact) => watchedHours(contact, isUp, presence)),
  );
}

/** The same, over all places in which the subject shows. */
export function exposureOver(watched: readonly Watched[]): ExposureAt {
  const units = watched.reduce((sum, each) => sum + each.units, 0);
  const hours = watched.reduce((sum, each) => sum + each.hours, 0);
  const mean = hours === 0 ? 0 : units / hours;
  const begin = watched.reduce((first, { from }) => Math.min(first, from), Number.POSITIVE_INFINITY);
  const end = watched.reduce((last, { from, seen }) => Math.max(last, from + seen.length), 0);
  const rates = new Float64Array(Math.max(0, end - begin));
  for (const { from, seen, hours: own, units: count } of watched) {
    const rate = (count + SHRINK * mean) / (own + SHRINK);
    for (const [index, value] of seen.entries())
      if (value === 1) rates[from - begin + index] = (rates[from - begin + index] as number) + rate;
  }
  const sorted = rates.filter((rate) => rate > 0).sort();
  const full = sorted[Math.floor(FULL * (sorted.length - 1))] ?? 1;
  return (hour) => Math.min(1, (rates[Math.floor(hour / HOUR) - begin] ?? 0) / full);
}

function watchedHours(
  { pair, interactive }: PairContact,
  isUp: SensorUp,
  presence: ReadonlyMap<string, Presence>,
): Watched {
  const from = Math.floor(pair.first / HOUR);
  const seen = new Uint8Array(Math.floor(pair.last / HOUR) - from + 1);
  const own = presence.get(`${pair.realm} ${pair.host}`);
  for (let index = 0; index < seen.length; index++) {
    const hour = from + index;
    if (!pair.sensors.some((sensor) => isUp(sensor, hour))) continue;
    if (own === undefined || own.couldSpeak(hour * HOUR)) seen[index] = 1;
  }
  // What was seen could be seen.
  for (const time of interactive) seen[Math.floor(time / HOUR) - from] = 1;
  const halfHours = new Set(interactive.map((time) => Math.floor(time / (HOUR / 2))));
  return { from, seen, hours: seen.reduce((sum, value) => sum + value, 0), units: halfHours.size };
}
