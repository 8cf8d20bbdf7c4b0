import { describe, expect, it } from "vitest";
import {
  ChunkWriter,
  cdata,
  char,
  dataTemplate,
  definition,
  element,
  entity,
  eventTemplate,
  optional,
  type Part,
  pi,
  systemValues,
  text,
  type Value,
  value,
  values,
} from "../../support/evtx-writer.js";
import { chunkOf, dataOf, line, readBody, readChunks } from "./support.js";

const inEventData = (...content: Part[]) => element("Event", {}, [element("EventData", {}, content)]);
/** The data of an event whose template holds this, with these values. */
const data = (content: Part[], given: Value[] = []) =>
  dataOf(readBody({ template: definition(inEventData(...content)), values: given }).record);

describe("an event as Windows writes it", () => {
  const outer = eventTemplate();
  const inner = dataTemplate("Image", "CommandLine");
  const chunk = new ChunkWriter();
  for (const id of [1, 2])
    chunk.add({
      id,
      body: chunk.event(outer, systemValues(id), {
        template: inner,
        values: [values.string("C:\\a.exe"), values.string(`a.exe "${id}"`)],
      }),
    });
  const { records, problems } = readChunks([chunk.finish()]);

  it("becomes the documented line", () => {
    expect(problems).toEqual([]);
    expect(line(records[1])).toEqual({
      file: "f.evtx",
      record_id: 2,
      time: "2024-03-01T12:00:00.1234567Z",
      channel: "Synthetic/Operational",
      provider: "Synthetic-Provider",
      event_id: 1,
      computer: "HOST-1",
      system: {
        Provider_Name: "Synthetic-Provider",
        EventID: "1",
        Level: "4",
        Keywords: "0x8000000000000000",
        TimeCreated_SystemTime: "2024-03-01T12:00:00.1234567Z",
        EventRecordID: "2",
        Execution_ProcessID: "4242",
        Channel: "Synthetic/Operational",
        Computer: "HOST-1",
        Security_UserID: "S-1-5-18",
      },
      data: { Image: "C:\\a.exe", CommandLine: 'a.exe "2"' },
    });
  });

  it("shares its layout, and texts that come again, with others of its kind", () => {
    expect(records[0]?.layout).toBe(records[1]?.layout);
    expect(records[1]?.data("CommandLine")).toBe('a.exe "2"');
    expect(records[1]?.system("EventID")).toBe("1");
    expect(records[1]?.data("EventID")).toBeUndefined();
  });

  it("without data of its own is still an event", () => {
    const alone = new ChunkWriter();
    const [record] = readChunks([
      alone.add({ id: 9, body: { template: outer, values: [...systemValues(9), values.none()] } }).finish(),
    ]).records;
    expect(line(record)).toMatchObject({ record_id: 9, event_id: 1, data: {} });
  });
});

