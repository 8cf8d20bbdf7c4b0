import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql } from "../shared/first-values.js";

export interface FingerprintSibling {
  from: string;
  to: string;
  print: string;
  /** Odd ports on which both showed it. */
  ports: number[];
}

/** On the usual ports a fingerprint shows which library is at work, not whose server it is. */
const WEB: ReadonlySet<number> = new Set([80, 443]);
const CHUNK = 4_000;

/**
 * JA3S depends on what the client offers, so client and server fingerprints are taken together; without JA3S the client's JA4 or JA3
 * stands alone. It is rare if few addresses in the whole telemetry show it.
 */
const PRINT = "multiIf(ja3 != '' AND ja3s != '', concat(ja3, '/', ja3s), ja4 != '', ja4, ja3)";

export async function fingerprintSiblings(
  context: DetectContext,
  ips: readonly string[],
  most: number,
): Promise<FingerprintSibling[]> {
  const own = new Set(ips);
  const siblings: FingerprintSibling[] = [];
  for (const part of chunks(ips, CHUNK)) {
    const prints = await context.query<{ print: string }>(
      `SELECT DISTINCT ${PRINT} AS print FROM tls_activity WHERE dst_endpoint_ip IN {ips:Array(IPv6)} AND print != '' LIMIT 500`,
      { ips: part },
    );
    if (prints.length === 0) continue;
    const rows = await context.query<{ print: string; addresses: number; servers: [string, number][] }>(
      `SELECT ${PRINT} AS print, uniqCombined(12)(dst_endpoint_ip) AS addresses,
              ${firstValuesSql(200, "(toString(dst_endpoint_ip), dst_endpoint_port)")} AS servers
       FROM tls_activity WHERE print IN {prints:Array(String)} GROUP BY print HAVING addresses <= {most:UInt64}`,
      { prints: prints.map(({ print }) => print), most },
    );
    for (const { print, servers } of rows) siblings.push(...pairsOf(print, servers, own));
  }
  return siblings;
}

function pairsOf(
  print: string,
  servers: readonly [string, number][],
  own: ReadonlySet<string>,
): FingerprintSibling[] {
  const ports = new Map<string, Set<number>>();
  for (const [ip, port] of servers) {
    const address = plainAddress(ip);
    ports.set(address, (ports.get(address) ?? new Set()).add(port));
  }
  const pairs: FingerprintSibling[] = [];
  for (const from of own) {
    const mine = ports.get(from);
    if (mine === undefined) continue;
    for (const [to, theirs] of ports) {
      const shared = [...mine].filter((port) => theirs.has(port) && !WEB.has(port)).sort((a, b) => a - b);
      if (to !== from && shared.length > 0) pairs.push({ from, to, print, ports: shared });
    }
  }
  return pairs;
}
