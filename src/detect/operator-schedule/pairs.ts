import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import type { Cluster } from "./subjects.js";

/** One of our hosts and one server of a cluster, whoever opens the connections. */
export interface Pair {
  realm: string;
  host: string;
  /** Address, or the name where the server is known by name on addresses that others share. */
  server: string;
  /** How its times are read. */
  by: "flows" | "log of addresses" | "log of names";
  connections: number;
  /** False where no log says how many bytes were exchanged: then size tells nothing. */
  sized: boolean;
  hours: number;
  days: number;
  /** Milliseconds UTC, of contact of any kind. */
  first: number;
  last: number;
  sensors: string[];
}

interface Row {
  realm: string;
  host: string;
  server: string;
  flows: number;
  bytes: number;
  hour_count: number;
  day_count: number;
  first: string;
  last: string;
  sensors: string[];
}

const CHUNK = 2_000;
/** Host pairs of one query; a server that half the Internet's scanners visit has more, and the busiest count. */
const MOST_ROWS = 20_000;

const SUMS = `sumIf(connections, channel = 'flow') AS flows, sumIf(bytes_out + bytes_in, channel = 'flow') AS bytes,
  uniq(hour) AS hour_count, uniq(toDate(hour)) AS day_count, toString(min(first_time)) AS first, toString(max(last_time)) AS last,
  arraySort(groupUniqArray(50)(toString(sensor_id))) AS sensors`;

const OUTBOUND = `SELECT address_realm AS realm, toString(src_ip) AS host, toString(dst_ip) AS server, ${SUMS}
  FROM contact_hourly WHERE channel IN ('flow', 'tls', 'http') AND dst_ip IN {servers:Array(IPv6)} AND ${insideSql("src_ip")}
  GROUP BY realm, src_ip, dst_ip ORDER BY hour_count DESC, realm, host, server LIMIT {most:UInt32}`;

const INBOUND = `SELECT address_realm AS realm, toString(dst_ip) AS host, toString(src_ip) AS server, ${SUMS}
  FROM contact_hourly WHERE channel IN ('flow', 'tls', 'http') AND src_ip IN {servers:Array(IPv6)} AND ${insideSql("dst_ip")}
  GROUP BY realm, src_ip, dst_ip ORDER BY hour_count DESC, realm, host, server LIMIT {most:UInt32}`;

const NAMED = `SELECT address_realm AS realm, toString(src_ip) AS host, name AS server, ${SUMS}
  FROM contact_hourly WHERE channel IN ('tls', 'http') AND name IN {servers:Array(String)} AND dst_ip NOT IN {addresses:Array(IPv6)} AND ${insideSql("src_ip")}
  GROUP BY realm, src_ip, name ORDER BY hour_count DESC, realm, host, server LIMIT {most:UInt32}`;

/** Contact of inside hosts with the servers of these clusters, from the roll-up. A pair that connects both ways is one pair. */
export async function pairsOf(context: DetectContext, clusters: readonly Cluster[]): Promise<Pair[]> {
  const addresses = [...new Set(clusters.flatMap((each) => each.addresses))].filter(
    (address) => !context.allow.address(address),
  );
  const names = [...new Set(clusters.flatMap((each) => each.names))].filter(
    (name) => !context.allow.domain(name),
  );
  const pairs: Pair[] = [];
  for (const servers of chunks(addresses, CHUNK)) {
    for (const sql of [OUTBOUND, INBOUND]) {
      const rows = await context.query<Row>(sql, { servers, most: MOST_ROWS });
      for (const row of rows) pairs.push(pairOf(row, Number(row.flows) > 0 ? "flows" : "log of addresses"));
    }
  }
  // A name at one of the cluster's own addresses is there already, with what it says in flows.
  for (const servers of chunks(names, CHUNK)) {
    const rows = await context.query<Row>(NAMED, { servers, addresses, most: MOST_ROWS });
    for (const row of rows) pairs.push(pairOf(row, "log of names"));
  }
  const same = groupBy(pairs, ({ realm, host, server }) => `${realm} ${host} ${server}`);
  return [...same.values()].map((list) => together(list as [Pair, ...Pair[]]));
}

function pairOf(row: Row, by: Pair["by"]): Pair {
  return {
    realm: row.realm,
    host: plainAddress(row.host),
    server: by === "log of names" ? row.server : plainAddress(row.server),
    by,
    connections: Math.max(0, Number(row.flows)),
    sized: by === "flows" && Number(row.bytes) > 0,
    hours: Number(row.hour_count),
    days: Number(row.day_count),
    first: parseTime(row.first),
    last: parseTime(row.last),
    sensors: row.sensors,
  };
}

/** Both directions of one pair. */
function together(list: readonly [Pair, ...Pair[]]): Pair {
  const [first] = list;
  const flows = list.filter(({ by }) => by === "flows");
  return {
    realm: first.realm,
    host: first.host,
    server: first.server,
    by: flows.length > 0 ? "flows" : first.by,
    connections: list.reduce((sum, { connections }) => sum + connections, 0),
    sized: list.some(({ sized }) => sized),
    hours: Math.max(...list.map(({ hours }) => hours)),
    days: Math.max(...list.map(({ days }) => days)),
    first: Math.min(...list.map((each) => each.first)),
    last: Math.max(...list.map(({ last }) => last)),
    sensors: [...new Set(list.flatMap(({ sensors }) => sensors))].sort(),
  };
}
