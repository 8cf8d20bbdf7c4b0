import { ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, DOMAIN_SQL, HOST_SQL, OF_PEOPLE_SQL } from "../shared/logons.js";
import { LINE_SQL, remoteAddress, stepsSql } from "./step.js";

/** SQL: a host as a command or an event names it, in the form of {@link hostName}; '' for the host itself. */
const named = (text: string): string =>
  `if(lower(${text}) IN ('localhost', '127.0.0.1', '::1', '.', '-'), '', if(match(${text}, '^[0-9.]+$'), ${text}, lower(splitByChar('.', ${text})[1])))`;

/** Credentials that somebody gave on this host for another one (4648): who, whose, and for which. Services of the system that log people on there do so as well; they are no change. */
export const CREDENTIALS =
  stepsSql(`SELECT address_realm AS realm, ${ownerSql} AS owner, ${HOST_SQL} AS source, ${named("dst_endpoint_hostname")} AS target,
    ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain, if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label,
    if(endsWith(actor_user_name, '$') OR actor_user_name IN ('', '-'), '', concat(actor_user_domain, '\\\\', actor_user_name)) AS actor,
    'credentials' AS means, process_file_path AS detail, time, source_id, source_line, ${LINE_SQL} AS line
  FROM authentication WHERE metadata_event_code = 4648 AND ${OF_PEOPLE_SQL}`);

const HOST = "([A-Za-z0-9_.-]+)";
/** Programs of Windows, and PsExec, told to act on another host. */
const COMMANDS: readonly (readonly [means: string, program: string, argument: string])[] = [
  ["task", "schtasks", `[/-]s(?:ystem)? +"?${HOST}`],
  [
    "service",
    '\\\\bsc(?:[.]exe)?"? +[\\\\\\\\]{2}',
    `\\\\bsc(?:[.]exe)?"? +[\\\\\\\\]{2}${HOST} +(?:create|config|start)`,
  ],
  ["wmi", "wmic|invoke-wmimethod|invoke-cimmethod", `(?:/node: *"?|-computername +["']?)${HOST}`],
  [
    "winrm",
    "winrs|invoke-command|enter-pssession|new-pssession|\\\\bicm ",
    `(?:[-/]r(?:emote)?: *"?(?:https?://)?|-(?:computername|cn) +["']?)${HOST}`,
  ],
  ["remote_shell", "psexec|paexec|remcom", `[\\\\\\\\]{2}${HOST}`],
  [
    "copy",
    "copy|move",
    `[\\\\\\\\]{2}${HOST}[\\\\\\\\](?:admin|[a-z])[$][\\\\\\\\][^"']*[.](?:exe|dll|sys|bat|cmd|ps1|vbs)`,
  ],
  ["registry", '\\\\breg(?:[.]exe)?"? +(?:add|save|export)', `[\\\\\\\\]{2}${HOST}[\\\\\\\\]hk`],
  ["share", '\\\\bnet1?(?:[.]exe)?"? +use', `[\\\\\\\\]{2}${HOST}[\\\\\\\\](?:admin|[a-z]|ipc)[$]`],
  ["desktop", "mstsc", `/v: *"?${HOST}`],
];
const MEANS = `multiIf(${COMMANDS.map(([means, program, argument]) => `match(text, '(?i)${program}') AND match(text, '(?i)${quoted(argument)}'), '${means}'`).join(", ")}, '')`;
const NAMED = `multiIf(${COMMANDS.map(([means, , argument]) => `means = '${means}', extract(text, '(?i)${quoted(argument)}')`).join(", ")}, '')`;

function quoted(pattern: string): string {
  return pattern.replaceAll("'", "\\'");
}

/** Command lines that name another host to act on. */
export const COMMAND_LINES =
  stepsSql(`SELECT address_realm AS realm, ${ownerSql} AS owner, ${HOST_SQL} AS source, ${named(NAMED)} AS target,
    if(is_person, lower(splitByChar('\\\\', user_name)[-1]), '') AS name, if(is_person AND position(user_name, '\\\\') > 0, lower(splitByChar('.', splitByChar('\\\\', user_name)[1])[1]), '') AS domain,
    if(is_person, user_name, '') AS label, '' AS actor, means, text AS detail, time, source_id, source_line, ${LINE_SQL} AS line
  FROM (SELECT *, substring(process_cmd_line, 1, 4096) AS text, ${MEANS} AS means, match(user_name, '^[^ \\\\\\\\]+[\\\\\\\\][^$]+$') AS is_person
    FROM process_activity WHERE activity = 'Launch' AND metadata_event_code IN (1, 4688) AND position(process_cmd_line, ' ') > 0) WHERE means != ''`);

/** Sessions of remote desktop as its own services tell (LocalSessionManager 21, 24, 25; RemoteConnectionManager 1149), for hosts whose security log is missing. */
export const DESKTOPS =
  stepsSql(`SELECT address_realm AS realm, ${ownerSql} AS owner, ${remoteAddress("said_address")} AS source, ${HOST_SQL} AS target,
    lower(splitByChar('\\\\', said_user)[-1]) AS name, if(position(said_user, '\\\\') > 0, lower(splitByChar('.', splitByChar('\\\\', said_user)[1])[1]), '') AS domain, said_user AS label, '' AS actor,
    'desktop' AS means, 'remote desktop' AS detail, time, source_id, source_line, ${LINE_SQL} AS line
  FROM (SELECT address_realm, computer AS device_hostname, time, source_id, source_line, event_id AS metadata_event_code, channel AS metadata_log_name,
      if(event_id = 1149, if(data['Param2'] = '', data['Param1'], concat(data['Param2'], '\\\\', data['Param1'])), data['User']) AS said_user,
      if(event_id = 1149, data['Param3'], data['Address']) AS said_address
    FROM windows_event WHERE (channel = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational' AND event_id IN (21, 25))
      OR (channel = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational' AND event_id = 1149))
  WHERE source != '' AND said_user != ''`);
