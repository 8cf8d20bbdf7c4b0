import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { DAY, HOUR } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";

/** When a host said anything at all to anybody: an implant on a computer that is switched off cannot be seen, whoever is at work. */
export class Presence {
  /** Hours of the UTC day in which the host spoke, as a bit mask, by day since 1970. */
  readonly #days: ReadonlyMap<number, number>;
  readonly #off: ReadonlySet<number>;
  readonly #nearlyDaily: ReadonlySet<number>;

  constructor(days: ReadonlyMap<number, number>) {
    this.#days = days;
    this.#off = hoursOff(days);
    this.#nearlyDaily = weekdaysKept(days);
  }

  /** Whether the host could be heard in that hour (milliseconds). Only what its own record shows clearly says no. */
  couldSpeak(hour: number): boolean {
    const day = Math.floor(hour / DAY);
    if (!this.#days.has(day) && this.#nearlyDaily.has(weekdayOf(day))) return false;
    return !this.#off.has(classOf(day, Math.floor((hour % DAY) / HOUR)));
  }
}

/** Monday is 0; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (day + 3) % 7;
const kindOf = (day: number): number => Math.max(0, weekdayOf(day) - 4);
/** Hours of the day, apart for Monday to Friday, Saturday and Sunday (UTC). */
const classOf = (day: number, hour: number): number => kindOf(day) * 24 + hour;

/** Weeks below which nobody knows a host's habits. */
const LEAST_WEEKS = 3;
/** A host that speaks on so many days in its busiest hours ... */
const REGULAR = 0.3;
/** ... and on so small a share of them in this hour, is off then. An idle computer that is on still asks for updates and the time. */
const SILENT = 0.1;
/** Share of a weekday's days on which a host speaks that always speaks on it. */
const KEPT = 0.8;

interface Span {
  first: number;
  last: number;
}

function spanOf(days: ReadonlyMap<number, number>): Span | undefined {
  if (days.size === 0) return undefined;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const day of days.keys()) [first, last] = [Math.min(first, day), Math.max(last, day)];
  return last - first + 1 < 7 * LEAST_WEEKS ? undefined : { first, last };
}

function hoursOff(days: ReadonlyMap<number, number>): Set<number> {
  const off = new Set<number>();
  const span = spanOf(days);
  if (span === undefined) return off;
  const possible = new Float64Array(3);
  const spoken = new Float64Array(72);
  for (let day = span.first; day <= span.last; day++) {
    possible[kindOf(day)] = (possible[kindOf(day)] as number) + 1;
    const mask = days.get(day) ?? 0;
    for (let hour = 0; hour < 24; hour++)
      if ((mask >>> hour) & 1) spoken[classOf(day, hour)] = (spoken[classOf(day, hour)] as number) + 1;
  }
  const shares = spoken.map(
    (count, index) => count / Math.max(1, possible[Math.floor(index / 24)] as number),
  );
  const busiest = Math.max(...shares);
  if (busiest < REGULAR) return off;
  for (const [index, share] of shares.entries()) if (share < SILENT * busiest) off.add(index);
  return off;
}

function weekdaysKept(days: ReadonlyMap<number, number>): Set<number> {
  const kept = new Set<number>();
  const span = spanOf(days);
  if (span === undefined) return kept;
  for (let weekday = 0; weekday < 7; weekday++) {
    let possible = 0;
    let spoken = 0;
    for (let day = span.first; day <= span.last; day++) {
      if (weekdayOf(day) !== weekday) continue;
      possible++;
      if (days.has(day)) spoken++;
    }
    if (spoken >= KEPT * possible) kept.add(weekday);
  }
  return kept;
}

const CHUNK = 2_000;

/** Presence of these hosts, by `realm host`. Everything that they said counts, whoever answered. */
export async function presenceOf(
  context: DetectContext,
  hosts: readonly { realm: string; host: string }[],
): Promise<ReadonlyMap<string, Presence>> {
  const wanted = new Set(hosts.map(({ realm, host }) => `${realm} ${host}`));
  const found = new Map<string, Map<number, number>>();
  for (const addresses of chunks([...new Set(hosts.map(({ host }) => host))], CHUNK)) {
    const rows = context.stream<{ realm: string; host: string; day: number; mask: number }>(
      `SELECT address_realm AS realm, toString(src_ip) AS host, toUInt32(toDate(hour)) AS day,
         groupBitOr(bitShiftLeft(toUInt32(1), toHour(hour))) AS mask
       FROM contact_hourly WHERE src_ip IN {addresses:Array(IPv6)} AND connections > 0 GROUP BY realm, src_ip, day`,
      { addresses },
    );
    for await (const row of rows) {
      const key = `${row.realm} ${plainAddress(row.host)}`;
      if (!wanted.has(key)) continue;
      const days = found.get(key);
      if (days === undefined) found.set(key, new Map([[row.day, row.mask]]));
      else days.set(row.day, row.mask);
    }
  }
  return new Map([...found].map(([key, days]) => [key, new Presence(days)]));
}
