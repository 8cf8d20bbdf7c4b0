import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";

/** All long connections of one host with one server. "Out" is from our side. */
export interface LongPair {
  realm: string;
  host: string;
  /** The other end: a server outside, or another inside host. */
  server: string;
  inbound: boolean;
  /** Both ends are on our side. */
  internal: boolean;
  connections: number;
  /** Connections without a final record. */
  open: number;
  /** Seconds. */
  longest: number;
  total: number;
  bytesOut: number;
  bytesIn: number;
  ports: number[];
  first: number;
  last: number;
}

interface Row {
  all_pairs: number;
  realm: string;
  src: string;
  dst: string;
  outbound: number;
  connections: number;
  open: number;
  longest: number;
  total: number;
  bytes_out: number;
  bytes_in: number;
  ports: number[];
  first: number;
  last: number;
}

/** Pairs fetched, longest first: far more than are reported, so that the score and not the engine chooses. */
const CANDIDATES = 5_000;

/**
 * Snapshots of a connection whose final record is there are left out, whatever they say. Without snapshots in the case the (costly)
 * search for their final records is left out.
 */
const NOT_FINISHED = `AND (record_state = 'final' OR connection_uid = '' OR connection_uid NOT IN (
    SELECT connection_uid FROM network_activity WHERE record_state = 'final' AND connection_uid IN (
      SELECT connection_uid FROM network_activity
      WHERE record_state != 'final' AND duration >= {least:Float64} AND connection_uid != '')))`;

/** `internal_host` knows more than the inventory: also what the logs themselves mark as local. */
const inside = (end: "s" | "d") => insideSql(end, "realm");

/**
 * A connection is one by its uid; where two sensors on one link saw it (two uids) by its ends, ports and the ten minutes in which it
 * began, since a port pair cannot be used anew while the connection lives.
 */
function pairsSql(which: string, withSnapshots: boolean, most: number): string {
  return `SELECT count() OVER () AS all_pairs, realm, toString(s) AS src, toString(d) AS dst, ${inside("s")} AS outbound, count() AS connections, countIf(is_open) AS open, max(lasted) AS longest,
      sum(lasted) AS total, sum(b_out) AS bytes_out, sum(b_in) AS bytes_in, groupUniqArray(20)(port) AS ports,
      toUnixTimestamp64Milli(min(began)) AS first, toInt64(max(ended)) AS last
    FROM (SELECT realm, s, d, port, proto, max(duration_of) AS lasted, argMax(bytes_out_of, duration_of) AS b_out,
        argMax(bytes_in_of, duration_of) AS b_in, min(open_of) AS is_open, min(began_of) AS began,
        max(toUnixTimestamp64Milli(began_of) + toInt64(duration_of * 1000)) AS ended
      FROM (SELECT address_realm AS realm, src_endpoint_ip AS s, src_endpoint_port AS sport, dst_endpoint_ip AS d,
          dst_endpoint_port AS port, connection_protocol AS proto, max(duration) AS duration_of,
          argMax(traffic_bytes_out, duration) AS bytes_out_of, argMax(traffic_bytes_in, duration) AS bytes_in_of,
          min(record_state != 'final') AS open_of, min(toDateTime64(time, 3, 'UTC')) AS began_of
        FROM network_activity
        WHERE duration >= {least:Float64} ${withSnapshots ? NOT_FINISHED : ""} AND ${oneMachineSql("dst_endpoint_ip")}
        GROUP BY realm, s, sport, d, port, proto,
          if(connection_uid = '', concat(source_id, ':', toString(source_line)), connection_uid) AS uid)
      GROUP BY realm, s, d, port, sport, proto, intDiv(toUnixTimestamp64Milli(began_of), 600000) AS start)
    WHERE ${which}
    GROUP BY realm, s, d
    ORDER BY longest DESC, realm, s, d
    LIMIT ${most}`;
}

const ONE_END = `${inside("s")} != ${inside("d")}`;
/** Between inside hosts only what has ports is a connection: pings of monitoring go on for ever. */
const BOTH_ENDS = `${inside("s")} AND ${inside("d")} AND proto IN ('tcp', 'udp')`;

/**
 * Pairs with long connections of which one end is ours: the longest, and how many there are; and the longest `internal` ones between two
 * inside hosts.
 */
export async function longPairs(
  context: DetectContext,
  least: number,
  internal: number,
): Promise<{ pairs: LongPair[]; all: number; internal: LongPair[] }> {
  const [snapshots] = await context.query<{ some: number }>(
    "SELECT count() > 0 AS some FROM (SELECT 1 FROM network_activity WHERE record_state != 'final' LIMIT 1)",
  );
  const withSnapshots = Number(snapshots?.some ?? 0) > 0;
  const rows = await context.query<Row>(pairsSql(ONE_END, withSnapshots, CANDIDATES), { least });
  const within =
    internal > 0
      ? await context.query<Row>(pairsSql(BOTH_ENDS, withSnapshots, Math.round(internal)), { least })
      : [];
  return {
    pairs: rows.map((row) => toPair(row, false)),
    all: Number(rows[0]?.all_pairs ?? 0),
    internal: within.map((row) => toPair(row, true)),
  };
}

function toPair(row: Row, internal: boolean): LongPair {
  const src = plainAddress(row.src);
  const dst = plainAddress(row.dst);
  const outbound = Number(row.outbound) === 1;
  return {
    realm: row.realm,
    host: outbound ? src : dst,
    server: outbound ? dst : src,
    inbound: !outbound,
    internal,
    connections: row.connections,
    open: row.open,
    longest: row.longest,
    total: row.total,
    bytesOut: outbound ? row.bytes_out : row.bytes_in,
    bytesIn: outbound ? row.bytes_in : row.bytes_out,
    ports: row.ports,
    first: row.first,
    last: row.last,
  };
}
