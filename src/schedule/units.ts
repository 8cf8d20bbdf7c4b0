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

/** The same for what changes slowly: people who come and go, habits of a season. Never less than `designEffect`, which is given. */
export function slowDesignEffect(units: readonly ScheduleEvent[], quick: number): number {
  const byQuarter = groupBy(units, ({ time }) => Math.floor(time / (13 * WEEK)));
  return Math.max(quick, inflation([...byQuarter.values()]));
}

/** Clusters below which the variance between them is a guess. */
const LEAST_CLUSTERS = 8;

function inflation(clusters: readonly (readonly ScheduleEvent[])[]): number {
  if (clusters.length < LEAST_CLUSTERS) return 1;
  const ratios = HARMONICS.map((harmonic) => {
    const angles = clusters.map((cluster) =>
      cluster.map(({ time }) => (2 * Math.PI * harmonic * (time % DAY)) / DAY),
    );
    return inflationOf(
      angles.map((cluster) => cluster.map((angle) => [Math.cos(angle), Math.sin(angle)] as const)),
    );
  });
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** Sum of squares of the clusters' totals over the sum of squares of all points, both about the common mean. */
function inflationOf(clusters: readonly (readonly (readonly [x: number, y: number])[])[]): number {
  let count = 0;
  let sumX = 0;
  let sumY = 0;
  for (const cluster of clusters)
    for (const [x, y] of cluster) {
      count++;
      sumX += x;
      sumY += y;
    }
  const [meanX, meanY] = [sumX / count, sumY / count];
  let between = 0;
  let independent = 0;
  for (const cluster of clusters) {
    let totalX = 0;
    let totalY = 0;
    for (const [x, y] of cluster) {
      totalX += x - meanX;
      totalY += y - meanY;
      independent += (x - meanX) ** 2 + (y - meanY) ** 2;
    }
    between += totalX ** 2 + totalY ** 2;
  }
  return independent === 0 ? 1 : between / independent;
}
