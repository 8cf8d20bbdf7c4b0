import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileReport } from "../../src/model/ingest-report.js";
import { accounted, type CaseFolder, openCaseFolder } from "./support/case-folder.js";
import { zeekConnTsv, zeekDnsJson } from "./support/logs.js";
import { zstdStored } from "./support/zstd.js";

let at: CaseFolder;
let reports: Map<string, FileReport>;
const contents = new Map<string, string>();
let nextRow = 0;

/** Rows that no other file has: equal logs would be known as copies. */
function conn(rows: number, extra: { close?: boolean; header?: boolean; start?: number } = {}): string {
  const text = zeekConnTsv({ rows, from: nextRow, ...extra });
  nextRow += rows;
  return text;
}

function put(name: string, text: string, bytes: Uint8Array = Buffer.from(text, "latin1")): void {
  contents.set(name, text);
  at.put(name, bytes);
}

function report(name: string): FileReport {
  const found = reports.get(name);
  if (!found) throw new Error(`no report of ${name} among ${[...reports.keys()].join(", ")}`);
  return found;
}

const linesOf = (name: string) =>
  (contents.get(name) ?? "").split("\n").length - ((contents.get(name) ?? "").endsWith("\n") ? 1 : 0);

async function storedLines(name: string): Promise<number[]> {
  const path = join(at.logs, name);
  const rows = await at.opened.store.query<{ line: number }>(
    "SELECT source_line AS line FROM network_activity WHERE source_id IN (SELECT source_id FROM source_slice WHERE path = {path:String}) ORDER BY line",
    { path },
  );
  return rows.map((row) => row.line);
}

beforeAll(async () => {
  at = await openCaseFolder();
  put("good.log", conn(5));
  put("crlf.log", conn(5).replaceAll("\n", "\r\n"));
  put("blank.log", conn(5).replaceAll("\n", "\n\n"));
  put("headers.log", conn(3) + conn(3) + conn(2, { header: false, close: false }));
  put("fields.log", `${conn(3, { close: false })}too\tfew\n${conn(1, { header: false, close: false })}`);
  put(
    "nul.log",
    `${conn(2, { close: false })}\0\0\0\n${conn(1, { header: false, close: false }).replace("198.51", "198\0.51")}`,
  );
  put("latin1.log", conn(2).replace("\thttp\t", "\th\xe9\xfftp\t"));
  put("future.log", conn(2, { start: 4_102_444_800, close: false }));
  put("past.log", conn(2, { start: 12, close: false }));
  put("we{1,2}ird*.log", conn(4));
  put('it\'s "quoted" `name` $HOME.log', conn(4));
  put("two\nlines.log", conn(4));
  put("noend.log", conn(3, { close: false }).trimEnd());
  const many = conn(400);
  put("truncated.log.gz", many, gzipSync(many).subarray(0, 3000));
  const [first, second] = [conn(10, { close: false }), conn(10, { header: false })];
  put("members.log.gz", first + second, Buffer.concat([gzipSync(first), gzipSync(second)]));
  const [third, fourth] = [conn(10, { close: false }), conn(10, { header: false })];
  put("frames.log.zst", third + fourth, Buffer.concat([zstdStored(third), zstdStored(fourth)]));
  const cut = conn(300);
  put("truncated.log.zst", cut, zstdStored(cut).subarray(0, 20_000));
  put("junk.gz", "", Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(600, 7)]));
  put("array.json", '[{"ts":1}]\n');
  put(
    "mixed.json",
    `${zeekDnsJson({ rows: 2, from: nextRow })}{"ts": 1,\n[1,2]\n"text"\n\n${zeekDnsJson({ rows: 1, from: nextRow + 5 })}`,
  );
  put("empty.log", "");
  put("spaces.log", "\n\n  \n");
  at.put(Buffer.from([0x6e, 0xff, 0xfe, 0x2e, 0x6c, 0x6f, 0x67]), conn(1));
  mkdirSync(join(at.logs, "folder.log"));
  symlinkSync("..", join(at.logs, "folder.log", "loop"));
  symlinkSync("nowhere", join(at.logs, "dangling.log"));
  execFileSync("sh", ["-c", 'mkfifo "$0"', join(at.logs, "pipe.log")]);
  reports = await at.ingest();
});
afterAll(() => at.close());

