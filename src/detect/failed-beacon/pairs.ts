import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import type { Try } from "./attempts.js";

/** One of our hosts and one service that (nearly) never answered it. */
export interface SilentPair {
  realm: string;
  host: string;
  server: string;
  port: number;
  protocol: string;
  connections: number;
  answered: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  /** The server is on our side. */
  inside: boolean;
}

/** The service as all of our hosts know it. */
export interface Service {
  /** Hosts that tried it, counted up to 100. */
  hosts: number;
  /** Connections that it answered, to anyone. */
  answered: number;
}

/** Candidates from the engine. Outside before inside, then by the number of hours with attempts: chatter of minutes goes last. */
const CANDIDATES = 20_000;
/** Connections of a pair in which a rhythm is looked for, from the first on. */
const TRIES = 5_000;

export interface SilentLimits {
  minAttempts: number;
  minSpan: number;
  maxAnsweredShare: number;
}

interface Row {
  realm: string;
  host: string;
  server: string;
  port: number;
  protocol: string;
  is_inside: number;
  total: number;
}

/** One connection's host, service and protocol, as a row of the engine names them and as the result does. */
const KEY = "address_realm, src_ip, dst_ip, dst_port, protocol";
const NAMED_KEY = `address_realm AS realm, toString(src_ip) AS host, toString(dst_ip) AS server, dst_port AS port,
  toString(contact_hourly.protocol) AS protocol`;

/**
 * Pairs with unanswered connections. Only rows with an unanswered connection are grouped, so the state grows with failures and not with
 * traffic; whether the pair succeeded elsewhere, and what is counted twice because two sensors saw it, is settled by {@link settle}.
 */
const candidatesSql = (columns: string): string =>
  `SELECT ${columns} FROM contact_hourly
   WHERE channel = 'flow' AND connections > answered AND contact_hourly.protocol IN ('tcp', 'udp')
     AND ${insideSql("src_ip")} AND ${oneMachineSql("dst_ip")}
   GROUP BY address_realm, src_ip, dst_ip, dst_port, contact_hourly.protocol
   HAVING sum(connections) >= {attempts:UInt32}
     AND toUnixTimestamp64Milli(max(last_time)) - toUnixTimestamp64Milli(min(first_time)) >= {span:Int64}
   ORDER BY ${insideSql("dst_ip")}, count() DESC, sum(connections) DESC, address_realm, toString(src_ip), toString(dst_ip), dst_port,
     toString(contact_hourly.protocol)
   LIMIT ${CANDIDATES}`;

/** Pairs that (nearly) never succeeded, and their services. The candidates stay in the engine: it reads the hours once for all of them. */
export async function silentPairs(
  context: DetectContext,
  limits: SilentLimits,
): Promise<{ pairs: SilentPair[]; services: Map<string, Service>; candidates: number; all: number }> {
  const parameters = {
    attempts: Math.max(2, Math.round(limits.minAttempts)),
    span: Math.round(limits.minSpan * 1000),
  };
  const rows = await context.query<Row>(
    candidatesSql(`${NAMED_KEY}, ${insideSql("dst_ip")} AS is_inside, count() OVER () AS total`),
    parameters,
  );
  const pairs = rows.length === 0 ? [] : await settle(context, rows, parameters, limits);
  const services = pairs.length === 0 ? new Map<string, Service>() : await servicesOf(context, parameters);
  return { pairs, services, candidates: rows.length, all: Number(rows[0]?.total ?? 0) };
}

const pairKey = (row: Pick<SilentPair, "realm" | "host" | "server" | "port" | "protocol">): string =>
  [row.realm, plainAddress(row.host), plainAddress(row.server), row.port, row.protocol].join("|");

export const serviceKey = (row: Pick<SilentPair, "server" | "port" | "protocol">): string =>
  [plainAddress(row.server), row.port, row.protocol].join("|");

