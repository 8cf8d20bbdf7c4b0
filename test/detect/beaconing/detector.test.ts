import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/beaconing/index.js";
import { messages } from "../../../src/detect/beaconing/messages.js";
import type { DetectorResult } from "../../../src/detect/port.js";
import { DAY, HOUR } from "../../../src/kernel/time.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import { people } from "../backup-exfiltration/offices.js";
import { noise } from "../backup-exfiltration/series.js";
import { at, type Bench, type Contact, DAYS, openBench, START, World } from "../cloud-masquerade/world.js";

/** Made-up ministries in which programs of all kinds keep rhythms. */
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

interface Program extends Omit<Contact, "time" | "dst"> {
  /** Of each check-in. */
  dst: string | ((time: number) => string);
  /** Seconds, as a function of time where it changes. */
  interval: number | ((time: number) => number);
  jitter?: number;
  loss?: number;
  /** Days of the telemetry. */
  from?: number;
  to?: number;
  isAwake?: (time: number) => boolean;
}

function run(world: World, { dst, interval, jitter = 0.1, loss = 0, from = 20, to = 30, ...more }: Program) {
  const { isAwake = () => true, ...contact } = more;
  const { next } = noise(contact.src.length * 31 + from + (typeof dst === "string" ? dst.length : 0));
  const every = typeof interval === "number" ? () => interval : interval;
  for (
    let time = at(from, 0);
    time < at(to, 0);
    time += 1000 * every(time) * (1 + jitter * (2 * next() - 1))
  ) {
    if (!isAwake(time) || next() < loss) continue;
    world.add({
      out: 900,
      in: 400,
      ...contact,
      time: Math.round(time),
      dst: typeof dst === "string" ? dst : dst(time),
    });
  }
}

const isWorkHour = (time: number) => (time - START) % DAY >= 2 * HOUR && (time - START) % DAY < 11 * HOUR;
const others = (org: number, count: number, world: World) =>
  Array.from({ length: count }, (_, at) => world.host(org, at + 1));

function offices(): World {
  const world = new World();
  world.watch(START, at(DAYS, 0));
  for (const org of [1, 2, 3]) {
    people(world, org, 10);
    // Every host asks for names, so that contact without a name is a fact.
    for (const src of others(org, 10, world))
      for (let day = 0; day < DAYS; day += 7)
        world.add({ time: at(day, 3), src, dst: "192.0.2.80", lookup: "www.daily-paper.org" });
  }
  return world;
}

async function hunt(world: World, options: Parameters<Bench["run"]>[2] = {}): Promise<DetectorResult> {
  const result = await bench.run(detector, world, options);
  for (const each of result.findings) {
    expect(findingSchema.parse(each)).toEqual(each);
    expect(messages[each.explanation.key]).toBeDefined();
    expect(each.evidence.length).toBeGreaterThan(0);
  }
  return result;
}

const about = ({ findings }: DetectorResult, value: string): Finding[] =>
  findings.filter(({ entities }) => entities.some((entity) => entity.value === value));
const counted = ({ evaluated }: DetectorResult, what: string): number | undefined =>
  evaluated.find((each) => each.what.includes(what))?.count;

