import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/backup-exfiltration/index.js";
import { severityRank } from "../../../src/model/finding.js";
import { at, type Bench, DAYS, openBench, START, World } from "../cloud-masquerade/world.js";
import { job, keepContact, people, type Server, uploads } from "./offices.js";
import { type Noise, noise } from "./series.js";

/**
 * Whole decisions on the real engine: many organisations, each with one relation drawn at random from one kind. The runs make the table of
 * docs/detectors/backup-exfiltration.md: they print it. Seeds are fixed.
 */
const ORGS = Number(process.env.ORGS ?? 12);
const SEEDS = Number(process.env.SEEDS ?? 1);

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Uploads on a share of the days from `from` on, at hours that `hour` draws, log-normal sizes in megabytes. */
function irregular(
  { next, lognormal }: Noise,
  {
    from,
    share,
    median,
    sigma,
    hour,
  }: { from: number; share: number; median: number; sigma: number; hour: () => number },
): [number, number, number][] {
  const list: [number, number, number][] = [];
  for (let day = from; day < DAYS; day++)
    if (next() < share) list.push([day, hour(), lognormal(median, sigma)]);
  return list;
}

type Kind = (world: World, server: Server, random: Noise) => void;

const anyHour =
  ({ next }: Noise) =>
  () =>
    Math.floor(next() * 24);
const officeHour =
  ({ next }: Noise) =>
  () =>
    2 + Math.floor(next() * 9);

const HARMLESS: Record<string, Kind> = {
  "a server of one's own, used now and then": (world, server, random) => {
    keepContact(world, server, 0);
    const share = 0.05 + random.next() * 0.4;
    uploads(
      world,
      server,
      irregular(random, { from: 0, share, median: 150, sigma: 1.3, hour: officeHour(random) }),
    );
  },
  "the same, set up during the telemetry": (world, server, random) => {
    const from = 10 + Math.floor(random.next() * 30);
    keepContact(world, server, from);
    const share = 0.05 + random.next() * 0.4;
    uploads(
      world,
      server,
      irregular(random, { from, share, median: 60, sigma: 1.2, hour: officeHour(random) }),
    );
  },
  "a camera": (world, server, random) => {
    const from = Math.floor(random.next() * 40);
    keepContact(world, server, from);
    const share = 0.3 + random.next() * 0.7;
    uploads(world, server, irregular(random, { from, share, median: 60, sigma: 0.7, hour: anyHour(random) }));
  },
  "files by hand": (world, server, random) => {
    const share = 0.03 + random.next() * 0.2;
    uploads(
      world,
      server,
      irregular(random, { from: 0, share, median: 300, sigma: 1.5, hour: officeHour(random) }),
    );
  },
  "a first backup, then increments when something changed": (world, server, random) => {
    const from = 10 + Math.floor(random.next() * 40);
    keepContact(world, server, from);
    uploads(world, server, [[from, 8, 2000 + random.next() * 20_000]]);
    const share = 0.2 + random.next() * 0.5;
    uploads(
      world,
      server,
      irregular(random, { from: from + 1, share, median: 80, sigma: 1, hour: () => 18 }),
    );
  },
  "a nightly job that misses nights": (world, server, random) => {
    const from = Math.floor(random.next() * 40);
    keepContact(world, server, from);
    const share = 0.6 + random.next() * 0.4;
    uploads(world, server, irregular(random, { from, share, median: 700, sigma: 0.8, hour: () => 19 }));
  },
  "a weekly job": (world, server, random) => {
    const weekday = Math.floor(random.next() * 7);
    const list = Array.from(
      { length: 12 },
      (_, week) => [week * 7 + weekday, 20, random.lognormal(3000, 0.6)] as const,
    );
    keepContact(world, server, 0);
    uploads(world, server, list);
  },
};

const THEFT: Kind = (world, server, random) => {
  const from = 8 + Math.floor(random.next() * 25);
  keepContact(world, server, from);
  const share = 0.06 + random.next() * 0.2;
  const list = irregular(random, { from: from + 1, share, median: 500, sigma: 0.8, hour: anyHour(random) });
  uploads(world, server, list);
};

/** Share of organisations with a finding of medium or above, and with any finding. */
async function rates(kind: Kind): Promise<{ medium: number; any: number }> {
  let medium = 0;
  let any = 0;
  for (let seed = 0; seed < SEEDS; seed++) {
    const world = new World();
    world.watch(START, at(DAYS, 0));
    for (let org = 1; org <= ORGS; org++) {
      people(world, org, 3);
      job(world, { src: world.host(org, 1), dst: "149.137.4.4", name: "ca001.backblaze.com", seed: org });
      const host = 1 + (org % 3);
      kind(world, { src: world.host(org, host), dst: `203.0.113.${org}` }, noise(seed * 1000 + org));
    }
    const { findings } = await bench.run(detector, world, { parameters: { max_findings: 1000 } });
    const orgs = (least: "low" | "medium") =>
      new Set(
        findings
          .filter(({ severity }) => severityRank(severity) >= severityRank(least))
          .map((each) => each.org_id),
      ).size;
    medium += orgs("medium");
    any += orgs("low");
  }
  return { medium: medium / (ORGS * SEEDS), any: any / (ORGS * SEEDS) };
}

describe("organisations drawn at random", () => {
  it.each(Object.entries(HARMLESS))("harmless: %s", async (name, kind) => {
    const { medium, any } = await rates(kind);
    console.log(`| ${name} | ${medium.toFixed(3)} | ${any.toFixed(3)} |`);
    expect(medium).toBeLessThanOrEqual(ORGS < 40 ? 1 / ORGS : 0.03);
  });

  it("thefts without a second organisation and without suspicion", async () => {
    const { medium, any } = await rates(THEFT);
    console.log(`| theft | ${medium.toFixed(3)} | ${any.toFixed(3)} |`);
    expect(medium).toBeGreaterThanOrEqual(0.3);
    expect(any).toBeGreaterThanOrEqual(0.95);
  });
});
