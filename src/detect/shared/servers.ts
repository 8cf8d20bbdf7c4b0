import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql, HELD_OF_MANY } from "./first-values.js";

/** An inside host: private addresses mean something only within their realm. */
export interface Client {
  realm: string;
  ip: string;
}

/** What the flows say about one outside address, over all inside hosts. */
export interface ServerUse {
  ip: string;
  /** At most 500. */
  clients: Client[];
  hosts: number;
  connections: number;
  answered: number;
  bytesOut: number;
  bytesIn: number;
  /** TCP ports that answered. */
  ports: number[];
  first: number;
  last: number;
  /** Days since 1970, sorted. */
  days: number[];
  /** Rows of the roll-up (a host's contact in an hour), and bytes out, by hour of the UTC day. */
  hourSlots: number[];
  hourBytesOut: number[];
}

/** A name that inside hosts asked for or connected to, on one address. */
export interface NamedServer {
  name: string;
  ip: string;
  clients: Client[];
  hosts: number;
  /** Connections in which the client itself said the name (TLS, HTTP), and questions for it (DNS). */
  named: number;
  asked: number;
  first: number;
  last: number;
}

/**
 * Items in one bound array. Each query scans much of the roll-up whatever their number, so they are many; what is found of them has to be kept, so they are
 * not all.
 */
const CHUNK = 5_000;

const OURS = "(address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)";

type Pair = [string, string];
const clientOf = ([realm, ip]: Pair): Client => ({ realm, ip: plainAddress(ip) });

/** Hours of the day that occur, and the sum of each. */
type ByHour = [hours: number[], sums: (number | string)[]];

function dayOf([hours, sums]: ByHour): number[] {
  const day = new Array<number>(24).fill(0);
  hours.forEach((hour, at) => {
    day[hour] = Math.max(0, Number(sums[at]));
  });
  return day;
}

interface UseRow {
  ip: string;
  clients: Pair[];
  hosts: number;
  total_connections: number;
  total_answered: number;
  total_out: number;
  total_in: number;
  ports: number[];
  first: string;
  last: string;
  days: number[];
  slots: ByHour;
  hour_bytes: ByHour;
}

/** Use of each address, where there is any. Reads the roll-up by its sort key. */
export async function serverUse(
  context: DetectContext,
  ips: Iterable<string>,
): Promise<Map<string, ServerUse>> {
  const result = new Map<string, ServerUse>();
  for (const part of chunks([...new Set(ips)], CHUNK)) {
    const rows = await context.query<UseRow>(
      `SELECT toString(dst_ip) AS ip, ${firstValuesSql(500, "(address_realm, toString(src_ip))", "", HELD_OF_MANY)} AS clients,
              uniqCombined(12)(address_realm, src_ip) AS hosts,
              sum(connections) AS total_connections, sum(answered) AS total_answered,
              sum(bytes_out) AS total_out, sum(bytes_in) AS total_in,
              arraySort(groupUniqArrayIf(64)(dst_port, protocol = 'tcp' AND answered > 0)) AS ports,
              toString(min(first_time)) AS first, toString(max(last_time)) AS last,
              arraySort(groupUniqArray(4000)(toUInt16(toDate(hour)))) AS days,
              sumMap([toHour(hour)], [toInt64(1)]) AS slots,
              sumMap([toHour(hour)], [bytes_out]) AS hour_bytes
       FROM contact_hourly
       WHERE channel = 'flow' AND dst_ip IN {ips:Array(IPv6)} AND ${OURS}
       GROUP BY dst_ip`,
      { ips: part },
    );
    for (const row of rows) result.set(plainAddress(row.ip), useOf(row));
  }
  return result;
}

function useOf(row: UseRow): ServerUse {
  return {
    ip: plainAddress(row.ip),
    clients: row.clients.map(clientOf),
    hosts: Number(row.hosts),
    connections: Number(row.total_connections),
    answered: Number(row.total_answered),
    bytesOut: Math.max(0, Number(row.total_out)),
    bytesIn: Math.max(0, Number(row.total_in)),
    ports: row.ports,
    first: parseTime(row.first),
    last: parseTime(row.last),
    days: row.days,
    hourSlots: dayOf(row.slots),
    hourBytesOut: dayOf(row.hour_bytes),
  };
}

interface NamedRow {
  name: string;
  ip: string;
  clients: Pair[];
  hosts: number;
  named: number;
  asked: number;
  first: string;
  last: string;
}

/** Addresses that were used under these names, or told by the DNS. */
export async function serversOfNames(
  context: DetectContext,
  names: Iterable<string>,
): Promise<NamedServer[]> {
  const result: NamedServer[] = [];
  for (const part of chunks([...new Set(names)], CHUNK)) {
    const rows = await context.query<NamedRow>(
      `SELECT name, toString(dst_ip) AS ip, ${firstValuesSql(500, "(address_realm, toString(src_ip))", "", HELD_OF_MANY)} AS clients,
              uniqCombined(12)(address_realm, src_ip) AS hosts,
              sumIf(connections, channel != 'dns') AS named, sumIf(connections, channel = 'dns') AS asked,
              toString(min(first_time)) AS first, toString(max(last_time)) AS last
       FROM contact_hourly
       WHERE channel IN ('tls', 'http', 'dns') AND name IN {names:Array(String)} AND dst_ip != toIPv6('::') AND ${OURS}
       GROUP BY name, dst_ip`,
      { names: part },
    );
    for (const row of rows) {
      result.push({
        name: row.name,
        ip: plainAddress(row.ip),
        clients: row.clients.map(clientOf),
        hosts: Number(row.hosts),
        named: Number(row.named),
        asked: Number(row.asked),
        first: parseTime(row.first),
        last: parseTime(row.last),
      });
    }
  }
  return result;
}

/** Names under which each address was used or told, at most 100 each; more than that is a content network in any case. */
export async function namesOnServers(
  context: DetectContext,
  ips: Iterable<string>,
): Promise<Map<string, string[]>> {
  const result = new Map<string, string[]>();
  for (const part of chunks([...new Set(ips)], CHUNK)) {
    const rows = await context.query<{ ip: string; names: string[] }>(
      `SELECT toString(dst_ip) AS ip, ${firstValuesSql(100, "name", "", HELD_OF_MANY)} AS names
       FROM contact_hourly
       WHERE channel IN ('tls', 'http', 'dns') AND name != '' AND dst_ip IN {ips:Array(IPv6)}
       GROUP BY dst_ip`,
      { ips: part },
    );
    for (const row of rows) result.set(plainAddress(row.ip), row.names);
  }
  return result;
}
