import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LEVELS } from "../../src/detect/sigma/rule/model.js";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { type Case, huntCase, type LoadedRules, loadRules, openCase } from "../../src/pipeline/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { CORPUS } from "../support/corpus.js";
import { inCopy } from "./case.js";
import { type Matched, matchFiles } from "./match-files.js";

const SIGMA = join(CORPUS ?? "", "sigma");
const OTRF = join(CORPUS ?? "", "windows-json/otrf");
/** The event logs of SigmaHQ's regression suite. */
const SUITE = CORPUS === undefined ? [] : eventLogs(join(SIGMA, "regression_data"));
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

  const bring = (paths: readonly string[]) => bringInto(opened, paths);

  let sigmaHq: LoadedRules;
  let suite: Matched;
  beforeAll(async () => {
    sigmaHq = loadRules(RULES);
    suite = await matchFiles(SUITE, sigmaHq);
  });

  it("all of SigmaHQ's match what they match in the files of its regression suite, by the same fields", async () => {
    await bring(SUITE);
    await expectSame(suite, opened, sigmaHq, 340);
  });

  it("our own match what they match in the attack samples, correlations too", async () => {
    const files = eventLogs(join(CORPUS ?? "", "evtx/attack-samples"));
    await bring(files);
    const own = loadRules(undefined);
    await expectSame(await matchFiles(files, own), opened, own, 20);
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
    // evtx_dump writes times with six digits.
    const keyOf = ({ rule_id, time }: SigmaMatch): string =>
      `${rule_id} ${time.slice(0, -1).padEnd(26, "0").slice(0, 26)}`;
    const expected = new Set(suite.matches.map(keyOf));
    const found = new Set<string>();
    await huntCase(opened, sigmaHq, async (match) => void found.add(keyOf(match)), silentProgress);
    expect(expected.size).toBeGreaterThan(300);
    expect([...found].sort()).toEqual([...expected].sort());
  });
});

/** The sets of OTRF, each an archive of events as JSON. */
describe.skipIf(CORPUS === undefined)("SigmaHQ's rules on OTRF's sets", () => {
  let loaded: LoadedRules;
  let matched: Matched;
  beforeAll(async () => {
    loaded = loadRules(RULES);
    matched = await matchFiles([OTRF], loaded);
  });
  const isOf = (path: string, name: string) => path.startsWith(join(OTRF, name));

  /** Records of the set, and matches that its title and description announce, each with at least one match. */
  it.each([
    [
      "cmd_wevtutil_modify_security_eventlog_path.zip",
      25_208,
      [
        "Potential EventLog File Location Tampering",
        "Suspicious Eventlog Clearing or Configuration Change Activity",
      ],
    ],
    [
      "covenant_dcom_iertutil_dll_hijack.zip",
      37_814,
      [
        "Potential DCOM InternetExplorer.Application DLL Hijack",
        "Potential DCOM InternetExplorer.Application DLL Hijack - Image Load",
        "DCOM InternetExplorer.Application Iertutil DLL Hijack - Security",
        "SMB Create Remote File Admin Share",
      ],
    ],
    [
      "empire_psexec_dcerpc_tcp_svcctl.zip",
      4348,
      [
        "Suspicious Service Installation",
        "PowerShell Scripts Installed as Services",
        "PowerShell Scripts Installed as Services - Security",
        "HackTool - Empire PowerShell Launch Parameters",
      ],
    ],
    [
      "empire_scm_dll_hijack_ikeext.tar.gz",
      14_722,
      [
        "Creation Of Non-Existent System DLL",
        "Potential DLL Sideloading Of Non-Existent DLLs From System Folders",
      ],
    ],
    [
      "proxylogon_ssrf_rce_poc.zip",
      10_487,
      [
        "ProxyLogon MSExchange OabVirtualDirectory",
        "Exchange Set OabVirtualDirectory ExternalUrl Property",
        "Suspicious Process By Web Server Process",
      ],
    ],
    [
      "purplesharp_ad_playbook_I.zip",
      25_993,
      [
        "HackTool - PurpleSharp Execution",
        "Kerberoasting Activity - Initial Query",
        "Suspicious Kerberos RC4 Ticket Encryption",
      ],
    ],
  ])("%s: what was done is found", (name, records, titles) => {
    const { report, rejected } = matched;
    const files = report.files.filter(({ path }) => isOf(path, name));
    expect(files).toHaveLength(1);
    expect(files[0]?.records).toBe(records);
    expect(rejected).toBe(0);
    // The one compressed with gzip is cut off in the corpus, behind the last event.
    expect(files[0]?.broken !== undefined).toBe(name.endsWith(".tar.gz"));
    const matches = matched.matches.filter(({ file }) => file !== null && isOf(file, name));
    const found = new Set(matches.map(({ rule_title }) => rule_title));
    expect(titles.filter((title) => !found.has(title))).toEqual([]);
    const byLevel = [...LEVELS]
      .reverse()
      .map((level) => `${level} ${matches.filter((each) => each.level === level).length}`);
    console.log(`${name}: ${records} records; ${byLevel.join(", ")}`);
  });

  it("match the same in a case, by naming the folder", () =>
    inCopy("windows-json/otrf", async (opened) => {
      await expectSame(matched, opened, loaded, 1500);
      const [stored] = await opened.store.query<{ n: number }>("SELECT count() AS n FROM windows_event");
      expect(stored?.n).toBe(matched.report.records);
      const again = await bringInto(opened, [OTRF]);
      expect(again.files.reduce((sum, { rows }) => sum + rows, 0)).toBe(0);
    }));
});

/** The case has the same matches as the files that it was made of. A case has each event once, under the path of its first copy. */
async function expectSame(
  { matches }: Matched,
  opened: Case,
  loaded: LoadedRules,
  least: number,
): Promise<void> {
  const keyOf = (match: SigmaMatch): string =>
    [
      ...[match.rule_id, match.record_id, match.line, match.time, match.last_time],
      JSON.stringify(match.fields),
    ].join("|");
  const expected = new Map(matches.map((match) => [keyOf(match), match]));
  const found = new Map<string, SigmaMatch>();
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

const bringInto = (opened: Case, paths: readonly string[]) =>
  ingest(opened, {
    paths,
    exclude: [],
    settings: { csvMappings: [] },
    sensorFor: () => undefined,
    isExcluded: () => false,
    progress: silentProgress,
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
