import { groupBy } from "../../kernel/group-by.js";
import { HOUR } from "../../kernel/time.js";
import type { Finding } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { watchedDays } from "../shared/cadence.js";
import type { Rhythm } from "../shared/rhythm.js";
import { siteOf } from "../shared/site.js";
import { isPeriodic, type Surge, surges } from "./baseline.js";
import type { Histories } from "./histories.js";
import { type Usual, usualInWindow } from "./history.js";
import { type Facts, KEPT, keptContact, type Limits, type Score, scoreOf } from "./score.js";
import type { Timed } from "./timed.js";
import { hostKey, type Unit } from "./units.js";
import type { Episode } from "./uploads.js";

export interface Irregular {
  timed: Timed;
  facts: Facts;
  score: Score;
}

export interface Surged {
  timed: Timed;
  surges: Surge[];
}

const NOT_COMPARED: Usual = { days: 0, median: 0, high: 0 };

/**
 * The largest uploads decide, and so many bound the work: every hundredth megabyte of a year of hourly uploads changes nothing about
 * what nine of ten days had.
 */
const EPISODES_JUDGED = 100;

/** What a unit is weighed against. */
export interface Against {
  /** Units of unrelated organisations with the same destination. */
  others: readonly Timed[];
  histories: Histories;
  /** Findings of other detectors about the destination. */
  suspected: readonly Finding[];
  rhythm: Rhythm;
  limits: Limits;
}

export function judgeIrregular(
  each: Timed,
  { others, histories, suspected, rhythm, limits }: Against,
): Irregular {
  const { unit, watched, span } = each;
  const organisation = histories.organisation(each);
  const hosts = new Map(unit.hosts.map((host) => [host, histories.host(host, each)]));
  const largest = [...unit.episodes]
    .sort((a, b) => b.out - a.out || a.from - b.from)
    .slice(0, EPISODES_JUDGED)
    .map((episode) => ({
      ...episode,
      own: usualInWindow(episode, hosts.get(hostKey(episode)) ?? new Map(), watched, span),
      organisation:
        organisation === undefined ? NOT_COMPARED : usualInWindow(episode, organisation, watched, span),
    }));
  const mostADay = Math.max(0, ...each.days.map(({ bytes }) => bytes));
  const own = new Set(unit.hosts);
  const isJob = ({ job }: Timed) => (job.likeness ?? 0) >= limits.jobLikeness;
  const first = Math.min(...unit.transfers.map((transfer) => transfer.first)) / HOUR;
  const amongBackups = shareIn(unit.episodes, histories.backupHours(each));
  const busyHours = rhythm.busyHours(unit.transfers.map(({ realm }) => realm));
  const facts: Facts = {
    episodes: largest,
    uploadDays: each.days.length,
    bytesOut: sum(unit.transfers.map(({ bytesOut }) => bytesOut)),
    bytesIn: sum(unit.transfers.map(({ bytesIn }) => bytesIn)),
    job: each.job,
    hosts: unit.hosts.length,
    peersAbove: histories.peers(each)?.filter((peer) => !own.has(hostKey(peer)) && peer.bytes >= mostADay)
      .length,
    ...contactOf(unit),
    shareOfDays: each.days.length / Math.max(1, watchedDays(since(watched, first), each.boundary).length),
    daysBefore: Math.max(0, (first - span.from) / 24),
    shareAtFirst: shareUntil(unit.episodes, first + FIRST_HOURS),
    amongBackups,
    unattended: Math.max(amongBackups, shareAway(unit, busyHours)),
    others: others.length,
    othersWithJob: others.filter(isJob).length,
    othersKept: others.filter(
      (other) =>
        !isJob(other) && keptContact({ ...contactOf(other.unit), uploadDays: other.days.length }) >= KEPT,
    ).length,
    provider: unit.destination.kind === "provider",
    shared: unit.destination.shared,
    restricted: siteOf(unit.destination.value)?.restricted === true,
    suspected,
  };
  return { timed: each, facts, score: scoreOf(facts, limits) };
}

function since(watched: ReadonlySet<number>, first: number): number[] {
  return [...watched].filter((hour) => hour >= first - 1);
}

/** A first full backup runs for up to two days from the first contact on. */
const FIRST_HOURS = 48;

function shareUntil(episodes: readonly Episode[], hour: number): number {
  const all = sum(episodes.map(({ out }) => out));
  return all === 0 ? 0 : sum(episodes.filter(({ from }) => from < hour).map(({ out }) => out)) / all;
}

function shareIn(episodes: readonly Episode[], hours: ReadonlySet<number>): number {
  const all = sum(episodes.map(({ out }) => out));
  const within = episodes.filter(({ from, to }) => {
    for (let hour = from; hour <= to; hour++) if (hours.has(hour % 24)) return true;
    return false;
  });
  return all === 0 ? 0 : sum(within.map(({ out }) => out)) / all;
}

/** Share of the volume outside the hours in which the network is at work; 0 where it has no such hours. */
function shareAway({ uploads }: Unit, busyHours: readonly number[]): number {
  if (busyHours.length === 0) return 0;
  const away = uploads.filter(({ hour }) => !busyHours.includes(hour % 24));
  return sum(away.map(({ out }) => out)) / Math.max(1, sum(uploads.map(({ out }) => out)));
}

/** Contact of the host that kept most of it. The addresses of one destination are one contact: their days are at least the most of one. */
function contactOf(unit: Unit): { contactDays: number; quietest: number } {
  const byHost = [...groupBy(unit.transfers, hostKey).values()].map((list) => ({
    contactDays: Math.max(...list.map((each) => each.contactDays)),
    quietest: quietestShare(list.map((each) => each.contactHours)),
  }));
  return byHost.reduce((best, each) => (each.contactDays > best.contactDays ? each : best));
}

/** Hours of a night. */
const NIGHT = 8;

/** Share of the contact hours that lies in the quietest eight hours of the day. Round the clock it is a third; a person's is near zero. */
export function quietestShare(days: readonly (readonly number[])[]): number {
  const byHour = Array.from({ length: 24 }, (_, hour) => sum(days.map((day) => day[hour] ?? 0)));
  const windows = byHour.map((_, from) =>
    sum(Array.from({ length: NIGHT }, (_each, step) => byHour[(from + step) % 24] ?? 0)),
  );
  return Math.min(...windows) / Math.max(1, sum(byHour));
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
