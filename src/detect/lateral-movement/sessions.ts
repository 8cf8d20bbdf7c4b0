import { ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, DOMAIN_SQL, HOST_SQL, OF_PEOPLE_SQL } from "../shared/logons.js";
import { LINE_SQL, remoteAddress, stepsSql } from "./step.js";

/** Identifiers of sessions as Windows and Sysmon write them, `0x3e7` or `0x00000000000003e7`, in one form. */
const session = (text: string): string => `replaceRegexpOne(lower(${text}), '^0x0*', '')`;
/** Sessions of the system and its services, which every host has. */
const OF_SYSTEM = "('', '-', '3e7', '3e4', '3e5', '3e3')";

const image = (path: string): string => `lower(splitByChar('\\\\', ${path})[-1])`;

/** What can only be the other end of a remote session, whatever else the logs have. */
const REMOTE_PARENTS = "^(wsmprovhost|winrshost|psexesvc|paexec|remcomsvc|csexecsvc|winexesvc)[.]exe$";
/** Output to the host's own administrative share, where a client elsewhere reads it: Impacket's wmiexec, dcomexec and smbexec. */
const OUTPUT_TO_SHARE = "> ?[\\\\\\\\]{2}(127[.]0[.]0[.]1|localhost)[\\\\\\\\](admin|[a-z])[$]";

const MEANS_OF_PROCESS = `multiIf(parent = 'wmiprvse.exe', 'wmi', 'wsmprovhost.exe' IN (parent, program) OR 'winrshost.exe' IN (parent, program), 'winrm',
  parent = 'mmc.exe' AND position(parent_line, '-embedding') > 0, 'dcom', position(line_text, '-embedding') > 0, 'dcom', match(parent, '${REMOTE_PARENTS}'), 'remote_shell', 'process')`;

const IS_REMOTE_BY_ITSELF = `(match(parent, '${REMOTE_PARENTS}') OR match(program, '^(wsmprovhost|winrshost)[.]exe$') OR (parent IN ('wmiprvse.exe', 'mmc.exe', 'explorer.exe') AND match(line_text, '${OUTPUT_TO_SHARE}'))
  OR (parent = 'mmc.exe' AND position(parent_line, '-embedding') > 0))`;

/** Programs that were started (Sysmon 1, Security 4688), services and tasks that were made (Security 4697, 4698, 4702), with the session in which it was done. */
const ACTS = `SELECT address_realm, device_hostname, ${HOST_SQL} AS host, time, source_id, source_line, metadata_event_code, metadata_log_name, act_session, act_user,
    if(is_process, ${MEANS_OF_PROCESS}, if(metadata_event_code = 4697, 'service', 'task')) AS means, is_process AND ${IS_REMOTE_BY_ITSELF} AS is_remote, detail
  FROM (SELECT address_realm, computer AS device_hostname, time, source_id, source_line, event_id AS metadata_event_code, channel AS metadata_log_name, event_id IN (1, 4688) AS is_process,
      ${session("multiIf(event_id = 1, data['LogonId'], event_id = 4688 AND data['TargetLogonId'] NOT IN ('', '-', '0x0'), data['TargetLogonId'], data['SubjectLogonId'])")} AS act_session,
      multiIf(event_id = 1, data['User'], event_id = 4688 AND data['TargetUserName'] NOT IN ('', '-'), concat(data['TargetDomainName'], '\\\\', data['TargetUserName']), concat(data['SubjectDomainName'], '\\\\', data['SubjectUserName'])) AS act_user,
      ${image("if(event_id = 1, data['Image'], data['NewProcessName'])")} AS program, ${image("if(event_id = 1, data['ParentImage'], data['ParentProcessName'])")} AS parent,
      lower(data['CommandLine']) AS line_text, lower(data['ParentCommandLine']) AS parent_line,
      multiIf(event_id = 4697, concat(data['ServiceName'], ': ', data['ServiceFileName']), event_id IN (4698, 4702), data['TaskName'], data['CommandLine'] != '', data['CommandLine'], data['NewProcessName']) AS detail
    FROM windows_event
    WHERE (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id IN (4688, 4697, 4698, 4702)))
  WHERE act_session NOT IN ${OF_SYSTEM} OR is_remote`;

