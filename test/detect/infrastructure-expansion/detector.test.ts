import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/infrastructure-expansion/index.js";
import { DAY } from "../../../src/kernel/time.js";
import { type Entity, type Finding, findingSchema } from "../../../src/model/finding.js";
import {
  at,
  type Bench,
  type Certificate,
  openBench,
  ordinaryLife,
  World,
} from "../cloud-masquerade/world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** What an earlier detector would have said of these servers. */
function known(
  servers: Entity[],
  from: "infrastructure-contact" | "cloud-masquerade" = "infrastructure-contact",
  score = 0.9,
): Finding {
  return findingSchema.parse({
    id: `${from}-1`,
    detector: from,
    title: "known",
    severity: "high",
    score,
    components: [],
    first_seen: "2024-03-10T00:00:00Z",
    last_seen: "2024-05-10T00:00:00Z",
    org_id: "org2",
    entities: [
      ...servers.map((each) => ({ ...each, role: "server" })),
      { kind: "host", value: "10.2.0.3", realm: "net", role: "victim" },
    ],
    attack: [],
    evidence: [],
    explanation: { key: "x", args: [] },
    caveats: [],
    facts: {},
    tlp: "clear",
  });
}

const server = (findings: readonly Finding[], value: string): Finding[] =>
  findings.filter(({ facts }) => facts.server === value);
const own: Certificate = {
  sha256: "ef".repeat(32),
  subject: "CN=edge",
  issuer: "CN=edge",
  san: [],
  notBefore: at(0, 0),
  notAfter: at(0, 0) + 3650 * DAY,
};

function visits(
  world: World,
  contact: {
    org: number;
    host?: number;
    dst: string;
    name?: string;
    lookup?: string;
    port?: number;
    certificate?: Certificate;
    ja3?: string;
    ja3s?: string;
    days?: number;
    lookupOnly?: boolean;
  },
): void {
  const { org, host = 1, days = 5, ...rest } = contact;
  for (let day = 0; day < days; day++)
    world.add({ time: at(10 + day * 3, 5), src: world.host(org, host), ...rest });
}

function expectSound(findings: readonly Finding[]): void {
  for (const each of findings) {
    findingSchema.parse(each);
    const product = each.components.reduce((result, { value }) => result * value, 1);
    expect(Math.abs(product - each.score)).toBeLessThan(0.01);
    expect((each.facts.path as string[]).length).toBe(each.components.length);
  }
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
}

