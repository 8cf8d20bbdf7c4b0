import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/cloud-masquerade/index.js";
import { DAY } from "../../../src/kernel/time.js";
import { type Finding, findingSchema, severityRank } from "../../../src/model/finding.js";
import { at, type Bench, type Certificate, DAYS, openBench, ordinaryLife, random, World } from "./world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

interface Operation {
  sites: { domain: string; labels: string[]; address: string; ports: number[] }[];
  victims: { org: number; host: number }[];
  from: number;
  seed: number;
  certificate?: Certificate;
}

/** An operator's servers: beacons round the clock, and data carried off on some office days. */
function operation(world: World, { sites, victims, from, seed, certificate }: Operation): void {
  const next = random(seed);
  for (const { org, host } of victims) {
    const src = world.host(org, host);
    for (const { domain, labels, address, ports } of sites) {
      for (let day = from + Math.floor(next() * 5); day < DAYS; day += 2 + Math.floor(next() * 3)) {
        for (let beacon = 0; beacon < 3; beacon++) {
          const name = `${labels[Math.floor(next() * labels.length)]}.${domain}`;
          const port = ports[Math.floor(next() * ports.length)] as number;
          world.add({
            time: at(day, Math.floor(next() * 24), 5),
            src,
            dst: address,
            port,
            name: next() < 0.7 ? name : undefined,
            lookup: name,
            certificate,
          });
        }
        if (next() < 0.3)
          world.add({
            time: at(day, 3 + Math.floor(next() * 6), 20),
            src,
            dst: address,
            port: ports[0],
            name: `${labels[0]}.${domain}`,
            out: 4_000_000,
            in: 60_000,
            certificate,
          });
      }
    }
  }
}

const victims = [
  { org: 2, host: 3 },
  { org: 5, host: 1 },
  { org: 6, host: 2 },
  { org: 9, host: 4 },
  { org: 9, host: 5 },
];
const of = (findings: readonly Finding[], domain: string): Finding[] =>
  findings.filter(({ facts }) => facts.domain === domain);
const best = (findings: readonly Finding[], domain: string): number =>
  Math.max(0, ...of(findings, domain).map(({ score }) => score));
const severity = (findings: readonly Finding[], domain: string): number =>
  Math.max(-1, ...of(findings, domain).map((each) => severityRank(each.severity)));
const HIGH = severityRank("high");
const MEDIUM = severityRank("medium");

function expectSound(findings: readonly Finding[]): void {
  for (const each of findings) {
    findingSchema.parse(each);
    expect(each.evidence.length).toBeGreaterThan(0);
    expect(each.evidence.length).toBeLessThanOrEqual(20);
    expect(each.tlp).toBe("amber");
  }
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
}

