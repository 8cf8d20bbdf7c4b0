import { type CorrelateOptions, correlate } from "../correlate/index.js";
import { noting } from "../kernel/statements.js";
import type { Finding } from "../model/finding.js";
import type { HostAlias, HostDirectory } from "../model/host-identity.js";
import type { Correlation } from "../model/incident.js";
import type { OrganisationDirectory } from "../model/organisation.js";
import { saidOf, withStatements } from "../model/statements.js";
import type { Store } from "../store/port.js";
import { loadHostDirectory } from "./host-directory.js";

/**
 * Incidents and campaigns of the findings of a case. They are computed whenever they are read and never stored (decision 0005): equal findings
 * give equal incidents with equal ids.
 */
export async function correlateStep(
  store: Store,
  directory: OrganisationDirectory,
  findings: readonly Finding[],
  alias?: HostAlias,
): Promise<Correlation> {
  const addresses = addressesByName(directory);
  const options: CorrelateOptions = {
    hosts: await knownHosts(store),
    alias: alias ?? (await loadMachines(store, directory)),
    hubRole: (realm, value) => {
      const name = value.trim().toLowerCase();
      const address = addresses.get(`${realm}|${name}`) ?? addresses.get(`*|${name}`) ?? value;
      return directory.asset(realm, address)?.role === "domain_controller" ? "domain_controller" : undefined;
    },
  };
  const said = saidOf(findings);
  const { incidents, campaigns, summary } = noting(said, () => correlate(findings, options));
  return {
    incidents: incidents.map((each) => withStatements(each, said)),
    campaigns: campaigns.map((each) => withStatements(each, said)),
    summary: withStatements(summary, said),
  };
}

/** {@link machineAlias} of all that the case has seen. */
export async function loadMachines(store: Store, directory: OrganisationDirectory): Promise<HostAlias> {
  return machineAlias(directory, await loadHostDirectory(store));
}

/**
 * One text for a machine's names and addresses: those of the asset list and, of an address that it does not name, those of the logs where one host
 * alone ever had it. An address that went from one host to another is nobody's: findings have no hour at which to ask.
 */
export function machineAlias(
  directory: Pick<OrganisationDirectory, "assets">,
  hosts: Pick<HostDirectory, "nameOf" | "stays">,
): HostAlias {
  const addresses = addressesByName(directory);
  const listed = new Set(
    [...addresses].map(([name, address]) => `${name.slice(0, name.indexOf("|"))}|${address}`),
  );
  const holders = new Map<string, string | undefined>();
  for (const { realm, address, host, verdict } of hosts.stays) {
    if (verdict === "outranked") continue;
    const key = `${realm}|${address}`;
    const isOnly = verdict === "held" && (!holders.has(key) || holders.get(key) === host);
    holders.set(key, isOnly ? host : undefined);
  }
  return (realm, value) => {
    const address = addresses.get(`${realm}|${value}`) ?? addresses.get(`*|${value}`);
    if (address !== undefined) return address;
    if (listed.has(`${realm}|${value}`) || listed.has(`*|${value}`)) return value;
    return holders.get(`${realm}|${value}`) ?? hosts.nameOf(realm, value);
  };
}

/** Our hosts in traffic, and hosts that wrote events: the same machine may be in both, which makes rare things look a little rarer. */
async function knownHosts(store: Store): Promise<number> {
  const [row] = await store.query<{ n: number }>(
    `SELECT (SELECT count() FROM internal_host) + (SELECT uniqExact(computer) FROM windows_event) AS n`,
  );
  return Number(row?.n ?? 0);
}

/**
 * The asset list gives machines a name and an address: one machine, whichever of the two a log has, and whether or not it writes the domain. A name
 * without its domain that two machines of the list have is nobody's.
 */
function addressesByName({ assets }: Pick<OrganisationDirectory, "assets">): Map<string, string> {
  const named = assets
    .filter(({ name }) => name.trim() !== "")
    .map(({ realm, name, address }) => ({ realm, name: name.trim().toLowerCase(), address }));
  const short = new Map<string, string | undefined>();
  for (const { realm, name, address } of named) {
    const key = `${realm}|${name.split(".", 1)[0]}`;
    short.set(key, short.has(key) && short.get(key) !== address ? undefined : address);
  }
  return new Map([
    ...[...short].flatMap(([key, address]) => (address === undefined ? [] : [[key, address] as const])),
    ...named.map(({ realm, name, address }) => [`${realm}|${name}`, address] as const),
  ]);
}