describe("beacons are found", () => {
  let result: DetectorResult;
  beforeAll(async () => {
    const world = offices();
    run(world, { src: world.host(1, 1), dst: "203.0.113.1", interval: 1800, jitter: 0.5, out: 700 });
    run(world, { src: world.host(1, 2), dst: "203.0.113.2", interval: 900, loss: 0.5 });
    run(world, {
      src: world.host(1, 3),
      dst: "203.0.113.3",
      interval: 1200,
      jitter: 0.3,
      isAwake: isWorkHour,
      to: 50,
    });
    run(world, {
      src: world.host(1, 4),
      dst: "203.0.113.4",
      interval: (time) => (time < at(25, 0) ? 3600 : 600),
      jitter: 0.2,
    });
    // A name on a new address every day, said in the handshake; a second one that only the DNS tells.
    const daily = (net: number) => (time: number) =>
      `203.0.113.${net + (Math.floor((time - START) / DAY) % 20)}`;
    run(world, {
      src: world.host(1, 5),
      dst: daily(40),
      name: "cdn.quietmeadow.net",
      interval: 5400,
      jitter: 0.3,
    });
    run(world, {
      src: world.host(1, 6),
      dst: daily(80),
      lookup: "cdn.northbrook-media.org",
      port: 8443,
      interval: 7200,
      jitter: 0.2,
      to: 50,
    });
    run(world, {
      src: world.host(1, 7),
      dst: "10.1.0.250",
      proxied: true,
      port: 3128,
      name: "sync.lakeshore-tools.com",
      interval: 1200,
      jitter: 0.2,
    });
    // Long polls: the next check-in comes when the server closes, after ten minutes to three hours.
    let time = at(20, 0);
    for (let number = 0; time < at(30, 0); number++) {
      const open = number % 4 === 3 ? 600 + ((number * 7919) % 10_000) : 0;
      world.add({ time, src: world.host(1, 8), dst: "203.0.113.8", out: 800, in: 300, duration: open });
      time += 1000 * (open + 540 + ((number * 37) % 120));
    }
    // One hour of a quick beacon.
    run(world, { src: world.host(1, 9), dst: "203.0.113.9", interval: 15, from: 40, to: 40 + 1 / 24 });
    result = await hunt(world);
  }, 120_000);

  it.each([
    ["half an hour with 50 % jitter", "203.0.113.1", 1800],
    ["half of the check-ins lost", "203.0.113.2", 900],
    ["a host that sleeps at night", "203.0.113.3", 1200],
    ["a name on a new address every day", "cdn.quietmeadow.net", 5400],
    ["a name that only the DNS tells, on a new address every day", "cdn.northbrook-media.org", 7200],
    ["a host asked of a proxy", "sync.lakeshore-tools.com", 1200],
    ["connections that stay open", "203.0.113.8", 600],
    ["one hour", "203.0.113.9", 15],
  ])("%s", (_, server, interval) => {
    const [finding, ...more] = about(result, server);
    expect(more).toEqual([]);
    expect(finding?.org_id).toBe("org1");
    expect(finding?.facts.interval_seconds as number).toBeGreaterThan(0.75 * interval);
    expect(finding?.facts.interval_seconds as number).toBeLessThan(1.3 * interval);
    expect(finding?.facts.bits as number).toBeGreaterThan(10);
  });

  it("an interval that changes, with each of its intervals", () => {
    const [finding] = about(result, "203.0.113.4");
    const intervals = finding?.facts.intervals as unknown as number[];
    for (const each of [3600, 600])
      expect(intervals.some((one) => Math.abs(one / each - 1) < 0.2)).toBe(true);
  });

  it("what never asked for a name and is new is medium or above; an hour in twelve weeks is at most low", () => {
    for (const server of ["203.0.113.1", "203.0.113.2"])
      expect(["medium", "high"]).toContain(about(result, server)[0]?.severity);
    expect(["informational", "low"]).toContain(about(result, "203.0.113.9")[0]?.severity);
  });

  it("everybody's browsing is none", () => {
    expect(
      result.findings.filter(({ entities }) => entities.some(({ value }) => value.startsWith("198.18."))),
    ).toEqual([]);
  });
});

