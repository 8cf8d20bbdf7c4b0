import { describe, expect, it } from "vitest";
import { LADDER } from "../../../src/detect/lateral-movement/finding.js";
import { judge, scoreOf } from "../../../src/detect/lateral-movement/judge.js";
import { type Hop, hopOf } from "../../../src/detect/lateral-movement/movement.js";
import type { Step } from "../../../src/detect/lateral-movement/step.js";

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
