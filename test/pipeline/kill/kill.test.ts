import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCase } from "../../../src/pipeline/case.js";
import type { IngestLimits } from "../../../src/pipeline/ingest/ingest.js";
import { compileProgram } from "../../support/compiled.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../../support/evtx-writer.js";
import { eveLog, zeekConnTsv, zeekDnsJson } from "../support/logs.js";
import { contentOfTables, partitions } from "../support/tables.js";

const CHILD = fileURLToPath(new URL("./child.mjs", import.meta.url));
const KILLS_BY_INSERT = 36;
const KILLS_BY_CLOCK = 8;
const KILLS_DURING_MERGE = 6;
const KILLS_DURING_DERIVE = 4;
const SEED = 20_231_009;

/** Dozens of batches from a few dozen megabytes, and many inserts in each. */
const LIMITS: Partial<IngestLimits> = {
  sliceBytes: 400_000,
  batchBytes: 1_200_000,
  batchSlices: 60,
  unitBytes: 200_000,
  unitSegments: 20,
  liveBatches: 8,
};

interface Said {
  opened?: boolean;
  orphansDropped?: number;
  at?: "insert" | "merge" | "derive";
  done?: boolean;
  rows?: number;
}

const folder = mkdtempSync(join(tmpdir(), "longwatch-kill-"));
const input = join(folder, "logs");
const program = compileProgram();

beforeAll(() => {
  writeInput(input);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  program.remove();
});

describe("an import that is killed", () => {
  it("again and again gives the tables of an undisturbed one", async () => {
    const random = randomNumbers(SEED);
    const undisturbed = await run("undisturbed");
    expect(undisturbed.rows).toBeGreaterThan(200_000);
    const perBatch = undisturbed.milliseconds / 45;

    const count = { kills: 0, insideInsert: 0, orphans: 0, merge: 0, derive: 0 };
    const note = (orphans: number) => {
      count.orphans += orphans;
      if (orphans > 0) count.insideInsert++;
    };
    const kill = async (when: (said: Said) => number | undefined): Promise<boolean> => {
      const { killed, orphansDropped } = await run("killed", when);
      note(orphansDropped);
      if (killed) count.kills++;
      return killed;
    };
    for (let turn = 0; turn < KILLS_BY_CLOCK; turn++) {
      const delay = random() * 2 * perBatch;
      expect(await kill((said) => (said.opened ? delay : undefined)), "finished too soon").toBe(true);
    }
    // Among the inserts of the batch under way, or of the one after it.
    const nth = async (at: Said["at"], least: number, most: number, longest: number): Promise<boolean> => {
      let left = least + Math.floor(random() * (1 + most - least));
      const delay = random() * longest;
      return kill((said) => (said.at === at && --left === 0 ? delay : undefined));
    };
    for (let turn = 0; turn < KILLS_BY_INSERT; turn++)
      expect(await nth("insert", 2, 8, 40), "finished too soon").toBe(true);
    // A merge takes more statements than this, so that it never ends; a derivation takes three.
    for (let turn = 0; turn < KILLS_DURING_MERGE; turn++) if (await nth("merge", 1, 20, 20)) count.merge++;
    for (let turn = 0; turn < KILLS_DURING_DERIVE; turn++) if (await nth("derive", 1, 3, 20)) count.derive++;
    const last = await run("killed");
    note(last.orphansDropped);

    console.log(
      `${count.kills} kills, ${count.insideInsert} of them with rows of an unfinished batch left behind, ${count.orphans} orphan partitions dropped; ` +
        `${count.merge} while merging, ${count.derive} while deriving; undisturbed ${Math.round(undisturbed.milliseconds)} ms`,
    );
    expect(count.kills).toBeGreaterThanOrEqual(50);
    expect(count.insideInsert).toBeGreaterThanOrEqual(30);
    expect(count.merge).toBeGreaterThanOrEqual(3);
    expect(count.derive).toBeGreaterThanOrEqual(1);

    const expected = await look("undisturbed");
    const found = await look("killed");
    expect(found.content).toEqual(expected.content);
    expect(found.partitions).toEqual(expected.partitions);
    expect(found.orphansDropped).toBe(0);
  });
});

