import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/backup-exfiltration/index.js";
import { messages } from "../../../src/detect/backup-exfiltration/messages.js";
import { DAY } from "../../../src/kernel/time.js";
import { type Finding, findingSchema, severityRank } from "../../../src/model/finding.js";
import { finding } from "../../assess/support.js";
import { at, type Bench, DAYS, openBench, START, World } from "../cloud-masquerade/world.js";
import { job, keepContact, MB, people, type Server, shifted, THEFT, uploads } from "./offices.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const SERVER = "203.0.113.40";
const BACKBLAZE = { dst: "149.137.4.4", name: "pod-000-1004-07.backblaze.com" };

/** Two ministries at work for twelve weeks, each with a nightly backup of its file server (host 1) to a known provider. */
function offices(): World {
  const world = new World();
  world.watch(START, at(DAYS, 0));
  for (const org of [1, 2]) {
    people(world, org, 8);
    job(world, { src: world.host(org, 1), ...BACKBLAZE, seed: org });
  }
  return world;
}

async function run(world: World, options: Parameters<Bench["run"]>[2] = {}) {
  const result = await bench.run(detector, world, options);
  for (const each of result.findings) {
    expect(findingSchema.parse(each)).toEqual(each);
    expect(messages[each.explanation.key]).toBeDefined();
  }
  return result;
}
const alarms = (findings: readonly Finding[]) =>
  findings.filter(({ severity }) => severityRank(severity) >= severityRank("medium"));
const capOf = (found: Finding | undefined) =>
  found?.components.find(({ name }) => name === "at most low")?.meaning ?? "";

describe("a theft among backups", () => {
  it("is found in the very hours of the host's own nightly backup: how much, when, to whom, and why", async () => {
    const world = offices();
    const thief: Server = { src: world.host(1, 1), dst: SERVER, name: "sync.brightfolder.net" };
    keepContact(world, thief, 24);
    uploads(world, thief, THEFT);
    const [found, ...others] = (await run(world)).findings;
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: "medium",
      org_id: "org1",
      facts: {
        shape: "irregular",
        destination: "brightfolder.net",
        upload_days: 9,
        history: "long",
        hosts: ["10.1.0.1"],
        among_backups_share: 1,
        rests_on_suspicion: false,
        other_organisations: 0,
        days_before_contact: 24,
      },
    });
    // Six of the uploads share their hour with a small contact of 700 bytes.
    expect(found?.facts.bytes_out).toBe(4160 * MB + 6 * 700);
    // The largest first: 880 MB on day 58 from 18 to 19 o'clock.
    expect([found?.facts.window_from].flat()[0]).toBe(new Date(at(58, 18)).toISOString().replace(".000", ""));
    expect([found?.facts.window_bytes].flat()[0]).toBe(880 * MB + 700);
    expect(found?.facts.beyond_bytes).toBeGreaterThan(4000 * MB);
    expect(found?.entities).toContainEqual({ kind: "address", value: SERVER, role: "server" });
    expect(found?.entities).toContainEqual({ kind: "host", value: "10.1.0.1", realm: "net", role: "victim" });
    expect(found?.evidence.length).toBeGreaterThan(5);
    expect(found?.tlp).toBe("amber");
    expect(found?.components.every(({ meaning }) => meaning !== "")).toBe(true);
  });

  it("at two organisations by the same server reaches high, and each finding stays its own", async () => {
    const world = offices();
    for (const org of [1, 2]) {
      const thief = { src: world.host(org, 3), dst: SERVER, port: 8443 };
      keepContact(world, thief, 20 + org);
      uploads(world, thief, shifted(THEFT, org * 2, -12));
    }
    const { findings } = await run(world);
    expect(
      alarms(findings)
        .map(({ org_id }) => org_id)
        .sort(),
    ).toEqual(["org1", "org2"]);
    expect(findings.map(({ severity }) => severity)).toContain("high");
    expect(findings.map(({ facts }) => facts.other_organisations_kept)).toEqual([1, 1]);
  });

  it("is told without an inventory, host by host", async () => {
    const world = offices();
    const thief = { src: world.host(1, 3), dst: SERVER };
    keepContact(world, thief, 24);
    uploads(world, thief, THEFT);
    const [found] = (await run(world, { inventory: false })).findings;
    expect(found).toMatchObject({
      org_id: null,
      explanation: { key: "backup-exfiltration.irregular-alone" },
    });
  });

  it("at two hosts of which nobody knows whose they are is not two organisations'", async () => {
    const world = offices();
    for (const org of [1, 2]) {
      const thief = { src: world.host(org, 3), dst: SERVER, port: 8443 };
      keepContact(world, thief, 2);
      uploads(world, thief, shifted(THEFT, org * 2, -12));
    }
    const { findings } = await run(world, { inventory: false });
    expect(findings.map(({ severity, facts }) => [severity, facts.other_organisations])).toEqual([
      ["low", 0],
      ["low", 0],
    ]);
  });

  it("from many hosts of one organisation counts where the server is suspected", async () => {
    const world = offices();
    for (let number = 1; number <= 7; number++) {
      const thief = { src: world.host(1, number), dst: SERVER, name: "sync.brightfolder.net" };
      keepContact(world, thief, 24, 60);
      uploads(world, thief, shifted(THEFT.slice(number, number + 2), 0, number));
    }
    const suspected = finding("cloud-masquerade", {
      entities: [{ kind: "address", value: SERVER, role: "server" }],
    });
    expect((await run(world)).findings).toEqual([]);
    const [found] = (await run(world, { findings: [suspected] })).findings;
    expect(severityRank(found?.severity ?? "low")).toBeGreaterThanOrEqual(severityRank("medium"));
    expect(found?.facts.hosts).toHaveLength(7);
  });

  it("is no finding where the user says that the server is harmless", async () => {
    const world = offices();
    const thief = { src: world.host(1, 3), dst: SERVER, name: "sync.brightfolder.net" };
    keepContact(world, thief, 24);
    uploads(world, thief, THEFT);
    expect((await run(world, { allowed: ["brightfolder.net"] })).findings).toEqual([]);
  });
});

