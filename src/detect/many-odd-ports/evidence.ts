import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import type { Evidence } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidencePair } from "../shared/evidence.js";

/** The first answered connection of one host to one port of a server. */
export interface PortLine {
  port: number;
  evidence: Evidence;
}

/** `[time, source_id, line, bytes out, bytes in]` */
type Line = [string, string, number | string, number | string, number | string];

const CHUNK = 1_000;

export const evidenceKey = (realm: string, host: string, server: string): string =>
  `${realm} ${host} ${server}`;

/** By {@link evidenceKey}. Both ends are bound, so the sort key narrows the reading down to these pairs. */
export async function portLines(
  context: DetectContext,
  pairs: readonly EvidencePair[],
): Promise<Map<string, PortLine[]>> {
  const found = new Map<string, PortLine[]>();
  for (const hosts of chunks([...new Set(pairs.map((each) => each.host))], CHUNK)) {
    for (const servers of chunks([...new Set(pairs.map((each) => each.server))], CHUNK)) {
      const rows = await context.query<{
        realm: string;
        host: string;
        server: string;
        port: number;
        line: Line;
      }>(
        `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port,
           argMin(tuple(toString(time), toString(source_id), source_line, traffic_bytes_out, traffic_bytes_in), (time, source_id, source_line)) AS line
         FROM network_activity
         WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)} AND connection_protocol = 'tcp' AND answered = 1
         GROUP BY realm, src_endpoint_ip, dst_endpoint_ip, port ORDER BY realm, host, server, port`,
        { hosts, servers },
      );
      for (const row of rows) {
        const host = plainAddress(row.host);
        const server = plainAddress(row.server);
        const key = evidenceKey(row.realm, host, server);
        const [time, sourceId, line, out, into] = row.line;
        const evidence: Evidence = {
          table: "network_activity",
          source_id: sourceId,
          line: Number(line),
          time: rfc3339(parseTime(time)),
          summary: `first on port ${row.port}: ${host} to ${server}, ${out} bytes out, ${into} in`,
        };
        found.set(key, [...(found.get(key) ?? []), { port: row.port, evidence }]);
      }
    }
  }
  return found;
}
