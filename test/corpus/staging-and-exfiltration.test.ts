import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/staging-and-exfiltration/index.js";
import { runDetector, told } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCopy } from "./case.js";

const run = (name: string, sensors?: "byFile") =>
  inCopy(name, ({ store }) => runDetector(store, detector), sensors);

describe.skipIf(CORPUS === undefined)("staging-and-exfiltration on real logs", () => {
  it("evtx/attack-samples: what was put together, and nothing that was sent", async () => {
    const { findings, evaluated } = await run("evtx/attack-samples", "byFile");
    expect(told(findings).sort()).toEqual([
      "low: an archive put together: IEWIN7",
      "low: an archive put together: IEWIN7",
      "low: an archive put together: IEWIN7",
      "low: an export put together: MSEDGEWIN10",
    ]);
    expect(findings.find(({ title }) => title.startsWith("an export"))?.attack).toContain("T1003.003");
    expect(evaluated[0]?.count).toBe(1493);
    expect(evaluated[2]?.count).toBe(0);
  }, 120_000);

  it("windows-json/otrf: command lines were looked at, and nothing is found", async () => {
    const { findings, evaluated } = await run("windows-json/otrf");
    expect(findings).toEqual([]);
    expect(evaluated[0]?.count).toBe(350);
  }, 120_000);

  it("evtx/benign-windows10: two scripts only test nothing", async () => {
    const { findings, evaluated, notTested } = await run("evtx/benign-windows10");
    expect(findings).toEqual([]);
    expect(evaluated[0]?.count).toBe(2);
    expect(notTested).toMatch(/only 2 command lines/);
  }, 120_000);
});
