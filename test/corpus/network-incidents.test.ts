import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { detector } from "../../src/detect/lateral-movement/index.js";
import { loadHostDirectory } from "../../src/pipeline/host-directory.js";
import { runDetector } from "../detect/windows/world.js";
import { CORPUS } from "../support/corpus.js";
import { inCase } from "./case.js";

describe.skipIf(CORPUS === undefined)("a network's logs alone", { timeout: 120_000 }, () => {
  it("lateral-movement follows whoever works over WinRM, as whom", async () => {
    const { findings } = await inCase([join(CORPUS ?? "", "zeek/otrf-apt29")], async ({ store }) =>
      runDetector(store, detector, { hosts: await loadHostDirectory(store) }),
    );
    console.log(JSON.stringify(findings, null, 1));
    expect(findings.map(({ facts }) => facts.path)).toEqual([]);
  });
});
