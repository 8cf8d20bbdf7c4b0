import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { type Classified, COMMAND_SQL, classify, REGISTRY_SQL } from "./classify.js";
import { classifyLinux, isPerson, LINUX_COMMAND_SQL, LINUX_FILE_SQL } from "./linux.js";
import type { Machine } from "./machine.js";
import { evidenceOf, PLACE, type Place } from "./record.js";
import type { SignBook } from "./sign.js";

interface Row extends Place {
  realm: string;
  data: Record<string, string>;
  context: Record<string, string>;
  serial: string;
}

const LINUX_CHANNELS = ["auditd", "Linux-Sysmon/Operational"];

/** Starts of a service, and of the machine, by ten minutes: a service that was stopped then was restarted, or went down with the machine. */
const AROUND = (events: string, columns: string, shifts: string) =>
  `SELECT ${columns}, arrayJoin(arrayMap(shift -> intDiv(toUnixTimestamp(time), 600) + shift, ${shifts})) FROM windows_event WHERE channel = 'auditd' AND event_id IN (${events})`;
const RESTARTED = AROUND("1130", "address_realm, computer, data['unit']", "[-1, 0]");
const BOOTED = AROUND("1127, 1128", "address_realm, computer", "[-1, 0, 1]");
/** Rules that are loaded anew are deleted first. */
const RELOADED = `${AROUND("1305", "address_realm, computer", "[-1, 0]")} AND match(data['op'], '^add[_ ]rule')`;
/** The column, not its text of the same name. */
const TEN_MINUTES = "intDiv(toUnixTimestamp(windows_event.time), 600)";

/** Events that can say that something was done to logs; what they say is decided in `classify.ts` and `linux.ts`. */
const EVENTS = `SELECT address_realm AS realm, ${PLACE}, data, context, system['EventRecordID'] AS serial FROM windows_event
WHERE (channel = 'Security' AND event_id IN (1102, 4719))
  OR (channel = 'System' AND ((event_id = 104 AND provider = 'Microsoft-Windows-Eventlog')
    OR (provider = 'Service Control Manager' AND event_id IN (7031, 7034, 7036, 7040)
      AND (data['param1'] IN ('Windows Event Log', 'EventLog') OR data['param4'] = 'EventLog' OR startsWith(upper(data['Binary']), '4500760065006E0074004C006F0067002F')))))
  OR (((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688))
    AND (match(data['CommandLine'], {command:String}) OR (endsWith(data['ParentCommandLine'], '-s EventLog') AND position(data['CommandLine'], 'WerFault') > 0)))
  OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13) AND match(data['TargetObject'], {registry:String}))
  OR (channel = 'Security' AND event_id = 4657 AND match(concat(data['ObjectName'], '\\\\', data['ObjectValueName']), {registry:String}))
  OR (channel = 'Linux-Sysmon/Operational' AND event_id = 1 AND match(data['CommandLine'], {linux_command:String}))
  OR (channel = 'auditd' AND ((event_id = 1309 AND match(context['command_line'], {linux_command:String}))
    OR (event_id = 1302 AND match(data['name'], {linux_file:String}))
    OR (event_id = 1305 AND (data['audit_enabled'] = '0' OR (match(data['op'], '^remove[_ ]rule')
      AND (address_realm, computer, ${TEN_MINUTES}) NOT IN (${RELOADED}))))
    OR (event_id = 1131 AND match(data['unit'], '^(auditd|rsyslogd?|syslog-ng|syslog|systemd-journald|auditbeat|filebeat|sysmon)$')
      AND (address_realm, computer, data['unit'], ${TEN_MINUTES}) NOT IN (${RESTARTED}) AND (address_realm, computer, ${TEN_MINUTES}) NOT IN (${BOOTED}))
    OR (event_id IN (1201, 1202) AND (address_realm, computer, ${TEN_MINUTES}) NOT IN (${BOOTED}))))
ORDER BY realm, host, time, source_id, line`;

/** Flags of the system calls that opened such files: they stand in another record of the same event. */
const FLAGS = `SELECT address_realm AS realm, toString(computer) AS host, system['EventRecordID'] AS serial, max(if(data['SYSCALL'] = 'open', data['a1'], data['a2'])) AS flags
FROM windows_event WHERE channel = 'auditd' AND event_id = 1300 AND data['SYSCALL'] IN ('open', 'openat')
  AND (address_realm, computer, system['EventRecordID']) IN (
    SELECT address_realm, computer, system['EventRecordID'] FROM windows_event WHERE channel = 'auditd' AND event_id = 1302 AND match(data['name'], {linux_file:String}))
GROUP BY realm, host, serial HAVING bitAnd(reinterpretAsUInt64(reverse(unhex(leftPad(flags, 16, '0')))), 512) != 0
ORDER BY realm, host, serial LIMIT 100000`;

/** A start of the service within this many minutes of a boot is that of the machine. */
const BOOT_MINUTES = 15;

/** What events say was done to the logs. @returns events that were looked at */
export async function signsOfEvents(
  context: DetectContext,
  machineOf: (realm: string, host: string) => Machine,
  book: SignBook,
): Promise<number> {
  const truncating = await context.query<{ realm: string; host: string; serial: string; flags: string }>(
    FLAGS,
    { linux_file: LINUX_FILE_SQL },
  );
  const flags = new Map(truncating.map((row) => [eventKey(row), Number.parseInt(row.flags, 16)]));
  let looked = 0;
  for await (const row of context.stream<Row>(EVENTS, {
    ...{ command: COMMAND_SQL, registry: REGISTRY_SQL },
    ...{ linux_command: LINUX_COMMAND_SQL, linux_file: LINUX_FILE_SQL },
  })) {
    looked++;
    const said = LINUX_CHANNELS.includes(row.channel)
      ? classifyLinux({ ...row, flags: flags.get(eventKey(row)) ?? 0 })
      : classify(row);
    if (said === undefined || isStart(said, row, machineOf)) continue;
    const at = parseTime(row.time);
    const account = accountOf(row);
    book.add({
      ...said,
      ...{ realm: row.realm, host: row.host, first: at, last: at },
      accounts: account === "" ? [] : [account],
      evidence: [evidenceOf(row, account === "" ? said.what : `${said.what}, by ${account}`)],
    });
  }
  return looked;
}

const eventKey = ({ realm, host, serial }: { realm: string; host: string; serial: string }): string =>
  JSON.stringify([realm, host, serial]);

/** Whether the service came up with the machine. */
function isStart(
  { kind }: Classified,
  { event_id, realm, host, time }: Row,
  machineOf: (realm: string, host: string) => Machine,
): boolean {
  return (
    kind === "stopped" &&
    event_id === 7036 &&
    machineOf(realm, host).bootedWithin(parseTime(time), BOOT_MINUTES)
  );
}

function accountOf({ data, context }: Row): string {
  const { User, SubjectUserName, SubjectDomainName } = data;
  if (User !== undefined && User !== "") return User;
  const auid = context.auid ?? data.auid ?? "";
  if (isPerson(auid)) return context.AUID || data.AUID || auid;
  if (SubjectUserName === undefined || SubjectUserName === "" || SubjectUserName === "-") return "";
  return SubjectDomainName ? `${SubjectDomainName}\\${SubjectUserName}` : SubjectUserName;
}
