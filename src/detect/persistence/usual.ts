import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";

/** How many destinations have contact on how many days, among those that about as many hosts use. */
export class Usual {
  /** By class of users: destinations with at least so many days, index 0 is all. */
  readonly #reach: ReadonlyMap<number, readonly number[]>;

  constructor(rows: readonly { hosts: number; days: number; destinations: number }[]) {
    const reach = new Map<number, number[]>();
    for (const { hosts, days, destinations } of rows) {
      const list = reach.get(classOf(hosts)) ?? [];
      for (let day = 0; day <= days; day++) list[day] = (list[day] ?? 0) + destinations;
      reach.set(classOf(hosts), list);
    }
    this.#reach = reach;
  }

  /**
   * Share of the destinations with about so many users that have contact on at least so many days, and how many destinations that is
   * a share of. Counted with one more, so that it is never 0 and means little where destinations are few.
   */
  share(hosts: number, days: number): { share: number; destinations: number } {
    const list = this.#reach.get(classOf(hosts)) ?? [];
    const destinations = list[0] ?? 0;
    return { share: ((list[days] ?? 0) + 1) / (destinations + 1), destinations };
  }
}

/** 1; 2 and 3; 4 to 10; more. */
function classOf(hosts: number): number {
  return hosts <= 1 ? 1 : hosts <= 3 ? 3 : hosts <= 10 ? 10 : 11;
}

/** By name where the destination has one, else by address. */
export async function readUsual(context: DetectContext): Promise<{ names: Usual; addresses: Usual }> {
  const histogram = async (key: "name" | "dst_ip", where: string) =>
    new Usual(
      (
        await context.query<{ hosts: number; days: number; destinations: number | string }>(
          `SELECT hosts, days, count() AS destinations FROM (
             SELECT uniqUpTo(10)(address_realm, src_ip) AS hosts, uniqCombined(12)(toDate(hour)) AS days
             FROM contact_hourly WHERE ${where} AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")} GROUP BY ${key})
           GROUP BY hosts, days`,
        )
      ).map((row) => ({ hosts: row.hosts, days: Number(row.days), destinations: Number(row.destinations) })),
    );
  return {
    names: await histogram("name", "channel IN ('tls', 'http', 'dns') AND name != '' AND connections > 0"),
    addresses: await histogram("dst_ip", "channel = 'flow' AND answered > 0"),
  };
}
