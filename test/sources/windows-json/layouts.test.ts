import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { channelName, type HostEvent } from "../../../src/sources/host-event.js";
import { eventsOf, recognise } from "../../../src/sources/windows-json/index.js";

function eventOf(object: unknown): HostEvent {
  const events = eventsOf(JSON.stringify(object));
  if (!Array.isArray(events)) throw new Error(events.refused);
  expect(events).toHaveLength(1);
  return events[0] as HostEvent;
}

const plain = ({ product, system, data, rendering, context, ...rest }: HostEvent) => ({
  ...rest,
  message: context.get("Message") ?? "",
  system: Object.fromEntries(system),
  data: Object.fromEntries(data),
  rendering: Object.fromEntries(rendering),
});

/** One process start of Sysmon, as it comes out of all layouts. */
const SYSTEM = {
  Provider_Name: "Microsoft-Windows-Sysmon",
  Provider_Guid: "{5770385f-c22a-43e0-bf4c-06f5698ffbd9}",
  EventID: "1",
  Version: "5",
  Level: "4",
  Task: "1",
  Opcode: "0",
  Keywords: "0x8000000000000000",
  TimeCreated_SystemTime: "2024-05-01T06:07:08.9012345Z",
  EventRecordID: "4711",
  Execution_ProcessID: "2284",
  Execution_ThreadID: "5252",
  Channel: "Microsoft-Windows-Sysmon/Operational",
  Computer: "host.example",
  Security_UserID: "S-1-5-18",
};
const DATA = {
  RuleName: "-",
  UtcTime: "2024-05-01 06:07:08.900",
  ProcessGuid: "{94f748d5-4a45-5a42-0000-0010d265f20f}",
  ProcessId: "9112",
  Image: "C:\\Windows\\System32\\cmd.exe",
  CommandLine: 'cmd /c "x"',
  LogonId: "0x3e7",
};
const HEAD = {
  recordId: 4711,
  time: "2024-05-01T06:07:08.9012345Z",
  channel: SYSTEM.Channel,
  provider: SYSTEM.Provider_Name,
  eventId: 1,
  computer: SYSTEM.Computer,
};

