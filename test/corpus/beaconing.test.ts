import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../src/detect/beaconing/index.js";
import { ritaPairs } from "../../src/detect/beaconing/rita/pairs.js";
import type { DetectContext, DetectorResult } from "../../src/detect/port.js";
import { packageRoot } from "../../src/kernel/package-root.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { resolveHosts } from "../../src/pipeline/hosts.js";
import { ingestStep, loadSettings, openCase } from "../../src/pipeline/index.js";
import { NO_HOSTS } from "../support/no-hosts.js";

/** RITA's own planted pair, from the logs through the store: somebody outside who polls one of ours, with the score that RITA asserts. */
const corpus = process.env.LONGWATCH_CORPUS ?? join(packageRoot, "../shared/corpus");
const input = join(corpus, "zeek/rita-missing-host");
const oracle = join(corpus, "oracles/rita-missing-host.json");
const here = existsSync(input) && existsSync(oracle);
if (!here) console.log(`RITA's planted pair: skipped, there is no ${input} (set LONGWATCH_CORPUS)`);

const PAIR = { source: "73.54.23.243", target: "64.225.56.201" };
const folder = here ? mkdtempSync(join(tmpdir(), "lw-beaconing-")) : "";
afterAll(() => {
  if (here) rmSync(folder, { recursive: true });
});

describe.skipIf(!here)("rita-missing-host through the store", () => {
  let rita: Awaited<ReturnType<typeof ritaPairs>>;
  let result: DetectorResult;
  let realm = "";

  beforeAll(async () => {
    const settings = loadSettings(undefined, [input]);
    const opened = await openCase({ folder: join(folder, "case") });
    try {
      const { store } = opened;
      await ingestStep(opened, settings, [input], silentProgress);
      await resolveHosts(store, settings.directory);
      const [covered] = await store.query<{ first: number; last: number; realm: string }>(
        "SELECT toUnixTimestamp(min(hour)) * 1000 AS first, toUnixTimestamp(max(hour)) * 1000 + 3600000 AS last, any(address_realm) AS realm FROM coverage_hourly",
      );
      realm = covered?.realm ?? "";
      const context: DetectContext = {
        query: (sql, parameters, options) => store.query(sql, parameters, options),
        stream: (sql, parameters, options) => store.stream(sql, parameters, options),
        directory: settings.directory,
        indicators: [],
        allow: settings.allow,
        calendars: settings.calendars,
        hosts: NO_HOSTS,
        sigmaRules: () => ({ rules: [], logSources: [] }),
        dllHijacks: () => ({ entries: [], unreadable: 0 }),
        parameter: (name) => detector.manifest.parameters[name]?.default as number,
        findings: [],
        span: { first: Number(covered?.first), last: Number(covered?.last) },
      };
      rita = await ritaPairs(context, [{ realm, ...PAIR }]);
      result = await detector.run(context);
    } finally {
      await opened.close();
    }
  }, 120_000);

  it("the pair has RITA's count and score", () => {
    const { asserted } = JSON.parse(readFileSync(oracle, "utf8")) as {
      asserted: Record<"count" | "beaconScore", { value: number; tolerance?: number }>;
    };
    const pair = rita.get(`${realm}|${PAIR.source}|${PAIR.target}`);
    expect(pair?.connections).toBe(asserted.count.value);
    expect(Math.abs((pair?.score ?? 0) - asserted.beaconScore.value)).toBeLessThanOrEqual(
      (asserted.beaconScore.tolerance ?? 0) + 1e-12,
    );
  });

  it("our detector reports the pair: regular, and no more than low, since it comes from outside", () => {
    const found = result.findings.filter(
      ({ entities }) =>
        entities.some((each) => each.value === PAIR.source) &&
        entities.some((each) => each.value === PAIR.target),
    );
    expect(found).toHaveLength(1);
    const [finding] = found;
    expect(finding?.facts).toMatchObject({ direction: "inbound", rita_connections: 331 });
    // The logs' makers poll every 200 to 350 seconds.
    expect(finding?.facts.interval_seconds).toBeGreaterThan(200);
    expect(finding?.facts.interval_seconds).toBeLessThan(350);
    expect(finding?.facts.bits).toBeGreaterThan(100);
    expect(finding?.severity).toBe("low");
    expect(finding?.evidence.length).toBeGreaterThan(0);
  });
});
