import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/strobe/index.js";
import { hourlyRate, type PairHour, strobeOf } from "../../../src/detect/strobe/pairs.js";
import { MINUTE, SECOND } from "../../../src/kernel/time.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, type FlowRow, TestCase } from "../infrastructure-contact/support.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
const HOST = "10.1.5.9";
const SERVER = "203.0.113.66";

const many = (count: number, every: number, more: Partial<FlowRow> = {}): FlowRow[] =>
  Array.from({ length: count }, (_, n) => ({ time: at(1, 10) + n * every, src: HOST, dst: SERVER, ...more }));

async function run(
  flows: readonly FlowRow[],
  given: { parameters?: Record<string, number>; allowed?: string[] } = {},
) {
  await test.flows([{ time: at(0), src: HOST, dst: "198.51.100.1" }, ...flows]);
  await test.rollUp();
  await test.tenIsInside();
  const result = await detector.run(
    contextFor(test, detector, {
      directory,
      parameters: given.parameters ?? {},
      allow: { domain: () => false, address: (ip) => given.allowed?.includes(ip) === true },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

describe("strobe names", () => {
  it("a pair that connects about once a second, informational, with its rate and hours", async () => {
    const { findings, evaluated } = await run(many(7200, SECOND * 0.9, { answered: false, port: 8080 }));
    expect(findings).toMatchObject([
      {
        title: "10.1.5.9 opened 7,200 connections to 203.0.113.66",
        severity: "informational",
        org_id: "alpha",
        attack: [],
        facts: {
          connections: 7200,
          answered: 0,
          connections_per_hour: expect.closeTo(4000, -1),
          hours: 2,
          port: 8080,
          direction: "outbound",
        },
      },
    ]);
    expect(findings[0]?.evidence.length).toBeGreaterThan(0);
    expect(findings[0]?.entities.some(({ role }) => role === "server" || role === "victim")).toBe(false);
    expect(evaluated).toContainEqual({ what: "pairs with a busy hour", count: 1 });
  });

  it("a day's worth at RITA's limit, and a capture of minutes at the same rate", async () => {
    expect((await run(many(86_400, SECOND))).findings).toMatchObject([{ facts: { connections: 86_400 } }]);
    await test.clear();
    expect((await run(many(800, SECOND * 0.7))).findings).toHaveLength(1);
  });

  it("what is spread over ports and sensors' files, and both directions", async () => {
    const ports = many(3600, SECOND * 0.8).map((flow, n) => ({ ...flow, port: 8000 + (n % 6) }));
    const inbound = many(3600, SECOND * 0.8, { src: "198.51.100.66", dst: "10.1.0.80" });
    const internal = many(3600, SECOND * 0.8, { dst: "10.1.0.9" });
    const { findings } = await run([...ports, ...inbound, ...internal]);
    expect(findings.map(({ facts }) => facts.direction).sort()).toEqual(["inbound", "internal", "outbound"]);
    expect(findings.map(({ facts }) => facts.connections)).toEqual([3600, 3600, 3600]);
  });
});

describe("strobe says nothing of", () => {
  it.each([
    ["a pair that connects every other second", many(1800, 2 * SECOND)],
    ["a burst of seconds", many(500, 20)],
    ["a busy web page", many(100, SECOND / 4)],
    ["a beacon of a minute", many(2000, MINUTE)],
    ["multicast", many(5000, SECOND / 2, { dst: "239.255.255.250" })],
    ["strangers among themselves", many(5000, SECOND / 2, { src: "198.51.100.7" })],
  ])("%s", async (_, flows) => {
    expect((await run(flows)).findings).toEqual([]);
  });

  it("what the user allows; beyond the limit it counts", async () => {
    expect((await run(many(3600, SECOND / 2), { allowed: [SERVER] })).findings).toEqual([]);
    await test.clear();
    const several = [1, 2, 3].flatMap((n) => many(3000, SECOND / 2, { dst: `203.0.113.${n}` }));
    const { findings, evaluated } = await run(several, { parameters: { max_findings: 1 } });
    expect(findings).toHaveLength(1);
    expect(evaluated).toContainEqual({ what: "strobes not reported (beyond max_findings)", count: 2 });
  });

  it("a case without inside hosts or without connections: not tested", async () => {
    expect((await detector.run(contextFor(test, detector, { directory }))).notTested).toContain("inside");
    await test.store.command("INSERT INTO internal_host VALUES ('r1', '10.1.0.1')");
    expect((await detector.run(contextFor(test, detector, { directory }))).notTested).toContain(
      "no connections",
    );
  });
});

describe("rates", () => {
  const hour = (connections: number, seconds: number, number = 1): PairHour => ({
    ...{ realm: "r1", src: HOST, dst: SERVER, hour: number, connections, answered: 0, port: 443 },
    ...{
      first: number * 3_600_000,
      last: number * 3_600_000 + seconds * 1000,
      srcInside: true,
      dstInside: false,
    },
  });
  const limits = { perHour: 3600, minConnections: 600, minSeconds: 300 };

  it("take a burst as if it had lasted the least time, and an hour as an hour", () => {
    expect(hourlyRate(hour(600, 10), 300)).toBe(7200);
    expect(hourlyRate(hour(600, 600), 300)).toBe(3600);
    expect(hourlyRate(hour(600, 3600), 300)).toBe(600);
  });

  it("count the hours at the limit, and all connections of the pair", () => {
    expect(strobeOf([hour(4000, 3600), hour(100, 3000, 2), hour(5000, 3600, 3)], limits)).toMatchObject({
      connections: 9100,
      hours: 2,
      perHour: 5000,
    });
    expect(strobeOf([hour(100, 3000)], limits)).toBeUndefined();
  });
});
