import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { COMMAND_SQL, classify, REGISTRY_SQL } from "./classify.js";
import type { Machine } from "./machine.js";
import { evidenceOf, PLACE, type Place } from "./record.js";
import type { Sign } from "./sign.js";

interface Row extends Place {
  realm: string;
  data: Record<string, string>;
}

/** Events that can say that something was done to logs; what they say is decided in `classify.ts`. */
const EVENTS = `SELECT address_realm AS realm, ${PLACE}, data FROM windows_event
WHERE (channel = 'Security' AND event_id IN (1102, 4719))
  OR (channel = 'System' AND ((event_id = 104 AND provider = 'Microsoft-Windows-Eventlog')
    OR (provider = 'Service Control Manager' AND event_id IN (7031, 7034, 7036, 7040)
      AND (data['param1'] IN ('Windows Event Log', 'EventLog') OR data['param4'] = 'EventLog' OR startsWith(upper(data['Binary']), '4500760065006E0074004C006F0067002F')))))
  OR (((channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 1) OR (channel = 'Security' AND event_id = 4688))
    AND (match(data['CommandLine'], {command:String}) OR (endsWith(data['ParentCommandLine'], '-s EventLog') AND position(data['CommandLine'], 'WerFault') > 0)))
  OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13) AND match(data['TargetObject'], {registry:String}))
  OR (channel = 'Security' AND event_id = 4657 AND match(concat(data['ObjectName'], '\\\\', data['ObjectValueName']), {registry:String}))
ORDER BY realm, host, time, source_id, line`;

/** A start of the service within this many minutes of a boot is that of the machine. */
const BOOT_MINUTES = 15;

/** What events say was done to the logs. */
export async function signsOfEvents(
  context: DetectContext,
  machineOf: (realm: string, host: string) => Machine,
): Promise<{ signs: Sign[]; looked: number }> {
  const signs: Sign[] = [];
  let looked = 0;
  for await (const row of context.stream<Row>(EVENTS, { command: COMMAND_SQL, registry: REGISTRY_SQL })) {
    looked++;
    const said = classify({ channel: row.channel, event_id: row.event_id, data: row.data });
    if (said === undefined) continue;
    const at = parseTime(row.time);
    const { realm, host } = row;
    const started = said.kind === "stopped" && row.event_id === 7036;
    if (started && machineOf(realm, host).bootedWithin(at, BOOT_MINUTES)) continue;
    const account = accountOf(row.data);
    signs.push({
      ...said,
      realm,
      host,
      first: at,
      last: at,
      accounts: account === "" ? [] : [account],
      evidence: [evidenceOf(row, account === "" ? said.what : `${said.what}, by ${account}`)],
    });
  }
  return { signs, looked };
}

function accountOf({ User, SubjectUserName, SubjectDomainName }: Row["data"]): string {
  if (User !== undefined && User !== "") return User;
  if (SubjectUserName === undefined || SubjectUserName === "" || SubjectUserName === "-") return "";
  return SubjectDomainName ? `${SubjectDomainName}\\${SubjectUserName}` : SubjectUserName;
}
