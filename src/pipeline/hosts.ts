import type { OrganisationDirectory } from "../model/organisation.js";
import type { Store } from "../store/port.js";

const INSERT_ROWS = 50_000;
/** The engine's DateTime ends in 2106; open ends are cut there. */
const LAST_TIME = 4_294_967_295;

const ALL_ADDRESSES = `SELECT address_realm, toString(ip) AS address, max(said) AS said_local FROM (
  SELECT DISTINCT address_realm, src_ip AS ip, 0 AS said FROM contact_hourly
  UNION ALL SELECT DISTINCT address_realm, dst_ip AS ip, 0 AS said FROM contact_hourly WHERE channel != 'dns'
  UNION ALL SELECT DISTINCT address_realm, src_endpoint_ip AS ip, 1 AS said FROM network_activity WHERE src_is_local = 1
  UNION ALL SELECT DISTINCT address_realm, dst_endpoint_ip AS ip, 1 AS said FROM network_activity WHERE dst_is_local = 1
) GROUP BY address_realm, ip`;

/**
 * Fills `internal_host` and `host_organisation` anew: which of the addresses seen are on our side, and whose they were when. An address is
 * on our side if the inventory, the configuration or private address space says so, or if the log marks it as local; not if the configuration
 * calls it external. Ownership is never frozen into event rows, because the inventory changes.
 */
export async function resolveHosts(
  store: Store,
  directory: OrganisationDirectory,
): Promise<{ internal: number }> {
  await store.command("TRUNCATE TABLE internal_host");
  await store.command("TRUNCATE TABLE host_organisation");
  let internal = 0;
  let hosts: Record<string, unknown>[] = [];
  let owners: Record<string, unknown>[] = [];
  const flush = async () => {
    await store.insert("internal_host", hosts);
    await store.insert("host_organisation", owners);
    internal += hosts.length;
    hosts = [];
    owners = [];
  };
  for await (const row of store.stream<{ address_realm: string; address: string; said_local: number }>(
    ALL_ADDRESSES,
  )) {
    const { address_realm, address } = row;
    if (directory.isExternal(address_realm, address)) continue;
    if (!directory.isInternal(address_realm, address) && row.said_local === 0) continue;
    hosts.push({ address_realm, ip: address });
    for (const span of directory.history(address_realm, address))
      owners.push({
        address_realm,
        ip: address,
        org_id: span.organisation.orgId,
        valid_from: seconds(span.from),
        valid_to: seconds(span.to),
      });
    if (hosts.length >= INSERT_ROWS) await flush();
  }
  await flush();
  return { internal };
}

function seconds(milliseconds: number): number {
  return Math.min(LAST_TIME, Math.max(0, Math.floor(milliseconds / 1000)));
}
