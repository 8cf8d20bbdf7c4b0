import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import type { Judged } from "./gate.js";
import {
  EXPECTED_SQL,
  IS_TLS_SQL,
  type JudgedPort,
  NAMED_SQL,
  ON_PORTS_SQL,
  payloadSql,
  WHOLE_SQL,
} from "./ports.js";

export const KINDS = ["unnamed", "no-handshake", "other"] as const;
export type MismatchKind = (typeof KINDS)[number];

/** Connections of one host with one server outside that are not what their port says. */
export interface Mismatch {
  kind: MismatchKind;
  realm: string;
  host: string;
  server: string;
  port: JudgedPort;
  /** What the sensor recognised instead; '' unless `kind` is `other`. */
  spoken: string;
  /** The host is on our side; false where neither end is known to be. */
  inside: boolean;
  connections: number;
  /** With payload both ways. */
  both: number;
  sent: number;
  received: number;
  days: number;
  /** Longest connection, seconds. */
  longest: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  /** `sensor|product` of each that saw some of it. */
  sensors: string[];
  /** Connections of the same ends and port in which the port's protocol was recognised. */
  proper: number;
  /** The same of the server with anybody. */
  properOthers: number;
}

type Row = Omit<Mismatch, "inside" | "proper" | "properOthers"> & { inside: number };

/** Bytes that one side must have sent where the other was silent: less is a probe or a keep-alive; the shortest HTTP request has 16. */
const LEAST_ALONE = 16;

/** Pairs from the engine, ours and those with data both ways first. */
const CANDIDATES = 5_000;
const CHUNK = 2_000;
/** Hosts in one query of details. */
const HOSTS = 500;

/** Interim records of connections that ended later say less than the last one; they count only where there is none. */
const LAST_RECORD = `(record_state = 'final' OR connection_uid NOT IN (
    SELECT connection_uid FROM network_activity WHERE record_state = 'final' AND connection_uid IN (
      SELECT connection_uid FROM network_activity WHERE record_state != 'final')))`;

/** Judged days as bound arrays, over rows of {@link candidatesSql}. */
const ON_JUDGED_DAYS = `arrayExists((a, b, p, f, t) -> a = sensor AND b = made_by AND p = port AND intDiv(began, 86400000) BETWEEN f AND t,
    {sensors:Array(String)}, {products:Array(String)}, {ports:Array(UInt16)}, {from:Array(UInt32)}, {to:Array(UInt32)})`;

/** Cheap conditions first: this reads the whole table. */
const FITS = `${ON_PORTS_SQL} AND product IN {products:Array(String)} AND sensor_id IN {sensors:Array(String)} AND ${WHOLE_SQL}`;

const UNEXPECTED = `NOT ${EXPECTED_SQL} AND ${payloadSql("out")} > 0`;

const NO_HANDSHAKE = `dst_endpoint_port = 443 AND ${IS_TLS_SQL} AND ${payloadSql("out")} >= {handshake:Int64} AND ${payloadSql("in")} >= {handshake:Int64}
  AND product IN {tls_products:Array(String)} AND sensor_id IN {tls_sensors:Array(String)}
  AND (connection_uid IN (SELECT connection_uid FROM tls_activity WHERE established = 0)
    OR dst_endpoint_ip NOT IN (SELECT dst_endpoint_ip FROM tls_activity))`;

/** Pairs that may have such connections; what the TLS and HTTP logs say of each is asked of these alone. */
function roughSql(which: string, records: string): string {
  return `SELECT toString(s) AS host, toString(d) AS server, count() OVER () AS total
    FROM (SELECT address_realm AS realm, src_endpoint_ip AS s, dst_endpoint_ip AS d, count() AS n, countIf(${payloadSql("in")} > 0) AS both
      FROM network_activity WHERE ${FITS} AND ${which} AND ${records} GROUP BY realm, s, d)
    WHERE NOT ${insideSql("d", "realm")} AND ${oneMachineSql("d")}
    ORDER BY ${insideSql("s", "realm")} DESC, both DESC, n DESC, host, server LIMIT ${CANDIDATES}`;
}

