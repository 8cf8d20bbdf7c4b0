import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zip } from "../support/archives.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  type RecordSpec,
  systemValues,
  values,
} from "../support/evtx-writer.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";
import { contentOfTables } from "./support/tables.js";

const [OUTER, INNER] = [eventTemplate(), dataTemplate("N")];

interface Made {
  id: number;
  time?: string;
  text?: string;
}

function chunkOf(records: readonly Made[]): ChunkWriter {
  const chunk = new ChunkWriter();
  for (const { id, time, text = `${id}` } of records) {
    const body = chunk.event(OUTER, systemValues(id), { template: INNER, values: [values.string(text)] });
    const record: RecordSpec = time === undefined ? { id, body } : { id, time, body };
    chunk.add(record);
  }
  return chunk;
}

const range = (from: number, to: number): Made[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index }));

const log = (...chunks: (readonly Made[])[]): Buffer =>
  evtxFile(chunks.map((records) => chunkOf(records).finish()));

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const facts = (scope: "file" | "chunk") =>
  folder.query(`SELECT * FROM log_file_fact WHERE scope = '${scope}' ORDER BY acquisition_id, offset`);

describe("facts about an event log's file", () => {
  it("of many logs are one insert, because the engine refuses thousands in one batch", async () => {
    for (let host = 1; host <= 20; host++)
      folder.put(`HOST-${host}/Security.evtx`, log(range(100 * host, 100 * host + 3)));
    await folder.ingest();
    expect(await facts("file")).toHaveLength(20);
    const parts = await folder.query(
      "SELECT table, count() AS parts FROM system.parts WHERE database = currentDatabase() AND active GROUP BY table HAVING parts > 4",
    );
    expect(parts).toEqual([]);
  });

  it("are there for the file and each chunk, in the batch of the records", async () => {
    folder.put("SRV/Security.evtx", log(range(11, 15), range(16, 20)));
    await folder.ingest();
    expect(await facts("file")).toMatchObject([
      {
        sensor_id: "SRV",
        chunks: 2,
        header_checksum: "right",
        data_checksum: "right",
        first_id: 11,
        last_id: 20,
        records: 10,
        records_read: 10,
        missing: 0,
        gaps: [],
        repeated: 0,
        descents: 0,
        time_steps: [],
        hidden: [],
        channels: ["Synthetic/Operational"],
        computers: ["HOST-1"],
        first_time: "2024-03-01 12:00:00.000000",
      },
    ]);
    const chunks = await facts("chunk");
    expect(chunks).toMatchObject([
      { offset: 4096, bytes: 65_536, first_id: 11, last_id: 15, first_number: 11, records_read: 5 },
      { offset: 69_632, bytes: 65_536, first_id: 16, last_id: 20, first_number: 16, records_read: 5 },
    ]);
    const slices = chunks.flatMap((chunk) => chunk.slices as string[]);
    expect(
      await folder.value(`SELECT count() FROM windows_event WHERE source_id IN ('${slices.join("','")}')`),
    ).toBe(10);
    expect(
      await folder.value(
        "SELECT count() FROM source_slice WHERE source_id IN (SELECT acquisition_id FROM log_file_fact) AND rows = 0",
      ),
    ).toBe(1);
    expect(
      await folder.value(
        "SELECT uniqExact(batch_id) FROM (SELECT batch_id FROM log_file_fact UNION ALL SELECT batch_id FROM windows_event)",
      ),
    ).toBe(1);
  });

  it("tell of gaps, ids that run backwards or come twice, time that does, hidden records, wrong checksums", async () => {
    const hiding = chunkOf(range(1, 5)).hideAfter(1).finish();
    const jumping = chunkOf([
      { id: 6 },
      { id: 7 },
      { id: 10 },
      { id: 11, time: "2024-03-01T11:00:00Z" },
    ]).finish();
    const again = chunkOf([{ id: 4, text: "forged" }, { id: 5 }]).finish();
    again.writeUInt32LE(1, 52);
    folder.put("a.evtx", evtxFile([hiding, jumping, again]));
    await folder.ingest();
    expect(await facts("file")).toMatchObject([
      {
        first_id: 1,
        last_id: 11,
        missing: 3,
        gaps: [
          { from: 3, to: 3 },
          { from: 8, to: 9 },
        ],
        repeated: 2,
        descents: 1,
        hidden: [3],
        data_checksum: "wrong",
        time_steps: [{ id: 11, time: "2024-03-01 11:00:00.000", seconds: 3600 }],
      },
    ]);
    expect((await facts("chunk")).map(({ data_checksum, hidden }) => [data_checksum, hidden])).toEqual([
      ["right", [3]],
      ["right", []],
      ["wrong", []],
    ]);
  });

  it("count whole records in space that is not in use", async () => {
    const chunk = chunkOf(range(1, 5));
    folder.put("a.evtx", evtxFile([chunk.finish(chunk.offsets[3])]));
    await folder.ingest();
    expect(await facts("chunk")).toMatchObject([
      { records: 3, last_id: 3, slack_records: 2, slack_last_id: 5 },
    ]);
  });

  it("are written once for each copy that differs, also where all its records are known", async () => {
    folder.put("mon/a.evtx", log(range(1, 5), range(6, 8)));
    await folder.ingest();
    folder.put("copy/a.evtx", log(range(1, 5), range(6, 8)));
    folder.put("tue/a.evtx", log(range(1, 5), range(6, 10)));
    folder.put("cut/a.evtx", log(range(6, 10)));
    await folder.ingest();
    await folder.ingest();
    const copies = await facts("file");
    expect(copies.map(({ first_id, last_id }) => [first_id, last_id]).sort()).toEqual([
      [1, 10],
      [1, 8],
      [6, 10],
    ]);
    expect(copies.map(({ records_read }) => records_read).sort()).toEqual([10, 5, 8]);
    expect(
      await folder.query(
        "SELECT path FROM source_path WHERE source_id IN (SELECT acquisition_id FROM log_file_fact)",
      ),
    ).toMatchObject([{ path: join(folder.logs, "copy/a.evtx") }]);
    expect(await folder.value("SELECT count() FROM windows_event")).toBe(10);
  });

  it("are those of one copy, whether it is compressed, in an archive, or neither", async () => {
    const bytes = log(range(1, 5), range(6, 8));
    folder.put("a.evtx.gz", gzipSync(bytes));
    folder.put("b.zip", zip([{ name: "Security.evtx", content: bytes }]));
    folder.put("c.evtx", bytes);
    await folder.ingest();
    expect(await facts("file")).toMatchObject([{ bytes: bytes.length, chunks: 2, first_id: 1, last_id: 8 }]);
    expect(
      await folder.query(
        "SELECT path FROM source_path WHERE source_id IN (SELECT acquisition_id FROM log_file_fact) ORDER BY path",
      ),
    ).toEqual([{ path: join(folder.logs, "b.zip!/Security.evtx") }, { path: join(folder.logs, "c.evtx") }]);
  });

  it("are the same after an interruption between a log's records and its facts", async () => {
    const chunks = Array.from({ length: 30 }, (_, at) => range(10 * at + 1, 10 * at + 10));
    folder.put("a.evtx", log(...chunks));
    const limits = { batchBytes: 20_000, unitBytes: 10_000 };
    await folder.ingest({ limits });
    const undisturbed = await contentOfTables(folder.opened.store);
    const batches = await folder.query<{ id: string }>(
      "SELECT batch_id AS id FROM source_slice GROUP BY batch_id ORDER BY min(byte_from)",
    );
    expect(batches.length).toBeGreaterThan(2);
    // What a process leaves that was killed before it named the last batch, which has the facts.
    const [{ id }] = (await folder.query<{ id: string }>(
      "SELECT any(batch_id) AS id FROM log_file_fact",
    )) as [{ id: string }];
    await folder.opened.store.command(
      `ALTER TABLE source_slice DELETE WHERE batch_id = '${id}' SETTINGS mutations_sync = 2`,
    );
    const root = folder.root;
    await folder.reopen();
    expect(folder.root).toBe(root);
    expect(await folder.value("SELECT count() FROM log_file_fact")).toBe(0);
    await folder.ingest({ limits });
    expect(await contentOfTables(folder.opened.store)).toEqual(undisturbed);
    rmSync(join(folder.logs, "a.evtx"));
  });
});
