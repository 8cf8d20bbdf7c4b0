import { chunks, groupBy, unique } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { signatureSql } from "../shared/module-signature.js";
import { fileNameSql, folderSql, trustedPlaceSql } from "../shared/windows-path.js";
import { strangeDriveSql } from "./drives.js";

/** Processes of one query, of some 40 bytes each. Many, because each query reads all acts there are: the events of one host lie in as many places as the case has batches. */
const CHUNK = 20_000;
const PROCESSES_KEPT = 12;
const NAMES_KEPT = 30;
/** Of one query, some hundred bytes each. */
const MOST_ACTS = 400_000;
/** Acts of one kind by one process. */
const MOST_OF_A_KIND = 200;
const LONGEST = 400;

/** Files that a worm brings, and the settings beside them. */
const CARRIED = "\\.(exe|com|scr|pif|dll|ocx|cpl|lnk|inf|ini|dat|vbs|vbe|js|jse|wsf|hta|bat|cmd|ps1)$";
const PROGRAM = "\\.(exe|com|scr|pif|dll|ocx|cpl)$";
const quoted = (pattern: string): string => pattern.replaceAll("\\", "\\\\");

interface Trace {
  realm: string;
  /** Whose host; '' where nobody knows. */
  owner: string;
  host: string;
  events: number;
  users: string[];
  /** GUIDs of some of the processes. */
  processes: string[];
  first: EventLine;
  last: EventLine;
}

/** A program that was started from a drive, or a file of a drive that was handed to a program of Windows. */
export interface Start extends Trace {
  /** On the drive, lower case. */
  path: string;
  /** The program of Windows that it was handed to, as the first event has it; '' where it was started itself. */
  interpreter: string;
  command: string;
  parent: string;
  hashes: string[];
  company: string;
}

/** Programs, links and settings that one program wrote into one folder of a drive. */
export interface Writing extends Trace {
  /** Lower case. */
  writer: string;
  folder: string;
  /** Of the files, lower case; some. */
  names: string[];
}

type Row<Kind> = Omit<Kind, "events"> & { events: number | string };
const numbered = <Kind extends Trace>(rows: readonly Row<Kind>[]): Kind[] =>
  rows.map((row) => ({ ...row, events: Number(row.events) }) as unknown as Kind);

const TRACE = `toString(address_realm) AS realm, owner, toString(device_hostname) AS host, count() AS events, ${firstValuesSql(5, "toString(user_name)", "user_name != ''")} AS users,
  ${firstValuesSql(PROCESSES_KEPT, "process_uid", "process_uid != ''")} AS processes,
  argMin(${eventLineSql}, ${eventOrderSql}) AS first, argMax(${eventLineSql}, ${eventOrderSql}) AS last`;

/** Programs of Windows that do what a file says which they are given. */
const INTERPRETERS =
  "\\\\(cmd|rundll32|regsvr32|wscript|cscript|mshta|powershell|msiexec|control|odbcconf)\\.exe$";
/** The first file of a drive that a command line names. */
const NAMED = '([abd-z]:\\\\[^"<>|*?]*?\\.[a-z0-9]{1,5}|[abd-z]:\\\\[^" <>|*?,]+)(?:[" ,<>|&]|$)';

/** SQL: this start may have to do with another drive than C:. Cheap, and asked first: of most starts no more is read. */
const OFF_DISK = `(match(process_file_path, '^[abd-zABD-Z]:') OR (match(lower(process_file_path), '${quoted(INTERPRETERS)}')
  AND (match(process_cmd_line, '[^a-zA-Z][abd-zABD-Z]:\\\\\\\\') OR match(process_working_directory, '^[abd-zABD-Z]:'))))`;

export async function startsFromDrives(
  context: DetectContext,
  bound: SqlParameters,
  most: number,
): Promise<Start[]> {
  return numbered(
    await context.query<Row<Start>>(
      `SELECT ${TRACE}, path, argMin(interpreter, ${eventOrderSql}) AS interpreter, argMin(command, ${eventOrderSql}) AS command, argMin(parent, ${eventOrderSql}) AS parent,
         ${firstValuesSql(3, "hash", "hash != ''")} AS hashes, argMin(company, ${eventOrderSql}) AS company
       FROM (SELECT time, source_id, source_line, address_realm, device_hostname, metadata_event_code, metadata_log_name, user_name, process_uid, ${ownerSql} AS owner,
           lower(process_file_path) AS f, match(f, '${quoted(INTERPRETERS)}') AND NOT ${strangeDriveSql("f")} AS handed,
           if(handed, extract(lower(process_cmd_line), '${quoted(NAMED)}'), f) AS named,
           if(handed AND named = '' AND match(lower(process_working_directory), '^[abd-z]:\\\\\\\\$') AND position(process_cmd_line, '<') > 0,
             concat(lower(process_working_directory), trim(extract(lower(process_cmd_line), '<\\\\s*"?([^"<>|&]+)'))), named) AS path,
           if(handed, process_file_path, '') AS interpreter, substringUTF8(process_cmd_line, 1, ${LONGEST}) AS command, parent_process_file_path AS parent,
           lower(extract(process_file_hashes, '(?i)SHA256=([0-9A-F]{64})')) AS own_hash, if(handed, '', own_hash) AS hash, if(handed, '', process_file_company) AS company
         FROM process_activity WHERE activity = 'Launch' AND ${OFF_DISK})
       WHERE ${strangeDriveSql("path")} AND path NOT LIKE '%\\\\\\\\'
       GROUP BY realm, owner, host, path ORDER BY events, realm, owner, host, path LIMIT {most:UInt32}`,
      { ...bound, most },
    ),
  );
}