/** One row a connection and observer. */
function candidatesSql(which: string, records: string): string {
  return `SELECT * FROM (SELECT if(connection_uid = '', concat(source_id, ':', toString(source_line)), connection_uid) AS uid, address_realm AS realm,
      src_endpoint_ip AS s, src_endpoint_port AS sport, dst_endpoint_ip AS d, dst_endpoint_port AS port, toString(sensor_id) AS sensor,
      toString(product) AS made_by, argMax(${NAMED_SQL}, duration) AS named, max(${payloadSql("out")}) AS sent, max(${payloadSql("in")}) AS got,
      toUnixTimestamp64Milli(min(toDateTime64(time, 3, 'UTC'))) AS began, max(duration) AS lasted
    FROM network_activity
    WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)} AND ${FITS} AND ${which} AND ${records}
    GROUP BY uid, realm, s, sport, d, port, sensor, made_by)
    WHERE ${ON_JUDGED_DAYS}`;
}

/**
 * Pairs of these connections. Two sensors on one link give a connection two uids; ends, ports and the ten minutes in which it began make
 * them one.
 */
function pairsSql(connections: string, kind: string): string {
  return `SELECT ${kind} AS kind, realm, toString(s) AS host, toString(d) AS server, port, spoken, ${insideSql("s", "realm")} AS inside,
      count() AS connections, countIf(out > 0 AND into > 0) AS both, sum(out) AS sent, sum(into) AS received,
      uniqExact(intDiv(start, 86400000)) AS days, max(long) AS longest, min(start) AS first, max(start + toInt64(long * 1000)) AS last,
      groupUniqArrayArray(16)(observers) AS sensors
    FROM (SELECT realm, s, d, port, spoken, sport, max(sent) AS out, max(got) AS into, min(began) AS start, max(lasted) AS long,
        groupUniqArray(16)(concat(sensor, '|', made_by)) AS observers
      FROM (${connections}) GROUP BY realm, s, d, port, spoken, sport, intDiv(began, 600000)
      HAVING into > 0 OR out >= ${LEAST_ALONE})
    GROUP BY realm, s, d, port, spoken
    ORDER BY realm, host, server, port, spoken`;
}

/** Of the candidates, what the TLS and HTTP logs know: a recognised hello is no false protocol, and plain HTTP on 443 is HTTP. */
function unexpectedSql(records: string): string {
  const connections = `SELECT *, multiIf(named != '', named, port = 443 AND in_http, 'http', port = 80 AND in_tls, 'tls', '') AS spoken
    FROM (SELECT *, uid IN (SELECT connection_uid FROM tls_activity WHERE connection_uid IN (SELECT uid FROM candidates)) AS in_tls,
        uid IN (SELECT connection_uid FROM http_activity WHERE log_role = 'sensor' AND connection_uid IN (SELECT uid FROM candidates)) AS in_http
      FROM candidates)
    WHERE NOT (port = 443 AND in_tls) AND NOT (port = 80 AND in_http)`;
  return `WITH candidates AS (${candidatesSql(UNEXPECTED, records)})
    ${pairsSql(connections, "if(spoken = '', 'unnamed', 'other')")}`;
}

/** TLS connections with much data both ways whose handshake the TLS log says was not finished, or that it does not know at all. */
function noHandshakeSql(records: string): string {
  const connections = `SELECT *, '' AS spoken FROM candidates
    WHERE uid NOT IN (SELECT connection_uid FROM tls_activity WHERE established = 1 AND connection_uid IN (SELECT uid FROM candidates))`;
  return `WITH candidates AS (${candidatesSql(NO_HANDSHAKE, records)}) ${pairsSql(connections, "'no-handshake'")}`;
}

