import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import type { ActiveDay } from "../shared/activity.js";
import { firstValuesSql } from "../shared/first-values.js";
import type { Watch } from "./watch.js";

/** A watched name, certificate or fingerprint, seen between one of our hosts and an address. */
export interface Sighting {
  /** The name, or the fingerprint. */
  label: string;
  channel: "dns" | "tls" | "http";
  realm: string;
  ours: string;
  server: string;
  /** 0 for `dns`. */
  port: number;
  sensors: string[];
  /** Volumes are 0: the flow log has them. */
  days: ActiveDay[];
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

const CHUNK = 2_000;

/** Columns of a sighting over an inner query that yields one row a day. */
const BY_DAY = `
  toString(ours) AS ours_text, toString(server) AS server_text, groupUniqArrayArray(sensors) AS sensors,
  groupArray([toInt64(day), toInt64(mask), toInt64(c), toInt64(a)]) AS days, toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last`;

interface Row {
  label: string;
  channel: "dns" | "tls" | "http";
  realm: string;
  ours_text: string;
  server_text: string;
  port: number;
  sensors: string[];
  days: [number, number, number, number][];
  first: number;
  last: number;
}

function toSighting(row: Row): Sighting {
  return {
    label: row.label,
    channel: row.channel,
    realm: row.realm,
    port: row.port,
    sensors: row.sensors,
    first: row.first,
    last: row.last,
    ours: plainAddress(row.ours_text),
    server: plainAddress(row.server_text),
    days: row.days.map(([day, mask, connections, answered]) => ({
      day,
      mask,
      connections,
      answered,
      out: 0,
      in: 0,
    })),
  };
}

/** Names of the telemetry that fall under a watched wildcard: those whose last labels, as many as the parent has, are the parent. */
async function namesUnderWildcards(context: DetectContext, wildcards: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const [labels, parents] of groupBy(wildcards, (each) => each.split(".").length)) {
    for (const some of chunks(parents, CHUNK)) {
      const rows = await context.query<{ name: string }>(
        `SELECT DISTINCT name FROM contact_hourly
         WHERE channel != 'flow' AND substringIndex(name, '.', -{labels:UInt8}) IN {parents:Array(String)}`,
        { labels, parents: some },
      );
      for (const row of rows) found.push(row.name);
    }
  }
  return found;
}

/** Every sighting of watched names: who used them, and where they pointed. */
export async function nameSightings(context: DetectContext, watch: Watch): Promise<Sighting[]> {
  const names = new Set([
    ...watch.names.keys(),
    ...(await namesUnderWildcards(context, [...watch.wildcards.keys()])),
  ]);
  const found: Sighting[] = [];
  for (const some of chunks([...names], CHUNK)) {
    const rows = await context.query<Row>(
      `SELECT name AS label, toString(channel) AS channel, realm, port, ${BY_DAY}
       FROM (SELECT name, channel, address_realm AS realm, src_ip AS ours, dst_ip AS server, dst_port AS port,
               intDiv(toUInt32(hour), 86400) AS day, groupBitOr(bitShiftLeft(toUInt32(1), toHour(hour))) AS mask,
               sum(connections) AS c, sum(answered) AS a, min(first_time) AS f, max(last_time) AS l,
               groupUniqArray(sensor_id) AS sensors
             FROM contact_hourly WHERE channel != 'flow' AND name IN {names:Array(String)}
             GROUP BY name, channel, realm, ours, server, port, day)
       GROUP BY label, channel, realm, ours, server, port`,
      { names: some },
    );
    for (const row of rows) found.push(toSighting(row));
  }
  return found;
}

const TLS_DAYS = `address_realm AS realm, src_endpoint_ip AS ours, dst_endpoint_ip AS server, dst_endpoint_port AS port,
  intDiv(toUInt32(toDateTime(time)), 86400) AS day,
  groupBitOr(bitShiftLeft(toUInt32(1), toHour(time))) AS mask, count() AS c, countIf(established) AS a,
  min(toDateTime64(time, 3, 'UTC')) AS f, max(toDateTime64(time, 3, 'UTC')) AS l, groupUniqArray(sensor_id) AS sensors`;

