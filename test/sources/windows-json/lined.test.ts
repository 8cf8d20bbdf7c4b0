import fc from "fast-check";
import { expect, test } from "vitest";
import { linedRecords } from "../../../src/sources/windows-json/lined.js";

async function lined(content: Buffer, sizes: readonly number[] = [content.length || 1]): Promise<string> {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0, turn = 0; at < content.length; turn++) {
      const size = sizes[turn % sizes.length] as number;
      yield content.subarray(at, at + size);
      at += size;
    }
  }
  const parts: Buffer[] = [];
  for await (const part of linedRecords(pieces())) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

test("each record is a line, where it begins", async () => {
  expect(await lined(Buffer.from('{"a":1}\n{"b":2}\n'))).toBe('{"a":1}\n{"b":2}\n');
  expect(await lined(Buffer.from('[\n  {\n    "a": 1\n  },\n  {"b": "x  y"}\n]\n'))).toBe(
    '\n{ "a": 1 }\n\n\n{"b": "x  y"}\n\n',
  );
  expect(await lined(Buffer.from('[{"a":1},{"b":2}]'))).toBe('{"a":1}\n{"b":2}\n');
});

test("what is no record is told in its place, with its beginning", async () => {
  expect(await lined(Buffer.from('{"a":1}\nhello\n{"b":"\n{"c":3}\n'))).toBe(
    '{"a":1}\n!it is no JSON object\thello\n!the record breaks off: a text in it has no end\t{"b":"\n{"c":3}\n',
  );
  const large = `{"a":"${"x".repeat(2 ** 20)}"}`;
  expect(await lined(Buffer.from(`${large}\n{"b":2}\n`), [65_536])).toBe(
    `!it has more than 1048576 bytes\t${large.slice(0, 4096)}\n{"b":2}\n`,
  );
});

test("bytes that are no UTF-8 are told as such, in a file of lines as in any other", async () => {
  const [line, bad] = [Buffer.from('{"a":"\xff"}\n', "latin1"), '{"a":"\ufffd"}\n'];
  const good = Buffer.from('{"b":"é"}\n');
  expect(await lined(Buffer.concat([good, line, good]))).toBe(`${good}${bad}${good}`);
  expect(await lined(Buffer.concat([Buffer.from(" "), line]))).toBe(bad);
});

test("a record that has no end yet is a line that has none", async () => {
  expect(await lined(Buffer.from('{"a":1}\n{"b":\n'))).toBe('{"a":1}\n{"b": ');
});

const shard = fc.oneof(
  fc.constantFrom(
    '{"a":1}',
    '{\n "a": {\n  "b": [1,\n 2]\n }\n}',
    '{"é":"\\"\\n{"}',
    "[",
    "]",
    ",",
    "\n",
    "\n\n",
    " ",
  ),
  fc.constantFrom(
    '{"hits":{"hits":[',
    "]}}",
    "Record 7\n",
    "nonsense",
    '{"x":"',
    '{"y":',
    "}",
    "\r\n",
    "\ufeff",
  ),
  // Lines that are records, and such that only look like it.
  fc.constantFrom(
    '{"a":"x","b":[{"c":"\\\\"}]}\n',
    '{"é":"}"}\r\n',
    '{"a":1} \n',
    '{"a":1} {"b":2}\n',
    '{"a":1}]\n',
    '{"a":"\t"}\n',
    '{"hits":{"x":1}}\n',
    '{"a":"\\\n',
    " {}\n",
    "{}\n",
  ),
);
const files = fc.array(shard, { maxLength: 30 }).map((shards) => Buffer.from(shards.join("")));

test("the more of a file there is, the more lines come; those before stay the same", async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.double({ min: 0, max: 1, noNaN: true }), async (file, share) => {
      const [some, all] = [await lined(file.subarray(0, Math.floor(share * file.length))), await lined(file)];
      const whole = some.slice(0, some.lastIndexOf("\n") + 1);
      expect(all.slice(0, whole.length)).toBe(whole);
    }),
    { numRuns: 2000 },
  );
});

test("it does not matter in which pieces a file comes", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(files, sizes, async (file, pieces) => {
      expect(await lined(file, pieces)).toBe(await lined(file));
    }),
    { numRuns: 2000 },
  );
});
