import { describe, expect, it } from "vitest";
import { ChunkReader } from "../../../src/sources/evtx/index.js";
import {
  ChunkWriter,
  definition,
  element,
  eventTemplate,
  type RecordSpec,
  seal,
  systemValues,
  value,
  values,
} from "../../support/evtx-writer.js";
import { chunkOf, line, readChunks } from "./support.js";

const template = definition(
  element("Event", {}, [element("EventData", {}, [element("Data", { Name: "N" }, [value(0)])])]),
);
const record = (id: number | bigint, content = `record ${id}`): RecordSpec => ({
  id,
  body: { template, values: [values.string(content)] },
});
/** Ten records; every one has the same size from the second on. */
const writer = () => new ChunkWriter().add(...Array.from({ length: 10 }, (_, index) => record(100 + index)));
const idsOf = (chunk: Buffer, carve = false) =>
  readChunks([chunk], { carve }).records.map(({ recordId }) => recordId);
const ALL = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109];

describe("records of a chunk", () => {
  it("come in order, with where they stand and when they were written", () => {
    const chunk = writer();
    const { records, problems } = readChunks([chunk.finish()]);
    expect(problems).toEqual([]);
    expect(records.map(({ recordId }) => recordId)).toEqual(ALL);
    expect(records.map(({ offset }) => offset)).toEqual(chunk.offsets.map((offset) => 4096 + offset));
    expect(records[3]?.writtenAt).toBe(Date.UTC(2024, 2, 1, 12));
    expect(records[3]?.data("N")).toBe("record 103");
  });

  it("without a time of the event have the time when they were written", () => {
    const { records } = readChunks([chunkOf({ ...record(1), time: "2024-03-01T12:00:00.5Z" })]);
    expect(line(records[0])).toMatchObject({
      time: "2024-03-01T12:00:00.500Z",
      channel: "",
      provider: "",
      event_id: null,
      computer: "",
    });
  });

  it("have ids of 64 bits, beyond 2^53 the nearest", () => {
    expect(idsOf(chunkOf(record(2n ** 53n - 1n), record(2n ** 64n - 1n)))).toEqual([2 ** 53 - 1, 2 ** 64]);
  });

  it("stay valid when the next chunk is read", () => {
    const { records } = readChunks([chunkOf(record(1, "first")), chunkOf(record(2, "other"))]);
    expect(records.map((each) => each.data("N"))).toEqual(["first", "other"]);
  });
});

describe("checksums", () => {
  it.each<[string, (chunk: Buffer) => void, string]>([
    ["of the header", (chunk) => chunk.writeUInt8(1, 60), "the checksum of the chunk's header is wrong"],
    ["of the records", (chunk) => chunk.writeUInt8(1, 532), "the checksum of the chunk's records is wrong"],
  ])("%s that are wrong are told, and the chunk is read", (_, damage, reason) => {
    const chunk = writer().finish();
    damage(chunk);
    const { records, problems } = readChunks([chunk]);
    expect(records.length).toBe(10);
    expect(problems).toEqual([{ kind: "warning", offset: 4096, reason }]);
  });

  it("are not asked for where the chunk says that it has none", () => {
    const chunk = writer().finish();
    chunk.writeUInt32LE(5, 120);
    chunk.writeUInt32LE(0, 52);
    expect(readChunks([chunk]).problems).toEqual([]);
  });
});

