import { groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { EXPECTED_SQL, IS_TLS_SQL, ON_PORTS_SQL, payloadSql, WHOLE_SQL } from "./ports.js";

/** Whole connections of one sensor to one port on one day. */
export interface SensorDay {
  sensor: string;
  product: string;
  port: number;
  /** Days since 1970. */
  day: number;
  /** With payload both ways. */
  whole: number;
  /** Of these, those in which the port's protocol was recognised. */
  recognised: number;
  /** TLS connections among the recognised ones, on whatever port. */
  tls: number;
}

/** Days, both ends included, on which what one sensor did not recognise on one port can be trusted. */
export interface Judged {
  sensor: string;
  product: string;
  port: number;
  from: number;
  to: number;
}

export interface GateLimits {
  /** Least share of recognised connections. */
  share: number;
  /** Connections that make a day stand by itself. */
  busy: number;
}

/** Days before and after that a day is judged with: an implant may be all that talks at a weekend. */
const AROUND = 3;

/**
 * Which days of which sensor are judged. A sensor that names no protocols (NetFlow) never is. A busy day must have the share by itself; a
 * quiet one by the week around it, with both ports together where the port's own week is quiet as well.
 */
export function judgedDays(days: readonly SensorDay[], { share, busy }: GateLimits): Judged[] {
  const judged: Judged[] = [];
  for (const list of groupBy(days, ({ sensor, product }) => `${sensor}|${product}`).values()) {
    for (const own of groupBy(list, ({ port }) => port).values()) {
      const fit = own
        .filter((each) => each.whole < busy || each.recognised >= share * each.whole)
        .filter(({ day }) => {
          const near = (some: readonly SensorDay[]) =>
            some.filter((each) => Math.abs(each.day - day) <= AROUND);
          const week = sumOf(near(own));
          const counted = week.whole >= busy ? week : sumOf(near(list));
          return counted.recognised > 0 && counted.recognised >= share * counted.whole;
        })
        .sort((a, b) => a.day - b.day);
      judged.push(...runsOf(fit));
    }
  }
  return judged;
}

function sumOf(days: readonly SensorDay[]): { whole: number; recognised: number } {
  return {
    whole: days.reduce((sum, each) => sum + each.whole, 0),
    recognised: days.reduce((sum, each) => sum + each.recognised, 0),
  };
}

function runsOf(days: readonly SensorDay[]): Judged[] {
  const runs: Judged[] = [];
  for (const { sensor, product, port, day } of days) {
    const last = runs.at(-1);
    if (last !== undefined && day <= last.to + 1) last.to = day;
    else runs.push({ sensor, product, port, from: day, to: day });
  }
  return runs;
}

/** Share of recognised connections of each sensor (`sensor|product|port`) over its judged days. */
export function reliability(days: readonly SensorDay[], judged: readonly Judged[]): Map<string, number> {
  const spans = groupBy(judged, sensorKey);
  const result = new Map<string, number>();
  for (const [key, list] of groupBy(days, sensorKey)) {
    const within = list.filter(({ day }) => spans.get(key)?.some(({ from, to }) => day >= from && day <= to));
    const { whole, recognised } = sumOf(within);
    if (whole > 0) result.set(key, recognised / whole);
  }
  return result;
}

export const sensorKey = (each: { sensor: string; product: string; port: number }): string =>
  `${each.sensor}|${each.product}|${each.port}`;

export async function sensorDays(context: DetectContext): Promise<SensorDay[]> {
  const rows = await context.query<SensorDay>(
    `SELECT toString(sensor_id) AS sensor, toString(product) AS product, dst_endpoint_port AS port, toUInt32(toDate(time)) AS day,
       count() AS whole, countIf(${EXPECTED_SQL}) AS recognised, countIf(${IS_TLS_SQL}) AS tls
     FROM network_activity
     WHERE ${ON_PORTS_SQL} AND record_state = 'final' AND ${WHOLE_SQL} AND ${payloadSql("out")} > 0 AND ${payloadSql("in")} > 0
     GROUP BY sensor_id, product, port, day`,
  );
  return rows.map((row) => ({
    ...row,
    whole: Number(row.whole),
    recognised: Number(row.recognised),
    tls: Number(row.tls),
  }));
}

/**
 * Sensors whose TLS log says whether a handshake was finished (in most records it was), and that write such a record for at least half of
 * the TLS connections that they recognise: only of these does a connection without one say that there was no handshake.
 */
export async function sensorsWithTlsLogs(
  context: DetectContext,
  days: readonly SensorDay[],
): Promise<{ sensor: string; product: string }[]> {
  const rows = await context.query<{ sensor: string; product: string; records: number }>(
    `SELECT toString(sensor_id) AS sensor, toString(product) AS product, count() AS records FROM tls_activity
     GROUP BY sensor_id, product HAVING avg(established) >= 0.5`,
  );
  return rows.filter(({ sensor, product, records }) => {
    const tls = days
      .filter((each) => each.sensor === sensor && each.product === product)
      .reduce((sum, each) => sum + each.tls, 0);
    return tls > 0 && Number(records) * 2 >= tls;
  });
}
