import { canonicalAddress, HostNames, hostDirectory } from "../intel/index.js";
import type { HostDirectory, HostObservation, HostStay } from "../model/host-identity.js";
import type { Store } from "../store/port.js";
import type { Case } from "./case.js";
import { INSIDE_SCOPES, sqlInScope } from "./scope-sql.js";

/** How hosts call themselves. */
const NAMES = `SELECT DISTINCT address_realm AS realm, toString(computer) AS host FROM windows_event WHERE computer != ''
  UNION DISTINCT SELECT DISTINCT address_realm AS realm, host FROM host_identity WHERE kind = 'dhcp'`;

/**
 * Answers of the DNS count for private addresses, and for those that the last detection found on our side: the name of a server outside may be
 * anybody's.
 */
const OBSERVATIONS = `SELECT realm, host, toString(ip) AS address, toString(kind) AS kind, toUnixTimestamp64Milli(min(first_time)) AS first,
  toUnixTimestamp64Milli(max(last_time)) AS last, sum(n) AS observations
FROM (
  SELECT address_realm AS realm, host, address AS ip, kind, day, first_time, last_time, observations AS n FROM host_identity
  UNION ALL
  SELECT address_realm AS realm, name AS host, dst_ip AS ip, 'dns' AS kind, toDate(hour) AS day, first_time, last_time, toUInt64(connections) AS n FROM contact_hourly
  WHERE channel = 'dns' AND connections > 0 AND (${sqlInScope("dst_ip", INSIDE_SCOPES)} OR (address_realm, dst_ip) IN (SELECT address_realm, ip FROM internal_host))
)
GROUP BY realm, ip, host, kind, day
ORDER BY realm, ip, first, host, kind`;

/** Which host had which address when, from all that the case has seen. */
export async function loadHostDirectory(store: Store): Promise<HostDirectory> {
  const names = new HostNames(await store.query<{ realm: string; host: string }>(NAMES));
  return hostDirectory(names, store.stream<HostObservation>(OBSERVATIONS));
}

/** Stays in order of host and time; of one host or one address where these are asked for. */
export async function hostsStep(
  { store }: Case,
  { host, address }: { host?: string; address?: string },
): Promise<HostStay[]> {
  const hosts = await loadHostDirectory(store);
  const wanted = address === undefined ? undefined : (canonicalAddress(address) ?? address);
  return hosts.stays
    .filter((stay) => host === undefined || stay.host === hosts.nameOf(stay.realm, host))
    .filter((stay) => wanted === undefined || stay.address === wanted)
    .sort((a, b) => compare(a.realm, b.realm) || compare(a.host, b.host) || a.from - b.from);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
