import { type Fields, type HostEvent, utcTime } from "../host-event.js";
import { addValue, eventOf, type Json, keywordsText, own, textIn } from "./event.js";

/** Members of the System element, and under which names NXLog (im_msvistalog) and layouts derived from it have them; the first that is there counts. */
const SYSTEM: readonly (readonly [string, readonly string[]])[] = [
  ["Provider_Name", ["SourceName", "ProviderName", "Provider_Name", "Provider"]],
  ["Provider_Guid", ["ProviderGuid"]],
  ["EventID", ["EventID"]],
  ["Version", ["Version"]],
  ["Level", ["Level"]],
  ["Task", ["TaskValue", "Task"]],
  ["Opcode", ["OpcodeValue"]],
  ["EventRecordID", ["RecordNumber", "EventRecordID"]],
  ["Correlation_ActivityID", ["ActivityID"]],
  ["Correlation_RelatedActivityID", ["RelatedActivityID"]],
  ["Execution_ProcessID", ["ExecutionProcessID"]],
  ["Execution_ThreadID", ["ExecutionThreadID", "ThreadID"]],
  ["Channel", ["Channel"]],
  ["Computer", ["Hostname", "Computer"]],
  ["Security_UserID", ["UserID"]],
];
/** What collectors write of their own. */
const COLLECTOR = new Set([
  ...[
    "Message",
    "Keywords",
    "EventTime",
    "EventReceivedTime",
    "TimeCreated",
    "SourceModuleName",
    "SourceModuleType",
  ],
  ...["@timestamp", "@version", "host", "port", "tags", "ERROR_EVT_UNRESOLVED"],
]);
/** What NXLog makes itself of the user's SID and of the level; it takes the place of a field of the event that is called so. */
const NXLOG = new Set([
  ...["Domain", "AccountName", "AccountType", "EventTypeOrignal", "SeverityValue", "Severity"],
  ...["Category", "Opcode"],
]);
/** What NXLog's own EventType says; a field of that name with another value is the event's. */
const NXLOG_TYPES = new Set(
  "INFO WARNING ERROR CRITICAL VERBOSE DEBUG AUDIT_SUCCESS AUDIT_FAILURE".split(" "),
);
const NXLOG_MARKS = ["SeverityValue", "SourceModuleType", "EventReceivedTime"];
/** NXLog's SeverityValue as Windows' level: debug, info, warning, error, critical. */
const LEVEL_OF_SEVERITY: Readonly<Record<string, string>> = { 1: "5", 2: "4", 3: "3", 4: "2", 5: "1" };
const SYSMON = "Microsoft-Windows-Sysmon";

/** Whether this is an event with all fields on one level. */
export function isFlat(object: Json): boolean {
  return (
    /^\d{1,5}$/.test(textIn(object, "EventID")) &&
    textIn(object, "Channel") !== "" &&
    (SYSTEM[0] as (typeof SYSTEM)[number])[1].some((name) => typeof own(object, name) === "string")
  );
}

/** An event of NXLog, or of the layouts that took its names (OTRF): the fields of System and of the event's own data stand side by side. */
export function eventOfFlat(object: Json): HostEvent {
  const byNxlog = NXLOG_MARKS.some((name) => Object.hasOwn(object, name));
  const system: Fields = new Map();
  const taken = new Set<string>();
  for (const [field, names] of SYSTEM)
    for (const name of names) {
      if (!Object.hasOwn(object, name)) continue;
      addValue(system, field, object[name]);
      taken.add(name);
      break;
    }
  if (!system.has("Level")) {
    const level = LEVEL_OF_SEVERITY[textIn(object, "SeverityValue")];
    if (level !== undefined) system.set("Level", level);
  }
  if (Object.hasOwn(object, "Keywords")) system.set("Keywords", keywordsText(own(object, "Keywords")));
  const data: Fields = new Map();
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (!taken.has(name) && !COLLECTOR.has(name) && !(byNxlog && isOfNxlog(name, value)))
      addValue(data, name, value);
  }
  const message = textIn(object, "Message");
  if (byNxlog && system.get("Provider_Name") === SYSMON) restoreEventType(data, message);
  const time = timeOf(object);
  if (time !== "") system.set("TimeCreated_SystemTime", time);
  return eventOf("nxlog-json", system, data, time, { message });
}

function isOfNxlog(name: string, value: unknown): boolean {
  return name === "EventType" ? NXLOG_TYPES.has(String(value)) : NXLOG.has(name);
}

/** Sysmon's own field EventType (SetValue, CreateKey …) gives way to NXLog's; the message still has it. */
function restoreEventType(data: Fields, message: string): void {
  const type = /^EventType: ([^\r\n]*)/m.exec(message)?.[1];
  if (type !== undefined) data.set("EventType", type);
}

/**
 * NXLog writes local time, often without its zone. Where Logstash added when it received the event (`@timestamp`, UTC), that and NXLog's own
 * time of receipt tell the zone, to the quarter of an hour; else Sysmon's own time is in UTC.
 */
function timeOf(object: Json): string {
  const created = utcTime(textIn(object, "TimeCreated"));
  if (created !== "") return created;
  const text = textIn(object, "EventTime");
  const written = utcTime(text);
  if (written === "") return utcTime(textIn(object, "UtcTime")) || utcTime(textIn(object, "@timestamp"));
  if (/(Z|[+-]\d\d:?\d\d)$/.test(text)) return written;
  const difference =
    Date.parse(utcTime(textIn(object, "@timestamp"))) -
    Date.parse(utcTime(textIn(object, "EventReceivedTime")));
  const offset = Math.round(difference / QUARTER) * QUARTER;
  if (Number.isNaN(offset) || Math.abs(offset) > MOST_OFFSET)
    return utcTime(textIn(object, "UtcTime")) || written;
  const [, fraction = ""] = /(\.\d+)Z$/.exec(written) ?? [];
  return `${new Date(Date.parse(written) + offset).toISOString().slice(0, 19)}${fraction}Z`;
}

const QUARTER = 15 * 60_000;
const MOST_OFFSET = 14 * 60 * 60_000;
