import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { DAY } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";

/** An address outside that was first contacted after the learning period. */
export interface Destination {
  address: string;
  /** Distinct (realm, host), sorted. */
  hosts: { realm: string; host: string }[];
  connections: number;
  bytesOut: number;
  bytesIn: number;
  days: number;
  ports: number[];
  first: number;
  last: number;
  /** Days between the first record of the sensor that saw it first and the first contact. */
  age: number;
}

const CANDIDATES = 5_000;
/** A destination with more hosts is not rare by anyone's measure; the engine counts no further (`uniqUpTo`). */
const MOST_HOSTS = 20;

/** First and last record of each sensor; records before 1971 (a clock that was not set) tell nothing about when it began. */
export async function sensorStarts(
  context: DetectContext,
): Promise<{ sensor: string; start: number; end: number }[]> {
  return context.query(
    `SELECT sensor_id AS sensor, toInt64(toUInt32(min(hour))) * 1000 AS start, toInt64(toUInt32(max(hour))) * 1000 + 3600000 AS end
     FROM coverage_hourly WHERE records > 0 AND toUInt32(hour) >= 31536000 GROUP BY sensor_id ORDER BY sensor`,
  );
}

const SINCE = `toUnixTimestamp64Milli(first_time)
  - transform(toString(sensor_id), {sensors:Array(String)}, {starts:Array(Int64)}, toInt64(0))`;

/**
 * New addresses, largest upload first. "New" is judged for each sensor by its own beginning: everything is new to a sensor on its first
 * day. Every state of the grouping is small and bounded, and it spills to disk where destinations are many (grouping in the roll-up's
 * order was measured slower and larger over ten partitions); who the hosts are is asked only for the few addresses that remain.
 */
export async function newDestinations(
  context: DetectContext,
  starts: readonly { sensor: string; start: number }[],
): Promise<Destination[]> {
  const rows = await context.query<{ address: string; age_ms: number }>(
    `SELECT toString(dst_ip) AS address, min(${SINCE}) AS age_ms
     FROM contact_hourly
     WHERE channel = 'flow'
       AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
       AND (address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)
     GROUP BY dst_ip
     HAVING age_ms >= {learning:Int64} AND uniqUpTo(20)(address_realm, src_ip) <= {max_hosts:UInt32}
       AND sum(bytes_out) >= {min_bytes:Int64} AND uniqUpTo(20)(toDate(hour)) >= {min_days:UInt32} AND sum(answered) > 0
     ORDER BY sum(bytes_out) DESC, address LIMIT ${CANDIDATES}`,
    {
      ...startParameters(starts),
      learning: Math.round(context.parameter("learning_days") * DAY),
      max_hosts: Math.min(MOST_HOSTS, Math.floor(context.parameter("max_hosts"))),
      min_bytes: Math.round(context.parameter("min_bytes_out")),
      min_days: Math.min(20, Math.round(context.parameter("min_days"))),
    },
  );
  const age = new Map(rows.map((row) => [plainAddress(row.address), row.age_ms / DAY]));
  const destinations: Destination[] = [];
  for (const addresses of chunks([...age.keys()], 2_000)) {
    for (const each of await details(context, addresses)) {
      destinations.push({ ...each, age: age.get(each.address) ?? 0 });
    }
  }
  return destinations;
}

function startParameters(starts: readonly { sensor: string; start: number }[]) {
  return { sensors: starts.map((each) => each.sensor), starts: starts.map((each) => each.start) };
}

async function details(
  context: DetectContext,
  addresses: readonly string[],
): Promise<Omit<Destination, "age">[]> {
  const rows = await context.query<{
    address: string;
    realms: string[];
    sources: string[];
    connections: number;
    out: number;
    in: number;
    days: number;
    ports: number[];
    first: number;
    last: number;
  }>(
    `SELECT toString(dst) AS address, groupArray(realm) AS realms, groupArray(toString(src)) AS sources, sum(c) AS connections,
       sum(b_out) AS out, sum(b_in) AS in, length(arrayDistinct(arrayFlatten(groupArray(d)))) AS days,
       arraySort(arrayDistinct(arrayFlatten(groupArray(p)))) AS ports, min(f) AS first, max(l) AS last
     FROM (SELECT dst_ip AS dst, address_realm AS realm, src_ip AS src, sum(connections) AS c, sum(bytes_out) AS b_out,
         sum(bytes_in) AS b_in, groupUniqArray(toDate(hour)) AS d, groupUniqArray(20)(dst_port) AS p,
         toUnixTimestamp64Milli(min(first_time)) AS f, toUnixTimestamp64Milli(max(last_time)) AS l
       FROM contact_hourly
       WHERE channel = 'flow' AND dst_ip IN {addresses:Array(IPv6)}
         AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
       GROUP BY dst, realm, src ORDER BY dst, realm, src)
     GROUP BY dst`,
    { addresses },
  );
  return rows.map((row) => ({
    address: plainAddress(row.address),
    hosts: row.sources.map((source, at) => ({ realm: row.realms[at] ?? "", host: plainAddress(source) })),
    connections: row.connections,
    bytesOut: row.out,
    bytesIn: row.in,
    days: row.days,
    ports: row.ports,
    first: row.first,
    last: row.last,
  }));
}

/**
 * Names that share the registrable part with an earlier name are no news: content networks change addresses every day. Returns, of the
 * given names, those whose domain was used within some sensor's learning period, or by more hosts than a rare destination may have.
 */
export async function knownNames(
  context: DetectContext,
  names: readonly string[],
  starts: readonly { sensor: string; start: number }[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of chunks(names, 2_000)) {
    const rows = await context.query<{ name: string }>(
      `WITH (SELECT groupUniqArray(cutToFirstSignificantSubdomain(n)) FROM (SELECT arrayJoin({names:Array(String)}) AS n)) AS domains
       SELECT n AS name FROM (SELECT arrayJoin({names:Array(String)}) AS n)
       WHERE cutToFirstSignificantSubdomain(n) IN (
         SELECT domain FROM (
           SELECT cutToFirstSignificantSubdomain(name) AS domain, address_realm, src_ip, ${SINCE} AS since
           FROM contact_hourly WHERE channel != 'flow' AND name != '' AND has(domains, cutToFirstSignificantSubdomain(name)))
         GROUP BY domain
         HAVING min(since) < {learning:Int64} OR uniqUpTo(20)(address_realm, src_ip) > {max_hosts:UInt32})`,
      {
        names: some,
        ...startParameters(starts),
        learning: Math.round(context.parameter("learning_days") * DAY),
        max_hosts: Math.min(MOST_HOSTS, Math.floor(context.parameter("max_hosts"))),
      },
    );
    for (const row of rows) known.add(row.name);
  }
  return known;
}
