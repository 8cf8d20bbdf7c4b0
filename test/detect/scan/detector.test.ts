import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/scan/index.js";
import { weightsOf } from "../../../src/detect/scan/sweeps.js";
import { DAY, HOUR, SECOND } from "../../../src/kernel/time.js";
import { findingSchema } from "../../../src/model/finding.js";
import type { Asset, OrganisationDirectory } from "../../../src/model/organisation.js";
import { random } from "../cloud-masquerade/world.js";
import { at, contextFor, directoryOf, type FlowRow, TestCase } from "../infrastructure-contact/support.js";
import { Shapes } from "./shapes.js";

let test: TestCase;
let shapes: Shapes;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(async () => {
  await test.clear();
  shapes = new Shapes(5);
});
afterAll(() => test.close());

const HOST = "10.1.5.9";
const directory = directoryOf([
  { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
  { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
]);

interface Given {
  directory?: OrganisationDirectory;
  parameters?: Record<string, number>;
  allowed?: string[];
}

async function run(flows: readonly FlowRow[], given: Given = {}) {
  await test.flows([...shapes.browsing(HOST, 30), ...flows]);
  await test.rollUp();
  await test.tenIsInside();
  for (const [net, org] of [
    ["10.1.", "alpha"],
    ["10.2.", "beta"],
  ])
    await test.store.command(
      `INSERT INTO host_organisation SELECT address_realm, ip, '${org}', toDateTime(0), toDateTime(4294967295)
       FROM internal_host WHERE startsWith(toString(ip), '::ffff:${net}')`,
    );
  const result = await detector.run(
    contextFor(test, detector, {
      directory: given.directory ?? directory,
      parameters: given.parameters ?? {},
      allow: { domain: () => false, address: (ip) => given.allowed?.includes(ip) === true },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

const brief = (findings: Awaited<ReturnType<typeof run>>["findings"]) =>
  findings.map(({ title, severity }) => [title, severity]);

describe("scan finds", () => {
  it("a host that walks through a network: medium, with the empty addresses and lines of the log", async () => {
    const { findings, evaluated } = await run(shapes.horizontal(HOST));
    expect(brief(findings)).toEqual([["10.1.5.9 scanned 445/tcp on 254 machines", "medium"]]);
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      attack: ["T1046", "T1018"],
      entities: [{ kind: "host", value: HOST, realm: "r1", role: "scanner" }],
      facts: {
        shape: "horizontal",
        direction: "internal",
        failed: 214,
        failed_inside: 214,
        dark: 214,
        services: ["445/tcp"],
      },
    });
    expect(findings[0]?.evidence.length).toBeGreaterThan(0);
    expect(findings[0]?.evidence.every(({ table, line }) => table === "network_activity" && line > 0)).toBe(
      true,
    );
    expect(evaluated).toContainEqual({ what: "hosts of ours that scan", count: 1 });
  });

  it("many services and ports of one host as one finding", async () => {
    const { findings } = await run([
      ...[22, 80, 445, 3389, 8080].flatMap((port) =>
        shapes.horizontal(HOST, { port, machines: 60, alive: 5 }),
      ),
      ...shapes.vertical(HOST, "10.1.7.3"),
    ]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: "medium",
      facts: { shape: "block", horizontal_sweeps: 5, vertical_sweeps: 1, machines: ["10.1.7.3"] },
    });
  });

  it("the ports of an inside machine", async () => {
    const { findings } = await run(shapes.vertical(HOST, "10.1.7.3"));
    expect(brief(findings)).toEqual([["10.1.5.9 scanned 100 ports of 10.1.7.3", "medium"]]);
    expect(findings[0]?.facts).toMatchObject({ shape: "vertical", failed: 90, failed_inside: 90 });
  });

  it("scans of the Internet, low: services and ports", async () => {
    const { findings } = await run([
      ...shapes.browsing("10.1.5.10", 300, 0.7, 2, 23),
      ...shapes
        .vertical("10.1.5.11", "203.0.113.5", 40)
        .map((flow) => ({ ...flow, answered: Number(flow.port) < 20 })),
      { time: at(1), src: "10.1.5.10", dst: "198.51.100.99" },
      { time: at(1), src: "10.1.5.11", dst: "198.51.100.99" },
    ]);
    expect(findings.map(({ severity, facts }) => [severity, facts.direction, facts.shape]).sort()).toEqual([
      ["low", "outbound", "horizontal"],
      ["low", "outbound", "vertical"],
    ]);
  });

  it("a slow scan, of which no day is one", async () => {
    const slow = shapes
      .horizontal(HOST, { port: 3389, machines: 60, alive: 4 })
      .map((flow, n) => ({ ...flow, time: at(0) + n * DAY + n * HOUR }));
    const { findings } = await run(slow);
    expect(findings[0]).toMatchObject({ severity: "low", facts: { slow: true, failed: 56 } });
  });

  it("each sensor's view once: two sensors on one link change nothing", async () => {
    const flows = shapes.horizontal(HOST);
    const { findings } = await run([...flows, ...flows.map((flow) => ({ ...flow, sensor: "s2" }))]);
    expect(findings[0]?.facts.failed).toBe(214);
  });
});

describe("scan holds back where", () => {
  const named = (name: string): OrganisationDirectory => ({
    ...directory,
    asset: (realm, address): Asset | undefined =>
      address === HOST ? { address, realm, name, role: "other", criticality: 3 } : undefined,
  });

  it("the asset list calls the host a scanner", async () => {
    const { findings } = await run(shapes.horizontal(HOST), { directory: named("nessus01") });
    expect(findings[0]?.severity).toBe("informational");
    expect(findings[0]?.caveats[0]).toContain("nessus01");
    expect(findings[0]?.attack).toContain("T1046");
  });

  it("it scans again and again for weeks", async () => {
    const { findings } = await run([0, 4, 8, 12, 16, 20].flatMap((day) => shapes.horizontal(HOST, { day })));
    expect(findings[0]).toMatchObject({ severity: "low", facts: { scan_days: expect.any(Array) } });
    expect(findings[0]?.caveats[0]).toContain("on duty");
  });

  it("software works through a list of machines that exist, some of them switched off", async () => {
    const { findings } = await run([
      ...shapes.alive(7, 200),
      ...shapes.horizontal(HOST, { machines: 200, alive: 120 }),
    ]);
    expect(findings[0]).toMatchObject({ severity: "low", facts: { failed_inside: 80, dark: 0 } });
  });

  it("a management server meets few that are off: nothing", async () => {
    const { findings } = await run(shapes.horizontal(HOST, { machines: 200, alive: 185 }));
    expect(findings).toEqual([]);
  });

  it("page loads behind a firewall that drops", async () => {
    const { findings } = await run(shapes.browsing("10.1.5.10", 60, 0.8));
    expect(brief(findings)).toEqual([
      [expect.stringContaining("10.1.5.10 scanned 443/tcp"), "informational"],
    ]);
  });

  it("people browse: nothing, whatever their number of sites", async () => {
    const { findings } = await run(
      [20, 200, 2000].flatMap((sites, n) =>
        [0, 1, 2].flatMap((day) => shapes.browsing(`10.1.6.${n}`, sites, 0.05, day)),
      ),
    );
    expect(findings).toEqual([]);
  });

  it("the uplink was down for an hour: those servers answered the same day", async () => {
    const sites = shapes.browsing(HOST, 80, 0);
    const { findings } = await run([
      ...sites,
      ...sites.map((flow) => ({ ...flow, time: flow.time + 5 * HOUR, answered: false })),
    ]);
    expect(findings).toEqual([]);
  });

  it("datagrams and pings look for things", async () => {
    const { findings } = await run([
      ...shapes.horizontal(HOST, { port: 161 }).map((flow) => ({ ...flow, protocol: "udp" })),
      ...shapes
        .horizontal("10.1.5.10", { port: 0, alive: 0 })
        .map((flow) => ({ ...flow, protocol: "icmp", srcPort: 8 })),
      { time: at(1), src: "10.1.5.10", dst: "198.51.100.99" },
    ]);
    expect(brief(findings)).toEqual([
      ["10.1.5.10 scanned ping on 254 machines", "informational"],
      ["10.1.5.9 scanned 161/udp on 254 machines", "informational"],
    ]);
  });

  it("what looks like pings are answers to others (port unreachable)", async () => {
    const { findings, evaluated } = await run(
      shapes
        .horizontal(HOST, { port: 3, alive: 0 })
        .map((flow) => ({ ...flow, protocol: "icmp", srcPort: 3 })),
    );
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "sweeps that are replies set aside", count: 1 });
  });

  it("a route is traced, few printers are looked for", async () => {
    const { findings } = await run([
      ...Array.from({ length: 90 }, (_, n) => ({
        time: at(2) + n * SECOND,
        src: HOST,
        dst: "203.0.113.5",
        port: 33434 + n,
        protocol: "udp",
        answered: false,
      })),
      ...shapes.horizontal(HOST, { port: 9100, machines: 4, alive: 0 }),
      ...shapes
        .horizontal(HOST, { port: 161, machines: 19, alive: 0 })
        .map((flow) => ({ ...flow, protocol: "udp" })),
    ]);
    expect(findings).toEqual([]);
  });

  it("the replies of a service, seen in one direction", async () => {
    const replies = Array.from({ length: 200 }, (_, n) => ({
      time: at(2) + n * SECOND,
      src: HOST,
      srcPort: 443,
      dst: "203.0.113.5",
      port: 40_000 + n,
      answered: false,
    }));
    const { findings, evaluated } = await run(replies);
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "sweeps that are replies set aside", count: 1 });
  });

  it("no answer to the host is visible at all", async () => {
    await test.flows(shapes.horizontal("10.1.5.77", { alive: 0 }));
    const { findings } = await run([]);
    expect(brief(findings)).toEqual([["10.1.5.77 scanned 445/tcp on 254 machines", "informational"]]);
    expect(findings[0]?.caveats[0]).toContain("one direction");
  });

  it("passive FTP opens ports that a firewall closes", async () => {
    const { findings } = await run([
      { time: at(2), src: HOST, dst: "10.1.7.3", port: 21 },
      ...Array.from({ length: 120 }, (_, n) => ({
        time: at(2) + n * SECOND,
        src: HOST,
        dst: "10.1.7.3",
        port: 50_000 + n,
        answered: false,
      })),
    ]);
    expect(findings[0]?.severity).toBe("low");
    expect(findings[0]?.caveats.join(" ")).toContain("passive FTP");
  });

  it("the user allows it, or there is nothing to look at", async () => {
    expect((await run(shapes.horizontal(HOST), { allowed: [HOST] })).findings).toEqual([]);
    await test.clear();
    const empty = await detector.run(contextFor(test, detector, { directory }));
    expect(empty).toMatchObject({ findings: [], notTested: "no connections in this case" });
  });

  it("there are too many: the rest is counted", async () => {
    const many = Array.from({ length: 6 }, (_, n) =>
      shapes.horizontal(`10.1.5.${20 + n}`, { machines: 40, alive: 10 }),
    ).flat();
    const { findings, evaluated } = await run(many, { parameters: { max_findings: 2 } });
    expect(findings).toHaveLength(2);
    expect(evaluated).toContainEqual({ what: "scanning hosts not reported (beyond max_findings)", count: 4 });
  });
});

