import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { definition, element, fileTime, type Value, value, values } from "../../support/evtx-writer.js";
import { chunkOf, dataOf, readBody, readChunks } from "./support.js";

const one = definition(element("Event", {}, [element("EventData", {}, [element("X", {}, [value(0)])])]));
const textOf = (given: Value) => {
  const { record } = readBody({ template: one, values: [given] });
  return (dataOf(record) as { X?: unknown }).X;
};
const reasonFor = (given: Value) => {
  const { records, problems } = readChunks([chunkOf({ id: 1, body: { template: one, values: [given] } })]);
  expect(records).toEqual([]);
  return problems.map(({ kind, recordId, reason }) => `${kind} ${recordId}: ${reason}`);
};

describe("values as text", () => {
  it.each<[string, number, string, unknown]>([
    ["NULL in a normal substitution", 0x00, "", ""],
    ["a text", 0x01, "43 00 3a 00 5c 00", "C:\\"],
    ["a text with NULs at its end", 0x01, "41 00 00 00 00 00", "A"],
    ["a text with a NUL inside", 0x01, "41 00 00 00 42 00", "A\0B"],
    ["a text beyond Latin-1", 0x01, "14 04 40 00", "Д@"],
    ["a text with half a surrogate pair", 0x01, "41 00 00 d8", "A\ud800"],
    ["an empty text", 0x01, "", ""],
    ["a text of an odd number of bytes", 0x01, "41 00 42", "A"],
    ["ANSI", 0x02, "41 80 e4 00", "A€ä"],
    ["Int8", 0x03, "ff", "-1"],
    ["UInt8", 0x04, "ff", "255"],
    ["Int16", 0x05, "00 80", "-32768"],
    ["UInt16", 0x06, "00 80", "32768"],
    ["Int32", 0x07, "ff ff ff ff", "-1"],
    ["UInt32", 0x08, "ff ff ff ff", "4294967295"],
    ["Int64", 0x09, "00 00 00 00 00 00 00 80", "-9223372036854775808"],
    ["UInt64", 0x0a, "ff ff ff ff ff ff ff ff", "18446744073709551615"],
    ["UInt64 that a double holds", 0x0a, "00 00 00 00 01 00 00 00", "4294967296"],
    ["a number wider than its type", 0x04, "01 02 00 00", "513"],
    ["Real32", 0x0b, "cd cc cc 3d", "0.1"],
    ["Real32 with all its digits", 0x0b, "00 00 80 4b", "16777216"],
    ["Real64", 0x0c, "9a 99 99 99 99 99 b9 3f", "0.1"],
    ["not a number", 0x0c, "00 00 00 00 00 00 f8 7f", "-1.#IND"],
    ["infinity", 0x0b, "00 00 80 7f", "1.#INF"],
    ["minus infinity", 0x0b, "00 00 80 ff", "-1.#INF"],
    ["false", 0x0d, "00 00 00 00", "false"],
    ["true", 0x0d, "01 00 00 00", "true"],
    ["true by another bit", 0x0d, "00 00 01 00", "true"],
    ["true of one byte", 0x0d, "01", "true"],
    ["binary", 0x0e, "00 ab 7f", "00AB7F"],
    [
      "GUID",
      0x0f,
      "08 13 f4 03 7b fa b3 4f 98 b8 c2 ed 0a 40 d1 ef",
      "{03f41308-fa7b-4fb3-98b8-c2ed0a40d1ef}",
    ],
    ["a pointer of 32 bits", 0x10, "10 00 00 00", "0x10"],
    ["a pointer of 64 bits", 0x10, "00 00 00 00 01 00 00 00", "0x100000000"],
    ["FILETIME at its beginning", 0x11, "00 00 00 00 00 00 00 00", "1601-01-01T00:00:00.0000000Z"],
    ["FILETIME that means never", 0x11, "ff ff ff ff ff ff ff 7f", "9223372036854775807"],
    ["SYSTEMTIME", 0x12, "e8 07 02 00 04 00 1d 00 17 00 3b 00 3b 00 e7 03", "2024-02-29T23:59:59.999Z"],
    ["SYSTEMTIME that is none", 0x12, "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "0".repeat(32)],
    ["SID", 0x13, "01 01 00 00 00 00 00 05 12 00 00 00", "S-1-5-18"],
    ["SID with a large authority", 0x13, "01 01 01 00 00 00 00 05 12 00 00 00", "S-1-0x010000000005-18"],
    ["HexInt32", 0x14, "e7 03 00 00", "0x3e7"],
    ["HexInt32 zero", 0x14, "00 00 00 00", "0x0"],
    ["HexInt64", 0x15, "00 00 00 00 00 00 20 80", "0x8020000000000000"],
    ["HexInt64 with a zero between", 0x15, "01 00 00 00 10 00 00 00", "0x1000000001"],
    ["EvtHandle", 0x20, "05 00 00 00 00 00 00 00", "0x5"],
    ["EvtXml", 0x23, "3c 00 61 00 2f 00 3e 00", "<a/>"],
    ["texts", 0x81, "41 00 00 00 00 00 42 00 00 00", ["A", "", "B"]],
    ["texts without the last NUL", 0x81, "41 00 00 00 42 00", ["A", "B"]],
    ["one text in a list", 0x81, "41 00 00 00", "A"],
    ["no text in a list", 0x81, "", ""],
    ["ANSI texts", 0x82, "41 00 e4 00", ["A", "ä"]],
    ["Int8s", 0x83, "01 ff", ["1", "-1"]],
    ["UInt16s", 0x86, "01 00 02 00", ["1", "2"]],
    ["UInt32s", 0x88, "01 00 00 00 02 00 00 00", ["1", "2"]],
    ["Int64s", 0x89, "ff".repeat(16), ["-1", "-1"]],
    ["Real32s", 0x8b, "00 00 80 3f 00 00 00 40", ["1", "2"]],
    ["Bools", 0x8d, "00 00 00 00 01 00 00 00", ["false", "true"]],
    ["GUIDs", 0x8f, "00".repeat(32), Array(2).fill("{00000000-0000-0000-0000-000000000000}")],
    ["pointers of 32 bits", 0x90, "01 00 00 00 02 00 00 00 03 00 00 00", ["0x1", "0x2", "0x3"]],
    ["FILETIMEs", 0x91, "00".repeat(16), Array(2).fill("1601-01-01T00:00:00.0000000Z")],
    ["SIDs", 0x93, "01 00 00 00 00 00 00 05 01 01 00 00 00 00 00 05 12 00 00 00", ["S-1-5", "S-1-5-18"]],
    ["HexInt32s", 0x94, "0f 00 00 00 10 00 00 00", ["0xf", "0x10"]],
    ["HexInt64s", 0x95, "0f 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00", ["0xf", "0x100000000"]],
  ])("%s", (_, type, hex, expected) => {
    expect(textOf(values.raw(type, hex))).toEqual(expected);
  });

  it.each<[string, number, string, RegExp]>([
    ["an unknown type", 0x16, "00", /there is no value type 0x16/],
    ["an array of an unknown type", 0x8e, "00", /there is no array of value type 0xe/],
    ["a GUID of 15 bytes", 0x0f, "00".repeat(15), /a GUID cannot have 15 bytes/],
    ["a FILETIME of 4 bytes", 0x11, "00".repeat(4), /a value of type 0x11 cannot have 4 bytes/],
    ["a number of 3 bytes", 0x08, "00".repeat(3), /a number cannot have 3 bytes/],
    [
      "a SID that is longer than its value",
      0x13,
      "01 09 00 00 00 00 00 05",
      /a SID of 44 bytes does not fit in 8/,
    ],
    [
      "an array that does not come out even",
      0x88,
      "00".repeat(5),
      /an array of type 0x8 cannot have 5 bytes/,
    ],
  ])("%s loses the record", (_, type, hex, reason) => {
    expect(reasonFor(values.raw(type, hex))).toEqual([expect.stringMatching(/^record 1: /)]);
    expect(reasonFor(values.raw(type, hex))[0]).toMatch(reason);
  });

  it("writes every FILETIME as JavaScript would, with seven digits", () => {
    const earliest = Date.UTC(1601, 0);
    const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    fc.assert(
      fc.property(
        fc.integer({ min: earliest, max: latest }),
        fc.integer({ min: 0, max: 9999 }),
        (ms, ticks) => {
          const iso = `${new Date(ms).toISOString().slice(0, -1)}${String(ticks).padStart(4, "0")}Z`;
          expect(textOf(values.fileTime(iso))).toBe(iso);
        },
      ),
      { numRuns: 500 },
    );
    expect(fileTime("1601-01-01T00:00:01Z")).toBe(10_000_000n);
  });

  it("writes every text as it is, at even and odd offsets, met before or not", () => {
    const template = definition(
      element("Event", {}, [
        element("EventData", {}, [element("P", {}, [value(0)]), element("X", {}, [value(1)])]),
      ]),
    );
    // Few letters and lengths, so that different texts meet in one place of the cache.
    const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é", "字"), maxLength: 12 }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(texts, fc.boolean(), (given, isOdd) => {
        const padding = isOdd ? values.ansi("x") : values.ansi("xy");
        const body = (content: string) => ({ template, values: [padding, values.string(content)] });
        const { records } = readChunks([
          chunkOf(...given.map((content, id) => ({ id, body: body(content) }))),
        ]);
        expect(records.map((record) => record.data("X"))).toEqual(given);
      }),
      { numRuns: 100 },
    );
  });

  it("writes every number of 64 bits as BigInt would, decimal and hexadecimal", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (number) => {
        expect(textOf(values.uint64(number))).toBe(number.toString());
        expect(textOf(values.hex64(number))).toBe(`0x${number.toString(16)}`);
      }),
      { numRuns: 200 },
    );
  });
});
