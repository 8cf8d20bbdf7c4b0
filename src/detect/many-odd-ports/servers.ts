import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import { ORDINARY_PORTS } from "../shared/service-ports.js";
import { PortCommonness } from "./units.js";

/** Answered TCP connections of our hosts with one machine outside. */
const ANSWERED = `channel = 'flow' AND protocol = 'tcp' AND answered > 0 AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}
  AND ${oneMachineSql("dst_ip")}`;

/** Hosts most of whose servers are other people's machines: file sharing reaches hundreds, each on a port of its own. */
const PEERS = `SELECT address_realm, src_ip FROM contact_hourly WHERE ${ANSWERED}
  GROUP BY address_realm, src_ip
  HAVING (uniqCombinedIf(12)(dst_ip, dst_port NOT IN {ordinary:Array(UInt16)}) AS odd) > {peers:UInt32} AND odd * 3 > uniqCombined(12)(dst_ip)`;

/** Servers looked at in detail, those with the most hosts. */
const CANDIDATES = 1_000;

export async function portCommonness(context: DetectContext): Promise<PortCommonness> {
  const [all] = await context.query<{ servers: number | string }>(
    `SELECT uniqCombined(14)(dst_ip) AS servers FROM contact_hourly WHERE ${ANSWERED}`,
  );
  const rows = await context.query<{ port: number; servers: number | string }>(
    `SELECT dst_port AS port, uniqCombined(12)(dst_ip) AS servers FROM contact_hourly WHERE ${ANSWERED} GROUP BY dst_port HAVING servers > 1`,
  );
  return new PortCommonness(
    new Map(rows.map((row) => [row.port, Number(row.servers)])),
    Number(all?.servers ?? 0),
  );
}

/** `realm host` of peer-to-peer clients. */
export async function peerClients(context: DetectContext): Promise<Set<string>> {
  const rows = await context.query<{ realm: string; host: string }>(
    `SELECT address_realm AS realm, toString(src_ip) AS host FROM (${PEERS})`,
    peerParameters(context),
  );
  return new Set(rows.map(({ realm, host }) => `${realm} ${plainAddress(host)}`));
}

function peerParameters(context: DetectContext) {
  return { ordinary: [...ORDINARY_PORTS], peers: context.parameter("peer_servers") };
}

export interface Candidates {
  servers: string[];
  /** Set aside: too many ports, and beyond the number looked at. */
  portRich: number;
  beyond: number;
}

/** Servers that answer two or more hosts on two or more ports that are not ordinary. */
export async function candidateServers(context: DetectContext): Promise<Candidates> {
  const rows = await context.query<{
    ip: string;
    ports: number | string;
    total: number | string;
    rich: number | string;
  }>(
    `SELECT toString(dst_ip) AS ip, uniqCombined(12)(dst_port) AS ports, uniqCombined(12)(address_realm, src_ip) AS hosts,
       count() OVER () AS total, countIf(ports > {most:UInt32}) OVER () AS rich
     FROM contact_hourly
     WHERE ${ANSWERED} AND dst_port NOT IN {ordinary:Array(UInt16)} AND (address_realm, src_ip) NOT IN (${PEERS})
     GROUP BY dst_ip HAVING ports >= 2 AND hosts >= 2
     ORDER BY ports > {most:UInt32}, hosts DESC, ip LIMIT ${CANDIDATES}`,
    { ...peerParameters(context), most: context.parameter("max_ports") },
  );
  const portRich = Number(rows[0]?.rich ?? 0);
  const servers = rows
    .filter((row) => Number(row.ports) <= context.parameter("max_ports"))
    .map((row) => plainAddress(row.ip));
  return { servers, portRich, beyond: Math.max(0, Number(rows[0]?.total ?? 0) - portRich - servers.length) };
}
