import { describe, expect, it } from "vitest";
import { LADDER } from "../../../src/detect/lateral-movement/finding.js";
import { judge, scoreOf } from "../../../src/detect/lateral-movement/judge.js";
import { type Hop, hopOf, movements } from "../../../src/detect/lateral-movement/movement.js";
import type { Step } from "../../../src/detect/lateral-movement/step.js";
import { DAY, HOUR } from "../../../src/kernel/time.js";

const [, , HIGH] = LADDER;

/** A shell as PsExec's on a host that the account never reached from there. */
function step(more: Partial<Step> = {}): Step {
  const use = { detail: "", count: 1, days: [], isCustom: false };
  return {
    ...{ realm: "r", owner: "", source: "desk", target: "pc1", actor: undefined, first: 0, last: 0 },
    account: { name: "adm-one", domain: "corp", label: "CORP\\adm-one" },
    means: new Map([
      ["remote_shell", use],
      ["service", use],
    ]),
    moments: [],
    novelty: 1,
    evidence: [],
    ...more,
  };
}
const scored = (...hops: Hop[]) => scoreOf(judge({ hops }, undefined, 6));
const hop = (more: Partial<Step> = {}, critical?: Hop["critical"]) => hopOf(step(more), critical);

describe("how grave a movement is", () => {
  it("one command to one host is never high, however new the way", () => {
    const score = scored(hop());
    expect(score).toBeLessThan(HIGH);
    expect(score).toBeGreaterThan(0.7);
  });

  it("it is where anything else speaks against it: another's credentials, a second host, a critical one", () => {
    const actor = { name: "anna", domain: "corp", label: "CORP\\anna" };
    expect(scored(hop({ actor }))).toBeGreaterThan(HIGH);
    expect(scored(hop(), hop({ target: "pc2" }))).toBeGreaterThan(HIGH);
    expect(scored(hop({}, { role: "domain controller", isNew: true }))).toBeGreaterThan(HIGH);
  });
});

describe("what follows from a way that is used again weeks later", () => {
  const limits = { pathHours: 12, switchHours: 2 };
  const visits = { ...step(), last: 20 * DAY, moments: [0, 20 * DAY] };
  const account = { name: "adm-two", domain: "corp", label: "CORP\\adm-two" };
  const onwards = (first: number) => step({ source: "pc1", target: "pc2", account, first, last: first });
  const found = (...steps: Step[]) =>
    movements(
      steps.map((each) => hopOf(each, undefined)),
      limits,
    ).length;

  it("is what happens shortly after one of its uses", () => {
    expect(found(visits, onwards(HOUR))).toBe(1);
    expect(found(visits, onwards(20 * DAY + HOUR))).toBe(1);
  });

  it("and not what happens between them, on the host or from the desk", () => {
    expect(found(visits, onwards(2 * DAY))).toBe(2);
    expect(found(visits, step({ target: "pc3", first: 2 * DAY, last: 2 * DAY }))).toBe(2);
  });
});
