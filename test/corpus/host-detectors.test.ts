import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector as discoveryBurst } from "../../src/detect/discovery-burst/index.js";
import { detector as dllSideload } from "../../src/detect/dll-sideload/index.js";
import { detector as persistenceMechanism } from "../../src/detect/persistence-mechanism/index.js";
import type { Detector } from "../../src/detect/port.js";
import { detector as processAnomaly } from "../../src/detect/process-anomaly/index.js";
import { detector as removableMediaWorm } from "../../src/detect/removable-media-worm/index.js";
import { detector as scriptHostAbuse } from "../../src/detect/script-host-abuse/index.js";
import { readHijackLibs } from "../../src/intel/index.js";
import { type Finding, severityRank } from "../../src/model/finding.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { type CaseCopy, openCopy } from "./case.js";

/** Staged attacks. */
describe.skipIf(CORPUS === undefined)("host detectors on evtx/attack-samples", () => {
  let copy: CaseCopy;
  beforeAll(async () => {
    copy = await openCopy("evtx/attack-samples", "byFile");
  });
  afterAll(() => copy.close());

  const runs = new Map<Detector, Promise<Map<string, Finding[]>>>();
  /** Findings by sample; each detector runs once. */
  const found = (detector: Detector): Promise<Map<string, Finding[]>> => {
    const run = runs.get(detector) ?? findingsOf(detector);
    runs.set(detector, run);
    return run;
  };
  const findingsOf = async (detector: Detector): Promise<Map<string, Finding[]>> => {
    const { findings } = await runDetector(copy.opened.store, detector, {
      catalogue: readHijackLibs(join(CORPUS ?? "", "intel/hijacklibs")),
    });
    const samples = new Map<string, Finding[]>();
    for (const finding of findings) {
      const realm = finding.entities.find((entity) => entity.realm !== undefined)?.realm ?? "";
      samples.set(realm, [...(samples.get(realm) ?? []), finding]);
    }
    return samples;
  };
  const gravest = (findings: readonly Finding[] | undefined): number =>
    Math.max(-1, ...(findings ?? []).map(({ severity }) => severityRank(severity)));

  it.each([
    [dllSideload.manifest.id, dllSideload, "DE_timestomp_and_dll_sideloading_and_RunPersist", "medium"],
    [dllSideload.manifest.id, dllSideload, "sideloading_injection_persistence_run_key", "low"],
    [dllSideload.manifest.id, dllSideload, "sideloading_wwlib_sysmon_7_1_11", "medium"],
    [dllSideload.manifest.id, dllSideload, "sideloading_uacbypass_rundll32_injection_c2", "medium"],
    [
      dllSideload.manifest.id,
      dllSideload,
      "apt10_jjs_sideloading_prochollowing_persist_as_service_sysmon_1_7_8_13",
      "low",
    ],
    [
      persistenceMechanism.manifest.id,
      persistenceMechanism,
      "DE_timestomp_and_dll_sideloading_and_RunPersist",
      "low",
    ],
    [
      persistenceMechanism.manifest.id,
      persistenceMechanism,
      "sideloading_injection_persistence_run_key",
      "medium",
    ],
    [
      persistenceMechanism.manifest.id,
      persistenceMechanism,
      "remote task update 4624 4702 same logonid",
      "medium",
    ],
    [persistenceMechanism.manifest.id, persistenceMechanism, "temp_scheduled_task_4698_4699", "medium"],
    [persistenceMechanism.manifest.id, persistenceMechanism, "wmighost_sysmon_20_21_1", "high"],
    [
      persistenceMechanism.manifest.id,
      persistenceMechanism,
      "sysmon_20_21_1_CommandLineEventConsumer",
      "medium",
    ],
    [persistenceMechanism.manifest.id, persistenceMechanism, "System_7045_namedpipe_privesc", "high"],
    [persistenceMechanism.manifest.id, persistenceMechanism, "LM_Remote_Service02_7045", "medium"],
    [processAnomaly.manifest.id, processAnomaly, "CA_sysmon_hashdump_cmd_meterpreter", "high"],
    [processAnomaly.manifest.id, processAnomaly, "sysmon_10_11_lsass_memdump", "high"],
    [
      processAnomaly.manifest.id,
      processAnomaly,
      "sysmon_10_lsass_mimikatz_sekurlsa_logonpasswords",
      "medium",
    ],
    [processAnomaly.manifest.id, processAnomaly, "babyshark_mimikatz_powershell", "medium"],
    [processAnomaly.manifest.id, processAnomaly, "meterpreter_migrate_to_explorer_sysmon_8", "medium"],
    [
      processAnomaly.manifest.id,
      processAnomaly,
      "apt10_jjs_sideloading_prochollowing_persist_as_service_sysmon_1_7_8_13",
      "medium",
    ],
    [processAnomaly.manifest.id, processAnomaly, "sideloading_uacbypass_rundll32_injection_c2", "medium"],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "maldoc_mshta_via_shellbrowserwind_rundll32", "high"],
    [
      scriptHostAbuse.manifest.id,
      scriptHostAbuse,
      "exec_persist_rundll32_mshta_scheduledtask_sysmon_1_3_11",
      "high",
    ],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "exec_sysmon_lobin_regsvr32_sct", "high"],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "exec_wmic_xsl_internet_sysmon_3_1_11", "high"],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "susp_explorer_exec", "high"],
    [
      scriptHostAbuse.manifest.id,
      scriptHostAbuse,
      "discovery_sysmon_1_iis_pwd_and_config_discovery_appcmd",
      "high",
    ],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "sysmon_10_1_memdump_comsvcs_minidump", "high"],
    [
      scriptHostAbuse.manifest.id,
      scriptHostAbuse,
      "sysmon_mshta_sharpshooter_stageless_meterpreter",
      "medium",
    ],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "LM_sysmon_psexec_smb_meterpreter", "medium"],
    [scriptHostAbuse.manifest.id, scriptHostAbuse, "LM_DCOM_MSHTA_LethalHTA_Sysmon_3_1", "medium"],
    [discoveryBurst.manifest.id, discoveryBurst, "sysmon_exec_from_vss_persistence", "high"],
    [discoveryBurst.manifest.id, discoveryBurst, "powercat_revShell_sysmon_1_3", "low"],
    [discoveryBurst.manifest.id, discoveryBurst, "PanacheSysmon_vs_AtomicRedTeam01", "low"],
  ] as const)("$0: $2", async (_id, detector, sample, least) => {
    expect(gravest((await found(detector)).get(sample)), sample).toBeGreaterThanOrEqual(severityRank(least));
  });

  it("removable-media-worm: no sample has a program of a drive, so it is not tested on real attacks", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, removableMediaWorm);
    expect(findings).toEqual([]);
    expect(evaluated.map(({ count }) => count)).toEqual([1531, 0, 0, 0]);
  });
});

