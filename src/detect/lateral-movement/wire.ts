import { MINUTE } from "../../kernel/time.js";
import { LINE_OF_WIRE, stepsSql } from "./step.js";

/** Between what an event log and a sensor on the network say of one act: clocks differ, and a logon comes before what is done in it. */
export const SAME_ACT = 10 * MINUTE;

/** Between a ticket and the connection that it was asked for, seconds; tickets are kept, so that later connections ask for none. */
const ASKED_BEFORE = 30;

const IP = (column: string): string => `replaceOne(toString(${column}), '::ffff:', '')`;
const words = (list: readonly string[]): string => list.map((word) => `'${word}'`).join(", ");

/*
 * Names of interfaces and calls are Zeek's own: https://github.com/zeek/zeek/blob/master/scripts/base/protocols/dce-rpc/consts.zeek (uuid_endpoint_map, operations). They are
 * not always those of Microsoft's specifications: `CreateServiceW` is RCreateServiceW there, and `CreateServiceWOW64W` RCreateWowService.
 */

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

/** Of the server of such a record: who gives tickets, or serves the directory's replication interface, is a domain controller. */
export const OF_CONTROLLER =
  "((protocol = 'kerberos' AND operation IN ('AS', 'TGS') AND status = 'Success') OR (protocol = 'dce_rpc' AND endpoint = 'drsuapi'))";
const CONTROLLERS = `SELECT address_realm, dst_endpoint_ip FROM remote_access_activity WHERE ${OF_CONTROLLER}`;

/**
 * A program that is put there. Zeek logs files that are opened, renamed or deleted, and not writing unless told to (SMB::logged_file_actions,
 * https://github.com/zeek/zeek/blob/master/scripts/base/protocols/smb/main.zeek): one that is opened with no content is new.
 */
const PUTS_PROGRAM = `${PROGRAM} AND (operation IN ('FILE_WRITE', 'FILE_RENAME') OR (operation = 'FILE_OPEN' AND file_size = 0))`;

/**
 * Of calls, only those that change something or make something run: monitoring, inventory and scanners read. That a service's configuration is changed, or a method of WMI
 * called, is less than it sounds: the first is a start type as well as a program, and inventories read the registry by the second (StdRegProv).
 */
const MEANS = `multiIf(
  protocol = 'smb' AND NOT (${SYSTEM_SHARE}), '',
  protocol = 'smb' AND operation = 'mapping', 'share',
  protocol = 'smb', if(${PUTS_PROGRAM}, 'copy', ''),
  protocol = 'rdp', 'desktop',
  endpoint = 'svcctl', multiIf(startsWith(operation, 'CreateService'), 'service', match(operation, '^(StartService|ChangeServiceConfig)'), 'service_pipe', ''),
  endpoint = 'ITaskSchedulerService', multiIf(operation = 'SchRpcRegisterTask', 'task', operation = 'SchRpcRun', 'task_pipe', ''),
  endpoint = 'atsvc', if(operation = 'NetrJobAdd', 'task', ''),
  endpoint = 'IWbemServices', if(match(operation, '^(ExecMethod|PutInstance)(Async)?$'), 'wmi_call', ''),
  endpoint = 'winreg', if(match(operation, '^BaseReg(SetValue|SaveKey|RestoreKey|ReplaceKey|LoadKey|DeleteKey|DeleteValue)(Ex)?$'), 'registry', ''),
  endpoint = 'drsuapi', if(operation = 'DRSGetNCChanges' AND (address_realm, src_endpoint_ip) NOT IN (${CONTROLLERS}), 'replication', ''),
  operation IN (${words(LISTINGS)}) AND (address_realm, src_endpoint_ip, dst_endpoint_ip, toStartOfHour(time)) IN (${BURSTS}), 'listing',
  '')`;

/** Remote desktops are reached from the internet as well, by whoever tries: only those from inside are steps. */
const PRIVATE = `(${["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].map((range) => `isIPAddressInRange(${IP("src_endpoint_ip")}, '${range}')`).join(" OR ")})`;

/** A client of remote desktop says at most so many characters of the account's name, with the domain's before it if it was typed: what is shorter is whole. */
const COOKIE = 9;

const ACTS = `SELECT address_realm, connection_uid, src_endpoint_ip, dst_endpoint_ip, time, source_id, source_line, protocol, ${MEANS} AS means,
    multiIf(protocol = 'smb', concat(share, if(file_name = '', '', concat('\\\\', file_name))), protocol = 'rdp', 'remote desktop', concat(endpoint, ': ', operation)) AS detail,
    if(protocol = 'rdp' AND length(user_name) < ${COOKIE}, splitByChar('\\\\', user_name)[-1], '') AS cookie
  FROM remote_access_activity
  WHERE protocol IN ('smb', 'dce_rpc', 'rdp') AND src_endpoint_ip != dst_endpoint_ip AND means != '' AND (protocol != 'rdp' OR ${PRIVATE})`;

const OF_COMPUTER = "endsWith(user_name, '$')";
const OF_PERSON = `user_name NOT IN ('', '-') AND NOT ${OF_COMPUTER} AND position(user_name, '/') = 0`;
/** Tickets for services of a host that remote work goes through; one for each host and moment. */
const tickets = (services: string, whose: string, sources: string): string =>
  `SELECT address_realm, src_endpoint_ip, time AS asked, min((user_name, user_domain, service_name)) AS ticket FROM remote_access_activity
   WHERE protocol = 'kerberos' AND operation = 'TGS' AND status = 'Success' AND match(lower(service_name), '^(${services})/') AND ${whose}
     AND (address_realm, src_endpoint_ip) IN (${sources}) GROUP BY address_realm, src_endpoint_ip, asked`;

