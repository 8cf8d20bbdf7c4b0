import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { HTTP } from "./kinds.js";

/** A client outside that keeps asking one of our web servers without a Host header. Times are milliseconds UTC. */
export interface Caller {
  realm: string;
  client: string;
  server: string;
  port: number;
  signature: string;
  shown: string;
  requests: number;
  hours: number;
  days: number;
  first: number;
  last: number;
}

interface Row extends Omit<Caller, "requests" | "hours" | "days" | "first" | "last"> {
  requests: number | string;
  hours: number | string;
  days: number | string;
  first: number | string;
  last: number | string;
}

const INWARD = `${HTTP.where} AND ${insideSql("dst_endpoint_ip")} AND NOT ${insideSql("src_endpoint_ip")}`;
const MOST = 2_000;

/** Outside clients of our web servers. */
export async function callersSeen(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ clients: number | string }>(
    `SELECT uniqCombined(15)(address_realm, src_endpoint_ip) AS clients FROM http_activity WHERE ${INWARD}`,
  );
  return Number(row?.clients ?? 0);
}

/** Without a Host header, in at least so many different hours, most hours first. */
export async function hostlessCallers(context: DetectContext, leastHours: number): Promise<Caller[]> {
  const rows = await context.query<Row>(
    `SELECT realm, toString(s) AS client, toString(d) AS server, min(day_port) AS port, signature, max(day_shown) AS shown, sum(n) AS requests,
       sum(bitCount(mask)) AS hours, uniqExact(day) AS days, min(day_first) AS first, max(day_last) AS last
     FROM (
       SELECT realm, s, d, ${HTTP.signature} AS signature, day, min(port) AS day_port, max(user_agent) AS day_shown, sum(n) AS n,
         groupBitOr(mask) AS mask, min(first) AS day_first, max(last) AS day_last
       FROM (
         SELECT address_realm AS realm, src_endpoint_ip AS s, dst_endpoint_ip AS d, ${HTTP.raw}, toDate(time) AS day, min(dst_endpoint_port) AS port,
           count() AS n, groupBitOr(bitShiftLeft(toUInt32(1), toHour(time))) AS mask,
           toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
         FROM http_activity WHERE ${INWARD} AND url_hostname = '' GROUP BY realm, s, d, ${HTTP.keys}, day)
       GROUP BY realm, s, d, signature, day)
     GROUP BY realm, s, d, signature HAVING hours >= {hours:UInt32}
     ORDER BY hours DESC, requests DESC, realm, client, server, signature LIMIT ${MOST}`,
    { hours: leastHours },
  );
  return rows.map((row) => ({
    ...row,
    client: plainAddress(row.client),
    server: plainAddress(row.server),
    requests: Number(row.requests),
    hours: Number(row.hours),
    days: Number(row.days),
    first: Number(row.first),
    last: Number(row.last),
  }));
}

/** Outside clients that have each of these signatures. */
export async function callersWith(
  context: DetectContext,
  signatures: readonly string[],
): Promise<Map<string, number>> {
  if (signatures.length === 0) return new Map();
  const rows = await context.query<{ signature: string; clients: number | string }>(
    `SELECT ${HTTP.signature} AS signature, uniqCombined(12)(address_realm, src_endpoint_ip) AS clients
     FROM (SELECT DISTINCT address_realm, src_endpoint_ip, ${HTTP.raw} FROM http_activity WHERE ${INWARD})
     WHERE signature IN {signatures:Array(String)} GROUP BY signature`,
    { signatures: [...new Set(signatures)] },
  );
  return new Map(rows.map((row) => [row.signature, Number(row.clients)]));
}
