import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { windowsEventSchema } from "../../src/model/windows-event.js";
import { BinXml } from "../../src/sources/evtx/binxml.js";
import { ChunkBytes } from "../../src/sources/evtx/chunk-bytes.js";
import { Decoder } from "../../src/sources/evtx/decoder.js";
import {
  ChunkReader,
  type EvtxRecord,
  jsonLine,
  openEvtx,
  type Problem,
  readSegment,
  segmentsOf,
} from "../../src/sources/evtx/index.js";
import { Layouts } from "../../src/sources/evtx/layout.js";
import { corpusFolder } from "../sources/runner.js";

const corpus = corpusFolder();
if ("missing" in corpus) console.log(`skipped: ${corpus.missing}`);
const folder = "missing" in corpus ? "" : corpus.folder;

const reader = new ChunkReader();

interface Log {
  records: EvtxRecord[];
  hidden: EvtxRecord[];
  problems: Problem[];
}

function read(path: string, take: (record: EvtxRecord) => void = () => {}, using = reader): Log {
  const log: Log = { records: [], hidden: [], problems: [] };
  const file = openEvtx(path, false);
  if ("refused" in file) throw new Error(`${path}: ${file.refused}`);
  for (const segment of segmentsOf(file, 16))
    readSegment(segment, using, {
      record(record) {
        (record.hiddenIn === undefined ? log.records : log.hidden).push(record);
        take(record);
      },
      problem: (problem) => log.problems.push(problem),
    });
  return log;
}

const lost = ({ problems }: Log) => problems.filter(({ kind }) => kind === "record" || kind === "chunk");

function logsBelow(...names: string[]): string[] {
  return names.flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".evtx"))
      .map((path) => join(folder, name, path))
      .sort(),
  );
}

describe.skipIf("missing" in corpus)("event logs that others have read", () => {
  const cases = join(folder, "evtx/reader-cases");
  const expected = existsSync(join(cases, "expected-counts.csv"))
    ? readFileSync(join(cases, "expected-counts.csv"), "utf8")
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(","))
    : [];

  it("are counted for in a list", () => {
    expect(expected.length).toBeGreaterThan(10);
  });

  it.each(expected)("%s: %s records, %s errors", (name, records, errors) => {
    const log = read(join(cases, "samples", name as string));
    expect(log.records.length).toBe(Number(records));
    expect(lost(log).length).toBe(Number(errors));
  });

  it("sysmon.evtx, whose header counts 1 of its 9 chunks, has 358 records", () => {
    expect(read(join(cases, "samples/sysmon.evtx")).records.length).toBe(358);
  });

  it("post-Security.evtx has record 105 hidden in record 104, and pre-Security.evtx has none", () => {
    const examples = join(folder, "evtx/hidden-record/examples");
    const { hidden, records } = read(join(examples, "post-Security.evtx"));
    expect(
      hidden.map(({ recordId, hiddenIn, eventId, channel }) => ({ recordId, hiddenIn, eventId, channel })),
    ).toEqual([{ recordId: 105, hiddenIn: 104, eventId: 4616, channel: "Security" }]);
    expect(records.find(({ recordId }) => recordId === 104)?.hidden).toEqual(hidden);
    expect(read(join(examples, "pre-Security.evtx")).hidden).toEqual([]);
  });
});