/** Ids looked up as an array, so that the index on the column prunes; more of them are joined. */
const INDEXED_IDS = 2_000;

const SIGHTED = (label: string, from: string, where: string) =>
  `SELECT label, 'tls' AS channel, realm, port, ${BY_DAY}
   FROM (SELECT ${label} AS label, ${TLS_DAYS} FROM ${from} WHERE ${where} GROUP BY label, realm, ours, server, port, day)
   GROUP BY label, realm, ours, server, port`;

const KNOWN_IDS = `SELECT arrayJoin(arrayFilter(x -> x != '', [certificate_uid, fingerprint_sha256, fingerprint_sha1])) AS id,
    max(multiIf(fingerprint_sha256 IN {fps:Array(String)}, fingerprint_sha256, fingerprint_sha1 IN {fps:Array(String)},
      fingerprint_sha1, fingerprint_md5)) AS fp
  FROM certificate WHERE fingerprint_sha256 IN {fps:Array(String)} OR fingerprint_sha1 IN {fps:Array(String)}
    OR fingerprint_md5 IN {fps:Array(String)}
  GROUP BY id`;

/**
 * Every server that presented one of the certificates as its own (the leaf of its chain). A log names it by fingerprint, or (Zeek
 * before 5) by a file id, new for each connection, that only the certificate log resolves.
 */
export async function certificateSightings(
  context: DetectContext,
  fingerprints: readonly string[],
): Promise<Sighting[]> {
  const found: Sighting[] = [];
  for (const fps of chunks(fingerprints, CHUNK)) {
    const known = await context.query<{ id: string; fp: string }>(`${KNOWN_IDS} LIMIT ${INDEXED_IDS + 1}`, {
      fps,
    });
    const named = new Map([
      ...fps.map((fp) => [fp, fp] as const),
      ...known.map(({ id, fp }) => [id, fp] as const),
    ]);
    const add = (rows: readonly Row[]) => {
      for (const row of rows) found.push(toSighting({ ...row, label: named.get(row.label) ?? row.label }));
    };
    // Two statements, because a condition over two columns could use the index of neither.
    const leaf = "if(empty(certificate_chain), '', certificate_chain[1])";
    add(
      await context.query<Row>(
        SIGHTED("certificate_fingerprint", "tls_activity", "certificate_fingerprint IN {ids:Array(String)}"),
        { ids: [...named.keys()].slice(0, 2 * CHUNK) },
      ),
    );
    if (known.length <= INDEXED_IDS) {
      const where = `hasAny(certificate_chain, {ids:Array(String)}) AND ${leaf} IN {ids:Array(String)}
        AND certificate_fingerprint NOT IN {ids:Array(String)}`;
      add(await context.query<Row>(SIGHTED(leaf, "tls_activity", where), { ids: [...named.keys()] }));
    } else {
      const from = `tls_activity INNER JOIN (${KNOWN_IDS}) AS known ON known.id = certificate_chain[1]`;
      const where = "notEmpty(certificate_chain) AND certificate_fingerprint NOT IN {fps:Array(String)}";
      add(await context.query<Row>(SIGHTED("known.fp", from, where), { fps }));
    }
  }
  return found;
}

/** Connections whose TLS client (JA3, JA4) or server (JA3S) fingerprint is watched. */
export async function fingerprintSightings(
  context: DetectContext,
  fingerprints: readonly string[],
): Promise<Sighting[]> {
  const found: Sighting[] = [];
  for (const some of chunks(fingerprints, CHUNK)) {
    const rows = await context.query<Row>(
      `SELECT label, 'tls' AS channel, realm, port, ${BY_DAY}
       FROM (SELECT multiIf(ja3 IN {fps:Array(String)}, ja3, ja4 IN {fps:Array(String)}, ja4, ja3s) AS label, ${TLS_DAYS}
             FROM tls_activity
             WHERE ja3 IN {fps:Array(String)} OR ja4 IN {fps:Array(String)} OR ja3s IN {fps:Array(String)}
             GROUP BY label, realm, ours, server, port, day)
       GROUP BY label, realm, ours, server, port`,
      { fps: some },
    );
    for (const row of rows) found.push(toSighting(row));
  }
  return found;
}

