import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import type { Sweep } from "./sweeps.js";

const CHUNK = 200;

/**
 * How many of a sweep's inside targets are empty addresses: nothing at them ever answered anyone or sent anything. Software that works
 * through a list of known machines meets some that are switched off, and they are seen at other times; who walks through a network
 * meets addresses that nobody has. Asked only for sweeps broad enough that it matters.
 */
export async function withDarkTargets(
  context: DetectContext,
  sweeps: readonly Sweep[],
  least: number,
): Promise<Sweep[]> {
  const broad = sweeps.filter((sweep) => sweep.kind === "horizontal" && sweep.failedInside >= least);
  const dark = new Map<string, number>();
  for (const some of chunks(broad, CHUNK)) {
    const rows = await context.query<{
      realm: string;
      host: string;
      port: number;
      protocol: string;
      dark: number;
    }>(
      `WITH tried AS (
         SELECT address_realm, src_ip, dst_port, protocol, dst_ip, toDate(hour) AS day FROM contact_hourly
         WHERE channel = 'flow' AND src_ip IN {hosts:Array(IPv6)} AND dst_port IN {ports:Array(UInt16)} AND connections > 0
           AND answered <= 0 AND ${insideSql("dst_ip")})
       SELECT realm, host, port, proto AS protocol, max(n) AS dark
       FROM (SELECT address_realm AS realm, toString(src_ip) AS host, dst_port AS port, toString(tried.protocol) AS proto, day,
           uniqCombined(16)(dst_ip) AS n
         FROM tried
         WHERE (address_realm, dst_ip) NOT IN (
           SELECT address_realm, src_ip FROM contact_hourly
           WHERE channel = 'flow' AND connections > 0 AND src_ip IN (SELECT dst_ip FROM tried)
           UNION ALL SELECT address_realm, dst_ip FROM contact_hourly
           WHERE channel = 'flow' AND answered > 0 AND dst_ip IN (SELECT dst_ip FROM tried))
         GROUP BY realm, src_ip, port, proto, day)
       GROUP BY realm, host, port, protocol`,
      {
        hosts: [...new Set(some.map(({ host }) => host))],
        ports: [...new Set(some.map(({ port }) => port))],
      },
    );
    for (const row of rows) dark.set(key(row), Number(row.dark));
  }
  return sweeps.map((sweep) => {
    const found = broad.includes(sweep) ? dark.get(key(sweep)) : undefined;
    return found === undefined ? sweep : { ...sweep, dark: Math.min(found, sweep.failedInside) };
  });
}

const key = (row: { realm: string; host: string; port: number; protocol: string }): string =>
  [row.realm, plainAddress(row.host), row.port, row.protocol].join("|");
