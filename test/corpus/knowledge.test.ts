import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allDisputes,
  currentTechnique,
  type KnowledgeBase,
  rivalHypotheses,
  showEntry,
} from "../../src/intel/knowledge/index.js";
import type { KnowledgeImported } from "../../src/model/knowledge-view.js";
import { importKnowledge } from "../../src/pipeline/knowledge/import.js";
import { checkKnowledge, loadKnowledge } from "../../src/pipeline/knowledge/load.js";
import { CORPUS } from "../support/corpus.js";

describe.skipIf(CORPUS === undefined)("ATT&CK 18.1, imported beside our own knowledge", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-knowledge-"));
  const out = join(folder, "attack");
  let report: KnowledgeImported;
  let base: KnowledgeBase;
  beforeAll(async () => {
    const file = join(CORPUS ?? "", "intel", "enterprise-attack-18.1.stix20.json.gz");
    report = await importKnowledge({ files: [file], out, attackVersion: undefined, grade: undefined });
    base = await loadKnowledge([out]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes over every group, program and campaign that still counts", () => {
    expect(report).toMatchObject({ clusters: 172, tools: 693 + 91, campaigns: 52, successors: 132 });
    expect(report.files).toMatchObject([{ format: "attack" }]);
    // 15 groups and 3 programs are revoked or deprecated; what else is left out are things that no entry is made of.
    const gone = report.left_out.filter(({ reason }) => reason.includes("revoked or deprecated"));
    expect(gone.map(({ count }) => count)).toEqual([15, 3]);
    expect(report.left_out.some(({ reason }) => reason.includes('"uses"'))).toBe(false);
  });

  it("makes files that are good ones", async () => {
    const checked = await checkKnowledge([out]);
    expect(checked).toHaveLength(172 + 784 + 52 + 1);
    expect(checked.filter(({ status }) => status !== "ok")).toEqual([]);
  });

  it("makes 172 rivals, of which two are also described by us", () => {
    const rivals = rivalHypotheses(base);
    const attack = rivals.filter(({ entries }) => entries.some((id) => id.startsWith("attack-g")));
    expect(attack).toHaveLength(172);
    expect(attack.filter(({ entries }) => entries.length > 1).map(({ entries }) => entries)).toEqual([
      ["mustang-panda", "attack-g0129"],
      ["salt-typhoon", "attack-g1045"],
    ]);
    const own = [...base.entries.values()].filter(
      ({ entry }) => entry.kind === "cluster" && entry.imported === undefined,
    );
    expect(rivals).toHaveLength(172 + own.length - 2);
  });

  it("has the techniques that ATT&CK says", () => {
    const groups = [...base.entries.values()].filter(({ entry }) => entry.id.startsWith("attack-g"));
    const counts = groups.map(({ entry }) => entry.techniques.length).sort((a, b) => a - b);
    expect([counts[0], ((counts[85] ?? 0) + (counts[86] ?? 0)) / 2, counts.at(-1)]).toEqual([0, 16.5, 109]);
    const users = (technique: string) =>
      groups.filter(({ entry }) => entry.techniques.some((one) => one.technique === technique)).length;
    expect([users("T1105"), users("T1001.003")]).toEqual([85, 3]);
    expect(base.entries.get("attack-g0129")?.entry.techniques).toHaveLength(85);
    expect(base.entries.get("attack-g1045")?.entry.techniques).toHaveLength(14);
    expect(groups.every(({ entry }) => entry.techniques.every(({ attack }) => attack === "18.1"))).toBe(true);
  });

  it("bears what our own entries say that it says: names, identifiers and techniques", () => {
    const views: [string, string][] = [
      ["mustang-panda", "attack-g0129"],
      ["salt-typhoon", "attack-g1045"],
      ["claimloader", "attack-s1236"],
      ["hiupan", "attack-s1230"],
      ["jumbledpath", "attack-s1206"],
      ["pubload", "attack-s1228"],
      ["toneshell", "attack-s1239"],
    ];
    for (const [own, theirs] of views) {
      const [ours, attack] = [own, theirs].map((id) => base.entries.get(id)?.entry);
      const said = JSON.stringify([attack?.names, attack?.descriptions])
        .replace(/[^a-z0-9]/gi, "")
        .toLowerCase();
      const source = Object.entries(ours?.sources ?? {}).find(
        ([, { url }]) => url?.endsWith(`/${theirs.slice("attack-".length).toUpperCase()}`) === true,
      )?.[0];
      const of = <S extends { source: string }>(statements: readonly S[] = []) =>
        statements.filter((statement) => statement.source === source);
      expect(of(ours?.names).length, own).toBeGreaterThan(0);
      for (const { name } of of(ours?.names))
        expect(said, `${own}: ${name}`).toContain(name.replace(/[^a-z0-9]/gi, "").toLowerCase());
      for (const { value } of of(ours?.identifiers))
        expect(
          attack?.identifiers.map((one) => one.value),
          own,
        ).toContain(value);
      for (const { technique } of of(ours?.techniques))
        expect(
          attack?.techniques.map((one) => one.technique),
          own,
        ).toContain(technique);
    }
  });

  it("follows techniques of old reports and of new rules to one id", () => {
    const now = (id: string) => currentTechnique(id, base.successors);
    // T1073 of 2017 became T1574.002 in 2020 and T1574.001 in 2025.
    expect(["T1073", "T1574.002", "T1574.001"].map(now)).toEqual(Array(3).fill("T1574.001"));
    expect(["T1070.001", "T1685.005"].map(now)).toEqual(["T1685.005", "T1685.005"]);
    expect(now("T1089")).toBe("T1685");
  });

  it("shows where ATT&CK contradicts itself, and us", () => {
    const disputes = allDisputes(base);
    const pairs = disputes.map(({ between }) => between.join(" "));
    expect(pairs).toContain("attack-g1014 mustang-panda");
    expect(pairs).toContain("earth-estries salt-typhoon");
    const entry = base.entries.get("attack-g0129");
    const shown = entry && showEntry(base, entry, disputes);
    expect(shown?.views).toEqual(["mustang-panda"]);
    expect(shown?.sections[0]?.statements.find(({ text }) => text === "RedDelta")?.cites).toHaveLength(2);
  });
});
