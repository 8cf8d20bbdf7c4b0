import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, micros as time } from "../../scenarios/engine/clock.js";
import { prepareOut } from "../../scenarios/engine/out-folder.js";
import { writeOutputs } from "../../scenarios/engine/outputs.js";
import { tasksOf, writeAll } from "../../scenarios/engine/pool.js";
import { buildWorld } from "../../scenarios/engine/world.js";
import { listScenarios, simulate } from "../../scenarios/index.js";
import { digest, filesUnder, newFolder } from "./helpers.js";

const SCENARIO = "cambodia-2023";
const folders: string[] = [];
const folder = (): string => {
  const made = newFolder();
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

it("lists what there is", () => {
  expect(listScenarios().map(({ id }) => id)).toContain(SCENARIO);
});

it("writes the same bytes for the same seed, on any number of threads", { timeout: 60_000 }, async () => {
  const digests: string[] = [];
  for (const workers of [0, 2]) {
    const setup = { scenario: SCENARIO, seed: 5, scale: 0.2, out: folder() };
    const world = buildWorld(setup.scenario, setup.seed, setup.scale);
    const some = tasksOf(world).slice(200, 224);
    let files = 0;
    await writeAll(world, setup, workers, some, (written) => {
      files += written.files;
    });
    expect(files).toBeGreaterThan(100);
    await writeOutputs(world, setup.out);
    digests.push(digest(setup.out));
  }
  expect(digests[1]).toBe(digests[0]);
});

it("replaces its own earlier logs and nothing else", async () => {
  const out = folder();
  await writeOutputs(buildWorld(SCENARIO, 5, 0.01), out);
  const old = join(out, "logs", "admin-dc", "2023-08-01");
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "conn.2023-08-01-00-00-00.log.gz"), "");
  writeFileSync(join(old, "notes.txt"), "mine");
  writeFileSync(join(out, "logs", "notes.txt"), "mine");
  await prepareOut(out);
  expect(filesUnder(join(out, "logs"))).toEqual(["admin-dc/2023-08-01/notes.txt", "notes.txt"]);
});

describe("refuses", () => {
  const options = { scenario: SCENARIO, seed: 1, scale: 0.001, workers: 0 };

  it("an unknown scenario, and says which there are", async () => {
    await expect(simulate({ ...options, out: folder(), scenario: "nope" })).rejects.toThrow(
      /"nope".*cambodia-2023/,
    );
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("the scale %s", async (scale) => {
    await expect(simulate({ ...options, out: folder(), scale })).rejects.toThrow(/scale/);
  });

  it("a folder with somebody's files, and leaves them alone", async () => {
    const out = folder();
    writeFileSync(join(out, "truth.json"), '{"mine": true}');
    await expect(simulate({ ...options, out })).rejects.toThrow(/not empty/);
    expect(readFileSync(join(out, "truth.json"), "utf8")).toBe('{"mine": true}');
  });
});

describe("a world", () => {
  it("of another seed shares nothing with the published campaign", () => {
    const { campaign: published, description } = buildWorld(SCENARIO, 2023, 0.01);
    const facts = published.infrastructure.servers.flatMap(({ name, domain }) => [name, domain]);
    for (const seed of [1, 7, 42]) {
      const { campaign } = buildWorld(SCENARIO, seed, 0.01);
      const { servers, ports } = campaign.infrastructure;
      expect(servers.length).toBeGreaterThanOrEqual(9);
      expect(servers.every(({ stays }) => stays.every(({ address }) => ports.has(address)))).toBe(true);
      expect(servers.filter(({ name, domain }) => facts.includes(name) || facts.includes(domain))).toEqual(
        [],
      );
      expect([...ports.keys()].filter((address) => published.infrastructure.ports.has(address))).toEqual([]);
      expect(campaign.rhythm.calendar).not.toBe(published.rhythm.calendar);
      for (const word of ["infinity", "wonder"]) {
        expect(JSON.stringify(description.campaign.invented)).not.toContain(word);
      }
    }
  });

  it("has the same campaign at every scale", () => {
    const plan = (scale: number): unknown =>
      [...buildWorld(SCENARIO, 3, scale).campaign.events.values()]
        .flat()
        .map(({ ts, address, host }) => [ts, address, host.text]);
    expect(plan(4)).toEqual(plan(0.01));
  });

  it("keeps the operators to their hours and their holiday", () => {
    for (const seed of [2023, 11]) {
      const { campaign } = buildWorld(SCENARIO, seed, 0.01);
      const { rhythm } = campaign;
      const events = [...campaign.events.values()].flat();
      const manual = events.filter(({ purpose }) => purpose !== "beacon");
      const local = (ts: number): number => ts + rhythm.utc_offset_minutes * MINUTE;
      const during = manual.filter(
        ({ ts }) => local(ts) >= time(rhythm.lull.from) && local(ts) < time(rhythm.lull.to) + DAY,
      );
      expect(during).toEqual([]);
      const early = manual.filter(({ ts }) => (local(ts) % DAY) / HOUR < rhythm.hours[0]);
      expect(early.length).toBeLessThan(manual.length * 0.02);
      const uploads = events.filter(({ purpose }) => purpose === "upload");
      expect(uploads.length).toBeGreaterThan(100);
    }
  });

  it("has several victims for each server, and one server that moves and keeps its name", () => {
    const { campaign } = buildWorld(SCENARIO, 2023, 0.01);
    const victims = new Map<string, Set<string>>();
    const addresses = new Map<string, Set<string>>();
    for (const { server, address, host } of [...campaign.events.values()].flat()) {
      victims.set(server.name, (victims.get(server.name) ?? new Set()).add(host.organisation.id));
      addresses.set(server.name, (addresses.get(server.name) ?? new Set()).add(address));
    }
    expect(victims.size).toBe(10);
    expect([...victims].filter(([, organisations]) => organisations.size < 3)).toEqual([]);
    expect([...addresses].filter(([, seen]) => seen.size > 1).map(([name]) => name)).toEqual([
      "update.wonderbackup.com",
    ]);
  });

  it("never holds more than a slice of rows, whatever the scale", () => {
    for (const scale of [1, 100, 10000]) {
      const world = buildWorld(SCENARIO, 2023, Math.min(scale, 100));
      const share = Math.max(...world.sensors.map((sensor) => sensor.share));
      const slices = world.rota.slicesOf(time("2023-09-06"), 1e6 * scale * share);
      const largest = Math.max(...slices.map(({ human, machine }) => human + machine));
      expect(largest).toBeLessThanOrEqual(scale <= 1000 ? 20000 : 60000);
    }
  });
});