describe("what others hold against the server", () => {
  const suspected = finding("cloud-masquerade", {
    entities: [{ kind: "domain", value: "brightfolder.net", role: "server" }],
  });
  const small = (world: World) => {
    const server = { src: world.host(1, 3), dst: SERVER, name: "api.brightfolder.net" };
    keepContact(world, server, 2);
    uploads(world, server, THEFT.slice(0, 2));
  };

  it("makes of a small theft a medium finding, and says that it rests on that", async () => {
    const world = offices();
    small(world);
    const [found] = (await run(world, { findings: [suspected] })).findings;
    expect(found).toMatchObject({
      severity: "medium",
      facts: { rests_on_suspicion: true, suspected_by: ["cloud-masquerade"] },
    });
  });

  it("is needed for it: alone two uploads are anybody's errand", async () => {
    const world = offices();
    small(world);
    const { findings } = await run(world);
    expect(alarms(findings)).toEqual([]);
    expect(findings[0]?.facts).toMatchObject({ rests_on_suspicion: false, suspected_by: [] });
    expect(capOf(findings[0])).toContain("errand");
  });

  it("does not count where it is below medium or about another server", async () => {
    const world = offices();
    small(world);
    const others = [
      { ...suspected, severity: "low" as const },
      finding("cloud-masquerade", { entities: [{ kind: "address", value: "203.0.113.41", role: "server" }] }),
    ];
    expect(alarms((await run(world, { findings: others })).findings)).toEqual([]);
  });
});