describe("damage", () => {
  /** A finished chunk with something wrong in the record of this place, and checksums that fit. */
  const damaged = (index: number, damage: (chunk: Buffer, at: number) => void) => {
    const chunk = writer();
    const bytes = chunk.finish();
    damage(bytes, chunk.offsets[index] as number);
    return seal(bytes);
  };

  it("inside a record costs that record", () => {
    const chunk = damaged(4, (bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + 24 + 4 + 10));
    const { records, problems } = readChunks([chunk]);
    expect(records.map(({ recordId }) => recordId)).toEqual(ALL.filter((id) => id !== 104));
    expect(problems).toEqual([
      {
        kind: "record",
        offset: expect.any(Number),
        recordId: 104,
        reason: "2147483647 values do not fit in the record",
      },
    ]);
  });

  it.each<[string, (chunk: Buffer, at: number) => void, string]>([
    ["signature", (bytes, at) => bytes.writeUInt8(0, at), "no record begins where one should"],
    ["size of 0", (bytes, at) => bytes.writeUInt32LE(0, at + 4), "a record cannot have 0 bytes"],
    [
      "size beyond the chunk",
      (bytes, at) => bytes.writeUInt32LE(70_000, at + 4),
      "a record of 70000 bytes reaches beyond the end of the chunk",
    ],
  ])("of a record's %s costs the rest of the chunk, which can be carved", (_, damage, reason) => {
    const chunk = damaged(4, damage);
    const { records, problems } = readChunks([chunk]);
    expect(records.map(({ recordId }) => recordId)).toEqual([100, 101, 102, 103]);
    expect(problems.map((problem) => [problem.kind, problem.reason])).toEqual([
      ["chunk", `${reason}; the rest of the chunk is left out; 5 records lie behind it, --carve reads them`],
    ]);
    const carved = readChunks([chunk], { carve: true });
    expect(carved.records.map(({ recordId, carved: from }) => [recordId, from])).toEqual([
      ...[100, 101, 102, 103].map((id) => [id, undefined]),
      ...[105, 106, 107, 108, 109].map((id) => [id, "damaged_chunk"]),
    ]);
  });

  it("that left zeros in the place of records is told with their number", () => {
    const chunk = damaged(6, (bytes, at) => bytes.fill(0, at));
    const { records, problems } = readChunks([chunk]);
    expect(records.length).toBe(6);
    expect(problems).toMatchObject([
      {
        kind: "warning",
        reason: "4 records that the chunk counts were not written: there are zeros in their place",
      },
    ]);
  });

  it("that left zeros in a record is told; the record counts", () => {
    const chunk = damaged(6, (bytes, at) => bytes.fill(0, at + 24, at + bytes.readUInt32LE(at + 4) - 4));
    const { records, problems } = readChunks([chunk]);
    expect(records.length).toBe(10);
    expect(problems).toMatchObject([{ kind: "warning", recordId: 106, reason: "the record holds no event" }]);
    expect(line(records[6])).toMatchObject({ record_id: 106, event_id: null, system: {}, data: {} });
  });

  it("of the place where records end is passed over", () => {
    for (const free of [0, 100, 0xffff_ffff]) {
      const chunk = writer().finish();
      chunk.writeUInt32LE(free, 48);
      chunk.writeUInt32LE(5, 120);
      expect(idsOf(chunk)).toEqual(ALL);
    }
  });

  it("at the end of the file costs what is not there", () => {
    const chunk = writer();
    const bytes = chunk.finish().subarray(0, (chunk.offsets[7] as number) + 10);
    const { records, problems } = readChunks([bytes]);
    expect(records.map(({ recordId }) => recordId)).toEqual([100, 101, 102, 103, 104, 105, 106]);
    expect(problems).toEqual([
      {
        kind: "chunk",
        offset: 4096,
        reason: `the file ends in this chunk, after ${bytes.length} of its 65536 bytes`,
      },
    ]);
  });
});

describe("what is no chunk", () => {
  it("is passed over if it is empty", () => {
    expect(readChunks([Buffer.alloc(65_536)])).toEqual({ records: [], problems: [], xml: [] });
  });

  it("is one loss if it is not", () => {
    const chunk = writer().finish();
    chunk.fill(0, 0, 8);
    expect(readChunks([chunk]).problems).toEqual([
      {
        kind: "chunk",
        offset: 4096,
        reason: "no chunk begins here, and it is not empty; 10 records lie behind it, --carve reads them",
      },
    ]);
    const { records } = readChunks([chunk], { carve: true });
    expect(records.map(({ recordId, carved }) => [recordId, carved])).toEqual(
      ALL.map((id) => [id, "no_chunk"]),
    );
  });
});

