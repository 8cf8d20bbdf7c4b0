import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/model/finding.js";
import { loadEvidence } from "../../src/pipeline/evidence.js";
import { evidenceKey } from "../../src/report/port.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

/** The same in all logs, as Windows' templates are. */
const [OUTER, INNER] = [eventTemplate(), dataTemplate("N")];

/** A chunk with these records. */
function chunkOf(from: number, to: number, text = (id: number) => `é${id}`): ChunkWriter {
  const chunk = new ChunkWriter();
  for (let id = from; id <= to; id++)
    chunk.add({
      id,
      body: chunk.event(OUTER, systemValues(id), { template: INNER, values: [values.string(text(id))] }),
    });
  return chunk;
}

const log = (...ranges: [from: number, to: number][]): Buffer =>
  evtxFile(ranges.map(([from, to]) => chunkOf(from, to).finish()));

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const ids = async (): Promise<number[]> =>
  (
    await folder.query<{ id: number }>("SELECT source_line AS id FROM windows_event ORDER BY id, source_id")
  ).map(({ id }) => id);

describe("an event log in a case", () => {
  it("does not count where the engine took fewer records than it was given", async () => {
    folder.put("System.evtx", log([1, 3]));
    const { store } = folder.opened;
    const ingestLines = store.ingestLines.bind(store);
    store.ingestLines = (sql, ...rest) => ingestLines(`${sql} LIMIT 2`, ...rest);
    await expect(folder.ingest()).rejects.toMatchObject({
      code: "LW_STORE",
      message: "the engine took 2 of 3 events of hosts",
    });
    await folder.reopen();
    expect(await ids()).toEqual([]);
    await folder.ingest();
    expect(await ids()).toEqual([1, 2, 3]);
  });

  it.runIf(existsSync("/proc/self/fd"))("is not left open, however many there are", async () => {
    const names = range(1, 20).map((name) => `open/${name}.evtx`);
    for (const [index, name] of names.entries()) folder.put(name, log([10 * index + 1, 10 * index + 3]));
    expect((await folder.ingest()).size).toBe(20);
    const open = readdirSync("/proc/self/fd").flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/self/fd/${descriptor}`)];
      } catch {
        // That of the folder itself.
        return [];
      }
    });
    expect(open.filter((path) => path.endsWith(".evtx"))).toEqual([]);
  });

  it("is stored whole", async () => {
    folder.put("SRV/Security.evtx", log([1, 3]));
    const reports = await folder.ingest();
    expect(reports.get("SRV/Security.evtx")).toMatchObject({
      format: "evtx",
      log: "events",
      sensor_id: "SRV",
      rows: 3,
      rejected: 0,
      skipped: false,
      reason: "",
    });
    const [row] = await folder.query(
      "SELECT * EXCEPT (batch_id, source_id) FROM windows_event WHERE source_line = 2",
    );
    expect(row).toEqual({
      source_line: 2,
      sensor_id: "SRV",
      address_realm: "default",
      product: "evtx",
      time: "2024-03-01 12:00:00.123456",
      channel: "Synthetic/Operational",
      provider: "Synthetic-Provider",
      event_id: 1,
      computer: "HOST-1",
      level: 4,
      user_sid: "S-1-5-18",
      hidden_in: 0,
      system: {
        Provider_Name: "Synthetic-Provider",
        EventID: "1",
        Level: "4",
        Keywords: "0x8000000000000000",
        TimeCreated_SystemTime: "2024-03-01T12:00:00.1234567Z",
        EventRecordID: "2",
        Execution_ProcessID: "4242",
        Channel: "Synthetic/Operational",
        Computer: "HOST-1",
        Security_UserID: "S-1-5-18",
      },
      data: { N: "é2" },
      rendering: {},
      lists: {},
      context: {},
    });
  });

  it("keeps texts as they are: tabs, line ends, quotes, half characters; and lists value by value", async () => {
    const chunk = new ChunkWriter();
    const inner = dataTemplate("Text", "List");
    const text = 'a\tb\r\n"c"\\d\u0000e';
    chunk.add({
      id: 1,
      body: chunk.event(eventTemplate(), systemValues(1), {
        template: inner,
        values: [values.string(`${text}\ud800`), values.strings("one", "two")],
      }),
    });
    folder.put("a.evtx", evtxFile([chunk.finish()]));
    await folder.ingest();
    expect(await folder.query("SELECT data, lists FROM windows_event")).toEqual([
      { data: { Text: `${text}\ufffd`, List: "one\ntwo" }, lists: { List: ["one", "two"] } },
    ]);
  });

  it("keeps any text", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("", "\u2028", "\ud800", "\udc00x", "\u0000", "{", "\\", '"', "9".repeat(400), "NaN"),
    );
    const given = fc.sample(fc.tuple(text, text), { numRuns: 400, seed: 20_261_126 });
    const chunks = range(0, 19).map((at) => {
      const chunk = new ChunkWriter();
      for (const [index, [value]] of given.slice(20 * at, 20 * at + 20).entries())
        chunk.add({
          id: 20 * at + index + 1,
          body: chunk.event(OUTER, systemValues(1), { template: INNER, values: [values.string(value)] }),
        });
      return chunk.finish();
    });
    folder.put("a.evtx", evtxFile(chunks));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 400, rejected: 0 });
    const rows = await folder.query<{ value: string }>(
      "SELECT data['N'] AS value FROM windows_event ORDER BY source_line",
    );
    // The end of a text may be marked by zeros, which are none of it.
    const kept = given.map(([value]) => value.replace(/\0+$/, "").replaceAll(/\p{Surrogate}/gu, "\ufffd"));
    const found = rows.map(({ value }) => value);
    expect(found.flatMap((value, at) => (value === kept[at] ? [] : [[value, kept[at]]]))).toEqual([]);
  });

  it("keeps chunks that become many times longer than they are", async () => {
    const chunk = new ChunkWriter();
    const list = Array.from({ length: 14 }, () => "\u0001".repeat(100));
    for (let id = 1; id <= 19; id++)
      chunk.add({
        id,
        body: chunk.event(OUTER, systemValues(id), {
          template: INNER,
          values: [values.strings(...list, `${id}`)],
        }),
      });
    folder.put("a.evtx", evtxFile([chunk.finish()]));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 19, rejected: 0 });
    expect(
      await folder.query("SELECT source_line AS id, lists['N'][15] AS last FROM windows_event ORDER BY id"),
    ).toEqual(range(1, 19).map((id) => ({ id, last: `${id}` })));
  });

  it("has a time whatever the event says of it", async () => {
    const chunk = new ChunkWriter();
    for (const [index, time] of [
      "2024-13-45T99:99:99Z",
      "0000-00-00T00:00:00Z",
      "soon",
      "9999-12-31T23:59:59Z",
    ].entries()) {
      const system = systemValues(index + 1);
      system[6] = values.string(time);
      chunk.add({
        id: index + 1,
        body: chunk.event(OUTER, system, { template: INNER, values: [values.string("x")] }),
      });
    }
    folder.put("a.evtx", evtxFile([chunk.finish()]));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 4, rejected: 0 });
  });

  it("has hidden records as well, with the one that carries each", async () => {
    folder.put("a.evtx", evtxFile([chunkOf(1, 5).hideAfter(1).finish()]));
    await folder.ingest();
    expect(
      await folder.query("SELECT source_line AS id, hidden_in FROM windows_event WHERE hidden_in > 0"),
    ).toEqual([{ id: 3, hidden_in: 2 }]);
    expect(await ids()).toEqual(range(1, 5));
  });

  it("is the same whether threads read it or not", async () => {
    const chunks = range(0, 150).map((at): [number, number] => [5 * at + 1, 5 * at + 5]);
    folder.put("a.evtx", log(...chunks.slice(0, 100)));
    folder.put("b.evtx", log(...chunks.slice(100)));
    await folder.ingest({ threads: 2, limits: { batchBytes: 20_000, unitBytes: 10_000 } });
    expect(await ids()).toEqual(range(1, 755));
    const content = "SELECT sum(cityHash64(* EXCEPT (batch_id))) AS digest FROM windows_event";
    const threaded = await folder.value(content);
    expect(await folder.value("SELECT uniqExact(batch_id) FROM windows_event")).toBeGreaterThan(5);
    // The engine has one folder in a process.
    await folder.close();
    folder = await openCaseFolder();
    folder.put("a.evtx", log(...chunks.slice(0, 100)));
    folder.put("b.evtx", log(...chunks.slice(100)));
    await folder.ingest({ threads: 0 });
    expect(await folder.value(content)).toBe(threaded);
  });
});

describe("nothing twice, nothing lost", () => {
  it("a second import and a copy add nothing, and say so", async () => {
    folder.put("a.evtx", log([1, 5], [6, 10]));
    await folder.ingest();
    folder.put("copy.evtx", log([1, 5], [6, 10]));
    const reports = await folder.ingest();
    for (const name of ["a.evtx", "copy.evtx"])
      expect(reports.get(name)).toMatchObject({
        rows: 0,
        skipped: true,
        known_slices: 2,
        reason: "already in the case",
      });
    expect(await ids()).toEqual(range(1, 10));
  });

  it("two copies in one import count once", async () => {
    folder.put("a.evtx", log([1, 5]));
    folder.put("b.evtx", log([1, 5], [6, 7]));
    await folder.ingest({ threads: 2 });
    expect(await ids()).toEqual(range(1, 7));
  });

  it("a log that grew within its last chunk adds what is new", async () => {
    for (const [to, rows] of [
      [7, 7],
      [8, 1],
      [10, 2],
    ] as const) {
      folder.put("a.evtx", log([1, 5], [6, to]));
      expect((await folder.ingest()).get("a.evtx")?.rows).toBe(rows);
    }
    expect(await ids()).toEqual(range(1, 10));
  });

  it("a full log that was overwritten from its beginning adds what is new", async () => {
    folder.put("a.evtx", log([1, 5], [6, 10], [11, 15]));
    await folder.ingest();
    folder.put("a.evtx", log([16, 20], [21, 22], [11, 15]));
    const report = (await folder.ingest()).get("a.evtx");
    expect(report).toMatchObject({ rows: 7, known_slices: 1 });
    expect(await ids()).toEqual(range(1, 22));
  });

  it("an older copy of a log adds nothing", async () => {
    folder.put("new/a.evtx", log([1, 5], [6, 10]));
    await folder.ingest();
    folder.put("old/a.evtx", log([1, 5], [6, 7]));
    expect((await folder.ingest()).get("old/a.evtx")).toMatchObject({ rows: 0, skipped: true });
    expect(await ids()).toEqual(range(1, 10));
  });

  it("an older copy is stored, with a warning, where the newer cannot be read any more", async () => {
    folder.put("new.evtx", log([6, 10]));
    await folder.ingest();
    rmSync(join(folder.logs, "new.evtx"));
    folder.put("old.evtx", log([6, 7]));
    expect((await folder.ingest()).get("old.evtx")).toMatchObject({
      rows: 2,
      reason: expect.stringMatching(/begins as one of .*new\.evtx did, which was longer and cannot be read/),
    });
  });

  it("a log that was restored, equal at first and then another, is kept beside the first", async () => {
    folder.put("a.evtx", log([1, 5]));
    folder.put("b.evtx", evtxFile([chunkOf(1, 5, (id) => (id < 4 ? `é${id}` : "forged")).finish()]));
    await folder.ingest();
    expect(await ids()).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(await folder.value("SELECT count() FROM windows_event WHERE data['N'] = 'forged'")).toBe(2);
  });

  it("a record that the file breaks off in waits for its rest", async () => {
    const whole = log([1, 5], [6, 10]);
    const second = 4096 + 65_536;
    const offsets = chunkOf(6, 10).offsets;
    folder.put("a.evtx", whole.subarray(0, second + (offsets[3] as number) + 30));
    const torn = (await folder.ingest()).get("a.evtx");
    expect(torn).toMatchObject({ rows: 8, rejected: 0, waiting_bytes: 30 });
    expect(torn?.reason).toMatch(
      /the file breaks off in a record; its 30 bytes wait for the rest; .*the file ends in this chunk/,
    );
    folder.put("a.evtx", whole);
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 2, rejected: 0, waiting_bytes: 0 });
    expect(await ids()).toEqual(range(1, 10));
  });

  it("pages that were not written yet are no damage, and what stands in them later is new", async () => {
    const [early, late] = [chunkOf(1, 10), chunkOf(1, 10).finish()];
    const bytes = early.finish();
    bytes.fill(0, early.offsets[6] as number);
    folder.put("a.evtx", evtxFile([bytes]));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 6, rejected: 0 });
    folder.put("a.evtx", evtxFile([late]));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 4, rejected: 0 });
    expect(await ids()).toEqual(range(1, 10));
  });
});

describe("event logs that are damaged", () => {
  it("a bad record costs that record, and is told with its number", async () => {
    const chunk = chunkOf(1, 5);
    chunk.bytes.writeUInt32LE(0x7fffffff, (chunk.offsets[2] as number) + 38);
    folder.put("a.evtx", evtxFile([chunk.finish()]));
    const report = (await folder.ingest()).get("a.evtx");
    expect(report).toMatchObject({ rows: 4, rejected: 1, first_reject: { line: 3 } });
    expect(await folder.query("SELECT source_line, reason FROM rejected_record")).toEqual([
      { source_line: 3, reason: expect.stringMatching(/^byte \d+: /) },
    ]);
    expect(await ids()).toEqual([1, 2, 4, 5]);
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 0, rejected: 0, skipped: true });
  });

  it("a broken chunk costs its rest, and the other chunks are read", async () => {
    const chunk = chunkOf(1, 5);
    chunk.bytes.fill(0xff, chunk.offsets[3] as number, (chunk.offsets[3] as number) + 8);
    folder.put("a.evtx", evtxFile([chunk.finish(), Buffer.alloc(65_536, "x"), chunkOf(6, 8).finish()]));
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 6, rejected: 2 });
    expect(await folder.query("SELECT source_line, reason FROM rejected_record ORDER BY ALL")).toEqual([
      { source_line: 1, reason: "byte 69632: no chunk begins here, and it is not empty" },
      { source_line: 4, reason: expect.stringMatching(/no record begins where one should/) },
    ]);
    expect(await ids()).toEqual([1, 2, 3, 6, 7, 8]);
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 0, rejected: 0, known_slices: 3 });
  });

  it.each([
    ["zeros.evtx", Buffer.alloc(200_000), /no reader recognises it|binary/],
    ["header.evtx", log([1, 2]).subarray(0, 4096), /the file ends before its first chunk/],
  ])("%s is refused with the reason, and stops nothing", async (name, bytes, reason) => {
    folder.put(name, bytes);
    folder.put("good.evtx", log([1, 5]));
    const reports = await folder.ingest();
    expect(reports.get(name)).toMatchObject({ format: null, rows: 0, reason: expect.stringMatching(reason) });
    expect(reports.get("good.evtx")?.rows).toBe(5);
  });

  it.each([
    ["without a header", log([1, 5]).subarray(4096), "the file begins with a chunk, without a header"],
    [
      "with a header of zeros",
      Buffer.concat([Buffer.alloc(4096), log([1, 5]).subarray(4096)]),
      "the file's header is damaged",
    ],
  ])("a log %s is read, and that is told", async (_, bytes, reason) => {
    folder.put("a.evtx", bytes);
    expect((await folder.ingest()).get("a.evtx")).toMatchObject({ rows: 5, reason });
  });
});

describe("evidence from an event log", () => {
  async function evidenceOf(line: number) {
    const [at] = await folder.query<{ source_id: string }>(
      `SELECT source_id FROM windows_event WHERE source_line = ${line}`,
    );
    const source_id = at?.source_id ?? "";
    const finding = {
      evidence: [{ source_id, line, table: "windows_event", time: "", summary: "" }],
    } as unknown as Finding;
    return (await loadEvidence(folder.opened.store, [finding], 1)).get(evidenceKey(source_id, line));
  }

  it("is the record, secrets masked", async () => {
    folder.put(
      "a.evtx",
      evtxFile([chunkOf(1, 5).finish(), chunkOf(6, 9, () => "net use password=hunter2").finish()]),
    );
    await folder.ingest();
    const found = await evidenceOf(8);
    expect(found).toMatchObject({ path: join(folder.logs, "a.evtx") });
    const { record_id, channel, data } = JSON.parse((found as { text: string }).text);
    expect([record_id, channel, data]).toEqual([8, "Synthetic/Operational", { N: "net use password=***" }]);
  });

  it("is found under another path, and never taken from another log", async () => {
    folder.put("a.evtx", log([1, 5], [6, 10]));
    await folder.ingest();
    mkdirSync(join(folder.logs, "archive"));
    renameSync(join(folder.logs, "a.evtx"), join(folder.logs, "archive/a.evtx"));
    folder.put("a.evtx", log([11, 15]));
    await folder.ingest();
    expect(await evidenceOf(7)).toMatchObject({ path: join(folder.logs, "archive/a.evtx") });
    rmSync(join(folder.logs, "archive"), { recursive: true });
    expect(await evidenceOf(7)).toEqual({
      missing: expect.stringMatching(/a\.evtx is not the one that was imported$/),
    });
  });
});