/** All connections of the candidates, answered ones too, each counted once. */
async function settle(
  context: DetectContext,
  candidates: readonly Row[],
  parameters: { attempts: number; span: number },
  limits: SilentLimits,
): Promise<SilentPair[]> {
  const known = new Map(candidates.map((row) => [pairKey(row), row]));
  const rows = await context.query<
    Omit<Row, "is_inside" | "total"> & { c: number; a: number; first: number; last: number }
  >(
    `SELECT ${NAMED_KEY}, sum(connections) AS c, sum(answered) AS a,
       toUnixTimestamp64Milli(min(first_time)) AS first, toUnixTimestamp64Milli(max(last_time)) AS last
     FROM contact_hourly
     WHERE channel = 'flow' AND (address_realm, src_ip, dst_ip, dst_port, contact_hourly.protocol) IN (${candidatesSql(KEY)})
     GROUP BY realm, src_ip, dst_ip, port, protocol
     HAVING c >= {least:UInt32} AND a <= c * {share:Float64}`,
    { ...parameters, least: Math.round(limits.minAttempts), share: limits.maxAnsweredShare },
  );
  return rows.flatMap((row) => {
    const candidate = known.get(pairKey(row));
    if (candidate === undefined) return [];
    const { c, a, ...rest } = row;
    return [
      {
        ...rest,
        host: plainAddress(row.host),
        server: plainAddress(row.server),
        connections: c,
        answered: Math.max(0, a),
        inside: Number(candidate.is_inside) === 1,
      },
    ];
  });
}

/** The candidates' services as all of our hosts know them. */
async function servicesOf(
  context: DetectContext,
  parameters: { attempts: number; span: number },
): Promise<Map<string, Service>> {
  const rows = await context.query<Omit<Service, "answered"> & Row & { a: number }>(
    `SELECT toString(dst_ip) AS server, dst_port AS port, toString(contact_hourly.protocol) AS protocol, sum(answered) AS a,
       uniqUpTo(100)(address_realm, src_ip) AS hosts
     FROM contact_hourly
     WHERE channel = 'flow' AND (dst_ip, dst_port, contact_hourly.protocol)
       IN (SELECT dst_ip, dst_port, protocol FROM (${candidatesSql(KEY)})) AND ${insideSql("src_ip")}
     GROUP BY dst_ip, port, protocol`,
    parameters,
  );
  return new Map(
    rows.map((row) => [serviceKey(row), { hosts: Number(row.hosts), answered: Math.max(0, row.a) }]),
  );
}

/** Connections of each pair in order of time, and how many of them were refused rather than ignored. */
export interface Tries {
  tries: Try[];
  refused: number;
}

/** From the raw table, which its sort key (source, destination, port, time) narrows down to these pairs. */
export async function triesOf(
  context: DetectContext,
  pairs: readonly SilentPair[],
): Promise<Map<string, Tries>> {
  const result = new Map<string, Tries>();
  for (const some of chunks(pairs, 100)) {
    const wanted = new Set(some.map(pairKey));
    const rows = await context.query<{
      realm: string;
      host: string;
      server: string;
      port: number;
      protocol: string;
      from: number;
      at: number;
      refused: number;
    }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port,
         toString(connection_protocol) AS protocol, src_endpoint_port AS from,
         toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at, connection_state = 'REJ' AS refused
       FROM network_activity
       WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)} AND dst_endpoint_port IN {ports:Array(UInt16)}
         AND answered = 0 AND record_state = 'final'
       ORDER BY src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, time, source_id, source_line
       LIMIT ${TRIES} BY realm, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, connection_protocol`,
      {
        hosts: [...new Set(some.map((each) => each.host))],
        servers: [...new Set(some.map((each) => each.server))],
        ports: [...new Set(some.map((each) => each.port))],
      },
    );
    for (const [key, list] of groupBy(rows, pairKey)) {
      if (!wanted.has(key)) continue;
      result.set(key, {
        // A UDP program may keep its port for ever: there a port tells nothing about attempts.
        tries: list.map((row) => ({ at: row.at, port: row.protocol === "tcp" ? row.from : 0 })),
        refused: list.filter((row) => Number(row.refused) === 1).length,
      });
    }
  }
  return result;
}

export const triesFor = (found: ReadonlyMap<string, Tries>, pair: SilentPair): Tries =>
  found.get(pairKey(pair)) ?? { tries: [], refused: 0 };