describe("servers that pose as storage", () => {
  const themes: [string, string, string, string[]][] = [
    ["English", "meadowvault.com", "brightstash.net", ["relay", "panel", "gw"]],
    ["German", "nordsicherung.com", "datenablage24.net", ["ein", "hafen", "tor"]],
    ["French", "sauvegarde-lumiere.com", "coffrenuage.net", ["acces", "pont", "envoi"]],
    ["abbreviated", "qzbkp.com", "wxstrg.net", ["gx", "hub2", "lnk"]],
  ];
  it.each(themes)(
    "finds %s names, in every organisation that used them",
    async (_language, first, second, labels) => {
      const world = new World();
      ordinaryLife(world, 12, 6);
      operation(world, {
        sites: [
          { domain: first, labels, address: "203.0.113.10", ports: [443, 81, 4444] },
          { domain: second, labels, address: "203.0.113.77", ports: [8081, 9998, 443] },
        ],
        victims,
        from: 10,
        seed: 3,
      });
      const { findings, evaluated } = await bench.run(detector, world);
      expectSound(findings);
      for (const domain of [first, second]) {
        expect(severity(findings, domain)).toBeGreaterThanOrEqual(HIGH);
        expect(
          of(findings, domain)
            .map(({ org_id }) => org_id)
            .sort(),
        ).toEqual(["org2", "org5", "org6", "org9"]);
      }
      const nine = of(findings, first).find(({ org_id }) => org_id === "org9");
      expect(nine?.facts.hosts).toEqual(["10.9.0.4", "10.9.0.5"]);
      expect(nine?.facts.server_ports).toEqual([81, 443, 4444]);
      expect(nine?.facts.siblings).toContain(second);
      expect(nine?.facts.bytes_out as number).toBeGreaterThan(nine?.facts.bytes_in as number);
      expect(nine?.entities).toContainEqual({ kind: "address", value: "203.0.113.10", role: "server" });
      // Nothing else in this network poses as anything.
      expect(
        [
          ...new Set(
            findings.filter((each) => severityRank(each.severity) >= MEDIUM).map(({ facts }) => facts.domain),
          ),
        ].sort(),
      ).toEqual([first, second].sort());
      expect(evaluated.find(({ what }) => what === "names")?.count).toBeGreaterThan(500);
    },
  );

  it("makes up for words that no lexicon has: kin labels, ports, rarity and uploads", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const labels = ["vrata", "zoku", "lim"];
    operation(world, {
      sites: [
        { domain: "tamrixon.com", labels, address: "203.0.113.10", ports: [443, 81, 4444] },
        { domain: "quelvado.net", labels, address: "203.0.113.77", ports: [8081, 9998, 443] },
      ],
      victims,
      from: 10,
      seed: 3,
    });
    const { findings } = await bench.run(detector, world);
    expect(findings.find(({ facts }) => facts.domain === "tamrixon.com")?.facts.name_words).toEqual([]);
    expect(severity(findings, "tamrixon.com")).toBeGreaterThanOrEqual(HIGH);
    expect(severity(findings, "quelvado.net")).toBeGreaterThanOrEqual(HIGH);
  });

  it("without pretence stays at medium, however oddly the server behaves", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    operation(world, {
      sites: [
        { domain: "tamrixon.com", labels: ["vrata"], address: "203.0.113.10", ports: [443, 81, 4444, 7777] },
      ],
      victims,
      from: 10,
      seed: 3,
    });
    const { findings } = await bench.run(detector, world);
    expect(severity(findings, "tamrixon.com")).toBe(MEDIUM);
    expect(of(findings, "tamrixon.com")[0]?.components.map(({ name }) => name)).toContain("no-pretence");
  });

  it("an organisation that met the servers once is no victim of theirs", async () => {
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
    world.add({
      time: at(40, 5),
      src: world.host(12, 1),
      dst: "203.0.113.10",
      name: "relay.meadowvault.com",
    });
    const { findings } = await bench.run(detector, world);
    const met = of(findings, "meadowvault.com").find(({ org_id }) => org_id === "org12");
    expect(met).toMatchObject({ severity: "low", facts: { relation: "single" } });
    expect(met?.score).toBe(best(findings, "meadowvault.com"));
    expect(
      of(findings, "meadowvault.com").filter(({ facts }) => facts.relation === "persistent").length,
    ).toBe(4);
  });

  it("works without an inventory", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const labels = ["relay", "panel", "gw"];
    operation(world, {
      sites: [
        { domain: "meadowvault.com", labels, address: "203.0.113.10", ports: [443, 81, 4444] },
        { domain: "brightstash.net", labels, address: "203.0.113.77", ports: [8081, 9998] },
      ],
      victims,
      from: 10,
      seed: 3,
    });
    const { findings } = await bench.run(detector, world, { inventory: false });
    expectSound(findings);
    expect(severity(findings, "meadowvault.com")).toBeGreaterThanOrEqual(HIGH);
    expect(of(findings, "meadowvault.com").map(({ org_id }) => org_id)).toEqual([null]);
  });

  it("counts servers without a name that show the same certificate", async () => {
    const subject = "CN=gw,O=gw";
    for (const byFileId of [false, true]) {
      const certificate = {
        sha256: "ab".repeat(32),
        subject,
        issuer: subject,
        san: [],
        notBefore: at(5, 0),
        notAfter: at(5, 0) + 3650 * DAY,
        byFileId,
      };
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
        certificate,
      });
      for (let day = 20; day < 40; day++)
        world.add({
          time: at(day, 4),
          src: world.host(11, 1),
          dst: "203.0.113.200",
          port: 4443,
          certificate,
        });
      const { findings } = await bench.run(detector, world);
      const eleven = of(findings, "meadowvault.com").find(({ org_id }) => org_id === "org11");
      expect(eleven?.facts.addresses_used).toEqual(["203.0.113.200"]);
      expect(eleven?.components.find(({ name }) => name === "certificate")?.value).toBeGreaterThan(0.5);
    }
  });

  it("a name alone is never more than low, an imitated brand never more than medium", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const visited = {
      "dropb0x-cloudbackup.com": "203.0.113.5",
      "finebackupcloud.com": "203.0.113.6",
      "tidydrive.com": "203.0.113.7",
    };
    for (const [domain, dst] of Object.entries(visited)) {
      for (const org of [1, 2, 3, 4]) {
        for (let day = 14; day < DAYS; day += 4) {
          world.add({
            time: at(day, 5),
            src: world.host(org, 1),
            dst,
            name: `www.${domain}`,
            lookup: `www.${domain}`,
          });
        }
      }
    }
    const { findings } = await bench.run(detector, world);
    const [imitation] = of(findings, "dropb0x-cloudbackup.com");
    expect(imitation?.components.find(({ name }) => name === "look-alike")?.value).toBe(1);
    expect(severity(findings, "dropb0x-cloudbackup.com")).toBe(MEDIUM);
    expect(severity(findings, "finebackupcloud.com")).toBe(severityRank("low"));
    expect(severity(findings, "tidydrive.com")).toBe(-1);
    // What is left out by default is there for those who lower the threshold.
    const all = await bench.run(detector, world, { parameters: { min_score: 0.1 } });
    expect(severity(all.findings, "tidydrive.com")).toBe(severityRank("informational"));
  });

  it("files. before anyone's own domain is no pose, even with a home-made certificate and a second customer", async () => {
    const world = new World();
    ordinaryLife(world, 12, 6);
    const subject = "CN=files.muellerlogistik.com";
    const certificate = {
      sha256: "0c".repeat(32),
      subject,
      issuer: subject,
      san: ["files.muellerlogistik.com"],
      notBefore: at(-300, 0),
      notAfter: at(3000, 0),
    };
    for (let day = 0; day < DAYS; day += 1) {
      for (const org of [3, 7])
        world.add({
          time: at(day, 2 + (day % 9)),
          src: world.host(org, 2),
          dst: "203.0.113.8",
          port: day % 2 ? 443 : 8447,
          name: "files.muellerlogistik.com",
          lookup: "files.muellerlogistik.com",
          out: 9_000_000,
          in: 300_000,
          certificate,
        });
    }
    const { findings } = await bench.run(detector, world);
    expect(severity(findings, "muellerlogistik.com")).toBeLessThan(MEDIUM);
  });
});

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
