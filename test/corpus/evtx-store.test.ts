import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import type { IngestReport } from "../../src/model/ingest-report.js";
import { type Case, openCase } from "../../src/pipeline/case.js";
import { printEvents } from "../../src/pipeline/evtx/index.js";
import { ingest } from "../../src/pipeline/ingest/ingest.js";
import { CORPUS } from "../support/corpus.js";

const EVTX = join(CORPUS ?? "", "evtx");

describe.skipIf(CORPUS === undefined)("event logs of the corpus in a case", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-evtx-store-"));
  let opened: Case;
  let report: IngestReport;
  const bring = () =>
    ingest(opened, {
      paths: [EVTX],
      exclude: [],
      settings: { csvMappings: [] },
      sensorFor: () => undefined,
      isExcluded: () => false,
      progress: silentProgress,
    });
  beforeAll(async () => {
    opened = await openCase({ folder });
    report = await bring();
  });
  afterAll(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const value = async (sql: string): Promise<unknown> =>
    Object.values((await opened.store.query<Record<string, unknown>>(sql))[0] ?? {})[0];

  /** What `longwatch evtx` prints of each file, copies apart: offset, id and content of every record, by the engine's hash. */
  it("holds each record that the reader prints, with the same content", async () => {
    const printed = new Map<string, Record<string, unknown>>();
    let rest = "";
    const take = (line: string): void => {
      const { hidden, ...event } = JSON.parse(line);
      for (const each of [event, ...(hidden ?? [])]) {
        const { record_id, time, channel, provider, event_id, computer, system, data } = each;
        const content = {
          record_id,
          time,
          channel,
          provider,
          event_id: event_id ?? -1,
          computer,
          system,
          data,
        };
        printed.set(JSON.stringify(content), content);
      }
    };
    await printEvents(
      { paths: [EVTX], format: "jsonl", carve: false, threads: 0 },
      {
        async write(bytes) {
          const lines = (
            rest + (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("utf8"))
          ).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines) take(line);
        },
        async problem() {},
      },
      silentProgress,
    );
    const stored = new Map<string, number>();
    const joined = (fields: Record<string, string | string[]>): string =>
      JSON.stringify(
        Object.entries(fields).map(([name, each]) => [
          name,
          typeof each === "string" ? each : each.join("\n"),
        ]),
      );
    const keyOf = (event: Record<string, unknown>): string =>
      [event.record_id, event.channel, event.provider, event.event_id, event.computer].join("|") +
      joined(event.system as Record<string, string>) +
      joined(event.data as Record<string, string>);
    for await (const row of opened.store.stream<Record<string, unknown>>(
      "SELECT source_line AS record_id, channel, provider, event_id, computer, system, data FROM windows_event",
    ))
      stored.set(keyOf(row), (stored.get(keyOf(row)) ?? 0) + 1);
    const wanted = new Set([...printed.values()].map(keyOf));
    expect(wanted.size).toBeGreaterThan(50_000);
    expect([...wanted].filter((key) => !stored.has(key)).slice(0, 3)).toEqual([]);
    expect([...stored.keys()].filter((key) => !wanted.has(key)).slice(0, 3)).toEqual([]);
  });

  it("has the numbers of the manifest, and rejects for what is damaged", async () => {
    const rows = report.files.reduce((sum, file) => sum + file.rows, 0);
    const rejected = report.files.reduce((sum, file) => sum + file.rejected, 0);
    expect(await value("SELECT count() FROM windows_event")).toBe(rows);
    expect(await value("SELECT count() FROM rejected_record")).toBe(rejected);
    expect(rejected).toBeGreaterThan(0);
    expect(await value("SELECT count() FROM windows_event WHERE hidden_in > 0")).toBe(1);
    expect(await value("SELECT source_line FROM windows_event WHERE hidden_in = 104")).toBe(105);
  });

  it("adds nothing when it is imported again", async () => {
    const before = await value("SELECT count() FROM windows_event");
    const again = await bring();
    expect(again.files.reduce((sum, file) => sum + file.rows + file.rejected, 0)).toBe(0);
    expect(await value("SELECT count() FROM windows_event")).toBe(before);
  });
});
