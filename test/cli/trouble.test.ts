/** What a user meets when the machine, not the input, is the problem. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openCase } from "../../src/pipeline/case.js";
import { zeekConnTsv } from "../pipeline/support/logs.js";
import { compileProgram } from "../support/compiled.js";

const program = await compileProgram();
const temporary = mkdtempSync(join(tmpdir(), "longwatch-trouble-"));
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) shell('umount "$0"', folder);
  rmSync(temporary, { recursive: true, force: true });
});

function shell(script: string, ...words: string[]) {
  return spawnSync("sh", ["-c", script, ...words]);
}

let folder: string;
let turn = 0;
beforeEach(() => {
  folder = join(temporary, String(turn++));
  mkdirSync(join(folder, "logs"), { recursive: true });
  writeFileSync(join(folder, "logs/conn.log"), zeekConnTsv({ rows: 50 }));
});

const PRINT_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS="+process.resourceUsage().maxRSS+"\\n"))';

function longwatch(...command: string[]) {
  return spawnSync(process.execPath, ["--import", PRINT_MEMORY, program.cli, ...command], {
    cwd: folder,
    encoding: "utf8",
  });
}

const messages = (stderr: string) => stderr.replace(/maxRSS=\d+\n/, "");

/** A small file system of its own, or undefined where that is not permitted. */
function mount(size: string): string | undefined {
  const at = join(folder, "mounted");
  mkdirSync(at);
  const result = shell('mount -t tmpfs -o "$1" tmpfs "$0"', at, `size=${size}`);
  if (result.status !== 0) {
    console.log("skipped: a small file system cannot be mounted here");
    return undefined;
  }
  mounted.push(at);
  return at;
}

describe("a case", () => {
  it("that another process has open is refused by its number", async () => {
    const opened = await openCase({ folder: join(folder, "case") });
    try {
      const run = longwatch("ingest", "logs");
      expect(run.status).toBe(4);
      expect(messages(run.stderr)).toBe(
        `longwatch: ./case: process ${process.pid} has this case open; wait for it to end, or choose another folder with --case [LW_CASE_BUSY]\n`,
      );
    } finally {
      await opened.close();
    }
    expect(longwatch("ingest", "logs", "-q").status).toBe(0);
  });

  it("that a killed process left its lock in is taken over", async () => {
    expect(longwatch("ingest", "logs", "-q").status).toBe(0);
    writeFileSync(join(folder, "case/lock"), `${process.pid}\n12345`);
    expect(longwatch("ingest", "logs", "-q").status).toBe(0);
  });

  it("that a newer version wrote is left alone", async () => {
    const opened = await openCase({ folder: join(folder, "case") });
    await opened.store.insert("case_state", [{ key: "schema_version", value: "99", version: 2 }]);
    await opened.close();
    for (const command of [["ingest", "logs"], ["findings"]]) {
      const run = longwatch(...command);
      expect(run.status).toBe(4);
      expect(messages(run.stderr)).toMatch(
        /^longwatch: .\/case: this case was written by a newer Longwatch \(schema 99, this program knows \d+\).*\[LW_CASE_VERSION\]\n$/,
      );
    }
  });

  it("on a read-only file system is told as such", () => {
    const at = mount("1m");
    if (at === undefined) return;
    shell('mount -o "$1" "$0"', at, "remount,ro");
    const run = longwatch("ingest", "logs", "--case", join(at, "case"));
    expect(run.status).toBe(4);
    expect(messages(run.stderr)).toMatch(
      /read-only file system; name another with --case \[LW_CASE_INVALID\]\n$/,
    );
  });
});

describe("a full disk", () => {
  it("ends the import with a clear message, loses nothing, and the same command goes on when there is room", () => {
    const at = mount("40m");
    if (at === undefined) return;
    const kept = join(at, "case");
    expect(longwatch("ingest", "logs", "--case", kept, "-q").status).toBe(0);
    writeFileSync(join(folder, "logs/large.log"), zeekConnTsv({ rows: 400_000, from: 100 }));
    const full = longwatch("ingest", "logs", "--case", kept, "-q");
    expect(full.stderr).toMatch(
      /disk is full; what was committed before is safe: make room and run the same command again \[LW_DISK_FULL\]/,
    );
    expect(full.status).toBe(4);
    shell('mount -o "$1" "$0"', at, "remount,size=600m");
    const count = () =>
      longwatch(
        "query",
        "SELECT count(), uniqExact(connection_uid) FROM network_activity",
        "--case",
        kept,
        "--csv",
      ).stdout.split("\n")[1];
    expect(count()).toBe("50,50");
    expect(longwatch("ingest", "logs", "--case", kept, "-q").status).toBe(0);
    expect(count()).toBe("400050,400050");
  }, 90_000);
});

describe("a line of one gigabyte", () => {
  it("is one reject, in bounded memory", () => {
    const descriptor = openSync(join(folder, "logs/conn.log"), "a");
    writeSync(descriptor, "x");
    const size = 1024 ** 3;
    // A hole: the file takes no room on the disk, and reads as NUL bytes.
    ftruncateSync(descriptor, size);
    writeSync(descriptor, `\n${zeekConnTsv({ rows: 3, from: 900, header: false })}`, size);
    closeSync(descriptor);
    const run = longwatch("ingest", "logs", "--json", "-q");
    expect(run.status, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout).files[0]).toMatchObject({
      rows: 53,
      rejected: 1,
      first_reject: { line: 60, reason: "line is longer than 1 MiB" },
    });
    const megabytes = Number(/maxRSS=(\d+)/.exec(run.stderr)?.[1]) / 1024;
    console.log(`1 GB line: ${megabytes.toFixed(0)} MB of memory at most`);
    expect(megabytes).toBeLessThan(600);
  }, 90_000);
});

describe("a reader that goes away", () => {
  it("is no error", () => {
    expect(longwatch("ingest", "logs", "-q").status).toBe(0);
    const script = `"${process.execPath}" "${program.cli}" query "SELECT number, repeat('x', 100) FROM numbers(2000000)"`;
    const run = spawnSync("bash", ["-c", `${script} | head -n 2; exit \${PIPESTATUS[0]}`], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(run.stdout.split("\n")).toHaveLength(3);
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(existsSync(join(folder, "case"))).toBe(true);
    expect(longwatch("query", "SELECT 1 AS one", "--csv").stdout).toBe('"one"\n1\n');
  }, 60_000);
});
