import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/infrastructure-contact/index.js";
import type { DetectContext } from "../../../src/detect/port.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, contextFor, directoryOf, everyDay, indicator, TestCase } from "./support.js";

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(() => test.clear());
afterAll(() => test.close());

const ORGS = directoryOf([
  { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
  { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
  { cidr: "10.1.0.0/16", realm: "r2", org: "gamma" },
  { cidr: "198.51.100.0/24", realm: "*", org: "alpha" },
]);
const C2 = "203.0.113.9";

async function hunt(given: Partial<DetectContext> & { parameters?: Record<string, number> }) {
  await test.rollUp();
  const result = await detector.run(contextFor(test, detector, { directory: ORGS, ...given }));
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

describe("infrastructure-contact", () => {
  it("says that it tested nothing where no infrastructure is watched", async () => {
    const result = await hunt({});
    expect(result.notTested).toBe("no watched infrastructure is configured");
  });

  it("tells persistent, single and scanning contact apart, with days, gap, volume and evidence", async () => {
    await test.flows([
      ...everyDay(0, 40, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, out: 9000, in: 1000 })),
      // Other traffic keeps the sensor demonstrably up, except on days 20 to 22.
      ...everyDay(0, 41, (day) => day)
        .filter((day) => day < 20 || day > 22)
        .flatMap((day) =>
          Array.from({ length: 24 }, (_, hour) => ({
            time: at(day, hour, 5),
            src: "10.1.0.5",
            dst: "192.0.2.80",
          })),
        ),
      { time: at(3), src: "10.2.0.7", dst: C2 },
      ...Array.from({ length: 60 }, (_, host) => ({
        time: at(5),
        src: C2,
        dst: `10.2.3.${host + 1}`,
        port: 22,
        answered: false,
        out: 0,
        in: 0,
      })),
    ]);
    const { findings } = await hunt({
      indicators: [indicator("address", C2, { software: ["malware:FoxRat"] })],
    });
    expect(findings.map((each) => [each.org_id, each.facts.relation, each.severity])).toEqual([
      ["alpha", "persistent", "high"],
      ["beta", "single", "low"],
    ]);
    const [alpha, beta] = findings;
    expect(alpha?.facts).toMatchObject({
      software: ["malware:FoxRat"],
      active_days: 40,
      connections: 40,
      bytes_out: 360_000,
      bytes_in: 40_000,
      longest_gap_hours: 23,
    });
    expect(alpha?.first_seen).toBe("2023-08-07T10:00:00Z");
    expect(alpha?.evidence.length).toBeGreaterThan(7);
    expect(alpha?.evidence[0]).toMatchObject({ table: "network_activity", source_id: "log-s1", line: 1 });
    expect(alpha?.entities).toContainEqual({ kind: "address", value: C2, role: "server" });
    expect(alpha?.entities).toContainEqual({ kind: "host", value: "10.1.0.5", realm: "r1", role: "victim" });
    expect(alpha?.tlp).toBe("amber");
    expect(beta?.facts.scanning_relations).toBe(60);
  });

  it("calls an organisation that was only scanned scanned", async () => {
    await test.flows(
      Array.from({ length: 40 }, (_, host) => ({
        time: at(host % 20),
        src: C2,
        dst: `10.1.3.${host + 1}`,
        port: 443,
        out: 300,
        in: 900,
      })),
    );
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings.map((each) => [each.facts.relation, each.facts.direction, each.severity])).toEqual([
      ["scanning", "inbound", "informational"],
    ]);
  });

  it("reports an inbound session with real exchange, volumes from our side", async () => {
    await test.flows(
      everyDay(0, 12, (day) => ({
        time: at(day),
        src: C2,
        dst: "10.1.0.9",
        port: 443,
        out: 50_000,
        in: 900_000,
      })),
    );
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings[0]?.facts).toMatchObject({
      relation: "persistent",
      direction: "inbound",
      bytes_out: 10_800_000,
      bytes_in: 600_000,
    });
  });

  it("keeps a beacon to a dead server: repeated, never answered", async () => {
    await test.flows(
      everyDay(0, 30, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, answered: false, out: 0, in: 0 })),
    );
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings[0]).toMatchObject({ severity: "medium", facts: { relation: "repeated", answered: 0 } });
    expect(findings[0]?.caveats.join(" ")).toContain("never answered");
  });

  it("follows a watched name to its next address, and no longer than it pointed there", async () => {
    await test.dns([
      { time: at(0, 9), src: "10.1.0.5", name: "sync.example-watch.net", answers: ["203.0.113.20"] },
      { time: at(8, 9), src: "10.1.0.5", name: "sync.example-watch.net", answers: ["203.0.113.20"] },
      { time: at(10, 9), src: "10.1.0.5", name: "sync.example-watch.net", answers: ["203.0.113.21"] },
      { time: at(19, 9), src: "10.1.0.5", name: "sync.example-watch.net", answers: ["203.0.113.21"] },
    ]);
    await test.flows([
      ...everyDay(0, 9, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.20" })),
      ...everyDay(10, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.21" })),
      // Weeks after the move somebody else has the old address.
      ...everyDay(40, 60, (day) => ({ time: at(day), src: "10.2.0.8", dst: "203.0.113.20" })),
    ]);
    const { findings } = await hunt({ indicators: [indicator("domain-wildcard", "example-watch.net")] });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      facts: { relation: "persistent", connections: 19, servers: ["203.0.113.20", "203.0.113.21"] },
    });
    expect(findings[0]?.facts.names).toEqual(["sync.example-watch.net"]);
  });

  it("does not take the neighbours on shared hosting for the watched name", async () => {
    await test.tls([
      ...Array.from({ length: 12 }, (_, n) => ({
        time: at(1, n),
        src: "10.2.0.8",
        dst: C2,
        sni: `www.shop-${n}.com`,
      })),
      { time: at(2, 10), src: "10.1.0.5", dst: C2, sni: "login.example-watch.net" },
    ]);
    await test.flows([
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.2.0.8", dst: C2 })),
      { time: at(2, 10), src: "10.1.0.5", dst: C2, out: 5_000 },
      { time: at(2, 15), src: "10.1.0.5", dst: C2, out: 70_000 },
    ]);
    const { findings, evaluated } = await hunt({
      indicators: [indicator("domain", "login.example-watch.net")],
    });
    expect(findings.map((each) => each.org_id)).toEqual(["alpha"]);
    expect(findings[0]?.facts).toMatchObject({ relation: "single", bytes_out: 5_000, connections: 1 });
    expect(findings[0]?.caveats.join(" ")).toContain("Other domains live on");
    expect(evaluated).toContainEqual({ what: "addresses not followed (shared hosting)", count: 1 });
  });

  it("matches the port of an address:port and the validity of an indicator", async () => {
    await test.flows([
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, port: 8443 })),
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.2.0.5", dst: C2, port: 443 })),
    ]);
    const port = await hunt({ indicators: [indicator("address-port", `${C2}:8443`)] });
    expect(port.findings.map((each) => each.org_id)).toEqual(["alpha"]);
    const context = contextFor(test, detector, {
      directory: ORGS,
      indicators: [indicator("address", C2, { validFrom: at(5, 0), validTo: at(9, 0) })],
    });
    const valid = await detector.run(context);
    expect(valid.findings.map((each) => each.facts.active_days)).toEqual([4, 4]);
    expect(valid.findings[0]?.first_seen).toBe("2023-08-12T10:00:00Z");
  });

  it("matches a network and a second indicator of the same server once", async () => {
    await test.flows(
      everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, out: 100, in: 100 })),
    );
    const { findings } = await hunt({
      indicators: [
        indicator("network", "203.0.113.0/28"),
        indicator("address", C2),
        indicator("address-port", `${C2}:443`),
      ],
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({
      connections: 20,
      bytes_out: 2000,
      matched_by: ["address", "network"],
    });
  });

  it("keeps the same private address of two realms apart", async () => {
    await test.flows([
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, realm: "r1", sensor: "s1" })),
      { time: at(4), src: "10.1.0.5", dst: C2, realm: "r2", sensor: "s2" },
    ]);
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings.map((each) => [each.org_id, each.facts.relation])).toEqual([
      ["alpha", "persistent"],
      ["gamma", "single"],
    ]);
  });

  it("gives each owner of an address the contact of its own time", async () => {
    await test.flows(everyDay(0, 30, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2 })));
    const moved = directoryOf([
      { cidr: "10.1.0.0/16", realm: "r1", org: "old", to: at(20, 0) },
      { cidr: "10.1.0.0/16", realm: "r1", org: "new", from: at(20, 0) },
    ]);
    const { findings } = await hunt({ indicators: [indicator("address", C2)], directory: moved });
    expect(
      findings.map((each) => [each.org_id, each.facts.active_days, each.first_seen.slice(0, 10)]),
    ).toEqual([
      ["old", 20, "2023-08-07"],
      ["new", 10, "2023-08-27"],
    ]);
  });

  it("does not count a contact twice that a second sensor sees behind address translation", async () => {
    await test.flows([
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, out: 500, sensor: "inside" })),
      ...everyDay(0, 20, (day) => ({
        time: at(day),
        src: "198.51.100.1",
        dst: C2,
        out: 500,
        sensor: "border",
        realm: "isp",
      })),
    ]);
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({ connections: 20, bytes_out: 10_000 });
    expect(findings[0]?.caveats.join(" ")).toContain("address translation");
  });

  it("follows a watched certificate, also through the certificate log", async () => {
    const sha1 = "a".repeat(40);
    await test.certificates([{ time: at(0), uid: "Ffile1", sha1 }]);
    await test.tls([
      { time: at(0), src: "10.1.0.5", dst: "203.0.113.30", port: 4433, chain: ["Ffile1"] },
      { time: at(9), src: "10.1.0.5", dst: "203.0.113.31", port: 4433, fingerprint: sha1 },
    ]);
    await test.flows([
      { time: at(0), src: "10.1.0.5", dst: "203.0.113.30", port: 4433 },
      { time: at(9), src: "10.1.0.5", dst: "203.0.113.31", port: 4433 },
      { time: at(9, 12), src: "10.1.0.5", dst: "203.0.113.31", port: 8086 },
    ]);
    const { findings } = await hunt({ indicators: [indicator("certificate", sha1)] });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({
      servers: ["203.0.113.30", "203.0.113.31"],
      connections: 3,
      certificates: [sha1],
    });
    expect(findings[0]?.attack).toContain("T1571");
  });

  it("follows a certificate that thousands of file ids stand for", async () => {
    const sha256 = "d".repeat(64);
    await test.certificates(
      Array.from({ length: 2100 }, (_, n) => ({ time: at(n % 20), uid: `F${n}`, sha256 })),
    );
    await test.tls(
      Array.from({ length: 2100 }, (_, n) => ({
        time: at(n % 20),
        src: "10.1.0.5",
        dst: "203.0.113.30",
        chain: [`F${n}`],
      })),
    );
    await test.flows(everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.30" })));
    const { findings } = await hunt({ indicators: [indicator("certificate", sha256)] });
    expect(findings[0]?.facts).toMatchObject({
      relation: "persistent",
      connections: 20,
      certificates: [sha256],
    });
  });

  it("follows a watched address to the next one by the certificate that only this server presents", async () => {
    const own = "b".repeat(64);
    await test.tls([
      ...everyDay(0, 5, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, chain: [own] })),
      ...everyDay(10, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.77", chain: [own] })),
    ]);
    await test.flows([
      ...everyDay(0, 5, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2 })),
      ...everyDay(10, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: "203.0.113.77" })),
    ]);
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    expect(findings[0]?.facts).toMatchObject({
      servers: ["203.0.113.77", C2].sort(),
      connections: 15,
      relation: "persistent",
    });
    expect(findings[0]?.caveats.join(" ")).toContain("followed to other addresses");
    const strict = await detector.run(
      contextFor(test, detector, {
        directory: ORGS,
        indicators: [indicator("address", C2)],
        parameters: { certificate_addresses: 1 },
      }),
    );
    expect(strict.findings[0]?.facts.connections).toBe(5);
  });

  it("uses JA3 and JA4 as weak evidence, and not at all where many hosts share them", async () => {
    const ja3 = "c".repeat(32);
    await test.tls(everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, ja3 })));
    await test.flows(everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, out: 100 })));
    const rare = await hunt({ indicators: [indicator("ja3", ja3)] });
    expect(rare.findings[0]).toMatchObject({
      severity: "medium",
      facts: { relation: "persistent", bytes_out: 2000, confirmed: false },
    });
    const common = await detector.run(
      contextFor(test, detector, {
        directory: ORGS,
        indicators: [indicator("ja3", ja3)],
        parameters: { fingerprint_hosts: 0 },
      }),
    );
    expect(common.findings).toEqual([]);
  });

  it("reports look-ups without contact as such, and ignores blocked answers", async () => {
    await test.dns([
      { time: at(0), src: "10.1.0.5", name: "a.example-watch.net", answers: [] },
      { time: at(1), src: "10.1.0.5", name: "a.example-watch.net", answers: ["127.0.0.1"] },
    ]);
    await test.flows([{ time: at(1), src: "10.2.0.5", dst: "127.0.0.1" }]);
    const { findings } = await hunt({ indicators: [indicator("domain", "a.example-watch.net")] });
    expect(
      findings.map((each) => [each.org_id, each.facts.relation, each.severity, each.facts.active_days]),
    ).toEqual([["alpha", "lookup_only", "low", 2]]);
  });

  it("makes no finding of what the user allows, and names hosts without an organisation", async () => {
    await test.flows(everyDay(0, 20, (day) => ({ time: at(day), src: "10.9.0.5", dst: C2 })));
    const indicators = [indicator("address", C2)];
    const found = await hunt({ indicators });
    expect(found.findings[0]).toMatchObject({ org_id: null, facts: { relation: "persistent" } });
    const allow = { domain: () => false, address: (ip: string) => ip === C2 };
    const none = await detector.run(contextFor(test, detector, { directory: ORGS, indicators, allow }));
    expect(none.findings).toEqual([]);
  });

  it("makes one finding of strangers who talk to a watched server, and of an organisation among them its own", async () => {
    await test.flows([
      ...Array.from({ length: 50 }, (_, n) => ({ time: at(n % 20), src: `192.0.2.${n + 1}`, dst: C2 })),
      ...everyDay(0, 20, (day) => ({ time: at(day), src: "198.51.100.7", dst: C2 })),
    ]);
    const { findings } = await hunt({ indicators: [indicator("address", C2)] });
    findings.sort((x, y) => (x.org_id ?? "").localeCompare(y.org_id ?? ""));
    expect(findings.map((each) => [each.org_id, each.severity, each.facts.outside])).toEqual([
      [null, "low", true],
      ["alpha", "high", false],
    ]);
    expect(findings[0]?.title).toContain("50 addresses outside the inventory");
    expect(findings[0]?.entities.filter((each) => each.role === "victim")).toEqual([]);
  });

  it("keeps a finding's id while its evidence grows", async () => {
    await test.flows([{ time: at(0), src: "10.1.0.5", dst: C2 }]);
    const indicators = [indicator("address", C2)];
    const before = await hunt({ indicators });
    await test.flows(everyDay(1, 30, (day) => ({ time: at(day), src: "10.1.0.6", dst: C2 })));
    await test.store.command("TRUNCATE TABLE contact_hourly");
    const after = await hunt({ indicators });
    expect(after.findings[0]?.id).toBe(before.findings[0]?.id);
    expect(after.findings[0]?.facts.relation).toBe("persistent");
  });

  it("takes thousands of indicators in one go", async () => {
    await test.flows(everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2 })));
    const many = Array.from({ length: 6000 }, (_, n) =>
      n % 2 === 0
        ? indicator("address", `192.0.${(n >> 9) & 63}.${n & 255}`)
        : indicator("domain", `n${n}.example`),
    );
    const { findings } = await hunt({ indicators: [...many, indicator("address", C2)] });
    expect(findings.map((each) => each.org_id)).toEqual(["alpha"]);
  });
});
