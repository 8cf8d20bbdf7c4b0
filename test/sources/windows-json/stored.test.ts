import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "../runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const CHANNEL = "Microsoft-Windows-Sysmon/Operational";
const PROVIDER = "Microsoft-Windows-Sysmon";

/** One synthetic event as each program writes it. */
const LINES: Readonly<Record<string, Record<string, unknown>>> = {
  "evtx-dump-json": {
    Event: {
      "#attributes": { xmlns: "http://schemas.microsoft.com/win/2004/08/events/event" },
      System: {
        Provider: { "#attributes": { Name: PROVIDER, Guid: "5770385F" } },
        EventID: { "#attributes": { Qualifiers: 16384 }, "#text": 1 },
        Version: 5,
        Level: 4,
        TimeCreated: { "#attributes": { SystemTime: "2024-03-01T12:00:00.123456Z" } },
        EventRecordID: 77,
        Correlation: null,
        Execution: { "#attributes": { ProcessID: 3208, ThreadID: 12 } },
        Channel: CHANNEL,
        Computer: "HOST-1",
        Security: { "#attributes": { UserID: "S-1-5-18" } },
      },
      EventData: { Image: "C:\\a.exe", ProcessId: 4660, Empty: "", None: null },
    },
  },
  "winlogbeat-json": {
    "@timestamp": "2024-03-01T12:00:00.123456Z",
    message: "Process Create",
    log: { level: "information" },
    event: { code: "1" },
    winlog: {
      channel: CHANNEL,
      provider_name: PROVIDER,
      provider_guid: "5770385F",
      event_id: "1",
      version: 5,
      record_id: 77,
      computer_name: "HOST-1",
      user: { identifier: "S-1-5-18" },
      process: { pid: 3208, thread: { id: 12 } },
      event_data: { Image: "C:\\a.exe", ProcessId: "4660", Empty: "", None: null },
    },
  },
  "winlogbeat6-json": {
    "@timestamp": "2024-03-01T12:00:00.123456Z",
    log_name: CHANNEL,
    source_name: PROVIDER,
    provider_guid: "5770385F",
    event_id: 1,
    version: 5,
    level: "Information",
    record_number: "77",
    computer_name: "HOST-1",
    user: { identifier: "S-1-5-18" },
    process_id: 3208,
    thread_id: 12,
    message: "Process Create",
    event_data: { Image: "C:\\a.exe", ProcessId: "4660", Empty: "", None: null },
  },
  "nxlog-json": {
    EventTime: "2024-03-01 19:00:00",
    UtcTime: "2024-03-01 12:00:00.123456",
    Hostname: "HOST-1",
    Channel: CHANNEL,
    SourceName: PROVIDER,
    ProviderGuid: "5770385F",
    EventID: 1,
    Version: 5,
    Level: "4",
    RecordNumber: 77,
    ExecutionProcessID: 3208,
    ThreadID: 12,
    UserID: "S-1-5-18",
    EventType: "INFO",
    Severity: "INFO",
    SeverityValue: 2,
    SourceModuleType: "im_msvistalog",
    Message: "Process Create",
    Image: "C:\\a.exe",
    ProcessId: "4660",
    Empty: "",
    None: null,
  },
  "longwatch-evtx-json": {
    file: "a.evtx",
    record_id: 7,
    time: "2024-03-01T12:00:00.123456Z",
    channel: CHANNEL,
    provider: PROVIDER,
    event_id: 1,
    computer: "HOST-1",
    system: {
      Provider_Name: PROVIDER,
      Provider_Guid: "5770385F",
      EventID: "1",
      Version: "5",
      Level: "4",
      TimeCreated_SystemTime: "2024-03-01T12:00:00.123456Z",
      Channel: CHANNEL,
      Computer: "HOST-1",
      EventRecordID: "77",
      Execution_ProcessID: "3208",
      Execution_ThreadID: "12",
      Security_UserID: "S-1-5-18",
    },
    data: { Image: "C:\\a.exe", ProcessId: "4660", Empty: "" },
  },
};

const lined = (...lines: readonly unknown[]): string =>
  lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");

describe.each(Object.entries(LINES))("Windows events of %s", (format, line) => {
  test("golden row", async () => {
    const outcome = await bench.read("events.json", lined(line));
    expect(outcome).toMatchObject({ format, log: "events", rejects: [], rows: { windows_event: 1 } });
    const [row] = await bench.rows(
      "windows_event",
      "product, time, channel, provider, event_id, computer, level, user_sid, hidden_in, system, data, lists, context",
    );
    const more = format === "evtx-dump-json" ? { EventID_Qualifiers: "16384", Correlation: "" } : {};
    const none = format === "longwatch-evtx-json" ? {} : { None: "" };
    // Local time without a zone says less than Sysmon's own.
    const own = format === "nxlog-json" ? { UtcTime: "2024-03-01 12:00:00.123456" } : {};
    expect(row).toEqual({
      product: format,
      time: "2024-03-01 12:00:00.123456",
      channel: CHANNEL,
      provider: PROVIDER,
      event_id: 1,
      computer: "HOST-1",
      level: 4,
      user_sid: "S-1-5-18",
      hidden_in: 0,
      system: {
        ...more,
        Provider_Name: PROVIDER,
        Provider_Guid: "5770385F",
        EventID: "1",
        Version: "5",
        Level: "4",
        TimeCreated_SystemTime: "2024-03-01T12:00:00.123456Z",
        EventRecordID: "77",
        Execution_ProcessID: "3208",
        Execution_ThreadID: "12",
        Channel: CHANNEL,
        Computer: "HOST-1",
        Security_UserID: "S-1-5-18",
      },
      data: { ...own, ...none, Image: "C:\\a.exe", ProcessId: "4660", Empty: "" },
      lists: {},
      context: "message" in line || "Message" in line ? { Message: "Process Create" } : {},
    });
  });
});

