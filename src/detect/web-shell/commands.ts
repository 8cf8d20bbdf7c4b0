import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { JAVA_SERVER, OWN_CHILDREN, WEB_ACCOUNTS, WEB_SERVER_NAME, WEB_SERVERS } from "./web-server.js";

/** Starts of one command on one host by a web server, or by what a web server started. Times are milliseconds UTC. */
export interface Command {
  realm: string;
  owner: string;
  host: string;
  /** Path of the program that was started, and of what started it; '' where the event does not say. */
  program: string;
  parent: string;
  command: string;
  users: string[];
  starts: number;
  days: number;
  start: number;
  end: number;
  first: EventLine;
  last: EventLine;
}

const slashed = (path: string) => `replaceAll(lower(${path}), '/', '\\\\')`;
const nameSql = (path: string) =>
  `substring(${slashed(path)}, length(${path}) - position(reverse(${slashed(path)}), '\\\\') + 2)`;
const bare = (path: string) => `if(position(${slashed(path)}, '\\\\') = 0, lower(${path}), ${nameSql(path)})`;
/** What differs from one start to the next: numbers and identifiers. */
const LIKE = "replaceRegexpAll(lower(substring(command, 1, 2000)), '[0-9a-f]{8,}|[0-9]+', '#')";

/** Of Windows: the parent, the account of an application pool, or the folder that IIS' workers and all that they start stand in. */
const OF_WINDOWS = `SELECT address_realm, device_hostname, time, source_id, source_line, metadata_event_code AS code, ${eventLineSql} AS line,
    process_file_path AS program, parent_process_file_path AS parent, if(process_cmd_line = '', process_file_path, process_cmd_line) AS command, user_name AS user
  FROM process_activity
  WHERE activity = 'Launch' AND ${bare("process_file_path")} NOT IN {own:Array(String)} AND (${bare("parent_process_file_path")} IN {servers:Array(String)}
    OR match(${bare("parent_process_file_path")}, {server_name:String})
    OR (${bare("parent_process_file_path")} IN ('java.exe', 'javaw.exe', 'java') AND match(lower(parent_process_cmd_line), {java_server:String}))
    OR startsWith(lower(user_name), 'iis apppool\\\\')
    OR lower(trim(TRAILING '\\\\' FROM process_working_directory)) LIKE '_:\\\\\\\\windows\\\\\\\\system32\\\\\\\\inetsrv')`;

/** Of Linux, auditd names no parent: the account is the web server's, and no person has logged on. */
const OF_LINUX = `SELECT address_realm, computer AS device_hostname, time, source_id, source_line, event_id AS code,
    tuple(toString(time), toString(source_id), source_line, toString(computer), event_id, toString(channel)) AS line,
    context['exe'] AS program, '' AS parent, if(context['command_line'] = '', context['exe'], context['command_line']) AS command, if(context['UID'] = '', context['uid'], context['UID']) AS user
  FROM windows_event
  WHERE channel = 'auditd' AND event_id = 1309 AND user IN {accounts:Array(String)} AND ${bare("program")} NOT IN {own:Array(String)}`;

export async function commandsStarted(context: DetectContext, owners: SqlParameters): Promise<Command[]> {
  const rows = await context.query<Command>(
    `SELECT address_realm AS realm, owner, toString(device_hostname) AS host, argMin(program, ${eventOrderSql}) AS program,
       argMax(parent, (parent != '', ${eventOrderSql})) AS parent, argMin(command, ${eventOrderSql}) AS command,
       ${firstValuesSql(10, "toString(user)", "user != ''")} AS users,
       greatest(countIf(code = 1), countIf(code = 4688), countIf(code = 1309)) AS starts, uniqCombined(12)(toDate(time)) AS days,
       toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS start, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS end,
       argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (SELECT *, ${ownerSql} AS owner, ${bare("program")} AS like_program, ${LIKE} AS like_command FROM (${OF_WINDOWS} UNION ALL ${OF_LINUX}))
     GROUP BY realm, owner, host, like_program, like_command
     ORDER BY days, starts, realm, owner, host, command LIMIT {most:UInt32}`,
    {
      ...owners,
      servers: WEB_SERVERS,
      server_name: WEB_SERVER_NAME,
      java_server: JAVA_SERVER,
      own: OWN_CHILDREN,
      accounts: WEB_ACCOUNTS,
      most: context.parameter("max_groups"),
    },
  );
  return rows.map((row) => ({
    ...row,
    starts: Number(row.starts),
    days: Number(row.days),
    start: Number(row.start),
    end: Number(row.end),
  }));
}
