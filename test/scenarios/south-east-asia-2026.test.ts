import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { buildEstate } from "../../scenarios/estate/estate.js";
import { planIntrusions } from "../../scenarios/estate/intrusions.js";
import { simulate } from "../../scenarios/index.js";
import { digest, filesUnder, newFolder } from "./helpers.js";

const SCENARIO = "south-east-asia-2026";
const folders: string[] = [];
const written = async (seed: number): Promise<string> => {
  const out = newFolder();
  folders.push(out);
  await simulate({ scenario: SCENARIO, out, seed, scale: 0.01 });
  return out;
};
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});

describe(SCENARIO, () => {
  it("is the same, byte for byte, for the same seed", { timeout: 120_000 }, async () => {
    expect(digest(await written(5))).toBe(digest(await written(5)));
  });

  it("numbers the records of each log upwards, but where an older copy took a log's place", {
    timeout: 60_000,
  }, async () => {
    const out = await written(2026);
    const truth = JSON.parse(readFileSync(join(out, "truth.json"), "utf8"));
    const restored = truth.steps.find(({ step }: { step: string }) => step === "restore_logs");
    const last = new Map<string, number>();
    const back: string[] = [];
    for (const name of filesUnder(join(out, "logs", "windows")))
      for (const line of gunzipSync(readFileSync(join(out, "logs", "windows", name)))
        .toString()
        .trimEnd()
        .split("\n")) {
        const { System } = JSON.parse(line).Event;
        const log = `${System.Computer} ${System.Channel}`;
        if (System.EventRecordID <= (last.get(log) ?? 0)) back.push(log);
        last.set(log, System.EventRecordID);
      }
    expect(last.size).toBeGreaterThan(60);
    expect(back).toEqual([`${restored.host} Security`]);
  });

  it("has other names, tools, hosts and order with another seed, and the same at every scale", () => {
    const plan = (seed: number, scale: number) => planIntrusions(buildEstate(SCENARIO, seed, scale));
    const told = (seed: number, scale: number) =>
      plan(seed, scale).map(({ tools, steps }) => [tools, steps.map(({ id, ts }) => [id, ts])]);
    expect(told(2026, 1)).toEqual(told(2026, 0.1));
    const [one, other] = [plan(2026, 0.1), plan(7, 0.1)];
    const servers = new Set(one.map(({ tools }) => tools.server));
    expect(other.filter(({ tools }) => servers.has(tools.server))).toEqual([]);
    for (const { steps } of [...one, ...other])
      expect(steps.map(({ ts }) => ts)).toEqual([...steps.map(({ ts }) => ts)].sort((a, b) => a - b));
  });
});
