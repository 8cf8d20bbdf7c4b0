import { chunks } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import type { Lookups } from "./lookups.js";

/** What came of the names in a sample, as shares of them. */
export interface Outcome {
  /**
   * Somebody of ours said the name to a server (TLS, HTTP), or went to the answered address over QUIC in the hour of the look-up or the next:
   * the name was looked up to be visited. `undefined` where the logs have no such names.
   */
  visited: number | undefined;
  /** The same by any connection to an answered address. Weaker: a command server's own address may be the answer. `undefined` without flows. */
  reached: number | undefined;
  /** Answered with an address of 127.0.0.0/8, as lists say yes (RFC 5782). */
  loopback: number;
  /** There is no such name (NXDOMAIN). */
  missing: number;
}

const CHUNK = 2_000;

interface Row {
  realm: string;
  name: string;
  loopback: number;
  missing: number;
  said: number;
  quic: number;
  reached: number;
}

const ASKED = `SELECT address_realm AS realm, query_hostname AS name, arrayJoin(if(empty(answer_ips), [toIPv6('::')], answer_ips)) AS ip,
    toUnixTimestamp(toStartOfHour(time)) AS at, toUInt8(startsWith(toString(ip), '::ffff:127.')) AS to_loopback, rcode = 'NXDOMAIN' AS is_missing
  FROM dns_activity WHERE query_hostname IN {names:Array(String)}`;

/** Hours in which our hosts went to one of the answered addresses, by whatever port but those of the DNS. */
function visits(more: string): string {
  return `SELECT address_realm, dst_ip, toUnixTimestamp(hour) FROM contact_hourly
    WHERE channel = 'flow' AND connections > 0 AND dst_port NOT IN (53, 853, 5353) ${more} AND ${insideSql("src_ip")}
      AND dst_ip IN (SELECT arrayJoin(answer_ips) FROM dns_activity WHERE query_hostname IN {names:Array(String)})`;
}

const OUTCOMES_SQL = `SELECT realm, name, max(to_loopback) AS loopback, max(is_missing) AS missing,
    max((realm, name) IN (SELECT address_realm, contact_hourly.name FROM contact_hourly
      WHERE channel IN ('tls', 'http') AND contact_hourly.name IN {names:Array(String)} AND ${insideSql("src_ip")})) AS said,
    max((realm, ip, at) IN (${visits("AND protocol = 'udp' AND dst_port = 443")}) OR (realm, ip, at + 3600) IN (${visits("AND protocol = 'udp' AND dst_port = 443")})) AS quic,
    max((realm, ip, at) IN (${visits("")}) OR (realm, ip, at + 3600) IN (${visits("")})) AS reached
  FROM (${ASKED}) GROUP BY realm, name`;

/** What came of the sampled names of each; in the order given. */
export async function outcomesOf(context: DetectContext, candidates: readonly Lookups[]): Promise<Outcome[]> {
  if (candidates.length === 0) return [];
  const seen = await realmsSeen(context);
  const found = new Map<string, Row>();
  const wanted = new Set(candidates.flatMap(({ sample }) => sample));
  for (const names of chunks([...wanted], CHUNK)) {
    for (const row of await context.query<Row>(OUTCOMES_SQL, { names }))
      found.set(`${row.realm} ${row.name}`, row);
  }
  return candidates.map(({ realm, sample }): Outcome => {
    const rows = sample.flatMap((name) => found.get(`${realm} ${name}`) ?? []);
    const share = (is: (row: Row) => boolean): number => rows.filter(is).length / Math.max(1, rows.length);
    return {
      visited: seen.names.has(realm) ? share(({ said, quic }) => said + quic > 0) : undefined,
      reached: seen.flows.has(realm) ? share(({ reached }) => reached > 0) : undefined,
      loopback: share(({ loopback }) => loopback > 0),
      missing: share(({ missing }) => missing > 0),
    };
  });
}

/** Realms in whose logs our hosts' ways outside are, and not only their look-ups: names that were said, and connections. */
async function realmsSeen(context: DetectContext): Promise<{ names: Set<string>; flows: Set<string> }> {
  const rows = await context.query<{ realm: string; names: number; flows: number }>(
    `SELECT address_realm AS realm, max(channel IN ('tls', 'http')) AS names, max(channel = 'flow') AS flows FROM contact_hourly
     WHERE channel != 'dns' AND dst_port NOT IN (53, 853, 5353) AND connections > 0 AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}
     GROUP BY address_realm`,
  );
  return {
    names: new Set(rows.flatMap(({ realm, names }) => (Number(names) > 0 ? [realm] : []))),
    flows: new Set(rows.flatMap(({ realm, flows }) => (Number(flows) > 0 ? [realm] : []))),
  };
}
