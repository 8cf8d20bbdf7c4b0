import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { type SigmaMatch, sigmaMatchSchema } from "../../src/model/sigma.js";
import { loadRules, matchEvents } from "../../src/pipeline/index.js";
import { tar, zip } from "../support/archives.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";

const folder = mkdtempSync(join(tmpdir(), "longwatch-json-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaded = (() => {
  const path = join(folder, "rules.yml");
  writeFileSync(
    path,
    "title: Evil\nid: 00000000-0000-4000-8000-000000000001\nlogsource: { product: windows, category: process_creation }\nlevel: high\ndetection:\n  a:\n    Image|endswith: \\evil.exe\n  condition: a\n",
  );
  return loadRules([path]);
})();

const event = (id: number, image = "C:\\evil.exe") => ({
  Event: {
    System: {
      Provider: { "#attributes": { Name: "Microsoft-Windows-Sysmon" } },
      EventID: 1,
      EventRecordID: id,
      TimeCreated: { "#attributes": { SystemTime: "2024-05-01T06:07:08.9Z" } },
      Channel: "Microsoft-Windows-Sysmon/Operational",
      Computer: "host",
    },
    EventData: { Image: image },
  },
});
const lines = (...events: unknown[]) => events.map((each) => `${JSON.stringify(each)}\n`).join("");
const GOOD = lines(event(7, "C:\\good.exe"), event(8));

async function match(name: string, content?: Buffer | string, threads = 0) {
  const path = join(folder, name);
  if (content !== undefined) writeFileSync(path, content);
  const matches: SigmaMatch[] = [];
  const problems: string[] = [];
  const report = await matchEvents(
    { paths: [path], ...loaded, threads },
    {
      match: async (each) => void matches.push(sigmaMatchSchema.parse(each)),
      problem: async (at, problem) =>
        void problems.push(
          `${at.slice(folder.length + 1)}:${"line" in problem ? problem.line : ""} ${problem.reason}`,
        ),
    },
    silentProgress,
  );
  const files = report.files.map(({ path: each, refused, broken, records }) => ({
    path: each.slice(folder.length + 1),
    records,
    ...(refused !== undefined && { refused: refused.replace(/^.*nor Windows events as JSON: /, "") }),
    ...(broken !== undefined && { broken }),
  }));
  return { matches, problems, files };
}

/** A Zstandard frame (RFC 8878): a raw block, and then as many blocks as are asked for that stand for 128 KiB of white space each. */
function zstdBomb(begin: Buffer, blocks: number): Buffer {
  const header = (size: number, type: number, last = 0): Buffer => {
    const bytes = Buffer.alloc(3);
    bytes.writeUIntLE((size << 3) | (type << 1) | last, 0, 3);
    return bytes;
  };
  const blank = Buffer.concat([header(128 * 1024, 1), Buffer.from(" ")]);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]),
    header(begin.length, 0),
    begin,
    ...Array<Buffer>(blocks).fill(blank),
    header(0, 0, 1),
  ]);
}