describe("harmless neighbours are below medium", () => {
  const THEIRS = "203.0.113.77";
  const neighbours: Record<string, (world: World) => void> = {
    "the same uploads to a known provider": (world) => {
      const server = { src: world.host(1, 3), dst: THEIRS, name: "client.dropbox.com" };
      keepContact(world, server, 24);
      uploads(world, server, THEFT);
    },
    "a first backup to a known provider, forty times the nightly ones that follow": (world) => {
      const times = (day: number) => (day < 47 ? 40 : 1);
      job(world, { src: world.host(1, 4), dst: THEIRS, name: "s3.wasabisys.com", from: 45, times });
    },
    "a nightly job to a server that no list has, growing fivefold": (world) => {
      const times = (day: number) => 5 ** (day / DAYS);
      job(world, { src: world.host(1, 4), dst: THEIRS, name: "backup.smallhost.example.net", times });
    },
    "a nightly job with a full backup each month": (world) => {
      const times = (day: number) => (day % 28 === 3 ? 12 : 1);
      job(world, { src: world.host(1, 4), dst: THEIRS, name: "backup.smallhost.net", times });
    },
    "a full backup each month and nothing else": (world) => {
      for (const day of [4, 34, 65])
        uploads(world, { src: world.host(1, 4), dst: THEIRS, name: "vault.smallhost.net" }, [
          [day, 20, 9000],
        ]);
    },
    "a first backup to a server that no list has, with increments only when something changed": (world) => {
      const server = { src: world.host(1, 4), dst: THEIRS, name: "backup.smallhost.net" };
      keepContact(world, server, 40);
      uploads(world, server, [
        [40, 12, 6000],
        [41, 2, 7000],
      ]);
      uploads(world, server, [
        [47, 18, 60],
        [52, 18, 90],
        [61, 18, 40],
        [64, 18, 120],
      ]);
    },
    "a server of one's own, there since the telemetry began": (world) => {
      const server = { src: world.host(1, 5), dst: THEIRS, name: "nas.family-smith.org" };
      keepContact(world, server, 0);
      uploads(world, server, THEFT);
    },
    "a server of one's own, set up last month and used while at work": (world) => {
      const server = { src: world.host(1, 5), dst: THEIRS, name: "nas.family-smith.org" };
      keepContact(world, server, 24);
      uploads(world, server, shifted(THEFT, 0, -12));
    },
    "calls, in which nearly as much comes back": (world) => {
      const server = { src: world.host(1, 5), dst: THEIRS, port: 8801 };
      keepContact(world, server, 24);
      uploads(world, server, THEFT, 0.4);
    },
    "files sent to a partner now and then, by hand": (world) =>
      uploads(world, { src: world.host(1, 5), dst: THEIRS, name: "sftp.partner-print.com", port: 22 }, THEFT),
    "one large transfer": (world) =>
      uploads(world, { src: world.host(1, 5), dst: THEIRS, name: "video.cutters.tv" }, [[44, 9, 40_000]]),
    "a file exchange of the government": (world) => {
      for (const org of [1, 2]) {
        const server = { src: world.host(org, 6), dst: THEIRS, name: "exchange.interior.gov.kh" };
        keepContact(world, server, 20);
        uploads(world, server, shifted(THEFT, org));
      }
    },
    "a service that most of the organisation uses": (world) => {
      for (let number = 1; number <= 8; number++) {
        const server = { src: world.host(1, number), dst: THEIRS, name: "cloud.ministry-one.org" };
        keepContact(world, server, 24);
        uploads(world, server, shifted(THEFT, number % 4));
      }
    },
    "a camera that sends clips most days": (world) => {
      const camera = { src: world.host(1, 7), dst: THEIRS };
      keepContact(world, camera, 24);
      for (let day = 24; day < DAYS; day++)
        if (day % 3 !== 0) uploads(world, camera, [[day, (day * 5) % 24, 40 + ((day * 37) % 90)]]);
    },
  };

  /** Why the uploads that are reported as irregular stay low. */
  const reasons: Record<string, string> = {
    "the same uploads to a known provider": "known provider",
    "a first backup to a server that no list has, with increments only when something changed":
      "first full backup",
    "a server of one's own, there since the telemetry began": "as old as the telemetry",
    "a server of one's own, set up last month and used while at work": "people were at work",
    "calls, in which nearly as much comes back": "conversation",
    "files sent to a partner now and then, by hand": "no contact is kept",
    "one large transfer": "errand",
    "a file exchange of the government": "public bodies",
    "a camera that sends clips most days": "",
  };

  it.each(Object.entries(neighbours))("%s", async (name, add) => {
    const world = offices();
    add(world);
    const result = await run(world);
    expect(alarms(result.findings).map(({ title }) => title)).toEqual([]);
    const irregular = result.findings.filter(({ facts }) => facts.shape === "irregular");
    expect(irregular.length > 0).toBe(reasons[name] !== undefined);
    for (const each of irregular) expect(capOf(each)).toContain(reasons[name]);
    const pairs = result.evaluated.find(({ what }) => what === "pairs of host and address with uploads");
    expect(pairs?.count).toBeGreaterThan(2);
  });

  it("ordinary offices with nothing but their backups have no finding at all", async () => {
    expect((await run(offices())).findings).toEqual([]);
  });
});

