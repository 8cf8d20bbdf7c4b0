import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  allDisputes,
  currentTechnique,
  type KnowledgeBase,
  rivalHypotheses,
  showEntry,
} from "../../../src/intel/knowledge/index.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { checkKnowledge, loadKnowledge } from "../../../src/pipeline/knowledge/load.js";

const CLUSTERS = [
  "cambodia-2023-unnamed",
  "cl-sta-1048",
  "cl-sta-1049",
  "cl-sta-1062",
  "crimson-palace-alpha",
  "crimson-palace-bravo",
  "crimson-palace-charlie",
  "earth-estries",
  "mustang-panda",
  "salt-typhoon",
  "unfading-sea-haze",
];
const TOOLS = ["claimloader", "hiupan", "masol-rat", "pubload", "toneshell"];

describe("the knowledge that ships", () => {
  let base: KnowledgeBase;
  beforeAll(async () => {
    base = await loadKnowledge([]);
  });

  it("is without a fault, and fits the published JSON Schema", async () => {
    expect((await checkKnowledge([])).filter(({ status }) => status !== "ok")).toEqual([]);
    const schema = JSON.parse(
      readFileSync(join(packageRoot, "docs/schemas/knowledge-entry.schema.json"), "utf8"),
    );
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    for (const folder of ["clusters", "tools", "campaigns"])
      for (const name of readdirSync(join(packageRoot, "knowledge", folder))) {
        const value = parse(readFileSync(join(packageRoot, "knowledge", folder, name), "utf8"));
        expect(validate(value), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
      }
  });

  it("has the clusters and tools of the two cases", () => {
    for (const id of CLUSTERS) expect(base.entries.get(id)?.entry.kind, id).toBe("cluster");
    for (const id of TOOLS) expect(base.entries.get(id)?.entry.kind, id).toBe("tool");
  });

  it("says of every source where it can be found, or through whom it was read", () => {
    for (const { entry } of base.entries.values())
      for (const { url, via, publisher } of Object.values(entry.sources))
        expect(url ?? via, `${entry.id}: ${publisher}`).toBeDefined();
  });

  it("keeps what sources disagree about, and merges nothing", () => {
    const pairs = allDisputes(base).map(({ between }) => between.join(" "));
    expect(pairs.sort()).toEqual([
      "claimloader pubload",
      "crimson-palace earth-estries",
      "earth-estries salt-typhoon",
    ]);
    expect(rivalHypotheses(base).map(({ entries }) => entries)).toEqual(CLUSTERS.map((id) => [id]));
    const estries = base.entries.get("earth-estries");
    const [dispute] = estries
      ? showEntry(base, estries, allDisputes(base)).disputes.filter(({ between }) =>
          between.some(({ id }) => id === "salt-typhoon"),
        )
      : [];
    expect(new Set(dispute?.positions.map(({ stance }) => stance))).toEqual(
      new Set(["overlaps", "distinct_from", "disputed", "named"]),
    );
  });

  it("keeps both designations that Sophos gives to one cluster", () => {
    const names = base.entries.get("crimson-palace-bravo")?.entry.names.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["STAC1807", "STAC1870"]));
  });

  it("writes network names so that nobody follows them by accident", () => {
    const values = [...base.entries.values()].flatMap(({ entry }) =>
      entry.observables.filter(
        ({ kind }) => /^(?:domain|address|network)/.test(kind) && kind !== "network-bytes",
      ),
    );
    expect(values.length).toBeGreaterThan(40);
    for (const { value } of values) expect(value).toMatch(/\[\.\]/);
  });

  it("maps the names of ATT&CK 18 to those of 19", () => {
    const now = (id: string) => currentTechnique(id, base.successors);
    expect(now("T1070.001")).toBe("T1685.005");
    expect(now("T1574.002")).toBe("T1574.001");
    expect(now("T1685.005")).toBe("T1685.005");
  });
});
