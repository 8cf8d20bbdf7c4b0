import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/cloud-masquerade/index.js";
import { best, MEDIUM, of, operation, severity, victims } from "./operation.js";
import { at, type Bench, DAYS, openBench, ordinaryLife, random, World } from "./world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe("what is no masquerade", () => {
  it("one organisation's own cloud, a local provider's night jobs and a public body's backup stay below medium or honest-looking", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const fresh = {
      sha256: "cd".repeat(32),
      subject: "CN=cloud.stadtwerke-musterau.de",
      issuer: "CN=R3,O=Let's Encrypt",
      san: ["cloud.stadtwerke-musterau.de"],
      notBefore: at(-10, 0),
      notAfter: at(80, 0),
    };
    for (let day = 0; day < DAYS; day++) {
      for (const number of [1, 2, 3]) {
        world.add({
          time: at(day, 20, number),
          src: world.host(3, number),
          dst: "203.0.113.50",
          name: "cloud.stadtwerke-musterau.de",
          lookup: "cloud.stadtwerke-musterau.de",
          out: 30_000_000,
          in: 100_000,
          certificate: fresh,
        });
      }
      // A local provider, five customers, every night between 18 and 21 UTC, from the first day.
      for (const org of [1, 4, 6, 7, 8]) {
        for (let slot = 0; slot < 3; slot++)
          world.add({
            time: at(day, 18 + slot, 10),
            src: world.host(org, 6),
            dst: "203.0.113.60",
            name: "gw.nachtsicherung-huber.de",
            lookup: "gw.nachtsicherung-huber.de",
            out: 50_000_000,
            in: 200_000,
          });
      }
      for (const org of [2, 5, 7])
        world.add({
          time: at(day, 19),
          src: world.host(org, 5),
          dst: "203.0.113.61",
          name: "backup.records.gov.kh",
          lookup: "backup.records.gov.kh",
          out: 9_000_000,
          in: 90_000,
        });
    }
    const { findings } = await bench.run(detector, world);
    for (const domain of ["stadtwerke-musterau.de", "nachtsicherung-huber.de", "records.gov.kh"]) {
      expect(severity(findings, domain), `${domain} ${best(findings, domain)}`).toBeLessThan(MEDIUM);
    }
  });

  it("a small honest provider in daytime use is at most medium, and says why", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const next = random(5);
    for (let day = 0; day < DAYS; day++) {
      for (const org of [1, 3, 4, 6, 8])
        for (const number of [1, 2, 3])
          world.add({
            time: at(day, 2 + Math.floor(next() * 9)),
            src: world.host(org, number),
            dst: "203.0.113.70",
            name: "app.tidydrive.com",
            lookup: "app.tidydrive.com",
            out: 3_000_000,
            in: 2_000_000,
          });
    }
    const { findings } = await bench.run(detector, world);
    expect(severity(findings, "tidydrive.com")).toBeLessThanOrEqual(MEDIUM);
    expect(
      of(findings, "tidydrive.com").every(({ components }) =>
        components.some(({ name }) => name === "no-contradiction"),
      ),
    ).toBe(true);
  });

  it("a service company's own backup host, used by many round the clock, is below medium", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const next = random(11);
    for (let day = 0; day < DAYS; day++)
      for (const org of [0, 1, 2, 3, 4, 5, 6, 7]) {
        // The agent polls round the clock, so that the site as a whole has no nightly window.
        for (let hour = 0; hour < 24; hour += 3)
          world.add({
            time: at(day, hour + next()),
            src: world.host(org, 1),
            dst: "203.0.113.81",
            port: 8040,
            name: "agent.werkhuis.com",
            lookup: "agent.werkhuis.com",
            out: 2_000,
            in: 4_000,
          });
        world.add({
          time: at(day, 16 + next() * 3),
          src: world.host(org, 2),
          dst: "203.0.113.82",
          port: 9443,
          name: "backup.werkhuis.com",
          lookup: "backup.werkhuis.com",
          out: 40_000_000,
          in: 800_000,
        });
      }
    const { findings } = await bench.run(detector, world);
    expect(severity(findings, "werkhuis.com"), `${best(findings, "werkhuis.com")}`).toBeLessThan(MEDIUM);
  });

  it("a site on shared hosting is not charged with its neighbours' ports and volumes", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    for (let site = 0; site < 12; site++)
      for (const port of [443, 81, 4444, 7777])
        world.add({
          time: at(site, 5),
          src: world.host(1 + site, 1),
          dst: "203.0.113.90",
          port,
          name: `www.${["rosen", "tulpe", "nelke", "lilie", "aster", "dahlie", "mohn", "flieder", "krokus", "veilchen", "primel", "iris"][site]}haus.com`,
          out: 5_000_000,
        });
    for (let day = 10; day < 60; day += 5)
      for (const org of [2, 5, 7])
        world.add({
          time: at(day, 5),
          src: world.host(org, 2),
          dst: "203.0.113.90",
          name: "www.backupstory.com",
          lookup: "www.backupstory.com",
        });
    const { findings } = await bench.run(detector, world);
    const [one] = of(findings, "backupstory.com");
    expect(severity(findings, "backupstory.com")).toBeLessThan(MEDIUM);
    if (one !== undefined) {
      expect(one.facts.shared_address).toBe(true);
      expect(one.entities.some(({ kind }) => kind === "address")).toBe(false);
    }
  });

  it("an allowed domain is left out", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    operation(world, {
      sites: [
        {
          domain: "meadowvault.com",
          labels: ["relay", "panel"],
          address: "203.0.113.10",
          ports: [443, 81, 4444],
        },
      ],
      victims,
      from: 10,
      seed: 3,
    });
    expect(best((await bench.run(detector, world)).findings, "meadowvault.com")).toBeGreaterThan(0.6);
    expect(
      best((await bench.run(detector, world, { allowed: ["meadowvault.com"] })).findings, "meadowvault.com"),
    ).toBe(0);
  });

  it("nothing to look at is not tested, and not clean", async () => {
    const result = await bench.run(detector, new World());
    expect(result.findings).toEqual([]);
    expect(result.notTested).toMatch(/inventory/);
  });
});
