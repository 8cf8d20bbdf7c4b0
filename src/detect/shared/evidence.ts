import { rfc3339, SECOND } from "../../kernel/time.js";
import { type Evidence, TLP_LEVELS, type Tlp } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { plainAddress } from "./endpoint.js";

/** Which raw connections stand behind a claim: between these ends, in this time. */
export interface FlowSelection {
  realm: string;
  ours: readonly string[];
  servers: readonly string[];
  /** Milliseconds UTC. */
  from: number;
  to: number;
}

interface FlowRow {
  why: string;
  source_id: string;
  source_line: number;
  at: number;
  src: string;
  src_port: number;
  dst: string;
  dst_port: number;
  protocol: string;
  state: string;
  duration: number;
  bytes_out: number;
  bytes_in: number;
}

const COLUMNS = `source_id, source_line, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at,
  toString(src_endpoint_ip) AS src, src_endpoint_port AS src_port, toString(dst_endpoint_ip) AS dst, dst_endpoint_port AS dst_port,
  connection_protocol AS protocol, connection_state AS state, duration, traffic_bytes_out AS bytes_out, traffic_bytes_in AS bytes_in`;

const SELECTION = `FROM network_activity
  WHERE address_realm = {realm:String}
    AND ((src_endpoint_ip IN {ours:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)})
      OR (src_endpoint_ip IN {servers:Array(IPv6)} AND dst_endpoint_ip IN {ours:Array(IPv6)}))
    AND time >= toDateTime64({from:Int64} / 1000, 3, 'UTC') AND time <= toDateTime64({to:Int64} / 1000, 3, 'UTC')`;

function part(why: string, order: string, limit: number): string {
  return `SELECT '${why}' AS why, ${COLUMNS} ${SELECTION} ORDER BY ${order}, source_id, source_line LIMIT ${limit}`;
}

/** The first and last connections, the largest uploads and the longest ones: at most 18 lines, in order of time. */
export async function flowEvidence(
  context: DetectContext,
  selection: FlowSelection,
  brief = false,
): Promise<Evidence[]> {
  const parts = brief
    ? [part("first", "time", 2), part("last", "time DESC", 1)]
    : [
        part("first", "time", 5),
        part("last", "time DESC", 4),
        part("largest upload", "traffic_bytes_out DESC", 5),
        part("longest", "duration DESC", 4),
      ];
  const rows = await context.query<FlowRow>(
    parts.map((sql) => `SELECT * FROM (${sql})`).join("\nUNION ALL\n"),
    {
      realm: selection.realm,
      ours: [...selection.ours],
      servers: [...selection.servers],
      from: Math.floor(selection.from),
      to: Math.ceil(selection.to) + SECOND,
    },
  );
  const seen = new Map<string, { row: FlowRow; why: string[] }>();
  for (const row of rows) {
    const key = `${row.source_id}:${row.source_line}`;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { row, why: [row.why] });
    else known.why.push(row.why);
  }
  return [...seen.values()].sort((a, b) => a.row.at - b.row.at).map(({ row, why }) => flowLine(row, why));
}

function flowLine(row: FlowRow, why: readonly string[]): Evidence {
  const ends = `${plainAddress(row.src)}:${row.src_port} → ${plainAddress(row.dst)}:${row.dst_port}/${row.protocol}`;
  const volume = `${row.bytes_out} bytes out, ${row.bytes_in} in, ${row.duration.toFixed(1)} s`;
  return {
    table: "network_activity",
    source_id: row.source_id,
    line: row.source_line,
    time: rfc3339(row.at),
    summary: `${why.join(", ")}: ${ends}, ${volume}${row.state === "" ? "" : `, ${row.state}`}`,
  };
}

/** The first two lines each in which the names were resolved, asked of a web server, or sent in a TLS handshake by these hosts. */
export async function nameEvidence(
  context: DetectContext,
  realm: string,
  ours: readonly string[],
  names: readonly string[],
  perTable = 2,
): Promise<Evidence[]> {
  if (names.length === 0) return [];
  const one = (table: string, column: string, answer: string) =>
    `SELECT * FROM (SELECT '${table}' AS tab, source_id, source_line, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at,
       toString(src_endpoint_ip) AS src, ${column} AS name, ${answer} AS answer
     FROM ${table} WHERE ${column} IN {names:Array(String)} AND address_realm = {realm:String}
       AND src_endpoint_ip IN {ours:Array(IPv6)} ORDER BY time, source_id, source_line LIMIT {limit:UInt8})`;
  const rows = await context.query<{
    tab: string;
    source_id: string;
    source_line: number;
    at: number;
    src: string;
    name: string;
    answer: string;
  }>(
    [
      one("dns_activity", "query_hostname", "arrayStringConcat(arraySlice(answers, 1, 3), ', ')"),
      one("tls_activity", "sni", "toString(dst_endpoint_ip)"),
      one("http_activity", "url_hostname", "toString(dst_endpoint_ip)"),
    ].join("\nUNION ALL\n"),
    { names: [...names], realm, ours: [...ours], limit: perTable },
  );
  const verb: Record<string, string> = {
    dns_activity: "looked up",
    tls_activity: "opened TLS to",
    http_activity: "sent a web request to",
  };
  return rows.map((row) => ({
    table: row.tab,
    source_id: row.source_id,
    line: row.source_line,
    time: rfc3339(row.at),
    summary: `${plainAddress(row.src)} ${verb[row.tab]} ${row.name} (${plainAddress(row.answer) || "no answer"})`,
  }));
}

/** Markings of the files that the evidence stands in. A finding takes the strictest (design, section 2). */
export async function evidenceTlp(context: DetectContext, evidence: readonly Evidence[]): Promise<Tlp[]> {
  if (evidence.length === 0) return [];
  const rows = await context.query<{ tlp: string }>(
    "SELECT DISTINCT tlp FROM source_slice WHERE source_id IN {ids:Array(String)}",
    { ids: [...new Set(evidence.map((each) => each.source_id))] },
  );
  return rows
    .map((row) => row.tlp)
    .filter((tlp): tlp is Tlp => (TLP_LEVELS as readonly string[]).includes(tlp));
}
