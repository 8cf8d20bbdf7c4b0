import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonSplitter, MOST_RECORD } from "../../../src/sources/windows-json/splitter.js";

/** What comes out, with lines, of bytes that come in pieces of a size. */
function split(text: string | Buffer, piece = Number.POSITIVE_INFINITY): string[] {
  const bytes = Buffer.from(text as string);
  const out: string[] = [];
  const splitter = new JsonSplitter({
    record: (record, line) => out.push(`${line} ${JSON.stringify(JSON.parse(record))}`),
    reject: (line, reason) => out.push(`${line} ! ${reason}`),
  });
  for (let at = 0; at < bytes.length; at += piece) splitter.push(bytes.subarray(at, at + piece));
  splitter.end();
  return out;
}

const A = { a: '"{[\\', b: [{ c: null }, []], d: { e: "x\ny" } };
const B = { b: "é" };
const lineOf = JSON.stringify;
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

describe("JSON is cut into records", () => {
  it.each([
    ["lines", `${lineOf(A)}\n\n${lineOf(B)}`, [1, 3]],
    ["lines that end with CR LF, after a byte order mark", `\ufeff${lineOf(A)}\r\n${lineOf(B)}\r\n`, [1, 2]],
    ["objects one after the other", `${lineOf(A)}${lineOf(B)}`, [1, 1]],
    ["objects over several lines", `${pretty(A)}\n${pretty(B)}\n`, [1, 13]],
    [
      "objects with evtx_dump's numbers between them",
      `Record 1\n${pretty(A)}\nRecord 2\n${pretty(B)}\n`,
      [2, 15],
    ],
    ["a list in one line", lineOf([A, B]), [1, 1]],
    ["a list over several lines", pretty([A, B]), [2, 14]],
    ["a list with a record a line", `[\n${lineOf(A)},\n${lineOf(B)}\n]\n`, [2, 3]],
    ["several lists", `${lineOf([A])}\n${lineOf([])}\n${lineOf([B])}`, [1, 3]],
    [
      "the hits of a search response",
      lineOf({ took: 1, hits: { total: { hits: [1] }, hits: [A, B], max: [1, {}] }, more: [{ hits: 1 }] }),
      [1, 1],
    ],
    [
      "the hits of responses over several lines",
      `${pretty({ hits: { hits: [A] } })}\n${pretty({ hits: { hits: [B] }, took: 2 })}`,
      [4, 22],
    ],
  ])("%s", (_, text, lines) => {
    const expected = [`${lines[0]} ${lineOf(A)}`, `${lines[1]} ${lineOf(B)}`];
    expect(split(text)).toEqual(expected);
    for (const piece of [1, 2, 3, 7, 64]) expect(split(text, piece)).toEqual(expected);
  });

  it.each([
    [
      "a line that breaks off",
      `{"a":1}\n{"a":{"b":\n{"a":2}\n`,
      ['1 {"a":1}', "2 ! the record breaks off: another begins before its end", '3 {"a":2}'],
    ],
    [
      "a line that breaks off in a text",
      `{"a":"x\n{"a":2}\n`,
      ["1 ! the record breaks off: a text in it has no end", '2 {"a":2}'],
    ],
    [
      "the last line that breaks off",
      `{"a":1}\n{"a":`,
      ['1 {"a":1}', "2 ! the record breaks off: the file ends before it does"],
    ],
    [
      "something that is no JSON",
      `{"a":1}\nhello {"a":2}\n17\n{"a":3}`,
      ['1 {"a":1}', "2 ! it is no JSON object", '2 {"a":2}', "3 ! it is no JSON object", '4 {"a":3}'],
    ],
    [
      "a member of a list that is no object",
      `[{"a":1},17,"x",{"a":2}]`,
      ['1 {"a":1}', "1 ! it is no JSON object", "1 ! it is no JSON object", '1 {"a":2}'],
    ],
    [
      "a list that is cut off",
      `[{"a":1},\n`,
      ['1 {"a":1}', "2 ! the file ends before the list of records does: it was cut off"],
    ],
    [
      "an object over several lines in a list",
      `[\n  {\n    "a": "x\n  },\n  {\n    "a": 2\n  }\n]\n`,
      ["2 ! the record breaks off: a text in it has no end", '5 {"a":2}'],
    ],
  ])("a record costs itself alone: %s", (_, text, expected) => {
    expect(split(text)).toEqual(expected);
    for (const piece of [1, 5]) expect(split(text, piece)).toEqual(expected);
  });

  it("a record that is too long is passed over, and none of it is kept", () => {
    const before = process.memoryUsage().arrayBuffers;
    const out: string[] = [];
    const splitter = new JsonSplitter({
      record: (text, line) => out.push(`${line} ${text}`),
      reject: (line, reason) => out.push(`${line} ! ${reason}`),
    });
    splitter.push(Buffer.from('{"a":1}\n{"a":"'));
    for (let piece = 0; piece < 200; piece++) splitter.push(Buffer.alloc(MOST_RECORD, "x"));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * MOST_RECORD);
    splitter.push(Buffer.from('"}\n{"a":2}\n'));
    splitter.end();
    expect(out).toEqual(['1 {"a":1}', `2 ! it has more than ${MOST_RECORD} bytes`, '3 {"a":2}']);
  });

  it("nests only so deep", () => {
    expect(split(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}\n{"a":2}`)).toEqual([
      "1 ! it nests more than 100 objects",
      '2 {"a":2}',
    ]);
  });

  it("whatever the records are, as lines and as a list, and however the bytes come", () => {
    const record = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(
        fc.array(record),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2),
        (records, piece, indent) => {
          const texts = records.map((each) => JSON.stringify(each, null, indent));
          const list = JSON.stringify(records, null, indent);
          const objects = (out: string[]) => out.map((each) => each.replace(/^\d+ /, ""));
          const expected = records.map((each) => JSON.stringify(JSON.parse(JSON.stringify(each))));
          expect(objects(split(texts.join("\n"), piece))).toEqual(expected);
          expect(objects(split(list, piece))).toEqual(expected);
        },
      ),
    );
  });

  it("of any bytes gives records and rejects and nothing else", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      '"',
      "\\",
      ",",
      "\n",
      " ",
      '{"hits":{"hits":[',
      "hits",
      ":",
      "1",
      "Record 1",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
        const outcome = (of: number): string[] => {
          const out: string[] = [];
          const splitter = new JsonSplitter({
            record: (text, line) => out.push(`${line} ${text}`),
            reject: (line, reason) => out.push(`${line} ! ${reason}`),
          });
          const bytes = Buffer.from(pieces.join(""));
          for (let at = 0; at < bytes.length; at += of) splitter.push(bytes.subarray(at, at + of));
          splitter.end();
          return out;
        };
        expect(outcome(size)).toEqual(outcome(1e6));
      }),
      { numRuns: 2000 },
    );
  });
});