/** Mismatches at judged sensors on judged days. `cut` says that there are more pairs than were looked at. */
export async function mismatches(
  context: DetectContext,
  judged: readonly Judged[],
  tlsSensors: readonly { sensor: string; product: string }[],
  handshakeBytes: number,
): Promise<{ pairs: Mismatch[]; cut: boolean }> {
  const [snapshots] = await context.query<{ some: number }>(
    "SELECT count() > 0 AS some FROM (SELECT 1 FROM network_activity WHERE record_state != 'final' LIMIT 1)",
  );
  const records = Number(snapshots?.some ?? 0) > 0 ? LAST_RECORD : "record_state = 'final'";
  const parameters: SqlParameters = {
    sensors: judged.map((each) => each.sensor),
    products: judged.map((each) => each.product),
    ports: judged.map((each) => each.port),
    from: judged.map((each) => each.from),
    to: judged.map((each) => each.to),
    handshake: Math.round(handshakeBytes),
    tls_sensors: tlsSensors.map((each) => each.sensor),
    tls_products: tlsSensors.map((each) => each.product),
  };
  const unexpected = await detail(context, UNEXPECTED, unexpectedSql(records), records, parameters);
  const bare =
    tlsSensors.length === 0
      ? { pairs: [], cut: false }
      : await detail(context, NO_HANDSHAKE, noHandshakeSql(records), records, parameters);
  const pairs = [...unexpected.pairs, ...bare.pairs];
  await addProper(context, pairs);
  return { pairs, cut: unexpected.cut || bare.cut };
}

async function detail(
  context: DetectContext,
  which: string,
  sql: string,
  records: string,
  parameters: SqlParameters,
): Promise<{ pairs: Mismatch[]; cut: boolean }> {
  const rough = await context.query<{ host: string; server: string; total: number }>(
    roughSql(which, records),
    parameters,
  );
  // Chunks by host, so that no pair is asked for twice.
  const byHost = [...groupBy(rough, ({ host }) => host).values()];
  const pairs: Mismatch[] = [];
  for (const some of chunks(byHost, HOSTS)) {
    const rows = await context.query<Row>(sql, {
      ...parameters,
      hosts: some.map((list) => (list[0] as { host: string }).host),
      servers: [...new Set(some.flat().map(({ server }) => server))],
    });
    for (const row of rows)
      pairs.push({
        ...row,
        host: plainAddress(row.host),
        server: plainAddress(row.server),
        inside: Number(row.inside) === 1,
        proper: 0,
        properOthers: 0,
      });
  }
  return { pairs, cut: Number(rough[0]?.total ?? 0) > rough.length };
}

/** How often the same server spoke what belongs on the port, with this host and with all. */
async function addProper(context: DetectContext, pairs: Mismatch[]): Promise<void> {
  const ofPair = new Map<string, number>();
  const ofServer = new Map<string, number>();
  const pairKey = (row: { realm: string; host: string; server: string; port: number }) =>
    [row.realm, plainAddress(row.host), plainAddress(row.server), row.port].join("|");
  const serverKey = (row: { server: string; port: number }) => `${plainAddress(row.server)}|${row.port}`;
  for (const some of chunks(pairs, CHUNK)) {
    const servers = [...new Set(some.map((each) => each.server))];
    const own = await context.query<{ realm: string; host: string; server: string; port: number; n: number }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port,
         countIf(${EXPECTED_SQL}) AS n
       FROM network_activity
       WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)} AND ${ON_PORTS_SQL} AND record_state = 'final'
       GROUP BY realm, src_endpoint_ip, dst_endpoint_ip, port HAVING n > 0`,
      { hosts: [...new Set(some.map((each) => each.host))], servers },
    );
    for (const row of own) ofPair.set(pairKey(row), Number(row.n));
    const all = await context.query<{ server: string; port: number; n: number }>(
      `SELECT toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port, countIf(${EXPECTED_SQL}) AS n FROM network_activity
       WHERE dst_endpoint_ip IN {servers:Array(IPv6)} AND ${ON_PORTS_SQL} AND record_state = 'final'
       GROUP BY dst_endpoint_ip, port HAVING n > 0`,
      { servers },
    );
    for (const row of all) ofServer.set(serverKey(row), Number(row.n));
  }
  for (const pair of pairs) {
    // A TLS connection without a handshake was recognised as TLS itself.
    const itself = pair.kind === "no-handshake" ? pair.connections : 0;
    pair.proper = Math.max(0, (ofPair.get(pairKey(pair)) ?? 0) - itself);
    pair.properOthers = Math.max(0, (ofServer.get(serverKey(pair)) ?? 0) - itself);
  }
}
