import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import type { Sweep } from "./sweeps.js";

/**
 * Where a sensor sees only one direction, or first met a conversation in its middle, a server's replies look like a scan of its client's
 * ports: many destination ports, one source port, and that one a service's. Services that answer from above 1023 on local networks: SSDP,
 * WS-Discovery, mDNS, LLMNR, SIP.
 */
const FROM_SERVICE =
  "(src_endpoint_port BETWEEN 1 AND 1023 OR src_endpoint_port IN (1900, 3702, 5353, 5355, 5060))";
const CHUNK = 500;

const key = (realm: string, host: string, machine: string): string =>
  `${realm}|${plainAddress(host)}|${plainAddress(machine)}`;

/** Vertical sweeps that are replies: at least nine in ten of the connections come from a service's port. */
export async function repliesAmong(context: DetectContext, sweeps: readonly Sweep[]): Promise<Set<Sweep>> {
  const shares = new Map<string, number>();
  const vertical = sweeps.filter(({ kind }) => kind === "vertical");
  for (const some of chunks(vertical, CHUNK)) {
    const rows = await context.query<{ realm: string; host: string; machine: string; share: number }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, toString(dst_endpoint_ip) AS machine,
         countIf(${FROM_SERVICE}) / count() AS share
       FROM network_activity
       WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {machines:Array(IPv6)} AND connection_protocol IN ('tcp', 'udp')
       GROUP BY realm, src_endpoint_ip, dst_endpoint_ip`,
      {
        hosts: [...new Set(some.map(({ host }) => host))],
        machines: [...new Set(some.map(({ machine }) => machine))],
      },
    );
    for (const row of rows) shares.set(key(row.realm, row.host, row.machine), Number(row.share));
  }
  return new Set(
    vertical.filter(({ realm, host, machine }) => (shares.get(key(realm, host, machine)) ?? 0) >= 0.9),
  );
}

/** Echo request of ICMP (RFC 792) and of ICMPv6 (RFC 4443), where logs keep the type as the source port. */
const ECHO = "src_endpoint_port IN (8, 128)";

/** Horizontal sweeps of ICMP that are no pings, but mostly what machines send in answer to others: port unreachable, time exceeded. */
export async function noPingsAmong(context: DetectContext, sweeps: readonly Sweep[]): Promise<Set<Sweep>> {
  const icmp = sweeps.filter(({ kind, protocol }) => kind === "horizontal" && protocol === "icmp");
  const pinging = new Set<string>();
  for (const hosts of chunks([...new Set(icmp.map(({ host }) => host))], CHUNK)) {
    const rows = await context.query<{ realm: string; host: string; port: number }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, dst_endpoint_port AS port FROM network_activity
       WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND connection_protocol = 'icmp'
       GROUP BY realm, src_endpoint_ip, port HAVING countIf(${ECHO}) * 2 >= count()`,
      { hosts },
    );
    for (const row of rows) pinging.add(key(row.realm, row.host, String(row.port)));
  }
  return new Set(icmp.filter(({ realm, host, port }) => !pinging.has(key(realm, host, String(port)))));
}
