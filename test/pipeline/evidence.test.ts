import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { Finding } from "../../src/model/finding.js";
import { type Case, openCase } from "../../src/pipeline/case.js";
import { loadEvidence } from "../../src/pipeline/evidence.js";
import { type IngestOptions, ingest } from "../../src/pipeline/ingest/ingest.js";
import { evidenceKey } from "../../src/report/port.js";

const HEADER =
  "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\topen_ssl\n";
const FIELDS =
  "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tserver_name\testablished\n#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tbool\n";
const row = (uid: string, name: string) => `1690848000.1\t${uid}\t10.0.0.1\t1000\t192.0.2.1\t443\t${name}\tT`;

const folder = mkdtempSync(join(tmpdir(), "lw-evidence-"));
const OPTIONS: IngestOptions = {
  paths: [folder],
  exclude: [join(folder, "case")],
  settings: { csvMappings: [] },
  sensorFor: () => undefined,
  isExcluded: () => false,
  progress: silentProgress,
};

describe("evidence and names of open connections, through a real ingest", () => {
  const open = join(folder, "open_ssl.log");
  let opened: Case;

  beforeAll(async () => {
    writeFileSync(open, `${HEADER}${FIELDS}${row("Ca", "a.example")}\n${row("Cb", "password=hunter2")}\n`);
    writeFileSync(
      join(folder, "ssl.log"),
      `${HEADER.replace("open_ssl", "ssl")}${FIELDS}${row("Ca", "a.example")}\n`,
    );
    opened = await openCase({ folder: join(folder, "case") });
    await ingest(opened, OPTIONS);
  });
  afterAll(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });

  async function evidenceOf(uid: string) {
    const [at] = await opened.store.query<{ source_id: string; line: number }>(
      "SELECT source_id, source_line AS line FROM tls_activity WHERE connection_uid = {uid:String} AND product = 'zeek-open'",
      { uid },
    );
    if (!at) throw new Error(`no row for ${uid}`);
    const finding = {
      evidence: [{ ...at, table: "tls_activity", time: "", summary: "" }],
    } as unknown as Finding;
    return (await loadEvidence(opened.store, [finding], 1)).get(evidenceKey(at.source_id, at.line));
  }

  it("counts a connection that is open and later ended once by name", async () => {
    const rows = await opened.store.query(
      "SELECT name, sum(connections) AS n FROM contact_hourly WHERE channel = 'tls' GROUP BY name ORDER BY name",
    );
    expect(rows).toEqual([
      { name: "a.example", n: 1 },
      { name: "password=hunter2", n: 1 },
    ]);
  });

  it("shows the line word for word, secrets masked", async () => {
    expect(await evidenceOf("Ca")).toEqual({ path: open, text: row("Ca", "a.example") });
    expect(await evidenceOf("Cb")).toEqual({ path: open, text: row("Cb", "password=***") });
  });

  it("follows a log that was rotated away, once it has been met at its new place", async () => {
    const log = readFileSync(open);
    writeFileSync(`${open}.gz`, gzipSync(log));
    writeFileSync(open, `${HEADER}${FIELDS}${row("Cz", "z.example")}\n`);
    await ingest(opened, OPTIONS);
    expect(await evidenceOf("Ca")).toEqual({ path: `${open}.gz`, text: row("Ca", "a.example") });
    rmSync(`${open}.gz`);
    writeFileSync(open, log);
  });

  it("does not show the line of another log that has taken the file's place", async () => {
    writeFileSync(open, `${HEADER}${FIELDS}${row("Cx", "x.example")}\n${row("Cy", "y.example")}\n`);
    expect(await evidenceOf("Ca")).toEqual({
      missing: `the file at ${open} is not the one that was imported`,
    });
    rmSync(open);
    expect(await evidenceOf("Ca")).toMatchObject({
      missing: expect.stringContaining("cannot be read any more"),
    });
  });
});
