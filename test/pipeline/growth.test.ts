import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogMemory } from "./support/log-memory.js";
import { eveLog, zeekConnTsv, zeekDnsJson } from "./support/logs.js";

let memory: LogMemory;
beforeEach(() => {
  memory = new LogMemory();
});
afterEach(() => memory.close());

/** Line number and text of every data line, as a person would count them. */
function dataLines(log: string, isData: (line: string) => boolean): string[] {
  return log
    .split("\n")
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text.replace(/\r$/, "") !== "" && isData(text))
    .map(({ text, line }) => `${line}\t${text}`);
}

const tsvData = (line: string) => !line.startsWith("#");
const anyData = () => true;

const logs = fc.oneof(
  fc.record({
    name: fc.constant("conn.log"),
    text: fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
      .map(([rows, eol, again]) => {
        const once = zeekConnTsv({ rows, close: true });
        return (again ? once + zeekConnTsv({ rows: 3, from: rows, close: true }) : once).replaceAll(
          "\n",
          eol,
        );
      }),
    isData: fc.constant(tsvData),
  }),
  fc.record({
    name: fc.constant("dns.log"),
    text: fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.constantFrom("\n", "\r\n", "\n\n"))
      .map(([rows, eol]) => zeekDnsJson({ rows }).replaceAll("\n", eol)),
    isData: fc.constant(anyData),
  }),
  fc.record({
    name: fc.constant("eve.json"),
    text: fc.integer({ min: 1, max: 30 }).map((rows) => eveLog({ rows })),
    isData: fc.constant(anyData),
  }),
);

const sliceBytes = fc.integer({ min: 40, max: 4000 });
const chunkSizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 4 });

describe("a log that grows", () => {
  it("gives the same records at the same lines as importing it once, wherever it was cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        logs,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
        sliceBytes,
        chunkSizes,
        async ({ name, text, isData }, cuts, sliceBytes, chunkSizes) => {
          const grown = new LogMemory();
          try {
            const bytes = Buffer.from(text);
            for (const cut of [...cuts].sort((a, b) => a - b))
              await grown.import(name, bytes.subarray(0, Math.round(cut * bytes.length)), {
                sliceBytes,
                chunkSizes,
              });
            const last = await grown.import(name, bytes, { sliceBytes, chunkSizes });
            expect(last.waitingBytes).toBe(0);
            expect([...grown.stored].sort()).toEqual(
              dataLines(text, isData)
                .map((line) => normalEnd(line, grown.stored))
                .sort(),
            );
            expect(grown.rejects).toEqual([]);
            const again = await grown.import(name, bytes, { sliceBytes, chunkSizes });
            expect(again.slices).toEqual([]);
          } finally {
            grown.close();
          }
        },
      ),
      { numRuns: 200, seed: 2023 },
    );
  });

  it("is known whatever the sizes of the pieces in which it is read", async () => {
    const bytes = Buffer.from(zeekConnTsv({ rows: 200, close: true }));
    const first = await memory.import("conn.log", bytes, { sliceBytes: 900, chunkSizes: [1] });
    const second = await memory.import("conn.log", bytes, { sliceBytes: 900, chunkSizes: [4096, 3] });
    expect(first.slices.length).toBeGreaterThan(10);
    expect(second.slices).toEqual([]);
    expect(second.known).toEqual(first.slices.map((slice) => slice.id));
  });
});

/** A record taken before its CR was written is the same record. */
function normalEnd(line: string, stored: readonly string[]): string {
  return line.endsWith("\r") && !stored.includes(line) ? line.slice(0, -1) : line;
}

describe("the last line", () => {
  const rows = zeekConnTsv({ rows: 3, close: false });

  it("of a TSV log waits for its end, and is taken once", async () => {
    const torn = Buffer.from(rows.slice(0, -7));
    const first = await memory.import("conn.log", torn);
    expect(first.waitingBytes).toBeGreaterThan(0);
    expect(memory.stored).toHaveLength(2);
    await memory.import("conn.log", Buffer.from(rows));
    expect(memory.stored).toHaveLength(3);
  });

  it("that closes a Zeek log needs no line end", async () => {
    const closed = Buffer.from(zeekConnTsv({ rows: 3, close: true }).trimEnd());
    const imported = await memory.import("conn.log", closed);
    expect(imported.waitingBytes).toBe(0);
    expect(imported.slices.reduce((sum, slice) => sum + slice.headerLines, 0)).toBe(9);
    await memory.import("conn.log", Buffer.concat([closed, Buffer.from("\n")]));
    expect(memory.stored).toHaveLength(3);
    const other = new LogMemory();
    const torn = await other.import("conn.log", closed.subarray(0, -3));
    other.close();
    expect(torn.waitingBytes).toBeGreaterThan(0);
  });

  it("of a JSON log is taken as it stands, and not again when the log goes on", async () => {
    const [first = "", second = ""] = zeekDnsJson({ rows: 2 }).split("\n");
    for (const text of [
      first,
      `${first}\r`,
      `${first}\r\n`,
      `${first}\r\n${second}`,
      `${first}\r\n${second}\n`,
    ])
      await memory.import("dns.log", Buffer.from(text));
    expect(memory.stored).toEqual([`1\t${first}`, `2\t${second}`]);
  });

  it("that goes on after it was taken as whole is told, not hidden", async () => {
    const [first = ""] = zeekDnsJson({ rows: 1 }).split("\n");
    await memory.import("dns.log", Buffer.from(first));
    await memory.import("dns.log", Buffer.from(`${first}garbage\n`));
    expect(memory.stored).toEqual([`1\t${first}`]);
  });

  it("of a compressed log that ended well is taken, and is the same record in a plain copy", async () => {
    const text = rows.trimEnd();
    await memory.import("conn.log.gz", Buffer.from(text), { whole: true });
    expect(memory.stored).toHaveLength(3);
    const plain = await memory.import("conn.log", Buffer.from(text));
    expect(plain).toMatchObject({ slices: [], waitingBytes: 0 });
  });
});

