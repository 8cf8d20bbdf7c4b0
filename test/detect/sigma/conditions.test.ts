import { describe, expect, it } from "vitest";
import { matches, refusal, sysmon } from "./support.js";

const NAMED =
  "a:\n  Image: a\nb:\n  User: b\nsel_1:\n  Image: a\nsel_2:\n  User: b\n_hidden:\n  Image: never";
const holds = (condition: string, data: Record<string, string>): boolean =>
  matches(`${NAMED}\ncondition: ${condition}`, sysmon(data));

describe("conditions", () => {
  it.each([
    ["a and b", true, false, false],
    ["a or b", true, true, false],
    ["not a", false, false, true],
    ["a and not b", false, true, false],
    ["not a and b or a", true, true, false],
    ["not (a and b)", false, true, true],
    ["1 of sel_*", true, true, false],
    ["any of sel_*", true, true, false],
    ["all of sel_*", true, false, false],
    ["all of *_1", true, true, false],
    ["1 of s*l_*", true, true, false],
    ["all of them", true, false, false],
    ["NOT a AND NOT b", false, false, true],
  ])("%s", (condition, both, onlyA, neither) => {
    expect(holds(condition, { Image: "a", User: "b" })).toBe(both);
    expect(holds(condition, { Image: "a", User: "x" })).toBe(onlyA);
    expect(holds(condition, { Image: "x", User: "x" })).toBe(neither);
  });

  it("as a list are alternatives", () => {
    const detection = `${NAMED}\ncondition:\n  - a and b\n  - not a`;
    expect(matches(detection, sysmon({ Image: "x", User: "b" }))).toBe(true);
    expect(matches(detection, sysmon({ Image: "a", User: "x" }))).toBe(false);
  });

  it.each([
    ["a name that does not exist", "c", "names c, which does not exist"],
    ["a pattern that fits nothing", "1 of none_*", "which nothing is called"],
    ["a parenthesis that stays open", "(a and b", "lacks a closing parenthesis"],
    ["two names side by side", "a b", 'has "b" where and, or, or its end was due'],
    ["an aggregation", "a | count() > 5", "replaced by correlations"],
    ["another number", "2 of sel_*", "only 1, any and all exist"],
    ["nothing after and", "a and", "ends too early"],
    ["deep nesting", `${"(".repeat(300)}a${")".repeat(300)}`, "nested too deeply"],
  ])("refuse %s", (_, condition, reason) => {
    expect(refusal(`${NAMED}\ncondition: ${condition}`)).toContain(reason);
  });

  it("look for keywords in every value", () => {
    const detection = "keywords:\n  - evil thing\n  - other\ncondition: keywords";
    expect(matches(detection, sysmon({ Description: "an EVIL thing here" }))).toBe(true);
    expect(matches(detection, sysmon({ Description: "evil  thing" }))).toBe(false);
  });

  it("ask for one map of a list, and all fields of it", () => {
    const detection = "selection:\n  - Image: a\n    User: b\n  - Image: c\ncondition: selection";
    expect(matches(detection, sysmon({ Image: "a", User: "b" }))).toBe(true);
    expect(matches(detection, sysmon({ Image: "c" }))).toBe(true);
    expect(matches(detection, sysmon({ Image: "a", User: "c" }))).toBe(false);
  });
});