describe("regular contact that is harmless", () => {
  let result: DetectorResult;
  const ALL = 10;
  beforeAll(async () => {
    const world = offices();
    const hosts = [1, 2, 3].flatMap((org) => others(org, ALL, world));
    for (const [index, src] of hosts.entries()) {
      const own = { src, from: 20 + index / 100, to: 24 };
      run(world, {
        ...own,
        dst: "192.0.2.123",
        port: 123,
        protocol: "udp",
        interval: 1024,
        jitter: 0.02,
        out: 90,
      });
      run(world, {
        ...own,
        dst: "192.0.2.124",
        name: "agent.fleet-inventory.com",
        interval: 3600,
        jitter: 0.1,
      });
    }
    run(world, {
      src: world.host(1, 1),
      dst: "192.0.2.125",
      name: "ctldl.windowsupdate.com",
      interval: 7200,
    });
    run(world, {
      src: world.host(1, 2),
      dst: "192.0.2.126",
      name: "imap.smallmail-office.org",
      port: 993,
      interval: 300,
    });
    // A monitoring service looks at our web server every minute.
    run(world, { src: "192.0.2.127", dst: world.host(1, 3), interval: 60, jitter: 0.05, from: 20, to: 22 });
    // Attempts that nobody answers, and a destination on the allow-list.
    run(world, { src: world.host(1, 4), dst: "203.0.113.50", interval: 600, answered: false });
    run(world, { src: world.host(1, 5), dst: "203.0.113.51", interval: 600 });
    result = await hunt(world, { allowed: ["203.0.113.51"] });
  }, 120_000);

  it.each([
    ["time, which everybody asks for", "192.0.2.123"],
    ["an agent on every host", "agent.fleet-inventory.com"],
    ["a vendor's updates", "ctldl.windowsupdate.com"],
  ])("%s is informational", (_, server) => {
    const found = about(result, server);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) {
      expect(each.severity).toBe("informational");
      expect(each.caveats[0]).toMatch(/^Explained by /);
    }
  });

  it("polling a mailbox is at most low", () => {
    const [mail] = about(result, "imap.smallmail-office.org");
    expect(mail?.facts.purpose).toBe("mail");
    expect(["informational", "low"]).toContain(mail?.severity);
  });

  it("somebody outside who looks at a server of ours is at most low", () => {
    const [monitor] = about(result, "192.0.2.127");
    expect(monitor?.facts.direction).toBe("inbound");
    expect(["informational", "low"]).toContain(monitor?.severity);
  });

  it("attempts are no contact, and what is on the allow-list is counted and no finding", () => {
    expect(about(result, "203.0.113.50")).toEqual([]);
    expect(about(result, "203.0.113.51")).toEqual([]);
    expect(counted(result, "allow-list")).toBeGreaterThan(0);
  });
});

describe("a destination that very many hosts contact", () => {
  const ORGANISATIONS = [1, 2, 3, 4, 5];
  const HOSTS = 250;
  let result: DetectorResult;
  beforeAll(async () => {
    const world = offices();
    for (const org of ORGANISATIONS)
      for (const [index, src] of others(org, HOSTS, world).entries())
        world.add({ time: at(10, 1, index), src, dst: "192.0.2.201", out: 500, in: 900 });
    run(world, { src: world.host(1, 1), dst: "192.0.2.201", interval: 1800, jitter: 0.1 });
    result = await hunt(world);
  }, 60_000);

  it("is counted in full, with the organisations of all networks and not only of those that are read first", () => {
    const [finding] = about(result, "192.0.2.201");
    expect(finding?.facts.hosts_of_destination).toBe(ORGANISATIONS.length * HOSTS);
    expect(finding?.facts.organisations_of_destination).toBe(ORGANISATIONS.length);
  });

  it("is informational also where the network is so large that a tenth of it is more than a hundred hosts", () => {
    const [finding] = about(result, "192.0.2.201");
    expect(finding?.severity).toBe("informational");
    expect(finding?.caveats[0]).toContain("what everybody contacts");
  });
});

describe("what is left out", () => {
  it("with too many candidates, those first whose target the fewest others contact as regularly; the rest is counted", async () => {
    const world = offices();
    for (const src of others(1, 10, world))
      run(world, { src, dst: "192.0.2.200", interval: 600, jitter: 0, to: 24 });
    run(world, { src: world.host(2, 1), dst: "203.0.113.1", interval: 1800, jitter: 0.2 });
    const result = await hunt(world, { parameters: { max_candidates: 1 } });
    expect(result.findings).toHaveLength(1);
    expect(about(result, "203.0.113.1")).toHaveLength(1);
    expect(counted(result, "beyond max_candidates")).toBe((counted(result, "may be a beacon's") ?? 0) - 1);
    expect(counted(result, "beyond max_candidates")).toBeGreaterThanOrEqual(10);
  }, 60_000);

  it("without an inside host it tests nothing", async () => {
    const world = new World();
    world.watch(START, at(DAYS, 0));
    const result = await hunt(world, { inventory: false });
    expect(result.notTested).toContain("no inside host");
  });
});
