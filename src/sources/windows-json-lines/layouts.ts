/** The way to a member of an object. */
export type Path = readonly string[];

/**
 * What programs make of a Windows event when they write it as JSON, and where its parts stand; `shape.ts` makes SQL of it. Of several ways the first that leads to a text counts.
 */
export interface Layout {
  format: string;
  /** Whether an object of the beginning of a file is of this layout. */
  fits(object: Readonly<Record<string, unknown>>): boolean;
  /** The first that is a time counts. */
  times: readonly Path[];
  channel: readonly Path[];
  provider: readonly Path[];
  eventId: readonly Path[];
  computer: readonly Path[];
  level: readonly Path[];
  userSid: readonly Path[];
  /** Members of System beside those, by the names that the reader of event logs gives them. */
  system: Readonly<Record<string, readonly Path[]>>;
  /** Objects whose members are the event's own fields. */
  data: readonly Path[];
  /** An object whose members hold, one level deeper, the event's own fields. */
  nestedData: Path | undefined;
  /** Members of `data` that are not the event's own. */
  notData: readonly string[];
  /** Members of `data` that are not the event's own if they have one of these values. */
  notDataIf: { name: string; values: readonly string[] } | undefined;
  message: readonly Path[];
}

const has = (object: unknown, ...keys: string[]): boolean =>
  typeof object === "object" && object !== null && keys.every((key) => key in object);

const member = (object: unknown, key: string): unknown =>
  typeof object === "object" && object !== null ? (object as Record<string, unknown>)[key] : undefined;

const PLAIN = { nestedData: undefined, notData: [], notDataIf: undefined };

/** One way each: `below("winlog")("user", "identifier")`. */
const below =
  (...root: string[]) =>
  (...path: string[]): readonly Path[] => [[...root, ...path]];

const dumped = below("Event", "System");
const attribute = (element: string, name: string) => dumped(element, "#attributes", name);

/** `evtx_dump` (omerbenamram/evtx): the document of XML, attributes in `#attributes`. */
const evtxDump: Layout = {
  ...PLAIN,
  format: "evtx-dump-json",
  fits: (object) => has(member(object.Event, "System"), "EventID"),
  times: attribute("TimeCreated", "SystemTime"),
  channel: dumped("Channel"),
  provider: attribute("Provider", "Name"),
  // With qualifiers it is an element with attributes.
  eventId: [...dumped("EventID", "#text"), ...dumped("EventID")],
  computer: dumped("Computer"),
  level: dumped("Level"),
  userSid: attribute("Security", "UserID"),
  system: {
    Provider_Guid: attribute("Provider", "Guid"),
    Provider_EventSourceName: attribute("Provider", "EventSourceName"),
    Version: dumped("Version"),
    Task: dumped("Task"),
    Opcode: dumped("Opcode"),
    Keywords: dumped("Keywords"),
    EventRecordID: dumped("EventRecordID"),
    Execution_ProcessID: attribute("Execution", "ProcessID"),
    Execution_ThreadID: attribute("Execution", "ThreadID"),
    Correlation_ActivityID: attribute("Correlation", "ActivityID"),
  },
  data: [["Event", "EventData"]],
  // UserData has one element around its fields.
  nestedData: ["Event", "UserData"],
  notData: ["#attributes"],
  message: [],
};

const winlog = below("winlog");

/** Winlogbeat from version 7 on, and Elastic Agent: everything of the event below `winlog`. */
const winlogbeat: Layout = {
  ...PLAIN,
  format: "winlogbeat-json",
  fits: (object) => has(object.winlog, "channel"),
  times: [...winlog("time_created"), ["@timestamp"]],
  channel: winlog("channel"),
  provider: winlog("provider_name"),
  eventId: [...winlog("event_id"), ["event", "code"]],
  computer: winlog("computer_name"),
  level: [["log", "level"]],
  userSid: winlog("user", "identifier"),
  system: {
    Provider_Guid: winlog("provider_guid"),
    Version: winlog("version"),
    Task: winlog("task"),
    Opcode: winlog("opcode"),
    EventRecordID: winlog("record_id"),
    Execution_ProcessID: winlog("process", "pid"),
    Execution_ThreadID: winlog("process", "thread", "id"),
    Correlation_ActivityID: winlog("activity_id"),
  },
  data: [
    ["winlog", "event_data"],
    ["winlog", "user_data"],
  ],
  message: [["message"]],
};

