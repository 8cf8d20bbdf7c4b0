import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/many-odd-ports/index.js";
import { findingSchema } from "../../../src/model/finding.js";
import { at, type Bench, DAYS, openBench, ordinaryLife, random, World } from "../cloud-masquerade/world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const SERVER = "203.0.113.66";
const ORGS = 12;

/** Twelve ministries, who visit some 260 ordinary servers, and sixty more on a usual alternative port. */
function network(): World {
  const world = new World();
  ordinaryLife(world, ORGS, 6);
  for (let server = 0; server < 60; server++) {
    for (let visit = 0; visit < 3; visit++)
      world.add({
        time: at((server * 7 + visit * 11) % DAYS, 4),
        src: world.host(1 + ((server + visit) % ORGS), 1 + (server % 20)),
        dst: `198.18.5.${server}`,
        port: 8443,
      });
  }
  return world;
}

interface Use {
  org: number;
  hosts: readonly number[];
  ports: readonly number[];
}

/** Contact on changing ports, every second or third day for weeks. */
function uses(
  world: World,
  list: readonly Use[],
  { server = SERVER, from = 10, to = DAYS, seed = 5 } = {},
): void {
  const next = random(seed);
  for (const { org, hosts, ports } of list) {
    for (const host of hosts) {
      for (let day = from; day < to; day += 2 + Math.floor(next() * 2)) {
        const port = ports[Math.floor(next() * ports.length)] as number;
        world.add({
          time: at(day, Math.floor(next() * 24)),
          src: world.host(org, host),
          dst: server,
          port,
          out: 4000,
          in: 2500,
        });
      }
    }
  }
}

const victims = (ports: readonly number[], orgs = [2, 5, 6, 9]): Use[] =>
  orgs.map((org) => ({ org, hosts: org === 9 ? [4, 5] : [3], ports }));

async function run(world: World, options: Parameters<Bench["run"]>[2] = {}) {
  const result = await bench.run(detector, world, options);
  for (const finding of result.findings) expect(() => findingSchema.parse(finding)).not.toThrow();
  return result;
}

/** By organisation. */
const severities = async (world: World) =>
  (await run(world)).findings.map(({ org_id, severity }) => [org_id, severity]);

describe("many-odd-ports finds", () => {
  it("one server on a handful of unusual ports, for each of the unrelated organisations, with a line for each port", async () => {
    const world = network();
    uses(world, victims([443, 83, 1984, 4567, 7071]));
    const { findings, evaluated } = await run(world);
    expect(findings.map(({ org_id, severity }) => [org_id, severity])).toEqual(
      ["org2", "org5", "org6", "org9"].map((org) => [org, "medium"]),
    );
    const [finding] = findings;
    expect(finding?.facts).toMatchObject({
      server: SERVER,
      odd_ports: [83, 1984, 4567, 7071],
      points: 4,
      organisations: 4,
      hosts: 1,
      hosts_all: 5,
      relation: "persistent",
    });
    const ports = new Set(
      finding?.evidence.flatMap(({ summary }) => /first on port (\d+)/.exec(summary)?.[1] ?? []),
    );
    expect(ports).toEqual(new Set(["83", "1984", "4567", "7071"]));
    expect(finding?.entities.filter(({ role }) => role === "server").map(({ value }) => value)).toEqual([
      SERVER,
    ]);
    expect(finding?.tlp).toBe("amber");
    expect(evaluated).toContainEqual({ what: "servers weighed", count: 1 });
  });

  it("the same, whatever the ports are", async () => {
    const next = random(99);
    for (let turn = 0; turn < 3; turn++) {
      const world = network();
      uses(
        world,
        victims(Array.from({ length: 4 }, (_, n) => 1100 + n * 11_000 + Math.floor(next() * 9000))),
      );
      expect((await severities(world)).map(([, severity]) => severity)).toEqual(Array(4).fill("medium"));
    }
  });

  it("an organisation that looked in once, or met only the web port, as low", async () => {
    const world = network();
    uses(world, victims([443, 83, 1984, 4567, 7071]));
    world.add({ time: at(40, 9), src: world.host(11, 2), dst: SERVER, port: 83 });
    uses(world, [{ org: 12, hosts: [7], ports: [443] }]);
    const found = await severities(world);
    expect(found).toContainEqual(["org11", "low"]);
    expect(found).toContainEqual(["org12", "low"]);
  });
});

