import { describe, expect, it } from "vitest";
import { detector as beaconing } from "../../src/detect/beaconing/index.js";
import { detector } from "../../src/detect/lateral-movement/index.js";
import { detector as toolTransfer } from "../../src/detect/tool-transfer/index.js";
import { InventoryDirectory } from "../../src/intel/inventory/directory.js";
import { parsePrefix } from "../../src/intel/net/prefix.js";
import { loadHostDirectory } from "../../src/pipeline/host-directory.js";
import { resolveHosts } from "../../src/pipeline/hosts.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCopy } from "./case.js";

const directory = (external: string[]) =>
  new InventoryDirectory({
    ...{ organisations: new Map(), ranges: [], assets: [], internal: [], warnings: [] },
    external: external.map((cidr) => ({
      prefix: parsePrefix(cidr)?.prefix ?? expect.fail(),
      realm: "*",
    })),
  });

describe.skipIf(CORPUS === undefined)("a network's logs alone", { timeout: 120_000 }, () => {
  it("servers of the attackers are looked at for a rhythm once the configuration says that their private range is not ours", async () => {
    await inCopy("zeek/otrf-apt29", async ({ store }) => {
      const inside = async (external: string[]) => {
        await resolveHosts(store, directory(external));
        const rows = await store.query<{ ip: string }>("SELECT toString(ip) AS ip FROM internal_host");
        return rows.map(({ ip }) => ip.replace("::ffff:", ""));
      };
      expect(await inside([])).toContain("192.168.0.4");
      expect((await runDetector(store, beaconing)).notTested).toMatch(/no source has/);
      expect(await inside(["192.168.0.0/24"])).not.toContain("192.168.0.4");
      const { evaluated, findings } = await runDetector(store, beaconing);
      expect(evaluated[0]).toEqual({ what: "sources and targets with enough contacts", count: 3 });
      // Half an hour of calls a few seconds apart has no rhythm.
      expect(findings).toEqual([]);
    });
  });

  it("lateral-movement tells on two days who took control of which hosts over WinRM, and nothing of the domain's own traffic", async () => {
    const { findings } = await inCopy("zeek/otrf-apt29", async ({ store }) =>
      runDetector(store, detector, { hosts: await loadHostDirectory(store) }),
    );
    const told = findings.map(({ severity, attack, facts }) => ({ severity, attack, ...facts }));
    expect(told).toMatchObject([
      {
        severity: "medium",
        attack: ["T1021.006"],
        hosts: ["10.0.1.5", "newyork", "scranton"],
        accounts: ["DMEVALS.LOCAL\\mscott", "dmevals.local\\kmalone"],
        traits: ["remote control", "hosts under control", "change of credentials", "critical host"],
      },
      {
        severity: "low",
        attack: ["T1021.006"],
        hosts: ["10.0.1.4", "nashua"],
        accounts: ["DMEVALS.LOCAL\\pbeesly"],
        traits: ["remote control"],
      },
    ]);
    expect(findings.flatMap(({ evidence }) => evidence.map(({ table }) => table))).toContain(
      "network_activity",
    );
  });

  it("tool-transfer tells which programs came from, and which archive went to, one server on both days; gravely if it is outside", async () => {
    await inCopy("zeek/otrf-apt29", async ({ store }) => {
      const found = async (external: string[]) => {
        await resolveHosts(store, directory(external));
        return (await runDetector(store, toolTransfer)).findings;
      };
      expect((await found([])).map(({ severity, facts }) => ({ severity, ...facts }))).toMatchObject([
        {
          ...{ severity: "medium", form: "program", server: "192.168.0.4", port: 8080, paths: ["/m"] },
          ...{ user_agent: "", bytes: 1_011_864 },
          signs: ["name", "port", "client", "both ways", "certificate"],
        },
        {
          ...{ severity: "medium", form: "archive", server: "192.168.0.4", port: 80, requests: 3 },
          paths: ["/webdav/OfficeSupplies.7z"],
          ...{ bytes: 1_082_089, hash: "96b696018a7ac4e898380421272ac37cc09fe157" },
          signs: ["webdav", "both ways", "certificate"],
        },
        {
          ...{ severity: "medium", form: "program", server: "192.168.0.4", port: 80 },
          ...{ paths: ["/webdav/python.exe"], bytes: 5_305_104 },
          signs: ["webdav", "both ways", "certificate"],
        },
      ]);
      expect((await found(["192.168.0.0/24"])).map(({ severity }) => severity)).toEqual([
        "high",
        "high",
        "high",
      ]);
    });
  });
});
