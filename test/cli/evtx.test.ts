/** `longwatch evtx` as a process: what it prints where, and its exit codes. */
import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { compileProgram } from "../support/compiled.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";

const program = await compileProgram();
const temporary = mkdtempSync(join(tmpdir(), "longwatch-evtx-cli-"));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

let folder: string;
let turn = 0;
beforeEach(() => {
  folder = join(temporary, String(turn++));
  mkdirSync(folder);
  writeFileSync(join(folder, "a.evtx"), log(3));
});

function writer(records: number): ChunkWriter {
  const chunk = new ChunkWriter();
  const [outer, inner] = [eventTemplate(), dataTemplate("N")];
  for (let id = 1; id <= records; id++)
    chunk.add({
      id,
      body: chunk.event(outer, systemValues(id), {
        template: inner,
        values: [values.string(`\u001b[31m${id}`)],
      }),
    });
  return chunk;
}

const log = (records: number) => evtxFile([writer(records).finish()]);

const PRINT_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS="+process.resourceUsage().maxRSS+"\\n"))';

function longwatch(...command: string[]) {
  const run = spawnSync(process.execPath, ["--import", PRINT_MEMORY, program.cli, "evtx", ...command], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const stderr = run.stderr.replace(/maxRSS=\d+\n/, "").replaceAll(/\d+\.\d MB in \d+\.\d s/g, "N MB in N s");
  return {
    exit: run.status,
    stdout: run.stdout,
    stderr,
    memory: Number(/maxRSS=(\d+)/.exec(run.stderr)?.[1]) * 1024,
  };
}

describe("longwatch evtx", () => {
  it("prints records to standard output and everything else to standard error", () => {
    const { exit, stdout, stderr } = longwatch("a.evtx", "--jsonl");
    expect(exit).toBe(0);
    expect(
      stdout
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).record_id),
    ).toEqual([1, 2, 3]);
    expect(stderr).toBe("evtx: 1 of 1 files, 3 records, N MB in N s\n");
    expect(longwatch("a.evtx", "--xml", "-q").stderr).toBe("");
  });

  it("names what is hidden, what was lost, and what was not read", () => {
    writeFileSync(
      join(folder, "b.evtx"),
      evtxFile([writer(5).hideAfter(1).finish(), Buffer.alloc(65_536, 7)]),
    );
    writeFileSync(join(folder, "c.txt"), "Dear all");
    const { exit, stderr } = longwatch(".", "--jsonl");
    expect(exit).toBe(0);
    expect(stderr.split("\n")).toEqual([
      "evtx: 2 of 3 files, 7 records, 1 hidden, 1 damaged, N MB in N s",
      expect.stringMatching(/^ {2}b\.evtx: byte \d+: record 3 is hidden in record 2; this log was edited$/),
      "  c.txt: not a Windows event log (EVTX): it does not begin with ElfFile",
      "  b.evtx: byte 69632: no chunk begins here, and it is not empty",
      "",
    ]);
  });

  it("writes to new files only", () => {
    expect(
      longwatch("a.evtx", "--jsonl", "--output", "out.jsonl", "--problems", "problems.jsonl"),
    ).toMatchObject({ exit: 0, stdout: "" });
    expect(readFileSync(join(folder, "out.jsonl"), "utf8").split("\n").length).toBe(4);
    expect(readFileSync(join(folder, "problems.jsonl"), "utf8")).toBe("");
    const before = readFileSync(join(folder, "a.evtx"));
    const again = longwatch("a.evtx", "--jsonl", "--output", "a.evtx");
    expect(again).toMatchObject({
      exit: 2,
      stderr: "longwatch: a.evtx: there is a file of that name already; name a new one [LW_USAGE]\n",
    });
    expect(readFileSync(join(folder, "a.evtx")).equals(before)).toBe(true);
    expect(longwatch("a.evtx", "--jsonl", "--output", "no/where")).toMatchObject({ exit: 2 });
  });

  it("writes all problems to a file", () => {
    writeFileSync(
      join(folder, "b.evtx"),
      evtxFile(Array.from({ length: 30 }, () => Buffer.alloc(65_536, 7))),
    );
    const { exit, stderr } = longwatch("b.evtx", "--jsonl", "--problems", "problems.jsonl");
    expect(exit).toBe(0);
    expect(stderr).toMatch(/and 20 more of this kind; --problems FILE writes them all\n$/);
    const problems = readFileSync(join(folder, "problems.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    expect(problems.length).toBe(30);
    expect(problems[1]).toEqual({
      file: "b.evtx",
      offset: 4096 + 65_536,
      record_id: null,
      kind: "chunk",
      reason: "no chunk begins here, and it is not empty",
    });
  });

  it.each<[string, string[], number, RegExp]>([
    ["no form", ["a.evtx"], 2, /--jsonl or --xml \[LW_USAGE\]/],
    ["both forms", ["a.evtx", "--jsonl", "--xml"], 2, /cannot be used with/],
    ["no file", ["--jsonl"], 2, /missing required argument/],
    [
      "a file that is not there",
      ["no.evtx", "--jsonl"],
      3,
      /no\.evtx: there is no such file.*\[LW_INPUT_MISSING\]/,
    ],
    [
      "a file of zeros",
      ["zeros.evtx", "--jsonl"],
      3,
      /zeros\.evtx: it begins with 4104 zeros instead of an event log \[LW_INPUT_UNREADABLE\]/,
    ],
    ["garbage", ["garbage.evtx", "--xml"], 3, /not a Windows event log \(EVTX\).*\[LW_INPUT_UNREADABLE\]/],
    [
      "several files, none an event log",
      ["zeros.evtx", "garbage.evtx", "--jsonl"],
      3,
      /none of the 2 files is a Windows event log; the first: /,
    ],
  ])("%s: exit code %s", (_, command, exit, message) => {
    writeFileSync(join(folder, "zeros.evtx"), Buffer.alloc(1_000_000));
    writeFileSync(
      join(folder, "garbage.evtx"),
      Buffer.from(Array.from({ length: 100_000 }, (_each, at) => (at * 7919) % 251)),
    );
    const run = longwatch(...command);
    expect(run.exit, run.stderr).toBe(exit);
    expect(run.stderr).toMatch(message);
    expect(run.stdout).toBe("");
  });

  it("reads a file of 4 GiB in a fraction of its size", () => {
    const path = join(folder, "large.evtx");
    writeFileSync(path, log(3));
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 4 * 1024 ** 3 + 4096);
    writeSync(descriptor, writer(2).finish(), 0, 65_536, 4 * 1024 ** 3 - 65_536 + 4096);
    closeSync(descriptor);
    const { exit, stdout, stderr, memory } = longwatch("large.evtx", "--jsonl");
    expect(stderr).toMatch(/1 of 1 files, 5 records, N MB/);
    expect(exit).toBe(0);
    expect(stdout.split("\n").length).toBe(6);
    expect(memory).toBeLessThan(600 * 1024 ** 2);
  }, 120_000);

  it("ends quietly when its reader goes away", async () => {
    writeFileSync(join(folder, "b.evtx"), evtxFile(Array.from({ length: 300 }, () => writer(100).finish())));
    const child = spawn(process.execPath, [program.cli, "evtx", "b.evtx", "--jsonl", "-q"], { cwd: folder });
    child.stdout.once("data", () => child.stdout.destroy());
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});
