import { describe, expect, it } from "vitest";
import type { KnowledgeShown } from "../../src/model/knowledge-view.js";
import { renderKnowledge, renderKnowledgeList } from "../../src/report/index.js";

const HOSTILE = "a\u001b[2J\u202egpj.exe";
const statement = {
  text: HOSTILE,
  grade: "B2",
  source: "s",
  publisher: HOSTILE,
  date: "2026-01-02",
  note: null,
  cites: ["x"],
};
const shown: KnowledgeShown = {
  version: 1,
  id: "fox",
  kind: "cluster",
  title: HOSTILE,
  file: `/x/${HOSTILE}.yaml`,
  imported_from: HOSTILE,
  disputes: [
    {
      between: [
        { id: "fox", title: HOSTILE },
        { id: "wolf", title: "Wolf" },
      ],
      positions: [{ ...statement, grade: "D4", entry: "fox", stance: "named" }],
    },
  ],
  sections: [
    { section: "names", statements: [statement] },
    {
      section: "victims",
      statements: [
        { ...statement, text: "KH" },
        { ...statement, text: "VN" },
        { ...statement, text: "US", note: "once" },
      ],
    },
  ],
  elsewhere: [{ ...statement, entry: "wolf", date: null }],
  views: ["attack-g9001"],
  sources: [
    {
      key: "s",
      publisher: HOSTILE,
      title: HOSTILE,
      url: "https://example.org/r",
      date: null,
      reliability: "B",
      tlp: "amber",
      via: HOSTILE,
    },
    {
      key: "c1",
      publisher: "cited",
      title: "cited",
      url: null,
      date: null,
      reliability: "F",
      tlp: "clear",
      via: null,
    },
  ],
};

describe("an entry on a terminal", () => {
  const text = renderKnowledge(shown, { colour: false, width: 100 });

  it("gives each statement its grade, who says it and when, and disputes first", () => {
    const lines = text.split("\n");
    const at = (words: string) => lines.findIndex((line) => line.includes(words));
    expect(at("Disputed")).toBeGreaterThan(0);
    expect(at("Disputed")).toBeLessThan(at("Names"));
    expect(lines[at("D4")]).toMatch(/D4 .*2026-01-02/);
    expect(text).toContain("KH; VN");
    expect(text).toContain("US [once]");
    expect(text).toContain("undated");
    expect(text).toContain("described also by attack-g9001");
    expect(text).toContain("TLP:AMBER");
    expect(text).toMatch(
      /B usually reliable, D not usually reliable; information 2 probably\s+true, 4 doubtful/,
    );
    expect(text).toContain("and 1 report that these cite");
  });

  it("shows every source that a statement rests on, whatever its key, and explains only what is there", () => {
    const own = { ...statement, source: "c1", cites: [] };
    const plain: KnowledgeShown = {
      ...shown,
      disputes: [],
      elsewhere: [],
      sections: [{ section: "names", statements: [own] }],
    };
    const text = renderKnowledge(plain, { colour: false, width: 100 });
    expect(text).toContain("F  cited: cited (undated)");
    expect(text).toContain("and 1 report that these cite");
    expect(text).not.toContain('"+2"');
    expect(renderKnowledge(shown, { colour: false, width: 100 })).toContain('"+2"');
  });

  it("lets nothing of a file steer the terminal, and keeps its width", () => {
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(text.split("\n").every((line) => line.length <= 100)).toBe(true);
  });
});

describe("the list on a terminal", () => {
  it("says with which others an identity is disputed", () => {
    const entry = {
      id: "fox",
      kind: "cluster" as const,
      title: HOSTILE,
      names: [HOSTILE, "Other Fox"],
      identifiers: [],
      statements: 3,
      sources: 1,
      techniques: 0,
      disputed_with: ["wolf"],
      imported_from: null,
      file: "x",
    };
    const text = renderKnowledgeList([entry], 1, { colour: false, width: 120 });
    expect(text).toMatch(/fox .*Other Fox.*wolf/);
    expect(text).toContain("1 cluster, 0 tools, 0 campaigns; 1 rival hypothesis");
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });
});
