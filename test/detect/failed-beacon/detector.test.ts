import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/failed-beacon/index.js";
import { MINUTE, SECOND } from "../../../src/kernel/time.js";
import { findingSchema, severityRank } from "../../../src/model/finding.js";
import { random } from "../cloud-masquerade/world.js";
import { at, contextFor, directoryOf, type FlowRow, TestCase } from "../infrastructure-contact/support.js";

let test: TestCase;
let next: () => number;
beforeAll(async () => {
  test = await TestCase.open();
});
beforeEach(async () => {
  await test.clear();
  next = random(3);
});
afterAll(() => test.close());

const directory = directoryOf([{ cidr: "10.1.0.0/16", realm: "r1", org: "alpha" }]);
const HOST = "10.1.5.9";
const SERVER = "203.0.113.66";

/** What every host does beside: it looks up a name and is answered there. */
async function ordinaryLife(hosts: readonly string[]): Promise<void> {
  await test.flows(hosts.map((src) => ({ time: at(0, 8), src, dst: "198.51.100.1" })));
  await test.dns(
    hosts.map((src) => ({ time: at(0, 8), src, name: "www.example.org", answers: ["198.51.100.1"] })),
  );
}

interface Beacon extends Partial<FlowRow> {
  count?: number;
  /** Milliseconds. */
  every?: number;
  jitter?: number;
}

function beacon({ count = 200, every = 10 * MINUTE, jitter = 0.1, ...more }: Beacon = {}): FlowRow[] {
  let time = at(1, 0);
  return Array.from({ length: count }, (_, n) => {
    time += every * (1 + (next() * 2 - 1) * jitter);
    return {
      time: Math.round(time),
      src: HOST,
      srcPort: 40_000 + (n % 20_000),
      dst: SERVER,
      port: 8443,
      answered: false,
      out: 0,
      in: 0,
      duration: 0,
      ...more,
    };
  });
}