describe("sigma match on events as JSON", () => {
  it("says where each match stands", async () => {
    const { matches, files } = await match("plain.json", GOOD);
    expect(matches).toEqual([
      {
        rule_id: "00000000-0000-4000-8000-000000000001",
        rule_title: "Evil",
        level: "high",
        file: join(folder, "plain.json"),
        record_id: 8,
        line: 2,
        time: "2024-05-01T06:07:08.9Z",
        computer: "host",
        fields: { Image: "C:\\evil.exe" },
      },
    ]);
    expect(files).toEqual([{ path: "plain.json", records: 2 }]);
  });

  it("counts what it cannot read and goes on", async () => {
    const { matches, problems, files } = await match(
      "mixed.json",
      `${GOOD}{"a":1}\n{"b":"\n${lines(event(9))}`,
    );
    expect(matches.map(({ record_id, line }) => [record_id, line])).toEqual([
      [8, 2],
      [9, 5],
    ]);
    expect(problems.sort()).toEqual([
      "mixed.json:3 it is no Windows event in any of the known layouts",
      "mixed.json:4 the record breaks off: a text in it has no end",
    ]);
    expect(files).toEqual([{ path: "mixed.json", records: 3 }]);
  });

  it("comes out the same in threads, in the order of the records", async () => {
    const many = lines(
      ...Array.from({ length: 20_000 }, (_, id) => event(id, id % 50 === 0 ? "C:\\evil.exe" : "C:\\x.exe")),
    );
    const alone = await match("many.json", many);
    const inTwo = await match("many.json", undefined, 2);
    expect(alone.matches.map(({ record_id }) => record_id)).toEqual(
      Array.from({ length: 400 }, (_, at) => at * 50),
    );
    expect(inTwo).toEqual(alone);
  });

  it("opens archives and compressed files", async () => {
    const content = Buffer.from(GOOD);
    const cases: [string, Buffer, string[]][] = [
      ["a.json.gz", gzipSync(content), ["a.json.gz"]],
      [
        "a.zip",
        zip([
          { name: "in/b.json", content },
          { name: "__MACOSX/in/._b.json", content },
          { name: "c.json.gz", content: gzipSync(content) },
        ]),
        ["a.zip!/in/b.json", "a.zip!/c.json.gz"],
      ],
      [
        "a.tar",
        await tar({ "in/b.json": GOOD, "truth.json": GOOD, "c.json": GOOD }),
        ["a.tar!/in/b.json", "a.tar!/c.json"],
      ],
      ["a.tgz", gzipSync(await tar({ "b.json": GOOD })), ["a.tgz!/b.json"]],
    ];
    for (const [name, bytes, paths] of cases) {
      const { matches, files, problems } = await match(name, bytes);
      expect(files).toEqual(paths.map((path) => ({ path, records: 2 })));
      expect(
        matches.map(({ file, record_id, line }) => [file?.slice(folder.length + 1), record_id, line]),
      ).toEqual(paths.map((path) => [path, 8, 2]));
      expect(problems).toEqual([]);
    }
  });

  it("reads event logs in archives and compressed ones as those on disk", async () => {
    const chunk = new ChunkWriter();
    const [outer, inner] = [eventTemplate(), dataTemplate("Image")];
    for (const id of [1, 2, 3]) {
      const image = values.string(id === 2 ? "C:\\evil.exe" : "C:\\x.exe");
      chunk.add({ id, body: chunk.event(outer, systemValues(id), { template: inner, values: [image] }) });
    }
    const log = evtxFile([chunk.finish()]);
    const loose = loadRules([
      (() => {
        const path = join(folder, "loose.yml");
        writeFileSync(
          path,
          "title: Evil\nid: 00000000-0000-4000-8000-000000000002\nlogsource: { product: windows }\nlevel: high\ndetection:\n  a:\n    Image|endswith: \\evil.exe\n  condition: a\n",
        );
        return path;
      })(),
    ]);
    for (const [name, content, path] of [
      ["a.evtx", log, "a.evtx"],
      ["a.evtx.gz", gzipSync(log), "a.evtx.gz"],
      ["log.zip", zip([{ name: "in/a.evtx", content: log }]), "log.zip!/in/a.evtx"],
      ["log.tgz", gzipSync(await tar({ "a.evtx": log })), "log.tgz!/a.evtx"],
    ] as const) {
      writeFileSync(join(folder, name), content);
      const matches: SigmaMatch[] = [];
      const report = await matchEvents(
        { paths: [join(folder, name)], ...loose, threads: 0 },
        { match: async (each) => void matches.push(each), problem: async () => expect.fail() },
        silentProgress,
      );
      expect(report.files).toEqual([
        { path: join(folder, path), records: 3, matches: 1, refused: undefined, broken: undefined },
      ]);
      expect(matches.map(({ file, record_id }) => [file, record_id])).toEqual([[join(folder, path), 2]]);
    }
  });

  it("reads what is whole of a damaged archive and says what is not", async () => {
    const content = Buffer.from(GOOD);
    const packed = deflateRawSync(content);
    packed[10] = (packed[10] as number) ^ 0xff;
    const damaged = await match(
      "damaged.zip",
      zip([
        { name: "b.json", content, packed },
        { name: "secret.json", content, flags: 0x801 },
        { name: "c.json", content },
      ]),
    );
    expect(damaged.files).toEqual([
      { path: "damaged.zip!/b.json", records: 0, refused: expect.stringMatching(/^it cannot be unpacked/) },
      { path: "damaged.zip!/secret.json", records: 0, refused: "it is encrypted: unpack it first" },
      { path: "damaged.zip!/c.json", records: 2 },
    ]);

    const whole = await tar({
      "b.json": GOOD,
      "c.json": lines(...Array.from({ length: 5000 }, (_, id) => event(id))),
    });
    const cut = await match("cut.tar", whole.subarray(0, whole.length >> 1));
    expect(cut.files[0]).toEqual({ path: "cut.tar!/b.json", records: 2 });
    expect(cut.files[1]).toMatchObject({
      path: "cut.tar!/c.json",
      broken: expect.stringMatching(/tar archive is damaged/),
    });

    const gz = gzipSync(lines(...Array.from({ length: 5000 }, (_, id) => event(id))));
    const short = await match("short.json.gz", gz.subarray(0, gz.length >> 1));
    expect(short.files).toEqual([
      {
        path: "short.json.gz",
        records: expect.any(Number),
        broken: "the gzip stream is truncated; its readable part was kept",
      },
    ]);
    expect(short.files[0]?.records).toBeGreaterThan(100);
  });

  it("leaves alone what leads out of its folder, and archives in archives", async () => {
    const content = Buffer.from(GOOD);
    const escaping = await match("escape.zip", zip([{ name: "../../b.json", content }]));
    expect(escaping).toMatchObject({
      matches: [],
      files: [{ path: "escape.zip", refused: expect.stringMatching(/relative path/) }],
    });
    const nested = await match(
      "nested.zip",
      zip([{ name: "b.zip", content: zip([{ name: "b.json", content }]) }]),
    );
    expect(nested.files).toEqual([
      { path: "nested.zip!/b.zip", records: 0, refused: expect.stringMatching(/archive in an archive/) },
    ]);
    expect((await match("none.zip", zip([]))).files).toEqual([
      { path: "none.zip", records: 0, refused: expect.stringMatching(/./) },
    ]);
    expect((await match("text.zip", "PK\u0003\u0004 and then nothing")).files).toEqual([
      { path: "text.zip", records: 0, refused: expect.stringMatching(/zip archive is damaged/) },
    ]);
  });

  it("gives bombs up: zip, gzip, and gzip within zip", async () => {
    const line = Buffer.from(lines(event(8)));
    const blank = Buffer.alloc(80 * 1024 ** 2, " ");
    const content = Buffer.concat([line, blank]);
    const bomb = /^\d+ bytes unpack to more than \d+: a bomb, not logs; the rest was not read$/;
    for (const [name, bytes, inner] of [
      [
        "bomb.zip",
        zip([
          { name: "b.json", content },
          { name: "c.json", content: line },
        ]),
        "bomb.zip!/b.json",
      ],
      ["bomb.json.gz", gzipSync(content), "bomb.json.gz"],
      ["double.zip", zip([{ name: "b.json.gz", content: gzipSync(content) }]), "double.zip!/b.json.gz"],
    ] as const) {
      const { matches, files } = await match(name, bytes);
      expect(files[0]).toEqual({ path: inner, records: 1, broken: expect.stringMatching(bomb) });
      expect(matches).toHaveLength(1);
    }
  }, 60_000);

  it("gives a zstd bomb up before it has filled the memory", async () => {
    const before = process.memoryUsage.rss();
    const { files } = await match("bomb.json.zst", zstdBomb(Buffer.from(lines(event(8))), 100_000));
    expect(files).toEqual([
      { path: "bomb.json.zst", records: 1, broken: expect.stringMatching(/a bomb, not logs/) },
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(500 * 1024 ** 2);
  }, 60_000);

  it("has a bounded answer to a file of 2 GiB with one object", async () => {
    const path = join(folder, "large.json");
    writeFileSync(path, '{"Event":{"System":{"EventID":"');
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 2 * 1024 ** 3);
    closeSync(descriptor);
    const { files } = await match("large.json");
    expect(files).toEqual([
      {
        path: "large.json",
        records: 0,
        refused:
          "no JSON object ends within its first 256 KiB; nor a Linux host's log: no line holds an event as XML or an audit record",
      },
    ]);
  });

  it("passes over an object of 300 MiB among good ones in bounded memory", async () => {
    const path = join(folder, "middle.json");
    writeFileSync(path, `${GOOD}{"Event":"`);
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 300 * 1024 ** 2);
    closeSync(descriptor);
    writeFileSync(path, `"}\n${lines(event(9))}`, { flag: "a" });
    const before = process.memoryUsage.rss();
    const { matches, problems } = await match("middle.json");
    expect(matches.map(({ record_id, line }) => [record_id, line])).toEqual([
      [8, 2],
      [9, 4],
    ]);
    expect(problems).toEqual(["middle.json:3 it has more than 1048576 bytes"]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 ** 2);
  }, 60_000);
});
