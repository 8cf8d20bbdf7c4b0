import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRules } from "../../src/detect/sigma/check.js";
import { logSources, tableSourcesOf } from "../../src/detect/sigma/logsource/index.js";
import type { DetectionRule } from "../../src/detect/sigma/rule/model.js";
import { parseRules } from "../../src/detect/sigma/rule/parse.js";
import { huntStored } from "../../src/detect/sigma/sql/hunt.js";
import { untried } from "../../src/detect/sigma/unmapped.js";
import { silentProgress } from "../../src/kernel/progress.js";
import { type Case, huntCase, loadRules, openCase } from "../../src/pipeline/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { walkInput } from "../../src/pipeline/ingest/walk.js";
import { holds, isOf, type RawRow, referenceEvent } from "../detect/sigma/network/reference.js";
import { witnessOf } from "../detect/sigma/network/witness.js";
import { CORPUS } from "../support/corpus.js";

const SIGMA = join(CORPUS ?? "", "sigma");
const ALL = ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) => join(SIGMA, name));
const ENTRIES = logSources();

/** Rules that are asked of a table of network or web logs. */
function networkRules(): DetectionRule[] {
  const parsed = walkInput(ALL, [])
    .files.filter(({ path }) => path.endsWith(".yml"))
    .flatMap(({ path }) => parseRules(readFileSync(path, "utf8"), path, new Map()).rules);
  return checkRules(parsed, [], ENTRIES)
    .runnable.filter((rule) => rule.kind === "detection")
    .filter((rule) =>
      tableSourcesOf(rule.logsource, ENTRIES).some((source) => untried(rule.condition, source) === undefined),
    );
}

describe.skipIf(CORPUS === undefined)("SigmaHQ's rules on network and web logs", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-sigma-network-"));
  let opened: Case;
  beforeEach(async () => {
    opened = await openCase({ folder: join(folder, "case") });
  });
  afterEach(async () => {
    await opened.close();
    rmSync(join(folder, "case"), { recursive: true, force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("the engine finds what the rule model says, on rows made of what the rules look for", {
    timeout: 120_000,
  }, async () => {
    const rules = networkRules();
    expect(rules.length).toBeGreaterThan(150);
    const { store } = opened;
    const made = new Map<string, Record<string, unknown>[]>();
    for (const [number, rule] of rules.entries())
      for (const source of tableSourcesOf(rule.logsource, ENTRIES))
        for (const [variant, row] of witnessOf(rule.condition, source).entries())
          made.set(source.table, [
            ...(made.get(source.table) ?? []),
            {
              ...{ batch_id: "b", source_id: `rule ${number}`, source_line: variant + 1 },
              ...{ time: "2024-03-01 10:00:00.000000", product: source.products?.[0] ?? "zeek", ...row },
            },
          ]);
    for (const [table, list] of made) await store.insert(table, list);
    const rows = new Map<string, RawRow[]>();
    const expected: string[] = [];
    const fulfilled = new Set<number>();
    for (const [number, rule] of rules.entries())
      for (const source of tableSourcesOf(rule.logsource, ENTRIES)) {
        const table = rows.get(source.table) ?? (await store.query<RawRow>(`SELECT * FROM ${source.table}`));
        rows.set(source.table, table);
        for (const row of table) {
          if (!isOf(source, row) || !holds(rule.condition, referenceEvent(source, row))) continue;
          expected.push(`${rule.title}: ${row.source_id} ${row.source_line}`);
          if (row.source_id === `rule ${number}`) fulfilled.add(number);
        }
      }
    const found: string[] = [];
    for await (const { rule, record } of huntStored(store, rules, ENTRIES))
      found.push(`${rule.title}: ${record.sourceId} ${record.line}`);
    expect(found.sort()).toEqual(expected.sort());
    const silent = rules.filter((_, number) => !fulfilled.has(number)).map(({ title }) => title);
    console.log(
      `${rules.length} rules, ${found.length} matches; without a row that fulfils them: ${silent.join("; ")}`,
    );
    expect(fulfilled.size / rules.length).toBeGreaterThan(0.9);
  });

  async function matchesIn(...folders: string[]): Promise<Record<string, number>> {
    await ingest(opened, {
      paths: folders.map((name) => join(CORPUS ?? "", name)),
      exclude: [],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });
    const counts: Record<string, number> = {};
    await huntCase(
      opened,
      loadRules(ALL),
      async ({ rule_title, level }) => {
        const key = `${level}: ${rule_title}`;
        counts[key] = (counts[key] ?? 0) + 1;
      },
      silentProgress,
    );
    return counts;
  }

  it("find the scans in the access log, and nothing in the tunnel that no rule describes", async () => {
    expect(await matchesIn("weblogs")).toEqual({
      "medium: Path Traversal Exploitation Attempts": 24,
      "high: Cross Site Scripting Strings": 4,
    });
  });

  it("find in Zeek's and Suricata's logs what their makers put there, and what the internet sends to a sensor", async () => {
    expect(await matchesIn("zeek", "suricata")).toEqual({
      // APT29, day 1: Python fetched over WebDAV.
      "medium: Executable from Webdav": 4,
      "high: Windows WebDAV User Agent": 2,
      // Scanners of the internet-facing sensor.
      "medium: Source Code Enumeration Detection by Keyword": 397,
      "medium: Suspicious User-Agents Related To Recon Tools": 71,
      "high: Hack Tool User Agent": 3,
      "medium: CVE-2023-1389 Potential Exploitation Attempt - Unauthenticated Command Injection In TP-Link Archer AX21": 31,
      "high: Log4j RCE CVE-2021-44228 Generic": 1,
      "high: Log4j RCE CVE-2021-44228 in Fields": 1,
      // What the rules call suspicious and is not: a crawler's user agent that a framework copies, downloads outside a list of top-level domains.
      "high: Exploit Framework User Agent": 64,
      "low: Download From Suspicious TLD - Whitelist": 179,
    });
  });
});
