import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { editDistance } from "../shared/edit-distance.js";
import { HTTP, OURS } from "./kinds.js";
import { productOf, systemOf } from "./user-agent.js";

const CHUNK = 500;

/** Product tokens that many hosts' user agents begin with, by number of hosts. */
export async function commonProducts(
  context: DetectContext,
  inside: boolean,
  least: number,
): Promise<string[]> {
  const rows = await context.query<{ product: string }>(
    `SELECT extract(user_agent, '^[^ /(;]+') AS product, uniqCombined(12)(address_realm, src_endpoint_ip) AS hosts
     FROM (SELECT DISTINCT address_realm, src_endpoint_ip, user_agent FROM http_activity WHERE ${HTTP.where} AND ${inside ? "" : "NOT"} ${OURS})
     GROUP BY product HAVING hosts >= {least:UInt32} AND product != '' ORDER BY hosts DESC, product LIMIT 100`,
    { least },
  );
  return rows.map((row) => row.product);
}

/**
 * The common product that a user agent is a slip of the pen away from (`Mozila/4.0`, `mozilla/5.0`): its author typed it. Undefined for the
 * product itself and for short ones, where an edit makes another honest name.
 */
export function imitatedProduct(userAgent: string, common: readonly string[]): string | undefined {
  const product = productOf(userAgent);
  if (product.length < 5 || common.includes(product)) return undefined;
  return common.find(
    (each) =>
      each.length >= 6 &&
      editDistance(product.toLowerCase(), each.toLowerCase()) <= (each.length >= 10 ? 2 : 1),
  );
}

interface Claim {
  userAgent: string;
  requests: number;
  first: number;
  last: number;
}

/** What the hosts' user agents were, day by day; by `realm host`. */
export async function claimsOf(
  context: DetectContext,
  hosts: readonly string[],
): Promise<Map<string, Claim[]>> {
  const found = new Map<string, Claim[]>();
  for (const part of chunks([...new Set(hosts)], CHUNK)) {
    const rows = await context.query<{
      realm: string;
      src: string;
      agent: string;
      requests: number | string;
      first: number | string;
      last: number | string;
    }>(
      `SELECT address_realm AS realm, toString(src_endpoint_ip) AS src, user_agent AS agent, count() AS requests,
         toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
       FROM http_activity WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND ${HTTP.where}
       GROUP BY realm, src_endpoint_ip, agent, toDate(time) ORDER BY requests DESC LIMIT 2000 BY realm, src_endpoint_ip`,
      { hosts: part },
    );
    for (const row of rows) {
      const key = `${row.realm} ${plainAddress(row.src)}`;
      const claims = found.get(key) ?? [];
      claims.push({
        userAgent: row.agent,
        requests: Number(row.requests),
        first: Number(row.first),
        last: Number(row.last),
      });
      found.set(key, claims);
    }
  }
  return found;
}

/** Requests of other clients from which on a host's operating system is known. */
const CLAIMS = 20;
const AGREE = 0.95;

/**
 * The operating system that a host's other clients claim with one voice in the same time, where the client claims another: `undefined` where
 * it does not, or where they do not agree (an address with several machines or telephones behind it). Only the time in which the client was
 * seen counts: an address may be another machine's next week.
 */
export function contradictedSystem(
  userAgent: string,
  { first, last }: { first: number; last: number },
  claims: readonly Claim[],
): string | undefined {
  const claimed = systemOf(userAgent);
  if (claimed === undefined) return undefined;
  const votes = new Map<string, number>();
  for (const claim of claims) {
    const system = systemOf(claim.userAgent);
    if (claim.userAgent === userAgent || system === undefined || claim.last < first || claim.first > last)
      continue;
    votes.set(system, (votes.get(system) ?? 0) + claim.requests);
  }
  const all = [...votes.values()].reduce((sum, each) => sum + each, 0);
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  if (best === undefined || all < CLAIMS || best[1] < AGREE * all || best[0] === claimed) return undefined;
  return best[0];
}