describe("a log that breaks off", () => {
  const text = zeekConnTsv({ rows: 40, close: true });
  const bytes = Buffer.from(text);

  it("keeps its readable part; a whole copy adds only what is missing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 600, max: bytes.length - 1 }),
        sliceBytes,
        async (cut, sliceBytes) => {
          const broken = new LogMemory();
          try {
            await broken.import("conn.log.gz", bytes.subarray(0, cut), { problem: "truncated", sliceBytes });
            const torn = bytes[cut - 1] === 10 ? 0 : 1;
            expect(broken.rejects).toHaveLength(torn);
            await broken.import("conn.log.gz", bytes.subarray(0, cut), { problem: "truncated", sliceBytes });
            expect(broken.rejects).toHaveLength(torn);
            await broken.import("conn.log", bytes, { sliceBytes });
            expect([...broken.stored].sort()).toEqual(dataLines(text, tsvData).sort());
          } finally {
            broken.close();
          }
        },
      ),
      { numRuns: 50, seed: 7 },
    );
  });

  it("adds nothing where the whole log is known, wherever it breaks off", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 600, max: bytes.length }),
        sliceBytes,
        fc.boolean(),
        async (cut, sliceBytes, broken) => {
          const known = new LogMemory();
          try {
            await known.import("conn.log", bytes, { sliceBytes });
            const shorter = await known.import("copy.log", bytes.subarray(0, cut), {
              sliceBytes,
              ...(broken && { problem: "truncated" }),
            });
            expect(shorter.slices).toEqual([]);
            expect((await known.import("conn.log", bytes, { sliceBytes })).slices).toEqual([]);
            expect(known.stored).toHaveLength(40);
          } finally {
            known.close();
          }
        },
      ),
      { numRuns: 50, seed: 8 },
    );
  });
});

describe("an over-long line", () => {
  const long = "x".repeat(3 << 20);
  const log = zeekConnTsv({ rows: 3, close: false });

  it("is rejected with its line number, and those around it are kept", async () => {
    const after = zeekConnTsv({ rows: 2, from: 3, close: false, header: false });
    for (const chunk of [1 << 20, 70_001]) {
      const each = new LogMemory();
      await each.import("conn.log", Buffer.from(`${log}${long}\n${after}`), { chunkSizes: [chunk] });
      expect(each.rejects).toEqual([{ line: 12, reason: "line is longer than 1 MiB" }]);
      expect(each.stored.map((line) => Number(line.split("\t")[0]))).toEqual([9, 10, 11, 13, 14]);
      each.close();
    }
  });

  it("without an end does not make the lines before it count twice when it ends", async () => {
    await memory.import("conn.log", Buffer.from(log + long));
    await memory.import("conn.log", Buffer.from(`${log}${long}${long}`));
    await memory.import("conn.log", Buffer.from(`${log}${long}${long}\n`));
    expect(memory.stored).toHaveLength(3);
    expect(new Set(memory.rejects.map((reject) => reject.line))).toEqual(new Set([12]));
  });
});

describe("a log that says anew how it is written", () => {
  it("on every second line is cut into slices, so that no search grows with the square of it", async () => {
    const header = (name: string) =>
      `#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\t${name}\n`;
    const text = Array.from(
      { length: 5000 },
      (_, index) =>
        `${header(`f${index % 7}`)}${1.6e9 + index}\tC${index}\t10.0.0.1\t1\t10.0.0.2\t2\ttcp\tx\n`,
    ).join("");
    const { slices } = await memory.import("conn.log", Buffer.from(text));
    expect(slices.length).toBe(3);
    expect(memory.stored).toHaveLength(5000);
    expect(memory.stored.find((line) => line.includes("\tC4999\t"))?.split("\t")[0]).toBe("20000");
  });
});
