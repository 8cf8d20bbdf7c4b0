import { chunks } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";

/** What the logs could have shown of a host: only there does the absence of an answer, or of a look-up, say anything. */
export interface HostRef {
  realm: string;
  host: string;
}

const CHUNK = 1_000;

/** Hosts, as `realm|address`, of which any TCP connection was answered: there the sensor sees both directions. */
export function heardHosts(context: DetectContext, hosts: readonly HostRef[]): Promise<Set<string>> {
  return hostsWith(context, hosts, "channel = 'flow' AND protocol = 'tcp' AND answered > 0");
}

/** Hosts, as `realm|address`, whose look-ups are in the logs: only of these is it known that they asked for no name. */
export function hostsWithLookups(context: DetectContext, hosts: readonly HostRef[]): Promise<Set<string>> {
  return hostsWith(context, hosts, "channel = 'dns' AND answered > 0");
}

/** @param condition SQL over `contact_hourly`, of ours. */
async function hostsWith(
  context: DetectContext,
  hosts: readonly HostRef[],
  condition: string,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const some of chunks([...new Set(hosts.map((each) => each.host))], CHUNK)) {
    const rows = await context.query<HostRef>(
      `SELECT address_realm AS realm, toString(src_ip) AS host FROM contact_hourly
       WHERE src_ip IN {hosts:Array(IPv6)} AND ${condition} GROUP BY realm, src_ip`,
      { hosts: some },
    );
    for (const row of rows) found.add(`${row.realm}|${plainAddress(row.host)}`);
  }
  return found;
}
