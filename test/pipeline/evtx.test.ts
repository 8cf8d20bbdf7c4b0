import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { windowsEventSchema } from "../../src/model/windows-event.js";
import { printEvents } from "../../src/pipeline/evtx/index.js";
import type { SegmentResult, SegmentTask } from "../../src/pipeline/evtx/segment.js";
import { inThreads } from "../../src/pipeline/evtx/threads.js";
import { openEvtx, segmentsOf } from "../../src/sources/evtx/index.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../support/evtx-writer.js";

const temporary = mkdtempSync(join(tmpdir(), "longwatch-evtx-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Chunks of five records each, numbered from 1. */
function chunks(count: number): ChunkWriter[] {
  return Array.from({ length: count }, (_, index) => {
    const chunk = new ChunkWriter();
    const [outer, inner] = [eventTemplate(), dataTemplate("N")];
    for (let id = 5 * index + 1; id <= 5 * index + 5; id++)
      chunk.add({
        id,
        body: chunk.event(outer, systemValues(id), { template: inner, values: [values.string(`é${id}`)] }),
      });
    return chunk;
  });
}

let turn = 0;
function folderOf(files: Record<string, Buffer>): string {
  const folder = join(temporary, String(turn++));
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

async function print(
  paths: string[],
  options: { format?: "jsonl" | "xml"; carve?: boolean; threads?: number } = {},
) {
  const parts: (Uint8Array | string)[] = [];
  const problems: string[] = [];
  const report = await printEvents(
    { paths, format: "jsonl", carve: false, threads: 0, ...options },
    {
      write: async (bytes) => void parts.push(bytes),
      problem: async (path, { kind, reason }) =>
        void problems.push(`${path.slice(temporary.length)}: ${kind}: ${reason}`),
    },
    silentProgress,
  );
  return { text: Buffer.concat(parts.map((part) => Buffer.from(part))).toString("utf8"), problems, report };
}

const lines = (text: string) =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const PRINT_WORKER = {
  beside: new URL("../../src/pipeline/evtx/threads.ts", import.meta.url).href,
  name: "print-worker",
};

describe("printed events", () => {
  it("come file by file and record by record, as the schema says", async () => {
    const folder = folderOf({
      "b.evtx": evtxFile(chunks(2).map((chunk) => chunk.finish())),
      "a.evtx": evtxFile(chunks(1).map((chunk) => chunk.hideAfter(1).finish())),
      "notes.txt": Buffer.from("Dear all"),
    });
    const { text, problems, report } = await print([folder]);
    const events = lines(text).map((line) => windowsEventSchema.strict().parse(line));
    expect(events.map(({ file, record_id, data }) => [file, record_id, data.N])).toEqual([
      ...[1, 2, 4, 5].map((id) => [join(folder, "a.evtx"), id, `é${id}`]),
      ...Array.from({ length: 10 }, (_, index) => [join(folder, "b.evtx"), index + 1, `é${index + 1}`]),
    ]);
    expect(events[1]?.hidden?.map(({ record_id, hidden_in }) => [record_id, hidden_in])).toEqual([[3, 2]]);
    expect(problems).toEqual([]);
    expect(
      report.files.map(({ path, refused, records, hidden }) => [
        path.slice(folder.length + 1),
        refused,
        records,
        hidden,
      ]),
    ).toEqual([
      ["a.evtx", undefined, 4, 1],
      ["b.evtx", undefined, 10, 0],
      ["notes.txt", "not a Windows event log (EVTX): it does not begin with ElfFile", 0, 0],
    ]);
    expect(report.files[0]?.namedHidden).toMatchObject([{ recordId: 3, carrier: 2 }]);
  });

  it("have a line of their own where they are hidden in a record that cannot be read", async () => {
    const [chunk] = chunks(1);
    if (chunk === undefined) throw new Error("no chunk");
    chunk.hideAfter(1).bytes.writeUInt32LE(0x7fffffff, (chunk.offsets[1] as number) + 38);
    const { text } = await print([folderOf({ "a.evtx": evtxFile([chunk.finish()]) })]);
    expect(lines(text).map(({ record_id, hidden_in }) => [record_id, hidden_in])).toEqual([
      [1, undefined],
      [3, 2],
      [4, undefined],
      [5, undefined],
    ]);
  });

  it("are one document as XML, with where each comes from", async () => {
    const folder = folderOf({ 'a"&>.evtx': evtxFile(chunks(1).map((chunk) => chunk.hideAfter(1).finish())) });
    const { text } = await print([folder], { format: "xml" });
    expect(
      text.startsWith('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>\n<?longwatch file='),
    ).toBe(true);
    expect(text.endsWith("</Event>\n</Events>\n")).toBe(true);
    expect(text.match(/<Event /g)?.length).toBe(5);
    expect(text).toMatch(
      /<\?longwatch file="[^"<>]*a&quot;&amp;&gt;.evtx" record_id="3" hidden_in="2" offset="\d+"\?><Event /,
    );
  });

  it("do not depend on the number of threads", async () => {
    const folder = folderOf({
      "a.evtx": evtxFile(chunks(40).map((chunk) => chunk.finish())),
      "b.evtx": evtxFile([...chunks(2).map((chunk) => chunk.finish()), Buffer.alloc(65_536, 1)]),
    });
    const alone = await print([folder]);
    const together = await print([folder], { threads: 2 });
    expect(lines(alone.text).length).toBe(210);
    expect(together.text).toBe(alone.text);
    expect(together.problems).toEqual(alone.problems);
    expect(together.problems).toEqual([expect.stringMatching(/b.evtx: chunk: no chunk begins here/)]);
  });

  it("wait for whoever takes them", async () => {
    const folder = folderOf({ "a.evtx": evtxFile(chunks(12).map((chunk) => chunk.finish())) });
    const file = openEvtx(join(folder, "a.evtx"), false);
    if ("refused" in file) throw new Error(file.refused);
    let given = 0;
    function* tasks(): Generator<SegmentTask> {
      for (const segment of segmentsOf(file as Exclude<typeof file, { refused: string }>, 1)) {
        given++;
        yield { segment, format: "jsonl", carve: false };
      }
    }
    let taken = 0;
    for await (const { records } of inThreads<SegmentTask, SegmentResult>(PRINT_WORKER, 2, tasks())) {
      expect(records).toBe(5);
      taken++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(given - taken).toBeLessThanOrEqual(4);
    }
    expect(taken).toBe(12);
  });

  it("end with the error of a thread that fails", async () => {
    const task = { segment: undefined } as unknown as SegmentTask;
    const results = inThreads<SegmentTask, SegmentResult>(PRINT_WORKER, 1, [task]);
    await expect(results.next()).rejects.toThrow(/segment/);
  });
});

describe("files that are not as they should be", () => {
  const whole = evtxFile(chunks(2).map((chunk) => chunk.finish()));

  it.each<[string, Buffer, string]>([
    ["empty", Buffer.alloc(0), "the file is empty"],
    ["zeros", Buffer.alloc(1_000_000), "it begins with 4104 zeros instead of an event log"],
    ["text", Buffer.from("Dear all,"), "not a Windows event log (EVTX): it does not begin with ElfFile"],
    [
      "garbage",
      Buffer.alloc(200_000, "garbage "),
      "not a Windows event log (EVTX): it does not begin with ElfFile",
    ],
    ["a header alone", whole.subarray(0, 4096), "the file ends before its first chunk"],
    [
      "an event log of Windows XP",
      Buffer.from("30000000 4c664c65 01000000".replaceAll(" ", ""), "hex"),
      "an event log of Windows XP or 2003 (EVT); convert it on Windows: wevtutil export-log FILE.evt FILE.evtx /lf:true",
    ],
  ])("%s: refused", async (_, bytes, reason) => {
    const { report, text } = await print([folderOf({ "a.evtx": bytes })]);
    expect(report.files.map(({ refused }) => refused)).toEqual([reason]);
    expect(text).toBe("");
  });

  it.each<[string, Buffer, number, string[]]>([
    [
      "without a header",
      whole.subarray(4096),
      10,
      ["warning: the file begins with a chunk, without a header"],
    ],
    [
      "with a header of zeros",
      Buffer.concat([Buffer.alloc(4096), whole.subarray(4096)]),
      10,
      ["warning: the file's header is damaged"],
    ],
    [
      "with a wrong checksum",
      Buffer.concat([whole.subarray(0, 50), Buffer.from([1]), whole.subarray(51)]),
      10,
      ["warning: the checksum of the file's header is wrong"],
    ],
    [
      "cut off",
      whole.subarray(0, whole.length - 65_000),
      5,
      ["chunk: the file ends in this chunk, after 536 of its 65536 bytes"],
    ],
    [
      "cut off in a chunk's header",
      whole.subarray(0, 4096 + 65_536 + 5),
      5,
      ["chunk: no chunk begins here, and it is not empty"],
    ],
    [
      "with a header that counts fewer chunks (dirty)",
      evtxFile(
        [...chunks(2)].map((chunk) => chunk.finish()),
        1,
      ),
      10,
      [],
    ],
  ])("%s: read", async (_, bytes, records, expected) => {
    const { report, problems } = await print([folderOf({ "a.evtx": bytes })]);
    expect(report.files.map((file) => [file.refused, file.records])).toEqual([[undefined, records]]);
    expect(problems.map((problem) => problem.replace(/^.*?: /, ""))).toEqual(expected);
  });

  it("are searched for chunks at any place when carving", async () => {
    const folder = folderOf({ "a.bin": Buffer.concat([Buffer.alloc(7_001, "x"), whole.subarray(4096)]) });
    expect((await print([folder])).report.files[0]?.refused).toMatch(/^not a Windows event log/);
    const { report, problems } = await print([folder], { carve: true });
    expect(report.files[0]).toMatchObject({ refused: undefined, records: 10 });
    expect(problems.map((problem) => problem.replace(/^.*?: /, ""))).toEqual([
      "warning: not a Windows event log (EVTX): it does not begin with ElfFile; looked for records in it all the same",
      "chunk: no chunk begins here, and it is not empty",
    ]);
  });

  it("that become shorter while they are read cost what is not there any more", async () => {
    const folder = folderOf({ "a.evtx": whole });
    const file = openEvtx(join(folder, "a.evtx"), false);
    if ("refused" in file) throw new Error(file.refused);
    writeFileSync(join(folder, "a.evtx"), whole.subarray(0, 4096 + 65_536));
    const [segment] = [...segmentsOf(file, 16)];
    const { printSegment } = await import("../../src/pipeline/evtx/segment.js");
    if (segment === undefined) throw new Error("no segment");
    const { records, problems } = printSegment({ segment, format: "jsonl", carve: false });
    expect(records).toBe(5);
    expect(problems).toEqual([
      { kind: "chunk", offset: 4096 + 65_536, reason: "the file has become shorter while it was read" },
    ]);
    rmSync(join(folder, "a.evtx"));
    expect(printSegment({ segment, format: "jsonl", carve: false }).problems).toEqual([
      {
        kind: "chunk",
        offset: 4096,
        reason: "the file cannot be read from here on: it is gone, or a link that leads nowhere",
      },
    ]);
  });
});