describe("one folder with every kind of bad file", () => {
  it("accounts for every line of every file that was read", () => {
    for (const [name, file] of reports) {
      if (file.format === null || name.startsWith("truncated")) continue;
      expect(accounted(file) + (file.waiting_bytes > 0 ? 1 : 0), name).toBe(linesOf(name));
    }
  });

  it("keeps good records at their own lines", async () => {
    expect(await storedLines("good.log")).toEqual([9, 10, 11, 12, 13]);
    expect(await storedLines("crlf.log")).toEqual([9, 10, 11, 12, 13]);
    expect(await storedLines("blank.log")).toEqual([17, 19, 21, 23, 25]);
    expect(await storedLines("headers.log")).toEqual([9, 10, 11, 21, 22, 23, 25, 26]);
    expect(await storedLines("fields.log")).toEqual([9, 10, 11, 13]);
    expect(await storedLines("members.log.gz")).toEqual(Array.from({ length: 20 }, (_, index) => 9 + index));
    expect(await storedLines("frames.log.zst")).toEqual(Array.from({ length: 20 }, (_, index) => 9 + index));
  });

  it("reads files with names that an engine or a shell would misread", async () => {
    for (const name of ["we{1,2}ird*.log", 'it\'s "quoted" `name` $HOME.log', "two\nlines.log"])
      expect(await storedLines(name), name).toHaveLength(4);
  });

  it("says which line is wrong, and why", () => {
    expect(report("fields.log")).toMatchObject({
      rows: 4,
      rejected: 1,
      first_reject: { line: 12, reason: expect.stringMatching(/16 fields/) },
    });
    expect(report("nul.log")).toMatchObject({ rejected: expect.any(Number), first_reject: { line: 11 } });
    expect(report("nul.log").rows + report("nul.log").rejected).toBe(4);
    expect(report("mixed.json")).toMatchObject({
      rows: 3,
      rejected: 3,
      blank_lines: 1,
      first_reject: { line: 3 },
    });
  });

  it("rejects a time in the year 2100 and warns of one in 1970", () => {
    expect(report("future.log")).toMatchObject({
      rows: 0,
      rejected: 2,
      first_reject: { line: 9, reason: expect.stringMatching(/2100|time/) },
    });
    expect(report("past.log")).toMatchObject({ rows: 2, rejected: 0, early_times: 2 });
  });

  it("keeps records with bytes that are not UTF-8, and what is read back is text", async () => {
    expect(report("latin1.log")).toMatchObject({ rows: 2, rejected: 0 });
    const apps = await at.query<{ app_name: string }>("SELECT DISTINCT app_name FROM network_activity");
    expect(apps.length).toBeGreaterThan(1);
  });

  it("keeps the readable part of a truncated file and rejects the line that breaks off", async () => {
    for (const name of ["truncated.log.gz", "truncated.log.zst"]) {
      const file = report(name);
      const text = contents.get(name) ?? "";
      expect(file.reason, name).toMatch(/truncated; its readable part was kept/);
      expect(file.rejected, name).toBe(1);
      expect(file.rows, name).toBeGreaterThan(20);
      expect(file.rows, name).toBeLessThan(400);
      expect(file.first_reject, name).toMatchObject({
        line: accounted(file),
        reason: expect.stringMatching(/breaks off/),
      });
      at.put(`whole-${name}.log`, text);
    }
    const again = await at.ingest();
    for (const name of ["truncated.log.gz", "truncated.log.zst"]) {
      const whole = again.get(`whole-${name}.log`);
      const rows = (contents.get(name) ?? "")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#")).length;
      expect((whole?.rows ?? 0) + report(name).rows, name).toBe(rows);
    }
    expect(
      await at.value(
        "SELECT count() - uniqExact(connection_uid) FROM network_activity WHERE connection_uid LIKE 'C%'",
      ),
    ).toBe(0);
  });

  it("lets the last line of a text log wait", () => {
    expect(report("noend.log")).toMatchObject({
      rows: 2,
      skipped: false,
      reason: expect.stringMatching(/has no end yet and waits/),
    });
    expect(report("noend.log").waiting_bytes).toBeGreaterThan(50);
  });

  it("says of every file that it could not read, why", () => {
    const reasons = Object.fromEntries(
      [...reports].filter(([, file]) => file.format === null).map(([name, file]) => [name, file.reason]),
    );
    expect(reasons).toMatchObject({
      "junk.gz": expect.stringMatching(/nothing of the file can be decompressed/),
      "array.json": expect.stringMatching(/JSON array/),
      "empty.log": "the file is empty",
      "spaces.log": expect.stringMatching(/blank lines/),
      "dangling.log": expect.stringMatching(/leads nowhere/),
      "pipe.log": expect.stringMatching(/named pipe/),
    });
    const odd = [...reports].find(([name]) => name.startsWith("n\ufffd"));
    expect(odd?.[1].reason).toMatch(/not UTF-8/);
  });
});
