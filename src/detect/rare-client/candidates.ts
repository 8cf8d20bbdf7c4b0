import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { destination, type LogKind, OURS, outward } from "./kinds.js";

/** One host's use of one client at one destination. Times are milliseconds UTC. */
export interface Candidate {
  realm: string;
  host: string;
  signature: string;
  /** The client as the log has it. */
  shown: string;
  /** Name or address. */
  destination: string;
  /** '' for a bare address. */
  name: string;
  addresses: string[];
  ports: number[];
  requests: number;
  hours: number;
  days: number;
  first: number;
  last: number;
}

interface CandidateRow {
  realm: string;
  src: string;
  signature: string;
  shown: string;
  destination: string;
  name: string;
  addresses: string[];
  ports: number[];
  requests: number | string;
  hours: number | string;
  days: number | string;
  first: number | string;
  last: number | string;
}

/** Most candidates that one kind of log gives, those with the most hours. */
const MOST = 20_000;
/** Rows of a log that are read for what is common; of more, every n-th. */
const SAMPLE_ROWS = 5_000_000;
const CHUNK = 500;

/** Names, and addresses, that too many hosts go to. What is common is the shorter list. */
const POPULAR_NAMES = `SELECT name FROM contact_hourly WHERE channel IN ('tls', 'http') AND name != ''
  GROUP BY name HAVING uniqCombined(12)(address_realm, src_ip) > {rare:UInt32}`;
const POPULAR_ADDRESSES = `SELECT dst_ip FROM contact_hourly WHERE channel IN ('flow', 'tls', 'http') AND ${insideSql("src_ip")}
  GROUP BY dst_ip HAVING uniqCombined(12)(address_realm, src_ip) > {rare:UInt32}`;

/** Clients that certainly too many hosts have: from a sample, so that a signature that is another each time does not fill the memory. */
function popularClients(kind: LogKind): string {
  return `SELECT ${kind.signature} AS signature FROM (
      SELECT DISTINCT address_realm, src_endpoint_ip, ${kind.raw} FROM ${kind.table}
      WHERE ${kind.where} AND ${OURS} AND source_line % {part:UInt32} = 0)
    GROUP BY signature HAVING uniqCombined(12)(address_realm, src_endpoint_ip) > {rare:UInt32}`;
}

function candidatesSql(kind: LogKind): string {
  return `SELECT realm, toString(s) AS src, signature, max(day_shown) AS shown, dest AS destination, max(day_name) AS name,
      arraySort(groupUniqArrayArray(8)(day_addresses)) AS addresses, arraySort(groupUniqArrayArray(8)(day_ports)) AS ports,
      sum(n) AS requests, sum(bitCount(mask)) AS hours, uniqExact(day) AS days, min(day_first) AS first, max(day_last) AS last
    FROM (
      SELECT realm, s, ${kind.signature} AS signature, dest, day, max(shown) AS day_shown, max(name) AS day_name,
        groupUniqArrayArray(8)(addresses) AS day_addresses, groupUniqArrayArray(8)(ports) AS day_ports, sum(n) AS n, groupBitOr(mask) AS mask,
        min(first) AS day_first, max(last) AS day_last
      FROM (
        SELECT address_realm AS realm, src_endpoint_ip AS s, ${kind.raw}, max(${kind.shown}) AS shown, ${destination(kind)} AS dest,
          max(${kind.name}) AS name, toDate(time) AS day, groupUniqArray(8)(toString(dst_endpoint_ip)) AS addresses,
          groupUniqArray(8)(dst_endpoint_port) AS ports, count() AS n, groupBitOr(bitShiftLeft(toUInt32(1), toHour(time))) AS mask,
          toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
        FROM ${kind.table}
        WHERE ${outward(kind)}
          AND if(${kind.name} != '', ${kind.name} NOT IN (${POPULAR_NAMES}), dst_endpoint_ip NOT IN (${POPULAR_ADDRESSES}))
        GROUP BY realm, s, ${kind.keys}, dest, day)
      GROUP BY realm, s, signature, dest, day)
    WHERE signature != '' AND signature NOT IN (${popularClients(kind)})
    GROUP BY realm, s, signature, dest HAVING hours >= {hours:UInt32}
    ORDER BY hours DESC, requests DESC, realm, s, signature, dest LIMIT ${MOST}`;
}

