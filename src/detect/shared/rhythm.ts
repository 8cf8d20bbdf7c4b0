import type { DetectContext } from "../port.js";

/** When the networks we see are at work, by hour of the UTC day: told from their own traffic, because no time zone is known. */
export class Rhythm {
  #hours: ReadonlyMap<string, readonly number[]>;

  constructor(hours: ReadonlyMap<string, readonly number[]>) {
    this.#hours = hours;
  }

  /** Hours with more than average activity in these realms; empty where day and night look the same (quietest over half of busiest). */
  busyHours(realms: readonly string[]): number[] {
    const total = new Array<number>(24).fill(0);
    for (const realm of new Set(realms)) {
      (this.#hours.get(realm) ?? []).forEach((count, hour) => {
        total[hour] = (total[hour] ?? 0) + count;
      });
    }
    const most = Math.max(...total);
    if (most === 0 || Math.min(...total) > most / 2) return [];
    const mean = total.reduce((sum, count) => sum + count, 0) / 24;
    return total.flatMap((count, hour) => (count > mean ? [hour] : []));
  }
}

/**
 * Counts different addresses by week and hour: people go to many, while a machine that beacons or a nightly job adds one a week however
 * busy it is.
 */
export async function readRhythm(context: DetectContext): Promise<Rhythm> {
  const rows = await context.query<{ realm: string; h: number; contacts: number }>(
    `SELECT address_realm AS realm, toHour(hour) AS h, uniqCombined(14)(dst_ip, toMonday(hour)) AS contacts FROM contact_hourly
     WHERE channel = 'flow' AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
     GROUP BY realm, h`,
  );
  const hours = new Map<string, number[]>();
  for (const { realm, h, contacts } of rows) {
    const list = hours.get(realm) ?? new Array<number>(24).fill(0);
    list[h] = Number(contacts);
    hours.set(realm, list);
  }
  return new Rhythm(hours);
}
