import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";

/** One pair in one hour. */
export interface PairHour {
  realm: string;
  src: string;
  dst: string;
  /** Hours since 1970. */
  hour: number;
  connections: number;
  answered: number;
  /** Port with the most connections. */
  port: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  srcInside: boolean;
  dstInside: boolean;
}

/** Connections of one pair over all its hours. */
export interface StrobePair extends Omit<PairHour, "hour"> {
  /** Most connections that an hour would hold at the rate of the busiest one. */
  perHour: number;
  /** Hours at or above the limit. */
  hours: number;
}

export interface StrobeLimits {
  perHour: number;
  minConnections: number;
  minSeconds: number;
}

/** Pairs looked at in detail, those with the busiest hours. */
const CANDIDATES = 1_000;
/** Pairs in one query, so that its result stays small: each has at most one row for each hour of the case. */
const CHUNK = 50;

/**
 * One row of the roll-up is one port of a pair in one hour, as one batch of files saw it. A strobe's hour may be cut over several batches,
 * sensors or ports: an eighth of what is asked for, in one row, makes a candidate, and then all rows are summed up.
 */
const PARTS = 8;

export async function busiestPairs(
  context: DetectContext,
  limits: StrobeLimits,
): Promise<{ pairs: StrobePair[]; candidates: number }> {
  const rows = await context.query<{ realm: string; src: string; dst: string; total: number }>(
    `SELECT address_realm AS realm, toString(src_ip) AS src, toString(dst_ip) AS dst, max(connections) AS busiest, count() OVER () AS total
     FROM contact_hourly
     WHERE channel = 'flow' AND connections >= {least:Int64} AND ${oneMachineSql("dst_ip")}
       AND (${insideSql("src_ip")} OR ${insideSql("dst_ip")})
     GROUP BY realm, src_ip, dst_ip ORDER BY busiest DESC, realm, src, dst LIMIT ${CANDIDATES}`,
    { least: Math.max(1, Math.floor(limits.minConnections / PARTS)) },
  );
  const pairs: StrobePair[] = [];
  for (const some of chunks(rows, CHUNK)) {
    const wanted = new Set(
      some.map((row) => pairKey(row.realm, plainAddress(row.src), plainAddress(row.dst))),
    );
    const hours = await hoursOf(context, some);
    const byPair = new Map<string, PairHour[]>();
    for (const hour of hours) {
      const key = pairKey(hour.realm, hour.src, hour.dst);
      if (wanted.has(key)) byPair.set(key, [...(byPair.get(key) ?? []), hour]);
    }
    for (const list of byPair.values()) {
      const strobe = strobeOf(list, limits);
      if (strobe !== undefined) pairs.push(strobe);
    }
  }
  pairs.sort((a, b) => b.connections - a.connections || (a.src + a.dst < b.src + b.dst ? -1 : 1));
  return { pairs, candidates: Number(rows[0]?.total ?? 0) };
}

const pairKey = (realm: string, src: string, dst: string): string => `${realm} ${src} ${dst}`;

async function hoursOf(
  context: DetectContext,
  pairs: readonly { src: string; dst: string }[],
): Promise<PairHour[]> {
  const rows = await context.query<
    Omit<PairHour, "srcInside" | "dstInside"> & { from_inside: number; to_inside: number }
  >(
    `SELECT realm, toString(s) AS src, toString(d) AS dst, intDiv(toUInt32(h), 3600) AS hour, sum(c) AS connections, sum(a) AS answered,
       argMax(p, (c, p)) AS port, min(f) AS first, max(l) AS last, ${insideSql("s", "realm")} AS from_inside, ${insideSql("d", "realm")} AS to_inside
     FROM (SELECT address_realm AS realm, src_ip AS s, dst_ip AS d, contact_hourly.hour AS h, dst_port AS p,
         sum(contact_hourly.connections) AS c, sum(contact_hourly.answered) AS a,
         toUnixTimestamp64Milli(min(first_time)) AS f, toUnixTimestamp64Milli(max(last_time)) AS l
       FROM contact_hourly
       WHERE channel = 'flow' AND dst_ip IN {targets:Array(IPv6)} AND src_ip IN {sources:Array(IPv6)}
       GROUP BY realm, s, d, h, p)
     GROUP BY realm, s, d, h HAVING connections > 0 ORDER BY realm, s, d, h`,
    {
      sources: [...new Set(pairs.map((each) => each.src))],
      targets: [...new Set(pairs.map((each) => each.dst))],
    },
  );
  return rows.map(({ from_inside, to_inside, ...row }) => ({
    ...row,
    src: plainAddress(row.src),
    dst: plainAddress(row.dst),
    answered: Math.max(0, row.answered),
    srcInside: Number(from_inside) === 1,
    dstInside: Number(to_inside) === 1,
  }));
}

/** Connections an hour at the rate of these; a burst shorter than `minSeconds` counts as if it had lasted so long. */
export function hourlyRate(
  { connections, first, last }: Pick<PairHour, "connections" | "first" | "last">,
  minSeconds: number,
): number {
  const seconds = Math.min(3600, Math.max(minSeconds, (last - first) / 1000));
  return (connections * 3600) / seconds;
}

/** The pair as a strobe, or undefined where none of its hours is one. `hours` belong to one pair. */
export function strobeOf(hours: readonly PairHour[], limits: StrobeLimits): StrobePair | undefined {
  const rateOf = (hour: PairHour) => hourlyRate(hour, limits.minSeconds);
  const fast = hours.filter(
    (hour) => hour.connections >= limits.minConnections && rateOf(hour) >= limits.perHour,
  );
  const [some] = fast;
  if (some === undefined) return undefined;
  const { hour: _, ...busiest } = fast.reduce((a, b) => (b.connections > a.connections ? b : a), some);
  return {
    ...busiest,
    connections: hours.reduce((sum, each) => sum + each.connections, 0),
    answered: hours.reduce((sum, each) => sum + each.answered, 0),
    perHour: Math.round(Math.max(...fast.map(rateOf))),
    hours: fast.length,
    first: Math.min(...hours.map((each) => each.first)),
    last: Math.max(...hours.map((each) => each.last)),
  };
}