/** Runs an import; `when` says how many milliseconds after what the child said it is killed. */
async function run(
  name: string,
  when: (said: Said) => number | undefined = () => undefined,
): Promise<{ killed: boolean; orphansDropped: number; rows: number; milliseconds: number }> {
  const started = performance.now();
  const argument = JSON.stringify({
    program: program.folder,
    caseFolder: join(folder, name),
    input,
    limits: LIMITS,
  });
  const child = spawn(process.execPath, [CHILD, argument], { stdio: ["ignore", "pipe", "inherit"] });
  const result = { killed: false, orphansDropped: 0, rows: 0, milliseconds: 0 };
  let openedAt = started;
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for await (const said of saidBy(child)) {
    if (said.opened) {
      openedAt = performance.now();
      result.orphansDropped = said.orphansDropped ?? 0;
    }
    if (said.done) result.rows = said.rows ?? 0;
    const delay = when(said);
    if (delay !== undefined)
      setTimeout(() => {
        result.killed = child.kill("SIGKILL") || result.killed;
      }, delay);
  }
  const code = await ended;
  result.killed = code === null;
  result.milliseconds = performance.now() - openedAt;
  if (!result.killed) expect(code).toBe(0);
  return result;
}

async function* saidBy(child: ChildProcess): AsyncGenerator<Said> {
  let rest = "";
  for await (const chunk of child.stdout ?? []) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("{")) yield JSON.parse(line) as Said;
  }
}

async function look(name: string) {
  const opened = await openCase({ folder: join(folder, name) });
  try {
    return {
      content: await contentOfTables(opened.store),
      partitions: await partitions(opened.store),
      orphansDropped: opened.orphansDropped,
    };
  } finally {
    await opened.close();
  }
}

/** Some of everything: large and compressed, JSON, EVE, many small files, rejects, copies, torn and broken ends. */
function writeInput(root: string): void {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  put("a/conn.log.gz", gzipSync(zeekConnTsv({ rows: 180_000 }), { level: 1 }));
  put("a/dns.log", zeekDnsJson({ rows: 50_000 }));
  put("b/eve.json", eveLog({ rows: 50_000 }));
  for (let day = 0; day < 120; day++)
    put(
      `c/2023-08-${day}/conn.log`,
      zeekConnTsv({ rows: 40, from: 1_000_000 + day * 40, start: 1_691_000_000 }),
    );
  const good = zeekConnTsv({ rows: 20_000, from: 2_000_000, start: 1_692_000_000 });
  put(
    "d/conn.log",
    good
      .split("\n")
      .map((line, index) => (index % 500 === 100 ? `broken ${index}` : line))
      .join("\n"),
  );
  const chunks = Array.from({ length: 90 }, (_, at) => synthetic(40 * at + 1, 40 * at + 40));
  put("b/System.evtx", evtxFile(chunks));
  put("d/System.evtx", evtxFile([...chunks.slice(80), synthetic(3_601, 3_620), synthetic(3_621, 3_640)]));
  put("d/copy.log", zeekDnsJson({ rows: 50_000 }));
  put("d/torn.log", zeekConnTsv({ rows: 500, from: 3_000_000, close: false }).slice(0, -20));
  put("d/truncated.log.gz", gzipSync(zeekConnTsv({ rows: 30_000, from: 4_000_000 })).subarray(0, 300_000));
}

const [OUTER, INNER] = [eventTemplate(), dataTemplate("Text")];

/** A chunk of synthetic Windows events. */
function synthetic(from: number, to: number): Buffer {
  const chunk = new ChunkWriter();
  for (let id = from; id <= to; id++)
    chunk.add({
      id,
      body: chunk.event(OUTER, systemValues(id), {
        template: INNER,
        values: [values.string(`${id} ${"x".repeat(200)}`)],
      }),
    });
  return chunk.finish();
}

/** Mulberry32: the same moments, relative to how fast this machine is, in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
