import { INSIDE_SCOPES, sqlInScope } from "../scope-sql.js";

/**
 * Records that show a host's name and its address together, summed up in `host_identity` in the same batch. What each of them is worth, and what
 * follows from them over time, is decided in `src/intel/hosts`.
 */

/** No address of one machine. */
const NOBODYS = sqlInScope("address", ["unspecified", "loopback", "link-local", "multicast", "reserved"]);

/** `\\HOST`, `HOST$`, `HOST$@REALM`, `host.example.` as names of hosts. */
const plainName = (name: string) =>
  `trim(TRAILING '.' FROM lower(replaceRegexpOne(${name}, '^\\\\\\\\+|\\\\$(@.*)?$', '')))`;

/** What stands where a program has no name to give. */
const NO_NAME = "('localhost', 'workstation', 'unknown', 'null')";
// How long it may be is asked apart: `{0,253}` of a class of Unicode makes an automaton that takes longer to build than a batch takes to read.
const IS_NAME = `lengthUTF8(host) <= 254 AND match(host, '^[\\\\p{L}\\\\p{N}_][\\\\p{L}\\\\p{N}._-]*$') AND NOT match(host, '^[0-9.]+$') AND host NOT IN ${NO_NAME}`;

const IS_MACHINE = "match(data['TargetUserName'], '\\\\$(@.*)?$')";
const IS_CONNECTION = "channel = 'Microsoft-Windows-Sysmon/Operational'";
const IS_LOGON = "event_id IN (4624, 4625)";
const IS_SESSION = "event_id IN (4778, 4779)";

/**
 * - `connection`: Sysmon 3, where the host says which address of its own it used. Of a datagram that it did not send first Sysmon may have the ends the other way round (the answers of
 *   a name server have the server as source), so these tell nothing;
 * - `machine-account`: Security 4624, 4768 and 4769, where the account of a machine shows itself from an address;
 * - `logon`: 4624 and 4625 over the network with NTLM, which carries the name of the machine that logs on. With other types of logon the event
 *   has the name of the machine logged on *to*. Failures count only from inside: whoever guesses passwords from outside sends any name;
 * - `session`: 4778 and 4779, where a remote desktop says what its client is called.
 *
 * 4776 names a workstation but no address, so nothing follows from it.
 */
const WINDOWS = `SELECT address_realm, time,
    multiIf(${IS_CONNECTION}, 'connection', ${IS_SESSION}, 'session', ${IS_MACHINE}, 'machine-account', 'logon') AS kind,
    multiIf(${IS_CONNECTION}, computer, ${IS_SESSION}, data['ClientName'], ${IS_MACHINE}, data['TargetUserName'], data['WorkstationName']) AS name,
    multiIf(${IS_CONNECTION}, multiIf(lower(data['Initiated']) = 'true', data['SourceIp'], lower(data['Protocol']) = 'udp', '', data['DestinationIp']), ${IS_SESSION}, data['ClientAddress'], data['IpAddress']) AS said,
    event_id = 4625 AS failed
  FROM windows_event
  WHERE batch_id = {batch_id:String} AND ((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 3)
    OR (channel = 'Security' AND event_id IN (4624, 4625, 4768, 4769, 4778, 4779)
      AND multiIf(${IS_SESSION}, 1, ${IS_LOGON}, data['LogonType'] = '3' AND (${IS_MACHINE} OR startsWith(upper(data['AuthenticationPackageName']), 'NTLM') OR startsWith(data['LmPackageName'], 'NTLM')),
        ${IS_MACHINE} AND lower(data['Status']) IN ('', '0x0'))))`;

/** The name with a domain, where the client gives one. A name without letters or digits is none. */
const DHCP = `SELECT address_realm, time, 'dhcp' AS kind, if(position(client_fqdn, '.') > 0, client_fqdn, if(client_hostname = '', client_fqdn, client_hostname)) AS name,
    toString(assigned_ip) AS said, 0 AS failed
  FROM dhcp_activity
  WHERE batch_id = {batch_id:String}`;

const SOURCES: ReadonlyMap<string, string> = new Map([
  ["windows_event", WINDOWS],
  ["dhcp_activity", DHCP],
]);

/** Sums up what the records of a batch in this table say of hosts; undefined where they say nothing. */
export function identityStatement(table: string): string | undefined {
  const source = SOURCES.get(table);
  return (
    source &&
    `INSERT INTO host_identity
SELECT {batch_id:String}, address_realm, toDate(time) AS day, kind, host, assumeNotNull(read) AS address, min(time), max(time), count()
FROM (SELECT *, ${plainName("name")} AS host, toIPv6OrNull(said) AS read FROM (${source}))
WHERE isNotNull(read) AND ${IS_NAME} AND NOT ${NOBODYS} AND (NOT failed OR ${sqlInScope("address", INSIDE_SCOPES)})
GROUP BY address_realm, day, kind, host, address`
  );
}
