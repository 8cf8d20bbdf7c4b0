import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/registry-anomaly/index.js";
import { severityRank } from "../../src/model/finding.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCopy } from "./case.js";

const find = (name: string, sensors?: "byFile") =>
  inCopy(name, ({ store }) => runDetector(store, detector), sensors);

describe.skipIf(CORPUS === undefined)("registry-anomaly", () => {
  it("finds the staged attacks that change the registry", async () => {
    const { findings } = await find("evtx/attack-samples", "byFile");
    const gravest = (sample: string): number =>
      Math.max(
        -1,
        ...findings
          .filter(({ entities }) => entities[0]?.realm === sample)
          .map(({ severity }) => severityRank(severity)),
      );
    for (const [sample, least] of [
      ["sysmon_13_1_persistence_via_winlogon_shell", "high"],
      ["persistence_SilentProcessExit_ImageHijack_sysmon_13_1", "high"],
      ["LM_regsvc_DirectoryServiceExtPt_Lsass_NTDS_AdamXpn", "high"],
      ["persist_firefox_comhijack_sysmon_11_13_7_1", "high"],
      ["PanacheSysmon_vs_AtomicRedTeam01", "high"],
      ["persistence_startup_UserShellStartup_Folder_Changed_sysmon_13", "high"],
      ["sysmon_13_rdp_settings_tampering", "high"],
      ["Sysmon_13_1_UAC_Bypass_EventVwrBypass", "high"],
      ["Sysmon_UACME_53", "high"],
      ["Sysmon_uacme_58", "high"],
      ["DE_UAC_Disabled_Sysmon_12_13", "medium"],
      ["DE_Powershell_CLM_Disabled_Sysmon_12", "medium"],
      ["de_sysmon_13_VBA_Security_AccessVBOM", "medium"],
    ] as const)
      expect(gravest(sample), sample).toBeGreaterThanOrEqual(severityRank(least));
  }, 300_000);

  it("is quiet on ordinary hosts beside attacked ones", async () => {
    const { findings, evaluated } = await find("windows-json/otrf");
    expect(evaluated[0]?.count).toBeGreaterThan(50_000);
    expect(findings.filter(({ severity }) => severityRank(severity) > severityRank("low"))).toEqual([]);
  }, 300_000);

  it("has nothing to look at on a machine without events of the registry", async () => {
    expect((await find("evtx/benign-windows10")).notTested).toMatch(/no event tells of the registry/);
  }, 300_000);
});
