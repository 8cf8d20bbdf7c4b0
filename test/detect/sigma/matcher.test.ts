import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logSources } from "../../../src/detect/sigma/logsource/index.js";
import { Automaton } from "../../../src/detect/sigma/match/automaton.js";
import { compile } from "../../../src/detect/sigma/match/compile.js";
import { Matcher } from "../../../src/detect/sigma/match/matcher.js";
import { regexLiterals } from "../../../src/detect/sigma/match/regex-literals.js";
import { EventView } from "../../../src/detect/sigma/match/view.js";
import type { Condition, DetectionRule } from "../../../src/detect/sigma/rule/model.js";
import { condition, eventData } from "./generated.js";
import { matches, parsed, sysmon, windowsEvent } from "./support.js";

describe("the search for many texts", () => {
  it("finds what a search for each one finds", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "é"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 12 }),
        fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "é") }),
        (texts, value) => {
          const found = new Set<number>();
          new Automaton(texts.map((text, id) => ({ text, id }))).search(value, (id) => found.add(id));
          expect([...found].sort()).toEqual(
            texts.flatMap((text, id) => (value.includes(text) ? [id] : [])).sort(),
          );
        },
      ),
    );
  });
});

describe("texts that a regular expression needs", () => {
  it.each([
    ["cmd.{0,5}(?:/c|/r).+&&", ["cmd"]],
    ["abc?def", ["def"]],
    ["ab+cd", ["bcd"]],
    ["one|twofold", ["one", "twofold"]],
    ["a.b|", undefined],
    ["[abc]+", undefined],
    ["\\$\\{?env", ["env"]],
    ["x\\.exe\\s", ["x.exe"]],
    ["(?i)HTTP", ["http"]],
    ["\\x41bcd", ["bcd"]],
    ["\\p{Greek}\\p{L}x", ["x"]],
    ["a{0}b{2}c", ["bc"]],
    ["[]x]yz", ["yz"]],
    ["\\Qa.b\\E", undefined],
  ])("%s", (source, literals) => {
    expect(regexLiterals(source)).toEqual(literals);
  });
});

const ENTRIES = logSources();
function ruleOf(each: Condition, index: number): DetectionRule {
  const head = {
    path: "x.yml",
    line: 1,
    id: `${index}`,
    name: "",
    title: `${index}`,
    description: "",
    status: "",
    tags: [],
  };
  return {
    ...head,
    level: "low",
    kind: "detection",
    logsource: { product: "windows", category: "process_creation" },
    condition: each,
  };
}

describe("the matcher", () => {
  it("with its search finds what each rule by itself finds", () => {
    let positive = 0;
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 8 }),
        fc.array(eventData, { minLength: 1, maxLength: 5 }),
        (conditions, events) => {
          const matcher = new Matcher(conditions.map(ruleOf), ENTRIES);
          for (const each of events) {
            const event = sysmon(each);
            const view = new EventView({});
            const expected = conditions.flatMap((one, index) => {
              const test = compile(one, view);
              view.load(event);
              return test(view) ? [`${index}`] : [];
            });
            positive += expected.length;
            expect(
              matcher
                .match(event)
                .map(({ rule }) => rule.id)
                .sort(),
            ).toEqual(expected.sort());
          }
        },
      ),
      { numRuns: 200, seed: 20261125 },
    );
    expect(positive).toBeGreaterThan(200);
  });

  it("takes Security 4688 for a process creation, with its own field names", () => {
    const detection =
      "a:\n  Image|endswith: '\\cmd.exe'\n  ParentImage|endswith: '\\w3wp.exe'\n  IntegrityLevel: High\ncondition: a";
    const data = {
      NewProcessName: "C:\\Windows\\cmd.exe",
      ParentProcessName: "C:\\w3wp.exe",
      MandatoryLabel: "S-1-16-12288",
    };
    const at = (id: number) => windowsEvent("Security", "Microsoft-Windows-Security-Auditing", id, data);
    expect(matches(detection, at(4688))).toBe(true);
    expect(matches(detection, at(4689))).toBe(false);
  });

  it("takes Security 4657 for a registry value that was set", () => {
    const { rules } = parsed(
      "a:\n  TargetObject|contains: '\\Control\\Lsa\\'\n  TargetObject|startswith: 'HKLM\\'\ncondition: a",
    );
    const rule = {
      ...(rules[0] as DetectionRule),
      logsource: { product: "windows", category: "registry_set" },
    };
    const matcher = new Matcher([rule], ENTRIES);
    const event = windowsEvent("Security", "Microsoft-Windows-Security-Auditing", 4657, {
      ObjectName: "\\REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa",
      ObjectValueName: "RunAsPPL",
    });
    const [match] = matcher.match(event);
    expect(match?.fields()).toEqual({
      TargetObject: "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\RunAsPPL",
    });
  });

  it("asks for the channel and not for the event id alone", () => {
    const detection = "a:\n  Image: x\ncondition: a";
    expect(matches(detection, windowsEvent("Application", "Whoever", 1, { Image: "x" }))).toBe(false);
    expect(matches(detection, sysmon({ Image: "x" }))).toBe(true);
  });

  it("reads names with spaces under the names that rules give them", () => {
    const { rules } = parsed("a:\n  ThreatName: x\n  Feature_Name: y\ncondition: a");
    const rule = { ...(rules[0] as DetectionRule), logsource: { product: "windows", service: "windefend" } };
    const event = windowsEvent(
      "Microsoft-Windows-Windows Defender/Operational",
      "Microsoft-Windows-Windows Defender",
      1116,
      {
        "Threat Name": "x",
        "Feature Name": "y",
      },
    );
    expect(new Matcher([rule], ENTRIES).match(event)).toHaveLength(1);
  });

  it("lets a filter take matches away", () => {
    const { rules } = parsed("a:\n  Image: x\ncondition: a");
    const [rule] = rules as [DetectionRule];
    const filter = {
      ...rule,
      kind: "filter" as const,
      id: "f",
      rules: [rule.id],
      condition: {
        kind: "not",
        part: {
          kind: "field",
          field: "User",
          predicate: { kind: "text", pattern: { parts: ["admin"], cased: false } },
        },
      } as Condition,
    };
    const matcher = new Matcher([rule, filter], ENTRIES);
    expect(matcher.match(sysmon({ Image: "x", User: "admin" }))).toHaveLength(0);
    expect(matcher.match(sysmon({ Image: "x", User: "eve" }))).toHaveLength(1);
  });

  it("is not hung by an expression that blows up elsewhere", () => {
    const detection = "a:\n  CommandLine|re: '(a+)+$'\ncondition: a";
    expect(matches(detection, sysmon({ CommandLine: `${"a".repeat(50_000)}b` }))).toBe(false);
  });
});