describe("scanners outside", () => {
  const outside = (n: number, targets: number, net: number): FlowRow[] =>
    Array.from({ length: targets }, (_, k) => ({
      time: at(3) + n * SECOND + k,
      src: `203.0.${Math.floor(n / 250)}.${1 + (n % 250)}`,
      dst: `10.${net}.0.${k + 1}`,
      port: 3389,
      answered: k === 0,
    }));

  it("are noise: one informational finding for each organisation, the busiest named, the rest counted", async () => {
    const { findings, evaluated } = await run([
      ...Array.from({ length: 400 }, (_, n) => outside(n, 10 + (n % 3), 1)).flat(),
      ...Array.from({ length: 30 }, (_, n) => outside(n, 12, 2)).flat(),
    ]);
    expect(brief(findings)).toEqual([
      ["400 addresses scanned Ministry alpha", "informational"],
      ["30 addresses scanned Ministry beta", "informational"],
    ]);
    expect(findings[0]?.entities).toHaveLength(20);
    expect(findings[0]?.entities.every(({ kind, role }) => kind === "address" && role === "scanner")).toBe(
      true,
    );
    expect(findings[0]).toMatchObject({
      org_id: "alpha",
      facts: { scanners: 400, machines: 12, ports: [3389] },
    });
    expect(findings[0]?.evidence.length).toBeGreaterThan(0);
    expect(evaluated).toContainEqual({
      what: "scanners that are not ours (once for each organisation scanned)",
      count: 430,
    });
  });

  it("visitors of a public server and single knocks are none", async () => {
    const { findings } = await run([
      ...Array.from({ length: 500 }, (_, n) => ({
        time: at(3) + n,
        src: `203.0.113.${1 + (n % 250)}`,
        dst: "10.1.0.80",
      })),
      ...Array.from({ length: 300 }, (_, n) => outside(n, 3, 1)).flat(),
    ]);
    expect(findings).toEqual([]);
  });

  it("without an inventory they are summed up by realm", async () => {
    const nobody = outside(1, 40, 1).map((flow) => ({ ...flow, dst: flow.dst.replace("10.1.", "10.9.") }));
    const { findings } = await run(nobody, { directory: directoryOf([]) });
    expect(findings).toMatchObject([{ org_id: null, title: "1 address scanned machines of realm r1" }]);
  });
});

