import type { DetectContext } from "../port.js";
import { plainAddress } from "../shared/endpoint.js";
import type { Subject } from "./subject.js";

interface Row {
  all_subjects: number | string;
  realm: string;
  source: string;
  target: string;
  outbound: number;
  contacts: number | string;
  hours: number | string;
}

const inside = (end: string) => `((realm, ${end}) IN (SELECT address_realm, ip FROM internal_host))`;

/** Nothing on the far side of these can be a server on the Internet. */
const NO_PEER = `AND dst_ip NOT BETWEEN toIPv6('ff00::') AND toIPv6('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')
  AND dst_ip NOT BETWEEN toIPv6('224.0.0.0') AND toIPv6('255.255.255.255')`;

/**
 * Which are looked at first where there are too many: those with much contact, over many hours, alike from hour to hour (a person's hours
 * differ widely, a beacon's do not), and of few hosts. Nothing is decided by it but the order.
 */
const RANK = `log(1 + contacts) * log(1 + hours) / (1 + squares * hours / (contacts * contacts) - 1) / sqrt(count() OVER (PARTITION BY target))`;

const SELECT = `SELECT count() OVER () AS all_subjects, realm, toString(source) AS source, toString(target) AS target, contacts, hours`;

const ADDRESSES = `${SELECT}, ${inside("source")} AS outbound
FROM (
  SELECT address_realm AS realm, src_ip AS source, dst_ip AS target, sum(answered) AS contacts, count() AS hours, sum(answered * answered) AS squares
  FROM contact_hourly
  WHERE channel = 'flow' AND answered > 0 ${NO_PEER}
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64}
)
WHERE ${inside("source")} != ${inside("target")}
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

/** Names that stood on more than one address: on one, the address is the better subject, since its flows say more. */
const NAMES = `${SELECT}, 1 AS outbound
FROM (
  SELECT address_realm AS realm, src_ip AS source, name AS target, sum(answered) AS contacts, count() AS hours, sum(answered * answered) AS squares
  FROM contact_hourly
  WHERE channel IN ('tls', 'http') AND answered > 0 AND name != ''
    AND (address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
    AND (address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64} AND uniqUpTo(1)(dst_ip) > 1
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

const PROXIED = `${SELECT}, 1 AS outbound
FROM (
  SELECT realm, source, target, sum(n) AS contacts, count() AS hours, sum(n * n) AS squares
  FROM (
    SELECT address_realm AS realm, src_endpoint_ip AS source, url_hostname AS target, toInt64(count()) AS n
    FROM http_activity
    WHERE is_proxied = 1 AND url_hostname != '' AND http_status < 500
      AND (address_realm, src_endpoint_ip) IN (SELECT address_realm, ip FROM internal_host)
    GROUP BY realm, source, target, toStartOfHour(time)
  )
  GROUP BY realm, source, target
  HAVING contacts >= {least:Int64}
)
ORDER BY ${RANK} DESC, realm, source, target
LIMIT {most:UInt32}`;

export interface Candidates {
  subjects: Subject[];
  /** With enough contacts, before the limit. */
  all: number;
}

/** Sources and targets with enough answered contacts for a rhythm to show, at most `most` of each kind. */
export async function candidates(context: DetectContext): Promise<Candidates> {
  const bound = {
    least: Math.round(context.parameter("min_contacts")),
    most: Math.round(context.parameter("max_candidates")),
  };
  const result: Candidates = { subjects: [], all: 0 };
  for (const [kind, sql] of [
    ["address", ADDRESSES],
    ["name", NAMES],
    ["proxied", PROXIED],
  ] as const) {
    const rows = await context.query<Row>(sql, bound);
    result.all += Number(rows[0]?.all_subjects ?? 0);
    for (const row of rows) {
      result.subjects.push({
        kind,
        realm: row.realm,
        source: plainAddress(row.source),
        target: kind === "address" ? plainAddress(row.target) : row.target,
        outbound: Number(row.outbound) === 1,
        contacts: Number(row.contacts),
        hours: Number(row.hours),
      });
    }
  }
  return result;
}
