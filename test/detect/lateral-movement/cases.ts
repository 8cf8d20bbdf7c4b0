import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/lateral-movement/index.js";
import type { Finding } from "../../../src/model/finding.js";
import type { HostDirectory } from "../../../src/model/host-identity.js";
import { NO_HOSTS } from "../../support/no-hosts.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

export type Row = Record<string, string | number>;

/** Synthetic records of one network, and what is to be found in them. */
export interface Case {
  events?: readonly MadeEvent[];
  /** Of `remote_access_activity`, and of `network_activity`. */
  rows?: readonly Row[];
  flows?: readonly Row[];
  /** Hosts of which the logs give the addresses, as in {@link commonRealm}. */
  hosts?: readonly string[];
  /** Each finding, as `medium: copy, service`: severity and means; none where nothing is to be told. */
  told?: readonly string[];
  check?: (findings: readonly Finding[]) => void;
}

/** Each case is an address realm of its own, so that one run of the detector judges all: a run costs a second, whatever there is to judge. */
export function judgeCases(what: string, cases: Readonly<Record<string, Case>>): void {
  const all = Object.entries(cases);
  describe.each(ENGINES)(`${what} in $name tells`, (engine) => {
    let world: WindowsWorld;
    let findings: readonly Finding[];
    beforeAll(async () => {
      world = await WindowsWorld.open(engine);
      const rowsOf = (pick: (each: Case) => readonly Row[] | undefined) =>
        all.flatMap(([address_realm, each]) =>
          (pick(each) ?? []).map((row, index) => ({ ...row, address_realm, source_line: index + 1 })),
        );
      for (const [table, rows] of [
        ["remote_access_activity", rowsOf(({ rows }) => rows)],
        ["network_activity", rowsOf(({ flows }) => flows)],
      ] as const)
        if (rows.length > 0) await world.opened.store.insert(table, rows);
      await world.store(
        all.flatMap(([realm, { events = [] }]) => events.map((each) => ({ ...each, realm }))),
      );
      findings = (await world.run(detector, { hosts: await hostsOf(all) })).findings;
    });
    afterAll(() => world.close());

    it.each(all)("%s", (realm, { told: expected, check }) => {
      const own = findings.filter(({ entities }) => entities[0]?.realm === realm);
      if (expected !== undefined)
        expect(
          own.map(({ severity, facts }) => `${severity}: ${(facts.means as string[]).join(", ")}`).sort(),
          told(own).join("; "),
        ).toEqual(expected);
      check?.(own);
    });
  });
}

/** Hosts of many realms in one directory. */
async function hostsOf(cases: readonly (readonly [realm: string, Case])[]): Promise<HostDirectory> {
  const byRealm = new Map<string, HostDirectory>();
  for (const [realm, { hosts }] of cases)
    if (hosts !== undefined) byRealm.set(realm, (await commonRealm(realm, hosts)).hosts);
  const of = (realm: string) => byRealm.get(realm) ?? NO_HOSTS;
  return {
    stays: [...byRealm.values()].flatMap(({ stays }) => stays),
    nameOf: (realm, host) => of(realm).nameOf(realm, host),
    addressesOf: (realm, ...rest) => of(realm).addressesOf(realm, ...rest),
    hostAt: (realm, ...rest) => of(realm).hostAt(realm, ...rest),
  };
}
