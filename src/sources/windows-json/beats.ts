import { add, type Fields, type HostEvent, utcTime } from "../host-event.js";
import { addEcs } from "./ecs.js";
import { addValue, eventOf, isObject, type Json, keywordsText, objectIn, own, textIn } from "./event.js";

/** Winlogbeat since 7 (`winlog.…`, ECS beside it) and before (the same members on the first level, some called otherwise). */
export function isBeat(object: Json): boolean {
  const winlog = own(object, "winlog");
  if (isObject(winlog)) return textIn(winlog, "channel") !== "" && idOf(object, winlog) !== "";
  return textIn(object, "log_name") !== "" && /^\d{1,5}$/.test(textIn(object, "event_id"));
}

/** @see https://www.elastic.co/guide/en/beats/winlogbeat/current/exported-fields-winlog.html */
export function eventOfBeat(object: Json): HostEvent {
  const isNew = isObject(own(object, "winlog"));
  const winlog = isNew ? objectIn(object, "winlog") : object;
  const process = objectIn(winlog, "process");
  const time = utcTime(textIn(object, "@timestamp"));
  const system: Fields = new Map();
  const put = (name: string, text: string): void => {
    if (text !== "") system.set(name, text);
  };
  put("Provider_Name", textIn(winlog, isNew ? "provider_name" : "source_name"));
  put("Provider_Guid", textIn(winlog, "provider_guid"));
  put("EventID", idOf(object, winlog));
  put("Version", textIn(winlog, "version"));
  put("Level", levelOf(isNew ? textIn(objectIn(object, "log"), "level") : textIn(object, "level")));
  put("Keywords", keywordsOf(own(winlog, "keywords")));
  put("TimeCreated_SystemTime", time);
  put("EventRecordID", textIn(winlog, isNew ? "record_id" : "record_number"));
  put("Correlation_ActivityID", textIn(winlog, "activity_id"));
  put("Correlation_RelatedActivityID", textIn(winlog, "related_activity_id"));
  put("Execution_ProcessID", textIn(process, "pid") || textIn(winlog, "process_id"));
  put("Execution_ThreadID", textIn(objectIn(process, "thread"), "id") || textIn(winlog, "thread_id"));
  put("Channel", textIn(winlog, isNew ? "channel" : "log_name"));
  put("Computer", textIn(winlog, "computer_name"));
  put("Security_UserID", textIn(objectIn(winlog, "user"), "identifier"));
  const data = dataOf(winlog);
  if (isNew) addEcs(data, object, system);
  return eventOf(isNew ? "winlogbeat-json" : "winlogbeat6-json", system, data, time, {
    message: textIn(object, "message"),
  });
}

/** ECS has the id as `event.code` as well; some pipelines keep only that. */
function idOf(object: Json, winlog: Json): string {
  const text = textIn(winlog, "event_id") || textIn(objectIn(object, "event"), "code");
  return /^\d{1,5}$/.test(text) ? text : "";
}

/** Values without a name are `param1`, `param2` …; in the XML they are elements `Data`, and rules look for them under that name as well. */
function dataOf(winlog: Json): Fields {
  const data: Fields = new Map();
  for (const part of ["event_data", "user_data"])
    for (const [name, value] of Object.entries(objectIn(winlog, part)))
      if (name !== "xml_name") addValue(data, name, value);
  if (data.has("Data")) return data;
  for (let number = 1; ; number++) {
    const value = data.get(`param${number}`);
    if (value === undefined) return data;
    add(data, "Data", value);
  }
}

const LEVELS: Readonly<Record<string, string>> = {
  critical: "1",
  error: "2",
  warning: "3",
  information: "4",
  verbose: "5",
};
const levelOf = (name: string): string => LEVELS[name.toLowerCase()] ?? "";

/** winmeta.xml: names of the keywords that Winlogbeat writes in place of their bits. */
const KEYWORDS: Readonly<Record<string, bigint>> = {
  "response time": 1n << 48n,
  wdicontext: 1n << 49n,
  wdidiag: 1n << 50n,
  sqm: 1n << 51n,
  "audit failure": 1n << 52n,
  "audit success": 1n << 53n,
  "correlation hint": 1n << 54n,
  classic: 1n << 55n,
};

/** Bits that belong to the channel are not named, but for the highest: it is set in the audit events of Security. */
function keywordsOf(value: unknown): string {
  if (!Array.isArray(value)) return value === undefined ? "" : keywordsText(value);
  let bits = 0n;
  for (const each of value) {
    const bit = KEYWORDS[String(each).toLowerCase()];
    if (bit === undefined) continue;
    bits |= bit;
    if (bit === KEYWORDS["audit failure"] || bit === KEYWORDS["audit success"]) bits |= 1n << 63n;
  }
  return bits === 0n ? "" : `0x${bits.toString(16)}`;
}
