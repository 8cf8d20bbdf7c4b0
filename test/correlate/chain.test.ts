import { describe, expect, it } from "vitest";
import { type ChainItem, killChain } from "../../src/correlate/chain.js";
import type { Tactic } from "../../src/model/incident.js";

const item = (time: number, ...tactics: Tactic[]): ChainItem => ({ time, tactics, weight: 0.8 });
const tacticsOf = (items: readonly ChainItem[]) => killChain(items).map(({ tactic }) => tactic);

describe("the kill chain of an incident", () => {
  it("is the longest sequence in which stages rise", () => {
    expect(
      tacticsOf([
        item(1, "initial-access"),
        item(2, "execution"),
        item(3, "persistence"),
        item(4, "execution"),
        item(5, "lateral-movement"),
        item(6, "exfiltration"),
      ]),
    ).toEqual(["initial-access", "execution", "persistence", "lateral-movement", "exfiltration"]);
  });

  it("counts a stage once, however often it comes", () => {
    expect(tacticsOf([1, 2, 3, 4].map((time) => item(time, "discovery")))).toEqual(["discovery"]);
  });

  it("is short where stages come the wrong way round", () => {
    expect(
      tacticsOf([item(1, "exfiltration"), item(2, "lateral-movement"), item(3, "execution")]),
    ).toHaveLength(1);
  });

  it("lets evasion and command and control stand anywhere behind a foothold, each once", () => {
    expect(
      tacticsOf([
        item(1, "initial-access"),
        item(2, "command-and-control"),
        item(3, "execution"),
        item(4, "command-and-control"),
        item(5, "exfiltration"),
        item(6, "defense-evasion"),
      ]),
    ).toEqual(["initial-access", "command-and-control", "execution", "exfiltration", "defense-evasion"]);
    expect(tacticsOf([item(1, "command-and-control"), item(2, "initial-access")])).toHaveLength(1);
  });

  it("gives a technique of several tactics the one that serves the sequence", () => {
    // Scheduled task (T1053): execution, persistence or privilege escalation.
    expect(
      tacticsOf([item(1, "execution"), item(2, "execution", "persistence"), item(3, "discovery")]),
    ).toEqual(["execution", "persistence", "discovery"]);
  });

  it("takes two things of one instant in either order", () => {
    expect(tacticsOf([item(1, "lateral-movement"), item(1, "execution")])).toEqual([
      "execution",
      "lateral-movement",
    ]);
  });

  it("prefers what is believed to what is many", () => {
    const weak = (time: number, tactic: Tactic): ChainItem => ({ time, tactics: [tactic], weight: 0.05 });
    expect(
      killChain([
        weak(1, "discovery"),
        item(2, "execution"),
        weak(3, "persistence"),
        item(4, "persistence"),
      ]).map(({ item: at }) => at),
    ).toEqual([1, 3]);
  });

  it("of nothing is nothing", () => {
    expect(killChain([])).toEqual([]);
    expect(killChain([{ time: 1, tactics: [], weight: 1 }])).toEqual([]);
  });
});
