import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql, HELD_OF_MANY } from "./first-values.js";

const CHUNK = 2_000;

export interface Prevalence {
  /** Of our hosts that contacted the address; counted up to 100, then 101. */
  hosts: number;
  names: string[];
}

/** How many hosts contact each address, and what it is called (at most 20 names). */
export async function prevalenceOf(
  context: DetectContext,
  addresses: readonly string[],
): Promise<Map<string, Prevalence>> {
  const found = new Map<string, Prevalence>();
  for (const some of chunks(addresses, CHUNK)) {
    const rows = await context.query<{ address: string; hosts: number; names: string[] }>(
      `SELECT toString(dst_ip) AS address, uniqUpToIf(100)(address_realm, src_ip, channel = 'flow') AS hosts,
         ${firstValuesSql(20, "name", "name != ''", HELD_OF_MANY)} AS names
       FROM contact_hourly WHERE dst_ip IN {addresses:Array(IPv6)} AND connections > 0 GROUP BY dst_ip`,
      { addresses: some },
    );
    for (const row of rows) {
      found.set(plainAddress(row.address), { hosts: Number(row.hosts), names: row.names });
    }
  }
  return found;
}