describe("many-odd-ports says low at most of", () => {
  const low = async (world: World) => {
    for (const [, severity] of await severities(world)) expect(severity).toBe("low");
  };

  it("a gateway that forwards a port for each customer", async () => {
    const world = network();
    uses(
      world,
      [2, 3, 5, 6, 9].map((org, n) => ({ org, hosts: [1, 2], ports: [443, 7001 + n * 37] })),
    );
    await low(world);
  });

  it("two organisations, and organisations in one line of business", async () => {
    const two = network();
    uses(two, victims([83, 1984, 4567, 7071], [2, 5]));
    await low(two);
    const banks = network();
    for (const org of [2, 5, 6, 9]) banks.trade(org, "financial-services", "");
    uses(banks, victims([83, 1984, 4567, 7071]));
    await low(banks);
  });

  it("a supplier's machine that every desk of its customers uses", async () => {
    const world = network();
    const desks = Array.from({ length: 9 }, (_, n) => n + 1);
    uses(
      world,
      [2, 5, 6].map((org) => ({ org, hosts: desks, ports: [83, 1984, 4567, 7071] })),
    );
    await low(world);
  });

  it("ports that were used for a few days only", async () => {
    const world = network();
    uses(world, victims([83, 1984, 4567, 7071]), { from: 30, to: 36 });
    await low(world);
  });
});