describe("a hidden record", () => {
  it("is found, and names its carrier", () => {
    const { records, problems } = readChunks([writer().hideAfter(4).finish()]);
    expect(problems).toEqual([]);
    expect(records.map(({ recordId }) => recordId)).toEqual(ALL);
    expect(records.filter(({ hiddenIn }) => hiddenIn !== undefined)).toEqual([records[5]]);
    expect(records[5]).toMatchObject({ recordId: 105, hiddenIn: 104 });
    expect(records[4]?.hidden).toEqual([records[5]]);
    expect(records[5]?.data("N")).toBe("record 105");
  });

  it("stands in the line of its carrier", () => {
    const { records } = readChunks([writer().hideAfter(4).finish()]);
    expect(line(records[4])).toMatchObject({
      record_id: 104,
      data: { N: "record 104" },
      hidden: [{ record_id: 105, hidden_in: 104, offset: records[5]?.offset, data: { N: "record 105" } }],
    });
    expect(line(records[3])).not.toHaveProperty("hidden");
  });

  it("may be one of several in one carrier", () => {
    const chunk = writer().hideAfter(4);
    const [carrier, third] = [chunk.offsets[4] as number, chunk.offsets[6] as number];
    const size = chunk.bytes.readUInt32LE(carrier + 4) + chunk.bytes.readUInt32LE(third + 4);
    chunk.bytes.writeUInt32LE(size, carrier + 4);
    chunk.bytes.writeUInt32LE(size, carrier + size - 4);
    const { records } = readChunks([chunk.finish()]);
    expect(
      records.map(({ recordId, hiddenIn }) => [recordId, hiddenIn]).filter(([, carrierId]) => carrierId),
    ).toEqual([
      [105, 104],
      [106, 104],
    ]);
  });

  it("is found where its carrier cannot be read", () => {
    const chunk = writer().hideAfter(4);
    chunk.bytes.writeUInt32LE(0x7fffffff, (chunk.offsets[4] as number) + 38);
    const { records, problems } = readChunks([chunk.finish()]);
    expect(problems).toMatchObject([{ kind: "record", recordId: 104 }]);
    expect(records.find(({ recordId }) => recordId === 105)).toMatchObject({ hiddenIn: 104 });
  });

  it("that cannot be read is told", () => {
    const chunk = writer().hideAfter(4);
    chunk.bytes.writeUInt32LE(0x7fffffff, (chunk.offsets[5] as number) + 38);
    const { records, problems } = readChunks([chunk.finish()]);
    expect(records.map(({ recordId }) => recordId)).toEqual(ALL.filter((id) => id !== 105));
    expect(problems).toMatchObject([
      {
        kind: "record",
        recordId: 105,
        reason: "hidden in record 104: 2147483647 values do not fit in the record",
      },
    ]);
  });

  it("is not seen in a value that holds the bytes of a record, nor in padding", () => {
    const bytes = writer().finish();
    const [from, size] = [512, bytes.readUInt32LE(516)];
    const binary = { type: 0x0e, bytes: Buffer.from(bytes.subarray(from, from + size)) };
    const chunk = new ChunkWriter().add({ id: 1, body: { template, values: [binary] } });
    const padded = chunk.add(record(2)).finish();
    expect(readChunks([padded]).records.map(({ hiddenIn }) => hiddenIn)).toEqual([undefined, undefined]);
  });
});

