import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector, severityOfScore } from "../../../src/detect/first-contact/index.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, everyDay, TestCase } from "../infrastructure-contact/support.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const directory = directoryOf([
  { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
  { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
]);
const background = everyDay(0, 30, (day) => ({ time: at(day), src: "10.1.0.5", dst: "192.0.2.80" }));

async function run(parameters: Record<string, number> = {}) {
  await test.rollUp();
  await test.store.command(
    "INSERT INTO internal_host SELECT DISTINCT address_realm, src_endpoint_ip FROM network_activity WHERE toString(src_endpoint_ip) LIKE '::ffff:10.%'",
  );
  const result = await detector.run(contextFor(test, detector, { directory, parameters }));
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}
const servers = (findings: { entities: { value: string }[] }[]) =>
  findings.map((each) => each.entities[0]?.value);

describe("first-contact", () => {
  it("finds a new and rare destination with volume, and not an old, popular, small or one-day one", async () => {
    await test.flows([
      ...background,
      ...everyDay(10, 20, (day) => ({
        time: at(day),
        src: "10.1.0.5",
        dst: "203.0.113.9",
        out: 5_000_000,
        in: 100_000,
      })),
      ...everyDay(3, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.1", out: 5_000_000 })),
      ...everyDay(10, 20, (day) => ({
        time: at(day),
        src: `10.1.0.${day}`,
        dst: "203.0.113.2",
        out: 5_000_000,
      })),
      ...everyDay(10, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.3", out: 1000 })),
      { time: at(10), src: "10.1.0.5", dst: "203.0.113.4", out: 50_000_000 },
    ]);
    const { findings } = await run();
    expect(servers(findings)).toEqual(["203.0.113.9"]);
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      first_seen: "2023-08-17T10:00:00Z",
      facts: { days: 10, bytes_out: 50_000_000, age_days: 10 },
    });
    expect(findings[0]?.evidence.length).toBeGreaterThan(3);
  });

  it("does not take a new address of a known domain for news", async () => {
    await test.tls([
      { time: at(1), src: "10.1.0.5", dst: "192.0.2.80", sni: "cdn.example.com" },
      { time: at(12), src: "10.1.0.5", dst: "203.0.113.9", sni: "edge7.example.com" },
      { time: at(12), src: "10.1.0.5", dst: "203.0.113.10", sni: "api.unheard-of.net" },
    ]);
    await test.flows([
      ...background,
      ...everyDay(12, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.9", out: 5_000_000 })),
      ...everyDay(12, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.10", out: 5_000_000 })),
    ]);
    const { findings, evaluated } = await run();
    expect(servers(findings)).toEqual(["203.0.113.10"]);
    expect(evaluated).toContainEqual({ what: "of these, addresses of known domains", count: 1 });
  });

  it("gives every sensor a learning period of its own", async () => {
    const late = everyDay(15, 40, (day) => ({
      time: at(day),
      src: "10.2.0.5",
      dst: "203.0.113.20",
      out: 5_000_000,
      sensor: "s2",
    }));
    await test.flows([...background, ...late]);
    expect((await run()).findings).toEqual([]);
  });

  it("makes one finding for each organisation, and bounds their number", async () => {
    await test.flows([
      ...background,
      ...["10.1.0.5", "10.2.0.5"].flatMap((src) =>
        everyDay(10, 20, (day) => ({ time: at(day), src, dst: "203.0.113.9", out: 5_000_000 })),
      ),
      ...everyDay(10, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.8", out: 500_000 })),
    ]);
    const { findings, evaluated } = await run({ max_findings: 1 });
    expect(findings.map((each) => each.org_id).sort()).toEqual(["alpha", "beta"]);
    expect(new Set(findings.map((each) => each.id)).size).toBe(2);
    expect(evaluated).toContainEqual({ what: "destinations not reported (beyond max_findings)", count: 1 });
  });

  it("tests nothing where the telemetry is no longer than the learning period", async () => {
    await test.flows(background.slice(0, 5));
    expect((await run()).notTested).toContain("learning period");
  });

  it("never rates above medium", () => {
    expect([0, 0.5, 1].map(severityOfScore)).toEqual(["informational", "low", "medium"]);
  });
});
