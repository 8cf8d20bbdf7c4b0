import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerKey, ownerSql } from "../shared/host-owners.js";
import { type Signature, signatureSql } from "../shared/module-signature.js";
import { fileNameSql, folderSql, likeFolderSql, trustedPlaceSql } from "../shared/windows-path.js";

/** Loads of one library by one program from like folders, on all hosts of one organisation in an address realm. */
export interface Load {
  realm: string;
  /** Whose hosts; '' where nobody knows. */
  owner: string;
  /** Paths as the first of these events has them. */
  program: string;
  module: string;
  signature: Signature;
  /** Name on the certificate; '' where there is none. */
  signer: string;
  originalName: string;
  hashes: string[];
  loads: number;
  hosts: number;
  /** At most {@link HOSTS_KEPT}, in order. */
  hostNames: string[];
  /** Of some of the processes. */
  processes: string[];
  sameFolder: boolean;
  first: EventLine;
  last: EventLine;
}

const HOSTS_KEPT = 50;
const PROCESSES_KEPT = 12;
const HASHES_KEPT = 3;

/** Sysmon writes '-' (or '?') for what it does not know. */
export const knownTextSql = (column: string): string =>
  `if(match(${column}, '^[^A-Za-z0-9]*$'), '', ${column})`;

/**
 * Loads that may be worth a question, grouped: all but validly signed libraries in places where only administrators write. Of those, the ones with a name
 * from the catalogue by another signer than Microsoft are kept. Native images of .NET are made on the host itself and are never signed.
 */
export async function suspectLoads(
  context: DetectContext,
  owners: SqlParameters,
  names: readonly string[],
  most: number,
): Promise<Load[]> {
  const rows = await context.query<Row>(
    `SELECT realm, owner, argMin(program, ${eventOrderSql}) AS program, argMin(module, ${eventOrderSql}) AS module, signature, signer,
       argMin(original, ${eventOrderSql}) AS original, ${firstValuesSql(HASHES_KEPT, "hash")} AS hashes, count() AS loads, uniqCombined(12)(device_hostname) AS hosts,
       ${firstValuesSql(HOSTS_KEPT, "toString(device_hostname)")} AS host_names,
       ${firstValuesSql(PROCESSES_KEPT, "process", "process != ''")} AS processes, max(same) AS same_folder,
       argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (
       WITH lower(process_file_path) AS p, lower(module_file_path) AS m
       SELECT address_realm AS realm, ${ownerSql} AS owner, time, source_id, source_line, device_hostname, process_file_path AS program, module_file_path AS module, p, m,
         ${folderSql("p")} AS program_folder, ${folderSql("m")} AS module_folder, program_folder = module_folder AS same,
         ${signatureSql} AS signature, ${knownTextSql("module_signature")} AS signer,
         ${knownTextSql("module_file_original_name")} AS original, module_file_hashes AS hash, process_uid AS process, ${eventLineSql} AS line
       FROM module_activity
       WHERE metadata_event_code = 7 AND p != m AND p != '' AND m != ''
         AND position(m, '\\\\assembly\\\\nativeimages_') = 0 AND NOT endsWith(m, '.exe')
         AND NOT (module_signed = 'true' AND lower(module_signature_status) IN ('valid', '') AND ${trustedPlaceSql("m")}
           AND (startsWith(module_signature, 'Microsoft') OR ${fileNameSql("m")} NOT IN {names:Array(String)}))
     )
     GROUP BY realm, owner, ${likeFolderSql("program_folder")}, ${fileNameSql("p")}, ${likeFolderSql("module_folder")}, ${fileNameSql("m")}, signature, signer
     ORDER BY signature = 'valid', hosts, realm, owner, program, module
     LIMIT {most:UInt32}`,
    { ...owners, names: [...names], most },
  );
  return rows.map(({ original, host_names, same_folder, ...row }) => ({
    ...row,
    originalName: original,
    loads: Number(row.loads),
    hosts: Number(row.hosts),
    hostNames: host_names,
    sameFolder: Number(same_folder) === 1,
  }));
}

interface Row extends Omit<Load, "originalName" | "hostNames" | "sameFolder"> {
  original: string;
  host_names: string[];
  same_folder: number;
}

/** Names of Windows' own libraries, lower case, as hosts of this case load them from where they belong. */
export async function windowsLibraries(context: DetectContext): Promise<string[]> {
  const rows = await context.query<{ name: string }>(
    `WITH lower(module_file_path) AS m
     SELECT DISTINCT ${fileNameSql("m")} AS name FROM module_activity
     WHERE metadata_event_code = 7 AND module_signed = 'true' AND startsWith(module_signature, 'Microsoft Windows')
       AND (${folderSql("substring(m, 2)")} IN (':\\\\windows\\\\system32', ':\\\\windows\\\\syswow64') OR startsWith(substring(m, 2), ':\\\\windows\\\\winsxs\\\\'))
       AND endsWith(m, '.dll')
     LIMIT 20000`,
  );
  return rows.map(({ name }) => name);
}

/** How many loads there are, on how many hosts of each owner in each realm, by {@link ownerKey}. */
export async function loadCounts(
  context: DetectContext,
  owners: SqlParameters,
): Promise<{ loads: number; hosts: ReadonlyMap<string, number> }> {
  const rows = await context.query<{ realm: string; owner: string; loads: number; hosts: number }>(
    `SELECT address_realm AS realm, ${ownerSql} AS owner, count() AS loads, uniqCombined(17)(device_hostname) AS hosts
     FROM module_activity WHERE metadata_event_code = 7 GROUP BY realm, owner`,
    owners,
  );
  return {
    loads: rows.reduce((sum, row) => sum + Number(row.loads), 0),
    hosts: new Map(rows.map((row) => [ownerKey(row), Number(row.hosts)])),
  };
}
