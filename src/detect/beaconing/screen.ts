import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql, oneMachineSql } from "../shared/inside.js";
import { BINS, type GapHistogram, LEAST, STEP } from "./rhythm/axis.js";
import { glance, QUARTERS } from "./rhythm/glance.js";
import type { Subject, TargetKind } from "./subject.js";

/** Contacts that one query takes, about: it holds some tens of bytes for each. */
const AT_ONCE = 10_000_000;
/** Of one source and target: what has more is read without a screen. */
const MOST_TIMES = 200_000;
/** Names with more addresses, or with more clients, are content networks. */
const MOST_ADDRESSES = 50;
const MOST_CLIENTS = 20;

/** Everything below is cut by source, so that no state grows with the data. */
const within = (column: string) => `${column} BETWEEN toIPv6({from:String}) AND toIPv6({to:String})`;

const TIME = "toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at";

/** Of ICMP only what has code 0, as an echo request has: the rest answers to something else. */
const FLOWS = `FROM network_activity
    WHERE ${within("src_endpoint_ip")} AND answered = 1 AND NOT (connection_protocol = 'icmp' AND dst_endpoint_port != 0)`;

const BY_ADDRESS = `SELECT address_realm AS realm, src_endpoint_ip AS source, dst_endpoint_ip AS target, dst_endpoint_ip AS address, ${TIME}
    ${FLOWS} AND ${oneMachineSql("dst_endpoint_ip")} AND (${insideSql("src_endpoint_ip")} != ${insideSql("dst_endpoint_ip")})`;

/** The range first: membership of `internal_host` would otherwise be looked up for every row of the table, once for each range. */
const OUTWARD = `${insideSql("src_endpoint_ip")} AND NOT ${insideSql("dst_endpoint_ip")}`;
const named = (table: string, name: string, where: string) =>
  `SELECT address_realm AS realm, src_endpoint_ip AS source, ${name} AS target, dst_endpoint_ip AS address, ${TIME}
    FROM ${table} PREWHERE ${within("src_endpoint_ip")} WHERE ${name} != '' AND ${where}`;

const BY_NAME = `${named("tls_activity", "sni", OUTWARD)}
  UNION ALL ${named("http_activity", "url_hostname", `log_role = 'sensor' AND is_proxied = 0 AND ${OUTWARD}`)}`;

/** A name that has an address for itself is known by that address: its flows say more. */
const NO_ONE_ADDRESS = `WHERE length(addresses) > 1 OR (realm, source, addresses[1]) IN (
    SELECT address_realm, src_ip, dst_ip FROM contact_hourly PREWHERE channel IN ('tls', 'http') AND ${within("src_ip")}
    WHERE name != ''
    GROUP BY address_realm, src_ip, dst_ip HAVING uniqUpTo(1)(name) > 1)`;

/** The roll-up does not tell requests to a proxy from others. */
const BY_PROXY = named(
  "http_activity",
  "url_hostname",
  `log_role = 'sensor' AND is_proxied = 1 AND http_status < 500 AND ${insideSql("src_endpoint_ip")}`,
);

const TOLD = `channel = 'dns' AND name != '' AND dst_ip != toIPv6('::') AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}`;

/** Names with a few addresses and a few clients, by client and address that it was told. */
const TOLD_PAIRS = `SELECT DISTINCT address_realm AS realm, src_ip AS source, dst_ip AS address, name AS target FROM contact_hourly
    WHERE ${TOLD} AND name IN (
      SELECT name FROM contact_hourly WHERE ${TOLD} GROUP BY name
      HAVING uniqUpTo(1)(dst_ip) > 1 AND uniqUpTo(${MOST_ADDRESSES})(dst_ip) <= ${MOST_ADDRESSES}
        AND uniqUpTo(${MOST_CLIENTS})(address_realm, src_ip) <= ${MOST_CLIENTS})`;

/** The flows of each client with the addresses of these names. */
const BY_RESOLVED = `SELECT realm, source, target, address, at FROM (
      SELECT address_realm AS realm, src_endpoint_ip AS source, dst_endpoint_ip AS address, ${TIME} ${FLOWS} AND ${OUTWARD}
    ) AS flows INNER JOIN (${TOLD_PAIRS} AND ${within("src_ip")}) AS told USING (realm, source, address)`;

interface Kind {
  kind: TargetKind;
  /** `realm, source, target, address, at` of each contact. */
  contacts: string;
  /** Which sources and targets count, by `realm`, `source` and `addresses`. */
  where: string;
  /** `source, connections`: how much there is, as the roll-up knows it. */
  load: string;
}

const loadOf = (channels: string) =>
  `SELECT src_ip AS source, connections FROM contact_hourly WHERE ${channels}`;

