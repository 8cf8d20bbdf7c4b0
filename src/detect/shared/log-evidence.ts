import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { isoDay, parseTime, rfc3339 } from "../../kernel/time.js";
import { type Evidence, TLP_LEVELS, type Tlp } from "../../model/finding.js";
import type { DetectContext } from "../port.js";

/** Evidence of one inside host's dealings with one outside address. */
export interface PairEvidence {
  realm: string;
  client: string;
  server: string;
  /** Bytes from our side in the largest connection. */
  largest: number;
  evidence: Evidence[];
}

/** `[time, source_id, line, port, bytes out, bytes in, name]` */
type Line = [string, string, number | string, number, number | string, number | string, string];

interface PairRow {
  realm: string;
  client: string;
  server: string;
  first: Line;
  last: Line;
  largest: Line;
}

const CHUNK = 4_000;

/**
 * First, last and largest connection of each pair, from the raw table. Both sides are bound: the sort key (client, server) and the
 * index on servers keep this quick in a table of any size.
 */
export async function connectionEvidence(
  context: DetectContext,
  clients: readonly string[],
  servers: readonly string[],
): Promise<PairEvidence[]> {
  const result: PairEvidence[] = [];
  for (const someClients of chunks([...new Set(clients)], CHUNK)) {
    for (const someServers of chunks([...new Set(servers)], CHUNK)) {
      const rows = await context.query<PairRow>(
        `WITH tuple(toString(time), toString(source_id), source_line, dst_endpoint_port, traffic_bytes_out, traffic_bytes_in, '') AS line
         SELECT address_realm AS realm, toString(src_endpoint_ip) AS client, toString(dst_endpoint_ip) AS server,
                argMin(line, (time, source_id, source_line)) AS first, argMax(line, (time, source_id, source_line)) AS last,
                argMax(line, (traffic_bytes_out, source_id, source_line)) AS largest
         FROM network_activity
         WHERE src_endpoint_ip IN {clients:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)}
         GROUP BY realm, src_endpoint_ip, dst_endpoint_ip`,
        { clients: someClients, servers: someServers },
      );
      for (const row of rows) result.push(pairEvidence(row));
    }
  }
  return result;
}

function pairEvidence(row: PairRow): PairEvidence {
  const client = plainAddress(row.client);
  const server = plainAddress(row.server);
  const say = (what: string, line: Line): Evidence =>
    evidence(
      "network_activity",
      line,
      `${what} connection ${client} to ${endpoint(server, line[3])}, ${line[4]} bytes out, ${line[5]} bytes in`,
    );
  return {
    realm: row.realm,
    client,
    server,
    largest: Number(row.largest[4]),
    evidence: distinct([say("first", row.first), say("largest", row.largest), say("last", row.last)]),
  };
}

const endpoint = (ip: string, port: number): string =>
  ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;

function evidence(table: string, line: Line, summary: string): Evidence {
  return { table, source_id: line[1], line: Number(line[2]), time: rfc3339(parseTime(line[0])), summary };
}

interface NameRow {
  realm: string;
  client: string;
  server: string;
  name: string;
  line: Line;
}

/** The first line in which each host says one of the names: TLS server name, HTTP host, DNS question. */
export async function nameEvidenceLines(
  context: DetectContext,
  names: readonly string[],
): Promise<{ realm: string; client: string; name: string; evidence: Evidence }[]> {
  const result: { realm: string; client: string; name: string; evidence: Evidence }[] = [];
  for (const part of chunks([...new Set(names)], CHUNK)) {
    for (const { table, verb, sql } of NAME_TABLES) {
      const rows = await context.query<NameRow>(sql, { names: part });
      for (const row of rows) {
        const client = plainAddress(row.client);
        const summary = `${client} ${verb} ${row.name} (first on ${isoDay(parseTime(row.line[0]))})`;
        result.push({
          realm: row.realm,
          client,
          name: row.name,
          evidence: evidence(table, row.line, summary),
        });
      }
    }
  }
  return result;
}

function nameSql(table: string, column: string, where = "1"): string {
  return `SELECT address_realm AS realm, toString(src_endpoint_ip) AS client, '' AS server, ${column} AS name,
            argMin(tuple(toString(time), toString(source_id), source_line, dst_endpoint_port, 0, 0, ''), (time, source_id, source_line)) AS line
          FROM ${table} WHERE ${column} IN {names:Array(String)} AND ${where} GROUP BY realm, src_endpoint_ip, ${column} LIMIT 5000`;
}

const NAME_TABLES = [
  { table: "tls_activity", verb: "asked for a TLS server named", sql: nameSql("tls_activity", "sni") },
  {
    table: "http_activity",
    verb: "sent an HTTP request to",
    sql: nameSql("http_activity", "url_hostname", "log_role = 'sensor'"),
  },
  { table: "dns_activity", verb: "looked up", sql: nameSql("dns_activity", "query_hostname") },
];

/** The same line is not named twice. */
export function distinct(list: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return list.filter((each) => {
    const key = `${each.table} ${each.source_id} ${each.line}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Markings of the files behind these lines, by `source_id`: a finding takes the strictest of its own (design, section 2). */
export async function markings(
  context: DetectContext,
  list: readonly Evidence[],
): Promise<ReadonlyMap<string, Tlp>> {
  const result = new Map<string, Tlp>();
  for (const part of chunks([...new Set(list.map((each) => each.source_id))], CHUNK)) {
    const rows = await context.query<{ id: string; tlp: string }>(
      "SELECT DISTINCT source_id AS id, toString(tlp) AS tlp FROM source_slice WHERE source_id IN {ids:Array(String)}",
      { ids: part },
    );
    for (const { id, tlp } of rows) {
      if ((TLP_LEVELS as readonly string[]).includes(tlp)) result.set(id, tlp as Tlp);
    }
  }
  return result;
}