/** Clients that are not common at destinations that are not. Whether they are rare is said by the decision. */
export async function readCandidates(context: DetectContext, kind: LogKind): Promise<Candidate[]> {
  const [all] = await context.query<{ n: number | string }>(`SELECT count() AS n FROM ${kind.table}`);
  const rows = await context.query<CandidateRow>(candidatesSql(kind), {
    rare: context.parameter("rare_hosts"),
    part: Math.max(1, Math.floor(Number(all?.n ?? 0) / SAMPLE_ROWS)),
    hours: kind.leastHours === "one" ? 1 : context.parameter("repeated_hours"),
  });
  return rows.map(({ src, requests, hours, days, first, last, ...row }) => ({
    ...row,
    host: plainAddress(src),
    destination: plainAddress(row.destination),
    addresses: row.addresses.map(plainAddress),
    requests: Number(requests),
    hours: Number(hours),
    days: Number(days),
    first: Number(first),
    last: Number(last),
  }));
}

/** A host that has the client, and how many destinations it goes to with it. */
export interface Holder {
  realm: string;
  host: string;
  destinations: number;
}

/** Who has these clients, by signature; at most one more than `most` each, so that a common one is recognised. */
export async function holdersOf(
  context: DetectContext,
  kind: LogKind,
  signatures: readonly string[],
  most: number,
): Promise<Map<string, Holder[]>> {
  const found = new Map<string, Holder[]>();
  const wanted = `${kind.signature} IN {signatures:Array(String)}`;
  for (const part of chunks([...new Set(signatures)], CHUNK)) {
    const rows = await context.query<{
      signature: string;
      realm: string;
      src: string;
      destinations: number | string;
    }>(
      `SELECT ${kind.signature} AS signature, realm, toString(s) AS src, uniqCombinedMerge(12)(goals) AS destinations
       FROM (SELECT address_realm AS realm, src_endpoint_ip AS s, ${kind.raw}, uniqCombinedState(12)(${destination(kind)}) AS goals
         FROM ${kind.table} WHERE ${kind.where} AND ${OURS} ${kind.cheap ? `AND ${wanted}` : ""}
         GROUP BY realm, s, ${kind.keys})
       WHERE signature IN {signatures:Array(String)}
       GROUP BY signature, realm, s ORDER BY signature, realm, s LIMIT {most:UInt32} BY signature`,
      { signatures: part, most: most + 1 },
    );
    for (const row of rows) {
      const holders = found.get(row.signature) ?? [];
      holders.push({ realm: row.realm, host: plainAddress(row.src), destinations: Number(row.destinations) });
      found.set(row.signature, holders);
    }
  }
  return found;
}

/** Every host of ours that shows a client of this kind of log, with the kinds of signature it shows. */
export async function population(
  context: DetectContext,
  kind: LogKind,
): Promise<{ realm: string; host: string; kinds: string[] }[]> {
  const kinds =
    kind.table === "http_activity" ? "['user agent']" : "groupUniqArray(2)(if(ja4 != '', 'JA4', 'JA3'))";
  const rows = await context.query<{ realm: string; src: string; kinds: string[] }>(
    `SELECT address_realm AS realm, toString(src_endpoint_ip) AS src, ${kinds} AS kinds FROM ${kind.table}
     WHERE ${kind.where} AND ${OURS} GROUP BY realm, src_endpoint_ip`,
  );
  return rows.map((row) => ({ realm: row.realm, host: plainAddress(row.src), kinds: row.kinds }));
}
