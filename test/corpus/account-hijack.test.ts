import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/account-hijack/index.js";
import type { DetectorResult } from "../../src/detect/port.js";
import { type Finding, severityRank } from "../../src/model/finding.js";
import type { Case } from "../../src/pipeline/case.js";
import { contextFor } from "../detect/infrastructure-contact/support.js";
import { CORPUS } from "../support/corpus.js";
import { inCase, inCopy } from "./case.js";

const SAMPLES = join(CORPUS ?? "", "evtx/attack-samples");

describe.skipIf(CORPUS === undefined)("account-hijack on real logs", () => {
  const look = (opened: Case): Promise<DetectorResult> => detector.run(contextFor(opened, detector));

  const told = (findings: readonly Finding[]) =>
    findings
      .filter(({ severity }) => severityRank(severity) >= severityRank("medium"))
      .map(({ severity, components }) => `${severity}: ${components[0]?.name}`)
      .sort();

  it.each([
    ["LM_4624_mimikatz_sekurlsa_pth_source_machine", ["medium: new credentials"]],
    ["ImpersonateUser-via local Pass The Hash Sysmon and Security", ["medium: no session key"]],
    ["tutto_malseclogon", ["medium: new credentials"]],
    ["privexchange_dirkjan", ["medium: no session key"]],
    ["Invoke_TokenDuplication_UAC_Bypass4624", ["medium: new credentials"]],
    [
      "Zerologon_VoidSec_CVE-2020-1472_4626_LT3_Anonym_follwedby_4742_DC_Anony_DC",
      ["critical: anonymous password"],
    ],
    ["remote_pwd_reset_rpc_mimikatz_postzerologon_target_DC", ["medium: computer password"]],
    [
      "samaccount_spoofing_CVE-2021-42287_CVE-2021-42278_DC_securitylogs",
      ["critical: computer renamed", "high: computer name"],
    ],
    ["4794_DSRM_password_change_t1098", ["medium: recovery password"]],
    ["4765_sidhistory_add_t1178", ["high: sid history"]],
    ["DE_Fake_ComputerAccount_4720", ["medium: disguised account"]],
    ["Network_Service_Guest_added_to_admins_4732", ["high: new administrator", "high: new administrator"]],
  ])("%s", async (name, expected) => {
    const path = readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).find((each) =>
      each.endsWith(`${name}.evtx`),
    );
    const { findings } = await inCase([join(SAMPLES, path ?? name)], look);
    expect(told(findings)).toEqual(expected);
    for (const { evidence } of findings) expect(evidence.length).toBeGreaterThan(0);
  });

  it("an ordinary Windows 10 has two accounts that its set-up made, and nothing else", async () => {
    const { findings, evaluated } = await inCopy("evtx/benign-windows10", look);
    const counted = (what: string) => evaluated.find((each) => each.what === what)?.count;
    expect(counted("logons")).toBe(473);
    expect(counted("changes of accounts and groups")).toBe(15);
    expect(findings.map(({ severity, facts }) => `${severity}: ${facts.family}`)).toEqual([
      "informational: administrator",
      "informational: administrator",
    ]);
  });

  it("of the OTRF sets, PurpleSharp's playbook asks for tickets to crack, and nothing else shows", async () => {
    const { findings, evaluated } = await inCopy("windows-json/otrf", look);
    expect(evaluated.find(({ what }) => what === "logons")?.count).toBe(127);
    expect(told(findings)).toEqual(["medium: kerberoasting"]);
  });
});