describe("a surge of a regular job", () => {
  it("is reported as low at most, with the expected range and the day", async () => {
    const world = offices();
    const times = (day: number) => (day === 51 ? 45 : 1);
    job(world, { src: world.host(2, 4), dst: "38.27.4.4", name: "s3.wasabisys.com", times, hour: 17 });
    const { findings } = await run(world);
    expect(findings).toHaveLength(1);
    const [found] = findings;
    expect(severityRank(found?.severity ?? "high")).toBeLessThanOrEqual(severityRank("low"));
    expect(found?.facts).toMatchObject({ shape: "surge", provider: "Wasabi" });
    const from = Date.parse(String([found?.facts.window_from].flat()[0]));
    expect(at(51, 17)).toBeGreaterThanOrEqual(from);
    expect(at(51, 17)).toBeLessThan(from + DAY);
    expect(Number(found?.facts.expected_high)).toBeLessThan(4000 * MB);
    expect(found?.entities.some(({ role }) => role === "server")).toBe(false);
  });
});

describe("what it cannot judge", () => {
  it("a capture of four days has no baseline: not tested, with the reason", async () => {
    const world = new World();
    world.watch(at(24, 0), at(28, 0));
    const thief = { src: world.host(1, 3), dst: SERVER };
    keepContact(world, thief, 24, 28);
    uploads(world, thief, [[25, 3, 5000]]);
    const result = await run(world);
    expect(result.findings).toEqual([]);
    expect(result.notTested).toBe(
      "the telemetry covers 4 days, and what is usual is not known with fewer than 7",
    );
  });

  it("ten days are a short history: low at most, and the caveat says so", async () => {
    const world = new World();
    world.watch(at(20, 0), at(30, 0));
    const thief = { src: world.host(1, 3), dst: SERVER };
    keepContact(world, thief, 20, 30);
    uploads(world, thief, [
      [22, 3, 900],
      [25, 5, 1400],
      [26, 9, 700],
    ]);
    const [found] = (await run(world)).findings;
    expect(found?.facts.history).toBe("short");
    expect(alarms(found === undefined ? [] : [found])).toEqual([]);
    expect(found?.caveats.join(" ")).toContain("other days could be compared");
  });

  it("hours that nobody watched are not hours in which nothing was sent", async () => {
    const world = new World();
    world.watch(START, at(30, 0));
    world.watch(at(44, 0), at(DAYS, 0));
    people(world, 1, 8);
    // The sensor was down for two weeks; the job ran on.
    job(world, { src: world.host(1, 1), dst: "203.0.113.77", name: "backup.smallhost.net", to: 30 });
    job(world, {
      src: world.host(1, 1),
      dst: "203.0.113.77",
      name: "backup.smallhost.net",
      from: 44,
      seed: 2,
    });
    expect((await run(world)).findings).toEqual([]);
  });

  it("says so where there are no volumes, and where nothing is inside", async () => {
    const names = new World();
    names.add({
      time: at(1, 1),
      src: names.host(1, 1),
      dst: SERVER,
      lookup: "a.example.com",
      lookupOnly: true,
    });
    expect((await run(names)).notTested).toContain("volumes are not known");
    const strangers = new World();
    strangers.add({ time: at(1, 1), src: "192.0.2.1", dst: SERVER });
    expect((await run(strangers)).notTested).toContain("inside");
  });
});
