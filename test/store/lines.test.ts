import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodedText, RowBinaryWriter } from "../../src/sources/row-binary.js";
import type { LineFile, Store } from "../../src/store/port.js";
import { ENGINES, type TestStore } from "../support/stores.js";

const LINE_COUNT = 5_200_000;

/** Each line begins with its own number, from 0, and has an uneven length. */
function* numberedLines(): Generator<string> {
  for (let from = 0; from < LINE_COUNT; from += 50_000) {
    let text = "";
    for (let line = from; line < from + 50_000; line++) text += `${line}${".".repeat(line % 7)}\n`;
    yield text;
  }
}

describe.each(ENGINES)("lines: $name", ({ open }) => {
  let fixture: TestStore;
  let store: Store;
  beforeAll(async () => {
    fixture = await open();
    store = fixture.store;
    await store.command(
      "CREATE TABLE IF NOT EXISTS seen (tag String, row UInt64, line String) ENGINE = MergeTree ORDER BY row",
    );
  });
  afterAll(async () => fixture?.close());
  const ingest = (file: LineFile, tag: string) =>
    store.ingestLines("INSERT INTO seen SELECT {tag:String}, row, line FROM __LINES__", file, { tag });
  const seen = (tag: string) =>
    store.query<{ row: number; bytes: string }>(
      "SELECT row, hex(line) AS bytes FROM seen WHERE tag = {tag:String} ORDER BY row",
      { tag },
    );

  test("every line arrives byte for byte, whatever is in it", async () => {
    const lines = [
      Buffer.from("plain"),
      Buffer.from(""),
      Buffer.from("nul \u0000 inside"),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
      Buffer.from("tab\tquote'\"`\\N \\t"),
      Buffer.from("carriage\r"),
      Buffer.from("\ufeffbom"),
      Buffer.from(""),
      Buffer.from("x".repeat(3_000_000)),
      Buffer.from("torn: no line feed after me"),
    ];
    const content = Buffer.concat(
      lines.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from("\n"), line])),
    );
    await ingest(fixture.file("odd we{1,2}ird*[a]?.log", content), "odd");
    const rows = await seen("odd");
    expect(rows.map(({ row }) => row)).toEqual(lines.map((_, index) => index));
    expect(rows.map(({ bytes }) => bytes.slice(0, 100))).toEqual(
      lines.map((line) => line.toString("hex").toUpperCase().slice(0, 100)),
    );
    expect(rows.map(({ bytes }) => bytes.length / 2)).toEqual(lines.map((line) => line.length));
  });

  test("a file that ends with a line feed has no line after it", async () => {
    await ingest(fixture.file("ended.log", "a\nb\n"), "ended");
    expect(await seen("ended")).toEqual([
      { row: 0, bytes: "61" },
      { row: 1, bytes: "62" },
    ]);
  });

  test("an empty file has no lines, and an aggregate over it is still an answer", async () => {
    const file = fixture.file("empty.log", "");
    await ingest(file, "empty");
    expect(await seen("empty")).toEqual([]);
    expect(await store.queryLines("SELECT count() AS n FROM __LINES__", file)).toEqual([{ n: 0 }]);
  });

  test("a query over lines keeps its order, its types and its parameters", async () => {
    const file = fixture.file("kinds.log", "conn 1\ndns 2\nconn 3\nconn 18446744073709551615\n");
    const rows = await store.queryLines(
      `WITH splitByChar(' ', line) AS parts
       SELECT parts[1] AS kind, count() AS lines, max(toUInt64(parts[2])) AS most, min(row) AS first, any(CAST(NULL, 'Nullable(String)')) AS none
       FROM __LINES__ WHERE line != {skip:String} GROUP BY kind ORDER BY lines DESC`,
      file,
      { skip: "dns 3" },
    );
    expect(rows).toEqual([
      { kind: "conn", lines: 3, most: "18446744073709551615", first: 0, none: null },
      { kind: "dns", lines: 1, most: 2, first: 1, none: null },
    ]);
  });

  test("rows in RowBinary arrive with every value, in the columns of their structure", async () => {
    const structure =
      "name String, number Int64, pairs Map(LowCardinality(String), String), lists Map(String, Array(String))";
    const row = new RowBinaryWriter(new SharedArrayBuffer(8));
    const texts = [
      "",
      "x".repeat(127),
      "y".repeat(128),
      "é\u0000\n",
      "\ud83d\ude00",
      "half \ud83d of a pair",
      "z".repeat(300_000),
    ];
    const numbers = [0, -1, 255, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    for (const [index, text] of texts.entries()) {
      row.text(text);
      row.integer(numbers[index] as number);
      row.count(2);
      for (const key of ["key", "anóther"]) {
        row.encoded(encodedText(key));
        row.text(text);
      }
      row.count(1);
      row.text("list");
      row.count(200);
      for (let item = 0; item < 200; item++) row.text(`${item}`);
    }
    const content = new Uint8Array(row.memory, 0, row.used);
    const file = { ...fixture.file("rows.bin", content), structure };
    await store.command(
      `CREATE TABLE IF NOT EXISTS rows_seen (${structure}) ENGINE = MergeTree ORDER BY tuple()`,
    );
    await store.ingestLines("INSERT INTO rows_seen SELECT * FROM __LINES__", file);
    await store.ingestLines("INSERT INTO rows_seen SELECT * FROM __LINES__", {
      ...fixture.file("none.bin", ""),
      structure,
    });
    const items = Array.from({ length: 200 }, (_, item) => `${item}`);
    expect(
      await store.query(
        "SELECT name, toString(number) AS number, pairs['key'] AS one, pairs['anóther'] AS other, lists FROM rows_seen ORDER BY length(name), name",
      ),
    ).toEqual(
      texts
        .map((text, index) => ({ text: Buffer.from(text).toString(), number: `${numbers[index]}` }))
        .sort((a, b) => Buffer.byteLength(a.text) - Buffer.byteLength(b.text))
        .map(({ text, number }) => ({ name: text, number, one: text, other: text, lists: { list: items } })),
    );
  });

  test("a failing statement leaves the store usable and says why", async () => {
    const file = fixture.file("bad.log", "not a number\n");
    const failing = store.ingestLines(
      "INSERT INTO seen SELECT 'bad', toUInt64(line), line FROM __LINES__",
      file,
    );
    await expect(failing).rejects.toMatchObject({ code: "LW_STORE" });
    await expect(store.queryLines("SELECT nonsense FROM __LINES__", file)).rejects.toMatchObject({
      code: "LW_STORE",
    });
    expect(await store.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test(`numbers of rows are exact over ${LINE_COUNT} lines, with and without a condition`, {
    timeout: 90_000,
  }, async () => {
    const { path } = fixture.file("many.log", "");
    await pipeline(Readable.from(numberedLines()), createWriteStream(path));
    const file = { path, bytes: 1 };
    await store.command(
      "CREATE TABLE IF NOT EXISTS numbered (row UInt64, said UInt64, part UInt8) ENGINE = MergeTree ORDER BY row",
    );
    await store.ingestLines(
      "INSERT INTO numbered SELECT row, toUInt64(trimRight(line, '.')), 0 FROM __LINES__",
      file,
    );
    await store.ingestLines(
      "INSERT INTO numbered SELECT row, toUInt64(trimRight(line, '.')), 1 FROM __LINES__ WHERE line LIKE '%7.%'",
      file,
    );
    expect(
      await store.query(
        "SELECT part, count() AS rows, countIf(row != said) AS wrong, uniqExact(row) AS distinct_rows, max(row) AS last FROM numbered GROUP BY part ORDER BY part",
      ),
    ).toEqual([
      { part: 0, rows: LINE_COUNT, wrong: 0, distinct_rows: LINE_COUNT, last: LINE_COUNT - 1 },
      {
        part: 1,
        rows: expect.any(Number),
        wrong: 0,
        distinct_rows: expect.any(Number),
        last: expect.any(Number),
      },
    ]);
  });
});
