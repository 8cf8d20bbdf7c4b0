import { type Prelude, sqlSet, sqlString } from "../sql.js";

/**
 * What programs make of a Windows event when they write it as JSON, and how its parts are found. All expressions are SQL over `line`.
 */
export interface Layout {
  format: string;
  /** Whether an object of the beginning of a file is of this layout. */
  fits(object: Readonly<Record<string, unknown>>): boolean;
  parts(prelude: Prelude): Parts;
}

/** Of each event; `pairs` are of type Array(Tuple(String, String)), name and raw JSON. */
export interface Parts {
  /** Texts that may be the time, the best first. */
  times: string[];
  channel: string;
  provider: string;
  eventId: string;
  computer: string;
  level: string;
  userSid: string;
  /** Members of System beside those, by the names that the reader of event logs gives them. */
  system: Readonly<Record<string, string>>;
  dataPairs: string;
  message: string;
}

/** A member of the line as text, whatever its JSON type; '' where it is not there. */
function text(prelude: Prelude, ...path: string[]): string {
  const at = path.map(sqlString).join(", ");
  const raw = prelude.define(`JSONExtractRaw(line, ${at})`);
  return prelude.define(textOf(raw));
}

/** Text of a raw JSON value. */
export const textOf = (raw: string): string =>
  `multiIf(startsWith(${raw}, '"'), JSONExtractString(${raw}), ${raw} = 'null', '', ${raw})`;

const pairs = (...path: string[]): string =>
  `JSONExtractKeysAndValuesRaw(line, ${path.map(sqlString).join(", ")})`;

const has = (object: unknown, ...keys: string[]): boolean =>
  typeof object === "object" && object !== null && keys.every((key) => key in object);

const member = (object: unknown, key: string): unknown =>
  typeof object === "object" && object !== null ? (object as Record<string, unknown>)[key] : undefined;

/** `evtx_dump` (omerbenamram/evtx): the document of XML, attributes in `#attributes`. */
const evtxDump: Layout = {
  format: "evtx-dump-json",
  fits: (object) => has(member(object.Event, "System"), "EventID"),
  parts(prelude) {
    const system = (...path: string[]) => text(prelude, "Event", "System", ...path);
    const attribute = (element: string, name: string) => system(element, "#attributes", name);
    const id = system("EventID");
    return {
      times: [attribute("TimeCreated", "SystemTime")],
      channel: system("Channel"),
      provider: attribute("Provider", "Name"),
      // With qualifiers it is an element with attributes.
      eventId: prelude.define(`if(startsWith(${id}, '{'), JSONExtractRaw(${id}, '#text'), ${id})`),
      computer: system("Computer"),
      level: system("Level"),
      userSid: attribute("Security", "UserID"),
      system: {
        Provider_Guid: attribute("Provider", "Guid"),
        Provider_EventSourceName: attribute("Provider", "EventSourceName"),
        Version: system("Version"),
        Task: system("Task"),
        Opcode: system("Opcode"),
        Keywords: system("Keywords"),
        EventRecordID: system("EventRecordID"),
        Execution_ProcessID: attribute("Execution", "ProcessID"),
        Execution_ThreadID: attribute("Execution", "ThreadID"),
        Correlation_ActivityID: attribute("Correlation", "ActivityID"),
      },
      // UserData has one element around its fields.
      dataPairs: `arrayConcat(${pairs("Event", "EventData")}, arrayFlatten(arrayMap(pair -> if(startsWith(pair.2, '{'), JSONExtractKeysAndValuesRaw(pair.2), []), arrayFilter(pair -> pair.1 != '#attributes', ${pairs("Event", "UserData")}))))`,
      message: "''",
    };
  },
};

/** Winlogbeat from version 7 on, and Elastic Agent: everything of the event below `winlog`. */
const winlogbeat: Layout = {
  format: "winlogbeat-json",
  fits: (object) => has(object.winlog, "channel"),
  parts(prelude) {
    const winlog = (...path: string[]) => text(prelude, "winlog", ...path);
    return {
      times: [text(prelude, "winlog", "time_created"), text(prelude, "@timestamp")],
      channel: winlog("channel"),
      provider: winlog("provider_name"),
      eventId: prelude.define(
        `if(${winlog("event_id")} != '', ${winlog("event_id")}, ${text(prelude, "event", "code")})`,
      ),
      computer: winlog("computer_name"),
      level: text(prelude, "log", "level"),
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
      dataPairs: `arrayConcat(${pairs("winlog", "event_data")}, ${pairs("winlog", "user_data")})`,
      message: text(prelude, "message"),
    };
  },
};