describe("names of fields", () => {
  it.each<[string, Part[], Value[], object]>([
    ["Data with a name", [element("Data", { Name: "A" }, ["1"])], [], { A: "1" }],
    ["Data with an empty name", [element("Data", { Name: "" }, ["1"])], [], { Data: "1" }],
    ["Data without a name", [element("Data", {}, [value(0)])], [values.string("1")], { Data: "1" }],
    [
      "Data without a name, more than once",
      [element("Data", {}, [value(0)]), element("Data", {}, [value(1)])],
      [values.string("1"), values.string("2")],
      { Data: ["1", "2"] },
    ],
    [
      "one name twice",
      [element("Data", { Name: "A" }, ["1"]), element("Data", { Name: "A" }, ["2"])],
      [],
      { A: ["1", "2"] },
    ],
    ["an array", [element("Data", {}, [value(0, 0x81)])], [values.strings("a", "b")], { Data: ["a", "b"] }],
    [
      "an array and another of the same name",
      [element("Data", {}, [value(0, 0x81)]), element("Data", {}, ["c"])],
      [values.strings("a", "b")],
      { Data: ["a", "b", "c"] },
    ],
    [
      "a name that is a value",
      [element("Data", { Name: value(0) }, ["1"])],
      [values.string("A")],
      { A: "1" },
    ],
    ["Binary", [element("Binary", {}, [value(0, 0x0e)])], [values.raw(0x0e, "00ff")], { Binary: "00FF" }],
    ["an attribute", [element("Error", { Code: "5" })], [], { Error_Code: "5" }],
    [
      "an attribute beside a text",
      [element("Error", { Code: "5" }, ["x"])],
      [],
      { Error_Code: "5", Error: "x" },
    ],
    [
      "an attribute of a named Data",
      [element("Data", { Name: "A", Type: "t" }, ["1"])],
      [],
      { A_Type: "t", A: "1" },
    ],
    ["namespaces", [element("ns:E", { xmlns: "u", "xmlns:ns": "v" }, ["1"])], [], { E: "1" }],
    ["elements in elements", [element("Outer", {}, [element("Inner", {}, ["1"])])], [], { Inner: "1" }],
    [
      "text between elements",
      [element("Outer", {}, ["\n ", element("Inner", {}, ["1"]), "x"])],
      [],
      { Outer: "\n x", Inner: "1" },
    ],
    [
      "white space between elements",
      [element("Outer", {}, ["\n ", element("Inner", {}, ["1"]), " "])],
      [],
      { Inner: "1" },
    ],
    ["an empty element", [element("A")], [], { A: "" }],
    ["an empty Data with a name", [element("Data", { Name: "A" })], [], { A: "" }],
    ["an empty element with an attribute", [element("A", { b: "1" })], [], { A_b: "1" }],
    [
      "names of JavaScript's own",
      [element("Data", { Name: "__proto__" }, ["1"]), element("constructor", {}, ["2"])],
      [],
      JSON.parse('{"__proto__":"1","constructor":"2"}'),
    ],
  ])("%s", (_, content, given, expected) => {
    expect(data(content, given)).toEqual(expected);
  });

  it("are those of UserData's elements", () => {
    const template = definition(
      element("Event", {}, [
        element("UserData", {}, [
          element("RuleAndFileData", { xmlns: "urn:x" }, [
            element("FilePath", {}, [value(0)]),
            element("Empty", {}, [value(1)]),
          ]),
        ]),
      ]),
    );
    const { record } = readBody({ template, values: [values.string("%OSDRIVE%\\A.EXE"), values.string("")] });
    expect(dataOf(record)).toEqual({ FilePath: "%OSDRIVE%\\A.EXE", Empty: "" });
  });

  it("are kept apart where a collector added rendered texts", () => {
    const root = element("Event", {}, [
      element("System", {}, [element("Level", {}, ["4"]), element("Channel", {}, ["Security"])]),
      element("EventData", {}, [element("Data", { Name: "Level" }, ["of the data"])]),
      element("RenderingInfo", { Culture: "en-US" }, [
        element("Level", {}, ["Information"]),
        element("Keywords", {}, [element("Keyword", {}, ["a"]), element("Keyword", {}, ["b"])]),
      ]),
    ]);
    expect(line(readBody({ fragment: [root] }).record)).toMatchObject({
      channel: "Security",
      system: { Level: "4" },
      data: { Level: "of the data" },
      rendering: { RenderingInfo_Culture: "en-US", Level: "Information", Keyword: ["a", "b"] },
    });
  });
});

describe("substitutions", () => {
  it.each<[string, Part[], Value[], object]>([
    [
      "a normal NULL is an empty text",
      [element("Data", { Name: "A" }, [value(0)])],
      [values.none()],
      { A: "" },
    ],
    [
      "an optional NULL takes its element away",
      [element("Data", { Name: "A" }, [optional(0)])],
      [values.none()],
      {},
    ],
    [
      "and its attributes, whatever they hold",
      [element("E", { a: "1", b: value(1) }, [optional(0)])],
      [values.none(), values.string("2")],
      {},
    ],
    ["and what is in it", [element("E", {}, [optional(0), element("F", {}, ["1"])])], [values.none()], {}],
    [
      "but not what is around it",
      [element("E", { a: "1" }, [element("F", {}, [optional(0)])])],
      [values.none()],
      { E_a: "1" },
    ],
    [
      "an optional NULL takes its attribute away",
      [element("E", { a: optional(0), b: "1" })],
      [values.none()],
      { E_b: "1" },
    ],
    [
      "an optional text that is empty stays",
      [element("E", {}, [optional(0)])],
      [values.string("")],
      { E: "" },
    ],
    [
      "a value that the record does not have is NULL",
      [element("E", {}, [value(7)]), element("F", {}, [optional(8)])],
      [],
      { E: "" },
    ],
    [
      "one value twice",
      [element("E", {}, [value(0)]), element("F", {}, [value(0)])],
      [values.uint8(7)],
      { E: "7", F: "7" },
    ],
    [
      "values within a text",
      [element("E", {}, ["a=", value(0), " b=", value(1)])],
      [values.uint8(1), values.uint8(2)],
      { E: "a=1 b=2" },
    ],
    [
      "an array within a text",
      [element("E", {}, ["a: ", value(0, 0x81)])],
      [values.strings("x", "y")],
      { E: "a: x y" },
    ],
    [
      "an array in an attribute",
      [element("E", { a: value(0, 0x81) }, ["1"])],
      [values.strings("x", "y")],
      { E_a: ["x", "y"], E: "1" },
    ],
  ])("%s", (_, content, given, expected) => {
    expect(data(content, given)).toEqual(expected);
  });
});

