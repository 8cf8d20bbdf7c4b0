import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/persistence/index.js";
import { messages } from "../../../src/detect/persistence/messages.js";
import { isoDay } from "../../../src/kernel/time.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import { finding } from "../../assess/support.js";
import { people } from "../backup-exfiltration/offices.js";
import { noise } from "../backup-exfiltration/series.js";
import {
  at,
  type Bench,
  type Certificate,
  DAYS,
  openBench,
  START,
  World,
} from "../cloud-masquerade/world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const [FIRST, SECOND, THIRD] = ["203.0.113.40", "198.51.100.7", "192.0.2.200"] as const;
const NAME = "relay.quietmeadow.net";

/** Three ministries of eight hosts at work for twelve weeks, which also visit some sites that nobody else does. */
function offices(watch = true): World {
  const world = new World();
  if (watch) world.watch(START, at(DAYS, 0));
  for (const org of [1, 2, 3]) people(world, org, 8);
  for (let site = 0; site < 60; site++)
    for (let visit = 0; visit <= site % 3; visit++)
      world.add({
        time: at((site * 7 + visit * 11) % DAYS, 4),
        src: world.host(1 + (site % 3), 1 + (site % 8)),
        dst: `198.19.0.${site + 1}`,
        name: `www.rare-site-${site}.com`,
      });
  return world;
}

interface Kept {
  src: string;
  dst: string;
  from: number;
  to: number;
  name?: string;
  certificate?: Certificate;
  /** Hours between contacts. */
  every?: number;
  answered?: boolean;
}

function keep(world: World, { from, to, every = 6, ...contact }: Kept): void {
  const { next } = noise(from * 7 + to);
  for (let hour = from * 24; hour < to * 24; hour += every)
    world.add({ ...contact, time: at(0, hour, Math.floor(next() * 59)), out: 800, in: 1200 });
}

async function run(world: World, options: Parameters<Bench["run"]>[2] = {}) {
  const result = await bench.run(detector, world, options);
  for (const each of result.findings) {
    expect(findingSchema.parse(each)).toEqual(each);
    expect(messages[each.explanation.key]).toBeDefined();
  }
  return result;
}
const about = (findings: readonly Finding[], destination: string) =>
  findings.filter(({ facts }) => [facts.destinations].flat().includes(destination));
const suspicion = (...servers: string[]) =>
  finding("cloud-masquerade", {
    entities: servers.map((value) => ({
      kind: /[a-z]/.test(value) ? ("domain" as const) : ("address" as const),
      value,
      role: "server",
    })),
  });

describe("lasting contact", () => {
  it("is told in days and weeks, with the move of the server behind one name", async () => {
    const world = offices();
    const src = world.host(1, 3);
    keep(world, { src, dst: FIRST, from: 10, to: 45, name: NAME });
    keep(world, { src, dst: SECOND, from: 45, to: 80, name: NAME });
    const [found, ...others] = about((await run(world)).findings, "quietmeadow.net");
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: "low",
      org_id: "org1",
      title: "Contact with quietmeadow.net on 70 days in 11 weeks, over 1 change of address",
      facts: {
        active_days: 70,
        watched_days: 70,
        active_weeks: 11,
        span_days: 70,
        gap_hours: 5,
        cadence: 1,
        addresses: [FIRST, SECOND],
        moves: 1,
        move_from: [FIRST],
        move_to: [SECOND],
        move_days: [isoDay(at(45, 0))],
        hosts_of_destination: 1,
        organisations_of_destination: 1,
        ongoing: true,
        from_the_start: false,
        suspected_by: [],
        rests_on_suspicion: false,
      },
    });
    expect(found?.facts.usual_share).toBeLessThan(0.05);
    expect(found?.components.map(({ name }) => name)).toEqual([
      "duration",
      "return",
      "no gap",
      "beyond the usual",
      "rarity",
      "survival",
      "suspicion",
    ]);
    // Nobody suspects it: nothing that other detectors should start from.
    expect(found?.entities.some(({ role }) => role === "server")).toBe(false);
    expect(found?.evidence.length).toBeGreaterThan(5);
    expect(found?.tlp).toBe("amber");
  });

  it("is followed over addresses by the certificate where there is no name", async () => {
    const world = offices();
    const src = world.host(2, 3);
    const certificate: Certificate = {
      sha256: "c".repeat(64),
      subject: "CN=localhost",
      issuer: "CN=localhost",
      san: [],
      notBefore: START,
      notAfter: at(400, 0),
    };
    for (const [dst, from, to] of [
      [FIRST, 5, 25],
      [SECOND, 25, 50],
      [THIRD, 50, 70],
    ] as const)
      keep(world, { src, dst, from, to, certificate });
    const found = about((await run(world)).findings, FIRST);
    expect(found).toHaveLength(1);
    expect(found[0]?.facts).toMatchObject({ active_days: 65, moves: 2, addresses: [FIRST, SECOND, THIRD] });
  });

  it("without a name or certificate in common is two contacts", async () => {
    const world = offices();
    const src = world.host(2, 3);
    keep(world, { src, dst: FIRST, from: 5, to: 40 });
    keep(world, { src, dst: SECOND, from: 40, to: 75 });
    const { findings } = await run(world);
    expect(about(findings, FIRST)[0]?.facts).toMatchObject({ active_days: 35, moves: 0 });
    expect(about(findings, SECOND)[0]?.facts).toMatchObject({ active_days: 35, moves: 0 });
  });

  it("does not count days on which no sensor watched as a gap, and counts silent ones", async () => {
    const world = offices(false);
    world.watch(START, at(30, 0));
    world.watch(at(37, 0), at(DAYS, 0));
    const src = world.host(1, 3);
    keep(world, { src, dst: FIRST, from: 10, to: 30, name: NAME });
    // A week without sensor, then contact again; three silent days from day 60 on.
    keep(world, { src, dst: FIRST, from: 37, to: 60, name: NAME });
    keep(world, { src, dst: FIRST, from: 63, to: 80, name: NAME });
    const [found] = about((await run(world)).findings, "quietmeadow.net");
    expect(found?.facts).toMatchObject({ active_days: 60, watched_days: 63, span_days: 70 });
    expect(found?.facts.gap_from).toContain(isoDay(at(59, 0)));
    expect(Number(found?.facts.gap_hours)).toBeGreaterThan(70);
    expect(Number(found?.facts.gap_hours)).toBeLessThan(80);
    expect(found?.caveats.join(" ")).toContain("On 7 of the 70 days no sensor watched");
  });
});

