import { randomBytes } from "node:crypto";
import { closeSync, ftruncateSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/model/finding.js";
import { loadEvidence } from "../../src/pipeline/evidence.js";
import { evidenceKey } from "../../src/report/port.js";
import { tar, zip } from "../support/archives.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";
import { accounted, type CaseFolder, openCaseFolder } from "./support/case-folder.js";
import { zeekConnTsv } from "./support/logs.js";

/** A synthetic event of NXLog. */
const event = (number: number) => ({
  EventTime: "2024-03-01 12:00:00",
  Hostname: "HOST-1",
  Channel: "Security",
  SourceName: "S",
  EventID: 1,
  RecordNumber: number,
  Image: `é${number}`,
});
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const lines = (from: number, to: number): string =>
  range(from, to)
    .map((number) => `${JSON.stringify(event(number))}\n`)
    .join("");
const list = (from: number, to: number): string => JSON.stringify(range(from, to).map(event), null, 1);

const [OUTER, INNER] = [eventTemplate(), dataTemplate("N")];
/** An event log, one record in each chunk. */
const log = (from: number, to: number): Buffer =>
  evtxFile(
    range(from, to).map((id) => {
      const chunk = new ChunkWriter();
      const body = chunk.event(OUTER, systemValues(id), {
        template: INNER,
        values: [values.string(`é${id}`)],
      });
      chunk.add({ id, body });
      return chunk.finish();
    }),
  );

let folder: CaseFolder;
beforeEach(async () => {
  folder = await openCaseFolder();
});
afterEach(() => folder.close());

const images = async (): Promise<string[]> =>
  (
    await folder.query<{ image: string }>(
      "SELECT concat(data['Image'], data['N']) AS image FROM windows_event ORDER BY toUInt32OrZero(substringUTF8(image, 2))",
    )
  ).map(({ image }) => image);

async function evidenceOf(where: string, budget?: number): Promise<Record<string, string>> {
  const rows = await folder.query<{ source_id: string; line: number }>(
    `SELECT source_id, source_line AS line FROM windows_event WHERE ${where} ORDER BY line`,
  );
  const finding = { evidence: rows } as unknown as Finding;
  const texts = await loadEvidence(folder.opened.store, [finding], 100, budget);
  return Object.fromEntries(
    rows.map(({ source_id, line }) => {
      const text = texts.get(evidenceKey(source_id, line));
      return text !== undefined && "text" in text
        ? [`${text.path.slice(folder.logs.length + 1)}:${line}`, text.text]
        : [String(line), text?.missing ?? ""];
    }),
  );
}

describe("archives in a case", () => {
  it("are read file by file: events as JSON, event logs, logs of sensors", async () => {
    folder.put(
      "a/b.zip",
      zip([
        { name: "DC01/events.json", content: Buffer.from(list(1, 3)) },
        { name: "DC01/lines.json.gz", content: gzipSync(lines(4, 5)) },
        { name: "__MACOSX/DC01/._events.json", content: Buffer.from("x") },
        { name: "Security.evtx", content: log(6, 8) },
        { name: "conn.log", content: Buffer.from(zeekConnTsv({ rows: 4, close: true })) },
        { name: "readme.txt", content: Buffer.from("hello\n") },
        { name: "empty.log", content: Buffer.alloc(0) },
      ]),
    );
    folder.put(
      "c.tar",
      await tar({ "x.json": lines(9, 10), "truth.json": lines(99, 99), "y.evtx": log(11, 12) }),
    );
    folder.put("d.tgz", gzipSync(await tar({ "deep/in/z.json": list(13, 14) })));
    folder.put("e.evtx.gz", gzipSync(log(15, 16)));
    const reports = await folder.ingest();
    expect(
      [...reports].map(([path, { format, rows, rejected, sensor_id, reason }]) => [
        path,
        format,
        rows,
        rejected,
        sensor_id,
        reason,
      ]),
    ).toEqual([
      ["a/b.zip!/DC01/events.json", "nxlog-json", 3, 0, "a", ""],
      ["a/b.zip!/DC01/lines.json.gz", "nxlog-json", 2, 0, "a", ""],
      ["a/b.zip!/Security.evtx", "evtx", 3, 0, "a", ""],
      ["a/b.zip!/conn.log", "zeek-tsv", 4, 0, "a", ""],
      ["a/b.zip!/readme.txt", null, 0, 0, null, expect.stringMatching(/no reader recognises it/)],
      ["a/b.zip!/empty.log", null, 0, 0, null, "the file is empty"],
      ["c.tar!/x.json", "nxlog-json", 2, 0, "default", ""],
      ["c.tar!/y.evtx", "evtx", 2, 0, "default", ""],
      ["d.tgz!/deep/in/z.json", "nxlog-json", 2, 0, "deep", ""],
      ["e.evtx.gz", "evtx", 2, 0, "default", ""],
    ]);
    expect(await images()).toEqual(range(1, 16).map((number) => `é${number}`));
    const events = reports.get("a/b.zip!/DC01/events.json");
    expect(events && accounted(events)).toBe(list(1, 3).split("\n").length - 1);
  });

  it("add nothing when they come again, in another archive or unpacked; one that grew adds what is new", async () => {
    const pack = (to: number) =>
      zip([
        { name: "events.json", content: Buffer.from(list(1, to)) },
        { name: "System.evtx", content: log(101, 100 + to) },
      ]);
    folder.put("a.zip", pack(3));
    expect([...(await folder.ingest()).values()].map(({ rows }) => rows)).toEqual([3, 3]);
    for (const { rows, skipped, reason } of (await folder.ingest()).values())
      expect([rows, skipped, reason]).toEqual([0, true, "already in the case"]);
    folder.put("other.tar", await tar({ "e.json": list(1, 3), "s.evtx": log(101, 103) }));
    folder.put("events.json", list(1, 3));
    folder.put("System.evtx", log(101, 103));
    for (const { rows, reason } of (await folder.ingest()).values())
      expect([rows, reason]).toEqual([0, "already in the case"]);
    folder.put("a.zip", pack(5));
    expect([...(await folder.ingest()).values()].map(({ rows }) => rows)).toEqual([0, 2, 2, 0, 0, 0]);
    // An older copy of what has grown since.
    folder.put("older.zip", pack(2));
    expect([...(await folder.ingest()).values()].reduce((sum, { rows }) => sum + rows, 0)).toBe(0);
    expect(await images()).toEqual([...range(1, 5), ...range(101, 105)].map((number) => `é${number}`));
  });

  it("lead evidence back to the record, word for word", async () => {
    folder.put(
      "a.zip",
      zip([
        { name: "events.json", content: Buffer.from(list(1, 2)) },
        { name: "one-line.json", content: Buffer.from(JSON.stringify(range(3, 5).map(event))) },
        { name: "System.evtx", content: log(6, 7) },
      ]),
    );
    await folder.ingest();
    const pretty = list(1, 2).split("\n");
    const at = pretty.findIndex((line, index) => index > 5 && line === " {") + 1;
    expect(await evidenceOf("data['Image'] = 'é2'")).toEqual({
      [`a.zip!/events.json:${at}`]: JSON.stringify(event(2), null, 1).replaceAll(/\n\s*/g, " "),
    });
    expect(await evidenceOf("data['Image'] IN ('é3', 'é5')")).toEqual({
      "a.zip!/one-line.json:1": JSON.stringify(event(3)),
      "a.zip!/one-line.json:3": JSON.stringify(event(5)),
    });
    const shown = await evidenceOf("data['N'] = 'é7'");
    expect(JSON.parse(shown["a.zip!/System.evtx:7"] ?? "{}")).toMatchObject({
      record_id: 7,
      data: { N: "é7" },
    });
    renameSync(join(folder.logs, "a.zip"), join(folder.logs, "b.zip"));
    expect(Object.values(await evidenceOf("data['N'] = 'é7' OR data['Image'] = 'é2'"))).toEqual([
      expect.stringMatching(/cannot be read any more/),
      expect.stringMatching(/cannot be read any more/),
    ]);
    await folder.ingest();
    expect(Object.keys(await evidenceOf("data['N'] = 'é7'"))).toEqual(["b.zip!/System.evtx:7"]);
  });

  it("are not read again and again for the evidence of a report: what is over its budget says so", async () => {
    folder.put("System.evtx.gz", gzipSync(log(1, 3)));
    await folder.ingest();
    // A log in gzip is read from its beginning for each chunk: about 5, 70 and 136 KB.
    const texts = Object.values(await evidenceOf("1", 100_000));
    expect(texts.filter((text) => text.startsWith("{"))).toHaveLength(2);
    expect(texts).toContain("not loaded into the report; `longwatch explain` shows it");
  });

  it("that are damaged, encrypted, nested or empty cost what cannot be read, and say so", async () => {
    const content = Buffer.from(lines(1, 400));
    const packed = deflateRawSync(content);
    packed[200] = (packed[200] as number) ^ 0xff;
    folder.put(
      "damaged.zip",
      zip([
        { name: "bad.json", content, packed },
        { name: "secret.json", content, flags: 0x801 },
        { name: "in.zip", content: zip([{ name: "a.json", content }]) },
        { name: "good.json", content: Buffer.from(lines(500, 501)) },
      ]),
    );
    folder.put("escape.zip", zip([{ name: "../../a.json", content }]));
    folder.put("none.zip", zip([]));
    folder.put("text.zip", "PK\u0003\u0004 and then nothing");
    const whole = await tar({ "a.json": lines(600, 601), "b.json": lines(700, 1700) });
    folder.put("cut.tar", whole.subarray(0, whole.length >> 1));
    const reports = await folder.ingest();
    const reasons = Object.fromEntries([...reports].map(([path, { reason }]) => [path, reason]));
    expect(reasons).toMatchObject({
      "damaged.zip!/secret.json": "it is encrypted: unpack it first",
      "damaged.zip!/in.zip": expect.stringMatching(/archive in an archive/),
      "escape.zip": expect.stringMatching(/relative path/),
      "none.zip": expect.stringMatching(/./),
      "text.zip": expect.stringMatching(/zip archive is damaged/),
      "cut.tar!/b.json": expect.stringMatching(/tar archive is damaged/),
    });
    expect(reports.get("damaged.zip!/good.json")).toMatchObject({ rows: 2, reason: "" });
    expect(reports.get("cut.tar!/a.json")).toMatchObject({ rows: 2, reason: "" });
    expect(reports.get("cut.tar!/b.json")).toMatchObject({ rejected: 1 });
    expect(reports.get("cut.tar!/b.json")?.rows).toBeGreaterThan(100);
  });

  it("are read on behind files that are left alone, however large", async () => {
    // More than the streams between hold.
    const content = randomBytes(4 * 1024 ** 2);
    const files = {
      "unknown.bin": content,
      "unknown.gz": gzipSync(content),
      "left-out.json": Buffer.from(lines(1, 40_000)),
      "good.json": Buffer.from(lines(50_000, 50_001)),
    };
    folder.put("a.tar", await tar(files));
    folder.put("b.tgz", gzipSync(await tar({ ...files, "good.json": lines(60_000, 60_001) })));
    folder.put("c.zip", zip(Object.entries(files).map(([name, content]) => ({ name, content }))));
    const reports = await folder.ingest({ isExcluded: (path) => path.endsWith("left-out.json") });
    expect([...reports].map(([path, { rows, skipped }]) => [path, rows, skipped])).toEqual([
      ["a.tar!/unknown.bin", 0, true],
      ["a.tar!/unknown.gz", 0, true],
      ["a.tar!/good.json", 2, false],
      ["b.tgz!/unknown.bin", 0, true],
      ["b.tgz!/unknown.gz", 0, true],
      ["b.tgz!/good.json", 2, false],
      ["c.zip!/unknown.bin", 0, true],
      ["c.zip!/unknown.gz", 0, true],
      ["c.zip!/good.json", 0, true],
    ]);
  }, 60_000);

  it("that are bombs are given up; what came before is kept", async () => {
    const blank = Buffer.alloc(80 * 1024 ** 2, " ");
    const content = Buffer.concat([Buffer.from(lines(1, 1)), blank]);
    folder.put(
      "bomb.zip",
      zip([
        { name: "a.json", content },
        { name: "b.evtx", content: Buffer.concat([log(7, 8), Buffer.alloc(80 * 1024 ** 2)]) },
      ]),
    );
    folder.put("double.zip", zip([{ name: "a.json.gz", content: gzipSync(content) }]));
    const reports = await folder.ingest();
    const bomb = expect.stringMatching(
      /\d+ bytes unpack to more than \d+: a bomb, not logs; the rest was not read/,
    );
    expect(reports.get("bomb.zip!/a.json")).toMatchObject({ rows: 1, rejected: 0, reason: bomb });
    expect(reports.get("double.zip!/a.json.gz")).toMatchObject({
      rows: 0,
      reason: expect.stringMatching(/bomb/),
    });
    expect(reports.get("bomb.zip!/b.evtx")).toMatchObject({ reason: bomb });
  }, 60_000);
});

describe("a JSON file", () => {
  it("that is still being written adds what is whole, and the rest when it is there", async () => {
    const whole = list(1, 6);
    for (const share of [0.2, 0.21, 0.5, 0.9, 1]) {
      folder.put("events.json", whole.slice(0, Math.floor(share * whole.length)));
      const report = (await folder.ingest()).get("events.json");
      expect(report?.rejected).toBe(0);
      if (share === 0.2)
        expect(report?.reason).toMatch(/the last record \(\d+ bytes\) has no end yet and waits/);
    }
    expect(await images()).toEqual(range(1, 6).map((number) => `é${number}`));
    const shown = await folder.query<{ line: number }>(
      "SELECT source_line AS line FROM windows_event ORDER BY line",
    );
    const begins = whole.split("\n").flatMap((line, index) => (line === " {" ? [index + 1] : []));
    expect(shown.map(({ line }) => line)).toEqual(begins);
  });

  it("whose lines hold records that were hidden in others has a row for each", async () => {
    const printed = (id: number) => ({
      ...{ record_id: id, time: "2024-03-01T12:00:00Z", channel: "Security", data: { N: `é${id}` } },
      system: { Channel: "Security", EventID: "1", TimeCreated_SystemTime: "2024-03-01T12:00:00Z" },
    });
    const all = [{ ...printed(1), hidden: [{ ...printed(2), hidden_in: 1 }] }, printed(3)];
    folder.put("events.jsonl", all.map((each) => `${JSON.stringify(each)}\n`).join(""));
    expect((await folder.ingest()).get("events.jsonl")).toMatchObject({
      rows: 3,
      rejected: 0,
      unused_lines: 0,
    });
    expect(await images()).toEqual(["é1", "é2", "é3"]);
  });

  it("whose lines hold hidden records loses no reject, and counts lines where it counts lines", async () => {
    const printed = (id: number) => ({
      ...{ record_id: id, time: "2024-03-01T12:00:00Z", channel: "Security", data: { N: `é${id}` } },
      system: { Channel: "Security", EventID: "1" },
    });
    // As many rows as lines, though one of the lines is none.
    const two = JSON.stringify({ ...printed(1), hidden: [{ ...printed(2), hidden_in: 1 }] });
    folder.put("events.jsonl", `${two}\n{"no": "event"}\n`);
    expect((await folder.ingest()).get("events.jsonl")).toMatchObject({
      rows: 2,
      rejected: 1,
      first_reject: { line: 2, reason: "it is no Windows event in any of the known layouts" },
      unused_lines: 0,
    });
    expect(await folder.value("SELECT sum(rows) FROM source_slice")).toBe(2);
  });

  it("with an object of 300 MiB among good ones is read in bounded memory", async () => {
    const path = join(folder.logs, "large.json");
    writeFileSync(path, `${lines(1, 2)}{"Event":"`);
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 300 * 1024 ** 2);
    closeSync(descriptor);
    writeFileSync(path, `"}\n${lines(3, 3)}`, { flag: "a" });
    const before = process.memoryUsage.rss();
    expect((await folder.ingest()).get("large.json")).toMatchObject({
      rows: 3,
      rejected: 1,
      first_reject: { line: 3, reason: "it has more than 1048576 bytes" },
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1024 ** 2);
  }, 60_000);

  it("of 2 GiB with one object is refused at once", async () => {
    const path = join(folder.logs, "large.json");
    writeFileSync(path, '{"Event":{"System":{"EventID":"');
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 2 * 1024 ** 3);
    closeSync(descriptor);
    expect((await folder.ingest()).get("large.json")).toMatchObject({
      format: null,
      reason: expect.stringMatching(/^not a log as text: binary data/),
    });
  });
});
