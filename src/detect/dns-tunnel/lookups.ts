import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { siteOf } from "../shared/site.js";
import { SHORTEST } from "./text.js";
import { lastLabels, OURS, TEXT_TYPES, type ZoneUse } from "./zones.js";

/** What one of our hosts asked about one registrable domain. */
export interface Lookups {
  realm: string;
  host: string;
  zone: string;
  hostsOfZone: number;
  queries: number;
  /** Different names, in all and on the busiest day. */
  names: number;
  peakNames: number;
  /** Queries for text-bearing records, and all types that were asked for. */
  texts: number;
  types: string[];
  answered: number;
  answerBytes: number;
  /** Different first answers. */
  answers: number;
  /** UTC hours and days with queries. */
  hours: number;
  days: number;
  /** Milliseconds UTC. */
  first: number;
  last: number;
  resolvers: string[];
  /** Names in the sample: as many as fit, chosen by digest and so the same on every run. */
  sample: string[];
}

interface Row {
  realm: string;
  src: string;
  zone: string;
  queries: number | string;
  names: number | string;
  peak: number | string;
  texts: number | string;
  types: string[];
  answered: number | string;
  answer_bytes: number | string;
  answers: number | string;
  hours: number | string;
  days: number | string;
  first: number | string;
  last: number | string;
  resolvers: string[];
  sample: string[];
}

const CHUNK = 1_000;
const MOST_PAIRS = 5_000;
const SAMPLE = 128;

const LOOKUPS_SQL = `
  SELECT realm, toString(s) AS src, zone, sum(day_queries) AS queries, uniqCombinedMerge(12)(day_names) AS names,
    max(finalizeAggregation(day_names)) AS peak, sum(day_texts) AS texts, arraySort(groupUniqArrayArray(12)(day_types)) AS types,
    sum(day_answered) AS answered, sum(day_answer_bytes) AS answer_bytes, uniqCombinedMerge(12)(day_answers) AS answers,
    sum(bitCount(day_hours)) AS hours, count() AS days, min(day_first) AS first, max(day_last) AS last,
    arraySort(groupUniqArrayArray(8)(day_resolvers)) AS resolvers,
    arrayDistinct(arrayMap(each -> each.2, groupArraySortedArray(${SAMPLE})(day_sample))) AS sample
  FROM (SELECT address_realm AS realm, src_endpoint_ip AS s, arrayFirst(each -> each IN {zones:Array(String)},
        arrayMap(labels -> ${lastLabels("query_hostname", "labels")}, [5, 4, 3, 2])) AS zone, toDate(time) AS day,
      count() AS day_queries, uniqCombinedState(12)(query_hostname) AS day_names, countIf(query_type IN {types:Array(String)}) AS day_texts,
      groupUniqArray(12)(toString(query_type)) AS day_types, countIf(notEmpty(answers)) AS day_answered,
      sum(arraySum(each -> length(each), answers)) AS day_answer_bytes,
      uniqCombinedStateIf(12)(answers[1], notEmpty(answers) AND query_type IN {types:Array(String)}) AS day_answers,
      groupBitOr(bitShiftLeft(toUInt32(1), toHour(time))) AS day_hours,
      toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS day_first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS day_last,
      groupUniqArray(8)(toString(dst_endpoint_ip)) AS day_resolvers,
      groupArraySorted(${SAMPLE})((cityHash64(query_hostname), query_hostname)) AS day_sample
    FROM dns_activity
    WHERE ${OURS} AND ${lastLabels("query_hostname", "2")} IN {tails:Array(String)}
    GROUP BY realm, s, zone, day HAVING zone != '')
  GROUP BY realm, s, zone HAVING names >= {names:UInt32} OR texts >= {polls:UInt32}
  ORDER BY names DESC, realm, s, zone LIMIT ${MOST_PAIRS}`;

/** Hosts and domains with enough names or enough text-bearing records, most names first. */
export async function readLookups(context: DetectContext, zones: readonly ZoneUse[]): Promise<Lookups[]> {
  const found: Lookups[] = [];
  for (const part of chunks(zones, CHUNK)) {
    const hosts = new Map(part.map((each) => [each.zone, each.hosts]));
    const rows = await context.query<Row>(LOOKUPS_SQL, {
      zones: [...hosts.keys()],
      tails: [...new Set([...hosts.keys()].map((zone) => zone.split(".").slice(-2).join(".")))],
      types: TEXT_TYPES,
      names: context.parameter("min_names"),
      polls: context.parameter("min_polls"),
    });
    for (const row of rows) found.push(lookupsOf(row, hosts.get(row.zone) ?? 1));
  }
  return found;
}