describe("literals", () => {
  it("are texts, CDATA, character and entity references; instructions are none", () => {
    const content = [
      text("a"),
      entity("lt"),
      char(0x42),
      cdata("<c>"),
      entity("amp"),
      entity("unknown"),
      pi("t", "d"),
    ];
    expect(data([element("E", {}, content)])).toEqual({ E: "a<B<c>&&unknown;" });
  });
});

describe("BinXml without a template", () => {
  const root = element("Event", { xmlns: "u" }, [
    element("System", {}, [
      element("Provider", { Name: "P" }),
      element("EventID", { Qualifiers: "3" }, ["7"]),
    ]),
    element("EventData", {}, [element("Data", {}, ["x"]), element("Data", {}, ["y"])]),
  ]);

  it("is read as collectors of forwarded events write it", () => {
    expect(line(readBody({ fragment: [root] }).record)).toMatchObject({
      provider: "P",
      event_id: 7,
      system: { Provider_Name: "P", EventID_Qualifiers: "3", EventID: "7" },
      data: { Data: ["x", "y"] },
    });
  });

  it("may have instructions in front of it", () => {
    expect(line(readBody({ fragment: [pi("a", "b"), root] }).record)).toMatchObject({ provider: "P" });
  });

  it("can stand in a value, as can BinXml with instructions or more than one element", () => {
    const outer = definition(element("Event", {}, [element("UserData", {}, [value(0, 0x21)])]));
    const chunk = new ChunkWriter();
    const inner = { fragment: [pi("a", "b"), element("A", {}, ["1"]), element("B", {}, ["2"])] };
    const { records, problems } = readChunks([
      chunk.add({ id: 1, body: chunk.event(outer, [], inner) }).finish(),
    ]);
    expect(problems).toEqual([]);
    expect(dataOf(records[0])).toEqual({ A: "1", B: "2" });
  });
});

describe("templates", () => {
  it("with one GUID and different content do not mix, in one chunk or in two", () => {
    const guid = Buffer.alloc(16, 7);
    const first = definition(inEventData(element("Data", { Name: "A" }, [value(0)])), guid);
    const second = definition(inEventData(element("Data", { Name: "B" }, [value(0)])), guid);
    const given = [values.string("x")];
    const one = chunkOf(
      { id: 1, body: { template: first, values: given } },
      { id: 2, body: { template: second, values: given } },
    );
    const two = chunkOf(
      { id: 3, body: { template: second, values: given } },
      { id: 4, body: { template: first, values: given } },
    );
    expect(readChunks([one, two]).records.map(dataOf)).toEqual([
      { A: "x" },
      { B: "x" },
      { B: "x" },
      { A: "x" },
    ]);
  });

  it("with different GUIDs and one content are one", () => {
    const make = () => definition(inEventData(element("Data", { Name: "A" }, [value(0)])));
    const chunk = (id: number) => chunkOf({ id, body: { template: make(), values: [values.string("x")] } });
    const [one, two] = readChunks([chunk(1), chunk(2)]).records;
    expect(one?.layout).toBe(two?.layout);
  });

  it("that differ in a long literal only do not mix", () => {
    const make = (literal: string) => definition(inEventData(element("Data", { Name: "A" }, [literal])));
    const long = "x".repeat(300);
    const { records } = readChunks([
      chunkOf(
        { id: 1, body: { template: make(`${long}1`), values: [] } },
        { id: 2, body: { template: make(`${long}2`), values: [] } },
      ),
    ]);
    expect(records.map((record) => record.data("A"))).toEqual([`${long}1`, `${long}2`]);
  });

  it("whose place was taken by another lose the record, not its neighbour", () => {
    const template = definition(inEventData(element("Data", { Name: "A" }, [value(0)])));
    const body = { template, values: [values.string("x")] };
    const chunk = new ChunkWriter().add({ id: 1, body }, { id: 2, body });
    // The instance of the second record says another template.
    chunk.bytes.writeUInt32LE(0xdead, (chunk.offsets[1] as number) + 24 + 4 + 2);
    const { records, problems } = readChunks([chunk.finish()]);
    expect(records.map(({ recordId }) => recordId)).toEqual([1]);
    expect(problems).toMatchObject([{ kind: "record", recordId: 2, reason: "its template was overwritten" }]);
  });
});

