import { correlate } from "../correlate/index.js";
import type { Finding } from "../model/finding.js";
import type { Correlation } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import type { Store } from "../store/port.js";

/**
 * Incidents and campaigns of the findings of a case. They are computed whenever they are read and never stored (decision 0005): equal findings
 * give equal incidents with equal ids.
 */
export async function correlateStep(
  store: Store,
  directory: OrganisationDirectory,
  findings: readonly Finding[],
): Promise<Correlation> {
  const addresses = addressesByName(directory);
  return correlate(findings, {
    hosts: await knownHosts(store),
    alias: (realm, value) => addresses.get(`${realm}|${value}`) ?? addresses.get(`*|${value}`) ?? value,
    hubRole: (realm, value) => {
      const name = value.trim().toLowerCase();
      const address = addresses.get(`${realm}|${name}`) ?? addresses.get(`*|${name}`) ?? value;
      return directory.asset(realm, address)?.role === "domain_controller" ? "domain_controller" : undefined;
    },
  });
}

/** Our hosts in traffic, and hosts that wrote events: the same machine may be in both, which makes rare things look a little rarer. */
async function knownHosts(store: Store): Promise<number> {
  const [row] = await store.query<{ n: number }>(
    `SELECT (SELECT count() FROM internal_host) + (SELECT uniqExact(computer) FROM windows_event) AS n`,
  );
  return Number(row?.n ?? 0);
}

/** The asset list gives machines a name and an address: one machine, whichever of the two a log has. */
function addressesByName({ assets }: OrganisationDirectory): Map<string, string> {
  return new Map(
    assets
      .filter(({ name }) => name.trim() !== "")
      .map(({ realm, name, address }) => [`${realm}|${name.trim().toLowerCase()}`, address]),
  );
}
