import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { DAY, parseTime } from "../../kernel/time.js";
import { SEVERITIES, type Severity, severityRank } from "../../model/finding.js";
import { classifyRelation, RELATION_THRESHOLDS, type RelationKind } from "../../model/relation.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql, HELD_OF_MANY } from "./first-values.js";

/** One inside host's traffic with one outside address and port on one UTC day. */
export interface DailyContact {
  realm: string;
  client: string;
  server: string;
  port: number;
  /** Midnight, milliseconds UTC. */
  day: number;
  connections: number;
  answered: number;
  bytesOut: number;
  bytesIn: number;
  first: number;
  last: number;
  /** Names the client said on this address and port that day (TLS, HTTP), or was told the address for (DNS). */
  names: string[];
}

const CHUNK = 5_000;

interface Row {
  realm: string;
  client: string;
  server: string;
  port: number;
  day: number;
  connections_sum: number;
  answered_sum: number;
  out_sum: number;
  in_sum: number;
  first: string;
  last: string;
}

/**
 * Traffic with these addresses. Volumes come from the flow channel alone; a host that is only in a TLS or HTTP log (no flow log) comes
 * with zero volumes. Names are joined on (realm, client, server, port): a flow on a shared address gets the names of its own client.
 */
export async function dailyContacts(
  context: DetectContext,
  servers: readonly string[],
  protocol: "any" | "tcp" = "any",
): Promise<DailyContact[]> {
  const result: DailyContact[] = [];
  for (const part of chunks([...new Set(servers)], CHUNK)) {
    const names = await namesOfPairs(context, part);
    const rows = await context.query<Row>(
      `SELECT address_realm AS realm, toString(src_ip) AS client, toString(dst_ip) AS server, dst_port AS port,
              toUInt32(toDate(hour)) AS day, sumIf(connections, channel = 'flow') AS connections_sum,
              sumIf(answered, channel = 'flow') AS answered_sum, sumIf(bytes_out, channel = 'flow') AS out_sum,
              sumIf(bytes_in, channel = 'flow') AS in_sum, toString(min(first_time)) AS first, toString(max(last_time)) AS last
       FROM contact_hourly
       WHERE channel IN ('flow', 'tls', 'http') AND dst_ip IN {ips:Array(IPv6)} AND ({protocol:String} IN ('any', protocol))
         AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
       GROUP BY realm, src_ip, dst_ip, port, day`,
      { ips: part, protocol },
    );
    for (const row of rows) {
      const client = plainAddress(row.client);
      const server = plainAddress(row.server);
      const pair = `${row.realm} ${client} ${server}`;
      result.push({
        realm: row.realm,
        client,
        server,
        port: row.port,
        day: row.day * DAY,
        connections: Math.max(0, Number(row.connections_sum)),
        answered: Math.max(0, Number(row.answered_sum)),
        bytesOut: Math.max(0, Number(row.out_sum)),
        bytesIn: Math.max(0, Number(row.in_sum)),
        first: parseTime(row.first),
        last: parseTime(row.last),
        names: names.get(`${pair} ${row.port}`) ?? names.get(`${pair} 0`) ?? [],
      });
    }
  }
  return result.sort((a, b) => a.first - b.first);
}

export async function namesOfPairs(
  context: DetectContext,
  servers: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await context.query<{
    realm: string;
    client: string;
    server: string;
    port: number;
    names: string[];
  }>(
    `SELECT address_realm AS realm, toString(src_ip) AS client, toString(dst_ip) AS server,
            if(channel = 'dns', 0, dst_port) AS port, ${firstValuesSql(50, "name", "", HELD_OF_MANY)} AS names
     FROM contact_hourly
     WHERE channel IN ('tls', 'http', 'dns') AND name != '' AND dst_ip IN {ips:Array(IPv6)}
     GROUP BY realm, src_ip, dst_ip, port`,
    { ips: servers },
  );
  return new Map(
    rows.map((row) => [
      `${row.realm} ${plainAddress(row.client)} ${plainAddress(row.server)} ${row.port}`,
      row.names,
    ]),
  );
}

/**
 * What kind of relation these contacts are together, by the rule that all of Longwatch uses. A contact that only a TLS or HTTP log shows
 * (no flow, so no counts) was answered: it spoke. Where there was a conversation, empty connections do not count: a sweep and one visit are
 * one visit.
 */
export function relationOf(all: readonly DailyContact[]): RelationKind {
  const spoken = all.filter(
    ({ answered, connections, bytesOut, bytesIn }) =>
      connections === 0 || (answered > 0 && bytesOut + bytesIn >= RELATION_THRESHOLDS.scanBytes),
  );
  const contacts = spoken.length > 0 ? spoken : all;
  const total = (value: (contact: DailyContact) => number): number =>
    contacts.reduce((sum, contact) => sum + value(contact), 0);
  const byDay = groupBy(contacts, ({ day }) => day);
  const targets = [...byDay.values()].map(
    (some) => new Set(some.map(({ server, port }) => `${server} ${port}`)).size,
  );
  const days = [...byDay.keys()];
  return classifyRelation({
    direction: "outbound",
    connections: total((contact) => Math.max(contact.connections, 1)),
    answered: total((contact) => (contact.connections > 0 ? contact.answered : 1)),
    bytesOut: total((contact) => contact.bytesOut),
    bytesIn: total((contact) => contact.bytesIn),
    activeDays: days.length,
    spanDays: days.length === 0 ? 0 : Math.round((Math.max(...days) - Math.min(...days)) / DAY) + 1,
    peakTargets: Math.max(0, ...targets),
  });
}

/** Bad servers do not make a victim of everyone who met them once: the organisation's own relation limits how severe its finding is. */
const MOST_SEVERE: Record<RelationKind, Severity> = {
  persistent: "critical",
  repeated: "high",
  single: "low",
  lookup_only: "informational",
  scanning: "informational",
};

export function severityUnder(kind: RelationKind, severity: Severity): Severity {
  return SEVERITIES[Math.min(severityRank(severity), severityRank(MOST_SEVERE[kind]))] ?? "informational";
}