async function run(
  flows: readonly FlowRow[],
  given: { parameters?: Record<string, number>; allowed?: string[] } = {},
) {
  await ordinaryLife(
    [...new Set([HOST, ...flows.map(({ src }) => src)])].filter((src) => src.startsWith("10.1.5.")),
  );
  await test.flows(flows);
  await test.rollUp();
  await test.tenIsInside();
  const result = await detector.run(
    contextFor(test, detector, {
      directory,
      parameters: given.parameters ?? {},
      allow: {
        domain: (name) => given.allowed?.includes(name) === true,
        address: (ip) => given.allowed?.includes(ip) === true,
      },
    }),
  );
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

const severities = async (...args: Parameters<typeof run>) =>
  (await run(...args)).findings.map(({ severity }) => severity);

describe("failed-beacon finds", () => {
  it("regular attempts at a server that never answers: medium, with lines of the log", async () => {
    const { findings } = await run(beacon());
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(finding).toMatchObject({
      title: "10.1.5.9 tries every 10 minutes to reach 203.0.113.66 (port 8443), which never answers",
      severity: "medium",
      org_id: "alpha",
      facts: { attempts: 200, connections: 200, answered: 0, regular_share: 1, port: 8443, inside: false },
    });
    expect(finding?.facts.interval_seconds).toBeGreaterThan(580);
    expect(finding?.facts.interval_seconds).toBeLessThan(620);
    expect(finding?.entities).toContainEqual({ kind: "address", value: SERVER, role: "server" });
    expect(finding?.evidence.length).toBeGreaterThanOrEqual(2);
  });

  it("refused ones as well, each with the repetitions of the system counted once", async () => {
    // Windows repeats a refused SYN from the same port after half a second, twice.
    const flows = beacon({ every: 2 * SECOND, count: 240, jitter: 0.01, connState: "REJ" }).flatMap((flow) =>
      [0, 500, 1000].map((later) => ({ ...flow, time: flow.time + later })),
    );
    const { findings } = await run(flows);
    expect(findings).toMatchObject([{ severity: "medium", facts: { attempts: 240, connections: 720 } }]);
    expect(findings[0]?.facts.interval_seconds).toBeCloseTo(2, 1);
  });

  it("one that answered once or twice in hundreds: logs err", async () => {
    expect(await severities([...beacon(), ...beacon({ count: 2, answered: true })])).toEqual(["medium"]);
  });

  it("names that never resolve, low at most; those of living domains informational", async () => {
    await ordinaryLife([HOST]);
    const asked = (name: string) =>
      Array.from({ length: 120 }, (_, n) => ({
        time: at(1) + n * 5 * MINUTE,
        src: HOST,
        name,
        answers: [] as string[],
      }));
    await test.dns([...asked("update.deadvendor.net"), ...asked("old.alive.net")]);
    await test.dns([{ time: at(1), src: HOST, name: "www.alive.net", answers: ["198.51.100.9"] }]);
    await test.store.command(
      "ALTER TABLE dns_activity UPDATE rcode = 'NXDOMAIN' WHERE empty(answers) SETTINGS mutations_sync = 2",
    );
    const { findings } = await run([]);
    expect(findings.map(({ title, severity }) => [title, severity])).toEqual([
      ["10.1.5.9 asks every 5 minutes for update.deadvendor.net, which never resolves", "low"],
      ["10.1.5.9 asks every 5 minutes for old.alive.net, which never resolves", "informational"],
    ]);
    expect(findings[0]?.evidence[0]?.table).toBe("dns_activity");
  });
});

describe("failed-beacon is informational for what was switched off inside", () => {
  it.each([
    ["a printer", 9100, "tcp", 5 * MINUTE],
    ["a time server", 123, "udp", 64 * SECOND],
    ["a machine that monitoring still asks", 10050, "tcp", MINUTE],
    ["a web server", 443, "tcp", MINUTE],
  ])("%s", async (_, port, protocol, every) => {
    const { findings } = await run(beacon({ dst: "10.1.0.7", port, protocol, every, jitter: 0.02 }));
    expect(findings).toMatchObject([{ severity: "informational", facts: { inside: true } }]);
    expect(findings[0]?.caveats).toContain("The server is inside: a service that was moved or switched off.");
    expect(findings[0]?.entities).toContainEqual({
      kind: "host",
      value: "10.1.0.7",
      realm: "r1",
      role: "target",
    });
  });
});

describe("failed-beacon stays below medium where", () => {
  it("the port is one that forgotten configurations try: time, mail, remote access, management", async () => {
    for (const port of [123, 25, 1194, 5060]) {
      await test.clear();
      const [severity] = await severities(beacon({ port }));
      expect(severityRank(severity ?? "critical"), `port ${port}`).toBeLessThan(severityRank("medium"));
    }
  });

  it("many hosts try it, it has a name, or it answers others", async () => {
    const many = [1, 2, 3, 4, 5].flatMap((n) => beacon({ src: `10.1.5.${n}` }));
    expect(new Set(await severities(many))).toEqual(new Set(["low"]));
    await test.clear();
    await test.dns([{ time: at(0), src: HOST, name: "licence.vendor.example.net", answers: [SERVER] }]);
    expect(await severities(beacon())).toEqual(["low"]);
    await test.clear();
    expect(
      await severities([...beacon(), { time: at(1), src: "10.1.5.3", dst: SERVER, port: 8443 }]),
    ).toEqual(["low"]);
  });

  it("the name is a real provider's", async () => {
    await test.dns([{ time: at(0), src: HOST, name: "s3.amazonaws.com", answers: [SERVER] }]);
    expect(await severities(beacon())).toEqual(["informational"]);
  });

  it("the host works through a list of dead servers (peer-to-peer)", async () => {
    const list = Array.from({ length: 8 }, (_, n) => beacon({ dst: `203.0.113.${n + 1}` })).flat();
    expect(new Set(await severities(list))).toEqual(new Set(["low"]));
  });

  it("there are few attempts, or datagrams", async () => {
    expect(await severities(beacon({ count: 40 }))).toEqual(["low"]);
    await test.clear();
    expect(await severities(beacon({ protocol: "udp" }))).toEqual(["low"]);
  });

  it("no answer to the host is visible", async () => {
    const { findings } = await run(beacon({ src: "10.1.9.9" }));
    expect(severityRank(findings[0]?.severity ?? "critical")).toBeLessThan(severityRank("medium"));
    expect(findings[0]?.caveats.some((each) => each.includes("one direction"))).toBe(true);
  });
});

describe("failed-beacon says nothing of", () => {
  const nothing = async (flows: readonly FlowRow[]) => expect((await run(flows)).findings).toEqual([]);

  it("a server that answers now and then", () =>
    nothing(beacon().map((flow, n) => ({ ...flow, answered: n % 20 === 0 }))));

  it("attempts at random times", () => {
    let time = at(1);
    const random = beacon().map((flow) => {
      time += Math.round(-Math.log(1 - next()) * 10 * MINUTE);
      return { ...flow, time };
    });
    return nothing(random);
  });

  it("a page that is loaded again for a while", () => nothing(beacon({ count: 15, every: 20 * SECOND })));

  it("a burst of seconds", () => nothing(beacon({ count: 100, every: SECOND / 2 })));

  it("multicast and broadcast", () =>
    nothing(beacon({ dst: "239.255.255.250", port: 1900, protocol: "udp" })));

  it("what the user allows", async () => {
    expect((await run(beacon(), { allowed: [SERVER] })).findings).toEqual([]);
  });

  it("a case in which nobody is ours, or that has neither connections nor look-ups", async () => {
    await test.flows(beacon());
    await test.rollUp();
    const result = await detector.run(contextFor(test, detector, { directory }));
    expect(result.notTested).toContain("inside");
    await test.clear();
    await test.store.command("INSERT INTO internal_host VALUES ('r1', '10.1.0.1')");
    expect((await detector.run(contextFor(test, detector, { directory }))).notTested).toContain("neither");
  });
});

it("counts what it looked at and left out", async () => {
  const { findings, evaluated } = await run(
    [1, 2, 3].flatMap((n) => beacon({ src: `10.1.5.${n}` })),
    {
      parameters: { max_findings: 1 },
    },
  );
  expect(findings).toHaveLength(1);
  expect(evaluated).toContainEqual({ what: "pairs that (nearly) never succeeded", count: 3 });
  expect(evaluated).toContainEqual({ what: "regular ones not reported (beyond max_findings)", count: 2 });
});