/** Writings by programs that do not lie where only administrators write: what users copy, Explorer writes; backups, installed programs. */
export async function writingsOntoDrives(
  context: DetectContext,
  bound: SqlParameters,
  most: number,
): Promise<Writing[]> {
  return numbered(
    await context.query<Row<Writing>>(
      `SELECT ${TRACE}, writer, folder, ${firstValuesSql(NAMES_KEPT, "name")} AS names
       FROM (SELECT *, ${ownerSql} AS owner, lower(process_file_path) AS writer, lower(file_path) AS f, ${folderSql("f")} AS folder, ${fileNameSql("f")} AS name
         FROM host_file_activity WHERE activity = 'Create')
       WHERE ${strangeDriveSql("f")} AND match(f, '${quoted(CARRIED)}') AND match(writer, '^[a-z]:') AND NOT ${trustedPlaceSql("writer")}
         AND NOT (left(f, 1) = left(writer, 1) AND startsWith(f, concat(${folderSql("writer")}, '\\\\')))
       GROUP BY realm, owner, host, writer, folder ORDER BY events, realm, owner, host, writer, folder LIMIT {most:UInt32}`,
      { ...bound, most },
    ),
  );
}

/** What processes did, by what they did it to. */
export interface Act {
  process: string;
  what: "library" | "self" | "copy" | "child" | "hiding" | "autostart" | "task" | "fetch";
  /** Path, key or command line; lower case but for commands. */
  object: string;
  /** What stands behind it: signed or not, the value, the child's GUID and SHA-256. */
  detail: string;
  line: EventLine;
}

const one = (what: string, process: string, object: string, detail: string, from: string): string =>
  `SELECT ${process} AS process, ${what} AS what, ${object} AS object, argMin(${detail}, ${eventOrderSql}) AS detail, argMin(${eventLineSql}, ${eventOrderSql}) AS line
   FROM ${from} AND what != '' AND device_hostname IN {hosts:Array(String)} AND ${process} IN {processes:Array(String)} GROUP BY process, what, object`;

const module = "lower(module_file_path)";
const written = "lower(file_path)";
const child = "lower(process_file_path)";
const key = "lower(registry_path)";

const ACTS = [
  one(
    `multiIf(${module} = lower(process_file_path), 'self', ${strangeDriveSql(module)}, 'library', '')`,
    "process_uid",
    module,
    signatureSql,
    "module_activity WHERE metadata_event_code = 7",
  ),
  one(
    `if(match(${written}, '${quoted(PROGRAM)}') AND NOT ${strangeDriveSql(written)} AND NOT ${trustedPlaceSql(written)}, 'copy', '')`,
    "process_uid",
    written,
    "process_file_path",
    "host_file_activity WHERE activity = 'Create'",
  ),
  one(
    `multiIf(match(lower(process_cmd_line), 'schtasks.*/create'), 'task', match(lower(process_cmd_line), '(msiexec|mshta|regsvr32|rundll32).*https?:'), 'fetch',
       NOT ${trustedPlaceSql(child)}, 'child', '')`,
    "parent_process_uid",
    `if(what = 'child', ${child}, process_cmd_line)`,
    "concat(process_uid, ' ', lower(extract(process_file_hashes, '(?i)SHA256=([0-9A-F]{64})')))",
    "process_activity WHERE metadata_event_code = 1",
  ),
  one(
    `multiIf(match(${key}, '\\\\\\\\explorer\\\\\\\\advanced\\\\\\\\(hidden|hidefileext|showsuperhidden)$'), 'hiding',
       match(${key}, '\\\\\\\\currentversion\\\\\\\\(policies\\\\\\\\explorer\\\\\\\\)?run(once)?\\\\\\\\'), 'autostart', '')`,
    "process_uid",
    key,
    "registry_value_data",
    "registry_activity WHERE metadata_event_code = 13",
  ),
].join("\nUNION ALL\n");

/** A process on its host. */
interface Process {
  host: string;
  /** GUID. */
  process: string;
}

/** Acts of these processes, by GUID. Hosts are bound as well, because the tables are sorted by them. */
export async function actsOf(
  context: DetectContext,
  bound: SqlParameters,
  processes: readonly Process[],
): Promise<Map<string, Act[]>> {
  const found = new Map<string, Act[]>();
  const byHost = [...groupBy(processes, ({ host }) => host)].sort(([a], [b]) => (a < b ? -1 : 1));
  const asked = byHost.flatMap(([host, own]) =>
    unique(own.map(({ process }) => process)).map((process) => ({ host, process })),
  );
  for (const some of chunks(asked, CHUNK)) {
    const rows = await context.query<Act>(
      `SELECT * FROM (${ACTS}) ORDER BY process, what, object LIMIT ${MOST_OF_A_KIND} BY process, what LIMIT ${MOST_ACTS}`,
      {
        ...bound,
        hosts: unique(some.map(({ host }) => host)),
        processes: some.map(({ process }) => process),
      },
    );
    for (const row of rows) {
      const list = found.get(row.process) ?? [];
      list.push(row);
      found.set(row.process, list);
    }
  }
  return found;
}
