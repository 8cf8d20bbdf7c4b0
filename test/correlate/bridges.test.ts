import { describe, expect, it } from "vitest";
import { DAY, rfc3339 } from "../../src/kernel/time.js";
import type { Entity, Finding, FindingPart } from "../../src/model/finding.js";
import { account, groupsOf, host, type Made, make, only, run, START, server } from "./support.js";

const part = (day: number, ...entities: Entity[]): FindingPart => ({
  first_seen: rfc3339(START + day * DAY),
  last_seen: rfc3339(START + day * DAY),
  entities,
});
const from = (value: string) => host(value, "r1", "origin");
const strong = (name: string, day = 0) => make({ name: `on ${name}`, day, entities: [host(name)] });
const weak = (more: Made) => make({ severity: "low", score: 0.5, ...more });
const groups = (findings: Finding[]) => groupsOf(run(findings), findings);

describe("a finding that gathers acts on several hosts", () => {
  const parts = [part(0, host("ws1")), part(9, host("ws2"))];
  const rule = make({ name: "rule", days: 9, entities: [host("ws1"), host("ws2")], parts });

  it("stands in the incident of each, at its time there, and ties none to another", () => {
    const findings = [strong("ws1"), strong("ws2", 9), rule];
    expect(groups(findings)).toEqual([
      ["on ws1", "rule"],
      ["on ws2", "rule"],
    ]);
    const times = run(findings).incidents.map(({ first_seen, last_seen }) => [first_seen, last_seen]);
    expect(times.flat().sort()).toEqual([0, 0, 9, 9].map((day) => rfc3339(START + day * DAY)));
    // At another time the part of that host is an incident of its own.
    expect(groups([strong("ws1", 20), rule])).toHaveLength(3);
  });

  it("ties hosts of one part, and those that a third thing of all of them is common to", () => {
    const path = [part(0, from("ws1"), host("ws2"), account("CORP\\ada")), part(1, from("ws2"), host("ws3"))];
    const moves = make({
      name: "moves",
      days: 1,
      entities: [host("ws1"), host("ws2"), host("ws3")],
      parts: path,
    });
    expect(groups([moves])).toEqual([["moves"]]);
    const file: Entity = { kind: "file", value: "ab".repeat(32), role: "library" };
    const same = { ...rule, entities: [...rule.entities, file] };
    expect(groups([strong("ws1"), strong("ws2", 9), same])).toEqual([["on ws1", "on ws2", "rule"]]);
  });

  it("counts as one finding", () => {
    const { summary, incidents } = run([strong("ws1"), strong("ws2", 9), rule]);
    expect(summary).toMatchObject({ findings: 3, joined: 3, incidents: 2, standing_alone: [] });
    expect(incidents.map(({ findings, members }) => [findings.length, members.length])).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  it("does not tie accounts together if it is about more than eight and names several", () => {
    const parts = Array.from({ length: 9 }, (_, index) => part(0, host(`ws${index + 1}`)));
    const wide = (...names: string[]) =>
      make({
        name: "wide",
        entities: [...names.map(account), ...parts.flatMap(({ entities }) => entities)],
        parts,
      });
    const used = (name: string) =>
      make({ name: `${name} used`, entities: [host(`of ${name}`), account(name)] });
    expect(groups([used("ada"), used("bob"), wide("ada", "bob")])).toHaveLength(3);
    expect(groups([used("ada"), used("bob"), wide("ada")])).toEqual([["ada used", "wide"], ["bob used"]]);
  });

  it("says how machines are here if it is about more than eight", () => {
    const many = Array.from({ length: 9 }, (_, index) => `ws${index + 1}`);
    const wide = make({
      name: "wide",
      entities: many.map((name) => host(name)),
      parts: many.map((name) => part(0, host(name))),
    });
    expect(groups([strong("ws1"), strong("ws2"), wide])).toEqual([
      ["on ws1", "wide"],
      ["on ws2", "wide"],
    ]);
  });
});

describe("two incidents become one over a weak step from a host of one to a host of the other", () => {
  const step = (day: number, more: Partial<Made> = {}) =>
    weak({ name: "step", day, parts: [part(day, from("ws1"), host("ws2"))], ...more });

  it("when the first was under way there", () => {
    const findings = [strong("ws1"), step(2), strong("ws2", 3)];
    expect(groups(findings)).toEqual([["on ws1", "on ws2", "step"]]);
    expect(JSON.stringify(only(run(findings)).explanation.args)).toContain("ws2 (by weak findings)");
  });

  it("and not before it was, long after it, or without an incident at its end", () => {
    expect(groups([step(0), strong("ws1", 2), strong("ws2", 2)])).toHaveLength(2);
    expect(groups([strong("ws1"), step(9), strong("ws2", 9)])).toHaveLength(2);
    expect(groups([strong("ws1"), step(2), strong("ws2", 12)])).toHaveLength(2);
    expect(
      groups([strong("ws1"), step(2), weak({ name: "on ws2", day: 2, entities: [host("ws2")] })]),
    ).toHaveLength(1);
  });

  it("and not over two weak steps, or over what only supports", () => {
    const on = weak({ name: "on", day: 2, parts: [part(2, from("ws3"), host("ws2"))] });
    const to = weak({ name: "to", day: 1, parts: [part(1, from("ws1"), host("ws3"))] });
    expect(groups([strong("ws1"), to, on, strong("ws2", 3)])).toHaveLength(2);
    const doubt = step(2, { facts: { rests_on_suspicion: true } });
    expect(groups([strong("ws1"), doubt, strong("ws2", 3)])).toHaveLength(2);
    expect(groups([strong("ws1"), step(2, { severity: "informational" }), strong("ws2", 3)])).toHaveLength(2);
  });
});

describe("two incidents become one over a server that hosts of both have weak findings about", () => {
  const calls = (name: string, more: Partial<Made> = {}) =>
    weak({ name: `${name} calls`, days: 9, entities: [host(name), server("c2.example.net")], ...more });

  it("and hardly anybody else", () => {
    const findings = [strong("ws1"), calls("ws1"), strong("ws2", 9), calls("ws2")];
    expect(groups(findings)).toEqual([["on ws1", "on ws2", "ws1 calls", "ws2 calls"]]);
  });

  it("and not if a host without an incident has one, or many have it", () => {
    const findings = [strong("ws1"), calls("ws1"), strong("ws2"), calls("ws2")];
    expect(groups([...findings, calls("ws3")])).toHaveLength(2);
    const others = ["a", "b", "c", "d"].map((name) => calls(name, { severity: "informational" }));
    expect(groups([...findings, ...others])).toHaveLength(2);
  });

  it("and not if one side has it only from what supports", () => {
    const findings = [strong("ws1"), calls("ws1"), strong("ws2"), calls("ws2", { detector: "persistence" })];
    expect(groups(findings)).toHaveLength(2);
  });
});
