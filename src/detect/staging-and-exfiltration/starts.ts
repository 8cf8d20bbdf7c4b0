import { chunks } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql } from "../shared/event-evidence.js";
import { ownerSql } from "../shared/host-owners.js";
import { commandShapeSql, programNameSql } from "../shared/process-name.js";
import type { Act } from "./act.js";
import { baseName } from "./act.js";
import { collectionOf, collects, type Names } from "./packing.js";
import { sends, uploadOf } from "./upload.js";
import { commandsOf } from "./words.js";

/** An act, and where and when it was done. */
export interface Done {
  act: Act;
  realm: string;
  owner: string;
  host: string;
  account: string;
  /** Milliseconds UTC. */
  at: number;
  program: string;
  parent: string;
  command: string;
  line: EventLine;
  /** Weeks in which this host did the same, and on how many hosts of the same owner and realm it was done. */
  weeks: number;
  hosts: number;
}

/** Command lines in one shape on one host; the first of them. */
const KEPT = 20;

const SHELLS: ReadonlySet<string> = new Set(["cmd", "powershell", "pwsh", "bash", "sh", "dash"]);
const PROGRAMS =
  "rar winrar 7z 7za 7zr 7zg zip tar bsdtar makecab diamond robocopy xcopy certutil certreq mysqldump pg_dump pg_dumpall expdp mongodump bcp sqlcmd osql ntdsutil curl ftp bitsadmin rclone mega-put megatools megacopy megaput aws azcopy winscp pscp scp psftp sftp".split(
    " ",
  );
/** What a shell may have been told, and what an archiver with another name is told. RE2. */
const SAYS =
  "(?i)\\s[amu]\\s(.*\\s)?-(hp|p|v[0-9]|mhe|m[0-5x]|ta[0-9]|ibck|inul|r|ep)|mailboxexportrequest|compress-archive|createfromdirectory|\\.upload(file|data)|-infile\\s|start-bitstransfer|backup\\s+database|\\b(copy|move|copy-item|rar|7z[a-z]?|zip|tar|makecab|robocopy|xcopy|curl|ftp|bitsadmin|rclone|azcopy|winscp|pscp|scp|psftp|sftp|certreq|certutil|ntdsutil|mysqldump|pg_dump)(\\.exe)?[\"']?\\s";

const STARTS = `SELECT address_realm, toString(address_realm) AS realm, device_hostname, toString(device_hostname) AS host, time, source_id, source_line, user_name AS account,
    process_file_path AS path, substring(process_cmd_line, 1, 8192) AS command, parent_process_file_path AS parent, ${programNameSql("process_file_path")} AS name,
    ${programNameSql("process_file_original_name")} AS original, ${eventLineSql} AS line, ${commandShapeSql("process_cmd_line")} AS form
  FROM process_activity WHERE activity = 'Launch' AND process_cmd_line != ''`;
/** What PowerShell ran, whoever started it. */
const SCRIPTS = `SELECT address_realm, toString(address_realm) AS realm, computer AS device_hostname, toString(computer) AS host, time, source_id, source_line, '' AS account,
    'powershell.exe' AS path, substring(data['ScriptBlockText'], 1, 8192) AS command, '' AS parent, 'powershell' AS name, '' AS original,
    tuple(toString(time), toString(source_id), source_line, toString(computer), event_id, toString(channel)) AS line, ${commandShapeSql("data['ScriptBlockText']")} AS form
  FROM windows_event WHERE channel = 'Microsoft-Windows-PowerShell/Operational' AND event_id = 4104`;

type Kept = [number | string, string, string, string, string, string, string, EventLine];
interface Group {
  realm: string;
  owner: string;
  host: string;
  form: string;
  weeks: number | string;
  starts: number | string;
  kept: Kept[];
}

/** What is kept of an act besides its command line, in bytes, as a rule of thumb. */
const ACT_BYTES = 1_000;

interface ActLimits {
  /** Like commands of one host that are read. */
  groups: number;
  /** Bytes that acts may take with their command lines. */
  bytes: number;
}

/**
 * Everything that collects, packs or sends, in order of time; each once, though Sysmon, the security log and a shell may all tell of it. Groups are read one by one, those of the
 * fewest weeks first: of what has no room any more only the number of commands is known.
 */
export async function actsOf(
  context: DetectContext,
  owners: SqlParameters,
  limits: ActLimits,
): Promise<{ acts: Done[]; beyond: number }> {
  const groups = context.stream<Group>(
    `SELECT realm, owner, host, form, uniqExact(toMonday(time)) AS weeks, count() AS starts,
       groupArraySorted(${KEPT})(tuple(toUnixTimestamp64Milli(time), account, path, command, parent, name, original, line)) AS kept
     FROM (SELECT *, ${ownerSql} AS owner FROM (${STARTS} UNION ALL ${SCRIPTS})
       WHERE name IN {programs:Array(String)} OR original IN {programs:Array(String)} OR match(command, {says:String}))
     GROUP BY realm, owner, host, form ORDER BY weeks, realm, owner, host, form LIMIT {most:UInt32}`,
    { ...owners, programs: PROGRAMS, says: SAYS, most: limits.groups },
  );
  const hostsOfForm = new Map<string, number>();
  const found: { form: string; acts: Omit<Done, "hosts">[] }[] = [];
  let room = limits.bytes;
  let beyond = 0;
  for await (const { realm, owner, host, kept, weeks, ...group } of groups) {
    const form = JSON.stringify([realm, owner, group.form]);
    hostsOfForm.set(form, (hostsOfForm.get(form) ?? 0) + 1);
    const acts: Omit<Done, "hosts">[] = [];
    for (const [at, account, path, command, parent, name, original, line] of kept) {
      const done = actsOfCommand(command, { file: name, original });
      if (done.length === 0) continue;
      room -= 2 * command.length + done.length * ACT_BYTES;
      if (room < 0) {
        beyond++;
        continue;
      }
      const common = { realm, owner, host, account, program: path, parent, command, line };
      for (const act of done) acts.push({ ...common, act, at: Number(at), weeks: Number(weeks) });
    }
    if (acts.length > 0) found.push({ form, acts });
  }
  const all = found.flatMap(({ form, acts }) =>
    acts.map((act): Done => ({ ...act, hosts: hostsOfForm.get(form) ?? 1 })),
  );
  return { acts: once(all), beyond };
}