/** Sessions that began over the network from another host, of people. */
const networkSessions = (
  among: string,
): string => `SELECT address_realm, host, time AS began, session_id, user_name, user_domain, user_sid, source
  FROM (SELECT address_realm, computer AS device_hostname, ${HOST_SQL} AS host, time, ${session("data['TargetLogonId']")} AS session_id, data['TargetUserName'] AS user_name,
      data['TargetDomainName'] AS user_domain, data['TargetUserSid'] AS user_sid, ${remoteAddress("data['IpAddress']")} AS address,
      if(address = '' AND data['IpAddress'] IN ('', '-') AND match(data['WorkstationName'], '^[A-Za-z0-9]'), lower(splitByChar('.', data['WorkstationName'])[1]), address) AS source
    FROM windows_event WHERE channel = 'Security' AND event_id = 4624 AND data['LogonType'] = '3' AND ${among})
  WHERE source != '' AND source != host AND ${OF_PEOPLE_SQL}`;

/** The session's account, else the process's where it is a person's (the accounts of the system have a translated name, and a domain with a blank or none). */
const ROW = `address_realm AS realm, ${ownerSql} AS owner, host AS target, source, ${ACCOUNT_SQL} AS name, ${DOMAIN_SQL} AS domain, if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label, '' AS actor,
   means, detail, time, source_id, source_line, ${LINE_SQL} AS line`;

/**
 * What was done on a host in a session that began over the network: programs, services, tasks. The session is the latest with that identifier before the act: identifiers
 * begin anew with each start of the host. Where no logon is known (there is only a log of Sysmon's), what can only be remote is taken, from an unknown host.
 */
export const IN_SESSIONS = stepsSql(`SELECT ${ROW}
  FROM (SELECT acts.address_realm AS address_realm, acts.host AS host, acts.means AS means, acts.detail AS detail, acts.time AS time, acts.source_id AS source_id,
      acts.source_line AS source_line, acts.device_hostname AS device_hostname, acts.metadata_event_code AS metadata_event_code, acts.metadata_log_name AS metadata_log_name, logons.source AS source,
      multiIf(logons.user_name != '', logons.user_name, acts.is_remote AND match(act_user, '^[^ \\\\\\\\]+[\\\\\\\\][^$]+$'), splitByChar('\\\\', act_user)[2], '') AS user_name,
      multiIf(logons.user_name != '', logons.user_domain, user_name != '', splitByChar('\\\\', act_user)[1], '') AS user_domain, acts.is_remote AS is_remote
    FROM (${ACTS}) AS acts
    ASOF LEFT JOIN (${networkSessions(`(address_realm, computer, ${session("data['TargetLogonId']")}) IN (SELECT address_realm, device_hostname, act_session FROM (${ACTS}))`)}) AS logons
      ON acts.address_realm = logons.address_realm AND acts.host = logons.host AND acts.act_session = logons.session_id AND acts.time >= logons.began)
  WHERE source != '' OR is_remote`);

/** Between the logon of whoever asks the service control manager of another host and what its log says. */
const ASKED_WITHIN = 300;

/**
 * Services that a person had made (System 7045, whose event names the asking account by identifier) while a session of that account from another host had just begun:
 * for hosts that do not audit 4697.
 */
export const SERVICES = stepsSql(`SELECT ${ROW}
  FROM (SELECT made.address_realm AS address_realm, made.host AS host, 'service' AS means, made.detail AS detail, made.time AS time, made.source_id AS source_id,
      made.source_line AS source_line, made.device_hostname AS device_hostname, made.metadata_event_code AS metadata_event_code, made.metadata_log_name AS metadata_log_name,
      logons.source AS source, logons.user_name AS user_name, logons.user_domain AS user_domain, logons.began AS began
    FROM (SELECT address_realm, computer AS device_hostname, ${HOST_SQL} AS host, time, source_id, source_line, event_id AS metadata_event_code, channel AS metadata_log_name, user_sid AS asked_by,
        concat(data['ServiceName'], ': ', data['ImagePath']) AS detail
      FROM windows_event WHERE channel = 'System' AND event_id = 7045 AND startsWith(user_sid, 'S-1-5-21-')) AS made
    ASOF INNER JOIN (${networkSessions(
      "(address_realm, computer, data['TargetUserSid']) IN (SELECT address_realm, computer, user_sid FROM windows_event WHERE channel = 'System' AND event_id = 7045)",
    )}) AS logons ON made.address_realm = logons.address_realm AND made.host = logons.host AND made.asked_by = logons.user_sid AND made.time >= logons.began)
  WHERE time <= began + INTERVAL ${ASKED_WITHIN} SECOND`);