describe("lines that are no events", () => {
  const good = LINES["nxlog-json"] ?? {};

  test.each<[string, unknown, RegExp]>([
    ["a record that breaks off", '{"EventID": 1', /breaks off: another begins before its end/],
    ["no JSON", "{EventID: 1}", /not valid JSON/],
    ["no object", "[1]", /no JSON object/],
    ["of something else", { ...good, Channel: undefined }, /no Windows event in any of the known layouts/],
    [
      "with an event id that is none",
      { ...good, EventID: "x" },
      /no Windows event in any of the known layouts/,
    ],
    [
      "with a time that is none",
      { ...good, UtcTime: "soon", EventTime: "later" },
      /no time that can be read/,
    ],
    ["before 1970", { ...good, UtcTime: "1960-01-01 00:00:00" }, /lies before 1970/],
    ["from 2100 on", { ...good, UtcTime: "2100-01-01 00:00:00" }, /lies in the future/],
  ])("%s: rejected with the reason", async (_, line, reason) => {
    const outcome = await bench.read("events.json", lined(good, line, good));
    expect(outcome.rows).toEqual({ windows_event: 2 });
    expect(outcome.rejects).toEqual([{ line: 2, reason: expect.stringMatching(reason) }]);
    expect(accounted(outcome)).toBe(outcome.lines);
  });
});

test("lists are kept value by value, and Sysmon's own EventType beside NXLog's", async () => {
  const line = { ...LINES["nxlog-json"], EventType: "SetValue", Groups: ["a", 2] };
  await bench.read("events.json", lined(line));
  const [row] = await bench.rows(
    "windows_event",
    "data['EventType'] AS type, data['Groups'] AS groups, lists",
  );
  expect(row).toEqual({ type: "SetValue", groups: "a\n2", lists: { Groups: ["a", "2"] } });
});

test("fields of UserData stand in an element of their own", async () => {
  const line = structuredClone(LINES["evtx-dump-json"]) as { Event: Record<string, unknown> };
  delete line.Event.EventData;
  line.Event.UserData = {
    LogFileCleared: { "#attributes": { xmlns: "x" }, SubjectUserName: "eve", Channel: "Security" },
  };
  await bench.read("events.json", lined(line));
  const [row] = await bench.rows(
    "windows_event",
    "channel, data['SubjectUserName'] AS user, data['Channel'] AS cleared",
  );
  expect(row).toEqual({ channel: CHANNEL, user: "eve", cleared: "Security" });
});

/** What `longwatch evtx --jsonl` prints of a record that hides another. */
test("records that were hidden in another are rows of their own", async () => {
  const line = LINES["longwatch-evtx-json"] as Record<string, unknown>;
  const hidden = { ...line, record_id: 9, hidden_in: 7, offset: 5000 };
  await bench.read("events.json", lined({ ...line, hidden: [hidden] }, line));
  expect(await bench.rows("windows_event", "source_line, hidden_in")).toEqual([
    { source_line: 1, hidden_in: 0 },
    { source_line: 1, hidden_in: 7 },
    { source_line: 2, hidden_in: 0 },
  ]);
});

const event = (image: string) => ({ ...LINES["nxlog-json"], Image: image });
/** Lines of one of them, printed over many. */
const LENGTH = JSON.stringify(event("a"), null, 2).split("\n").length;
const places = async () =>
  (await bench.rows("windows_event", "source_line AS line, data['Image'] AS image")).map(
    ({ line, image }) => `${line} ${image}`,
  );

test.each<[string, string, string[]]>([
  [
    "objects over many lines",
    `${JSON.stringify(event("a"), null, 2)}\n${JSON.stringify(event("b"), null, 2)}\n`,
    ["1 a", `${1 + LENGTH} b`],
  ],
  ["a list over many lines", JSON.stringify([event("a"), event("b")], null, 2), ["2 a", `${2 + LENGTH} b`]],
  [
    "a list in one line: a line for each",
    JSON.stringify([event("a"), event("b"), event("c")]),
    ["1 a", "2 b", "3 c"],
  ],
  [
    "a search response",
    JSON.stringify({
      took: 1,
      hits: { total: 2, hits: [event("a"), event("b")].map((_source) => ({ _index: "x", _source })) },
    }),
    ["1 a", "2 b"],
  ],
  ["blank lines", `\n\n${lined(event("a"))}\n\n${lined(event("b"))}`, ["3 a", "6 b"]],
  [
    "evtx_dump's numbers between them",
    `Record 1\n${JSON.stringify(event("a"))}\nRecord 2\n${JSON.stringify(event("b"))}\n`,
    ["2 a", "4 b"],
  ],
])("%s", async (_, content, expected) => {
  const outcome = await bench.read("events.json", content);
  expect(await places()).toEqual(expected);
  expect(outcome.rejects).toEqual([]);
});
