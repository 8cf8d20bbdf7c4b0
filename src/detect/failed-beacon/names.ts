import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { providerList } from "../shared/providers.js";
import { siteOf } from "../shared/site.js";
import type { Try } from "./attempts.js";

/** One of our hosts and one name that never resolved, for anyone. */
export interface MissingName {
  realm: string;
  host: string;
  name: string;
  /** Registrable domain. */
  domain: string;
  /** Another name of the same registrable domain did resolve. */
  domainLives: boolean;
  /** Of our hosts that ask for the name, counted up to 100. */
  hosts: number;
  asked: number;
  first: number;
  last: number;
  /** Questions answered with an error, in order of time; at most 5,000. */
  tries: Try[];
}

const CANDIDATES = 20_000;
const CHUNK = 1_000;
const TRIES = 5_000;
/** Pairs whose questions are read one by one. */
const EXAMINED = 300;

/** An error that says: there is nothing here. Zeek writes words or, without them, numbers (RFC 1035, section 4.1.1). */
const FAILED = new Set(["nxdomain", "servfail", "refused", "3", "2", "5"]);

interface Candidate {
  realm: string;
  host: string;
  name: string;
  hosts: number;
  asked: number;
  first: number;
  last: number;
}

/**
 * Names asked for without any address in the answer. Most are questions for an IPv6 address or a mail server that does not exist, of names
 * that resolve otherwise; those that anyone ever got an address for are left out, and local names (no registrable domain) as well.
 */
export async function missingNames(
  context: DetectContext,
  limits: { minAttempts: number; minSpan: number },
): Promise<{ names: MissingName[]; candidates: number; examined: number }> {
  const candidates = await unanswered(context, limits);
  const resolved = await resolvedAmong(context, [...new Set(candidates.map((each) => each.name))]);
  const providers = providerList();
  const missing = candidates.flatMap((each) => {
    const site = resolved.has(each.name) ? undefined : siteOf(each.name);
    return site === undefined || providers.of(each.name) !== undefined || context.allow.domain(each.name)
      ? []
      : [{ ...each, domain: site.domain }];
  });
  const living = await livingDomains(context, missing);
  const examined = missing
    .map((each) => ({ ...each, domainLives: living.has(each.domain) }))
    .sort(
      (a, b) =>
        Number(a.domainLives) - Number(b.domainLives) ||
        a.hosts - b.hosts ||
        b.asked - a.asked ||
        (`${a.name} ${a.host}` < `${b.name} ${b.host}` ? -1 : 1),
    )
    .slice(0, EXAMINED);
  const names = await withTries(context, examined);
  return { names, candidates: missing.length, examined: examined.length };
}

async function unanswered(
  context: DetectContext,
  limits: { minAttempts: number; minSpan: number },
): Promise<Candidate[]> {
  const rows = await context.query<Omit<Candidate, "hosts">>(
    `SELECT address_realm AS realm, toString(src_ip) AS host, contact_hourly.name AS name, sum(connections) AS asked,
       toUnixTimestamp64Milli(min(first_time)) AS first, toUnixTimestamp64Milli(max(last_time)) AS last
     FROM contact_hourly
     WHERE channel = 'dns' AND dst_ip = toIPv6('::') AND ${insideSql("src_ip")} AND position(contact_hourly.name, '.') > 0
       AND NOT endsWith(contact_hourly.name, '.arpa')
     GROUP BY realm, src_ip, name HAVING asked >= {attempts:UInt32} AND last - first >= {span:Int64}
     ORDER BY count() DESC, asked DESC, realm, host, name LIMIT ${CANDIDATES}`,
    { attempts: Math.round(limits.minAttempts), span: Math.round(limits.minSpan * 1000) },
  );
  const hosts = new Map<string, number>();
  for (const names of chunks([...new Set(rows.map((row) => row.name))], CHUNK)) {
    const counted = await context.query<{ name: string; hosts: number }>(
      `SELECT contact_hourly.name AS name, uniqUpTo(100)(address_realm, src_ip) AS hosts FROM contact_hourly
       WHERE channel = 'dns' AND contact_hourly.name IN {names:Array(String)} GROUP BY name`,
      { names },
    );
    for (const row of counted) hosts.set(row.name, Number(row.hosts));
  }
  return rows.map((row) => ({ ...row, host: plainAddress(row.host), hosts: hosts.get(row.name) ?? 1 }));
}

/** Those of the names that anyone was ever told an address for, or that a client used. */
async function resolvedAmong(context: DetectContext, names: readonly string[]): Promise<Set<string>> {
  const resolved = new Set<string>();
  for (const some of chunks(names, CHUNK)) {
    const rows = await context.query<{ name: string }>(
      `SELECT DISTINCT name FROM contact_hourly
       WHERE name IN {names:Array(String)} AND channel != 'flow' AND dst_ip != toIPv6('::')`,
      { names: some },
    );
    for (const row of rows) resolved.add(row.name);
  }
  return resolved;
}

/** Registrable domains of which another name resolved. The engine's own cut only narrows the reading down; ours decides. */
async function livingDomains(
  context: DetectContext,
  missing: readonly { name: string; domain: string }[],
): Promise<Set<string>> {
  const living = new Set<string>();
  for (const some of chunks([...new Set(missing.map((each) => each.name))], CHUNK)) {
    const rows = await context.query<{ name: string }>(
      `WITH (SELECT groupUniqArray(cutToFirstSignificantSubdomain(n)) FROM (SELECT arrayJoin({names:Array(String)}) AS n)) AS cuts
       SELECT DISTINCT name FROM contact_hourly
       WHERE channel != 'flow' AND dst_ip != toIPv6('::') AND has(cuts, cutToFirstSignificantSubdomain(name))
       LIMIT 20 BY cutToFirstSignificantSubdomain(name)`,
      { names: some },
    );
    for (const row of rows) {
      const site = siteOf(row.name);
      if (site !== undefined) living.add(site.domain);
    }
  }
  return living;
}

async function withTries(
  context: DetectContext,
  examined: readonly (Candidate & { domain: string; domainLives: boolean })[],
): Promise<MissingName[]> {
  const tries = new Map<string, { at: number; rcode: string }[]>();
  const key = (row: { realm: string; host: string; name: string }) =>
    `${row.realm}|${plainAddress(row.host)}|${row.name}`;
  for (const some of chunks(examined, 100)) {
    const rows = await context.query<{
      realm: string;
      host: string;
      name: string;
      at: number;
      rcode: string;
    }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS host, query_hostname AS name,
         toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at, lower(toString(dns_activity.rcode)) AS rcode
       FROM dns_activity
       WHERE query_hostname IN {names:Array(String)} AND src_endpoint_ip IN {hosts:Array(IPv6)} AND empty(answer_ips)
       ORDER BY query_hostname, src_endpoint_ip, time, source_id, source_line
       LIMIT ${TRIES} BY realm, query_hostname, src_endpoint_ip`,
      {
        names: [...new Set(some.map((each) => each.name))],
        hosts: [...new Set(some.map((each) => each.host))],
      },
    );
    for (const [id, list] of groupBy(rows, key)) tries.set(id, list);
  }
  return examined.flatMap((each) => {
    const failed = (tries.get(key(each)) ?? []).filter(({ rcode }) => FAILED.has(rcode));
    return failed.length === 0 ? [] : [{ ...each, tries: failed.map(({ at }) => ({ at, port: 0 })) }];
  });
}
