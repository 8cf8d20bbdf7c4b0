import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  detector,
  durationValue,
  scorePair,
  severityOfPair,
} from "../../../src/detect/long-connection/index.js";
import { findingSchema, severityRank } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, TestCase } from "../infrastructure-contact/support.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const HOUR = 3600;
const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);

async function run(parameters: Record<string, number> = {}) {
  await test.rollUp();
  await test.store.command(
    "INSERT INTO internal_host SELECT DISTINCT address_realm, src_endpoint_ip FROM network_activity WHERE toString(src_endpoint_ip) LIKE '::ffff:10.%'",
  );
  const result = await detector.run(contextFor(test, detector, { directory, parameters }));
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

describe("long-connection", () => {
  it("finds the long connection to a rare server, with its evidence", async () => {
    await test.flows([
      {
        time: at(0),
        src: "10.1.0.5",
        dst: "203.0.113.9",
        port: 8443,
        duration: 13 * HOUR,
        out: 5_000_000,
        in: 10_000,
      },
      { time: at(1), src: "10.1.0.5", dst: "203.0.113.9", port: 8443, duration: 100 },
      { time: at(0), src: "10.1.0.6", dst: "192.0.2.7", duration: 49 * 60 },
    ]);
    const { findings, evaluated } = await run();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      severity: "medium",
      facts: { connections: 1, longest_seconds: 13 * HOUR, ports: [8443], open: 0 },
    });
    expect(findings[0]?.evidence[0]).toMatchObject({ source_id: "log-s1", line: 1 });
    expect(evaluated).toContainEqual({ what: "pairs with long connections", count: 1 });
  });

  it("counts an open connection once, however many snapshots, and not beside its final record", async () => {
    await test.flows([
      ...[1, 2, 3, 4, 5].map((hours) => ({
        time: at(0),
        src: "10.1.0.5",
        dst: "203.0.113.9",
        uid: "Copen",
        state: "open" as const,
        duration: hours * HOUR,
        out: hours * 1000,
      })),
      ...[1, 2, 9].map((hours) => ({
        time: at(2),
        src: "10.1.0.5",
        dst: "203.0.113.10",
        uid: "Cdone",
        state: "long" as const,
        duration: hours * HOUR,
      })),
      { time: at(2), src: "10.1.0.5", dst: "203.0.113.10", uid: "Cdone", duration: 2 * HOUR },
      // Its final record is short: the snapshot counts for nothing.
      { time: at(3), src: "10.1.0.5", dst: "203.0.113.11", uid: "Cshort", state: "open", duration: 3 * HOUR },
      { time: at(3), src: "10.1.0.5", dst: "203.0.113.11", uid: "Cshort", duration: 10 },
    ]);
    const { findings } = await run();
    expect(
      findings.map((each) => [
        each.entities[0]?.value,
        each.facts.connections,
        each.facts.open,
        each.facts.longest_seconds,
        each.facts.bytes_out,
      ]),
    ).toEqual([
      ["203.0.113.9", 1, 1, 5 * HOUR, 5000],
      ["203.0.113.10", 1, 0, 2 * HOUR, 2000],
    ]);
    expect(findings[0]?.explanation.key).toBe("long-connection.open");
  });

  it("counts a connection that two sensors saw once", async () => {
    const flow = { time: at(0), src: "10.1.0.5", dst: "203.0.113.9", srcPort: 40_000, duration: 5 * HOUR };
    await test.flows([
      { ...flow, sensor: "zeek" },
      { ...flow, time: at(0) + 900, sensor: "suricata" },
    ]);
    const { findings } = await run();
    expect(findings[0]?.facts.connections).toBe(1);
  });

  it("ranks popular servers down, and bounds the number of findings", async () => {
    await test.flows([
      ...Array.from({ length: 12 }, (_, n) => ({
        time: at(0),
        src: `10.1.1.${n}`,
        dst: "192.0.2.1",
        duration: 20 * HOUR,
      })),
      { time: at(0), src: "10.1.0.5", dst: "203.0.113.9", duration: 13 * HOUR },
    ]);
    const { findings, evaluated } = await run({ max_findings: 3 });
    expect(findings).toHaveLength(3);
    expect(findings[0]?.entities[0]?.value).toBe("203.0.113.9");
    expect(findings.slice(1).map((each) => each.severity)).toEqual(["informational", "informational"]);
    expect(evaluated).toContainEqual({ what: "pairs not reported (beyond max_findings)", count: 10 });
  });

  it("lists the longest connections between inside hosts, informational and beside the others", async () => {
    await test.flows([
      { time: at(0), src: "10.1.0.5", dst: "10.1.0.6", duration: 20 * HOUR },
      { time: at(0), src: "10.1.0.6", dst: "10.1.0.5", duration: 19 * HOUR },
      { time: at(0), src: "10.1.0.6", dst: "10.1.0.7", duration: 18 * HOUR },
      { time: at(0), src: "10.1.0.7", dst: "203.0.113.9", duration: 2 * HOUR },
    ]);
    const { findings, evaluated } = await run({ max_internal: 2 });
    expect(findings.map((each) => [each.facts.direction, each.facts.longest_seconds, each.severity])).toEqual(
      [
        ["outbound", 2 * HOUR, "low"],
        ["internal", 20 * HOUR, "informational"],
        ["internal", 19 * HOUR, "informational"],
      ],
    );
    expect(findings[1]?.entities).toEqual([
      { kind: "host", value: "10.1.0.6", realm: "r1", role: "target" },
      { kind: "host", value: "10.1.0.5", realm: "r1", role: "source" },
    ]);
    expect(evaluated).toContainEqual({ what: "pairs not reported (beyond max_findings)", count: 0 });
    expect((await run({ max_internal: 0 })).findings).toHaveLength(1);
  });

  it("never rates above medium, and interpolates the ladder", () => {
    expect([0, 1, 2.5, 4, 8, 12, 100].map((hours) => durationValue(hours * HOUR))).toEqual([
      0, 0.25, 0.375, 0.5, 0.75, 1, 1,
    ]);
    const pair = {
      realm: "",
      host: "",
      server: "",
      inbound: false,
      internal: false,
      connections: 1,
      open: 1,
      longest: 1e6,
      total: 1e6,
      bytesOut: 1e9,
      bytesIn: 0,
      ports: [],
      first: 0,
      last: 0,
    };
    const most = scorePair(pair, { hosts: 1, names: [] });
    expect(most.score).toBe(1);
    expect(severityRank(severityOfPair(most, 3))).toBe(severityRank("medium"));
  });
});
