import type { DetectContext } from "../port.js";
import { hostName } from "../shared/logons.js";
import { OF_CONTROLLER } from "./wire.js";

/** What a host is to its organisation, by {@link hostKey}; only those that an intruder wants. */
export type CriticalHosts = ReadonlyMap<string, string>;

export const hostKey = (realm: string, host: string): string => `${realm}\n${host}`;

const ROLES: Readonly<Partial<Record<string, string>>> = {
  mail_server: "mail server",
  domain_controller: "domain controller",
  contract_database: "contract database",
  database: "database",
};

const MOST_HOSTS = 10_000;

/**
 * What hosts say of themselves: only domain controllers give tickets (4768, 4769, 4771); Exchange and SQL Server write under their own names. A server of another make is
 * known by the list of assets alone.
 */
const BY_EVENTS = `SELECT address_realm AS realm, toString(computer) AS host,
    multiIf(channel = 'Security', 'domain controller', startsWith(provider, 'MSExchange') OR startsWith(channel, 'MSExchange'), 'mail server', 'database') AS role
  FROM windows_event
  WHERE (channel = 'Security' AND event_id IN (4768, 4769, 4771)) OR startsWith(provider, 'MSExchange') OR startsWith(channel, 'MSExchange') OR match(provider, '^MSSQL(SERVER|[$])')
  GROUP BY realm, host, role ORDER BY realm, host, role LIMIT ${MOST_HOSTS}`;

const ON_THE_WIRE = `SELECT address_realm AS realm, replaceOne(toString(dst_endpoint_ip), '::ffff:', '') AS address, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last
  FROM remote_access_activity WHERE ${OF_CONTROLLER} GROUP BY realm, address ORDER BY realm, address LIMIT ${MOST_HOSTS}`;
interface Controller {
  realm: string;
  address: string;
  first: number | string;
  last: number | string;
}

export async function criticalHosts(context: DetectContext): Promise<CriticalHosts> {
  const found = new Map<string, string>();
  for (const { realm, host, role } of await context.query<{ realm: string; host: string; role: string }>(
    BY_EVENTS,
  ))
    if (!found.has(hostKey(realm, hostName(host)))) found.set(hostKey(realm, hostName(host)), role);
  for (const { address, realm, name, role } of context.directory.assets) {
    const words = ROLES[role];
    if (words === undefined) continue;
    for (const each of [address, hostName(name)]) if (each !== "") found.set(hostKey(realm, each), words);
  }
  for (const { realm, address, first, last } of await context.query<Controller>(ON_THE_WIRE)) {
    const names = [first, last].map(
      (at) => context.hosts.hostAt(realm, address, Number(at))?.host ?? address,
    );
    for (const key of [address, ...names].map((name) => hostKey(realm, hostName(name))))
      if (!found.has(key)) found.set(key, "domain controller");
  }
  return found;
}
