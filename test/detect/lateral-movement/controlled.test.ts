import { expect, it } from "vitest";
import { ControlledHosts } from "../../../src/detect/lateral-movement/controlled.js";
import { MissingSources } from "../../../src/detect/lateral-movement/missing-sources.js";
import type { Step } from "../../../src/detect/lateral-movement/step.js";
import type { Way } from "../../../src/detect/lateral-movement/ways.js";
import { DAY, HOUR } from "../../../src/kernel/time.js";

const AFTER = 100;

function step(first: number, last: number, given: { isCustom?: boolean; name?: string } = {}): Step {
  return {
    ...{ realm: "r", owner: "o", source: "", target: "host", first, last, actor: undefined },
    ...{ moments: [], novelty: undefined, evidence: [] },
    account: { name: given.name ?? "admin", domain: "d", label: "D\\admin" },
    means: new Map([["service", { detail: "", count: 1, days: [], isCustom: given.isCustom === true }]]),
  };
}

it("a host is under control from a step that took it until a while after its last", () => {
  const times = [step(1_000, 1_010), step(0, 500), step(550, 560), step(5_000, 5_000, { isCustom: true })];
  const hosts = new ControlledHosts(times, AFTER);
  const at = [-1, 0, 499, 600, 660, 661, 999, 1_000, 1_110, 1_111, 5_000];
  expect(at.filter((time) => hosts.isAt("r", "host", time))).toEqual([0, 499, 600, 660, 1_000, 1_110]);
  expect(hosts.isAt("r", "other", 0)).toBe(false);
  expect(hosts.isAt("other", "host", 0)).toBe(false);
});

it("and not between two visits that lie weeks apart", () => {
  const visits = { ...step(0, 20 * DAY), moments: [0, 20 * DAY] };
  const hosts = new ControlledHosts([visits], HOUR);
  const at = [0, HOUR, 2 * HOUR, 10 * DAY, 20 * DAY, 20 * DAY + HOUR, 21 * DAY];
  expect(at.filter((time) => hosts.isAt("r", "host", time))).toEqual([0, HOUR, 20 * DAY, 20 * DAY + HOUR]);
});

it("thousands of steps to one host cost each way no more than few", () => {
  const steps = Array.from({ length: 10_000 }, (_, n) =>
    step(n * 1_000, n * 1_000 + 10, { name: `account${n}` }),
  );
  const started = process.cpuUsage();
  const hosts = new ControlledHosts(steps, AFTER);
  const sources = new MissingSources(steps);
  for (const { account, first } of steps) {
    if (!hosts.isAt("r", "host", first + 5)) throw new Error(`not under control at ${first}`);
    sources.offer({ realm: "r", target: "host", ...account, first, last: first } as Way, "from");
  }
  sources.fill();
  expect(steps.every(({ source }) => source === "from")).toBe(true);
  expect(process.cpuUsage(started).user).toBeLessThan(3e6);
});
