import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/cloud-masquerade/index.js";
import { DAY } from "../../../src/kernel/time.js";
import { type Finding, findingSchema, severityRank } from "../../../src/model/finding.js";
import { best, HIGH, MEDIUM, of, operation, severity, victims } from "./operation.js";
import { at, type Bench, DAYS, openBench, ordinaryLife, World } from "./world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

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
