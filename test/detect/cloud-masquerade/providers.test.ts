import { afterAll, beforeAll, expect, it } from "vitest";
import { detector } from "../../../src/detect/cloud-masquerade/index.js";
import { providerList } from "../../../src/detect/shared/providers.js";
import { at, type Bench, openBench, World } from "./world.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it("no real provider is a finding, however badly its servers behave", async () => {
  const world = new World();
  const names = providerList().providers.flatMap(({ domains }) =>
    domains.flatMap((domain) => [domain, `eu-1.backup-storage.${domain}`]),
  );
  names.forEach((name, position) => {
    // An address of its own for each, odd ports, uploads only, from the third week on, in three organisations.
    const dst = `198.18.${position >> 8}.${position & 255}`;
    for (const [org, day, port] of [
      [1, 21, 443],
      [2, 35, 4444],
      [3, 49, 81],
    ] as const) {
      world.add({ time: at(day, 5), src: world.host(org, 1), dst, port, name, out: 5_000_000, in: 1000 });
    }
  });
  const { findings, evaluated } = await bench.run(detector, world);
  expect(findings.map(({ facts }) => facts.domain)).toEqual([]);
  expect(evaluated.find(({ what }) => what === "names of real providers left out")?.count).toBe(
    new Set(names).size,
  );
  // The net was out: these servers were looked at for their behaviour, and let go for their names.
  expect(evaluated.find(({ what }) => what.startsWith("addresses with unusual"))?.count).toBeGreaterThan(
    1000,
  );
});
