import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/lateral-movement/index.js";
import { loadHostDirectory } from "../../src/pipeline/host-directory.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCase } from "./case.js";

describe.skipIf(CORPUS === undefined)("a network's logs alone", { timeout: 120_000 }, () => {
  it("lateral-movement tells on two days who took control of which hosts over WinRM, and nothing of the domain's own traffic", async () => {
    const { findings } = await inCase([join(CORPUS ?? "", "zeek/otrf-apt29")], async ({ store }) =>
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
});
