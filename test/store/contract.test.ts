import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentId } from "../../src/kernel/ids.js";
import type { Store } from "../../src/store/port.js";
import { collect, ENGINES, type TestStore } from "../support/stores.js";

describe.each(ENGINES)("store: $name", ({ open }) => {
  let fixture: TestStore;
  let store: Store;
  beforeAll(async () => {
    fixture = await open();
    store = fixture.store;
  });
  afterAll(async () => fixture?.close());

  describe("query", () => {
    test("binds every kind of parameter as a value, never as text of the statement", async () => {
      const [row] = await store.query(
        `SELECT {text:String} AS text, {small:UInt16} AS small, {big:UInt64} AS big, {float:Float64} AS float,
                {flag:Bool} AS flag, {nothing:Nullable(String)} AS nothing, {list:Array(String)} AS list,
                {numbers:Array(UInt64)} AS numbers, {ip:IPv6} AS ip, {time:DateTime64(3, 'UTC')} AS time, {nested:Array(Array(UInt8))} AS nested`,
        {
          text: "a'b\\c\n\t\"`; DROP TABLE x; -- {small:UInt16} ភាសា 🛰",
          small: 65535,
          big: 18446744073709551615n,
          float: 1.5,
          flag: true,
          nothing: null,
          list: ["", "a'b", "c\\d", "e,f]", "\n", "NULL"],
          numbers: [1, 2n ** 53n, 3],
          ip: "2001:db8::1",
          time: "2023-09-29 01:02:03.456",
          nested: [[1, 2], [], [3]],
        },
      );
      expect(row).toEqual({
        text: "a'b\\c\n\t\"`; DROP TABLE x; -- {small:UInt16} ភាសា 🛰",
        small: 65535,
        big: "18446744073709551615",
        float: 1.5,
        flag: true,
        nothing: null,
        list: ["", "a'b", "c\\d", "e,f]", "\n", "NULL"],
        numbers: [1, "9007199254740992", 3],
        ip: "2001:db8::1",
        time: "2023-09-29 01:02:03.456",
        nested: [[1, 2], [], [3]],
      });
    });

    test("returns each type of column as the port says", async () => {
      const [row] = await store.query(
        `SELECT toInt64(-9007199254740991) AS safe, toInt64(-9007199254740993) AS unsafe, toUInt128(5) AS wide,
                CAST(7, 'Nullable(UInt64)') AS maybe, CAST(NULL, 'Nullable(UInt64)') AS none, map('a', toUInt64(1)) AS counts,
                tuple(toUInt64(2), 'x') AS pair, CAST((3, 'y'), 'Tuple(n UInt64, s String)') AS named, toDate('2023-10-09') AS day,
                toIPv6('192.0.2.1') AS v4, toDecimal64(1.5, 2) AS decimal, CAST('final', 'Enum8(\\'final\\' = 0, \\'open\\' = 1)') AS state,
                [CAST(NULL, 'Nullable(Int64)'), 4] AS gaps, toDateTime(0) AS epoch`,
      );
      expect(row).toEqual({
        safe: -9007199254740991,
        unsafe: "-9007199254740993",
        wide: "5",
        maybe: 7,
        none: null,
        counts: { a: 1 },
        pair: [2, "x"],
        named: { n: 3, s: "y" },
        day: "2023-10-09",
        v4: "::ffff:192.0.2.1",
        decimal: 1.5,
        state: "final",
        gaps: [null, 4],
        epoch: "1970-01-01 00:00:00",
      });
    });

    test("gives no row for an empty result", async () => {
      expect(await store.query("SELECT 1 AS x WHERE 0")).toEqual([]);
    });

    test("takes settings for one statement only", async () => {
      const sql = "SELECT toUInt64(getSetting('max_threads')) AS threads";
      expect(await store.query(sql, {}, { settings: { max_threads: 7 } })).toEqual([{ threads: 7 }]);
      expect(await store.query(sql)).not.toEqual([{ threads: 7 }]);
    });

    test("takes lists of any length, in statements that read and in those that write", async () => {
      const values = Array.from({ length: 10_000 }, (_, index) => `na'me,${index} ខ`);
      const asked = `SELECT length({values:Array(String)}) AS n, {values:Array(String)}[9999] AS one, countIf(name IN {values:Array(String)}) AS found
        FROM (SELECT concat('na\\'me,', toString(number), ' ខ') AS name FROM numbers(10001))`;
      expect(await store.query(asked, { values })).toEqual([
        { n: 10_000, one: values[9_998], found: 10_000 },
      ]);
      await store.command("CREATE TABLE IF NOT EXISTS listed (n UInt64) ENGINE = MergeTree ORDER BY n");
      const nested = Array.from({ length: 9_000 }, (_, index) => [index, index + 1]);
      await store.command("INSERT INTO listed SELECT arrayJoin({nested:Array(Array(UInt64))})[2]", {
        nested,
      });
      expect(await store.query("SELECT count() AS lines, max(n) AS most FROM listed")).toEqual([
        { lines: 9_000, most: 9_000 },
      ]);
    });

    test("keeps the parameters of statements that are begun together apart", async () => {
      const asked = Array.from({ length: 24 }, (_, index) => `value ${index}`);
      const answered = await Promise.all(
        asked.map((value) => store.query("SELECT {value:String} AS value FROM numbers(1)", { value })),
      );
      expect(answered).toEqual(asked.map((value) => [{ value }]));
      await expect(store.query("SELECT {value:String}")).rejects.toThrow(/value/);
    });

    test("runs a statement beside a longer one", async () => {
      const ended: string[] = [];
      const run = async (name: string, seconds: number) => {
        await store.command("SELECT sleep({seconds:Float64})", { seconds });
        ended.push(name);
      };
      await Promise.all([run("long", 2), run("short", 0)]);
      expect(ended).toEqual(["short", "long"]);
    });

    test("reads and writes times in UTC, wherever the machine stands", async () => {
      const [row] = await store.query(
        "SELECT toUnixTimestamp(toDateTime('2023-10-09 00:00:00')) AS at, timezone() AS zone",
      );
      expect(row).toEqual({ at: 1_696_809_600, zone: "UTC" });
    });

    test("explains a failing statement with a code of ours", async () => {
      await expect(store.query("SELECT * FROM no_such_table")).rejects.toMatchObject({
        code: "LW_STORE",
        exitCode: 4,
      });
      await expect(store.query("SELEC 1")).rejects.toThrow(/Syntax error/);
    });
  });

  describe("stream", () => {
    test("yields every row once and in order", async () => {
      let expected = 0;
      for await (const row of store.stream<{ n: number; s: string }>(
        "SELECT number AS n, concat('ខ្មែរ-', toString(number)) AS s FROM numbers(300000)",
      )) {
        if (row.n !== expected || row.s !== `ខ្មែរ-${expected}`)
          throw new Error(`row ${expected} came as ${JSON.stringify(row)}`);
        expected++;
      }
      expect(expected).toBe(300_000);
    });

    test("gives nothing for an empty result", async () => {
      expect(await collect(store.stream("SELECT 1 AS x WHERE 0"))).toEqual([]);
    });

    test("can be left early, and another query runs meanwhile and afterwards", async () => {
      let seen = 0;
      for await (const _ of store.stream("SELECT number FROM numbers(1000000000)")) {
        if (++seen === 10) expect(await store.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
        if (seen === 100_000) break;
      }
      expect(await store.query("SELECT 2 AS two")).toEqual([{ two: 2 }]);
    });

    test("fails as a query fails", async () => {
      await expect(
        collect(store.stream("SELECT throwIf(number = 200000, 'midway') FROM numbers(300000)")),
      ).rejects.toMatchObject({
        code: "LW_STORE",
      });
    });
  });

  describe("insert", () => {
    beforeAll(() =>
      store.command(`CREATE TABLE IF NOT EXISTS sample (id UInt64, name String, at DateTime64(6, 'UTC'), ip IPv6, tags Array(String),
        maybe Nullable(String)) ENGINE = MergeTree ORDER BY id`),
    );

    test("keeps values exactly", async () => {
      const rows = [
        {
          id: 1,
          name: "q'\"\\\n\u0000\u2028",
          at: "2023-10-01 00:00:00.000001",
          ip: "10.0.0.1",
          tags: ["a", ""],
          maybe: null,
        },
        {
          id: "18446744073709551615",
          name: "",
          at: "2100-01-01 00:00:00",
          ip: "fe80::1",
          tags: [],
          maybe: "x",
        },
      ];
      await store.insert("sample", rows);
      expect(await store.query("SELECT * FROM sample ORDER BY id")).toEqual([
        { ...rows[0], ip: "::ffff:10.0.0.1" },
        { ...rows[1], at: "2100-01-01 00:00:00.000000" },
      ]);
    });

    test("writes one part for one call", async () => {
      await store.command("CREATE TABLE IF NOT EXISTS part_count (n UInt64) ENGINE = MergeTree ORDER BY n");
      await store.command("SYSTEM STOP MERGES part_count");
      await store.insert(
        "part_count",
        Array.from({ length: 99_000 }, (_, n) => ({ n })),
      );
      expect(await store.query("SELECT count() AS n, uniqExact(_part) AS parts FROM part_count")).toEqual([
        { n: 99_000, parts: 1 },
      ]);
    });

    test("does nothing for no rows", async () => {
      await store.insert("sample", []);
    });
  });

  describe("committed batches", () => {
    beforeAll(async () => {
      await store.command(
        `CREATE TABLE IF NOT EXISTS network_activity (batch_id LowCardinality(String), n UInt64)
         ENGINE = MergeTree PARTITION BY batch_id ORDER BY n`,
      );
      await store.command(
        `INSERT INTO network_activity SELECT ['aa', 'bb', 'overlap'][number % 3 + 1], number FROM numbers(30)`,
      );
    });
    const count = async () =>
      (await store.query<{ n: number }>("SELECT count() AS n FROM network_activity"))[0]?.n;

    test("hides every other batch from reads of every shape, and not from writes", async () => {
      store.setVisible({ batches: ["aa", "overlap"] });
      expect(await count()).toBe(20);
      const shapes = [
        "SELECT count() AS n FROM (SELECT * FROM network_activity)",
        "WITH z AS (SELECT n FROM network_activity) SELECT count() AS n FROM z",
        "SELECT count() AS n FROM numbers(30) AS x INNER JOIN network_activity AS y ON x.number = y.n",
        "SELECT count() AS n FROM numbers(30) WHERE number IN (SELECT n FROM network_activity)",
      ];
      for (const sql of shapes) expect(await store.query(sql), sql).toEqual([{ n: 20 }]);
      expect(await collect(store.stream("SELECT count() AS n FROM network_activity"))).toEqual([{ n: 20 }]);
      expect(
        (await collect(store.userQuery("SELECT count() FROM network_activity", "TabSeparated"))).join(""),
      ).toBe("20\n");
      await store.command(
        "CREATE TABLE IF NOT EXISTS copied ENGINE = MergeTree ORDER BY n AS SELECT * FROM network_activity",
      );
      expect(await store.query("SELECT count() AS n FROM copied")).toEqual([{ n: 30 }]);
    });

    test("and what came later, as if it were the day before", async () => {
      await store.command(
        `CREATE TABLE IF NOT EXISTS coverage_hourly (batch_id LowCardinality(String), hour DateTime('UTC'))
         ENGINE = MergeTree PARTITION BY batch_id ORDER BY hour`,
      );
      await store.command(
        `INSERT INTO coverage_hourly SELECT 'aa', toDateTime('2023-09-29 20:00:00', 'UTC') + 3600 * number FROM numbers(10)`,
      );
      const hours = async () =>
        (await store.query<{ n: number }>("SELECT count() AS n FROM coverage_hourly"))[0]?.n;
      store.setVisible({ before: Date.UTC(2023, 8, 30) });
      expect(await hours()).toBe(4);
      store.setVisible({ batches: ["bb"], before: Date.UTC(2023, 8, 30) });
      expect(await hours()).toBe(0);
      store.setVisible({});
      expect(await hours()).toBe(10);
    });

    test("an empty list hides all, and the list can grow to thousands", async () => {
      store.setVisible({ batches: [] });
      expect(await count()).toBe(0);
      const many = Array.from({ length: 1_500 }, (_, index) => contentId(String(index)));
      store.setVisible({ batches: [...many, "bb"] });
      expect(await count()).toBe(10);
    });

    test("a batch leaves with its partition", async () => {
      store.setVisible({ batches: ["aa", "bb", "overlap"] });
      await store.command("ALTER TABLE network_activity DROP PARTITION {batch:String}", { batch: "bb" });
      await store.command("ALTER TABLE network_activity DROP PARTITION {batch:String}", {
        batch: "never-there",
      });
      expect(await count()).toBe(20);
    });
  });
});
