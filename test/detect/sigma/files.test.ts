import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkRules } from "../../../src/detect/sigma/check.js";
import { logSources } from "../../../src/detect/sigma/logsource/index.js";
import { parseRules } from "../../../src/detect/sigma/rule/parse.js";
import { ruleText } from "./support.js";

const GOOD = ruleText("a:\n  Image: x\ncondition: a");
const check = (text: string) => {
  const { rules, problems } = parseRules(text, "rules/x.yml");
  return checkRules(rules, problems, logSources()).checked;
};

describe("rule files", () => {
  it("of 50 documents with one broken lose that one, and say its line", () => {
    const documents = Array.from({ length: 50 }, (_, index) =>
      (index === 30 ? GOOD.replace("Image: x", "Image|nonsense: x") : GOOD).replace(
        "000001",
        `0000${index + 10}`,
      ),
    );
    const checked = check(documents.join("---\n"));
    expect(checked).toHaveLength(50);
    const broken = checked.filter(({ status }) => status !== "ok");
    expect(broken).toEqual([
      expect.objectContaining({
        status: "invalid",
        reason: 'the modifier "nonsense" does not exist',
        line: 30 * 9 + 6,
      }),
    ]);
  });

  it("of three documents with one that nests too deep lose that one", () => {
    const deep = `title: deep\nx: 1\n${"- ? ".repeat(20_000)}\ny: 1\n`;
    const checked = check(`${GOOD}---\n${deep}---\n${GOOD.replace("000001", "000002")}`);
    expect(checked.map(({ line, status, reason }) => [line, status, reason])).toEqual([
      [1, "ok", ""],
      [10, "invalid", "the document is nested too deeply"],
      [15, "ok", ""],
    ]);
  });

  it("lay action: global under what follows", () => {
    const text = `action: global\ntitle: base\nlogsource: { product: windows, category: process_creation }\nlevel: high\n---\nid: a\ndetection:\n  x:\n    Image: a\n  condition: x\n---\nid: b\nlevel: low\ndetection:\n  x:\n    Image: b\n  condition: x\n`;
    const { rules, problems } = parseRules(text, "x.yml");
    expect(problems).toEqual([]);
    expect(rules.map(({ id, title, level }) => [id, title, level])).toEqual([
      ["a", "base", "high"],
      ["b", "base", "low"],
    ]);
  });

  it("with one id twice keep the first", () => {
    expect(check(`${GOOD}---\n${GOOD}`).map(({ status, reason }) => [status, reason])).toEqual([
      ["ok", ""],
      ["invalid", 'its id is that of "test" (rules/x.yml:1)'],
    ]);
  });

  it.each([
    [
      "an expression that RE2 has not",
      ruleText("a:\n  Image|re: '(?=x)y'\ncondition: a"),
      "unsupported",
      "regular expression",
    ],
    [
      "an expression that repeats repeats",
      ruleText("a:\n  Image|re: '((a{100}){100}){100}'\ncondition: a"),
      "unsupported",
      "invalid repeat count",
    ],
    [
      "an expression that is small and becomes large",
      ruleText("a:\n  Image|re: '(a.{990}){0,1}(b.{990}){0,1}(c.{990})'\ncondition: a"),
      "unsupported",
      "too large to try on every event",
    ],
    [
      "an expression of many thousand alternatives",
      ruleText(
        `a:\n  Image|re: '${Array.from({ length: 50_000 }, (_, at) => `x${at}`).join("|")}'\ncondition: a`,
      ),
      "unsupported",
      "too large to try on every event",
    ],
    [
      "an expression that nests",
      ruleText(`a:\n  Image|re: '${"(".repeat(4000)}a${")".repeat(4000)}'\ncondition: a`),
      "unsupported",
      "nests too deeply",
    ],
    ["a document that nests", `${GOOD}x: ${"[".repeat(100_000)}\n`, "invalid", "nested too deeply"],
    ["an alias that stands for itself", `${GOOD}x: &a [*a]\n`, "invalid", "nested too deeply"],
    ["an id that is no text", GOOD.replace(/^id:.*$/m, "id: [x]"), "invalid", "id is not a text"],
    [
      "a field that no such event has",
      ruleText("a:\n  Image: x\n  Weather: y\ncondition: a"),
      "unmapped",
      "Weather",
    ],
    ["a level that does not exist", GOOD.replace("level: low", "level: huge"), "invalid", '"huge"'],
    ["no log source", GOOD.replace(/logsource.*\n/, ""), "invalid", "no logsource"],
    ["a list for a rule", "- a\n- b\n", "invalid", "a rule is a map"],
    ["YAML that is none", "title: [unclosed\n", "invalid", ""],
    ["aliases that stand for gigabytes", bomb(), "invalid", "aliases"],
    [
      "a correlation of a missing rule",
      "title: c\ncorrelation:\n  type: event_count\n  rules: [gone]\n  timespan: 1m\n  condition: { gte: 2 }\n",
      "invalid",
      "gone",
    ],
  ])("report %s", (_, text, status, reason) => {
    const checked = check(text);
    expect(checked).toHaveLength(1);
    expect(checked[0]).toMatchObject({ status });
    expect(checked[0]?.reason).toContain(reason);
  });

  it("of any content give rules or problems and nothing else", () => {
    const seed = GOOD;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(seed.length), fc.string({ maxLength: 4 })), { maxLength: 6 }),
        (edits) => {
          let text = seed;
          for (const [at, put] of edits) text = text.slice(0, at) + put + text.slice(at + put.length);
          const { rules, problems } = parseRules(text, "x.yml");
          expect(rules.length + problems.length).toBeLessThanOrEqual(text.split("---").length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Nine levels, each ten times the one before. */
function bomb(): string {
  const levels = ["a: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level++)
    levels.push(
      `${"abcdefghij"[level]}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  return `${levels.join("\n")}\n`;
}
