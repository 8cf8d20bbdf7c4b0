import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { SigmaMatch } from "../../src/model/sigma.js";
import { huntCase, loadRules, matchEvents } from "../../src/pipeline/index.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const RULE = `title: Tool of an agent
id: 00000000-0000-4000-8000-000000000001
logsource: { product: acme, service: agent }
level: high
detection:
  selection: { Image|endswith: \\tool.exe }
  condition: selection
`;
const LOG_SOURCES = `- asks: { product: acme, service: agent }
  sources:
    - channel: Acme-Agent/Operational
      event_ids: [7]
      rename: { Image: ProgramPath }
      fields: [ProgramPath]
`;

const event = (id: number, eventId: number, path: string) =>
  JSON.stringify({
    record_id: id,
    time: "2026-03-02T08:00:00Z",
    channel: "Acme-Agent/Operational",
    provider: "Acme-Agent",
    event_id: eventId,
    computer: "ws1",
    system: { EventRecordID: String(id), TimeCreated_SystemTime: "2026-03-02T08:00:00Z" },
    data: { ProgramPath: path },
  });

function write(name: string, text: string): string {
  const path = join(folder.root, name);
  writeFileSync(path, text);
  return path;
}

it("a file of the user's says where the events of another log source stand, for files and for a case", async () => {
  const rules = [write("rule.yml", RULE)];
  expect(loadRules(rules).checked).toMatchObject([
    { status: "ok", reason: expect.stringContaining("not read") },
  ]);
  const loaded = loadRules(rules, { logSources: [write("sources.yaml", LOG_SOURCES)] });
  expect(loaded.checked).toMatchObject([{ status: "ok", reason: "" }]);
  folder.put(
    "a.jsonl",
    `${[event(1, 7, "C:\\tool.exe"), event(2, 8, "C:\\tool.exe"), event(3, 7, "C:\\other.exe")].join("\n")}\n`,
  );
  const matched: SigmaMatch[] = [];
  await matchEvents(
    { paths: [folder.logs], ...loaded },
    { match: async (match) => void matched.push(match), problem: async () => expect.fail() },
    silentProgress,
  );
  expect(matched).toMatchObject([{ record_id: 1, fields: { Image: "C:\\tool.exe" } }]);
  await folder.ingest();
  const hunted: SigmaMatch[] = [];
  await huntCase(folder.opened, loaded, async (match) => void hunted.push(match), silentProgress);
  expect(hunted).toEqual(matched);
});

it("what is no list of log sources is refused with file and line", () => {
  const refused = (text: string) => () =>
    loadRules([write("rule.yml", RULE)], { logSources: [write("sources.yaml", text)] });
  expect(refused("- asks: { product: acme }\n  sources:\n    - chanel: x\n")).toThrow(
    expect.objectContaining({ code: "LW_CONFIG", file: expect.stringMatching(/sources\.yaml$/), line: 3 }),
  );
  expect(refused("- asks: {}\n  sources: [{ channel: x }]\n")).toThrow(/asks for nothing/);
  expect(refused("a: [")).toThrow(expect.objectContaining({ code: "LW_CONFIG", line: 1 }));
});