describe("many-odd-ports leaves alone", () => {
  const nothing = async (world: World, options: Parameters<Bench["run"]>[2] = {}) => {
    const { findings, evaluated, notTested } = await run(world, options);
    expect(notTested).toBeUndefined();
    expect(findings.map(({ title, severity }) => [title, severity])).toEqual([]);
    return new Map(evaluated.map(({ what, count }) => [what, count]));
  };
  const orgs = [2, 5, 6, 9];

  it("ordinary life, and ports that are alternatives or usual here", async () => {
    const world = network();
    uses(world, victims([80, 443, 8443, 8080, 993]));
    const looked = await nothing(world);
    expect(looked.get("servers outside that answered")).toBeGreaterThan(250);
  });

  it("file sharing: an address with many peers behind it, each on its own port", async () => {
    const world = network();
    const next = random(3);
    for (const org of orgs) {
      const src = world.host(org, 8);
      for (let peer = 0; peer < 90; peer++)
        world.add({
          time: at(peer % DAYS, peer % 24),
          src,
          dst: `198.51.100.${peer}`,
          port: 6881 + Math.floor(next() * 50_000),
        });
      for (let day = 0; day < 60; day++)
        for (const port of [6881, 16_402, 34_710, 51_413])
          world.add({ time: at(day, 20), src, dst: SERVER, port });
    }
    await nothing(world);
  });

  it("passing peers without a file-sharing host of ours: no port is used twice", async () => {
    const world = network();
    const next = random(4);
    for (const org of orgs)
      for (let day = 0; day < 30; day++)
        world.add({
          time: at(day * 2, 20),
          src: world.host(org, 8),
          dst: SERVER,
          port: 10_001 + Math.floor(next() * 50_000),
        });
    await nothing(world, { parameters: { max_ports: 4000 } });
    expect((await nothing(world)).get("servers with too many ports set aside")).toBe(1);
  });

  it("a game on a range of ports, and one on ports of its own kind", async () => {
    const world = network();
    const range = Array.from({ length: 12 }, (_, n) => 7100 + n);
    uses(
      world,
      orgs.map((org) => ({ org, hosts: [2, 3], ports: range })),
    );
    uses(
      world,
      orgs.map((org) => ({ org, hosts: [2], ports: [27_015, 27_019, 27_031, 2099, 8393] })),
      { server: "203.0.113.67" },
    );
    await nothing(world);
  });

  it("a video conference of several ministries", async () => {
    const world = network();
    uses(
      world,
      orgs.map((org) => ({ org, hosts: [1], ports: [1720, 3230, 3233, 3235, 5060, 5061, 443, 8443] })),
    );
    await nothing(world);
  });

  it("passive FTP and RPC: the high ports are agreed upon", async () => {
    const world = network();
    const next = random(8);
    for (const org of orgs) {
      const src = world.host(org, 6);
      for (let day = 3; day < 60; day += 3) {
        world.add({ time: at(day, 3), src, dst: SERVER, port: 21 });
        world.add({ time: at(day, 4), src, dst: "203.0.113.67", port: 135 });
        for (let file = 0; file < 4; file++) {
          world.add({
            time: at(day, 3, 1 + file),
            src,
            dst: SERVER,
            port: 2000 + 700 * Math.floor(next() * 30),
          });
          world.add({ time: at(day, 4, 1 + file), src, dst: "203.0.113.67", port: 5000 + 1300 * file });
        }
      }
    }
    await nothing(world);
  });

  it("a scanner of ours that sweeps a server which answers on much", async () => {
    const world = network();
    for (const org of orgs)
      for (let day = 10; day < 50; day += 10)
        for (let port = 1; port <= 30; port++)
          world.add({
            time: at(day, 2, port),
            src: world.host(org, 20),
            dst: SERVER,
            port: port * 101,
            out: 300,
            in: 400,
          });
    await nothing(world);
  });

  it("knocking on ports that do not answer or say nothing", async () => {
    const world = network();
    for (const org of orgs)
      for (let day = 10; day < 50; day += 5)
        for (const port of [83, 1984, 4567, 7071]) {
          const silent = { time: at(day, 2), src: world.host(org, 20), dst: SERVER, port };
          world.add({ ...silent, answered: false, out: 0, in: 0 });
          world.add({ ...silent, out: 0, in: 60 });
        }
    await nothing(world);
  });

  it("UDP: calls and games", async () => {
    const world = network();
    for (const org of orgs)
      for (let day = 10; day < 50; day += 2)
        for (const port of [83, 1984, 4567, 7071])
          world.add({ time: at(day, 2), src: world.host(org, 20), dst: SERVER, port, protocol: "udp" });
    await nothing(world);
  });

  it("shared hosting, a provider's name, a popular server, and what the user allows; and counts them", async () => {
    const world = network();
    const ports = [83, 1984, 4567, 7071];
    uses(world, victims(ports));
    for (let site = 0; site < 6; site++)
      world.add({
        time: at(20, 5),
        src: world.host(3, site + 1),
        dst: SERVER,
        name: `www.smallshop${site}.net`,
      });
    uses(world, victims(ports), { server: "203.0.113.70" });
    world.add({ time: at(20, 5), src: world.host(3, 1), dst: "203.0.113.70", name: "files.dropbox.com" });
    uses(world, victims(ports), { server: "203.0.113.71" });
    for (let org = 1; org <= ORGS; org++)
      for (let host = 1; host <= 6; host++)
        world.add({ time: at(30, 5), src: world.host(org, host), dst: "203.0.113.71" });
    uses(world, victims(ports), { server: "203.0.113.72" });
    const looked = await nothing(world, { allowed: ["203.0.113.72"] });
    expect(looked.get("shared hosting and providers set aside")).toBe(2);
    expect(looked.get("popular servers set aside")).toBe(1);
    expect(looked.get("allowed servers set aside")).toBe(1);
  });
});

describe("many-odd-ports cannot judge", () => {
  it("without an inventory, without ordinary servers to compare with, without an inside", async () => {
    const world = network();
    uses(world, victims([83, 1984, 4567, 7071]));
    expect((await run(world, { inventory: false })).notTested).toMatch(/fewer than two organisations/);
    const small = new World();
    uses(small, victims([83, 1984, 4567, 7071]));
    expect((await run(small)).notTested).toMatch(/^1 servers outside answered/);
    const outside = new World();
    outside.add({ time: at(1, 1), src: "198.51.100.9", dst: SERVER });
    expect((await run(outside)).notTested).toContain("inside");
  });
});
