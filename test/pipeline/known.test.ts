import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";
import { eveLog, zeekConnTsv, zeekDnsJson } from "./support/logs.js";
import { contentOfTables, partitions } from "./support/tables.js";
import { zstdStored } from "./support/zstd.js";

let at: CaseFolder;
beforeEach(async () => {
  at = await openCaseFolder();
});
afterEach(() => at.close());

const rows = (table: string) => at.value(`SELECT count() FROM ${table}`);

describe("content that the case has", () => {
  it("is not added again: the same folder, a renamed, a moved, a recompressed copy", async () => {
    const conn = zeekConnTsv({ rows: 300 });
    at.put("conn.log", conn);
    at.put("dns.log", zeekDnsJson({ rows: 100 }));
    at.put("eve.json", eveLog({ rows: 100 }));
    await at.ingest();
    const first = await contentOfTables(at.opened.store);

    const again = await at.ingest();
    expect([...again.values()].map(({ rows, skipped, reason }) => ({ rows, skipped, reason }))).toEqual(
      Array.from({ length: 3 }, () => ({ rows: 0, skipped: true, reason: "already in the case" })),
    );
    expect(await contentOfTables(at.opened.store)).toEqual(first);

    at.put("archive/conn.2023.log.gz", gzipSync(conn));
    at.put("archive/conn.2023.log.zst", zstdStored(conn));
    renameSync(join(at.logs, "dns.log"), join(at.logs, "elsewhere.log"));
    const copies = await at.ingest();
    expect([...copies.values()].every((file) => file.rows === 0 && file.skipped)).toBe(true);
    const { source_path: paths, ...others } = await contentOfTables(at.opened.store);
    const { source_path: _, ...before } = first;
    expect(others).toEqual(before);
    expect(paths).toMatch(/^3 rows/);
    const noted = await at.query<{ path: string }>("SELECT path FROM source_path ORDER BY path");
    expect(noted.map((row) => row.path.slice(at.logs.length + 1))).toEqual([
      "archive/conn.2023.log.gz",
      "archive/conn.2023.log.zst",
      "elsewhere.log",
    ]);
  });

  it("is not added by a second copy in the same run, nor by a shorter one", async () => {
    const conn = zeekConnTsv({ rows: 300 });
    at.put("a.log", conn);
    at.put("b.log.gz", gzipSync(conn));
    at.put("c.log", conn.slice(0, 9000));
    at.put("d.log.gz", gzipSync(conn).subarray(0, 2500));
    const reports = await at.ingest();
    expect([...reports].map(([name, file]) => [name, file.rows, file.rejected])).toEqual([
      ["a.log", 300, 0],
      ["b.log.gz", 0, 0],
      ["c.log", 0, 0],
      ["d.log.gz", 0, 0],
    ]);
    expect(await rows("network_activity")).toBe(300);
  });

  it("says so where a shorter copy cannot be told, because the longer log is gone", async () => {
    const conn = zeekConnTsv({ rows: 300 });
    at.put("a.log", conn);
    await at.ingest();
    rmSync(join(at.logs, "a.log"));
    at.put("c.log", conn.slice(0, 9000));
    expect((await at.ingest()).get("c.log")?.reason).toMatch(/begins as .*a\.log did.*may|count twice/);
  });
});

describe("a log that grows, through the engine", () => {
  it("gives the rows of a single import, for random cuts, slices and batches", async () => {
    const logs = {
      "conn.log": zeekConnTsv({ rows: 60 }),
      "dns.log": zeekDnsJson({ rows: 60 }),
      "eve.json": eveLog({ rows: 60 }),
    };
    for (const [name, text] of Object.entries(logs)) at.put(`once/${name}`, text);
    await at.ingest();
    const tables = ["network_activity", "dns_activity", "tls_activity"];
    const content = async () => {
      const found: Record<string, unknown> = {};
      for (const table of tables)
        found[table] = await at.query(
          `SELECT * EXCEPT (batch_id, source_id, sensor_id) FROM ${table} ORDER BY ALL`,
        );
      found.contacts = await at.query(
        "SELECT product, channel, hour, src_ip, dst_ip, dst_port, name, sum(connections), sum(bytes_out), sum(bytes_in) FROM contact_hourly GROUP BY ALL ORDER BY ALL",
      );
      return found;
    };
    const expected = await content();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 2500, max: 9000 }),
        fc.integer({ min: 2, max: 6 }),
        async (cuts, sliceBytes, slicesInBatch) => {
          await at.close();
          at = await openCaseFolder();
          const limits = { sliceBytes, batchBytes: slicesInBatch * sliceBytes };
          for (const cut of [...cuts.sort((a, b) => a - b), 1]) {
            for (const [name, text] of Object.entries(logs))
              at.put(`once/${name}`, text.slice(0, Math.round(cut * text.length)));
            await at.ingest({ limits });
          }
          expect(await content()).toEqual(expected);
          expect(await rows("rejected_record")).toBe(0);
        },
      ),
      { numRuns: 3, seed: 5 },
    );
  }, 60_000);
});

describe("merging small batches", () => {
  it("keeps every row and bounds the partitions", async () => {
    const all = zeekConnTsv({ rows: 400, close: false });
    at.put("dns.log", zeekDnsJson({ rows: 200 }));
    at.put("bad.log", zeekConnTsv({ rows: 20, from: 5000 }).replaceAll("\tSF\t", "\t"));
    const limits = { sliceBytes: 8000, batchBytes: 8000, liveBatches: 1000 };
    at.put("conn.log", all);
    await at.ingest({ limits });
    const content = async () => {
      const found: Record<string, string> = {};
      for (const table of [
        "network_activity",
        "dns_activity",
        "rejected_record",
        "contact_hourly",
        "coverage_hourly",
      ])
        found[table] = String(
          await at.value(
            `SELECT concat(toString(count()), ' ', hex(sum(reinterpretAsUInt128(sipHash128(*))))) FROM (SELECT * EXCEPT batch_id FROM ${table})`,
          ),
        );
      return found;
    };
    const before = await content();
    expect(before.network_activity).toMatch(/^400 /);
    expect((await partitions(at.opened.store)).length).toBeGreaterThan(25);
    await at.ingest({ limits: { ...limits, liveBatches: 4 } });
    expect(await content()).toEqual(before);
    // One merged partition in each table that has rows, and what was derived.
    expect((await partitions(at.opened.store)).length).toBeLessThanOrEqual(7);
    const again = await at.ingest({ limits: { ...limits, liveBatches: 4 } });
    expect([...again.values()].every((file) => file.skipped)).toBe(true);
    at.put("conn.log", all + zeekConnTsv({ rows: 10, from: 400, header: false }));
    expect((await at.ingest()).get("conn.log")?.rows).toBe(10);
  });
});
