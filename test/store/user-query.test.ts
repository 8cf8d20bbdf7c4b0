import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect, ENGINES, type TestStore } from "../support/stores.js";

const OUTSIDE = join(tmpdir(), `longwatch-outside-${process.pid}`);

/** Each must be refused as LW_QUERY and leave no trace. */
const REFUSED: readonly string[] = [
  "",
  "-- only a comment",
  "SELECT 1; DROP TABLE kept",
  "SELECT 1; SELECT 2",
  "SELECT 1 /* ; */ ; /* ; */ DROP TABLE kept",
  "SELECT ';' ; DROP TABLE kept -- '",
  "SELECT '\\\\'; DROP TABLE kept; SELECT '",
  "SELECT 1 --\n; DROP TABLE kept",
  "DROP TABLE kept",
  "/* SELECT */ DROP TABLE kept",
  "-- SELECT\nDROP TABLE kept",
  "INSERT INTO kept VALUES (2)",
  "WITH x AS (SELECT 1) INSERT INTO kept SELECT 2",
  "ALTER TABLE kept DELETE WHERE 1",
  "TRUNCATE TABLE kept",
  "CREATE TABLE more (n UInt8) ENGINE = Memory",
  "SET readonly = 0",
  "SYSTEM FLUSH LOGS",
  "KILL QUERY WHERE 1",
  "ATTACH TABLE kept",
  `SELECT 1 INTO OUTFILE '${OUTSIDE}'`,
  `SELECT 1 INTO/**/OUTFILE '${OUTSIDE}'`,
  `SELECT 1 into\noutfile '${OUTSIDE}' FORMAT CSV`,
  "SELECT 1 SETTINGS readonly = 0",
  "SELECT 1 SETTINGS `max_memory_usage` = 0",
  "SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)",
  "SELECT 1 FORMAT CSV",
  "SELECT 1 FORMAT `CSV`",
  "SELECT * FROM file('/etc/hostname')",
  "SELECT * FROM FILE ('/etc/hostname', 'LineAsString')",
  "SELECT * FROM `file`('/etc/hostname')",
  "SELECT * FROM file/* */('/etc/hostname')",
  "SELECT file('/etc/hostname')",
  "SELECT * FROM '/etc/hostname'",
  'SELECT * FROM "/etc/hostname"',
  "SELECT * FROM `/etc/hostname`",
  'SELECT * FROM "\\x2fetc\\x2fhostname"',
  "SELECT * FROM kept, '/etc/hostname'",
  "SELECT 'vm' IN \"/etc/hostname\"",
  "DESCRIBE '/etc/hostname'",
  "SELECT * FROM url('http://127.0.0.1:1/')",
  "SELECT * FROM remote('127.0.0.1', system.one)",
  "SELECT * FROM s3('http://127.0.0.1:1/x')",
  "SELECT * FROM executable('id', 'TabSeparated', 'x String')",
  "DESCRIBE url('http://127.0.0.1:1/')",
  "SELECT 1 PARALLEL WITH DROP TABLE kept",
  "SELECT “n” FROM kept",
  "SELECT 1\u200b",
  "SELECT 'never closed",
  "SELECT /* never closed",
  "SELECT 1 #not a comment",
  "SELECT no_such_column FROM kept",
  "SELECT * FROM no_such_table",
];