/** Winlogbeat up to version 6: the same at the top. */
const oldWinlogbeat: Layout = {
  format: "winlogbeat6-json",
  fits: (object) => has(object, "log_name", "event_id"),
  parts(prelude) {
    const top = (...path: string[]) => text(prelude, ...path);
    return {
      times: [top("@timestamp")],
      channel: top("log_name"),
      provider: top("source_name"),
      eventId: top("event_id"),
      computer: top("computer_name"),
      level: top("level"),
      userSid: top("user", "identifier"),
      system: {
        Provider_Guid: top("provider_guid"),
        Version: top("version"),
        Task: top("task"),
        Opcode: top("opcode"),
        EventRecordID: top("record_number"),
        Execution_ProcessID: top("process_id"),
        Execution_ThreadID: top("thread_id"),
        Correlation_ActivityID: top("activity_id"),
      },
      dataPairs: `arrayConcat(${pairs("event_data")}, ${pairs("user_data")})`,
      message: top("message"),
    };
  },
};

/** What NXLog, its pipeline and OTRF's exports add to an event's own fields, or take out of its System element. */
const NOT_DATA = [
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
    "type",
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
    "Keywords",
  ],
  ...[
    "RecordNumber",
    "ExecutionProcessID",
    "ExecutionThreadID",
    "ThreadID",
    "ActivityID",
    "UserID",
    "AccountName",
  ],
  ...[
    "AccountType",
    "Domain",
    "Severity",
    "SeverityValue",
    "Category",
    "Message",
    "SourceModuleName",
    "SourceModuleType",
  ],
];

/** NXLog's im_msvistalog, and the exports of OTRF's Security Datasets: one flat object. */
const flat: Layout = {
  format: "nxlog-json",
  fits: (object) =>
    has(object, "EventID", "Channel") && (has(object, "SourceName") || has(object, "Hostname")),
  parts(prelude) {
    const top = (name: string) => text(prelude, name);
    const either = (one: string, other: string) =>
      prelude.define(`if(${top(one)} != '', ${top(one)}, ${top(other)})`);
    return {
      // EventTime is local and says no zone. UtcTime is Sysmon's own; @timestamp may be when the event was received.
      times: [top("TimeCreated"), top("UtcTime"), top("@timestamp"), top("EventTime")],
      channel: top("Channel"),
      provider: top("SourceName"),
      eventId: top("EventID"),
      computer: either("Hostname", "host"),
      level: top("Level"),
      userSid: top("UserID"),
      system: {
        Provider_Guid: top("ProviderGuid"),
        Version: top("Version"),
        Task: top("Task"),
        Opcode: either("OpcodeValue", "Opcode"),
        Keywords: top("Keywords"),
        EventRecordID: top("RecordNumber"),
        Execution_ProcessID: top("ExecutionProcessID"),
        Execution_ThreadID: either("ExecutionThreadID", "ThreadID"),
        Correlation_ActivityID: top("ActivityID"),
      },
      // NXLog's own EventType says how an audit ended; Sysmon has a field of that name.
      dataPairs: `arrayFilter(pair -> pair.1 NOT IN ${sqlSet(NOT_DATA)} AND NOT (pair.1 = 'EventType' AND pair.2 IN ('"INFO"', '"WARNING"', '"ERROR"', '"CRITICAL"', '"VERBOSE"', '"AUDIT_SUCCESS"', '"AUDIT_FAILURE"')), JSONExtractKeysAndValuesRaw(line))`,
      message: top("Message"),
    };
  },
};

/** `longwatch evtx --jsonl`. */
const own: Layout = {
  format: "longwatch-evtx-json",
  fits: (object) => has(object, "record_id", "channel", "system", "data"),
  parts(prelude) {
    const system = (name: string) => text(prelude, "system", name);
    return {
      times: [text(prelude, "time")],
      channel: text(prelude, "channel"),
      provider: text(prelude, "provider"),
      eventId: text(prelude, "event_id"),
      computer: text(prelude, "computer"),
      level: system("Level"),
      userSid: system("Security_UserID"),
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
        ].map((name) => [name, system(name)]),
      ),
      dataPairs: pairs("data"),
      message: text(prelude, "rendering", "Message"),
    };
  },
};

/** In the order in which they are tried. */
export const LAYOUTS: readonly Layout[] = [evtxDump, own, winlogbeat, oldWinlogbeat, flat];
