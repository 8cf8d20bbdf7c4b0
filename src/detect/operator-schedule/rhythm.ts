import { chunks } from "../../kernel/group-by.js";
import { DAY, parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";

/**
 * What people in one organisation do, by hour: contacts (a host, an outside destination, a port, an hour) with everybody but the servers in question, above the level of
 * the quietest hours, which is what machines do.
 */
export interface OrganisationRhythm {
  /** By hour of the UTC week, Monday 00:00 first: mean contacts above the quietest hours. Below zero by chance in some of these. */
  week: Float64Array;
  /** Contacts above the quietest hours by UTC day since 1970; days without any record are missing. */
  days: ReadonlyMap<number, number>;
}

const HOURS_OF_WEEK = 168;
/** Share of the hours of the week that are "the quietest": of nights and weekends, which make up two thirds. Their mean, not their edge, which is chance where contacts are few. */
const QUIETEST = 0.4;
/** Organisations of one query, and at most: more do not make the mean of an office day any better. */
const CHUNK = 50;

export const MOST_ORGANISATIONS = 100;

/** By organisation id; and `*` for all hosts on our side in these realms, where nobody says whose they are. */
export async function rhythmsOf(
  context: DetectContext,
  organisations: readonly string[],
  realms: readonly string[],
  servers: readonly string[],
): Promise<ReadonlyMap<string, OrganisationRhythm>> {
  const counts = new Map<string, Map<number, number>>();
  const take = async (sql: string, parameters: Record<string, string[]>) => {
    const rows = context.stream<{ owner: string; hour_number: number; contacts: number }>(sql, {
      ...parameters,
      servers: [...servers],
    });
    for await (const { owner, hour_number: hour, contacts } of rows) {
      const hours = counts.get(owner);
      if (hours === undefined) counts.set(owner, new Map([[hour, Number(contacts)]]));
      else hours.set(hour, Number(contacts));
    }
  };
  for (const orgs of chunks(organisations.slice(0, MOST_ORGANISATIONS), CHUNK)) await take(OWNED, { orgs });
  if (realms.length > 0) await take(UNOWNED, { realms: [...realms] });
  return new Map([...counts].map(([owner, hours]) => [owner, rhythmFrom(hours)]));
}

/** Not look-ups either: the contact in question makes look-ups of its own. */
const COUNTED = `channel = 'flow' AND connections > 0 AND dst_port != 53 AND dst_ip NOT IN {servers:Array(IPv6)}
  AND NOT ${insideSql("contact_hourly.dst_ip", "contact_hourly.address_realm")}`;

const OWNED = `SELECT hosts.org_id AS owner, intDiv(toUInt32(hour), 3600) AS hour_number, count() AS contacts
  FROM contact_hourly INNER JOIN (
    SELECT DISTINCT address_realm, ip, toString(org_id) AS org_id FROM host_organisation WHERE org_id IN {orgs:Array(String)}) AS hosts
    ON hosts.address_realm = contact_hourly.address_realm AND hosts.ip = contact_hourly.src_ip
  WHERE ${COUNTED} GROUP BY owner, hour_number`;

const UNOWNED = `SELECT '*' AS owner, intDiv(toUInt32(hour), 3600) AS hour_number, count() AS contacts
  FROM contact_hourly
  WHERE ${COUNTED} AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host WHERE address_realm IN {realms:Array(String)})
  GROUP BY hour_number`;

/** @param hours contacts by hour since 1970; an hour without any is missing, and is not counted: it may be an outage */
export function rhythmFrom(hours: ReadonlyMap<number, number>): OrganisationRhythm {
  const sums = new Float64Array(HOURS_OF_WEEK);
  const seen = new Float64Array(HOURS_OF_WEEK);
  for (const [hour, contacts] of hours) {
    const index = hourOfWeek(hour);
    sums[index] = (sums[index] as number) + contacts;
    seen[index] = (seen[index] as number) + 1;
  }
  const means = sums.map((sum, index) => sum / Math.max(1, seen[index] as number));
  const level = quietLevel(means);
  const days = new Map<number, number>();
  for (const [hour, contacts] of hours) {
    const day = Math.floor(hour / 24);
    days.set(day, (days.get(day) ?? 0) + contacts - level);
  }
  return {
    week: means.map((mean) => mean - level),
    days: new Map([...days].map(([day, contacts]) => [day, Math.max(0, contacts)])),
  };
}

function quietLevel(means: Float64Array): number {
  const quietest = means.toSorted().subarray(0, Math.floor(QUIETEST * HOURS_OF_WEEK));
  return quietest.reduce((sum, value) => sum + value, 0) / quietest.length;
}

/** Monday 00:00 UTC is 0; 1970-01-01 was a Thursday. */
const hourOfWeek = (hour: number): number => (hour + 72) % HOURS_OF_WEEK;

/** The mean week of several organisations, each weighed with its part in the subject's contact. All zeros where none has a rhythm. */
export function weekOf(parts: readonly { rhythm: OrganisationRhythm; weight: number }[]): number[] {
  const week = new Float64Array(HOURS_OF_WEEK);
  for (const { rhythm, weight } of parts) {
    const total = rhythm.week.reduce((sum, value) => sum + value, 0);
    if (total > 0)
      rhythm.week.forEach((value, index) => {
        week[index] = (week[index] as number) + (weight * value) / total;
      });
  }
  // Only now, that chance has evened out over them: cut off in each, it would add up to activity at night.
  const level = quietLevel(week);
  return Array.from(week, (value) => Math.max(0, value - level));
}

/** Weeks on each side whose same weekdays say what is usual. */
const NEARBY = 8;

/**
 * What the organisations themselves did on these dates (both inclusive) against the same weekdays of the weeks around: 1 is as usual. Null where nothing could be
 * compared. Their days are taken as UTC's: half a day more or less at the ends of a lull changes little.
 */
export function activityRatio(
  parts: readonly { rhythm: OrganisationRhythm; weight: number }[],
  from: string,
  to: string,
): number | null {
  const [first, last] = [parseTime(from) / DAY, parseTime(to) / DAY];
  let seen = 0;
  let usual = 0;
  for (const { rhythm, weight } of parts) {
    const all = [...rhythm.days.values()].reduce((sum, value) => sum + value, 0);
    if (all === 0) continue;
    // Organisations of all sizes count by their part in the contact.
    const scale = (weight * rhythm.days.size) / all;
    for (let day = first; day <= last; day++) {
      const here = rhythm.days.get(day);
      if (here === undefined) continue;
      const others: number[] = [];
      for (let week = -NEARBY; week <= NEARBY; week++) {
        const other = day + 7 * week;
        const value = other < first || other > last ? rhythm.days.get(other) : undefined;
        if (value !== undefined) others.push(value);
      }
      if (others.length < 2) continue;
      seen += scale * here;
      usual += (scale * others.reduce((sum, value) => sum + value, 0)) / others.length;
    }
  }
  return usual > 0 ? seen / usual : null;
}
