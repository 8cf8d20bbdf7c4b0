import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/kernel/package-root.js";
import type { FileReport } from "../../src/model/ingest-report.js";
import { accounted, type CaseFolder, openCaseFolder } from "../pipeline/support/case-folder.js";

const CORPUS = process.env.LONGWATCH_CORPUS ?? resolve(packageRoot, "../shared/corpus");
const FOLDERS = ["zeek", "suricata", "netflow"].map((name) => join(CORPUS, name));
const present = FOLDERS.every((folder) => existsSync(folder));
if (!present) console.log(`skipped: there is no corpus in ${CORPUS} (LONGWATCH_CORPUS)`);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Counted without any of our code: LF, and a last line without one. */
function linesOf(path: string): number {
  const raw = readFileSync(path);
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
  let lines = 0;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines + (bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0);
}

describe.skipIf(!present)("every file of the corpus", () => {
  let at: CaseFolder;
  let reports: Map<string, FileReport>;
  beforeAll(async () => {
    at = await openCaseFolder();
    const list = await at.ingest({ paths: FOLDERS });
    reports = new Map([...list.values()].map((file) => [file.path, file]));
  });
  afterAll(() => at.close());

  it("is read, or refused with a reason", () => {
    const files = FOLDERS.flatMap(filesBelow);
    expect([...reports.keys()].sort()).toEqual(files.sort());
    const refused = [...reports.values()].filter((file) => file.format === null);
    for (const file of refused) expect(file.reason, file.path).not.toBe("");
    console.log(
      `${files.length} files, ${refused.length} refused:\n${refused.map((file) => `  ${file.path.slice(CORPUS.length)}: ${file.reason}`).join("\n")}`,
    );
  });

  it("has records + rejects + header, blank, unused and waiting lines = lines", () => {
    let lines = 0;
    let rows = 0;
    for (const file of reports.values()) {
      if (file.format === null || file.known_slices > 0) continue;
      const waiting = file.waiting_bytes > 0 ? 1 : 0;
      const expected = linesOf(file.path);
      expect(accounted(file) + waiting, file.path).toBe(expected);
      lines += expected;
      rows += file.rows;
    }
    const waiting = [...reports.values()]
      .filter((file) => file.waiting_bytes > 0)
      .map((file) => file.path.slice(CORPUS.length));
    const known = [...reports.values()]
      .filter((file) => file.known_slices > 0)
      .map((file) => file.path.slice(CORPUS.length));
    console.log(
      `${lines} lines, ${rows} records; last line waits in: ${waiting.join(", ") || "none"}; copies of others: ${known.join(", ") || "none"}`,
    );
  });

  it("of the rita-missing-host folder gives the published number of connections, none rejected", async () => {
    const folder = join(CORPUS, "zeek/rita-missing-host");
    const files = [...reports.values()].filter((file) => file.path.startsWith(folder));
    expect(files.reduce((sum, file) => sum + file.rejected, 0)).toBe(0);
    const connections = await at.opened.store.query<{ n: number; sources: number }>(
      `SELECT count() AS n, uniqExact(src_endpoint_ip) AS sources FROM network_activity
       WHERE record_state = 'final'
         AND source_id IN (SELECT source_id FROM source_slice WHERE startsWith(path, {folder:String}))`,
      { folder },
    );
    expect(connections).toEqual([{ n: 105_918, sources: 14_991 }]);
  });

  it("adds nothing when it is imported again", async () => {
    const again = await at.ingest({ paths: FOLDERS });
    for (const file of again.values()) expect(file.rows + file.rejected, file.path).toBe(0);
  });
});
