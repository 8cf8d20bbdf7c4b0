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
  type Value,
  value,
  values,
} from "../../support/evtx-writer.js";
import { readBody, readChunks } from "./support.js";

const xmlOf = (root: Part, ...given: Value[]) => readBody({ template: definition(root), values: given }).xml;

describe("a record as XML", () => {
  it("is what Event Viewer shows", () => {
    const chunk = new ChunkWriter();
    const inner = {
      template: dataTemplate("A", "B"),
      values: [values.string("x < y & z"), values.string("")],
    };
    chunk.add({ id: 7, body: chunk.event(eventTemplate(), systemValues(7, 4624), inner) });
    expect(readChunks([chunk.finish()]).xml).toEqual([
      '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Synthetic-Provider"/>' +
        "<EventID>4624</EventID><Level>4</Level><Keywords>0x8000000000000000</Keywords>" +
        '<TimeCreated SystemTime="2024-03-01T12:00:00.1234567Z"/><EventRecordID>7</EventRecordID><Correlation/>' +
        '<Execution ProcessID="4242"/><Channel>Synthetic/Operational</Channel><Computer>HOST-1</Computer>' +
        '<Security UserID="S-1-5-18"/></System><EventData><Data Name="A">x &lt; y &amp; z</Data><Data Name="B"></Data></EventData></Event>',
    ]);
  });

  it.each<[string, Part, Value[], string]>([
    ["no content", element("E", { a: "1" }), [], '<E a="1"/>'],
    [
      "an optional NULL",
      element("E", {}, [element("F", { a: "1" }, [optional(0)]), "x"]),
      [values.none()],
      "<E>x</E>",
    ],
    [
      "an array",
      element("E", {}, [element("F", { a: "1" }, [value(0, 0x81)])]),
      [values.strings("x", "<")],
      '<E><F a="1">x</F><F a="1">&lt;</F></E>',
    ],
    [
      "an empty array",
      element("E", {}, [element("F", {}, [value(0, 0x81)])]),
      [values.strings()],
      "<E><F></F></E>",
    ],
    [
      "an array in an attribute",
      element("E", { a: value(0, 0x81) }),
      [values.strings("x", "y")],
      '<E a="x y"/>',
    ],
    [
      "references",
      element("E", { a: entity("quot") }, [entity("lt"), entity("strange"), char(0x26), char(0x41), char(1)]),
      [],
      '<E a="&quot;">&lt;&amp;strange;&amp;A\ufffd</E>',
    ],
    ["CDATA", element("E", {}, [cdata("<a>]]>\0b")]), [], "<E><![CDATA[<a>]]]]><![CDATA[>\ufffdb]]></E>"],
    [
      "instructions",
      element("E", {}, [pi("t", "d ?> e"), pi("xml", "x")]),
      [],
      "<E><?t d ?&gt; e?><?_xml x?></E>",
    ],
    [
      "quotes and line ends in an attribute",
      element("E", { a: '"\n\t\r' }),
      [],
      '<E a="&quot;&#10;&#9;&#13;"/>',
    ],
    ["line ends in a text", element("E", {}, ["\n\r\t"]), [], "<E>\n&#13;\t</E>"],
    [
      "characters that are no XML",
      element("E", {}, ["a\0b\u001bc\ud800d\ufffe😀"]),
      [],
      "<E>a\ufffdb\ufffdc\ufffdd\ufffd😀</E>",
    ],
    ["names that are no names", element("1<a b", { "x=y": "1" }), [], '<_1_a_b x_y="1"/>'],
    ["a name without a character", element("", {}, ["x"]), [], "<_>x</_>"],
    ["BinXml that is not there", element("E", {}, [value(0, 0x21)]), [values.none()], "<E></E>"],
  ])("with %s", (_, root, given, expected) => {
    expect(xmlOf(root, ...given)).toBe(expected);
  });

  it("has an attribute once, whatever the template says", () => {
    const root = element("E", { a: "1", b: "2" });
    const chunk = new ChunkWriter();
    const bytes = chunk.add({ id: 1, body: { fragment: [root] } }).finish();
    // The name `b` becomes a second `a`.
    bytes.writeUInt16LE(0x61, bytes.lastIndexOf(Buffer.from("b\0\0\0", "latin1")));
    expect(readChunks([bytes]).xml).toEqual(['<E a="1"/>']);
  });

  it("may have instructions around it", () => {
    expect(readBody({ fragment: [pi("a", "1"), element("E"), pi("b", "2")] }).xml).toBe("<?a 1?><E/><?b 2?>");
  });

  it("that would become too long is told and left out", () => {
    const root = element(
      "E",
      {},
      Array.from({ length: 900 }, () => element("F".repeat(80), {}, [value(0)])),
    );
    const { records, xml, problems } = readChunks([
      new ChunkWriter()
        .add({ id: 1, body: { template: definition(root), values: [values.string("x".repeat(4400))] } })
        .finish(),
    ]);
    expect(records.length).toBe(1);
    expect(xml).toEqual([""]);
    expect(problems).toMatchObject([{ kind: "record", recordId: 1 }]);
    expect(problems[0]?.reason).toMatch(/would become more than \d+ characters$/);
  });
});
