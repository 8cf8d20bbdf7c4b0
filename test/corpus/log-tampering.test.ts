import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/log-tampering/index.js";
import type { Case } from "../../src/pipeline/case.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCase, inCopy } from "./case.js";

describe.skipIf(CORPUS === undefined)("log-tampering on real logs", () => {
  const look = ({ store }: Case) => runDetector(store, detector);
  const signs = async (path: string) =>
    (await inCase([join(CORPUS ?? "", path)], look)).findings.map(({ facts }) => facts.sign);

  it.each([
    ["DE_1102_security_log_cleared.evtx", "cleared"],
    ["DE_104_system_log_cleared.evtx", "cleared"],
    ["DE_EventLog_Service_Crashed.evtx", "stopped"],
    ["DE_WinEventLogSvc_Crash_System_7036.evtx", "stopped"],
  ])("%s", async (sample, sign) => {
    expect(await signs(`evtx/attack-samples/Defense Evasion/${sample}`)).toContain(sign);
  });

  it("a record hidden in its predecessor, beside the copy from before", async () => {
    expect(await signs("evtx/hidden-record")).toContain("hidden");
  });

  it("the log path that wevtutil changed", async () => {
    const { findings } = await inCopy(
      "windows-json/otrf/cmd_wevtutil_modify_security_eventlog_path.zip",
      look,
    );
    expect(findings.map(({ facts }) => facts.sign)).toContain("disabled");
  });

  it("an ordinary machine", async () => {
    const { findings, evaluated } = await inCopy("evtx/benign-windows10", look);
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "copies of event log files", count: 100 });
    expect(evaluated).toContainEqual({ what: "logs of hosts whose hours were looked at", count: 142 });
  });
});