const columns = (
  from: string,
): string => `SELECT realm, '' AS owner, source, target, lower(splitByChar('@', said)[1]) AS name, lower(splitByChar('.', domain_said)[1]) AS domain,
    if(domain_said = '', said, concat(domain_said, '\\\\', said)) AS label, '' AS actor, means, detail, time, source_id, source_line, ${LINE_OF_WIRE} AS line
  FROM (${from})`;

const SOURCES_OF_ACTS = `SELECT address_realm, src_endpoint_ip FROM (${ACTS})`;
const asofTickets = (kind: "JOIN" | "LEFT JOIN", name: string, rows: string, acts: string): string =>
  `ASOF ${kind} (${rows}) AS ${name} ON ${acts}.address_realm = ${name}.address_realm AND ${acts}.src_endpoint_ip = ${name}.src_endpoint_ip AND ${acts}.time >= ${name}.asked`;

/** Who logged on in which connection by NTLM, and whether all of it failed. */
const LOGONS = `SELECT address_realm, connection_uid, argMax((user_name, user_domain), (time, source_id, source_line)) AS logon, countIf(status != 'Failure') = 0 AS failed
  FROM remote_access_activity WHERE protocol = 'ntlm' AND connection_uid != '' AND user_name NOT IN ('', '-')
    AND (address_realm, connection_uid) IN (SELECT address_realm, connection_uid FROM (${ACTS}))
  GROUP BY address_realm, connection_uid`;

/**
 * What one host does on another as the network shows it. The account is that of the NTLM logon in the same connection, else of the latest ticket that the same host asked
 * for shortly before: a person's, else the computer's own. Computers' own accounts work on each other all the time (policies, deployment) and are left out, but for the
 * replication of a domain, which only its controllers do.
 */
export const ON_THE_WIRE = stepsSql(
  columns(`SELECT acts.address_realm AS realm, ${IP("acts.src_endpoint_ip")} AS source, ${IP("acts.dst_endpoint_ip")} AS target, acts.means AS means, acts.detail AS detail,
      acts.time AS time, acts.source_id AS source_id, acts.source_line AS source_line, 'remote_access_activity' AS table_name,
      multiIf(acts.cookie != '', (acts.cookie, ''), acts.logon.1 != '', acts.logon,
        acts.time - acts.person_asked <= ${ASKED_BEFORE}, (acts.person.1, acts.person.2), acts.time - computers.asked <= ${ASKED_BEFORE}, (computers.ticket.1, computers.ticket.2), ('', '')) AS account,
      account.1 AS said, account.2 AS domain_said
    FROM (SELECT acts.*, people.ticket AS person, people.asked AS person_asked
      FROM (SELECT acts.*, logons.logon AS logon, logons.failed AS failed
        FROM (${ACTS}) AS acts LEFT JOIN (${LOGONS}) AS logons ON acts.address_realm = logons.address_realm AND acts.connection_uid = logons.connection_uid) AS acts
      ${asofTickets("LEFT JOIN", "people", tickets("cifs|host|rpcss|rpc|ldap", OF_PERSON, SOURCES_OF_ACTS), "acts")}) AS acts
    ${asofTickets("LEFT JOIN", "computers", tickets("cifs|host|rpcss|rpc", OF_COMPUTER, SOURCES_OF_ACTS), "acts")}
    WHERE NOT acts.failed AND (means = 'replication' OR NOT endsWith(said, '$'))`),
);

const KERBEROS_CLIENTS =
  "SELECT address_realm, src_endpoint_ip FROM remote_access_activity WHERE protocol = 'kerberos'";
const OF_WINRM =
  "dst_endpoint_port IN (5985, 5986) AND answered AND traffic_bytes_in > 0 AND src_endpoint_ip != dst_endpoint_ip";
/** A host that more than so many reach by WinRM collects their events; who administers goes from few to many. */
const MOST_MASTERS = 8;
const COLLECTORS = `SELECT address_realm, dst_endpoint_ip FROM network_activity WHERE ${OF_WINRM} GROUP BY address_realm, dst_endpoint_ip HAVING uniqCombined(12)(src_endpoint_ip) > ${MOST_MASTERS}`;

/**
 * WinRM is encrypted: a connection to its port that is answered, right after a person's ticket for a service of its kind. Event forwarding, which goes the same way, asks as
 * the computer; but browsers ask for tickets of that kind as well, so that a person's may stand before it by chance.
 */
export const WINRM = stepsSql(
  columns(`SELECT flows.address_realm AS realm, ${IP("flows.src_endpoint_ip")} AS source, ${IP("flows.dst_endpoint_ip")} AS target, 'winrm' AS means,
      concat('port ', toString(flows.dst_endpoint_port), ', after a ticket for ', people.ticket.3) AS detail, flows.time AS time, flows.source_id AS source_id,
      flows.source_line AS source_line, 'network_activity' AS table_name, people.ticket.1 AS said, people.ticket.2 AS domain_said
    FROM (SELECT address_realm, src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, time, source_id, source_line FROM network_activity
      WHERE ${OF_WINRM} AND (address_realm, src_endpoint_ip) IN (${KERBEROS_CLIENTS}) AND (address_realm, dst_endpoint_ip) NOT IN (${COLLECTORS})) AS flows
    ${asofTickets("JOIN", "people", tickets("http|wsman", OF_PERSON, KERBEROS_CLIENTS), "flows")}
    WHERE flows.time - people.asked <= ${ASKED_BEFORE}`),
);
