import { chunks, groupBy } from "../../kernel/group-by.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { folderSql } from "../shared/windows-path.js";

/** A file that was made on a host, from one creation event. */
export interface Drop {
  host: string;
  /** Lower case. */
  path: string;
  /** Milliseconds UTC. */
  time: number;
  by: string;
  line: EventLine;
}

const CHUNK = 2_000;
const MOST_DROPS = 100_000;

/** Files made in any of these folders (lower case) on any of these hosts, by `host|folder`. */
export async function dropsIn(
  context: DetectContext,
  hosts: readonly string[],
  folders: readonly string[],
): Promise<Map<string, Drop[]>> {
  const found: (Drop & { folder: string })[] = [];
  for (const someFolders of chunks([...new Set(folders)], CHUNK)) {
    for (const someHosts of chunks([...new Set(hosts)], CHUNK)) {
      const rows = await context.query<Omit<Drop, "time"> & { folder: string; made: number | string }>(
        `WITH lower(file_path) AS f
         SELECT toString(device_hostname) AS host, f AS path, ${folderSql("f")} AS folder,
           toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS made, argMin(process_file_path, ${eventOrderSql}) AS by,
           argMin(${eventLineSql}, ${eventOrderSql}) AS line
         FROM host_file_activity
         WHERE activity = 'Create' AND device_hostname IN {hosts:Array(String)} AND folder IN {folders:Array(String)}
         GROUP BY host, path, folder, toStartOfHour(host_file_activity.time)
         ORDER BY host, path, made LIMIT ${MOST_DROPS}`,
        { hosts: someHosts, folders: someFolders },
      );
      found.push(...rows.map(({ made, ...row }) => ({ ...row, time: Number(made) })));
    }
  }
  return groupBy(found, ({ host, folder }) => `${host}|${folder}`);
}

/** How a process was started, and what it did. */
export interface Conduct {
  user: string;
  originalName: string;
  company: string;
  commandLine: string;
  parent: string;
  started: EventLine | undefined;
  /** Outbound connections, children, autostart values, injections into others. */
  acts: { what: Act; count: number; example: string; line: EventLine }[];
}

export type Act = "connection" | "child" | "autostart" | "injection";

interface ActRow {
  process: string;
  what: Act;
  acts: number;
  example: string;
  line: EventLine;
}

interface StartRow extends Omit<Conduct, "started" | "acts"> {
  process: string;
  line: EventLine;
}

const AUTOSTART =
  "(\\\\\\\\currentversion\\\\\\\\(run|runonce)\\\\\\\\|\\\\\\\\winlogon\\\\\\\\(shell|userinit)|\\\\\\\\services\\\\\\\\[^\\\\\\\\]+\\\\\\\\(imagepath|servicedll))";

/** By the process' GUID. Hosts are bound, because the table is sorted by them. */
export async function conductOf(
  context: DetectContext,
  hosts: readonly string[],
  processes: readonly string[],
): Promise<Map<string, Conduct>> {
  const found = new Map<string, Conduct>();
  for (const someProcesses of chunks([...new Set(processes)], CHUNK)) {
    for (const someHosts of chunks([...new Set(hosts)], CHUNK)) {
      const bound = { hosts: someHosts, processes: someProcesses };
      const starts = await context.query<StartRow>(
        `SELECT process_uid AS process, argMin(user_name, ${eventOrderSql}) AS user, argMin(process_file_original_name, ${eventOrderSql}) AS originalName,
           argMin(process_file_company, ${eventOrderSql}) AS company, argMin(process_cmd_line, ${eventOrderSql}) AS commandLine, argMin(parent_process_file_path, ${eventOrderSql}) AS parent,
           argMin(${eventLineSql}, ${eventOrderSql}) AS line
         FROM process_activity WHERE metadata_event_code = 1 AND device_hostname IN {hosts:Array(String)}
           AND process_uid IN {processes:Array(String)} GROUP BY process`,
        bound,
      );
      for (const { process, line, ...row } of starts) found.set(process, { ...row, started: line, acts: [] });
      for (const { process, what, acts, example, line } of await context.query<ActRow>(ACTS, bound)) {
        const conduct = found.get(process) ?? { ...NOTHING, acts: [] };
        found.set(process, conduct);
        conduct.acts.push({ what, count: Number(acts), example, line });
      }
    }
  }
  return found;
}

const NOTHING = { user: "", originalName: "", company: "", commandLine: "", parent: "", started: undefined };

const one = (what: Act, process: string, example: string, from: string): string =>
  `SELECT ${process} AS process, '${what}' AS what, count() AS acts, argMin(${example}, ${eventOrderSql}) AS example, argMin(${eventLineSql}, ${eventOrderSql}) AS line
   FROM ${from} AND device_hostname IN {hosts:Array(String)} AND ${process} IN {processes:Array(String)} GROUP BY process`;

/** Connections have no view of their own among the classes of Windows events. */
const CONNECTIONS = `(SELECT time, source_id, source_line, computer AS device_hostname, event_id AS metadata_event_code, channel AS metadata_log_name,
    data['ProcessGuid'] AS uid, concat(data['DestinationIp'], ':', data['DestinationPort']) AS destination
  FROM windows_event WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 3 AND lower(data['Initiated']) = 'true'
    AND NOT match(data['DestinationIp'], '^(127\\\\.|::1$|0:0:0:0:0:0:0:1$)'))`;

const ACTS = [
  one("connection", "uid", "destination", `${CONNECTIONS} WHERE 1`),
  one("child", "parent_process_uid", "process_cmd_line", "process_activity WHERE metadata_event_code = 1"),
  one(
    "autostart",
    "process_uid",
    "registry_path",
    `registry_activity WHERE metadata_event_code = 13 AND match(lower(registry_path), '${AUTOSTART}')`,
  ),
  one(
    "injection",
    "process_uid",
    "target_process_file_path",
    "process_activity WHERE metadata_event_code = 8",
  ),
].join("\nUNION ALL\n");