describe("what a hostile chunk asks for", () => {
  const reasonsOf = (chunk: Buffer) => readChunks([chunk]).problems.map(({ reason }) => reason);

  it("BinXml nested too deep", () => {
    const outer = definition(element("A", {}, [value(0, 0x21)]));
    const chunk = new ChunkWriter();
    const deep =
      (levels: number) =>
      (at: number): Buffer =>
        levels === 0
          ? chunk.body(at, { fragment: [element("X")] })
          : chunk.event(outer, [], { raw: Buffer.alloc(0) })(
              {
                nested: (from: number) => ({ type: 0x21, bytes: deep(levels - 1)(from) }),
              } as unknown as ChunkWriter,
              at,
            );
    chunk.add({ id: 1, body: (_, at) => deep(20)(at) });
    expect(reasonsOf(chunk.finish())).toEqual(["BinXml is nested more than 16 deep"]);
  });

  it("elements nested too deep", () => {
    let root = element("A");
    for (let depth = 0; depth < 100; depth++) root = element("A", {}, [root]);
    expect(reasonsOf(chunkOf({ id: 1, body: { fragment: [root] } }))).toEqual([
      "elements are nested more than 64 deep",
    ]);
  });

  it("a value that a template repeats without end (a billion laughs)", () => {
    const repeats = definition(
      element(
        "A",
        {},
        Array.from({ length: 400 }, () => element("B", {}, [value(0)])),
      ),
    );
    const chunk = new ChunkWriter();
    for (let id = 1; id <= 20; id++)
      chunk.add({ id, body: { template: repeats, values: [values.string("x".repeat(600))] } });
    const { records, problems } = readChunks([chunk.finish()]);
    const characters = records.reduce((sum, record) => sum + JSON.stringify(record.values).length, 0);
    expect(characters).toBeLessThan(8_000_000);
    expect(problems[0]?.reason).toMatch(/would become more than 4194304 characters/);
  });

  it("templates that lie over one another, each as long as the chunk", () => {
    const chunk = new ChunkWriter();
    const heads: number[] = [];
    chunk.add({
      id: 1,
      body: (_, at) => {
        // Each block is CDATA for the definition before it, and in its text a definition begins: header, fragment, element, start tag's end.
        const block = Buffer.alloc(3 + 24 + 4 + 12);
        block.writeUInt8(0x07, 0);
        block.writeUInt16LE(20, 1);
        block.writeUInt32LE(46_000, 3 + 20);
        block.write("0f010100", 27, "hex");
        block.write("01ffff", 31, "hex");
        block.writeUInt32LE(at - 24, 38);
        block.writeUInt8(0x02, 42);
        for (let index = 0; index < 200; index++) heads.push(at + 43 * index + 3);
        const tail = Buffer.alloc(12_000 * 3, Buffer.from("084100", "hex"));
        return Buffer.concat([...heads.map(() => block), tail, Buffer.from([0x04, 0x00])]);
      },
    });
    for (const [index, head] of heads.entries())
      chunk.add({
        id: 2 + index,
        body: () => {
          const body = Buffer.alloc(4 + 10 + 4 + 1);
          body.write("0f0101000c01", 0, "hex");
          body.writeUInt32LE(head, 10);
          return body;
        },
      });
    const reasons = reasonsOf(chunk.finish()).slice(1);
    expect(new Set(reasons)).toEqual(
      new Set(["the templates of this chunk hold more than a chunk has place for"]),
    );
    expect(reasons.length).toBeGreaterThan(190);
    expect(reasons.length).toBeLessThan(200);
  });
});