function lookupsOf(row: Row, hostsOfZone: number): Lookups {
  return {
    realm: row.realm,
    host: plainAddress(row.src),
    zone: row.zone,
    hostsOfZone: Math.max(1, hostsOfZone),
    queries: Number(row.queries),
    names: Number(row.names),
    peakNames: Number(row.peak),
    texts: Number(row.texts),
    types: row.types,
    answered: Number(row.answered),
    answerBytes: Number(row.answer_bytes),
    answers: Number(row.answers),
    hours: Number(row.hours),
    days: Number(row.days),
    first: Number(row.first),
    last: Number(row.last),
    resolvers: row.resolvers.map(plainAddress),
    sample: row.sample,
  };
}

/** Domains of which each host asks for text-bearing records: a mail server asks for a policy record of everyone who writes to it. */
export async function textZones(
  context: DetectContext,
  hosts: readonly string[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of chunks([...new Set(hosts)], CHUNK)) {
    const rows = await context.query<{ realm: string; src: string; zones: number | string }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS src, uniqCombined(12)(${lastLabels("query_hostname", "2")}) AS zones
       FROM dns_activity WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND query_type IN {types:Array(String)}
       GROUP BY realm, src_endpoint_ip`,
      { hosts: part, types: TEXT_TYPES },
    );
    for (const row of rows) found.set(`${row.realm} ${plainAddress(row.src)}`, Number(row.zones));
  }
  return found;
}

/** Resolvers outside that hardly anyone here uses: one host in twenty, at most three. Nothing is said of networks with fewer than ten hosts. */
export async function unusualResolvers(
  context: DetectContext,
  addresses: readonly string[],
): Promise<Set<string>> {
  const outside = [...new Set(addresses)].filter(isPublicAddress);
  const unusual = new Set<string>();
  if (outside.length === 0) return unusual;
  const [all] = await context.query<{ hosts: number | string }>(
    `SELECT uniqCombined(12)(address_realm, src_endpoint_ip) AS hosts FROM dns_activity WHERE ${OURS}`,
  );
  const asking = Number(all?.hosts ?? 0);
  if (asking < 10) return unusual;
  const most = Math.max(1, Math.min(3, Math.floor(asking / 20)));
  for (const part of chunks(outside, CHUNK)) {
    const rows = await context.query<{ resolver: string; hosts: number | string }>(
      `SELECT toString(dst_endpoint_ip) AS resolver, uniqCombined(12)(address_realm, src_endpoint_ip) AS hosts
       FROM dns_activity WHERE dst_endpoint_ip IN {part:Array(IPv6)} AND ${OURS} GROUP BY dst_endpoint_ip`,
      { part },
    );
    for (const row of rows) if (Number(row.hosts) <= most) unusual.add(plainAddress(row.resolver));
  }
  return unusual;
}

/** Hosts that speak to public DNS-over-HTTPS resolvers: what they look up there nobody sees. */
export async function dohHosts(context: DetectContext, names: readonly string[]): Promise<number> {
  const [row] = await context.query<{ hosts: number | string }>(
    `SELECT uniqCombined(12)(address_realm, src_ip) AS hosts FROM contact_hourly
     WHERE channel IN ('tls', 'http') AND name IN {names:Array(String)}`,
    { names: [...names] },
  );
  return Number(row?.hosts ?? 0);
}

const MODEL_NAMES = 20_000;

/** How this network's names look: one name of each registrable domain in a sample of all, without its suffix. */
export async function ordinaryNames(context: DetectContext, rows: number): Promise<string[]> {
  const names = await context.query<{ name: string }>(
    `SELECT DISTINCT query_hostname AS name FROM dns_activity
     WHERE ${OURS} AND cityHash64(query_hostname) % {part:UInt32} = 0 ORDER BY cityHash64(name) LIMIT ${MODEL_NAMES}`,
    { part: Math.max(1, Math.floor(rows / 1_000_000)) },
  );
  const bySite = new Map<string, string>();
  for (const { name } of names) {
    const site = siteOf(name);
    const text = site === undefined ? "" : name.slice(0, name.length - site.suffix.length - 1);
    if (site !== undefined && text.length >= SHORTEST && !bySite.has(site.domain))
      bySite.set(site.domain, text);
  }
  return [...bySite.values()];
}
