import { groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import type { SensorHours } from "../shared/sensor-hours.js";
import { isPeriodic, type Surge, surges } from "./baseline.js";
import { type Usual, usualInWindow } from "./history.js";
import { type JobLikeness, jobLikeness } from "./job.js";
import { type Facts, type Limits, type Score, scoreOf } from "./score.js";
import type { HourSeries, PeerDay } from "./transfers.js";
import { hostKey, type Unit } from "./units.js";
import { type DayVolume, dayBoundary, dayVolumes, type Episode, watchedDays } from "./uploads.js";

/** A unit with its days, its likeness to a backup job, and the hours in which its sensors were up. */
export interface Timed {
  unit: Unit;
  boundary: number;
  days: DayVolume[];
  job: JobLikeness;
  watched: ReadonlySet<number>;
  span: { from: number; to: number };
}

export interface Irregular {
  timed: Timed;
  facts: Facts;
  score: Score;
}

export interface Surged {
  timed: Timed;
  surges: Surge[];
}

/** Days and rhythm of every unit; hours that no sensor watched are no evidence of silence. */
export function timed(unit: Unit, sensors: SensorHours): Timed {
  const hours = sensors.up(unit.sensors, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const boundary = dayBoundary(unit.uploads);
  const days = dayVolumes(unit.uploads, boundary);
  return {
    unit,
    boundary,
    days,
    job: jobLikeness(days, watchedDays(hours, boundary)),
    watched: new Set(hours),
    span: { from: hours[0] ?? 0, to: hours.at(-1) ?? 0 },
  };
}

/** Histories of the hosts (`realm|host`) and organisations concerned. */
export interface Histories {
  hosts: ReadonlyMap<string, HourSeries>;
  organisations: ReadonlyMap<string, HourSeries>;
  peers: ReadonlyMap<string, readonly PeerDay[]>;
}

const NOTHING: HourSeries = new Map();
const NOT_COMPARED: Usual = { days: 0, median: 0, high: 0 };

/**
 * The largest uploads decide, and so many bound the work: every hundredth megabyte of a year of hourly uploads changes nothing about
 * what nine of ten days had.
 */
const EPISODES_JUDGED = 200;

export function judgeIrregular(
  each: Timed,
  others: readonly Timed[],
  histories: Histories,
  limits: Limits,
): Irregular {
  const { unit, watched, span } = each;
  const organisation = unit.orgId === null ? undefined : (histories.organisations.get(unit.orgId) ?? NOTHING);
  const usual = (episode: Episode) => {
    const own = histories.hosts.get(hostKey(episode)) ?? NOTHING;
    return {
      ...episode,
      own: usualInWindow(episode, own, watched, span),
      organisation:
        organisation === undefined ? NOT_COMPARED : usualInWindow(episode, organisation, watched, span),
    };
  };
  const largest = [...unit.episodes]
    .sort((a, b) => b.out - a.out || a.from - b.from)
    .slice(0, EPISODES_JUDGED);
  const mostADay = Math.max(0, ...each.days.map(({ bytes }) => bytes));
  const peers = unit.orgId === null ? undefined : (histories.peers.get(unit.orgId) ?? []);
  const hosts = new Set(unit.hosts);
  const withJob = others.filter(({ job }) => (job.likeness ?? 0) >= limits.jobLikeness);
  const facts: Facts = {
    episodes: largest.map(usual),
    uploadDays: each.days.length,
    bytesOut: sum(unit.transfers.map(({ bytesOut }) => bytesOut)),
    bytesIn: sum(unit.transfers.map(({ bytesIn }) => bytesIn)),
    job: each.job,
    hosts: unit.hosts.length,
    peersAbove: peers?.filter((peer) => !hosts.has(hostKey(peer)) && peer.bytes >= mostADay).length,
    ...contactOf(unit),
    others: others.length,
    othersWithJob: withJob.length,
    provider: unit.destination.kind === "provider",
    shared: unit.destination.shared,
  };
  return { timed: each, facts, score: scoreOf(facts, limits) };
}

/** Contact of the host that kept most of it. The addresses of one destination are one contact: their days are at least the most of one. */
function contactOf(unit: Unit): { contactDays: number; contactHours: number } {
  const byHost = [...groupBy(unit.transfers, hostKey).values()].map((list) => ({
    contactDays: Math.max(...list.map((each) => each.contactDays)),
    contactHours: new Set(list.flatMap((each) => each.contactHours)).size,
  }));
  return byHost.reduce((best, each) => (each.contactDays > best.contactDays ? each : best));
}

/** Days on which a regular job sent far more than expected, unless they come as full backups do. */
export function judgeSurges(each: Timed, context: DetectContext): Surged | undefined {
  if ((each.job.likeness ?? 0) < context.parameter("job_likeness")) return undefined;
  const found = surges(each.days, {
    deviations: context.parameter("surge_deviations"),
    leastDays: context.parameter("surge_days"),
    leastBytes: context.parameter("min_bytes"),
  });
  return found.length === 0 || isPeriodic(found.map(({ day }) => day))
    ? undefined
    : { timed: each, surges: found };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
