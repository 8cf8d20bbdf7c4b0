import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseKnowledge } from "../../../src/intel/knowledge/index.js";
import { LongwatchError } from "../../../src/kernel/errors.js";
import { errorOf } from "../support.js";
import { entryText } from "./support.js";

const problem = (text: string, path = "knowledge/synthetic.yaml") =>
  errorOf(() => parseKnowledge(text, path));

/** Line (from 1) of the first line that holds the words. */
const lineWith = (text: string, words: string) =>
  text.split("\n").findIndex((line) => line.includes(words)) + 1;

describe("a file of the knowledge base", () => {
  it("is read with the lists that it leaves out as empty ones", () => {
    const read = parseKnowledge(entryText("synthetic"), "knowledge/synthetic.yaml");
    expect(read).toMatchObject({
      kind: "entry",
      entry: {
        id: "synthetic",
        kind: "cluster",
        techniques: [],
        relations: [],
        sources: { s: { tlp: "clear" } },
      },
    });
  });

  it("is read from JSON as from YAML", () => {
    const value = {
      id: "synthetic",
      kind: "tool",
      title: "X",
      sources: { s: { publisher: "P", title: "T", url: "https://example.org/", reliability: "A" } },
      names: [{ name: "X", source: "s", information: 1 }],
    };
    const json = parseKnowledge(JSON.stringify(value), "synthetic.json");
    expect(json).toEqual({
      ...parseKnowledge(`# a comment, so that it is YAML\n${JSON.stringify(value)}`, "synthetic.json"),
    });
  });

  it.each([
    [
      "an unknown key",
      "technique:\n  - {}",
      "technique:",
      /unknown key "technique" \(did you mean "techniques"\?\)/,
    ],
    [
      "a key of a statement",
      "techniques:\n  - { technique: T1105, source: s, informations: 2 }",
      "informations",
      /informations/,
    ],
    [
      "a source that is not there",
      "techniques:\n  - { technique: T1105, source: t, information: 2 }",
      "source: t,",
      /"t" is not in sources/,
    ],
    [
      "a grade that there is not",
      "techniques:\n  - { technique: T1105, source: s, information: 7 }",
      "information: 7",
      /techniques\[0\]\.information/,
    ],
    [
      "no technique",
      "techniques:\n  - { technique: T99, source: s, information: 2 }",
      "T99",
      /ATT&CK technique/,
    ],
    [
      "a sector of another list",
      "victims:\n  - { sector: military, source: s, information: 2 }",
      "military",
      /did you mean "defense"/,
    ],
    [
      "a victim that says nothing",
      "victims:\n  - { source: s, information: 2 }",
      "- { source: s, information: 2 }",
      /at least one of sector/,
    ],
    [
      "a name as an address",
      "observables:\n  - { kind: address, value: 'example[.]org', specificity: specific, source: s, information: 2 }",
      "example[.]org",
      /of kind domain, not address/,
    ],
    [
      "a name that is none",
      "observables:\n  - { kind: domain, value: 'not a name', specificity: specific, source: s, information: 2 }",
      "not a name",
      /is no address/,
    ],
    [
      "a relation to nothing",
      "relations:\n  - { relation: uses, source: s, information: 2 }",
      "relation: uses",
      /either to .* or to_name/,
    ],
    [
      "a relation to itself",
      "relations:\n  - { relation: uses, to: synthetic, source: s, information: 2 }",
      "to: synthetic",
      /no relation to itself/,
    ],
    [
      "a span that ends before it begins",
      "activity:\n  - { from: 2024-05, to: 2024-04-30, source: s, information: 2 }",
      "2024-04-30",
      /to lies before from/,
    ],
    [
      "a day that is none",
      "activity:\n  - { from: 2024-13, source: s, information: 2 }",
      "2024-13",
      /year, month or day/,
    ],
    [
      "a day that no month has",
      "activity:\n  - { from: 2023-02-29, source: s, information: 2 }",
      "2023-02-29",
      /no day of the calendar/,
    ],
    [
      "half of a working day",
      "working_hours:\n  - { from: '08:00', source: s, information: 2 }",
      "08:00",
      /both from and to/,
    ],
    [
      "control characters",
      'descriptions:\n  - { text: "a\\u001b[2Jb", source: s, information: 2 }',
      "u001b",
      /control characters/,
    ],
    [
      "characters that nobody sees",
      'descriptions:\n  - { text: "a\\U000e0041b", source: s, information: 2 }',
      "e0041",
      /control characters/,
    ],
    [
      "text that turns around",
      'descriptions:\n  - { text: "a\\u202eb", source: s, information: 2 }',
      "u202e",
      /control characters/,
    ],
  ])("with %s is refused, with the line", (_, more, words, message) => {
    const text = entryText("synthetic", more);
    const error = problem(text);
    expect(error).toMatchObject({ code: "LW_KNOWLEDGE", file: "knowledge/synthetic.yaml" });
    expect(error.message).toMatch(message);
    expect(error.line).toBe(lineWith(text, words));
  });

  it("takes the days that there are, also the one of leap years", () => {
    const text = entryText(
      "synthetic",
      "activity:\n  - { from: 2024-02-29, to: 2024-12, source: s, information: 2 }",
    );
    expect(parseKnowledge(text, "synthetic.yaml")).toMatchObject({
      entry: { activity: [{ from: "2024-02-29" }] },
    });
  });

  it("says what was meant for the first of thousands of slips, and counts the others", () => {
    const slips = Array.from(
      { length: 4_000 },
      (_, at) => `  - { habit: h${at}, source: ss, information: 2 }\n`,
    );
    const { message } = problem(entryText("synthetic", `infrastructure:\n${slips.join("")}`));
    expect(message).toMatch(/^4000 problems/);
    expect(message.match(/did you mean "s"/g)).toHaveLength(20);
    expect(message).toMatch(/and 3980 more$/);
  });

  it("says the line in JSON too", () => {
    const text = JSON.stringify({ id: "synthetic", kind: "cluster", titel: "x" }, null, 1);
    expect(problem(text, "synthetic.json")).toMatchObject({ line: expect.any(Number) });
    expect(problem(text, "synthetic.json").message).toMatch(/unknown key "titel"/);
  });

  it("names every problem of a file at once", () => {
    const text = entryText(
      "synthetic",
      "techniques:\n  - { technique: X, source: s, information: 0 }\nactivity: 3",
    );
    expect(problem(text).message).toMatch(/3 problems/);
  });

  it("must be called like its entry", () => {
    expect(problem(entryText("synthetic"), "knowledge/other.yaml").message).toMatch(
      /must be called synthetic\.yaml/,
    );
  });

  it("must say who gives its title", () => {
    const text = entryText("synthetic").replace("name: synthetic,", "name: another,");
    expect(problem(text).message).toMatch(/must also stand in names/);
  });

  it("has no source on which nothing rests, and none that nobody can find", () => {
    const unused = entryText("synthetic").replace(
      "names:",
      "  unused: { publisher: P, title: T, url: https://example.org/, reliability: F }\nnames:",
    );
    expect(problem(unused).message).toMatch(/no statement rests on source "unused"/);
    expect(problem(entryText("synthetic").replace("url: https://example.org/report, ", "")).message).toMatch(
      /a source needs a url/,
    );
    expect(
      problem(entryText("synthetic").replace("https://example.org/report", "javascript:alert(1)")).message,
    ).toMatch(/sources\.s\.url/);
  });

  it("ends in an error of ours for alias bombs, endless nesting and empty files", () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${[..."bcdefghi"]
      .map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcdefghi"[at]}`).join(", ")}]`)
      .join("\n")}\n`;
    for (const text of [bomb, "[".repeat(100_000), "", "null", "- 1", "\u0000", `{${'"a":{'.repeat(20_000)}`])
      expect(problem(text).code).toBe("LW_KNOWLEDGE");
  });

  it("never fails in another way, whatever is in it", () => {
    const whole = entryText(
      "synthetic",
      "techniques:\n  - { technique: T1105, source: s, information: 2 }\nobservables:\n  - { kind: domain, value: 'a[.]example', specificity: common, source: s, information: 6 }",
    );
    const edit = fc.record({
      at: fc.nat(whole.length),
      cut: fc.nat(12),
      put: fc.string({ maxLength: 6, unit: "binary" }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut),
          whole,
        );
        try {
          expect(parseKnowledge(text, "synthetic.yaml").kind).toMatch(/entry|successors/);
        } catch (error) {
          expect(error).toBeInstanceOf(LongwatchError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("a file of replaced techniques", () => {
  const text = (successors: string) => `kind: attack-successors
sources:
  s: { publisher: P, title: T, url: https://example.org/, reliability: A }
successors:
${successors}`;

  it("is read", () => {
    const read = parseKnowledge(
      text("  - { from: T1574.002, to: T1574.001, source: s, information: 1 }"),
      "x.yaml",
    );
    expect(read).toMatchObject({ kind: "successors", successors: { successors: [{ from: "T1574.002" }] } });
  });

  it("gives each technique one successor, and not itself", () => {
    const one = "  - { from: T1001, to: T1002, source: s, information: 1 }\n";
    expect(problem(text(`${one}${one}`)).message).toMatch(/T1001 has two successors/);
    expect(problem(text("  - { from: T1001, to: T1001, source: s, information: 1 }")).message).toMatch(
      /cannot replace itself/,
    );
  });
});
