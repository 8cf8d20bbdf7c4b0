import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCase } from "../../../src/pipeline/case.js";
import type { IngestLimits } from "../../../src/pipeline/ingest/ingest.js";
import { tar, zip } from "../../support/archives.js";
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
/** While the end of a batch is written: hosts' names, facts about event logs' files. */
const KILLS_BY_SUMMARY = 8;
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
  at?: "insert" | "summary" | "merge" | "derive";
  done?: boolean;
  rows?: number;
}

const folder = mkdtempSync(join(tmpdir(), "longwatch-kill-"));
const input = join(folder, "logs");
const program = await compileProgram();

beforeAll(() => writeInput(input));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("an import that is killed", () => {
  it("again and again gives the tables of an undisturbed one", async () => {
    const random = randomNumbers(SEED);
    const undisturbed = await run("undisturbed");
    expect(undisturbed.rows).toBeGreaterThan(200_000);
    const perBatch = undisturbed.milliseconds / 45;

    const count = { kills: 0, insideInsert: 0, orphans: 0, summary: 0, merge: 0, derive: 0 };
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
    for (let turn = 0; turn < KILLS_BY_SUMMARY; turn++) if (await nth("summary", 1, 2, 10)) count.summary++;
    // A merge takes more statements than this, so that it never ends; a derivation takes two at least, because some connections are open.
    for (let turn = 0; turn < KILLS_DURING_MERGE; turn++) if (await nth("merge", 1, 20, 20)) count.merge++;
    for (let turn = 0; turn < KILLS_DURING_DERIVE; turn++) if (await nth("derive", 1, 2, 20)) count.derive++;
    const last = await run("killed");
    note(last.orphansDropped);

    console.log(
      `${count.kills} kills, ${count.insideInsert} of them with rows of an unfinished batch left behind, ${count.orphans} orphan partitions dropped; ` +
        `${count.summary} while a batch was summed up, ${count.merge} while merging, ${count.derive} while deriving; undisturbed ${Math.round(undisturbed.milliseconds)} ms`,
    );
    expect(count.kills).toBeGreaterThanOrEqual(50);
    expect(count.insideInsert).toBeGreaterThanOrEqual(30);
    expect(count.summary).toBeGreaterThanOrEqual(4);
    expect(count.merge).toBeGreaterThanOrEqual(3);
    expect(count.derive).toBeGreaterThanOrEqual(1);

    const expected = await look("undisturbed");
    const found = await look("killed");
    for (const table of [
      "windows_event",
      "log_file_fact",
      "host_identity",
      "dhcp_activity",
      "remote_access_activity",
      "rejected_record",
    ])
      expect(expected.content[table], table).not.toMatch(/^0 rows/);
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

/** Some of everything: large and compressed, JSON, EVE, event logs, archives, many small files, rejects, copies, torn and broken ends. */
async function writeInput(root: string): Promise<void> {
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
  put(
    "d/open_conn.log",
    zeekConnTsv({ rows: 2_000, from: 5_000_000 }).replace("#path\tconn", "#path\topen_conn"),
  );
  put("e/dhcp.log", leases(2_000));
  put("e/dce_rpc.log", calls(2_000));
  put(
    "e/hosts.zip",
    zip([
      { name: "a/connections.json", content: Buffer.from(connections(1, 20_000)) },
      { name: "a/unknown.bin", content: Buffer.alloc(300_000, 7) },
      { name: "b/System.evtx", content: evtxFile(chunks.slice(20, 60)) },
    ]),
  );
  put(
    "e/linux.tar.gz",
    gzipSync(
      await tar({
        "unknown.bin": Buffer.alloc(3_000_000, 7),
        "audit.log": auditLog(8_000),
        "more.json": connections(15_001, 25_000),
      }),
    ),
  );
  put("d/truncated.log.gz", gzipSync(zeekConnTsv({ rows: 30_000, from: 4_000_000 })).subarray(0, 300_000));
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Synthetic events of Sysmon as JSON, of fifty hosts; some are none, and some hide another. */
function connections(from: number, to: number): string {
  const printed = (id: number) => ({
    record_id: id,
    time: new Date(Date.UTC(2023, 8, 1) + id * 20_000).toISOString(),
    channel: "Microsoft-Windows-Sysmon/Operational",
    provider: "Microsoft-Windows-Sysmon",
    event_id: 3,
    computer: `WS${id % 50}.corp.example`,
    system: { EventRecordID: String(id) },
    data: { SourceIp: `10.0.1.${id % 50}`, DestinationIp: "10.0.0.9", Initiated: "true" },
  });
  return range(from, to)
    .map((id) => {
      if (id % 700 === 0) return `{"record_id": ${id}}\n`;
      const hidden = id % 300 === 0 ? { hidden: [{ ...printed(id + 1_000_000), hidden_in: id }] } : {};
      return `${JSON.stringify({ ...printed(id), ...hidden })}\n`;
    })
    .join("");
}

function leases(count: number): string {
  return range(1, count)
    .map((number) =>
      JSON.stringify({
        ts: 1_693_526_400 + number * 60,
        uids: [`C${number}`],
        mac: "02:00:00:00:00:01",
        host_name: `phone${number % 20}`,
        assigned_addr: `10.0.2.${number % 20}`,
        msg_types: ["ACK"],
      }),
    )
    .join("\n");
}

function calls(count: number): string {
  return range(1, count)
    .map((number) =>
      JSON.stringify({
        ts: 1_693_526_400 + number,
        uid: `R${number}`,
        "id.orig_h": "10.0.2.1",
        "id.orig_p": 50_000,
        "id.resp_h": "10.0.2.2",
        "id.resp_p": 135,
        named_pipe: "135",
        endpoint: "epmapper",
        operation: "ept_map",
      }),
    )
    .join("\n");
}

function auditLog(count: number): string {
  return range(1, count)
    .map((serial) => {
      const head = `msg=audit(${1_693_526_400 + serial}.000:${serial}):`;
      return `type=SYSCALL ${head} arch=c000003e syscall=59 pid=${serial} exe="/bin/ls"\ntype=EXECVE ${head} argc=1 a0="ls"\n`;
    })
    .join("");
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
