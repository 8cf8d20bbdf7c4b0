import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { siteOf } from "../shared/site.js";
import type { Destination } from "./destinations.js";

/** Answered contact of one of our hosts with one address of a destination. */
export interface Part {
  /** Which of the destination's keys it is: a domain, or an address without one. */
  key: string;
  realm: string;
  host: string;
  server: string;
  /** Days since 1970 in no order, and for each the hours of it with contact as a bit mask (bit 0 is 00:00–01:00). */
  days: number[];
  masks: number[];
  sensors: string[];
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

const CHUNK = 2_000;

interface Row {
  realm: string;
  host: string;
  server: string;
  name: string;
  days: number[];
  masks: number[];
  sensors: string[];
  first: number;
  last: number;
}

function sql(channels: string, target: string, name: string): string {
  return `SELECT realm, toString(s) AS host, toString(d) AS server, n AS name, groupArray(1500)(day) AS days, groupArray(1500)(mask) AS masks,
      groupUniqArrayArray(20)(sensors_of) AS sensors, toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last
    FROM (SELECT address_realm AS realm, src_ip AS s, dst_ip AS d, ${name} AS n, intDiv(toUInt32(hour), 86400) AS day,
        groupBitOr(bitShiftLeft(toUInt32(1), toHour(hour))) AS mask, groupUniqArray(8)(toString(sensor_id)) AS sensors_of,
        min(first_time) AS f, max(last_time) AS l
      FROM contact_hourly WHERE ${channels} AND answered > 0 AND ${target} AND ${insideSql("src_ip")}
      GROUP BY realm, s, d, n, day)
    GROUP BY realm, s, d, n`;
}

/** Contact with each destination, in the order of the list: flows with its own addresses, and use of its names wherever they stand. */
export async function contactsOf(
  context: DetectContext,
  destinations: readonly Destination[],
): Promise<Part[][]> {
  const parts: Part[][] = destinations.map(() => []);
  const byAddress = new Map<string, { at: number; key: string }>();
  const byName = new Map<string, { at: number; key: string }>();
  destinations.forEach(({ addresses, names }, at) => {
    for (const [address, key] of addresses) byAddress.set(address, { at, key });
    for (const name of names) byName.set(name, { at, key: siteOf(name)?.domain ?? name });
  });
  const take = (found: { at: number; key: string } | undefined, row: Row) => {
    if (found !== undefined) parts[found.at]?.push(partOf(found.key, row));
  };
  const flows = sql("channel = 'flow'", "dst_ip IN {values:Array(IPv6)}", "''");
  for (const values of chunks([...byAddress.keys()], CHUNK)) {
    for await (const row of context.stream<Row>(flows, { values }))
      take(byAddress.get(plainAddress(row.server)), row);
  }
  const named = sql(
    "channel IN ('tls', 'http')",
    "contact_hourly.name IN {values:Array(String)}",
    "contact_hourly.name",
  );
  for (const values of chunks([...byName.keys()], CHUNK)) {
    for await (const row of context.stream<Row>(named, { values })) take(byName.get(row.name), row);
  }
  return parts;
}

function partOf(key: string, { realm, host, server, days, masks, sensors, first, last }: Row): Part {
  return {
    key,
    realm,
    host: plainAddress(host),
    server: plainAddress(server),
    days,
    masks,
    sensors,
    first,
    last,
  };
}