describe("siblings", () => {
  it("walks address, name, certificate and domain, with falling confidence and the path in words", async () => {
    const world = new World();
    ordinaryLife(world, 10, 4);
    visits(world, {
      org: 2,
      dst: "203.0.113.1",
      name: "a.first.com",
      lookup: "a.first.com",
      certificate: own,
    });
    visits(world, { org: 3, dst: "203.0.113.1", name: "x.second.net", lookup: "x.second.net" });
    // second.net moved to another address; its other name is only there.
    visits(world, { org: 4, dst: "203.0.113.2", name: "y.second.net", lookup: "y.second.net", port: 8447 });
    // The same certificate on an address without any name.
    visits(world, { org: 5, dst: "203.0.113.3", certificate: own, port: 4443 });
    const { findings, evaluated } = await bench.run(detector, world, {
      findings: [
        known([
          { kind: "address", value: "203.0.113.1" },
          { kind: "domain", value: "a.first.com" },
        ]),
      ],
    });
    expectSound(findings);
    expect(
      server(findings, "second.net")
        .map(({ org_id }) => org_id)
        .sort(),
    ).toEqual(["org3", "org4"]);
    expect(server(findings, "203.0.113.3").map(({ org_id }) => org_id)).toEqual(["org5"]);
    const [second] = server(findings, "second.net").filter(({ org_id }) => org_id === "org4");
    expect(second?.facts.addresses).toEqual(["203.0.113.2"]);
    expect(second?.facts.ports).toEqual([8447]);
    expect(second?.facts.path).toEqual(
      expect.arrayContaining([expect.stringMatching(/^name on address: x\.second\.net/)]),
    );
    expect(second?.evidence.length).toBeGreaterThan(1);
    const [third] = server(findings, "203.0.113.3");
    expect(third?.components.map(({ name }) => name)).toEqual([
      "seed",
      "certificate presented",
      "same certificate",
    ]);
    expect(third?.tlp).toBe("amber");
    expect(findings.every(({ score }) => score < 0.95)).toBe(true);
    expect(evaluated.find(({ what }) => what === "known servers")?.count).toBe(2);
    // Known servers are not news.
    expect(server(findings, "203.0.113.1")).toEqual([]);
    expect(server(findings, "first.com")).toEqual([]);
  });

  it("stops at shared hosting, providers, popular sites, common certificates and the allow-list", async () => {
    const world = new World();
    ordinaryLife(world, 10, 4);
    for (let site = 0; site < 9; site++)
      visits(world, {
        org: 1 + site,
        dst: "203.0.113.10",
        name: `www.${["rosen", "tulpe", "nelke", "lilie", "aster", "dahlie", "mohn", "krokus", "primel"][site]}haus.com`,
      });
    visits(world, { org: 2, dst: "203.0.113.10", name: "gate.first.com", lookup: "gate.first.com" });
    visits(world, {
      org: 2,
      dst: "203.0.113.11",
      name: "gate.first.com",
      lookup: "gate.first.com",
      certificate: {
        ...own,
        sha256: "aa".repeat(32),
        subject: "CN=*.bunny.net",
        issuer: "CN=R3",
        san: ["*.bunny.net", "*.b-cdn.net"],
      },
    });
    visits(world, {
      org: 6,
      dst: "203.0.113.12",
      name: "img.unrelated.org",
      certificate: {
        ...own,
        sha256: "aa".repeat(32),
        subject: "CN=*.bunny.net",
        issuer: "CN=R3",
        san: ["*.bunny.net", "*.b-cdn.net"],
      },
    });
    visits(world, { org: 2, dst: "203.0.113.13", name: "gate.first.com", lookup: "gate.first.com" });
    visits(world, { org: 3, dst: "203.0.113.13", name: "cdn.dropboxusercontent.com" });
    visits(world, { org: 4, dst: "203.0.113.13", name: "www.bystander.com" });
    visits(world, { org: 5, dst: "203.0.113.11", name: "intranet.allowed.org" });
    const { findings, evaluated } = await bench.run(detector, world, {
      findings: [known([{ kind: "domain", value: "gate.first.com" }])],
      allowed: ["allowed.org"],
    });
    expectSound(findings);
    const servers = findings.map(({ facts }) => facts.server);
    expect(servers).toContain("203.0.113.11");
    for (const harmless of [
      "203.0.113.10",
      "203.0.113.12",
      "203.0.113.13",
      "unrelated.org",
      "rosenhaus.com",
      "bystander.com",
      "dropboxusercontent.com",
      "allowed.org",
    ])
      expect(servers).not.toContain(harmless);
    expect(evaluated.find(({ what }) => what.startsWith("places where"))?.count).toBe(2);
  });

  it("follows label sets, numbered series and rare fingerprints on odd ports, with less confidence and a caveat", async () => {
    const world = new World();
    ordinaryLife(world, 10, 4);
    for (const label of ["relay", "quay", "pier"]) {
      visits(world, {
        org: 2,
        dst: "203.0.113.20",
        name: `${label}.first.com`,
        lookup: `${label}.first.com`,
        port: 8447,
        ja3: "11".repeat(16),
        ja3s: "22".repeat(16),
      });
      visits(world, {
        org: 3,
        dst: "203.0.113.21",
        name: `${label}.another.net`,
        lookup: `${label}.another.net`,
      });
    }
    visits(world, { org: 4, dst: "203.0.113.22", port: 8447, ja3: "11".repeat(16), ja3s: "22".repeat(16) });
    visits(world, { org: 2, dst: "203.0.113.23", name: "www.gate17-port.com" });
    visits(world, { org: 5, dst: "203.0.113.24", name: "www.gate204-port.com" });
    // A common client fingerprint on port 443 everywhere: no tie.
    for (let site = 0; site < 30; site++)
      visits(world, {
        org: 6,
        dst: `203.0.113.${100 + site}`,
        name: `www.place${String.fromCharCode(97 + (site % 26))}${site < 26 ? "" : "x"}.com`,
        ja3: "33".repeat(16),
        ja3s: "44".repeat(16),
        days: 1,
      });
    visits(world, {
      org: 2,
      dst: "203.0.113.20",
      name: "relay.first.com",
      ja3: "33".repeat(16),
      ja3s: "44".repeat(16),
      days: 1,
    });
    const { findings } = await bench.run(detector, world, {
      findings: [
        known([
          { kind: "domain", value: "relay.first.com" },
          { kind: "domain", value: "www.gate17-port.com" },
          { kind: "address", value: "203.0.113.20" },
        ]),
      ],
    });
    expectSound(findings);
    for (const [value, org] of [
      ["another.net", "org3"],
      ["203.0.113.22", "org4"],
      ["gate204-port.com", "org5"],
    ] as const) {
      const [one] = server(findings, value);
      expect(one?.org_id, value).toBe(org);
      expect(one?.score).toBeLessThan(0.6);
      expect(one?.caveats.join()).toMatch(/likeness/);
    }
    expect(findings.some(({ facts }) => String(facts.server).startsWith("203.0.113.1"))).toBe(false);
  });

  it("a server that nobody contacted is reported once, without organisation", async () => {
    const world = new World();
    ordinaryLife(world, 10, 4);
    visits(world, { org: 2, dst: "203.0.113.30", name: "a.first.com", lookup: "a.first.com" });
    visits(world, { org: 3, dst: "203.0.113.31", lookup: "b.first.com", lookupOnly: true });
    const { findings } = await bench.run(detector, world, {
      findings: [
        known([
          { kind: "domain", value: "a.first.com" },
          { kind: "address", value: "203.0.113.30" },
        ]),
      ],
    });
    expectSound(findings);
    const [one] = server(findings, "b.first.com");
    expect(one?.org_id).toBeNull();
    expect(one?.severity).toBe("informational");
    expect(one?.facts.contacted).toBe(false);
    expect(one?.evidence[0]?.table).toBe("dns_activity");
  });

  it("starts from suspected servers above the threshold only, and keeps to its size", async () => {
    const world = new World();
    ordinaryLife(world, 10, 4);
    visits(world, { org: 2, dst: "203.0.113.40", name: "a.first.com", lookup: "a.first.com" });
    visits(world, { org: 3, dst: "203.0.113.40", name: "b.other.com", lookup: "b.other.com" });
    const suspected = (score: number) => [
      known([{ kind: "domain", value: "a.first.com" }], "cloud-masquerade", score),
    ];
    expect((await bench.run(detector, world, { findings: suspected(0.3) })).notTested).toMatch(
      /no confirmed or suspected/,
    );
    const { findings } = await bench.run(detector, world, { findings: suspected(0.8) });
    expect(server(findings, "other.com")[0]?.score).toBeCloseTo(0.8 * 0.9 * 0.8, 2);
    const small = await bench.run(detector, world, {
      findings: suspected(0.8),
      parameters: { max_nodes: 1 },
    });
    expect(small.findings).toEqual([]);
    expect(small.evaluated.find(({ what }) => what.startsWith("nodes left out"))?.count).toBeGreaterThan(0);
  });
});
