import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { boundTargets } from "./contacts.js";
import type { Service } from "./purpose.js";
import { type Subject, subjectKey, type TargetKind } from "./subject.js";

/** What the roll-up says about one source and its target. */
export interface Relation {
  /** The service that took most of the contacts; undefined where no row says. */
  service: Service | undefined;
  /** Ports that answered. */
  ports: number[];
  /** Names that the source itself said there (TLS, HTTP), with the number of contacts, most first. */
  said: { name: string; contacts: number }[];
  /** Names for which the source was told the address (DNS). */
  told: string[];
  /** Addresses that the name stood on; the address itself. */
  addresses: string[];
  connections: number;
  answered: number;
  /** Bytes from the source and to it; 0 for names, whose rows have no volume. */
  bytesOut: number;
  bytesIn: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

/** Subjects in one query: their parameters stay well under a megabyte (a name with several addresses counts for ten). */
const CHUNK = 2_000;
const RESOLVED_CHUNK = 200;
const NAMES = 50;
const ADDRESSES = 100;

type Sums = [keys: string[], sums: (number | string)[]];

interface Row {
  realm: string;
  source: string;
  target: string;
  services: Sums;
  said: Sums;
  told: string[];
  addresses: string[];
  all_connections: number | string;
  all_answered: number | string;
  out_sum: number | string;
  in_sum: number | string;
  first: number | string;
  last: number | string;
}

const zipped = (targets: string) => `(SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {${targets}})))`;

/** The first in order, so that they are the same each time: an aggregate with a limit keeps what it happens to see first. */
const someOf = (address: string) =>
  `arraySlice(arraySort(groupUniqArray(toString(${address}))), 1, ${ADDRESSES})`;
const SERVICE = "concat(toString(protocol), ' ', toString(dst_port))";
const TIMES = (condition: string) =>
  `toUnixTimestamp64Milli(minIf(first_time, ${condition})) AS first, toUnixTimestamp64Milli(maxIf(last_time, ${condition})) AS last`;

const BY_ADDRESS = `SELECT address_realm AS realm, toString(src_ip) AS source, toString(dst_ip) AS target,
    sumMapIf([${SERVICE}], [answered], channel = 'flow') AS services,
    sumMapIf([name], [connections], channel IN ('tls', 'http') AND name != '') AS said,
    arraySlice(arraySort(groupUniqArrayIf(name, channel = 'dns')), 1, ${NAMES}) AS told, [toString(dst_ip)] AS addresses,
    sumIf(connections, channel = 'flow') AS all_connections, sumIf(answered, channel = 'flow') AS all_answered,
    sumIf(bytes_out, channel = 'flow') AS out_sum, sumIf(bytes_in, channel = 'flow') AS in_sum,
    ${TIMES("channel = 'flow' AND answered > 0")}
  FROM contact_hourly
  WHERE dst_ip IN {addresses:Array(IPv6)} AND src_ip IN {sources:Array(IPv6)} AND (src_ip, dst_ip) IN ${zipped("addresses:Array(IPv6)")}
  GROUP BY realm, src_ip, dst_ip`;

const BY_NAME = `SELECT address_realm AS realm, toString(src_ip) AS source, name AS target, sumMap([${SERVICE}], [connections]) AS services,
    ([name], [toInt64(1)]) AS said, emptyArrayString() AS told, ${someOf("dst_ip")} AS addresses,
    sum(connections) AS all_connections, all_connections AS all_answered, 0 AS out_sum, 0 AS in_sum, ${TIMES("1")}
  FROM contact_hourly
  WHERE channel IN ('tls', 'http') AND name IN {targets:Array(String)} AND src_ip IN {sources:Array(IPv6)} AND (src_ip, name) IN ${zipped("targets:Array(String)")}
  GROUP BY realm, src_ip, name`;

/** The flows with the addresses that the source was told for the name. */
const BY_RESOLVED = `SELECT address_realm AS realm, toString(src_ip) AS source, link.3 AS target, sumMap([${SERVICE}], [answered]) AS services,
    ([''], [toInt64(0)]) AS said, [target] AS told, ${someOf("dst_ip")} AS addresses,
    sum(connections) AS all_connections, sum(answered) AS all_answered, sum(bytes_out) AS out_sum, sum(bytes_in) AS in_sum, ${TIMES("answered > 0")}
  FROM contact_hourly INNER JOIN (
    SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {addresses:Array(IPv6)}, {targets:Array(String)})) AS link
  ) AS names ON src_ip = link.1 AND dst_ip = link.2
  WHERE channel = 'flow' AND dst_ip IN {addresses:Array(IPv6)} AND src_ip IN {sources:Array(IPv6)}
  GROUP BY realm, src_ip, target`;

const BY_PROXY = `SELECT address_realm AS realm, toString(src_endpoint_ip) AS source, url_hostname AS target,
    sumMap([concat('tcp ', toString(dst_endpoint_port))], [toInt64(1)]) AS services, ([url_hostname], [toInt64(1)]) AS said,
    emptyArrayString() AS told, ${someOf("dst_endpoint_ip")} AS addresses,
    count() AS all_connections, all_connections AS all_answered, 0 AS out_sum, 0 AS in_sum,
    toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
  FROM http_activity
  WHERE log_role = 'sensor' AND is_proxied = 1 AND url_hostname IN {targets:Array(String)} AND src_endpoint_ip IN {sources:Array(IPv6)}
    AND (src_endpoint_ip, url_hostname) IN ${zipped("targets:Array(String)")}
  GROUP BY realm, src_endpoint_ip, url_hostname`;

const QUERY: Record<TargetKind, string> = {
  address: BY_ADDRESS,
  name: BY_NAME,
  resolved: BY_RESOLVED,
  proxied: BY_PROXY,
};

/** The relation of each subject, by {@link subjectKey}. */
export async function relationsOf(
  context: DetectContext,
  subjects: readonly Subject[],
): Promise<Map<string, Relation>> {
  const found = new Map<string, Relation>();
  // Neighbours in the roll-up's sort key are read together: each query reads its own part of the table.
  const ordered = [...subjects].sort((a, b) => a.target.localeCompare(b.target));
  for (const kind of Object.keys(QUERY) as TargetKind[]) {
    for (const part of chunks(
      ordered.filter((each) => each.kind === kind),
      kind === "resolved" ? RESOLVED_CHUNK : CHUNK,
    )) {
      const rows = await context.query<Row>(QUERY[kind], boundTargets(part));
      for (const row of rows) {
        const target = kind === "address" ? plainAddress(row.target) : row.target;
        found.set(
          subjectKey({ kind, realm: row.realm, source: plainAddress(row.source), target }),
          relationOf(row),
        );
      }
    }
  }
  return found;
}

function relationOf(row: Row): Relation {
  const services = counted(row.services);
  const [protocol, port] = services[0]?.key.split(" ") ?? [];
  return {
    service: protocol === undefined ? undefined : { protocol, port: Number(port) },
    ports: services.map(({ key }) => Number(key.split(" ")[1])).slice(0, NAMES),
    said: counted(row.said)
      .slice(0, NAMES)
      .map(({ key, count }) => ({ name: key, contacts: count })),
    told: row.told,
    addresses: row.addresses.map(plainAddress).sort(),
    connections: Number(row.all_connections),
    answered: Number(row.all_answered),
    bytesOut: Math.max(0, Number(row.out_sum)),
    bytesIn: Math.max(0, Number(row.in_sum)),
    first: Number(row.first),
    last: Number(row.last),
  };
}

/** Keys with a sum above 0, the greatest first. */
function counted([keys, sums]: Sums): { key: string; count: number }[] {
  return keys
    .map((key, at) => ({ key, count: Number(sums[at]) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** Hosts of ours that contact outside at all: what a number of hosts is compared with. */
export async function insideHosts(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ hosts: number | string }>(
    `SELECT uniqCombined(14)(address_realm, src_ip) AS hosts FROM contact_hourly
     WHERE channel IN ('flow', 'tls', 'http') AND ${insideSql("src_ip")} AND NOT ${insideSql("dst_ip")}`,
  );
  return Number(row?.hosts ?? 0);
}