const KINDS: readonly Kind[] = [
  { kind: "address", contacts: BY_ADDRESS, where: "", load: loadOf("channel = 'flow'") },
  { kind: "name", contacts: BY_NAME, where: NO_ONE_ADDRESS, load: loadOf("channel IN ('tls', 'http')") },
  {
    kind: "resolved",
    contacts: BY_RESOLVED,
    where: "WHERE length(addresses) > 1",
    load: `SELECT src_ip AS source, connections FROM contact_hourly INNER JOIN (${TOLD_PAIRS}) AS told
      ON address_realm = told.realm AND src_ip = told.source AND dst_ip = told.address WHERE channel = 'flow'`,
  },
  { kind: "proxied", contacts: BY_PROXY, where: "", load: loadOf("channel = 'http'") },
];

/** Added to a bin for each quarter before its own. */
const QUARTER = 2 ** Math.ceil(Math.log2(BINS));

/** Gaps of a second and more, counted on the axis of {@link gapHistogram} in each quarter. In order, because of many equals only some are kept. */
const screenSql = ({
  contacts,
  where,
}: Kind) => `SELECT realm, toString(source) AS source, toString(target) AS target,
    ${insideSql("source", "realm")} AS outbound, arrayMap(each -> toString(each), addresses) AS addresses,
    length(times) = ${MOST_TIMES} AS many, gaps.1 AS bins, gaps.2 AS counts
  FROM (
    SELECT realm, source, target, groupUniqArray(${MOST_ADDRESSES})(address) AS addresses, arraySort(groupArray(${MOST_TIMES})(at)) AS times,
      arrayFilter(gap -> gap >= 1000, arrayDifference(times)) AS long,
      arrayMap((gap, n) -> toUInt16(least(${BINS - 1}, floor(log(gap / ${LEAST * 1000}) / ${STEP})) + ${QUARTER} * intDiv(${QUARTERS} * (n - 1), length(long))),
        long, arrayEnumerate(long)) AS all,
      arrayReduce('sumMap', arrayMap(each -> [each], all), arrayMap(each -> [toUInt32(1)], all)) AS gaps
    FROM (${contacts})
    GROUP BY realm, source, target
    HAVING count() >= {least:UInt32}
  )
  ${where}
  ORDER BY realm, source, target`;

interface Row {
  realm: string;
  source: string;
  target: string;
  outbound: number;
  addresses: string[];
  many: number;
  bins: number[];
  counts: (number | string)[];
}

/** A source and target with the bits that a glance at its gaps gives: infinite where they were too many for one. */
export interface Glanced {
  subject: Subject;
  bits: number;
}

/** Every source and target with enough answered contacts. */
export async function* glances(
  context: DetectContext,
  least: number,
  leastBits: number,
): AsyncGenerator<Glanced> {
  for (const kind of KINDS) {
    for (const range of await ranges(context, kind.load)) {
      for await (const row of context.stream<Row>(screenSql(kind), { ...range, least }))
        yield { subject: subjectOf(kind.kind, row), bits: bitsOf(row, leastBits) };
    }
  }
}

/** Sources in order of their addresses, cut so that each part has about {@link AT_ONCE} connections. */
function ranges(context: DetectContext, load: string): Promise<{ from: string; to: string }[]> {
  return context.query(
    `SELECT toString(min(source)) AS \`from\`, toString(max(source)) AS \`to\` FROM (
       SELECT source, intDiv(sum(connections) OVER (ORDER BY source), ${AT_ONCE}) AS part FROM (
         SELECT source, greatest(0, sum(connections)) AS connections FROM (${load}) GROUP BY source))
     GROUP BY part ORDER BY part`,
  );
}

function bitsOf({ many, bins, counts }: Row, least: number): number {
  if (Number(many) === 1) return Number.POSITIVE_INFINITY;
  return glance(quartersOf(bins, counts), least);
}

/** @param bins ascending, each with {@link QUARTER} added for every quarter before */
export function quartersOf(bins: readonly number[], counts: readonly (number | string)[]): GapHistogram[] {
  const quarters = Array.from({ length: QUARTERS }, () => ({
    bins: [] as number[],
    counts: [] as number[],
    total: 0,
  }));
  bins.forEach((each, at) => {
    const quarter = quarters[Math.floor(each / QUARTER)];
    const count = Number(counts[at]);
    if (quarter === undefined) return;
    quarter.bins.push(each % QUARTER);
    quarter.counts.push(count);
    quarter.total += count;
  });
  return quarters;
}

function subjectOf(kind: TargetKind, { realm, source, target, outbound, addresses }: Row): Subject {
  return {
    kind,
    realm,
    source: plainAddress(source),
    target: kind === "address" ? plainAddress(target) : target,
    outbound: kind !== "address" || Number(outbound) === 1,
    ...(kind === "resolved" ? { addresses: addresses.map(plainAddress) } : {}),
  };
}