describe("an event comes out the same, in the layout of", () => {
  it("longwatch evtx --jsonl", () => {
    const object = {
      file: "x.evtx",
      record_id: 12,
      time: HEAD.time,
      channel: HEAD.channel,
      provider: HEAD.provider,
      event_id: 1,
      computer: HEAD.computer,
      system: SYSTEM,
      data: { ...DATA, Many: ["a", "b"] },
      rendering: { Message: "text" },
    };
    expect(plain(eventOf(object))).toEqual({
      ...HEAD,
      recordId: 12,
      message: "",
      system: SYSTEM,
      data: { ...DATA, Many: ["a", "b"] },
      rendering: { Message: "text" },
    });
    const hidden = eventsOf(JSON.stringify({ ...object, hidden: [{ ...object, record_id: 13 }] }));
    expect(Array.isArray(hidden) && hidden.map(({ recordId }) => recordId)).toEqual([12, 13]);
  });

  const provider = { Name: SYSTEM.Provider_Name, Guid: "5770385F-C22A-43E0-BF4C-06F5698FFBD9" };
  const inElements = {
    EventID: 1,
    Version: 5,
    Level: 4,
    Task: 1,
    Opcode: 0,
    Keywords: "0x8000000000000000",
    EventRecordID: 4711,
    Channel: SYSTEM.Channel,
    Computer: SYSTEM.Computer,
  };
  const dumped = { ...DATA, ProcessGuid: "94F748D5-4A45-5A42-0000-0010D265F20F", ProcessId: 9112 };
  it.each([
    [
      "evtx_dump",
      {
        Event: {
          "#attributes": { xmlns: "http://schemas.microsoft.com/win/2004/08/events/event" },
          System: {
            ...inElements,
            Provider: { "#attributes": provider },
            TimeCreated: { "#attributes": { SystemTime: HEAD.time } },
            Execution: { "#attributes": { ProcessID: 2284, ThreadID: 5252 } },
            Security: { "#attributes": { UserID: "S-1-5-18" } },
          },
          EventData: dumped,
        },
      },
    ],
    [
      "evtx_dump --separate-json-attributes",
      {
        Event: {
          System: {
            ...inElements,
            Provider_attributes: provider,
            TimeCreated_attributes: { SystemTime: HEAD.time },
            Execution_attributes: { ProcessID: 2284, ThreadID: 5252 },
            Security_attributes: { UserID: "S-1-5-18" },
          },
          EventData: dumped,
        },
      },
    ],
    [
      "the XML with @ for attributes",
      {
        Event: {
          "@xmlns": "http://schemas.microsoft.com/win/2004/08/events/event",
          System: {
            ...inElements,
            Provider: { "@Name": provider.Name, "@Guid": SYSTEM.Provider_Guid },
            TimeCreated: { "@SystemTime": HEAD.time },
            Execution: { "@ProcessID": "2284", "@ThreadID": "5252" },
            Security: { "@UserID": "S-1-5-18" },
          },
          EventData: { Data: Object.entries(DATA).map(([name, text]) => ({ "@Name": name, "#text": text })) },
        },
      },
    ],
  ])("%s", (_, object) => {
    expect(plain(eventOf(object))).toEqual({
      ...HEAD,
      message: "",
      system: SYSTEM,
      data: DATA,
      rendering: {},
    });
  });

  const { Provider_Guid: _guid, Version: _version, ...atWinlogbeat } = SYSTEM;
  const winlogbeat = {
    "@timestamp": HEAD.time,
    message: "Process Create",
    event: { code: "1", kind: "event" },
    log: { level: "information" },
    winlog: {
      channel: SYSTEM.Channel,
      provider_name: SYSTEM.Provider_Name,
      event_id: "1",
      record_id: 4711,
      computer_name: SYSTEM.Computer,
      process: { pid: 2284, thread: { id: 5252 } },
      user: { identifier: "S-1-5-18" },
      task: "Process Create (rule: ProcessCreate)",
      event_data: DATA,
    },
  };
  const { Task: _task, Opcode: _opcode, Keywords: _keywords, ...named } = atWinlogbeat;
  const fromWinlogbeat = { ...HEAD, message: "Process Create", system: named, data: DATA, rendering: {} };
  it("Winlogbeat", () => {
    expect(plain(eventOf(winlogbeat))).toEqual(fromWinlogbeat);
  });

  it("Winlogbeat before 7", () => {
    const { winlog } = winlogbeat;
    const object = {
      "@timestamp": HEAD.time,
      message: "Process Create",
      log_name: winlog.channel,
      source_name: winlog.provider_name,
      event_id: 1,
      record_number: "4711",
      computer_name: winlog.computer_name,
      process_id: 2284,
      thread_id: 5252,
      user: winlog.user,
      level: "Information",
      event_data: DATA,
    };
    expect(plain(eventOf(object))).toEqual(fromWinlogbeat);
  });

  it("a hit of Elasticsearch, with objects or with dotted names", () => {
    expect(plain(eventOf({ _index: "w", _id: "1", _source: winlogbeat }))).toEqual(fromWinlogbeat);
    const flat: Record<string, unknown> = {};
    const flatten = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) flat[path] = [value];
      else
        for (const [key, each] of Object.entries(value)) flatten(each, path === "" ? key : `${path}.${key}`);
    };
    flatten(winlogbeat, "");
    expect(plain(eventOf({ _index: "w", fields: flat }))).toEqual(fromWinlogbeat);
  });

  it("a hit whose dotted names lead to what every object inherits: nothing is written there", () => {
    const hostile =
      '{"_index": "w", "_source": {"winlog.channel": "Security", "a": {}, "a.__proto__.polluted": "x", "a.constructor.prototype.polluted": "x"}}';
    expect(eventsOf(hostile)).toHaveProperty("refused");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("Winlogbeat's module, which moved fields into ECS", () => {
    const { CommandLine: _1, Image: _2, ProcessGuid: _3, ProcessId: _4, ...left } = DATA;
    const object = {
      ...winlogbeat,
      process: {
        entity_id: DATA.ProcessGuid,
        pid: 9112,
        executable: DATA.Image,
        command_line: DATA.CommandLine,
        hash: { md5: "ab", sha256: "cd" },
        parent: { executable: "C:\\p.exe" },
      },
      user: { name: "ann", domain: "CORP" },
      winlog: { ...winlogbeat.winlog, event_data: left },
    };
    expect(plain(eventOf(object)).data).toEqual({
      ...DATA,
      ParentImage: "C:\\p.exe",
      User: "CORP\\ann",
      Hashes: "MD5=AB,SHA256=CD",
    });
  });

  const { Level: _level, ...atNxlog } = SYSTEM;
  const nxlog = {
    EventTime: "2024-05-01 08:07:08.9012345",
    EventReceivedTime: "2024-05-01 08:07:10",
    "@timestamp": "2024-05-01T06:07:10.5Z",
    Hostname: SYSTEM.Computer,
    Keywords: -(2 ** 63),
    EventType: "INFO",
    SeverityValue: 2,
    Severity: "INFO",
    EventID: 1,
    SourceName: SYSTEM.Provider_Name,
    ProviderGuid: SYSTEM.Provider_Guid,
    Version: 5,
    Task: 1,
    OpcodeValue: 0,
    RecordNumber: 4711,
    ExecutionProcessID: 2284,
    ExecutionThreadID: 5252,
    Channel: SYSTEM.Channel,
    Domain: "NT AUTHORITY",
    AccountName: "SYSTEM",
    UserID: "S-1-5-18",
    AccountType: "User",
    Message: "Process Create:",
    Category: "Process Create (rule: ProcessCreate)",
    Opcode: "Info",
    SourceModuleName: "eventlog",
    SourceModuleType: "im_msvistalog",
    ...DATA,
  };
  it("NXLog", () => {
    expect(plain(eventOf(nxlog))).toEqual({
      ...HEAD,
      message: "Process Create:",
      system: { ...atNxlog, Level: "4" },
      data: DATA,
      rendering: {},
    });
  });

  it("NXLog, where its own EventType hides that of Sysmon", () => {
    const object = {
      ...nxlog,
      EventID: 13,
      Message: "Registry value set:\r\nEventType: SetValue\r\nImage: x",
    };
    expect(eventOf(object).data.get("EventType")).toBe("SetValue");
  });
});

