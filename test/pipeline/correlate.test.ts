import { describe, expect, it } from "vitest";
import { HostNames, hostDirectory } from "../../src/intel/index.js";
import { DAY } from "../../src/kernel/time.js";
import type { HostObservation } from "../../src/model/host-identity.js";
import type { Asset } from "../../src/model/organisation.js";
import { machineAlias } from "../../src/pipeline/correlate.js";
import { groupsOf, host, make, run, START } from "../correlate/support.js";

const seen = (name: string, address: string, day = 0): HostObservation => ({
  realm: "r1",
  host: name,
  address,
  kind: "dhcp",
  first: START + day * DAY,
  last: START + day * DAY + 1_000,
  observations: 1,
});

async function aliasOf(observations: readonly HostObservation[], assets: readonly Asset[] = []) {
  async function* stream() {
    yield* observations;
  }
  const names = new HostNames(observations.map(({ realm, host: name }) => ({ realm, host: name })));
  return machineAlias({ assets: [...assets] }, await hostDirectory(names, stream()));
}

describe("names and addresses of one machine", () => {
  const findings = [
    make({ name: "a", entities: [host("WS1.corp.example")] }),
    make({ name: "b", entities: [host("10.0.0.5")] }),
  ];

  it("are one where the logs give the address to one host alone", async () => {
    const alias = await aliasOf([seen("ws1.corp.example", "10.0.0.5")]);
    const result = run(findings, { alias });
    expect(groupsOf(result, findings)).toEqual([["a", "b"]]);
    expect(result.incidents[0]?.hosts).toEqual(["WS1.corp.example"]);
    expect(alias("r1", "ws1")).toBe(alias("r1", "10.0.0.5"));
    expect(alias("r2", "10.0.0.5")).toBe("10.0.0.5");
  });

  it("are not where the address went from one host to another", async () => {
    const alias = await aliasOf([
      seen("ws1.corp.example", "10.0.0.5"),
      seen("ws2.corp.example", "10.0.0.5", 20),
    ]);
    expect(groupsOf(run(findings, { alias }), findings)).toEqual([["a"], ["b"]]);
  });

  it("are those of the asset list where it names the address", async () => {
    const asset = { realm: "r1", name: "Mail", address: "10.0.0.5" } as Asset;
    const alias = await aliasOf([seen("ws1.corp.example", "10.0.0.5")], [asset]);
    expect(alias("r1", "mail")).toBe(alias("r1", "10.0.0.5"));
    expect(alias("r1", "ws1.corp.example")).not.toBe(alias("r1", "10.0.0.5"));
  });

  it("are those of the asset list whether or not a log writes the domain, where one machine alone has the name", async () => {
    const asset = (name: string, address: string) => ({ realm: "r1", name, address }) as Asset;
    const alias = await aliasOf(
      [],
      [
        asset("docs.corp.example", "10.0.0.7"),
        asset("a.x.example", "10.0.0.8"),
        asset("a.y.example", "10.0.0.9"),
      ],
    );
    expect(alias("r1", "docs")).toBe("10.0.0.7");
    expect(alias("r2", "docs")).toBe("docs");
    expect(alias("r1", "a")).toBe("a");
  });
});
