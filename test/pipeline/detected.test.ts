import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { detectStep, loadFindings, loadSettings } from "../../src/pipeline/index.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let at: CaseFolder;
beforeEach(async () => {
  at = await openCaseFolder();
});
afterEach(() => at.close());

const HEADER =
  "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\n";

const line = (second: number) =>
  `${1_690_000_000 + second}.000000\tC${second}\t10.0.0.5\t${40_000 + second}\t198.51.100.7\t443\ttcp\tssl\t1.5\t100\t200\tSF\n`;

function detectAll() {
  return detectStep(at.opened, loadSettings(undefined, [at.logs]), silentProgress);
}

describe("what a detection leaves in the case", () => {
  it("is nothing to show before there was one: an empty list would look like a clean network", async () => {
    at.put("conn.log", HEADER + line(1));
    await at.ingest();
    await expect(loadFindings(at.opened)).rejects.toMatchObject({ code: "LW_NOT_DETECTED" });
  });

  it("is in the order in which it was handed on, so that a report made later is the same", async () => {
    const beacon = Array.from({ length: 300 }, (_, n) => line(n * 600)).join("");
    // long-connection runs before beaconing, and is less sure.
    const long = line(5).replace("198.51.100.7", "203.0.113.9").replace("\t1.5\t", "\t200000\t");
    at.put("conn.log", HEADER + beacon + long);
    await at.ingest();
    const { findings } = await detectAll();
    expect(findings.length).toBeGreaterThan(1);
    expect((await loadFindings(at.opened)).findings).toEqual(findings);
  });

  it("is outdated when records come in afterwards", async () => {
    at.put("a/conn.log", HEADER + line(1));
    await at.ingest();
    const { runs } = await detectAll();
    const before = await loadFindings(at.opened);
    expect(before.outdated).toBe(false);
    expect(before.runs.map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
    at.put("b/conn.log", HEADER + line(2));
    await at.ingest();
    expect((await loadFindings(at.opened)).outdated).toBe(true);
    await detectAll();
    expect((await loadFindings(at.opened)).outdated).toBe(false);
  });

  it("counts for nothing where writing it was interrupted", async () => {
    at.put("conn.log", HEADER + line(1));
    await at.ingest();
    await detectAll();
    const insert = at.opened.store.insert.bind(at.opened.store);
    const failing = vi.spyOn(at.opened.store, "insert").mockImplementation((table, rows) => {
      if (table === "detector_run") throw new Error("the disk is full");
      return insert(table, rows);
    });
    await expect(detectAll()).rejects.toThrow("the disk is full");
    failing.mockRestore();
    await expect(loadFindings(at.opened)).rejects.toMatchObject({ code: "LW_NOT_DETECTED" });
    await detectAll();
    expect((await loadFindings(at.opened)).runs.length).toBeGreaterThan(0);
  });
});