/** Each is an honest question, though it holds words that look dangerous. */
const ANSWERED: readonly [string, string][] = [
  ["SELECT n FROM kept", "1\n"],
  ["select n from kept;", "1\n"],
  ["SELECT n FROM kept ; -- ; done", "1\n"],
  ["(SELECT 1) UNION ALL (SELECT 1)", "1\n1\n"],
  ["WITH 5 AS five SELECT five", "5\n"],
  ["SELECT 'DROP TABLE kept; INTO OUTFILE file(''x'')'", "DROP TABLE kept; INTO OUTFILE file('x')\n"],
  ["SELECT '\\'; DROP TABLE kept; SELECT '", "'; DROP TABLE kept; SELECT \n"],
  ["SELECT $tag$; DROP TABLE kept$tag$", "; DROP TABLE kept\n"],
  ["SELECT 'it''s', 'a\\'b'", "it's\ta'b\n"],
  ["SELECT 1 /* one /* nested; */ comment; */ + 1 # and ; this\n + 1", "3\n"],
  ["SELECT 5--3;\n", "5\n"],
  ['SELECT 1 AS "bytes/s, in total"', "1\n"],
  ["SELECT format FROM (SELECT 'zeek' AS format) ORDER BY format DESC", "zeek\n"],
  ["SELECT format('{}-{}', 'a', 'b')", "a-b\n"],
  ["SELECT settings FROM (SELECT 1 AS settings) WHERE settings = 1", "1\n"],
  ["SELECT x.2 FROM (SELECT (1, 2) AS x)", "2\n"],
  ["EXISTS TABLE kept", "1\n"],
  ["SHOW TABLES LIKE 'kept'", "kept\n"],
];

describe.each(ENGINES)("a user's query: $name", ({ open }) => {
  let fixture: TestStore;
  beforeAll(async () => {
    fixture = await open();
    await fixture.store.command("CREATE TABLE IF NOT EXISTS kept (n UInt8) ENGINE = MergeTree ORDER BY n");
    await fixture.store.insert("kept", [{ n: 1 }]);
  });
  afterAll(async () => fixture?.close());
  const ask = async (sql: string, format = "TabSeparatedRaw") =>
    (await collect(fixture.store.userQuery(sql, format))).join("");

  test.each(REFUSED)("refuses %j", async (sql) => {
    await expect(ask(sql)).rejects.toMatchObject({ name: "LongwatchError", code: "LW_QUERY", exitCode: 2 });
  });

  test("and nothing of what was refused has happened", async () => {
    expect(await fixture.store.query("SELECT n FROM kept")).toEqual([{ n: 1 }]);
    expect(await fixture.store.query("EXISTS TABLE more")).toEqual([{ result: 0 }]);
    expect(existsSync(OUTSIDE)).toBe(false);
  });

  test.each(ANSWERED)("answers %j", async (sql, answer) => {
    expect(await ask(sql)).toBe(answer);
  });

  test("gives any output format, its head once also for long answers, and names where there is no row", async () => {
    const csv = await ask("SELECT number AS n FROM numbers(200000)", "CSVWithNames");
    expect(csv.match(/"n"/g)).toHaveLength(1);
    expect(csv.trimEnd().split("\n")).toHaveLength(200_001);
    const table = await ask("WITH 'a\tb' AS x SELECT x AS `two words`, 1 AS n", "TabSeparatedWithNames");
    expect(table).toBe("two words\tn\na\\tb\t1\n");
    expect(await ask("SELECT n, n FROM kept", "CSVWithNames")).toBe('"n","n"\n1,1\n');
    expect(await ask("SELECT x.n, y.n FROM kept AS x JOIN kept AS y ON x.n = y.n", "CSVWithNames")).toBe(
      '"n","y.n"\n1,1\n',
    );
    expect(await ask("SELECT n FROM kept WHERE 0", "CSVWithNames")).toBe('"n"\n');
    expect(await ask("(SELECT 1 AS n) UNION ALL (SELECT 1) -- end", "CSVWithNames")).toBe('"n"\n1\n1\n');
    expect(await ask("SELECT count() AS n FROM kept", "JSONEachRow")).toBe('{"n":1}\n');
    expect(JSON.parse(await ask("SELECT 1 AS one", "JSON")).data).toEqual([{ one: 1 }]);
    await expect(ask("SELECT 1", "NoSuchFormat")).rejects.toMatchObject({ code: "LW_QUERY" });
    await expect(ask("SELECT 1", "CSV INTO OUTFILE '/dev/null'")).rejects.toMatchObject({ code: "LW_QUERY" });
  });
});
