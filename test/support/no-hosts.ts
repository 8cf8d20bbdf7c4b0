import type { HostDirectory } from "../../src/model/host-identity.js";

/** Of a case that knows no host by name. */
export const NO_HOSTS: HostDirectory = {
  stays: [],
  nameOf: (_realm, host) => host.toLowerCase(),
  addressesOf: () => [],
  hostAt: () => undefined,
};