describe("values are the texts of event logs", () => {
  const tree = (EventData: unknown) =>
    Object.fromEntries(
      eventOf({
        Event: {
          System: { EventID: 1, Channel: "x", TimeCreated: { "#attributes": { SystemTime: HEAD.time } } },
          EventData,
        },
      }).data,
    );
  it.each([
    ["numbers and truth", { N: 5, B: false }, { N: "5", B: "false" }],
    ["numbers beyond 2^53", { N: 2 ** 63 }, { N: "9223372036854775808" }],
    ["nothing", { N: null, E: "" }, { N: "", E: "" }],
    ["values without a name", { Data: { "#text": ["a", "b"] } }, { Data: ["a", "b"] }],
    ["one value without a name", { Data: "a" }, { Data: "a" }],
    [
      "attributes of the data itself",
      { "#attributes": { Name: "X" }, N: 1 },
      { EventData_Name: "X", N: "1" },
    ],
    ["elements in elements", { A: { B: { "#attributes": { k: 1 }, "#text": "t" } } }, { B_k: "1", B: "t" }],
    [
      "names that objects have",
      JSON.parse('{"__proto__": "p", "constructor": "c"}'),
      { ["__proto__"]: "p", constructor: "c" },
    ],
  ])("%s", (_, EventData, expected) => {
    expect(Object.entries(tree(EventData))).toEqual(Object.entries(expected));
  });

  it("of classic events only the message may be left", () => {
    const event = eventOf({
      Channel: "Windows PowerShell",
      EventID: 400,
      SourceName: "PowerShell",
      SeverityValue: 2,
      EventTime: "2024-05-01T08:07:08+02:00",
      Message: "HostApplication=x",
    });
    expect(Object.fromEntries(event.data)).toEqual({ Data: "HostApplication=x" });
    expect(event.time).toBe("2024-05-01T06:07:08Z");
  });

  it("Winlogbeat's param1 … are values without a name as well", () => {
    const event = eventOf({
      "@timestamp": HEAD.time,
      winlog: {
        channel: "System",
        provider_name: "x",
        event_id: 7036,
        keywords: ["Classic"],
        event_data: { param1: "a", param2: "b" },
      },
    });
    expect(Object.fromEntries(event.data)).toEqual({ param1: "a", param2: "b", Data: ["a", "b"] });
    expect(event.system.get("Keywords")).toBe("0x80000000000000");
  });

  it("keywords of Winlogbeat are bits again", () => {
    const event = eventOf({
      "@timestamp": HEAD.time,
      winlog: { channel: "Security", provider_name: "x", event_id: 4625, keywords: ["Audit Failure"] },
    });
    expect(event.system.get("Keywords")).toBe("0x8010000000000000");
  });
});

