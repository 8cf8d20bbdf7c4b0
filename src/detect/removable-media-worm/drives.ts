import { chunks } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";

/** Hosts of one query, which reads all events of plug-ins there are. */
const CHUNK = 20_000;
const MOST_PLUGS = 200_000;
/** They are bound to each statement. */
const MOST_LETTERS = 200_000;
/** Programs of a drive that stand where installed ones do: fewer can be a folder that somebody named so. */
const INSTALLED = 3;

/** A host's letter that is known to be of its own disk or of the network, `realm, host, letter`; in lower case. */
const KNOWN_LETTERS = `SELECT concat(realm, '\\n', host, '\\n', letter) AS key FROM (
    SELECT toString(address_realm) AS realm, lower(toString(device_hostname)) AS host, lower(left(process_file_path, 1)) AS letter, uniqCombined(12)(lower(process_file_path)) AS weight
    FROM process_activity
    WHERE activity = 'Launch' AND match(lower(process_file_path), '^[abd-z]:\\\\\\\\(windows\\\\\\\\system32|program files|program files \\\\(x86\\\\)|users\\\\\\\\[^\\\\\\\\]+\\\\\\\\appdata)\\\\\\\\')
    GROUP BY realm, host, letter HAVING weight >= ${INSTALLED}
  UNION ALL
    SELECT toString(address_realm) AS realm, lower(toString(device_hostname)) AS host, lower(extract(registry_path, '\\\\\\\\Network\\\\\\\\([A-Za-z])\\\\\\\\')) AS letter, 1 AS weight
    FROM registry_activity WHERE match(registry_path, '(?i)^(HKU\\\\\\\\|HKCU\\\\\\\\|\\\\\\\\REGISTRY\\\\\\\\USER\\\\\\\\)([^\\\\\\\\]+\\\\\\\\)?Network\\\\\\\\[A-Z]\\\\\\\\')
    GROUP BY realm, host, letter
  UNION ALL
    SELECT toString(address_realm) AS realm, lower(toString(device_hostname)) AS host,
      lower(extract(process_cmd_line, '(?i)(?:net1?(?:\\\\.exe)?["\\\\s]+use|subst(?:\\\\.exe)?)["\\\\s]+([A-Z]):')) AS letter, 1 AS weight
    FROM process_activity
    WHERE activity = 'Launch' AND match(process_cmd_line, '(?i)(net1?(\\\\.exe)?["\\\\s]+use|subst(\\\\.exe)?)["\\\\s]+[A-Z]:')
    GROUP BY realm, host, letter)
  WHERE letter != '' GROUP BY key ORDER BY key LIMIT ${MOST_LETTERS}`;

/** Parameter of {@link strangeDriveSql}. */
export async function knownLetters(context: DetectContext): Promise<SqlParameters> {
  const rows = await context.query<{ key: string }>(KNOWN_LETTERS);
  return { known_letters: rows.map(({ key }) => key) };
}

/**
 * SQL over rows with `address_realm` and `device_hostname`: this path (lower case; SQL of ours) is on a drive that is neither the host's own nor the
 * network's, as far as events tell. Windows gives C: to no drive that is plugged in.
 */
export const strangeDriveSql = (path: string): string =>
  `(match(${path}, '^[abd-z]:\\\\\\\\') AND concat(toString(address_realm), '\\n', lower(toString(device_hostname)), '\\n', left(${path}, 1)) NOT IN {known_letters:Array(String)})`;

/** Storage that was plugged into a host within five minutes. */
export interface Plug {
  /** Milliseconds UTC. */
  time: number;
  /** `e`; '' where the event does not say. */
  letter: string;
  line: EventLine;
}

const any = (texts: string): string =>
  `arrayExists(each -> multiSearchAnyCaseInsensitive(each, [${texts}]), mapValues(data))`;
const STORAGE = any("'usbstor', 'wpdbusenum'");

/**
 * Events of storage that is plugged in. Disks on USB name `USBSTOR` in their instance, and Windows makes a portable device (`WPDBUSENUM`) of the volumes of
 * removable ones; bus type 7 is USB (https://learn.microsoft.com/windows/win32/api/winioctl/ne-winioctl-storage_bus_type), a capacity of 0 means pulled out.
 */