/** PowerShell's own words, up to the command that it is given. */
const POWERSHELL =
  /^\s*"?(?:[^"\s]*\\)?(?:powershell|pwsh)(?:\.exe)?"?\s(?:.{0,500}?\s?-c(?:ommand)?\s+["']?)?/i;

/** What a command line did; of a shell, what it was told to do. */
export function actsOfCommand(command: string, names: Names): Act[] {
  if (!SHELLS.has(names.file) && !SHELLS.has(names.original)) {
    const [words] = [commandsOf(command)[0] ?? []];
    const act = uploadOf(words, names) ?? collectionOf(words, names);
    return act === undefined ? [] : [act];
  }
  const isScript = names.file === "powershell" || names.file === "pwsh";
  const told = isScript ? command.replace(POWERSHELL, "") : command;
  return commandsOf(told, isScript).flatMap((words) => {
    // In a script a command may stand behind an assignment, a bracket or an ampersand.
    const behind = isScript ? words.flatMap((word, at) => (at > 0 && isNamed(word) ? [at] : [])) : [];
    const starts = [0, ...behind.slice(0, MOST_COMMANDS)];
    for (const at of starts) {
      const rest = words.slice(at);
      const called = { file: nameOf(rest[0] ?? ""), original: "" };
      const act = uploadOf(rest, called) ?? collectionOf(rest, called);
      if (act !== undefined) return [act];
    }
    return [];
  });
}

/** Commands that are looked for in one part of a script. */
const MOST_COMMANDS = 4;

function isNamed(word: string): boolean {
  const name = nameOf(word);
  return collects(name) || sends(name);
}

const nameOf = (word: string): string => baseName(word).replace(/\.exe$/, "");

/** Two records of one act are less than this apart. */
const SAME_MS = 60_000;

function once(all: readonly Done[]): Done[] {
  const last = new Map<string, number>();
  return [...all]
    .sort(
      (a, b) =>
        a.at - b.at || compare(a.host, b.host) || compare(JSON.stringify(a.line), JSON.stringify(b.line)),
    )
    .filter(({ realm, host, act, at }) => {
      const key = JSON.stringify([realm, host.toLowerCase(), { ...act, program: "", disguised: false }]);
      const isSame = at - (last.get(key) ?? Number.NEGATIVE_INFINITY) < SAME_MS;
      if (!isSame) last.set(key, at);
      return !isSame;
    });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A file of one of these names that appeared on a host. */
export interface Arrival {
  realm: string;
  host: string;
  path: string;
  at: number;
  /** What wrote it; `System` is the kernel, for others over the network. */
  program: string;
  line: EventLine;
}

const CHUNK = 500;
/** Files of one name, the first: what appears more often is software, and must not hide others. */
const ARRIVALS = 200;

const NAME = "lower(extract(file_path, '[^\\\\\\\\/]+$'))";

/** @param names of files, lower case, without folders */
export async function arrivalsOf(context: DetectContext, names: readonly string[]): Promise<Arrival[]> {
  const found: Arrival[] = [];
  for (const some of chunks(names, CHUNK)) {
    const rows = await context.query<Omit<Arrival, "at"> & { at: number | string }>(
      `SELECT toString(address_realm) AS realm, toString(device_hostname) AS host, file_path AS path, toUnixTimestamp64Milli(time) AS at, process_file_path AS program, ${eventLineSql} AS line
       FROM host_file_activity WHERE activity = 'Create' AND ${NAME} IN {names:Array(String)}
       ORDER BY time, source_id, source_line LIMIT ${ARRIVALS} BY ${NAME}`,
      { names: some },
    );
    found.push(...rows.map((row) => ({ ...row, at: Number(row.at) })));
  }
  return found;
}

/** How many hosts of each owner in each realm tell of started programs with their command lines, by `realm` and `owner`. */
export async function hostCounts(
  context: DetectContext,
  owners: SqlParameters,
): Promise<{ starts: number; of(done: Pick<Done, "realm" | "owner">): number }> {
  const rows = await context.query<{
    realm: string;
    owner: string;
    hosts: number | string;
    starts: number | string;
  }>(
    `SELECT realm, ${ownerSql} AS owner, uniqCombined(17)(host) AS hosts, count() AS starts FROM (${STARTS} UNION ALL ${SCRIPTS}) GROUP BY realm, owner ORDER BY realm, owner`,
    owners,
  );
  const hosts = new Map(rows.map((row) => [JSON.stringify([row.realm, row.owner]), Number(row.hosts)]));
  return {
    starts: rows.reduce((sum, { starts }) => sum + Number(starts), 0),
    of: ({ realm, owner }) => hosts.get(JSON.stringify([realm, owner])) ?? 0,
  };
}
