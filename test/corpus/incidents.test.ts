import { describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { correlateStep, detectStep, loadSettings } from "../../src/pipeline/index.js";
import { directoryOf } from "../detect/infrastructure-contact/support.js";
import { CORPUS } from "../support/corpus.js";
import { attributed } from "./attributed.js";
import { inCopy } from "./case.js";

/** What our own detectors make of OTRF's sets, without rules of others: one story each. */
describe.skipIf(CORPUS === undefined)("incidents of OTRF's sets", { timeout: 120_000 }, () => {
  it.each([
    [
      "covenant_dcom_iertutil_dll_hijack.zip",
      ["workstation5", "workstation6"],
      ["T1021.003", "T1570", "T1574.001"],
      ["pgustavo"],
    ],
    [
      "empire_psexec_dcerpc_tcp_svcctl.zip",
      ["workstation5", "workstation6"],
      ["T1543.003", "T1569.002"],
      ["pgustavo"],
    ],
    [
      "empire_scm_dll_hijack_ikeext.tar.gz",
      ["it001", "hr001"],
      ["T1569.002", "T1570", "T1574.001"],
      ["pgustavo"],
    ],
    [
      "purplesharp_ad_playbook_I.zip",
      // The first has only its address in the earliest finding: it is workstation5.
      ["172.18.39.5", "mordordc", "workstation6", "workstation7"],
      ["T1021.006", "T1558.003"],
      ["pgustavo"],
    ],
    ["cmd_wevtutil_modify_security_eventlog_path.zip", ["desktop-cqf82l6"], ["T1562.002"], ["pedro"]],
    // The web server's worker acts, and no account.
    ["proxylogon_ssrf_rce_poc.zip", ["mxs01"], ["T1059", "T1505.003"], []],
  ])("%s is one incident over its hosts in order", async (name, hosts, techniques, accounts) => {
    const settings = loadSettings(undefined, []);
    await inCopy(`windows-json/otrf/${name}`, async (opened) => {
      const detected = await detectStep(opened, settings, silentProgress);
      const { findings } = detected;
      console.table([await attributed(name, opened, settings, detected)]);
      const { incidents } = await correlateStep(opened.store, directoryOf([]), findings);
      expect(incidents).toHaveLength(1);
      const [incident] = incidents;
      const short = incident?.hosts.map((host) =>
        /^[\d.]+$/.test(host) ? host : host.toLowerCase().split(".", 1)[0],
      );
      expect(short?.slice(0, hosts.length)).toEqual(hosts);
      expect(incident?.accounts.map((account) => account.split("\\").at(-1))).toEqual(
        expect.arrayContaining(accounts),
      );
      expect(incident?.techniques).toEqual(expect.arrayContaining(techniques));
    });
  });
});
