import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type LoadedRules, loadRules } from "../../src/pipeline/index.js";
import { CORPUS } from "../support/corpus.js";

const FOLDERS = ["rules", "rules-emerging-threats", "rules-threat-hunting"];

describe.skipIf(CORPUS === undefined)("SigmaHQ's rules", () => {
  let loaded: LoadedRules;
  beforeAll(() => {
    loaded = loadRules(FOLDERS.map((folder) => join(CORPUS ?? "", "sigma", folder)));
  });

  it("are all accounted for, nearly all of them ok", () => {
    const { checked, files } = loaded;
    const others = checked.filter(({ status }) => status !== "ok");
    for (const { path, status, reason } of others)
      console.log(`${status}: ${path.slice(CORPUS?.length)}: ${reason}`);
    expect(files).toBe(3754);
    expect(checked).toHaveLength(3754);
    expect(others.length / checked.length).toBeLessThan(0.005);
    expect(others.every(({ reason }) => reason !== "")).toBe(true);
  });
});
