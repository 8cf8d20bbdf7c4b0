import { describe, expect, it } from "vitest";
import { buildBase, parseKnowledge, rivalClusters } from "../../../src/intel/knowledge/index.js";
import { loadKnowledge } from "../../../src/pipeline/knowledge/load.js";

const SOURCES = `
sources:
  mitre: { publisher: M, title: page, url: "https://example.org/m", date: 2025-01-02, reliability: B }
  report: { publisher: R, title: report, url: "https://example.org/report", reliability: F }
  other: { publisher: O, title: other, url: "https://example.org/other", reliability: F }
`;

const fox = `id: fox
kind: cluster
title: Fox
${SOURCES}
names: [{ name: Fox, source: mitre, information: 2 }]
techniques:
  - { technique: T1105, source: mitre, information: 2, cites: [report] }
  - { technique: T1059.001, source: mitre, information: 2, cites: [report, other] }
  - { technique: T1197, source: mitre, information: 2 }
  - { technique: T1197, source: other, information: 6 }
`;

const raid = `id: raid
kind: campaign
title: Raid
sources:
  mitre: { publisher: M, title: page, url: "https://example.org/raid", file: a.json, reliability: B }
  report: { publisher: R, title: report, url: "https://example.org/report", reliability: F }
names: [{ name: Raid, source: mitre, information: 2, cites: [report] }]
relations: [{ relation: attributed_to, to: fox, source: mitre, information: 2 }]
techniques: [{ technique: T1486, source: mitre, information: 2, cites: [report] }]
observables:
  - { kind: domain, value: "raid[.]example", specificity: specific, source: mitre, information: 2 }
`;

const base = buildBase([parseKnowledge(fox, "fox.yaml"), parseKnowledge(raid, "raid.yaml")]);

describe("what is known of a cluster", () => {
  it("is what its entries and the campaigns that are attributed to it say, the best believed of each", () => {
    const [one] = rivalClusters(base).clusters;
    expect([...(one?.techniques.keys() ?? [])].sort()).toEqual(["T1059.001", "T1105", "T1197", "T1486"]);
    expect(one?.techniques.get("T1197")).toMatchObject({
      grade: "B2",
      weight: 0.81,
      date: Date.parse("2025-01-02"),
    });
    expect(one?.artefacts.map(({ value }) => value)).toEqual(["raid[.]example"]);
    expect(one?.isUnnamed).toBe(false);
  });

  it("is less without a campaign: neither it, nor what rests on its reports alone", () => {
    const [one] = rivalClusters(base, { without: "raid" }).clusters;
    expect([...(one?.techniques.keys() ?? [])].sort()).toEqual(["T1059.001", "T1197"]);
    expect(one?.artefacts).toEqual([]);
  });
});

it("keeps Earth Estries and Salt Typhoon apart, and each knows of the other; one entry of ours is unnamed", async () => {
  const { clusters } = rivalClusters(await loadKnowledge([]));
  const related = (id: string) => clusters.find((one) => one.id === id)?.related.map((one) => one.id) ?? [];
  expect(related("earth-estries")).toContain("salt-typhoon");
  expect(related("salt-typhoon")).toContain("earth-estries");
  expect(clusters.filter(({ isUnnamed }) => isUnnamed).map(({ id }) => id)).toEqual([
    "cambodia-2023-unnamed",
  ]);
});
