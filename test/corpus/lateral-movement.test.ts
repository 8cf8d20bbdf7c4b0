import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/lateral-movement/index.js";
import type { DetectorResult } from "../../src/detect/port.js";
import type { Finding } from "../../src/model/finding.js";
import { loadHostDirectory } from "../../src/pipeline/host-directory.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCopy } from "./case.js";

describe.skipIf(CORPUS === undefined)("lateral-movement on real logs", { timeout: 120_000 }, () => {
  const run = (name: string, sensors?: "byFile"): Promise<DetectorResult> =>
    inCopy(
      name,
      async ({ store }) => runDetector(store, detector, { hosts: await loadHostDirectory(store) }),
      sensors,
    );

  const told = (findings: readonly Finding[]) =>
    findings.map(
      ({ severity, facts }) =>
        `${severity}: ${(facts.hosts as string[]).join(" > ")}: ${(facts.means as string[]).join(" ")}`,
    );

  it("finds what the samples of attacks have of it", async () => {
    const { findings } = await run("evtx/attack-samples/Lateral Movement", "byFile");
    const found: Record<string, string[]> = {};
    for (const finding of findings) {
      const realm = finding.entities.find((entity) => entity.realm !== undefined)?.realm ?? "";
      found[realm] = [...(found[realm] ?? []), ...told([finding])];
    }
    expect(found).toEqual({
      LM_5145_Remote_FileCopy: ["low: 10.0.2.15 > pc01: copy share"],
      LM_PowershellRemoting_sysmon_1_wsmprovhost: ["low: dc1: winrm"],
      LM_REMCOM_5145_TargetHost: ["low: 10.0.2.16 > pc01: copy service_pipe share"],
      LM_Remote_Service01_5145_svcctl: ["low: 10.0.2.17 > win-77ltaphiq1r: service_pipe"],
      LM_ScheduledTask_ATSVC_target_host: ["low: 10.0.2.17 > win-77ltaphiq1r: share task_pipe"],
      LM_impacket_docmexec_mmc_sysmon_01: ["medium: iewin7: dcom"],
      LM_renamed_psexecsvc_5145: [
        "medium: 10.0.2.16 > iewin7: copy registry remote_shell service_pipe share",
      ],
      LM_winrm_exec_sysmon_1_winrshost: ["low: dc1: winrm"],
      LM_wmiexec_impacket_sysmon_whoami: ["medium: iewin7: wmi"],
      "remote task update 4624 4702 same logonid": ["medium: 04246w-win10 > 01566s-win16-ir: task"],
      smbmap_upload_exec_sysmon: ["medium: msedgewin10: wmi"],
    });
  });

  it.each([
    [
      "covenant_dcom_iertutil_dll_hijack.zip",
      ["medium: workstation5 > workstation6: copy dcom process share"],
    ],
    [
      "purplesharp_ad_playbook_I.zip",
      ["medium: workstation5 > mordordc > workstation6 > workstation7: winrm"],
    ],
    ["empire_psexec_dcerpc_tcp_svcctl.zip", ["medium: workstation5 > workstation6: service"]],
    ["empire_scm_dll_hijack_ikeext.tar.gz", ["medium: it001 > hr001: copy service share"]],
  ])("tells the hosts in order of %s", async (name, expected) => {
    const { findings } = await run(`windows-json/otrf/${name}`);
    expect(told(findings)).toEqual(expected);
    for (const { facts } of findings) expect(facts.accounts).toEqual([expect.stringMatching(/\\pgustavo$/)]);
  });

  it("has nothing to look at on a Windows 10 that nobody reaches", async () => {
    const { notTested } = await run("evtx/benign-windows10");
    expect(notTested).toMatch(/no event in this case/);
  });
});
