import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { detectStep, loadSettings } from "../../src/pipeline/index.js";
import { CORPUS } from "../support/corpus.js";
import { attributed } from "./attributed.js";
import { inCase } from "./case.js";

/**
 * Nothing of the real data may be put down to a named cluster without a trace that is specific to it. Network logs are hunted, and held to the same, in
 * hunt.test.ts, the sets of OTRF in incidents.test.ts. Each file is a realm of its own, so that nothing joins what nobody joined.
 */
const SETS: readonly (readonly string[])[] = [["weblogs"], ["evtx"], ["sigma/regression_data"]];

describe.skipIf(CORPUS === undefined)("attribution on real data", () => {
  const table: Awaited<ReturnType<typeof attributed>>[] = [];
  afterAll(() => console.table(table));

  it.each(SETS.map((paths) => [paths.join(", "), paths] as const))(
    "%s: insufficient evidence, or a trace that is specific",
    async (name, folders) => {
      const paths = folders.map((folder) => join(CORPUS ?? "", folder));
      const settings = loadSettings(undefined, paths);
      const row = await inCase(
        paths,
        async (opened) => {
          const detected = await detectStep(opened, settings, silentProgress);
          expect(detected.runs.some(({ status }) => status === "ran")).toBe(true);
          return attributed(name, opened, settings, detected);
        },
        (path) => {
          const realm = path.slice((CORPUS ?? "").length + 1);
          return { id: realm, realm, tlp: "clear", owner: "", sharingGroup: "" };
        },
      );
      table.push(row);
    },
  );
});
