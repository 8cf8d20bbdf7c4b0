import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/log-tampering/index.js";
import { type CaseFolder, openCaseFolder } from "../../pipeline/support/case-folder.js";
import {
  ChunkWriter,
  dataTemplate,
  eventTemplate,
  evtxFile,
  systemValues,
  values,
} from "../../support/evtx-writer.js";
import { runDetector, told } from "../windows/world.js";

const [OUTER, INNER] = [eventTemplate(), dataTemplate("N")];

interface Made {
  id: number;
  /** Minutes since 2024-03-01 12:00 UTC; else the id. */
  minute?: number;
  text?: string;
  eventId?: number;
}

/** One chunk of the log of a channel. Synthetic. */
function chunk(records: readonly Made[], channel = "Synthetic/Operational"): ChunkWriter {
  const writer = new ChunkWriter();
  for (const { id, minute = id, text = `${id}`, eventId = 1 } of records) {
    const time = new Date(Date.UTC(2024, 2, 1, 12, minute)).toISOString();
    const plain = systemValues(id, eventId);
    plain[6] = values.fileTime(time);
    plain[10] = values.string(channel);
    writer.add({
      id,
      time,
      body: writer.event(OUTER, plain, { template: INNER, values: [values.string(text)] }),
    });
  }
  return writer;
}

const range = (from: number, to: number, more: (id: number) => Partial<Made> = () => ({})): Made[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, ...more(from + index) }));
const log = (...chunks: (readonly Made[])[]): Buffer =>
  evtxFile(chunks.map((records) => chunk(records).finish()));
const logOf = (channel: string, ...chunks: (readonly Made[])[]): Buffer =>
  evtxFile(chunks.map((records) => chunk(records, channel).finish()));