describe("carving", () => {
  it("reads what lies beyond the place where records end, and says so", () => {
    const chunk = writer();
    const bytes = chunk.finish(chunk.offsets[7]);
    bytes.writeBigUInt64LE(106n, 32);
    seal(bytes);
    expect(idsOf(bytes)).toEqual(ALL.slice(0, 7));
    const { records, problems } = readChunks([bytes], { carve: true });
    expect(problems).toEqual([]);
    expect(records.slice(7).map(({ recordId, carved }) => [recordId, carved])).toEqual(
      [107, 108, 109].map((id) => [id, "slack"]),
    );
    expect(line(records[7])).toMatchObject({
      record_id: 107,
      carved: "slack",
      offset: 4096 + (chunk.offsets[7] as number),
    });
  });

  it("leaves out what is there already", () => {
    const chunk = writer();
    const bytes = chunk.finish();
    const [at, size] = [chunk.offsets[9] as number, bytes.readUInt32LE((chunk.offsets[9] as number) + 4)];
    bytes.copy(bytes, 40_000, at, at + size);
    expect(idsOf(bytes, true)).toEqual(ALL);
  });

  it.each<[string, (bytes: Buffer, at: number, size: number) => void]>([
    ["another size at its end", (bytes, at, size) => bytes.writeUInt32LE(1, at + size - 4)],
    ["a time that is none", (bytes, at) => bytes.writeBigUInt64LE(5n, at + 16)],
  ])("passes over what has %s", (_, damage) => {
    const chunk = writer();
    const bytes = chunk.finish(chunk.offsets[9]);
    const at = chunk.offsets[9] as number;
    damage(bytes, at, bytes.readUInt32LE(at + 4));
    expect(idsOf(seal(bytes), true)).toEqual(ALL.slice(0, 9));
  });

  it("does not read by a name or template that was overwritten since", () => {
    const outer = eventTemplate();
    const other = definition(
      element("Event", {}, [element("UserData", {}, [element("Later", {}, [value(0)])])]),
    );
    const chunk = new ChunkWriter().add(
      { id: 1, body: { template: outer, values: [...systemValues(1), values.none()] } },
      { id: 2, body: { template: other, values: [values.string("x")] } },
    );
    const bytes = chunk.finish(chunk.offsets[1]);
    // `Later` refers to a name in the first record, which is now another.
    const at = bytes.indexOf(Buffer.from("Event", "utf16le"));
    bytes.write("Other", at, "utf16le");
    const { problems, records } = readChunks([seal(bytes)], { carve: true });
    expect(records.map(({ recordId }) => recordId)).toEqual([1]);
    expect(problems).toMatchObject([{ kind: "carved", recordId: 2, reason: "a name was overwritten" }]);
  });

  it("takes a template that was overwritten from another chunk, if its id says one thing only", () => {
    const data = (name: string, guid: Buffer) =>
      definition(
        element("Event", {}, [element("EventData", {}, [element("Data", { Name: name }, [value(0)])])]),
        guid,
      );
    const guid = Buffer.alloc(16, 3);
    const [one, other] = [data("One", guid), data("Other", guid)];
    const body = (template: typeof one, content: string) => ({ template, values: [values.string(content)] });
    // The chunk was begun anew: its first record now covers the definition that a record further on still refers to.
    const reused = new ChunkWriter().add(
      { id: 1, body: body(one, "a".repeat(200)) },
      { id: 2, body: body(one, "old") },
    );
    const anew = new ChunkWriter().add(record(50, "new"));
    anew.bytes.copy(reused.bytes, 512, 512, anew.at);
    const bytes = seal(Buffer.from(reused.finish(anew.at)));
    bytes.writeBigUInt64LE(50n, 24);
    seal(bytes);
    const carved = (learnFrom: Buffer[]) => {
      const reader = new ChunkReader(true);
      for (const chunk of learnFrom) {
        chunk.copy(reader.bytes);
        reader.learn(chunk.length);
      }
      const { records, problems } = readChunks([bytes], { reader });
      return [
        ...records.slice(1).map((each) => [each.recordId, each.data("One")]),
        ...problems.map(({ reason }) => reason),
      ];
    };
    const lost = ["its template was overwritten"];
    expect(carved([])).toEqual(lost);
    expect(carved([chunkOf({ id: 7, body: body(one, "x") })])).toEqual([[2, "old"]]);
    expect(
      carved([chunkOf({ id: 7, body: body(one, "x") }), chunkOf({ id: 8, body: body(other, "x") })]),
    ).toEqual(lost);
  });
});
