import { MINUTE } from "../../kernel/time.js";
import { LINE_OF_WIRE, stepsSql } from "./step.js";

/** Between what an event log and a sensor on the network say of one act: clocks differ, and a logon comes before what is done in it. */
export const SAME_ACT = 10 * MINUTE;

/** Between a ticket and the connection that it was asked for, seconds; tickets are kept, so that later connections ask for none. */
const ASKED_BEFORE = 30;

const IP = (column: string): string => `replaceOne(toString(${column}), '::ffff:', '')`;
const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(", ");

const SYSTEM_SHARE = "match(lower(share), '[\\\\\\\\](admin|[a-z])[$]$')";
const PROGRAM = "match(lower(file_name), '[.](exe|dll|sys|scr|com|bat|cmd|ps1|vbs|js|hta|msi|cpl|lnk)$')";

/**
 * Calls that read lists of accounts, groups, sessions and shares. Not: what every logon and every look-up of a name does (domains of a server, trusted domains, names and
 * identifiers of single accounts).
 */
const LISTINGS = [
  ...["SamrEnumerateUsersInDomain", "SamrEnumerateGroupsInDomain", "SamrEnumerateAliasesInDomain"],
  ...["SamrGetMembersInGroup", "SamrGetMembersInAlias", "SamrGetAliasMembership"],
  ...["SamrQueryDisplayInformation", "SamrQueryDisplayInformation2", "SamrQueryDisplayInformation3"],
  ...["LsarEnumerateAccounts", "LsarEnumerateAccountRights", "LsarEnumerateAccountsWithUserRight"],
  ...["NetrSessionEnum", "NetrShareEnum", "NetrConnectionEnum", "NetrFileEnum", "NetrWkstaUserEnum"],
];
/** So many different ones within an hour from one host to another are a burst. */
const BURST = 3;
const BURSTS = `SELECT address_realm, src_endpoint_ip, dst_endpoint_ip, toStartOfHour(time) FROM remote_access_activity
  WHERE protocol = 'dce_rpc' AND operation IN (${words(LISTINGS)}) GROUP BY 1, 2, 3, 4 HAVING uniqExact(operation) >= ${BURST}`;

/** Who gives tickets is a domain controller. */
export const GIVES_TICKETS = "protocol = 'kerberos' AND operation IN ('AS', 'TGS') AND status = 'Success'";
const TICKET_GIVERS = `SELECT address_realm, dst_endpoint_ip FROM remote_access_activity WHERE ${GIVES_TICKETS}`;

/** Of calls, only those that change something or make something run: monitoring, inventory and scanners read. */
const MEANS = `multiIf(
  protocol = 'smb' AND NOT (${SYSTEM_SHARE}), '',
  protocol = 'smb' AND operation = 'mapping', 'share',
  protocol = 'smb', if(${PROGRAM} AND (operation IN ('FILE_WRITE', 'FILE_RENAME') OR (operation = 'FILE_OPEN' AND file_size = 0)), 'copy', ''),
  protocol = 'rdp', 'desktop',
  endpoint = 'svcctl', multiIf(match(operation, '^R?(CreateService|CreateWowService|ChangeServiceConfig)'), 'service', match(operation, '^R?StartService'), 'service_pipe', ''),
  endpoint = 'ITaskSchedulerService', multiIf(operation = 'SchRpcRegisterTask', 'task', operation = 'SchRpcRun', 'task_pipe', ''),
  endpoint = 'atsvc', if(match(operation, 'JobAdd$'), 'task', ''),
  endpoint = 'IWbemServices', if(match(operation, '^(ExecMethod|PutInstance)'), 'wmi', ''),
  endpoint = 'winreg', if(match(operation, '(CreateKey|SetValue|SaveKey|RestoreKey|ReplaceKey|LoadKey|DeleteKey|DeleteValue)'), 'registry', ''),
  endpoint = 'drsuapi', if(operation = 'DRSGetNCChanges' AND (address_realm, src_endpoint_ip) NOT IN (${TICKET_GIVERS}), 'replication', ''),
  operation IN (${words(LISTINGS)}) AND (address_realm, src_endpoint_ip, dst_endpoint_ip, toStartOfHour(time)) IN (${BURSTS}), 'listing',
  '')`;

/** Remote desktops are reached from the internet as well, by whoever tries: only those from inside are steps. */
const PRIVATE = `(${["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map((range) => `isIPAddressInRange(${IP("src_endpoint_ip")}, '${range}')`).join(" OR ")})`;

const ACTS = `SELECT address_realm, connection_uid, src_endpoint_ip, dst_endpoint_ip, time, source_id, source_line, protocol, ${MEANS} AS means,
    multiIf(protocol = 'smb', concat(share, if(file_name = '', '', concat('\\\\', file_name))), protocol = 'rdp', 'remote desktop', concat(endpoint, ': ', operation)) AS detail,
    if(protocol = 'rdp' AND length(user_name) < 9, user_name, '') AS cookie
  FROM remote_access_activity
  WHERE protocol IN ('smb', 'dce_rpc', 'rdp') AND src_endpoint_ip != dst_endpoint_ip AND means != '' AND (protocol != 'rdp' OR ${PRIVATE})`;

