import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LEVELS } from "../../src/detect/sigma/rule/model.js";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { loadRules, matchEvents, printEvents, type SigmaMatchReport } from "../../src/pipeline/index.js";
import { CORPUS } from "../support/corpus.js";

const SIGMA = join(CORPUS ?? "", "sigma");
const REGRESSION = join(SIGMA, "regression_data");
const OTRF = join(CORPUS ?? "", "windows-json/otrf");

describe.skipIf(CORPUS === undefined)("Windows events as JSON", () => {
  let loaded: ReturnType<typeof loadRules>;
  beforeAll(() => {
    loaded = loadRules(
      ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) => join(SIGMA, name)),
    );
  });
  const temporary = mkdtempSync(join(tmpdir(), "longwatch-json-"));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  async function match(
    paths: string[],
  ): Promise<{ matches: SigmaMatch[]; rejected: number; report: SigmaMatchReport }> {
    const matches: SigmaMatch[] = [];
    let rejected = 0;
    const report = await matchEvents(
      { paths, ...loaded, threads: 0 },
      { match: async (each) => void matches.push(each), problem: async () => void rejected++ },
      silentProgress,
    );
    return { matches, rejected, report };
  }

  /** How often each rule matched, by the name of the file without ending. */
  function counts(
    matches: readonly SigmaMatch[],
    leftOut: (name: string) => boolean = () => false,
  ): Map<string, number> {
    const found = new Map<string, number>();
    for (const { file, rule_id, rule_title } of matches) {
      const path = file ?? "";
      if (leftOut(basename(dirname(path)))) continue;
      const key = `${basename(dirname(path))}/${basename(path).replace(/\.\w+$/, "")}: ${rule_id} ${rule_title}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

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
  ])("of OTRF, %s: what was done is found", async (name, records, titles) => {
    const { matches, rejected, report } = await match([join(OTRF, name)]);
    expect(report.files).toHaveLength(1);
    expect(report.records).toBe(records);
    expect(rejected).toBe(0);
    // The one compressed with gzip is cut off in the corpus, behind the last event.
    expect(report.files[0]?.broken !== undefined).toBe(name.endsWith(".tar.gz"));
    const found = new Set(matches.map(({ rule_title }) => rule_title));
    expect(titles.filter((title) => !found.has(title))).toEqual([]);
    const byLevel = [...LEVELS]
      .reverse()
      .map((level) => `${level} ${matches.filter((each) => each.level === level).length}`);
    console.log(`${name}: ${records} records; ${byLevel.join(", ")}`);
  });

  it("the suite's own JSON (evtx_dump) matches as its event logs do", async () => {
    const names = readdirSync(REGRESSION, { recursive: true, encoding: "utf8" });
    const of = (ending: string) =>
      names.filter((name) => name.endsWith(ending)).map((name) => join(REGRESSION, name));
    const [logs, json] = [await match(of(".evtx")), await match(of(".json"))];
    expect(
      json.report.files.filter(({ refused, records }) => refused !== undefined || records === 0),
    ).toEqual([]);
    expect(json.report.files).toHaveLength(202);
    expect(json.rejected).toBe(0);
    // Its JSON has one event more than its event log.
    const unequal = (name: string) => name === "proc_creation_win_sc_stop_service";
    expect(counts(json.matches, unequal)).toEqual(counts(logs.matches, unequal));
    expect(counts(logs.matches).size).toBeGreaterThan(300);
  });

  it.each([["evtx/attack-samples"], ["evtx/hidden-record"], ["evtx/benign-windows10"]])(
    "what longwatch evtx --jsonl prints of %s matches as the event logs do",
    async (name) => {
      const folder = join(CORPUS ?? "", name);
      const printed = join(temporary, basename(name));
      mkdirSync(printed);
      const lines: Buffer[] = [];
      await printEvents(
        { paths: [folder], format: "jsonl", carve: false, threads: 0 },
        {
          write: async (bytes) => void lines.push(Buffer.from(bytes as Uint8Array)),
          problem: async () => {},
        },
        silentProgress,
      );
      const path = join(printed, "all.jsonl");
      writeFileSync(path, Buffer.concat(lines));
      const [logs, json] = [await match([folder]), await match([path])];
      expect(json.rejected).toBe(0);
      expect(json.report.records).toBe(logs.report.records);
      const keys = ({ matches }: { matches: SigmaMatch[] }) =>
        matches
          .map(({ rule_id, record_id, time, computer, fields }) =>
            JSON.stringify([rule_id, record_id, time, computer, fields]),
          )
          .sort();
      expect(keys(json)).toEqual(keys(logs));
      if (name !== "evtx/hidden-record") expect(logs.matches.length).toBeGreaterThan(100);
    },
  );
});