/** Winlogbeat up to version 6: the same at the top. */
const oldWinlogbeat: Layout = {
  ...PLAIN,
  format: "winlogbeat6-json",
  fits: (object) => has(object, "log_name", "event_id"),
  times: [["@timestamp"]],
  channel: [["log_name"]],
  provider: [["source_name"]],
  eventId: [["event_id"]],
  computer: [["computer_name"]],
  level: [["level"]],
  userSid: [["user", "identifier"]],
  system: {
    Provider_Guid: [["provider_guid"]],
    Version: [["version"]],
    Task: [["task"]],
    Opcode: [["opcode"]],
    EventRecordID: [["record_number"]],
    Execution_ProcessID: [["process_id"]],
    Execution_ThreadID: [["thread_id"]],
    Correlation_ActivityID: [["activity_id"]],
  },
  data: [["event_data"], ["user_data"]],
  message: [["message"]],
};

/** NXLog's im_msvistalog, and the exports of OTRF's Security Datasets: one flat object. */
const flat: Layout = {
  format: "nxlog-json",
  fits: (object) =>
    has(object, "EventID", "Channel") && (has(object, "SourceName") || has(object, "Hostname")),
  // EventTime is local and says no zone. UtcTime is Sysmon's own; @timestamp may be when the event was received.
  times: [["TimeCreated"], ["UtcTime"], ["@timestamp"], ["EventTime"]],
  channel: [["Channel"]],
  provider: [["SourceName"]],
  eventId: [["EventID"]],
  computer: [["Hostname"], ["host"]],
  level: [["Level"]],
  userSid: [["UserID"]],
  system: {
    Provider_Guid: [["ProviderGuid"]],
    Version: [["Version"]],
    Task: [["Task"]],
    Opcode: [["OpcodeValue"], ["Opcode"]],
    Keywords: [["Keywords"]],
    EventRecordID: [["RecordNumber"]],
    Execution_ProcessID: [["ExecutionProcessID"]],
    Execution_ThreadID: [["ExecutionThreadID"], ["ThreadID"]],
    Correlation_ActivityID: [["ActivityID"]],
  },
  data: [[]],
  nestedData: undefined,
  // What NXLog, its pipeline and OTRF's exports add to an event's own fields, or take out of its System element.
  notData: [
    ...[
      "EventTime",
      "TimeCreated",
      "@timestamp",
      "@version",
      "EventReceivedTime",
      "Hostname",
      "host",
      "port",
      "tags",
    ],
    ...[
      "Channel",
      "SourceName",
      "EventID",
      "ProviderGuid",
      "Version",
      "Level",
      "Task",
      "Opcode",
      "OpcodeValue",
      "type",
    ],
    ...[
      "Keywords",
      "RecordNumber",
      "ExecutionProcessID",
      "ExecutionThreadID",
      "ThreadID",
      "ActivityID",
      "UserID",
    ],
    ...["AccountName", "AccountType", "Domain", "Severity", "SeverityValue", "Category", "Message"],
    ...["SourceModuleName", "SourceModuleType"],
  ],
  // NXLog's own EventType says how an audit ended; Sysmon has a field of that name.
  notDataIf: {
    name: "EventType",
    values: ["INFO", "WARNING", "ERROR", "CRITICAL", "VERBOSE", "AUDIT_SUCCESS", "AUDIT_FAILURE"],
  },
  message: [["Message"]],
};

const ours = below("system");

/** `longwatch evtx --jsonl`. */
const own: Layout = {
  ...PLAIN,
  format: "longwatch-evtx-json",
  fits: (object) => has(object, "record_id", "channel", "system", "data"),
  times: [["time"]],
  channel: [["channel"]],
  provider: [["provider"]],
  eventId: [["event_id"]],
  computer: [["computer"]],
  level: ours("Level"),
  userSid: ours("Security_UserID"),
  system: Object.fromEntries(
    [
      ...[
        "Provider_Guid",
        "Provider_EventSourceName",
        "Version",
        "Task",
        "Opcode",
        "Keywords",
        "EventRecordID",
      ],
      ...["Execution_ProcessID", "Execution_ThreadID", "Correlation_ActivityID"],
    ].map((name) => [name, ours(name)]),
  ),
  data: [["data"]],
  message: [["rendering", "Message"]],
};

/** In the order in which they are tried. */
export const LAYOUTS: readonly Layout[] = [evtxDump, own, winlogbeat, oldWinlogbeat, flat];