describe("an event that nobody could ask for is none", () => {
  const tree = (System: object, time = HEAD.time) => ({
    Event: { System: { ...System, TimeCreated: { "@SystemTime": time } } },
  });
  const printed = { system: {}, data: {}, time: HEAD.time, channel: "Security", event_id: 1 };
  const beat = { "@timestamp": HEAD.time, log_name: "Security", source_name: "s", event_id: 1 };
  const flat = { EventTime: HEAD.time, Channel: "Security", SourceName: "s", EventID: 1 };
  const winlog = { channel: "Security", provider_name: "s", event_id: 1 };
  const unknown = /no Windows event in any of the known layouts/;
  it.each<[string, object, RegExp]>([
    ["no channel, as XML", tree({ EventID: 1 }), /no channel/],
    ["no event id, as XML", tree({ Channel: "Security" }), /no event id/],
    ["an event id that is none, as XML", tree({ Channel: "Security", EventID: "x" }), /no event id/],
    ["no time, as XML", tree({ Channel: "Security", EventID: 1 }, ""), /no time/],
    ["no event id, as Longwatch prints it", { ...printed, event_id: null }, /no event id/],
    ["no time, as Longwatch prints it", { ...printed, time: "" }, /no time/],
    ["no channel, as Longwatch prints it", { ...printed, channel: undefined }, unknown],
    ["no channel, of Winlogbeat 6", { ...beat, log_name: "" }, unknown],
    ["no event id, of Winlogbeat 6", { ...beat, event_id: "" }, unknown],
    ["no time, of Winlogbeat 6", { ...beat, "@timestamp": "" }, /no time/],
    ["no channel, of Winlogbeat", { "@timestamp": HEAD.time, winlog: { ...winlog, channel: "" } }, unknown],
    ["no event id, of Winlogbeat", { "@timestamp": HEAD.time, winlog: { ...winlog, event_id: "" } }, unknown],
    ["no time, of Winlogbeat", { winlog }, /no time/],
    ["no channel, of NXLog", { ...flat, Channel: "" }, unknown],
    ["no event id, of NXLog", { ...flat, EventID: null }, unknown],
    ["no time, of NXLog", { ...flat, EventTime: "" }, /no time/],
  ])("%s", (_, object, reason) => {
    expect(eventsOf(JSON.stringify(object))).toEqual({ refused: expect.stringMatching(reason) });
  });

  it("but the channel may be empty where a log has it so", () => {
    expect(eventOf(tree({ Channel: null, EventID: 6 }))).toMatchObject({ channel: "", eventId: 6 });
    expect(eventOf({ ...printed, channel: "" })).toMatchObject({ channel: "", eventId: 1 });
  });
});

it("channels are called what Windows calls them, however they were written", () => {
  const channelOf = (Channel: string) =>
    eventOf({ Channel, EventID: 1, SourceName: "s", EventTime: HEAD.time });
  for (const written of ["security", "SECURITY"]) {
    const event = channelOf(written);
    expect([event.channel, event.system.get("Channel")]).toEqual(["Security", "Security"]);
  }
  expect(channelOf("microsoft-windows-sysmon/operational").channel).toBe(SYSTEM.Channel);
  expect(channelOf("Some Other/channel").channel).toBe("Some Other/channel");
});

/** Channels that a program's statements ask for; those of `contact_hourly` are something else. */
function askedFor(folder: string): string[] {
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|sql)$/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const lists = texts.flatMap((text) =>
    [...text.matchAll(/\bchannel (?:= ('[^']+')|IN \(('[^']+'(?:, '[^']+')*)\))/g)].map(
      ([, one = "", list = one]) => list,
    ),
  );
  const names = lists.flatMap((list) => [...list.matchAll(/'([^']+)'/g)].map(([, name = ""]) => name));
  return [...new Set(names)].filter((name) => !["flow", "tls", "http", "dns", "auditd"].includes(name));
}

it("all channels that statements ask for are among those", () => {
  const asked = ["src/store/schema", "src/detect", "src/pipeline"].flatMap(askedFor);
  expect(asked).toContain("Security");
  for (const name of asked) expect(channelName(name.toUpperCase())).toBe(name);
});

describe("files are recognised by what they hold", () => {
  const line = JSON.stringify({
    Event: { System: { EventID: 1, Channel: "x", TimeCreated: { "@SystemTime": HEAD.time } } },
  });
  it.each([
    ["events", `${line}\n`, "evtx-dump-json"],
    ["an event after other objects", `{"a":1}\n${line}\n`, "evtx-dump-json"],
    ["nothing", "", "the file is empty"],
    ["UTF-16", Buffer.from(`\ufeff${line}`, "utf16le"), /UTF-16/],
    ["other JSON", '{"a":1}\n', /no Windows event in any of the known layouts/],
    ["text", "hello\n", /no JSON object/],
    ["an event without a time", line.replace(HEAD.time, "-"), /has no time/],
    [
      "an object without end",
      Buffer.alloc(256 * 1024, '{"a":"').subarray(0, 256 * 1024),
      /ends within its first 256 KiB/,
    ],
    ["an event that is cut off", line.slice(0, -2), /breaks off/],
  ])("%s", (_, content, expected) => {
    const recognised = recognise(Buffer.from(content as string));
    const refused = "refused" in recognised ? recognised.refused : recognised.product;
    if (expected instanceof RegExp) expect(refused).toMatch(expected);
    else expect(refused).toBe(expected);
  });
});
