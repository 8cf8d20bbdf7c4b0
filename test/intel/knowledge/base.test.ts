import { describe, expect, it } from "vitest";
import {
  allDisputes,
  currentTechnique,
  findEntries,
  listEntries,
  rivalHypotheses,
  showEntry,
} from "../../../src/intel/knowledge/index.js";

import { errorOf } from "../support.js";
import { baseOf, entryText } from "./support.js";

const relation = (kind: string, to: string, more = "") =>
  `relations:\n  - { relation: ${kind}, ${to}, source: s, information: 3${more} }\n`;
const name = (text: string) => `  - { name: ${text}, source: s, information: 4 }\n`;

describe("techniques", () => {
  const chain = new Map([
    ["T1", "T2"],
    ["T2", "T3"],
    ["T8", "T9"],
    ["T9", "T8"],
  ]);

  it("are followed through every revocation, and circles end", () => {
    expect(currentTechnique("T1", chain)).toBe("T3");
    expect(currentTechnique("T5", chain)).toBe("T5");
    expect(["T8", "T9"]).toContain(currentTechnique("T8", chain));
  });
});

describe("disputes", () => {
  const between = (texts: Record<string, string>) => {
    const base = baseOf(texts);
    return allDisputes(base).map((dispute) => ({
      between: dispute.between,
      stances: dispute.positions.map(({ stance }) => stance),
    }));
  };

  it("arise where a source gives one entry the name of another", () => {
    expect(
      between({
        "red-fox.yaml": entryText("red-fox", name("BLUE FOX")),
        "b.yaml": entryText("b", "", { title: "Blue Fox" }),
      }),
    ).toEqual([{ between: ["b", "red-fox"], stances: ["named"] }]);
  });

  it("keep every position, also of those who see two things", () => {
    const [dispute] = between({
      "a.yaml": entryText("a", relation("same_as", "to: b")),
      "b.yaml": entryText("b", `${name("a")}${relation("distinct_from", "to_name: a")}`),
    });
    expect(dispute).toEqual({ between: ["a", "b"], stances: ["same_as", "distinct_from", "named"] });
  });

  it("are none where things only overlap, are parts, use each other, or are not called alike", () => {
    expect(
      between({
        "a.yaml": entryText("a", relation("overlaps", "to: b")),
        "b.yaml": entryText("b", relation("part_of", "to: c")),
        "c.yaml": entryText("c", relation("uses", "to: t"), { kind: "campaign" }),
        "t.yaml": entryText("t", name("a"), { kind: "tool" }),
      }),
    ).toEqual([]);
  });

  it("are none between two views of one thing", () => {
    const id = "identifiers:\n  - { system: attack, value: G0129, source: s, information: 1 }\n";
    expect(
      between({
        "a.yaml": entryText("a", `${name("b")}${id}`),
        "b.yaml": entryText("b", id.replace("G0129", "g0129")),
      }),
    ).toEqual([]);
  });
});

describe("rival hypotheses", () => {
  const attack = "identifiers:\n  - { system: attack, value: G0129, source: s, information: 1 }\n";
  const uses = (technique: string) =>
    `techniques:\n  - { technique: ${technique}, source: s, information: 2 }\n`;

  it("are the clusters; names never join two of them, identifiers do", () => {
    const base = baseOf({
      "a.yaml": entryText("a", `${name("c")}${attack}${uses("T1574.002")}`),
      "b.yaml": entryText("b", `${attack}${uses("T1105")}${relation("uses", "to: t")}`),
      "c.yaml": entryText("c", relation("same_as", "to: a")),
      "p.yaml": entryText("p", "", { kind: "campaign" }),
      "t.yaml": entryText("t", "", { kind: "tool" }),
      "x.yaml":
        "kind: attack-successors\nsources:\n  s: { publisher: P, title: T, url: https://example.org/, reliability: A }\nsuccessors:\n  - { from: T1574.002, to: T1574.001, source: s, information: 1 }\n",
    });
    expect(rivalHypotheses(base)).toEqual([
      {
        id: "a",
        title: "a",
        entries: ["a", "b"],
        techniques: new Set(["T1574.001", "T1105"]),
        tools: new Set(["t"]),
      },
      { id: "c", title: "c", entries: ["c"], techniques: new Set(), tools: new Set() },
    ]);
  });
});

describe("a look-up", () => {
  const base = baseOf({
    "red-fox.yaml": entryText(
      "red-fox",
      `${name("Blue-Fox")}identifiers:\n  - { system: attack, value: G9001, source: s, information: 1 }\n`,
    ),
    "blue-fox.yaml": entryText("blue-fox", name("FOX 3"), { title: "Blue Fox" }),
  });
  const found = (words: string) => {
    const { entries, also } = findEntries(base, words);
    return [entries, also].map((list) => list.map(({ entry }) => entry.id));
  };

  it("goes by id, identifier, title, then any name, and tells who else has the name", () => {
    expect(found("red-fox")).toEqual([["red-fox"], []]);
    expect(found("g9001")).toEqual([["red-fox"], []]);
    expect(found("BLUE FOX")).toEqual([["blue-fox"], ["red-fox"]]);
    expect(found("fox3")).toEqual([["blue-fox"], []]);
    expect(errorOf(() => findEntries(base, "gren-fox"))).toMatchObject({ code: "LW_NOT_FOUND" });
    expect(errorOf(() => findEntries(base, "red-fux")).message).toMatch(/did you mean "red-fox"/);
    expect(errorOf(() => findEntries(base, "!!")).message).toMatch(/has no "!!"/);
  });
});

describe("a view", () => {
  it("gives every statement its grade, who says it and when", () => {
    const base = baseOf({
      "a.yaml": entryText(
        "a",
        "techniques:\n  - { technique: T1105, attack: '18.1', source: s, information: 5, date: 2025-02, note: rare, cites: [s] }\nactivity:\n  - { from: 2023-09, to: 2023-10, text: seen, source: s, information: 1 }\n",
      ),
      "b.yaml": entryText("b", relation("part_of", "to: a")),
    });
    const entry = base.entries.get("a");
    const shown = entry && showEntry(base, entry, allDisputes(base));
    expect(
      shown?.sections.map(({ section, statements }) => [
        section,
        ...statements.map(({ text, grade, date }) => `${text} ${grade} ${date}`),
      ]),
    ).toEqual([
      ["names", "a B2 2026-01-02"],
      ["activity", "2023-09 to 2023-10, seen B1 2026-01-02"],
      ["techniques", "T1105 (ATT&CK 18.1) B5 2025-02"],
    ]);
    expect(shown?.sections[2]?.statements[0]).toMatchObject({
      publisher: "Synthetic Labs",
      note: "rare",
      cites: ["Synthetic Labs"],
    });
    expect(shown?.elsewhere).toMatchObject([{ entry: "b", text: "b is part of a", grade: "B3" }]);
    expect(listEntries(base, [])).toMatchObject([
      { id: "a", statements: 3, techniques: 1 },
      { id: "b", statements: 2 },
    ]);
  });

  it("finds what is wrong between files", () => {
    const base = baseOf({
      "a.yaml": entryText("a", relation("uses", "to: nowhere")),
      "sub/a.yaml": entryText("a"),
    });
    expect(base.problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      "sub/a.yaml the id a is taken by a.yaml",
      'a.yaml uses leads to "nowhere", and there is no such entry: use to_name',
    ]);
  });
});