/** An ordinary machine. It has no Sysmon: what needs that is not tested there, and says so. */
describe.skipIf(CORPUS === undefined)("host detectors on evtx/benign-windows10", () => {
  let copy: CaseCopy;
  beforeAll(async () => {
    copy = await openCopy("evtx/benign-windows10");
  });
  afterAll(() => copy.close());

  it("dll-sideload: not tested", async () => {
    const { findings, notTested } = await runDetector(copy.opened.store, dllSideload);
    expect(findings).toEqual([]);
    expect(notTested).toMatch(/Sysmon/);
  });

  it("persistence-mechanism: services and subscriptions were looked at, and nothing is found", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, persistenceMechanism);
    expect(findings).toEqual([]);
    expect(evaluated[0]?.count).toBeGreaterThan(20);
  });

  it("discovery-burst: starts without command lines, and nothing is found", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, discoveryBurst);
    expect(findings).toEqual([]);
    expect(evaluated[0]).toEqual({ what: "starts of programs", count: 45 });
  });

  it("removable-media-worm: starts of programs, none from a drive", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, removableMediaWorm);
    expect(findings).toEqual([]);
    expect(evaluated.map(({ count }) => count)).toEqual([45, 0, 0, 0]);
  });

  it("script-host-abuse: not tested", async () => {
    const { findings, notTested } = await runDetector(copy.opened.store, scriptHostAbuse);
    expect(findings).toEqual([]);
    expect(notTested).toMatch(/command lines/);
  });

  it("process-anomaly: not enough to learn from", async () => {
    const { findings, notTested } = await runDetector(copy.opened.store, processAnomaly);
    expect(findings).toEqual([]);
    expect(notTested).toMatch(/not enough to learn from/);
  });
});

/** Ordinary hosts beside the attacked ones: the playbooks ask too little for a burst, and the hosts ask nothing. */
describe.skipIf(CORPUS === undefined)("host detectors on windows-json/otrf", () => {
  let copy: CaseCopy;
  beforeAll(async () => {
    copy = await openCopy("windows-json/otrf");
  });
  afterAll(() => copy.close());

  it("discovery-burst: some commands, no burst", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, discoveryBurst);
    expect(findings).toEqual([]);
    expect(evaluated[0]).toEqual({ what: "starts of programs", count: 301 });
  });

  it("script-host-abuse: Empire's encoded command alone", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, scriptHostAbuse);
    expect(evaluated[1]).toEqual({ what: "of these script hosts", count: 10 });
    expect(findings.map(({ severity, title }) => `${severity}: ${title}`)).toEqual([
      "medium: powershell with an encoded command under cmd: WORKSTATION6.theshire.local",
    ]);
  });

  it("removable-media-worm: starts of programs, none from a drive", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, removableMediaWorm);
    expect(findings).toEqual([]);
    expect(evaluated.slice(0, 2).map(({ count }) => count)).toEqual([301, 0]);
  });

  it("process-anomaly: nobody reads lsass; the hijacked browser's thread is low", async () => {
    const { findings, evaluated } = await runDetector(copy.opened.store, processAnomaly);
    expect(evaluated).toContainEqual({
      what: "starts where there is not enough to learn what is rare",
      count: 301,
    });
    expect(findings.map(({ severity, title }) => `${severity}: ${title}`)).toEqual([
      "low: iexplore started a thread in &lt;unknown process&gt;: WORKSTATION6.theshire.local",
    ]);
  });
});
