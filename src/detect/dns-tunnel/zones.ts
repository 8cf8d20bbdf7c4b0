import { chunks } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { providerList } from "../shared/providers.js";
import { siteOf } from "../shared/site.js";
import { knownUses } from "./known-uses.js";

/**
 * Record types that carry what a server likes to say, as iodine and dnscat2 use them (their READMEs): A and AAAA are used too, but everybody
 * asks for those. Numbers stand for NULL, TXT, CNAME, KEY, MX and iodine's private type where a log has no name for them. SRV is left to
 * directory clients, which ask for little else.
 */
export const TEXT_TYPES = [
  "TXT",
  "NULL",
  "CNAME",
  "KEY",
  "MX",
  "5",
  "10",
  "15",
  "16",
  "25",
  "65399",
  "query-65399",
];

export const OURS = "(address_realm, src_endpoint_ip) IN (SELECT address_realm, ip FROM internal_host)";

/** A registrable domain that enough different names, or enough text-bearing records, were asked for. */
export interface ZoneUse {
  zone: string;
  names: number;
  hosts: number;
}

export interface Zones {
  weighed: ZoneUse[];
  /** Set aside: a provider's or listed, looked up by many hosts, allowed by the user, and what is no registrable domain. */
  known: number;
  popular: number;
  allowed: number;
  local: number;
}

interface Row {
  zone: string;
  names: number | string;
  hosts: number | string;
}

/** Public suffixes with up to so many labels are followed. */
const MOST_LABELS = 5;
/** Zones that are looked at, most names first. */
const MOST_ZONES = 20_000;
const CHUNK = 2_000;

/** The last labels of a name, in SQL. */
export const lastLabels = (name: string, labels: string): string =>
  `arrayStringConcat(arraySlice(splitByChar('.', ${name}), -${labels}), '.')`;

/** One pass over all names: in the order of the table, so that only one name's state is open at a time. */
function zonesSql(inSuffixes: boolean): string {
  return `SELECT ${lastLabels("name", "{labels:UInt8}")} AS zone, count() AS names, uniqCombinedMerge(12)(asking) AS hosts
    FROM (SELECT query_hostname AS name, countIf(query_type IN {types:Array(String)}) AS texts,
        uniqCombinedState(12)(address_realm, src_endpoint_ip) AS asking
      FROM dns_activity
      WHERE ${OURS} ${inSuffixes ? `AND ${lastLabels("query_hostname", "({labels:UInt8} - 1)")} IN {suffixes:Array(String)}` : ""}
      GROUP BY name)
    GROUP BY zone HAVING names >= {names:UInt32} OR sum(texts) >= {polls:UInt32}
    ORDER BY names DESC, zone LIMIT ${MOST_ZONES}
    SETTINGS optimize_aggregation_in_order = 1`;
}

/**
 * Registrable domains worth a look. The engine has no public suffix list with private suffixes, so it groups by the last two labels, and what proves to be
 * a suffix (`co.uk`, `duckdns.org`) is grouped anew by one label more.
 */
export async function readZones(context: DetectContext): Promise<Zones> {
  const found: Zones = { weighed: [], known: 0, popular: 0, allowed: 0, local: 0 };
  const popular = await popularFrom(context);
  let suffixes: string[] | undefined;
  for (let labels = 2; labels <= MOST_LABELS && suffixes?.length !== 0; labels++) {
    const deeper: string[] = [];
    for (const part of suffixes === undefined ? [[]] : chunks(suffixes, CHUNK)) {
      const rows = await context.query<Row>(zonesSql(labels > 2), {
        labels,
        types: TEXT_TYPES,
        suffixes: part,
        names: context.parameter("min_names"),
        polls: context.parameter("min_polls"),
      });
      for (const row of rows) {
        if (isSuffix(row.zone)) deeper.push(row.zone);
        else
          sortIn(
            found,
            { zone: row.zone, names: Number(row.names), hosts: Number(row.hosts) },
            popular,
            context,
          );
      }
    }
    suffixes = deeper;
  }
  return found;
}

/** A name below it is registered there, so it is nobody's own. */
function isSuffix(zone: string): boolean {
  return siteOf(`a.${zone}`)?.domain === `a.${zone}`;
}

/** More hosts than this look up a public service: `max_hosts`, or in a small network a quarter of all that look anything up, but five at least. */
async function popularFrom(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ hosts: number | string }>(
    `SELECT uniqCombined(12)(address_realm, src_endpoint_ip) AS hosts FROM dns_activity WHERE ${OURS}`,
  );
  return Math.min(context.parameter("max_hosts"), Math.max(5, Math.floor(Number(row?.hosts ?? 0) / 4)));
}

function sortIn(found: Zones, use: ZoneUse, popular: number, context: DetectContext): void {
  if (siteOf(use.zone) === undefined) found.local += 1;
  else if (context.allow.domain(use.zone)) found.allowed += 1;
  else if (providerList().of(use.zone) !== undefined || knownUses().has(use.zone)) found.known += 1;
  else if (use.hosts > popular) found.popular += 1;
  else found.weighed.push(use);
}