/** Leaf certificates (every fingerprint known of them) that addresses presented, with the time they did. */
export async function certificatesAt(
  context: DetectContext,
  addresses: readonly string[],
): Promise<{ address: string; fingerprint: string; first: number; last: number }[]> {
  const found: { address: string; fingerprint: string; first: number; last: number }[] = [];
  for (const some of chunks(addresses, CHUNK)) {
    const rows = await context.query<{ address: string; fingerprint: string; first: number; last: number }>(
      `SELECT toString(server) AS address, fingerprint, min(f) AS first, max(l) AS last
       FROM (SELECT dst_endpoint_ip AS server,
               if(certificate_fingerprint != '', certificate_fingerprint, certificate_chain[1]) AS leaf,
               toInt64(toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC'))) AS f,
               toInt64(toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC'))) AS l
             FROM tls_activity WHERE dst_endpoint_ip IN {addresses:Array(IPv6)} GROUP BY server, leaf HAVING leaf != '') AS seen
       LEFT ANY JOIN (SELECT certificate_uid AS uid,
                    max(multiIf(fingerprint_sha256 != '', fingerprint_sha256, fingerprint_sha1 != '', fingerprint_sha1, fingerprint_md5)) AS fp
                  FROM certificate WHERE certificate_uid != '' GROUP BY uid) AS known ON known.uid = seen.leaf
       ARRAY JOIN [if(known.fp != '', known.fp, if(match(leaf, '^[0-9a-f]{40,64}$'), leaf, ''))] AS fingerprint
       WHERE fingerprint != '' GROUP BY address, fingerprint`,
      { addresses: some },
    );
    for (const row of rows) found.push({ ...row, address: plainAddress(row.address) });
  }
  return found;
}

/** Addresses of the telemetry, on either side, that lie in one of the networks; with the network they lie in. */
export async function addressesInNetworks(
  context: DetectContext,
  networks: readonly { network: string; prefix: number }[],
): Promise<{ address: string; network: string; prefix: number }[]> {
  const found: { address: string; network: string; prefix: number }[] = [];
  // One set look-up for each prefix length, of which there are few, instead of one comparison for each network.
  for (const [prefix, list] of groupBy(networks, (each) => each.prefix)) {
    for (const some of chunks(list, CHUNK)) {
      const rows = await context.query<{ address: string; network: string }>(
        `SELECT toString(ip) AS address, toString(tupleElement(IPv6CIDRToRange(ip, {prefix:UInt8}), 1)) AS network
         FROM (SELECT DISTINCT dst_ip AS ip FROM contact_hourly WHERE channel = 'flow'
               UNION DISTINCT SELECT DISTINCT src_ip AS ip FROM contact_hourly WHERE channel = 'flow')
         WHERE tupleElement(IPv6CIDRToRange(ip, {prefix:UInt8}), 1) IN {networks:Array(IPv6)}
         LIMIT 200000`,
        { prefix, networks: some.map((each) => each.network) },
      );
      for (const row of rows) {
        found.push({ address: plainAddress(row.address), network: plainAddress(row.network), prefix });
      }
    }
  }
  return found;
}

/** Names that each address was called by, at most 2,000 an address. */
export async function namesAt(
  context: DetectContext,
  addresses: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const some of chunks(addresses, CHUNK)) {
    const rows = await context.query<{ address: string; names: string[] }>(
      `SELECT toString(dst_ip) AS address, ${firstValuesSql(2_000, "name")} AS names FROM contact_hourly
       WHERE channel != 'flow' AND dst_ip IN {addresses:Array(IPv6)} AND name != '' GROUP BY dst_ip`,
      { addresses: some },
    );
    for (const row of rows) found.set(plainAddress(row.address), row.names);
  }
  return found;
}