describe.skipIf("missing" in corpus)("every event log of the corpus", () => {
  const counts = { files: 0, records: 0, lost: 0, hidden: 0 };
  afterAll(() => console.log(`EVTX in the corpus: ${JSON.stringify(counts)}`));

  it("is read, and prints lines as the schema says", () => {
    const strict = windowsEventSchema.strict();
    for (const path of logsBelow("evtx", "sigma/regression_data")) {
      let turn = 0;
      const log = read(path, (record) => {
        // zod looks at each field of a record anew; one in twenty of them is enough of a sample.
        if (turn++ % 20 === 0) strict.parse(JSON.parse(jsonLine(record, JSON.stringify(path))));
        expect(reader.xml(record)).toMatch(/^(<Event [\s\S]*<\/Event>|)$/);
      });
      counts.files++;
      counts.records += log.records.length;
      counts.lost += lost(log).length;
      counts.hidden += log.hidden.length;
    }
    expect(counts.files).toBeGreaterThan(600);
    expect(counts.records).toBeGreaterThan(69_000);
    expect(counts.hidden).toBe(2);
  });

  it("gives the same fields by programs and by walking the templates", () => {
    const chunk = new ChunkBytes();
    const layouts = new Layouts();
    const binXml = new BinXml(chunk, layouts);
    const decoder = new Decoder(binXml, layouts);
    const named = ({ layout, values }: ReturnType<Decoder["decode"]>) =>
      layout.fields.flatMap(({ group, name }, place) =>
        values[place] === undefined ? [] : [[group, name, values[place]]],
      );
    let compared = 0;
    for (const path of logsBelow("evtx", "sigma/regression_data")) {
      const bytes = readFileSync(path);
      let loaded = -1;
      read(path, ({ offset }) => {
        const start = offset - ((offset - 4096) % 65_536);
        if (start !== loaded) {
          bytes.copy(chunk.bytes, 0, start, start + 65_536);
          chunk.changed();
          binXml.nextChunk();
          loaded = start;
        }
        const at = offset - start;
        const end = at + chunk.view.getUint32(at + 4, true) - 4;
        if (compared++ % 7 === 0) binXml.nextChunk();
        expect(named(decoder.walk(at + 24, end))).toEqual(named(decoder.decode(at + 24, end)));
      });
    }
    expect(compared).toBeGreaterThan(69_000);
  });

  it("gives the same records with one reader for all files and with one for each", () => {
    for (const path of logsBelow("evtx/attack-samples").filter((_, index) => index % 10 === 0)) {
      const lines = (using: ChunkReader) => {
        const each: string[] = [];
        read(path, (record) => each.push(jsonLine(record, '""')), using);
        return each;
      };
      expect(lines(new ChunkReader())).toEqual(lines(reader));
    }
  });
});

/** SigmaHQ keeps each event of its regression data also as JSON, as another reader printed it. */
describe.skipIf("missing" in corpus)("SigmaHQ's regression data", () => {
  it("has the same events here as in SigmaHQ's own JSON", () => {
    let events = 0;
    const different: string[] = [];
    for (const path of logsBelow("sigma/regression_data")) {
      const json = path.replace(/evtx$/, "json");
      if (!existsSync(json)) continue;
      const ours = read(path).records.map(ourFields);
      const theirs = jsonTexts(readFileSync(json, "utf8")).map((event) => theirFields(event as TheirEvent));
      expect(ours.length, path).toBe(theirs.length);
      for (const [index, their] of theirs.entries()) {
        const our = ours[index] ?? {};
        for (const name of Object.keys({ ...our, ...their }))
          if (our[name] !== their[name])
            different.push(`${basename(path)}: ${name}: ${our[name]}, and theirs ${their[name]}`);
      }
      events += theirs.length;
    }
    expect(events).toBeGreaterThan(200);
    // One of their JSON files was made from another export of the same event, and says so by its time.
    console.log(`${events} events compared; different:\n${different.join("\n")}`);
    expect(different.length).toBeLessThan(events / 100);
  });
});

interface TheirEvent {
  Event: {
    System: Record<string, unknown>;
    EventData?: Record<string, unknown>;
    UserData?: Record<string, Record<string, unknown>>;
  };
}

/** JSON texts one behind the other, each over several lines. */
function jsonTexts(text: string): unknown[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/(?<=^\})\s*/m)
    .filter((part) => part.trim() !== "")
    .map((part) => JSON.parse(part));
}

/** Both readers' values made alike: GUIDs without braces in lower case, times to the microsecond, numbers as text, no empty values, no white space around. */
function alike(fields: Iterable<[string, unknown]>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of fields) {
    const text = value === null || value === undefined ? "" : String(value).trim();
    if (text === "") continue;
    result[name] = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i.test(text)
      ? text.replaceAll(/[{}]/g, "").toLowerCase()
      : text.replace(/^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6})\d?Z$/, "$1Z");
  }
  return result;
}

function ourFields({ layout, values }: EvtxRecord): Record<string, string> {
  return alike(layout.fields.map(({ group, name }, place) => [`${group}.${name}`, values[place]]));
}

function theirFields({ Event }: TheirEvent): Record<string, string> {
  const fields: [string, unknown][] = [];
  const add = (group: string, name: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      fields.push([`${group}.${name}`, value]);
      return;
    }
    for (const [key, inner] of Object.entries(value))
      if (key === "#attributes") {
        for (const [attribute, text] of Object.entries(inner as object))
          if (!attribute.startsWith("xmlns")) fields.push([`${group}.${name}_${attribute}`, text]);
      } else if (key === "#text") fields.push([`${group}.${name}`, inner]);
      else add(group, key, inner);
  };
  for (const [name, value] of Object.entries(Event.System)) add("system", name, value);
  add("data", "EventData", Event.EventData ?? {});
  add("data", "UserData", Event.UserData ?? {});
  return alike(fields);
}