describe("what ordinary networks do for months", () => {
  it("is no finding where everybody does it, or a known provider serves it", async () => {
    const world = offices();
    for (const org of [1, 2, 3])
      for (let number = 1; number <= 8; number++)
        keep(world, {
          src: world.host(org, number),
          dst: FIRST,
          from: 0,
          to: DAYS,
          every: 24,
          name: "www.portal.com",
        });
    keep(world, {
      src: world.host(1, 4),
      dst: SECOND,
      from: 0,
      to: DAYS,
      name: "pod-000-1004-07.backblaze.com",
    });
    const { findings } = await run(world);
    expect(about(findings, "portal.com")).toEqual([]);
    expect(about(findings, SECOND)).toEqual([]);
  });

  it("is informational where few do it and nobody suspects the server", async () => {
    const world = offices();
    keep(world, {
      src: world.host(1, 2),
      dst: FIRST,
      from: 0,
      to: DAYS,
      every: 1,
      name: "agent.smallvendor.com",
    });
    const [found] = about((await run(world)).findings, "smallvendor.com");
    expect(found?.severity).toBe("informational");
    expect(found?.caveats[0]).toContain("says nothing by itself");
  });

  it("does not take a service behind several addresses at once for a server that moves", async () => {
    const world = offices();
    const addresses = [1, 2, 3, 4, 5].map((n) => `203.0.113.${n}`);
    const { next } = noise(5);
    for (let hour = 0; hour < DAYS * 24; hour += 3)
      world.add({
        time: at(0, hour),
        src: world.host(1, 2),
        dst: addresses[Math.floor(next() * 5)] as string,
        name: "api.balanced.io",
      });
    const [found] = about((await run(world)).findings, "balanced.io");
    expect(found).toMatchObject({ severity: "informational", facts: { moves: 0, active_days: 84 } });
  });

  it("does not hold a shared address against the other sites on it", async () => {
    const world = offices();
    for (let site = 1; site <= 6; site++)
      world.add({ time: at(site, 3), src: world.host(3, 1), dst: FIRST, name: `www.shop${site}.com` });
    keep(world, { src: world.host(1, 2), dst: FIRST, from: 0, to: DAYS, name: "www.shop1.com" });
    const { findings } = await run(world);
    expect(about(findings, "shop1.com")[0]?.facts.active_days).toBe(84);
    for (let site = 2; site <= 6; site++) expect(about(findings, `shop${site}.com`)).toEqual([]);
  });

  it("does not count attempts that nobody answered", async () => {
    const world = offices();
    keep(world, { src: world.host(1, 2), dst: FIRST, from: 0, to: DAYS, answered: false });
    expect(about((await run(world)).findings, FIRST)).toEqual([]);
  });

  it("says nothing of contact that is short or seldom, or that the user allows", async () => {
    const world = offices();
    keep(world, { src: world.host(1, 2), dst: FIRST, from: 10, to: 30 });
    keep(world, { src: world.host(1, 3), dst: SECOND, from: 0, to: DAYS, every: 24 * 16 });
    keep(world, { src: world.host(1, 4), dst: THIRD, from: 0, to: DAYS, name: "files.friend.org" });
    const { findings } = await run(world, { allowed: ["friend.org"] });
    for (const key of [FIRST, SECOND, THIRD, "friend.org"]) expect(about(findings, key)).toEqual([]);
  });
});

