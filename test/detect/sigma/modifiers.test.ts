import { describe, expect, it } from "vitest";
import { CASES } from "./cases.js";
import { fits, matches, refusal, sysmon } from "./support.js";

describe("modifiers", () => {
  it.each(CASES)("%s: fits, and not the near miss", (_, item, hit, miss) => {
    expect(fits(item, hit)).toBe(true);
    expect(fits(item, miss)).toBe(false);
  });

  it("take the values of a placeholder", () => {
    const detection = "selection:\n  User|expand: '%admins%'\ncondition: selection";
    const placeholders = new Map([["admins", ["root", "alice*"]]]);
    expect(matches(detection, sysmon({ User: "Alice2" }), placeholders)).toBe(true);
    expect(matches(detection, sysmon({ User: "bob" }), placeholders)).toBe(false);
  });

  it.each([
    ["an unknown one", "Image|contain: a", 'the modifier "contain" does not exist'],
    ["two positions", "Image|contains|endswith: a", "do not go together"],
    ["a network that is none", "Image|cidr: 10.0.0.0/33", "is not a network"],
    ["a number that is none", "Image|lt: many", "is not a number"],
    ["flags without re", "Image|i: a", '"i" belongs to re'],
    ["re with contains", "Image|re|contains: a", '"contains" does not go with "re"'],
    ["base64 of a wildcard", "Image|base64: 'a*'", "has no base64 form"],
    ["a placeholder without values", "Image|expand: '%x%'", "the placeholder %x% has no values"],
    ["a word for exists", "Image|exists: maybe", "exists takes true or false"],
    ["no values", "Image: []", "has an empty list of values"],
  ])("refuse %s with the reason", (_, item, reason) => {
    expect(refusal(`selection:\n  ${item}\ncondition: selection`)).toContain(reason);
  });
});
