import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  converterOf,
  rowBuilder,
  rowsFromCompact,
  rowsFromCompactBytes,
  rowsFromCompactLines,
} from "../../src/store/rows.js";
import { collect } from "../support/stores.js";

describe("64-bit columns", () => {
  test.each([
    ["UInt64", "7", 7],
    ["Int64", "-9007199254740991", -9007199254740991],
    ["Int64", "-9007199254740992", "-9007199254740992"],
    ["Nullable(UInt64)", "1", 1],
    ["LowCardinality(Nullable(Int64))", "1", 1],
    ["Array(Array(UInt64))", [["1"], []], [[1], []]],
    ["Array(Nullable(Int64))", [null, "2"], [null, 2]],
    ["Map(String, UInt64)", { "a,b)": "1" }, { "a,b)": 1 }],
    ["Map(UInt64, Array(UInt64))", { "1": ["2"] }, { "1": [2] }],
    ["Tuple(UInt64, String)", ["1", "2"], [1, "2"]],
    ["Tuple(`odd, name` UInt64, s String)", { "odd, name": "1", s: "2" }, { "odd, name": 1, s: "2" }],
    ["SimpleAggregateFunction(sum, Int64)", "5", 5],
    ["Tuple(a Enum8('UInt64, )' = 1), b Int64)", { a: "3", b: "4" }, { a: "3", b: 4 }],
  ])("%s", (type, value, expected) => {
    expect(converterOf(type)?.(value)).toEqual(expected);
  });

  test.each([
    "String",
    "UInt32",
    "UInt128",
    "Enum8('UInt64' = 1)",
    "FixedString(64)",
    "DateTime64(6, 'UTC')",
    "Array(String)",
  ])("%s is left alone", (type) => {
    const convert = converterOf(type);
    expect(convert === undefined || convert("12") === "12").toBe(true);
  });

  test("strings of digits in string columns stay strings", () => {
    expect(rowBuilder(["a", "b"], ["String", "UInt64"])(["12", "12"])).toEqual({ a: "12", b: 12 });
  });
});

describe("rows from text", () => {
  const head = `["s", "n"]\n["String", "UInt64"]\n`;

  test("survive any cut, also inside a character", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ s: fc.string({ unit: "grapheme" }), n: fc.nat() }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.boolean(),
        async (rows, sizes, ended) => {
          const lines = rows.map(({ s, n }) => JSON.stringify([s, String(n)])).join("\n");
          const bytes = Buffer.from(head + lines + (ended && rows.length > 0 ? "\n" : ""));
          async function* cut() {
            for (let at = 0, index = 0; at < bytes.length; index++) {
              const size = sizes[index % sizes.length] ?? 1;
              yield bytes.subarray(at, at + size);
              at += size;
            }
          }
          expect(await collect(rowsFromCompactBytes(cut()))).toEqual(rows);
          expect(rowsFromCompact(bytes.toString())).toEqual(rows);
        },
      ),
    );
  });

  test("each block of the embedded engine brings its own head, which is no row", async () => {
    async function* blocks() {
      yield `${head}["s","1"]\n["UInt64","2"]\n`;
      yield head;
      yield `${head}["s","3"]\n`;
    }
    expect(await collect(rowsFromCompactLines(blocks()))).toEqual([
      { s: "s", n: 1 },
      { s: "UInt64", n: 2 },
      { s: "s", n: 3 },
    ]);
  });
});
