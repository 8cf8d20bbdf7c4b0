import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "chdb";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assertSingleReadStatement, REFUSED_FUNCTIONS } from "../../src/store/statement.js";
import { tokenize } from "../../src/store/tokens.js";

/** Table functions that read nothing but their arguments or the server's own tables. A new engine's new ones must be judged here. */
const HARMLESS = new Set(
  `format fuzzjson fuzzquery generaterandom generateseries generate_series mergetreeanalyzeindexes mergetreeanalyzeindexesuuid
  mergetreeindex mergetreeprojection mergetreetextindex null numbers numbers_mt primes sqlstandardvalues timeseriesdata timeseriesmetrics
  timeseriessamples timeseriesselector timeseriestags values view viewexplain viewifpermitted zeros zeros_mt`.split(
    /\s+/,
  ),
);

const refuse = (why: string): never => {
  throw new Error(why);
};

describe("the guard against the engine's own lists", () => {
  const folder = mkdtempSync(join(tmpdir(), "longwatch-guard-"));
  let session: Session;
  beforeAll(() => {
    session = new Session(folder);
  });
  afterAll(() => {
    session.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const names = async (sql: string) =>
    (await session.queryAsync(sql, { format: "TabSeparatedRaw" }))
      .text()
      .trim()
      .split("\n")
      .filter((name) => name !== "");

  test("judges every table function that this engine has", async () => {
    const all = await names("SELECT lower(name) FROM system.table_functions");
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter((name) => !REFUSED_FUNCTIONS.has(name) && !HARMLESS.has(name))).toEqual([]);
  });

  test("refuses every function of the engine that calls a language model", async () => {
    const all = await names(
      "SELECT DISTINCT lower(name) FROM system.functions WHERE match(name, '^(?i)ai[A-Z]')",
    );
    expect(all.filter((name) => !REFUSED_FUNCTIONS.has(name))).toEqual([]);
  });

  test("agrees with the engine on where a statement ends: whatever it lets pass, a second statement in it never runs", async () => {
    const canary = async (sql: string) => {
      await session.queryAsync("CREATE TABLE IF NOT EXISTS canary (n UInt8) ENGINE = Memory");
      await session.queryAsync(sql, { format: "Null" }).catch(() => undefined);
      return (await names("EXISTS TABLE canary"))[0] === "1";
    };
    // The engine does run two statements in one text, so that this test can fail.
    expect(await canary("SELECT 1; DROP TABLE canary")).toBe(false);

    const opening = fc.constantFrom(
      "'",
      "''",
      '"',
      "`",
      "--",
      "/*",
      "# ",
      "#!",
      "#",
      "$a$",
      "$$",
      "\\",
      "\r",
      "\n",
      "*/",
      "1",
      " AS x ",
      "'\\'",
      "\v",
    );
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(opening, { maxLength: 5 }),
        fc.array(opening, { maxLength: 5 }),
        async (before, after) => {
          const sql = `SELECT 1 ${before.join("")}; DROP TABLE canary ${after.join("")}`;
          try {
            assertSingleReadStatement(sql);
          } catch {
            return;
          }
          passed++;
          expect(await canary(sql), sql).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(passed).toBeGreaterThan(50);
  });
});

describe("tokens", () => {
  test("what stands in quotes and comments is never a word", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (inside) => {
        const quoted = `'${inside.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
        const commented = `/*${inside.replaceAll("*/", "").replaceAll("/*", "").replace(/[/*]$/, "")} */`;
        const tokens = tokenize(`SELECT ${quoted} ${commented} AS x`, refuse);
        expect(tokens.map(({ kind }) => kind)).toEqual(["word", "string", "word", "word"]);
        expect(tokens[1]?.text).toBe(quoted);
      }),
    );
  });

  test("the statement is cut behind its last token", () => {
    expect(assertSingleReadStatement("  SELECT 1 -- one\n ; ; -- two")).toBe("SELECT 1");
  });

  test("each refusal says what to write instead", () => {
    const why = (sql: string): string => {
      try {
        assertSingleReadStatement(sql);
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(why("SELECT 1; SELECT 2")).toMatch(/Only one statement at a time/);
    expect(why("SELECT 1 INTO OUTFILE 'x'")).toMatch(/redirect the output/);
    expect(why("SELECT 1 FORMAT CSV")).toMatch(/--json or --csv/);
    expect(why("SELECT * FROM url('x')")).toMatch(/url\(\) is not possible.*SHOW TABLES/);
    expect(why("UPDATE x")).toMatch(/begin with SELECT.*not with `UPDATE`/);
  });
});
