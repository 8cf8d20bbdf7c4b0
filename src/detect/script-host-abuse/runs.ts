import { chunks } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { commandShapeSql, programNameSql } from "../shared/process-name.js";

/** Like command lines of one script host under one parent, on all hosts of one owner in a realm. */
export interface Runs {
  realm: string;
  owner: string;
  /** File name, and the name in the version information; both without `.exe`. */
  name: string;
  original: string;
  path: string;
  command: string;
  parentPath: string;
  /** Process identifiers of Sysmon, of at most {@link UIDS_KEPT}. */
  uids: string[];
  times: number;
  hosts: number;
  days: number;
  hostNames: string[];
  accounts: string[];
  first: EventLine;
  last: EventLine;
}

const UIDS_KEPT = 20;
const NAME = programNameSql("process_file_path");
const ORIGINAL = programNameSql("process_file_original_name");

/** The rarest first. */
export async function runs(
  context: DetectContext,
  owners: SqlParameters,
  programs: readonly string[],
  most: number,
): Promise<Runs[]> {
  const rows = await context.query<
    Omit<Runs, "parentPath" | "hostNames"> & { parent_path: string; host_names: string[] }
  >(
    `SELECT realm, owner, name, original, argMin(path, ${eventOrderSql}) AS path, argMin(command, ${eventOrderSql}) AS command, argMin(parent_path, ${eventOrderSql}) AS parent_path,
       groupArraySortedIf(${UIDS_KEPT})(uid, uid != '') AS uids, count() AS times, uniqCombined(12)(host) AS hosts, uniqCombined(12)(toDate(time)) AS days,
       ${firstValuesSql(50, "host")} AS host_names, ${firstValuesSql(20, "account", "account NOT IN ('', '-')")} AS accounts,
       argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (SELECT *, ${ownerSql} AS owner FROM (
       SELECT address_realm, toString(address_realm) AS realm, device_hostname, toString(device_hostname) AS host, time, source_id, source_line, ${eventLineSql} AS line, ${NAME} AS name, ${ORIGINAL} AS original,
         process_file_path AS path, substring(process_cmd_line, 1, 32767) AS command, parent_process_file_path AS parent_path, process_uid AS uid, user_name AS account,
         cityHash64(${programNameSql("parent_process_file_path")}, replaceRegexpAll(${commandShapeSql("process_cmd_line")}, '[a-z0-9+/=]{40,}', '#')) AS shape
       FROM process_activity WHERE activity = 'Launch' AND process_cmd_line != '' AND (name IN {programs:Array(String)} OR original IN {programs:Array(String)})))
     GROUP BY realm, owner, name, original, shape ORDER BY hosts, days, realm, owner, name, original, shape LIMIT {most:UInt32}`,
    { ...owners, programs: [...programs], most },
  );
  return rows.map(({ parent_path, host_names, ...row }) => ({
    ...row,
    parentPath: parent_path,
    hostNames: host_names,
    times: Number(row.times),
    hosts: Number(row.hosts),
    days: Number(row.days),
  }));
}

/** What a process did next (Sysmon 3, 11), by its identifier. */
export interface Deeds {
  connections: string[];
  files: string[];
}

const CHUNK = 1_000;
const OUTBOUND =
  "event_id = 3 AND NOT match(data['DestinationIp'], '^(10[.]|127[.]|169[.]254[.]|192[.]168[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|0|f[cde]|$)')";
const WROTE_PROGRAM =
  "event_id = 11 AND match(lower(data['TargetFilename']), '[.](exe|dll|scr|ps1|vbs|vbe|js|jse|hta|bat|cmd|sct|wsf|lnk|cpl|ocx)$') AND NOT match(lower(data['TargetFilename']), '__psscriptpolicytest|[.]ni[.]dll$')";

/** Connections out of the private ranges, and programs and scripts that were written. */
export async function deedsOf(context: DetectContext, uids: readonly string[]): Promise<Map<string, Deeds>> {
  const found = new Map<string, Deeds>();
  for (const some of chunks([...new Set(uids)], CHUNK)) {
    const rows = await context.query<{ uid: string; connections: string[]; files: string[] }>(
      `SELECT data['ProcessGuid'] AS uid,
         ${firstValuesSql(5, "data['DestinationIp']", OUTBOUND)} AS connections,
         ${firstValuesSql(5, "data['TargetFilename']", WROTE_PROGRAM)} AS files
       FROM windows_event WHERE channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id IN (3, 11) AND data['ProcessGuid'] IN {uids:Array(String)}
       GROUP BY uid`,
      { uids: some },
    );
    for (const { uid, connections, files } of rows) found.set(uid, { connections, files });
  }
  return found;
}
