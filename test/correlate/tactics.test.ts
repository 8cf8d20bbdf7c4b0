import { describe, expect, it } from "vitest";
import { tacticsOf } from "../../src/correlate/tactics.js";
import { DETECTORS } from "../../src/detect/registry.js";
import { TACTICS } from "../../src/model/incident.js";

describe("the table of ATT&CK tactics", () => {
  it("knows every technique that a detector of ours names", () => {
    const named = [...new Set(DETECTORS.flatMap(({ manifest }) => [...manifest.attack]))];
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((technique) => tacticsOf(technique).length === 0)).toEqual([]);
  });

  it("gives sub-techniques the tactics of their technique, in the order of the matrix", () => {
    expect(tacticsOf("T1053.005")).toEqual(["execution", "persistence", "privilege-escalation"]);
    expect(tacticsOf("t1041")).toEqual(["exfiltration"]);
    expect(TACTICS).toHaveLength(14);
  });

  it("says nothing of techniques that there are not", () => {
    expect(tacticsOf("T9999")).toEqual([]);
    expect(tacticsOf("nonsense")).toEqual([]);
  });
});
