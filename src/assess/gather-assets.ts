import { isIP } from "node:net";
import { chunks, unique } from "../kernel/group-by.js";
import { plainAddress } from "../kernel/plain-address.js";
import { HOUR } from "../kernel/time.js";
import type { Asset } from "../model/organisation.js";
import type { AssetContact, Query } from "./input.js";
import type { ActedSpan } from "./reach.js";

/** Hosts, and assets, of one query: a server takes parameters in the request line. */
const CHUNK = 2_000;

/** Answered connections from hosts with findings to assets, in the hours of these findings: one row for each pair, so at most hosts × assets of them. */
export async function gatherAssetContacts(
  query: Query,
  spans: readonly ActedSpan[],
  assets: readonly Asset[],
): Promise<AssetContact[]> {
  const found: AssetContact[] = [];
  for (const hosts of chunks(
    spans.filter(({ host }) => isIP(host) !== 0),
    CHUNK,
  )) {
    for (const servers of chunks(unique(assets.map(({ address }) => address)), CHUNK)) {
      const rows = await query<AssetContact>(SQL, {
        realms: hosts.map(({ realm }) => realm),
        hosts: hosts.map(({ host }) => host),
        froms: hosts.map(({ from }) => Math.floor(from / HOUR)),
        tos: hosts.map(({ to }) => Math.floor(to / HOUR)),
        servers,
      });
      for (const row of rows)
        found.push({ ...row, host: plainAddress(row.host), asset: plainAddress(row.asset) });
    }
  }
  return found;
}

const SQL = `SELECT realm, toString(src) AS host, toString(dst) AS asset, c AS connections,
    toUnixTimestamp64Milli(f) AS first, toUnixTimestamp64Milli(l) AS last
  FROM (SELECT seen.address_realm AS realm, src_ip AS src, dst_ip AS dst, sum(seen.answered) AS c, min(first_time) AS f, max(last_time) AS l
    FROM (SELECT address_realm, src_ip, dst_ip, intDiv(toUInt32(hour), 3600) AS at, answered, first_time, last_time FROM contact_hourly
      WHERE channel = 'flow' AND answered > 0 AND dst_ip IN {servers:Array(IPv6)} AND src_ip IN {hosts:Array(IPv6)}) AS seen
    INNER JOIN (SELECT tupleElement(one, 1) AS realm, tupleElement(one, 2) AS ip, tupleElement(one, 3) AS begin, tupleElement(one, 4) AS end
      FROM (SELECT arrayJoin(arrayZip({realms:Array(String)}, {hosts:Array(IPv6)}, {froms:Array(UInt32)}, {tos:Array(UInt32)})) AS one)) AS span
    ON span.realm = seen.address_realm AND span.ip = seen.src_ip
    WHERE at >= begin AND at <= end
    GROUP BY realm, src, dst)
  ORDER BY realm, host, asset`;
