import { DAY, isoDay, parseTime, WEEK, weekStart } from "../../kernel/time.js";
import type { Assessment } from "../../model/assessment.js";

/** A day or week of the volume chart. */
export interface Bucket {
  /** First day, `2023-09-29`. */
  label: string;
  bytesOut: number;
  bytesIn: number;
  connections: number;
  /** Largest number of organisations in contact on one day. */
  organisations: number;
  /** Share of sensor time in the bucket that was down, 0..1. */
  down: number;
}

export interface Timeline {
  step: "day" | "week";
  buckets: Bucket[];
}

/** Longer periods are drawn by week. */
const MOST_DAYS = 400;
/** A record from 1970 must not draw fifty years of nothing: at most ten years back from the end. */
const MOST_BUCKETS = 540;

/** All days (or weeks) of the telemetry. A day without contact is zero where sensors were up, and `down` says how far they were. */
export function timelineOf(assessment: Assessment): Timeline {
  const days = assessment.volumes.map((volume) => parseTime(volume.day)).filter(Number.isFinite);
  const bound = [assessment.telemetry.first, assessment.telemetry.last].flatMap((time) =>
    time === null ? [] : [parseTime(time)],
  );
  const all = [...days, ...bound.filter(Number.isFinite)];
  if (all.length === 0) return { step: "day", buckets: [] };
  const first = all.reduce((least, time) => Math.min(least, time));
  const last = all.reduce((most, time) => Math.max(most, time));
  const step = (last - first) / DAY > MOST_DAYS ? "week" : "day";
  const width = step === "day" ? DAY : WEEK;
  const start = (time: number) => (step === "day" ? Math.floor(time / DAY) * DAY : weekStart(time));
  const from = Math.max(start(first), start(last) - (MOST_BUCKETS - 1) * width);

  const buckets = new Map<number, Bucket>();
  for (let time = from; time <= last; time += width) {
    buckets.set(time, {
      label: isoDay(time),
      bytesOut: 0,
      bytesIn: 0,
      connections: 0,
      organisations: 0,
      down: downShare(assessment, time, time + width),
    });
  }
  for (const volume of assessment.volumes) {
    const bucket = buckets.get(start(parseTime(volume.day)));
    if (bucket === undefined) continue;
    bucket.bytesOut += volume.bytes_out;
    bucket.bytesIn += volume.bytes_in;
    bucket.connections += volume.connections;
    bucket.organisations = Math.max(bucket.organisations, volume.organisations);
  }
  return { step, buckets: [...buckets.values()] };
}

/** Share of the sensors' time in `[from, to)` that lies in an outage. */
function downShare(assessment: Assessment, from: number, to: number): number {
  const { outages, sensors } = assessment.telemetry;
  const known = Math.max(1, sensors.length, new Set(outages.map((outage) => outage.sensor_id)).size);
  let down = 0;
  for (const outage of outages) {
    const overlap = Math.min(to, parseTime(outage.to)) - Math.max(from, parseTime(outage.from));
    if (overlap > 0) down += overlap;
  }
  return Math.min(1, down / (known * (to - from)));
}

/** Shorter breaks are weekends with a day before or after. */
const SHORTEST_PAUSE = 4 * DAY;
/** A day on which more of the sensors' time is missing says nothing about activity. */
const MOST_DOWN = 0.1;

/** Breaks of four days and more in the contacts of all organisations, between the first contact and the last, with sensors up throughout. */
export function pausesOf({ step, buckets }: Timeline): { from: string; to: string }[] {
  const width = step === "day" ? DAY : WEEK;
  const active = buckets.flatMap(({ connections }, at) => (connections > 0 ? [at] : []));
  return active.slice(1).flatMap((next, index) => {
    const quiet = buckets.slice((active[index] ?? next) + 1, next);
    const [first] = quiet;
    if (first === undefined || quiet.length * width < SHORTEST_PAUSE) return [];
    if (quiet.some(({ down }) => down > MOST_DOWN)) return [];
    return [{ from: first.label, to: isoDay(parseTime(first.label) + quiet.length * width - DAY) }];
  });
}
