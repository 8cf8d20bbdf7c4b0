import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { type Case, huntCase, loadRules, matchEvents, openCase } from "../../src/pipeline/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { CORPUS } from "../support/corpus.js";

const SIGMA = join(CORPUS ?? "", "sigma");
const RULES = ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) => join(SIGMA, name));

/** The compiler to SQL over stored events against the matcher over the files: two evaluators, one rule model. */
describe.skipIf(CORPUS === undefined)("rules on stored events", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-sigma-hunt-"));
  let opened: Case;
  beforeAll(async () => {
    opened = await openCase({ folder });
  });
  afterAll(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function compare(rules: readonly string[] | undefined, logs: string, least: number): Promise<void> {
    await ingest(opened, {
      paths: [logs],
      exclude: [],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });
    const loaded = loadRules(rules);
    const expected = new Map<string, SigmaMatch>();
    const found = new Map<string, SigmaMatch>();
    // A case has each event once, under the path of its first copy.
    const keyOf = (match: SigmaMatch): string =>
      [match.rule_id, match.record_id, match.time, match.last_time, JSON.stringify(match.fields)].join("|");
    await matchEvents(
      { paths: [logs], rules: loaded.rules, threads: 0 },
      { match: async (match) => void expected.set(keyOf(match), match), problem: async () => {} },
      silentProgress,
    );
    const report = await huntCase(
      opened,
      loaded.rules,
      async (match) => void found.set(keyOf(match), match),
      silentProgress,
    );
    const short = ({ rule_title, file, record_id }: SigmaMatch) => `${rule_title}: ${file}#${record_id}`;
    expect([...expected].filter(([key]) => !found.has(key)).map(([, match]) => short(match))).toEqual([]);
    expect([...found].filter(([key]) => !expected.has(key)).map(([, match]) => short(match))).toEqual([]);
    expect(found.size).toBeGreaterThan(least);
    expect(report.matches).toBeGreaterThanOrEqual(found.size);
  }

  it("all of SigmaHQ's match what they match in the files of its regression suite, by the same fields", () =>
    compare(RULES, join(SIGMA, "regression_data"), 340));

  it("our own match what they match in the attack samples, correlations too", () =>
    compare(undefined, join(CORPUS ?? "", "evtx/attack-samples"), 20));
});
