import type { OrganisationDirectory } from "../../model/organisation.js";

/**
 * Whose the hosts of an address realm are. Windows events name hosts and no addresses: they belong to the organisation whose address plan their
 * sensor is in, where that is only one; else to nobody (null).
 */
export function realmOwners(directory: OrganisationDirectory): (realm: string) => string | null {
  const known = new Map<string, string | null>();
  return (realm) => {
    const owner = known.get(realm);
    if (owner !== undefined) return owner;
    const owners = [...directory.organisations.keys()].filter((id) =>
      directory.orgRealms(id).includes(realm),
    );
    const found = owners.length === 1 ? (owners[0] as string) : null;
    known.set(realm, found);
    return found;
  };
}
