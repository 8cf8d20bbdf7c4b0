import type { DetectContext } from "../port.js";
import { plainAddress } from "../shared/endpoint.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import type { Subject } from "./subject.js";

interface Row {
  all_subjects: number | string;
  realm: string;
  source: string;
  target: string;
  outbound: number;
  contacts: number | string;
  addresses?: string[];
}

/** Of ICMP only what has code 0, as an echo request has: the rest answers to something else. */
const NO_ICMP_ERRORS = "AND NOT (protocol = 'icmp' AND dst_port != 0)";

/**
 * Which are looked at first where there are too many: those with much contact, over many hours, alike from hour to hour (a person's hours
 * differ widely, a beacon's do not), and of few hosts. Nothing is decided by it but the order.
 */
const RANK = `log(1 + contacts) * log(1 + hours) / greatest(1, squares * hours / (contacts * contacts)) / sqrt(count() OVER (PARTITION BY target))`;

const SELECT = `SELECT count() OVER () AS all_subjects, realm, toString(source) AS source, toString(target) AS target, contacts`;

/** A row may be one port, sensor or file of an hour; rows of what a second observer saw too are negative and add to the sum alone. */
const sumsOf = (count: string) =>
  `sum(${count}) AS contacts, countIf(${count} > 0) AS hours, sumIf(${count} * ${count}, ${count} > 0) AS squares`;

const ADDRESSES = `${SELECT}, ${insideSql("source", "realm")} AS outbound
FROM (
  SELECT address_realm AS realm, src_ip AS source, dst_ip AS target, ${sumsOf("answered")}
  FROM contact_hourly
  WHERE channel = 'flow' AND ${oneMachineSql("dst_ip")} ${NO_ICMP_ERRORS}
    AND (${insideSql("src_ip")} != ${insideSql("dst_ip")})
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64}
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

/**
 * Names that stood on more than one address, or that shared their one address with other names of the same client. A name that has an
 * address for itself is known by that address: its flows say more.
 */
const NAMES = `${SELECT}, 1 AS outbound
FROM (
  SELECT address_realm AS realm, src_ip AS source, name AS target, ${sumsOf("connections")}, any(dst_ip) AS address,
    uniqUpTo(1)(dst_ip) AS addresses
  FROM contact_hourly
  WHERE channel IN ('tls', 'http') AND name != '' AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64}
)
WHERE addresses > 1 OR (realm, source, address) IN (
  SELECT address_realm, src_ip, dst_ip FROM contact_hourly
  WHERE channel IN ('tls', 'http') AND name != '' AND ${insideSql("src_ip")}
  GROUP BY address_realm, src_ip, dst_ip HAVING uniqUpTo(1)(name) > 1
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

/** Names with more addresses, or with more clients, are content networks. */
const MOST_ADDRESSES = 50;
const MOST_CLIENTS = 20;

const DNS_TOLD = `channel = 'dns' AND name != '' AND dst_ip != toIPv6('::') AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}`;

/** Names with a few addresses and a few clients, and the flows of each client with the addresses that it was told. */
const RESOLVED = `WITH told AS (
    SELECT address_realm AS realm, src_ip AS source, dst_ip AS address, name AS target FROM contact_hourly
    WHERE ${DNS_TOLD} AND name IN (
      SELECT name FROM contact_hourly WHERE ${DNS_TOLD} GROUP BY name
      HAVING uniqUpTo(1)(dst_ip) > 1 AND uniqUpTo(${MOST_ADDRESSES})(dst_ip) <= ${MOST_ADDRESSES} AND uniqUpTo(${MOST_CLIENTS})(address_realm, src_ip) <= ${MOST_CLIENTS})
    GROUP BY realm, source, address, target
  )
${SELECT}, 1 AS outbound, arrayMap(each -> toString(each), addresses) AS addresses
FROM (
  SELECT realm, source, target, ${sumsOf("answered")}, groupUniqArray(${MOST_ADDRESSES})(address) AS addresses
  FROM (
    SELECT address_realm AS realm, src_ip AS source, dst_ip AS address, answered FROM contact_hourly
    WHERE channel = 'flow' AND dst_ip IN (SELECT address FROM told) AND (address_realm, src_ip, dst_ip) IN (SELECT realm, source, address FROM told)
      ${NO_ICMP_ERRORS}
  ) AS flows INNER JOIN told USING (realm, source, address)
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64} AND length(addresses) > 1
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

/** Hosts that a proxy was asked for. The roll-up does not tell such requests from others. */
const PROXIED = `${SELECT}, 1 AS outbound
FROM (
  SELECT realm, source, target, ${sumsOf("n")}
  FROM (
    SELECT address_realm AS realm, src_endpoint_ip AS source, url_hostname AS target, toInt64(count()) AS n
    FROM http_activity
    WHERE is_proxied = 1 AND url_hostname != '' AND http_status < 500 AND ${insideSql("src_endpoint_ip")}
    GROUP BY realm, source, target, toStartOfHour(time)
  )
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64}
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

const QUERIES = [
  ["address", ADDRESSES],
  ["name", NAMES],
  ["resolved", RESOLVED],
  ["proxied", PROXIED],
] as const;

export interface Candidates {
  subjects: Subject[];
  /** With enough contacts, before the limit. */
  all: number;
}

/** Sources and targets with enough answered contacts for a rhythm to show, at most `most` of each kind. */
export async function candidates(context: DetectContext, least: number, most: number): Promise<Candidates> {
  const result: Candidates = { subjects: [], all: 0 };
  for (const [kind, sql] of QUERIES) {
    const rows = await context.query<Row>(sql, { least, most });
    result.all += Number(rows[0]?.all_subjects ?? 0);
    for (const row of rows) {
      result.subjects.push({
        kind,
        realm: row.realm,
        source: plainAddress(row.source),
        target: kind === "address" ? plainAddress(row.target) : row.target,
        outbound: Number(row.outbound) === 1,
        contacts: Number(row.contacts),
        ...(row.addresses === undefined ? {} : { addresses: row.addresses.map(plainAddress) }),
      });
    }
  }
  return result;
}
