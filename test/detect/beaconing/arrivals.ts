import type { Contact, Run } from "../../../src/detect/beaconing/rhythm/check-ins.js";
import { noise } from "../backup-exfiltration/series.js";

/** Times of contacts in seconds since 1970, all synthetic. */
export const BEGIN = 1_700_006_400; // a Wednesday, midnight UTC
export const DAY = 86_400;

export interface Beaconing {
  seed: number;
  /** Seconds. */
  interval: number;
  /** Part of the interval, to either side. */
  jitter?: number;
  /** Part of the check-ins that is not in the log. */
  loss?: number;
  /** Days. */
  days: number;
  /** Hours of the day in which the host is awake. */
  awake?: readonly [from: number, to: number];
}

export function beaconTimes({ seed, interval, jitter = 0, loss = 0, days, awake }: Beaconing): number[] {
  const { next } = noise(seed);
  const times: number[] = [];
  for (let at = BEGIN; at < BEGIN + days * DAY; at += interval * (1 + jitter * (2 * next() - 1))) {
    const hour = (at % DAY) / 3600;
    if (awake !== undefined && (hour < awake[0] || hour >= awake[1])) continue;
    if (next() >= loss) times.push(at);
  }
  return times;
}

/** Contact at random: exponential gaps, at all hours or at work only. */
export function randomTimes(seed: number, count: number, days: number, office = false): number[] {
  const { next } = noise(seed);
  const times: number[] = [];
  while (times.length < count) {
    const at = BEGIN + next() * days * DAY;
    const isWeekend = ((Math.floor(at / DAY) + 4) % 7) % 6 === 0;
    if (!office || (at % DAY >= 8 * 3600 && at % DAY < 17 * 3600 && !isWeekend)) times.push(at);
  }
  return times.sort((a, b) => a - b);
}

/** A person with a browser: visits at random at work, pages within a visit, several connections for each page. */
export function browsing(seed: number, visits: number, days: number): number[] {
  const { next, lognormal } = noise(seed);
  return randomTimes(seed + 1, visits, days, true)
    .flatMap((visit) => {
      const times: number[] = [];
      let at = visit;
      for (let page = 0; page < 1 + 6 * next(); page++) {
        for (let connection = 0; connection < 1 + 4 * next(); connection++)
          times.push(at + lognormal(0.4, 1));
        at += lognormal(45, 1.2);
      }
      return times;
    })
    .sort((a, b) => a - b);
}

export function runOf(times: readonly number[], lasts: (at: number, index: number) => number = () => 0): Run {
  return times.map((at, index): Contact => ({ at, end: at + lasts(at, index), out: 500 }));
}
