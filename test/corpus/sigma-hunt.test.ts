import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
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
  beforeEach(async () => {
    opened = await openCase({ folder: join(folder, "case") });
  });
  afterEach(async () => {
    await opened.close();
    rmSync(join(folder, "case"), { recursive: true, force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const bring = (paths: readonly string[]) =>
    ingest(opened, {
      paths,
      exclude: [],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });

  async function compare(
    rules: readonly string[] | undefined,
    files: readonly string[],
    least: number,
  ): Promise<void> {
    await bring(files);
    const loaded = loadRules(rules);
    const expected = new Map<string, SigmaMatch>();
    const found = new Map<string, SigmaMatch>();
    // A case has each event once, under the path of its first copy.
    const keyOf = (match: SigmaMatch): string =>
      [
        ...[match.rule_id, match.record_id, match.line, match.time, match.last_time],
        JSON.stringify(match.fields),
      ].join("|");
    await matchEvents(
      { paths: files, ...loaded, threads: 0 },
      { match: async (match) => void expected.set(keyOf(match), match), problem: async () => {} },
      silentProgress,
    );
    const report = await huntCase(
      opened,
      loaded,
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
    compare(RULES, eventLogs(join(SIGMA, "regression_data")), 340));

  it("our own match what they match in the attack samples, correlations too", () =>
    compare(undefined, eventLogs(join(CORPUS ?? "", "evtx/attack-samples")), 20));

  it("all match what they match in OTRF's archives of JSON, by naming the folder", async () => {
    await compare(RULES, [join(CORPUS ?? "", "windows-json/otrf")], 1500);
    const [stored] = await opened.store.query<{ n: number }>("SELECT count() AS n FROM windows_event");
    // As many as sigma match reads of them (windows-json.test.ts).
    expect(stored?.n).toBe(25_208 + 37_814 + 4348 + 14_722 + 10_487 + 25_993);
    const again = await bring([join(CORPUS ?? "", "windows-json/otrf")]);
    expect(again.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(0);
  });

  it("SigmaHQ's match the same events of the suite as JSON of evtx_dump", async () => {
    mkdirSync(join(folder, "json"));
    const events = readdirSync(join(SIGMA, "regression_data"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json"))
      .sort()
      .flatMap((name) => documentsOf(readFileSync(join(SIGMA, "regression_data", name), "utf8")));
    expect(events.length).toBeGreaterThan(200);
    writeFileSync(
      join(folder, "json/events.jsonl"),
      events.map((event) => `${JSON.stringify(event)}\n`).join(""),
    );
    await bring([join(folder, "json")]);
    const loaded = loadRules(RULES);
    // evtx_dump writes times with six digits.
    const keyOf = ({ rule_id, time }: SigmaMatch): string =>
      `${rule_id} ${time.slice(0, -1).padEnd(26, "0").slice(0, 26)}`;
    const [expected, found] = [new Set<string>(), new Set<string>()];
    await matchEvents(
      { paths: eventLogs(join(SIGMA, "regression_data")), ...loaded, threads: 0 },
      { match: async (match) => void expected.add(keyOf(match)), problem: async () => {} },
      silentProgress,
    );
    await huntCase(opened, loaded, async (match) => void found.add(keyOf(match)), silentProgress);
    expect(expected.size).toBeGreaterThan(300);
    expect([...found].sort()).toEqual([...expected].sort());
  });
});

/** The EVTX files of a folder: the suite has each event as JSON beside them. */
function eventLogs(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".evtx"))
    .sort()
    .map((name) => join(folder, name));
}

/** Several pretty-printed objects one after the other, each from a line `{` to a line `}`; or one array. */
function documentsOf(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) return JSON.parse(trimmed) as unknown[];
  return trimmed.split(/(?<=^\})\s*$\s*(?=^\{)/m).map((each) => JSON.parse(each) as unknown);
}