describe("what others hold against the server", () => {
  const kept = () => {
    const world = offices();
    keep(world, { src: world.host(1, 3), dst: FIRST, from: 10, to: 45, name: NAME });
    keep(world, { src: world.host(1, 3), dst: SECOND, from: 45, to: 80, name: NAME });
    return world;
  };

  it("makes it medium or high, and the finding says that it rests on that", async () => {
    const [found] = about(
      (await run(kept(), { findings: [suspicion("quietmeadow.net")] })).findings,
      "quietmeadow.net",
    );
    expect(found).toMatchObject({
      severity: "high",
      facts: { rests_on_suspicion: true, suspected_by: ["cloud-masquerade"], moves: 1 },
    });
    expect(found?.entities).toContainEqual({ kind: "address", value: SECOND, role: "server" });
    const world = offices();
    keep(world, { src: world.host(1, 3), dst: FIRST, from: 40, to: 80, name: NAME });
    const [still] = about((await run(world, { findings: [suspicion(FIRST)] })).findings, "quietmeadow.net");
    expect(still?.severity).toBe("medium");
  });

  it("counts from medium on, and not where it rests on suspicion itself", async () => {
    for (const findings of [
      [{ ...suspicion("quietmeadow.net"), severity: "low" as const }],
      [{ ...suspicion("quietmeadow.net"), facts: { rests_on_suspicion: true } }],
      [suspicion("othermeadow.net")],
    ]) {
      const [found] = about((await run(kept(), { findings })).findings, "quietmeadow.net");
      expect(found).toMatchObject({ severity: "low", facts: { rests_on_suspicion: false } });
    }
  });

  it("ties a campaign's successive servers together, and a watch list does not", async () => {
    const world = offices();
    const src = world.host(2, 5);
    keep(world, { src, dst: FIRST, from: 4, to: 36, name: "api.firstcloud.net" });
    keep(world, { src, dst: SECOND, from: 36, to: 75, name: "login.secondvault.org" });
    const kin = await run(world, { findings: [suspicion("firstcloud.net", "secondvault.org")] });
    expect(kin.findings.filter(({ facts }) => facts.rests_on_suspicion)).toHaveLength(1);
    expect(about(kin.findings, "secondvault.org")[0]?.facts).toMatchObject({
      destination: "firstcloud.net",
      destinations: ["firstcloud.net", "secondvault.org"],
      active_days: 71,
      moves: 1,
    });
    const listed = { ...suspicion("firstcloud.net", "secondvault.org"), detector: "infrastructure-contact" };
    const watched = await run(world, { findings: [listed] });
    expect(watched.findings.filter(({ facts }) => facts.rests_on_suspicion)).toHaveLength(2);
  });

  it("is told for a server that many contact, too, each organisation by itself", async () => {
    const world = offices();
    for (const org of [1, 2, 3])
      for (let number = 1; number <= 4; number++)
        keep(world, { src: world.host(org, number), dst: FIRST, from: org * 5, to: 70, every: 8 });
    const { findings } = await run(world, { findings: [suspicion(FIRST)] });
    expect(
      about(findings, FIRST)
        .map(({ org_id }) => org_id)
        .sort(),
    ).toEqual(["org1", "org2", "org3"]);
    expect(about((await run(world)).findings, FIRST)).toEqual([]);
  });
});

describe("what it cannot judge", () => {
  it("a short capture is not tested, with the reason", async () => {
    const world = new World();
    world.watch(START, at(12, 0));
    keep(world, { src: world.host(1, 1), dst: FIRST, from: 0, to: 12 });
    const result = await run(world);
    expect(result.findings).toEqual([]);
    expect(result.notTested).toBe("the telemetry covers 12 days, and contact lasts only from 28 on");
  });

  it("with a few hosts inside nothing is rare, and it says so", async () => {
    const world = new World();
    world.watch(START, at(DAYS, 0));
    keep(world, { src: world.host(1, 1), dst: FIRST, from: 0, to: 40, name: NAME });
    keep(world, { src: world.host(1, 1), dst: SECOND, from: 40, to: DAYS, name: NAME });
    const [found] = about((await run(world)).findings, "quietmeadow.net");
    expect(found?.severity).toBe("informational");
    expect(found?.components.find(({ name }) => name === "rarity")?.value).toBe(0);
    expect(found?.caveats.join(" ")).toContain("cannot be told from a popular one");
  });

  it("says so where nothing is inside", async () => {
    const world = new World();
    world.add({ time: at(1, 1), src: "192.0.2.1", dst: FIRST });
    expect((await run(world)).notTested).toContain("inside");
  });

  it("is told host by host without an inventory", async () => {
    const world = offices();
    keep(world, { src: world.host(1, 3), dst: FIRST, from: 10, to: 80 });
    const [found] = about((await run(world, { inventory: false })).findings, FIRST);
    expect(found?.org_id).toBeNull();
  });
});