const PLUGS = `(channel = 'Security' AND event_id = 6416 AND ${STORAGE})
  OR (channel = 'Microsoft-Windows-Partition/Diagnostic' AND event_id = 1006 AND data['BusType'] = '7' AND data['Capacity'] NOT IN ('', '0'))
  OR (channel = 'Microsoft-Windows-DriverFrameworks-UserMode/Operational' AND event_id IN (1003, 2003, 2100) AND ${STORAGE})
  OR (channel IN ('Microsoft-Windows-Kernel-PnP/Configuration', 'Microsoft-Windows-Kernel-PnP/Device Management') AND event_id IN (400, 410, 1010) AND ${STORAGE})
  OR (channel = 'System' AND event_id IN (20001, 20003) AND ${STORAGE})
  OR (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (12, 13) AND data['EventType'] NOT IN ('DeleteKey', 'DeleteValue')
    AND match(data['TargetObject'], '(?i)\\\\\\\\(Enum\\\\\\\\USBSTOR|Windows Portable Devices\\\\\\\\Devices\\\\\\\\[^\\\\\\\\]*USBSTOR[^\\\\\\\\]*)\\\\\\\\|\\\\\\\\MountedDevices\\\\\\\\.*DosDevices\\\\\\\\[A-Z]:'))`;

/** The name of a portable device is the letter of its drive, where the volume has no label; the letter of a mounted volume is in the name of its value. */
const LETTER = `lower(multiIf(event_id = 6416, extract(data['DeviceDescription'], '^([A-Za-z]):'),
  event_id = 13 AND match(data['TargetObject'], '(?i)\\\\\\\\FriendlyName$'), extract(data['Details'], '^([A-Za-z]):'),
  event_id = 13, extract(data['TargetObject'], '(?i)DosDevices\\\\\\\\([A-Z]):'), ''))`;

const SELECT_PLUGS = `SELECT address_realm, computer AS device_hostname, time, source_id, source_line, event_id AS metadata_event_code, channel AS metadata_log_name, ${LETTER} AS letter
  FROM windows_event WHERE channel IN ('Security', 'System', 'Microsoft-Windows-Sysmon/Operational', 'Microsoft-Windows-Partition/Diagnostic',
    'Microsoft-Windows-DriverFrameworks-UserMode/Operational', 'Microsoft-Windows-Kernel-PnP/Configuration', 'Microsoft-Windows-Kernel-PnP/Device Management')
    AND event_id IN (12, 13, 400, 410, 1003, 1006, 1010, 2003, 2100, 6416, 20001, 20003) AND (${PLUGS})`;

export const hostKey = (realm: string, host: string): string => JSON.stringify([realm, host]);

/** Storage that was plugged into these hosts, by {@link hostKey}, in order of time. */
export async function plugsOf(
  context: DetectContext,
  hosts: readonly string[],
): Promise<Map<string, Plug[]>> {
  const found = new Map<string, Plug[]>();
  for (const some of chunks(hosts, CHUNK)) {
    const rows = await context.query<{
      realm: string;
      host: string;
      at: number | string;
      letter: string;
      line: EventLine;
    }>(
      `SELECT toString(address_realm) AS realm, toString(device_hostname) AS host, toUnixTimestamp64Milli(toDateTime64(min(e.time), 3, 'UTC')) AS at, letter,
         argMin(${eventLineSql}, ${eventOrderSql}) AS line
       FROM (${SELECT_PLUGS}) AS e WHERE device_hostname IN {hosts:Array(String)}
       GROUP BY realm, host, letter, toStartOfFiveMinutes(e.time) ORDER BY realm, host, at, letter LIMIT ${MOST_PLUGS}`,
      { hosts: some },
    );
    for (const { realm, host, at, letter, line } of rows) {
      const key = hostKey(realm, host);
      const list = found.get(key) ?? [];
      list.push({ time: Number(at), letter, line });
      found.set(key, list);
    }
  }
  return found;
}

/** Events of plug-ins in all. */
export async function plugCount(context: DetectContext): Promise<number> {
  const [row] = await context.query<{ plugs: number | string }>(
    `SELECT count() AS plugs FROM (${SELECT_PLUGS})`,
  );
  return Number(row?.plugs ?? 0);
}