describe("log-tampering on copies of event logs", () => {
  let folder: CaseFolder;
  beforeEach(async () => {
    folder = await openCaseFolder();
  });
  afterEach(() => folder.close());

  const run = async (files: Readonly<Record<string, Buffer>>) => {
    for (const [path, content] of Object.entries(files)) folder.put(path, content);
    await folder.ingest();
    return runDetector(folder.opened.store, detector);
  };
  const find = async (files: Readonly<Record<string, Buffer>>) => (await run(files)).findings;

  it("a log that was overwritten from its beginning, a log that began with 1, a log in two copies that grew: nothing", async () => {
    const { findings, evaluated } = await run({
      "a.evtx": log(range(500, 540), range(541, 600)),
      "b.evtx": logOf("Other/Operational", range(1, 50)),
      // A full log: the newest chunk stands where the oldest was.
      "c.evtx": logOf("Third/Operational", range(200, 250), range(100, 150), range(151, 199)),
      "1/d.evtx": logOf("Fourth/Operational", range(1, 50)),
      "2/d.evtx": logOf("Fourth/Operational", range(1, 50), range(51, 90)),
      "1/e.evtx": logOf("Fifth/Operational", range(1, 50)),
      "2/e.evtx": logOf("Fifth/Operational", range(200, 250)),
    });
    expect(told(findings)).toEqual([]);
    expect(evaluated).toContainEqual({ what: "copies of event log files", count: 7 });
    expect(evaluated).toContainEqual({ what: "pairs of copies of one log", count: 2 });
  });

  it("a record hidden in another", async () => {
    const [finding, ...more] = await find({ "a.evtx": evtxFile([chunk(range(1, 9)).hideAfter(3).finish()]) });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: "critical", facts: { sign: "hidden" } });
    expect(JSON.stringify(finding?.explanation)).toContain("1 record (5)");
  });

  it("ids missing from the middle; of a copy of an open log, less so", async () => {
    const records = [...range(1, 20), ...range(31, 60)];
    const [finding] = await find({ "a.evtx": log(records) });
    expect(finding).toMatchObject({ severity: "high", facts: { sign: "missing" } });
    expect(JSON.stringify(finding?.explanation)).toContain("ids 21–30 are missing within a chunk");
  });

  it("a chunk that a dirty copy lacks is told as what it may be", async () => {
    const dirty = evtxFile(
      [range(1, 20), range(31, 60)].map((records) => chunk(records).finish()),
      1,
    );
    const [finding] = await find({ "a.evtx": dirty });
    expect(finding).toMatchObject({ severity: "medium", facts: { sign: "missing" } });
    expect(finding?.caveats.join()).toContain("open, or damaged");
  });

  it("a log that was deleted and an older state put back: ids that an older copy has with other content", async () => {
    const before = log(range(1, 40), range(41, 80));
    // Restored to what it was at 60, then written on.
    const restored = [
      ...range(41, 60),
      ...range(61, 90, (id) => ({ minute: id + 500, text: `after ${id}` })),
    ];
    const found = await find({ "1/a.evtx": before, "2/a.evtx": log(range(1, 40), restored) });
    expect(told(found)).toEqual(["high: A log was replaced or rewritten: HOST-1"]);
    expect(JSON.stringify(found[0]?.explanation)).toContain("20 record ids (61 to 80) have other content");
    expect(found[0]?.evidence.length).toBeGreaterThanOrEqual(2);
  });

  it("a log that begins again at 1, and no clearing is recorded; all logs of a host that do", async () => {
    const older = range(100, 140);
    const newer = range(1, 30, (id) => ({ minute: 1_000 + id }));
    const [finding, ...more] = await find({
      "1/s.evtx": logOf("Security", older),
      "2/s.evtx": logOf("Security", newer),
      "1/t.evtx": logOf("System", older),
      "2/t.evtx": logOf("System", [...range(141, 150, (id) => ({ minute: 1_000 + id }))]),
    });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: "high", facts: { sign: "rewritten", logs: ["Security"] } });
    expect(JSON.stringify(finding?.explanation)).toContain(
      "has the id 30, after an older copy had come to 140",
    );
  });

  it("a machine that was set up anew has new logs, all of them", async () => {
    const older = range(100, 140);
    const newer = range(1, 30, (id) => ({ minute: 1_000 + id }));
    const files = ["Security", "System", "Application"].flatMap((channel) => [
      [`1/${channel}.evtx`, logOf(channel, older)] as const,
      [`2/${channel}.evtx`, logOf(channel, newer)] as const,
    ]);
    const [finding, ...more] = await find(Object.fromEntries(files));
    expect(more).toEqual([]);
    expect(finding?.severity).toBe("medium");
    expect(finding?.caveats.join()).toContain("set up anew");
  });

  it("records that a newer copy lacks in its middle", async () => {
    const found = await find({
      "1/a.evtx": log(range(1, 60)),
      "2/a.evtx": log([...range(1, 20), ...range(31, 90)]),
    });
    expect(told(found)).toEqual(["high: Records missing from the middle of a log: HOST-1"]);
    expect(JSON.stringify(found[0]?.explanation)).toContain("are in an older copy of the log");
  });

  it("time that runs backwards in one log alone; in two, it was the clock", async () => {
    const minutes = (back: boolean) => range(1, 200, (id) => ({ minute: id < 120 || !back ? id : id - 60 }));
    const files = (security: boolean, system: boolean) => ({
      "s.evtx": logOf("Security", minutes(security)),
      "t.evtx": logOf("System", minutes(system)),
    });
    const found = await find(files(true, false));
    expect(told(found)).toEqual(["medium: Time runs backwards in one log alone: HOST-1"]);
    await folder.close();
    folder = await openCaseFolder();
    expect(told(await find(files(true, true)))).toEqual([]);
  });

  it("a step that no other log covers is counted and not judged", async () => {
    const { findings, evaluated } = await run({
      "s.evtx": logOf(
        "Security",
        range(1, 200, (id) => ({ minute: id < 120 ? id : id - 60 })),
      ),
    });
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "steps back in time that cannot be judged", count: 1 });
  });
});
