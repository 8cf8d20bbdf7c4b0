import { maskSecrets } from "../../kernel/mask.js";
import { parseTime, rfc3339 } from "../../kernel/time.js";
import type { Evidence } from "../../model/finding.js";

/** `[time, source_id, source_line, computer, event id, channel]`, as {@link eventLineSql} makes it. */
export type EventLine = [string, string, number | string, string, number | string, string];

/** SQL: where a row of a view of Windows events stands; a tuple without names, so that the engine writes it as a list. */
export const eventLineSql =
  "tuple(toString(time), toString(source_id), source_line, toString(device_hostname), metadata_event_code, toString(metadata_log_name))";

/** SQL: order of rows that does not depend on how the engine reads them. */
export const eventOrderSql = "(time, source_id, source_line)";

const LONGEST_SUMMARY = 300;

/** Evidence of one Windows event; secrets in command lines are masked. */
export function eventEvidence(line: EventLine, what: string): Evidence {
  const [time, source_id, source_line, host, eventId, channel] = line;
  const summary = maskSecrets(`${host} ${channel} ${eventId}: ${what}`);
  return {
    table: "windows_event",
    source_id,
    line: Number(source_line),
    time: rfc3339(parseTime(time)),
    summary: summary.length > LONGEST_SUMMARY ? `${summary.slice(0, LONGEST_SUMMARY)}…` : summary,
  };
}
