import { groupBy, unique } from "../../kernel/group-by.js";
import { activeDayNumbers, activeHours, weekCount } from "../shared/activity.js";
import { watchedDays, weekdayCadence } from "../shared/cadence.js";
import { type Gap, longestGap, type SensorHours } from "../shared/sensor-hours.js";
import type { Part } from "./contacts.js";

/** One organisation's (or, without an inventory, one host's) contact with one destination, in days and weeks. */
export interface Course {
  /** Days since 1970 with contact, in order. */
  days: number[];
  weeks: number;
  /** Days from the first contact to the last, both counted, and those of them on which a sensor watched; and weeks of these. */
  spanDays: number;
  watchedDays: number;
  watchedWeeks: number;
  /** The longest silence, in hours in which a sensor was up. */
  gap: Gap | undefined;
  /** How reliably contact comes when it is due, 0..1. */
  cadence: number;
  addresses: AddressCourse[];
  /** Of the host that followed the destination over most addresses. */
  moves: Move[];
}

export interface AddressCourse {
  address: string;
  first: number;
  last: number;
  days: number;
}

/** A host's contact that left one address of the destination and went on with the next. `day` is the first with the new one. */
export interface Move {
  host: string;
  from: string;
  to: string;
  day: number;
}

/** What the days say; `sensors` decides which of the silent hours mean anything. */
export function courseOf(parts: readonly Part[], sensors: SensorHours): Course {
  const activity = parts.flatMap(({ days, masks }) =>
    days.map((day, at) => ({ day, mask: masks[at] ?? 0, connections: 0, answered: 0, out: 0, in: 0 })),
  );
  const days = activeDayNumbers(activity);
  const [first = 0] = days;
  const last = days.at(-1) ?? first;
  const seenBy = unique(parts.flatMap((part) => part.sensors));
  const up = sensors.up(seenBy, first * 24, (last + 1) * 24);
  const watched = watchedDays(up);
  const within = unique([...watched, ...days]);
  return {
    days,
    weeks: weekCount(days),
    spanDays: last - first + 1,
    watchedDays: within.length,
    watchedWeeks: weekCount(within),
    gap: longestGap(activeHours(activity), up),
    cadence: weekdayCadence(days, watched),
    addresses: addressCourses(parts),
    moves: movesOf(parts),
  };
}

function addressCourses(parts: readonly Part[]): AddressCourse[] {
  return [...groupBy(parts, ({ server }) => server)]
    .map(([address, list]) => {
      const days = unique(list.flatMap((each) => each.days));
      return { address, first: least(days), last: most(days), days: days.length };
    })
    .sort((a, b) => a.first - b.first || a.last - b.last || a.address.localeCompare(b.address));
}

/** Days for which an address must be in use before and after a move: three days each follow one another by chance in 1 of 20 cases. */
const HELD = 5;
/** Share of the days with several addresses from which on they are a choice (a content network, a list of peers), not a succession. */
const AT_ONCE = 0.2;
/** Days by which the old address may still be seen after the new one. */
const OVERLAP = 1;

/**
 * Changes of address that contact survived. They are told host by host, because the implants of one organisation may keep to different
 * servers; the addresses must follow one another (a service behind many addresses has them side by side), each for some days.
 */
export function movesOf(parts: readonly Part[]): Move[] {
  let best: Move[] = [];
  for (const [, own] of [...groupBy(parts, ({ realm, host }) => `${realm}|${host}`)].sort(([a], [b]) =>
    a.localeCompare(b),
  )) {
    const moves = succession(own);
    if (moves.length > best.length) best = moves;
  }
  return best;
}

function succession(parts: readonly Part[]): Move[] {
  const counts = new Map<number, number>();
  const servers = [...groupBy(parts, ({ server }) => server)].map(([server, list]) => {
    const days = unique(list.flatMap((each) => each.days));
    for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
    return { server, count: days.length, first: least(days), last: most(days) };
  });
  const atOnce = [...counts.values()].filter((count) => count > 1).length;
  if (atOnce > AT_ONCE * counts.size) return [];
  const held = servers
    .filter(({ count }) => count >= HELD)
    .sort((a, b) => a.first - b.first || a.last - b.last || a.server.localeCompare(b.server));
  const chains: number[][] = [];
  held.forEach((each, at) => {
    let before: number[] = [];
    for (let earlier = 0; earlier < at; earlier++) {
      const last = (held[earlier] as (typeof held)[number]).last;
      const follows = each.first >= last - OVERLAP && each.last > last;
      if (follows && (chains[earlier] as number[]).length > before.length)
        before = chains[earlier] as number[];
    }
    chains.push([...before, at]);
  });
  const longest = chains.reduce((best, chain) => (chain.length > best.length ? chain : best), []);
  const host = parts[0]?.host ?? "";
  return longest.slice(1).map((at, index) => {
    const from = held[longest[index] as number] as (typeof held)[number];
    const to = held[at] as (typeof held)[number];
    return { host, from: from.server, to: to.server, day: to.first };
  });
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