const PERSON = "user_name NOT IN ('', '-') AND NOT endsWith(user_name, '$') AND position(user_name, '/') = 0";
/** Tickets of people for the services of a host that remote work goes through. */
const tickets = (services: string, sources: string): string =>
  `SELECT address_realm, src_endpoint_ip, time AS asked, user_name, user_domain FROM remote_access_activity
   WHERE protocol = 'kerberos' AND operation = 'TGS' AND status = 'Success' AND match(lower(service_name), '^(${services})/') AND ${PERSON}
     AND (address_realm, src_endpoint_ip) IN (${sources})`;

const columns = (
  from: string,
): string => `SELECT realm, '' AS owner, source, target, lower(splitByChar('@', said)[1]) AS name, lower(splitByChar('.', domain_said)[1]) AS domain,
    if(domain_said = '', said, concat(domain_said, '\\\\', said)) AS label, '' AS actor, means, detail, time, source_id, source_line, ${LINE_OF_WIRE} AS line
  FROM (${from})`;

/**
 * What one host does on another as the network shows it. The account is that of the NTLM logon in the same connection, else of the latest ticket that the same host asked
 * for shortly before. Computers' own accounts work on each other all the time and are left out, but for the replication of a domain, which only its controllers do.
 */
export const ON_THE_WIRE = stepsSql(
  columns(`SELECT acts.address_realm AS realm, ${IP("acts.src_endpoint_ip")} AS source, ${IP("acts.dst_endpoint_ip")} AS target, acts.means AS means, acts.detail AS detail,
      acts.time AS time, acts.source_id AS source_id, acts.source_line AS source_line, 'remote_access_activity' AS table_name,
      acts.time - asked <= ${ASKED_BEFORE} AND acts.time >= asked AS is_asked,
      multiIf(acts.cookie != '', acts.cookie, acts.of_connection != '', acts.of_connection, is_asked, tickets.user_name, '') AS said,
      multiIf(acts.cookie != '', '', acts.of_connection != '', acts.domain_of_connection, is_asked, tickets.user_domain, '') AS domain_said
    FROM (SELECT acts.*, logons.logon_name AS of_connection, logons.logon_domain AS domain_of_connection, logons.failed AS failed
      FROM (${ACTS}) AS acts
      LEFT JOIN (SELECT address_realm, connection_uid, argMax(user_name, (time, source_id, source_line)) AS logon_name, argMax(user_domain, (time, source_id, source_line)) AS logon_domain,
          countIf(status != 'Failure') = 0 AS failed
        FROM remote_access_activity WHERE protocol = 'ntlm' AND connection_uid != '' AND user_name NOT IN ('', '-')
          AND (address_realm, connection_uid) IN (SELECT address_realm, connection_uid FROM (${ACTS}))
        GROUP BY address_realm, connection_uid) AS logons ON acts.address_realm = logons.address_realm AND acts.connection_uid = logons.connection_uid) AS acts
    ASOF LEFT JOIN (${tickets("cifs|host|rpcss|rpc|ldap", `SELECT address_realm, src_endpoint_ip FROM (${ACTS})`)}) AS tickets
      ON acts.address_realm = tickets.address_realm AND acts.src_endpoint_ip = tickets.src_endpoint_ip AND acts.time >= tickets.asked
    WHERE NOT acts.failed AND (means = 'replication' OR NOT endsWith(said, '$'))`),
);

const WINRM_PORTS = "(5985, 5986)";

/** WinRM is encrypted: a connection to its port that is answered, right after a person's ticket for a service of its kind. Event forwarding, which goes the same way, asks as the computer. */
export const WINRM = stepsSql(
  columns(`SELECT flows.address_realm AS realm, ${IP("flows.src_endpoint_ip")} AS source, ${IP("flows.dst_endpoint_ip")} AS target, 'winrm' AS means,
      concat('port ', toString(flows.dst_endpoint_port), ', after a ticket for ', tickets.service_name) AS detail, flows.time AS time, flows.source_id AS source_id,
      flows.source_line AS source_line, 'network_activity' AS table_name, tickets.user_name AS said, tickets.user_domain AS domain_said
    FROM (SELECT address_realm, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, time, source_id, source_line FROM network_activity
      WHERE dst_endpoint_port IN ${WINRM_PORTS} AND answered AND traffic_bytes_in > 0 AND src_endpoint_ip != dst_endpoint_ip
        AND (address_realm, src_endpoint_ip) IN (SELECT address_realm, src_endpoint_ip FROM remote_access_activity WHERE protocol = 'kerberos')) AS flows
    ASOF INNER JOIN (SELECT address_realm, src_endpoint_ip, time AS asked, user_name, user_domain, service_name FROM remote_access_activity
      WHERE protocol = 'kerberos' AND operation = 'TGS' AND status = 'Success' AND match(lower(service_name), '^(http|wsman)/') AND ${PERSON}) AS tickets
      ON flows.address_realm = tickets.address_realm AND flows.src_endpoint_ip = tickets.src_endpoint_ip AND flows.time >= tickets.asked
    WHERE flows.time - tickets.asked <= ${ASKED_BEFORE}`),
);
