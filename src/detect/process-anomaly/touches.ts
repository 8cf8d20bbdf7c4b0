import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";

export type Touch = "memory" | "thread" | "image";

/** Processes that touched others alike, on all hosts of one owner in a realm. */
export interface Touched {
  kind: Touch;
  realm: string;
  owner: string;
  /** Paths as the first event has them. */
  source: string;
  target: string;
  /** The source's path (lower case) without names of users and numbers. */
  likeSource: string;
  /** Rights that were granted (`0x1010`), or module and function at which the thread starts. */
  means: string;
  /** Code outside all modules asked for it, or the thread starts there. */
  isUnbacked: boolean;
  times: number;
  hosts: number;
  hostNames: string[];
  accounts: string[];
  first: EventLine;
  last: EventLine;
}

const HOSTS_KEPT = 50;

/** PROCESS_VM_READ (0x10): without it nobody reads memory. https://learn.microsoft.com/en-us/windows/win32/procthread/process-security-and-access-rights */
const READS =
  "bitAnd(reinterpretAsUInt64(reverse(unhex(leftPad(substring(granted_access, 3), 16, '0')))), 16) = 16";

const columns = (
  kind: Touch,
  source: string,
  target: string,
  means: string,
  unbacked: string,
  user: string,
) =>
  `'${kind}' AS kind, address_realm, toString(address_realm) AS realm, device_hostname, toString(device_hostname) AS host, time, source_id, source_line, ${eventLineSql} AS line,
   ${source} AS source, ${target} AS target, ${means} AS means, toUInt8(${unbacked}) AS unbacked, ${user} AS account`;

const MEMORY = `SELECT ${columns("memory", "process_file_path", "target_process_file_path", "lower(granted_access)", "position(call_trace, 'UNKNOWN') > 0", "user_name")}
  FROM process_activity WHERE activity = 'Open' AND endsWith(lower(target_process_file_path), '\\\\lsass.exe') AND match(granted_access, '^0x[0-9a-fA-F]{1,16}$') AND ${READS}`;

const SYSMON = `(SELECT *, computer AS device_hostname, event_id AS metadata_event_code, channel AS metadata_log_name FROM windows_event
  WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (8, 25))`;
const MODULE = "data['StartModule']";
/** csrss starts the thread that handles Ctrl+C in programs of the console. */
const THREADS = `SELECT ${columns("thread", "data['SourceImage']", "data['TargetImage']", `trim(concat(${MODULE}, ' ', data['StartFunction']))`, `${MODULE} IN ('', '-')`, "data['SourceUser']")}
  FROM ${SYSMON} WHERE metadata_event_code = 8 AND NOT endsWith(lower(data['SourceImage']), '\\\\system32\\\\csrss.exe') AND data['SourceProcessId'] != data['TargetProcessId']`;
const IMAGES = `SELECT ${columns("image", "data['Image']", "data['Image']", "data['Type']", "0", "data['User']")} FROM ${SYSMON} WHERE metadata_event_code = 25`;

/** Those on fewest hosts first. */
export async function touches(
  context: DetectContext,
  owners: SqlParameters,
  most: number,
): Promise<Touched[]> {
  const rows = await context.query<
    Omit<Touched, "isUnbacked" | "hostNames"> & { unbacked: number; host_names: string[] }
  >(
    `SELECT kind, realm, owner, like_source AS likeSource, argMin(source, ${eventOrderSql}) AS source, argMin(target, ${eventOrderSql}) AS target, argMin(means, ${eventOrderSql}) AS means,
       max(unbacked) AS unbacked, count() AS times, uniqCombined(12)(host) AS hosts, ${firstValuesSql(HOSTS_KEPT, "host")} AS host_names,
       ${firstValuesSql(20, "account", "account != ''")} AS accounts, argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (SELECT *, ${ownerSql} AS owner, replaceRegexpAll(lower(source), ':\\\\\\\\users\\\\\\\\[^\\\\\\\\]+|[0-9]+', '#') AS like_source, lower(target) AS like_target
       FROM (${[MEMORY, THREADS, IMAGES].join("\nUNION ALL\n")}))
     GROUP BY kind, realm, owner, like_source, like_target ORDER BY hosts, kind, realm, owner, like_source, like_target LIMIT {most:UInt32}`,
    { ...owners, most },
  );
  return rows.map(({ unbacked, host_names, ...row }) => ({
    ...row,
    isUnbacked: Number(unbacked) === 1,
    hostNames: host_names,
    times: Number(row.times),
    hosts: Number(row.hosts),
  }));
}
