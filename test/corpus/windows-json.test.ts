import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { loadRules, printEvents } from "../../src/pipeline/index.js";
import { CORPUS } from "../support/corpus.js";
import { matchFiles } from "./match-files.js";

const SIGMA = join(CORPUS ?? "", "sigma");
const REGRESSION = join(SIGMA, "regression_data");

describe.skipIf(CORPUS === undefined)("Windows events as JSON", () => {
  let loaded: ReturnType<typeof loadRules>;
  beforeAll(() => {
    loaded = loadRules(
      ["rules", "rules-emerging-threats", "rules-threat-hunting"].map((name) => join(SIGMA, name)),
    );
  });
  const temporary = mkdtempSync(join(tmpdir(), "longwatch-json-"));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  const match = (paths: readonly string[]) => matchFiles(paths, loaded);

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
