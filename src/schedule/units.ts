import { groupBy } from "../kernel/group-by.js";
import { DAY, MINUTE, WEEK } from "../kernel/time.js";

/** One moment of activity. Time in milliseconds since 1970; the actor is whoever acts as one: an account, a host pair, an author. */
export interface ScheduleEvent {
  time: number;
  actor: string;
}

const UNIT = 30 * MINUTE;

/**
 * A session of 500 clicks is not 500 observations: what counts is that an actor was there in a half-hour. One event for each actor and half-hour,
 * the first, in order of time.
 */
export function foldIntoUnits(events: readonly ScheduleEvent[]): ScheduleEvent[] {
  const seen = new Set<string>();
  const units: ScheduleEvent[] = [];
  for (const event of events.toSorted((a, b) => a.time - b.time)) {
    const key = `${Math.floor(event.time / UNIT)} ${event.actor}`;
    if (seen.has(key)) continue;
    seen.add(key);
    units.push(event);
  }
  return units;
}

/** Components of the daily cycle by which dependence is measured: 24, 12 and 8 hours. */
const HARMONICS = [1, 2, 3];

/**
 * How many units it takes to say as much as one independent one (Kish's design effect, at least 1): the variance of the daily cycle's components
 * over clusters against their variance were units independent. The larger of two clusterings counts: an actor's day (a long session) and a week (a drifting
 * habit, a timer that walks round the clock).
 */
export function designEffect(units: readonly ScheduleEvent[]): number {
  if (units.length < 2) return 1;
  const byActorDay = groupBy(units, ({ time, actor }) => `${Math.floor(time / DAY)} ${actor}`);
  const byWeek = groupBy(units, ({ time }) => Math.floor(time / WEEK));
  return Math.max(1, inflation([...byActorDay.values()]), inflation([...byWeek.values()]));
}

/** The same for what changes slowly: people who come and go, habits of a season. */
export function slowDesignEffect(units: readonly ScheduleEvent[]): number {
  const byQuarter = groupBy(units, ({ time }) => Math.floor(time / (13 * WEEK)));
  return Math.max(designEffect(units), inflation([...byQuarter.values()]));
}

function inflation(clusters: readonly (readonly ScheduleEvent[])[]): number {
  // With a handful of clusters the variance between them is a guess.
  if (clusters.length < 8) return 1;
  const ratios = HARMONICS.map((harmonic) => {
    const angle = (time: number): number => (2 * Math.PI * harmonic * (time % DAY)) / DAY;
    const all = clusters.flat();
    const meanX = all.reduce((sum, { time }) => sum + Math.cos(angle(time)), 0) / all.length;
    const meanY = all.reduce((sum, { time }) => sum + Math.sin(angle(time)), 0) / all.length;
    let between = 0;
    let independent = 0;
    for (const cluster of clusters) {
      let x = 0;
      let y = 0;
      for (const { time } of cluster) {
        const dx = Math.cos(angle(time)) - meanX;
        const dy = Math.sin(angle(time)) - meanY;
        x += dx;
        y += dy;
        independent += dx * dx + dy * dy;
      }
      between += x * x + y * y;
    }
    return independent === 0 ? 1 : between / independent;
  });
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}
