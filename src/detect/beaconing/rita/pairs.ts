import { chunks } from "../../../kernel/group-by.js";
import { plainAddress } from "../../../kernel/plain-address.js";
import { HOUR } from "../../../kernel/time.js";
import type { DetectContext } from "../../port.js";
import { insideSql } from "../../shared/inside.js";
import { ritaScore } from "./score.js";

/** RITA's view of a pair: its score, and the connections of its last day. */
export interface RitaPair {
  score: number;
  connections: number;
}

const CHUNK = 100;
/** From so many connections on RITA calls a pair a strobe and gives it no score. */
const STROBE = 86_400;

interface Row {
  realm: string;
  source: string;
  target: string;
  n: number | string;
  contacts: ([number, number | string] | Record<string, number | string>)[];
}

/**
 * RITA's beacon score of pairs of addresses, with its own window: the day before the last connection between inside and outside, cut at the
 * first one; connections count from the beginning of the hour in which it lies. Closed connections only, failed ones too. Pairs without a
 * score (fewer than four times, or a strobe) are not in the result.
 * @param windowHours RITA's own is a day
 * @returns by `realm|source|target`
 */
export async function ritaPairs(
  context: DetectContext,
  pairs: readonly { realm: string; source: string; target: string }[],
  windowHours = 24,
): Promise<Map<string, RitaPair>> {
  const found = new Map<string, RitaPair>();
  const window = await windowOf(context, windowHours);
  if (window === undefined) return found;
  for (const part of chunks(pairs, CHUNK)) {
    const rows = await context.query<Row>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS source, toString(dst_endpoint_ip) AS target, count() AS n,
         groupArraySorted(${STROBE})((toUInt32(toUnixTimestamp(time)), ip_bytes_out)) AS contacts
       FROM network_activity
       WHERE src_endpoint_ip IN {sources:Array(IPv6)} AND dst_endpoint_ip IN {targets:Array(IPv6)}
         AND (src_endpoint_ip, dst_endpoint_ip) IN (SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {targets:Array(IPv6)})))
         AND record_state = 'final' AND time >= toDateTime64({from:Int64}, 6, 'UTC')
       GROUP BY realm, src_endpoint_ip, dst_endpoint_ip`,
      {
        sources: part.map((each) => each.source),
        targets: part.map((each) => each.target),
        from: Math.floor((window.from * 1000) / HOUR) * (HOUR / 1000),
      },
    );
    for (const { realm, source, target, n, contacts } of rows) {
      if (Number(n) >= STROBE) continue;
      const values = contacts.map((each) => (Array.isArray(each) ? each : Object.values(each)).map(Number));
      const score = ritaScore(
        values.map(([at]) => at ?? 0),
        values.map(([, bytes]) => bytes ?? 0),
        window.from,
        window.to,
      );
      if (score > 0)
        found.set(`${realm}|${plainAddress(source)}|${plainAddress(target)}`, {
          score,
          connections: Number(n),
        });
    }
  }
  return found;
}

/** Whole seconds. */
async function windowOf(
  context: DetectContext,
  hours: number,
): Promise<{ from: number; to: number } | undefined> {
  const [row] = await context.query<{ first: number; last: number; n: number }>(
    `SELECT toUnixTimestamp(min(first_time)) AS first, toUnixTimestamp(max(last_time)) AS last, count() AS n FROM contact_hourly
     WHERE channel = 'flow' AND connections > 0 AND ${insideSql("src_ip")} != ${insideSql("dst_ip")}`,
  );
  if (row === undefined || Number(row.n) === 0) return undefined;
  return { from: Math.max(Number(row.first), Number(row.last) - hours * 3600), to: Number(row.last) };
}