describe("the test of a scan against an ordinary host", () => {
  const { gain, loss, evidence } = weightsOf(0.08, 0.5, 400);
  const passes = (failed: number, answered: number) => failed * gain - answered * loss >= evidence;

  it("asks for more failures where there are more answers", () => {
    const answersBorne = (failed: number) =>
      Array.from({ length: 200 }, (_, n) => n).filter((n) => passes(failed, n)).length;
    const borne = [4, 5, 8, 10, 20].map(answersBorne);
    expect(borne).toEqual([...borne].sort((a, b) => a - b));
    expect(passes(10, 15)).toBe(true);
    expect(passes(10, 100)).toBe(false);
  });

  it("errs on ordinary hosts no more than it says, and finds half-dead scans", () => {
    const next = random(99);
    const share = (dead: number, targets: number) => {
      const runs = 20_000;
      let found = 0;
      for (let run = 0; run < runs; run++) {
        let failed = 0;
        for (let n = 0; n < targets; n++) if (next() < dead) failed += 1;
        if (failed >= 5 && passes(failed, targets - failed)) found += 1;
      }
      return found / runs;
    };
    for (const targets of [10, 20, 50, 200, 1000]) {
      expect(share(0.08, targets), `${targets} targets of an ordinary host`).toBeLessThanOrEqual(1 / 400);
      expect(share(0.03, targets)).toBeLessThanOrEqual(1 / 2000);
    }
    expect(share(0.5, 20)).toBeGreaterThan(0.8);
    expect(share(0.5, 50)).toBeGreaterThan(0.99);
    expect(share(0.9, 10)).toBeGreaterThan(0.99);
  });
});
