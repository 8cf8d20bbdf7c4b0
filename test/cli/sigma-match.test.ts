/** `longwatch sigma match` as a process on files made to do harm: what it says, its exit code, its memory. */
import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
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
const folder = mkdtempSync(join(tmpdir(), "longwatch-sigma-cli-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
writeFileSync(
  join(folder, "rules.yml"),
  "title: Any\nid: 00000000-0000-4000-8000-000000000001\nlogsource: { product: windows }\nlevel: low\ndetection:\n  a: [second]\n  condition: a\n",
);

const PRINT_MEMORY =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("maxRSS="+process.resourceUsage().maxRSS+"\\n"))';

function match(...files: string[]) {
  const run = spawnSync(
    process.execPath,
    ["--import", PRINT_MEMORY, program.cli, "sigma", "match", "--json", "--rules", "rules.yml", ...files],
    { cwd: folder, encoding: "utf8" },
  );
  const matches = run.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  return {
    exit: run.status,
    matches,
    stderr: run.stderr,
    memory: Number(/maxRSS=(\d+)/.exec(run.stderr)?.[1]) * 1024,
  };
}

function chunk(text: string): Buffer {
  const writer = new ChunkWriter();
  writer.add({
    id: 1,
    body: writer.event(eventTemplate(), systemValues(1), {
      template: dataTemplate("N"),
      values: [values.string(text)],
    }),
  });
  return writer.finish();
}

/** A file that is as long as is said, with nothing between its beginning and its end. */
function sparse(name: string, bytes: number, begin: Buffer | string, end: Buffer | string = ""): void {
  writeFileSync(join(folder, name), begin);
  const descriptor = openSync(join(folder, name), "r+");
  ftruncateSync(descriptor, bytes);
  writeSync(descriptor, Buffer.from(end as string), 0, end.length, bytes - end.length);
  closeSync(descriptor);
}

const EVENT =
  '{"Event":{"System":{"EventID":1,"Channel":"x","TimeCreated":{"@SystemTime":"2024-05-01T06:07:08Z"}},"EventData":{"N":"second"}}}\n';

describe("sigma match", () => {
  it.each([
    [
      "an event log of zeros",
      "zeros.evtx",
      Buffer.alloc(1_000_000),
      /none of the 1 files holds Windows events; the first: it begins with 4104 zeros instead of an event log; nor Windows events as JSON.*\[LW_INPUT_UNREADABLE\]/,
    ],
    ["a zip archive that is none", "a.zip", Buffer.from("PK\u0003\u0004"), /zip archive is damaged/],
  ])("%s: refused, with the reason", (_, name, content, message) => {
    writeFileSync(join(folder, name), content);
    const { exit, matches, stderr } = match(name);
    expect(exit, stderr).toBe(3);
    expect(matches).toEqual([]);
    expect(stderr).toMatch(message);
  });

  it("an event log of 4 GiB: read to its end in bounded memory", () => {
    sparse("large.evtx", 4 * 1024 ** 3 + 4096, evtxFile([chunk("first")]), chunk("the second"));
    const { exit, matches, stderr, memory } = match("large.evtx");
    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/on 2 records of 1 of 1 files: 1 matches/);
    expect(matches).toEqual([expect.objectContaining({ rule_title: "Any", record_id: 1 })]);
    expect(memory).toBeLessThan(800 * 1024 ** 2);
  }, 120_000);

  it("a JSON file of 2 GiB with one object: refused at once", () => {
    sparse("one.json", 2 * 1024 ** 3, '{"Event":"', '"}\n');
    const { exit, stderr, memory } = match("one.json");
    expect(exit, stderr).toBe(3);
    expect(stderr).toMatch(/no JSON object ends within its first 256 KiB/);
    expect(memory).toBeLessThan(400 * 1024 ** 2);
  });

  it("a JSON file with one object of 512 MiB among events: the object is rejected, the events are tested", () => {
    sparse("middle.json", 512 * 1024 ** 2, `${EVENT}{"Event":"`, `"}\n${EVENT}`);
    const { exit, matches, stderr, memory } = match("middle.json");
    expect(exit, stderr).toBe(0);
    expect(matches.map(({ line, record_id }) => [line, record_id])).toEqual([
      [1, null],
      [3, null],
    ]);
    expect(stderr).toMatch(/1 damaged or rejected/);
    expect(stderr).toMatch(/middle\.json: line 2: it has more than 1048576 bytes/);
    expect(memory).toBeLessThan(600 * 1024 ** 2);
  }, 120_000);
});
