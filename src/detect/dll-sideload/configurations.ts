import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { fileNameSql, folderSql, likeFolderSql, trustedPlaceSql } from "../shared/windows-path.js";
import type { Load } from "./loads.js";

interface Row {
  realm: string;
  owner: string;
  program: string;
  module: string;
  made: number;
  hosts: number;
  host_names: string[];
  first: EventLine;
  last: EventLine;
}

const MOST = 10_000;

/**
 * Configuration files of .NET programs written where users can write: `<program>.exe.config` may name an AppDomainManager, a library that the program
 * then loads first (ATT&CK T1574.014). What stands in it no event says. They are judged as a library of that name would be.
 */
export async function configurations(context: DetectContext, owners: SqlParameters): Promise<Load[]> {
  const rows = await context.query<Row>(
    `WITH lower(file_path) AS f
     SELECT address_realm AS realm, ${ownerSql} AS owner, argMin(substring(file_path, 1, length(file_path) - length('.config')), ${eventOrderSql}) AS program,
       argMin(file_path, ${eventOrderSql}) AS module, count() AS made, uniqCombined(12)(device_hostname) AS hosts,
       ${firstValuesSql(50, "toString(device_hostname)")} AS host_names,
       argMin(${eventLineSql}, ${eventOrderSql}) AS first, argMax(${eventLineSql}, ${eventOrderSql}) AS last
     FROM host_file_activity
     WHERE activity = 'Create' AND endsWith(f, '.exe.config') AND NOT ${trustedPlaceSql("f")}
       AND NOT match(lower(process_file_path), '\\\\\\\\(msiexec|dfsvc|tiworker|trustedinstaller)\\\\.exe$')
     GROUP BY realm, owner, ${likeFolderSql(folderSql("f"))}, ${fileNameSql("f")}
     ORDER BY hosts, realm, owner, program LIMIT ${MOST}`,
    owners,
  );
  return rows.map(({ made, hosts, host_names, ...row }) => ({
    ...row,
    signature: "unknown",
    signer: "",
    originalName: "",
    hashes: [],
    loads: Number(made),
    hosts: Number(hosts),
    hostNames: host_names,
    processes: [],
    sameFolder: true,
  }));
}

/** Processes of these programs (lower case), by program: a configuration matters when its program was run. */
export async function processesOf(
  context: DetectContext,
  hosts: readonly string[],
  programs: readonly string[],
): Promise<Map<string, string[]>> {
  if (programs.length === 0) return new Map();
  const rows = await context.query<{ program: string; processes: string[] }>(
    `SELECT lower(process_file_path) AS program, arrayDistinct(groupArraySorted(12)(process_uid)) AS processes FROM process_activity
     WHERE metadata_event_code = 1 AND device_hostname IN {hosts:Array(String)} AND program IN {programs:Array(String)} GROUP BY program`,
    { hosts: [...hosts].slice(0, 5_000), programs: [...programs].slice(0, 5_000) },
  );
  return new Map(rows.map(({ program, processes }) => [program, processes]));
}
