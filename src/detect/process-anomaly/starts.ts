import { chunks } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql } from "../shared/event-evidence.js";
import { ownerSql } from "../shared/host-owners.js";
import { commandShapeSql, programNameSql } from "../shared/process-name.js";
import { trustedPlaceSql } from "../shared/windows-path.js";

/** What is learned: which child a parent has, which commands and which kind of user a program has. */
export type Relation = "child" | "command" | "user";

/** A rare value of a relation. */
export interface Rare {
  relation: Relation;
  realm: string;
  owner: string;
  /** The program that this is learned of, and what is rare with it. */
  given: string;
  what: string;
  hostDays: number;
  hosts: number;
  /** Host-days of the program, and of all its values that are at most as frequent as this. */
  total: number;
  tail: number;
  /** Different values of the program; different programs with the value; different pairs. */
  kinds: number;
  givens: number;
  pairs: number;
  first: Start;
  last: Start;
}

export interface Start {
  host: string;
  account: string;
  path: string;
  parentPath: string;
  command: string;
  parentCommand: string;
  line: EventLine;
}

/** Names without numbers and hexadecimal parts (versions, temporary names); `~` marks one from where users can write. */
const program = (path: string): string =>
  `concat(if(startsWith(${path}, '/') OR position(${path}, '\\\\') = 0 OR ${trustedPlaceSql(`lower(${path})`)}, '', '~'), replaceRegexpAll(${programNameSql(path)}, '[0-9a-f]{6,}|[0-9]+', '#'))`;

/** Kinds of users, not their names: that one more colleague uses a program is no news. */
const USER =
  "multiIf(match(lower(user_name), '(^|\\\\\\\\)(system|root)$') OR endsWith(user_name, '$'), 'the system', match(lower(user_name), '(^|\\\\\\\\)(local service|network service|lokaler dienst|netzwerkdienst)$'), 'a service account', startsWith(lower(user_name), 'iis apppool') OR user_name IN ('www-data', 'nobody', 'apache', 'nginx', 'mysql'), 'a server account', 'a person')";

/** A start that Sysmon and the security log both have is one host-day all the same. */
const STARTS = `SELECT address_realm, toString(address_realm) AS realm, toString(device_hostname) AS host, device_hostname, time, source_id, source_line,
    ${program("process_file_path")} AS child, ${program("parent_process_file_path")} AS parent, process_cmd_line, user_name
  FROM process_activity WHERE activity = 'Launch' AND process_file_path != ''`;

const RELATIONS: Readonly<Record<Relation, { given: string; what: string; where: string }>> = {
  child: { given: "parent", what: "child", where: "parent NOT IN ('', '~', '-')" },
  command: {
    given: "child",
    what: `toString(cityHash64(${commandShapeSql("process_cmd_line")}))`,
    where: "process_cmd_line != ''",
  },
  user: { given: "child", what: USER, where: "user_name NOT IN ('', '-')" },
};

interface Row {
  realm: string;
  owner: string;
  given: string;
  what: string;
  host_days: number | string;
  hosts: number | string;
  total: number | string;
  tail: number | string;
  kinds: number | string;
  givens: number | string;
  pairs: number | string;
  first: [string, string, number | string];
  last: [string, string, number | string];
}

const POINTER = "tuple(toString(time), toString(source_id), source_line)";

/**
 * Values of the relations that belong to at most a share of their program's host-days, of each relation the rarest first. What their starts were is read for all relations at once:
 * many lines are rare in more than one.
 * @param most values of each relation
 */
export async function rareStarts(
  context: DetectContext,
  owners: SqlParameters,
  most: number,
): Promise<Rare[]> {
  const found: (Row & { relation: Relation })[] = [];
  for (const relation of Object.keys(RELATIONS) as Relation[])
    found.push(...(await rareOf(context, owners, relation, most)).map((row) => ({ ...row, relation })));
  const details = await startsAt(
    context,
    found.flatMap(({ first, last }) => [first, last]),
  );
  return found.flatMap((row) => {
    const first = details.get(pointerKey(row.first));
    const last = details.get(pointerKey(row.last));
    if (first === undefined || last === undefined) return [];
    const { relation, realm, owner, given, what } = row;
    return [
      {
        ...{ relation, realm, owner, given, what, first, last },
        hostDays: Number(row.host_days),
        hosts: Number(row.hosts),
        total: Number(row.total),
        tail: Number(row.tail),
        kinds: Number(row.kinds),
        givens: Number(row.givens),
        pairs: Number(row.pairs),
      },
    ];
  });
}

/** The states are small (two pointers to lines, two sketches) and grouped by normalised names. */
function rareOf(
  context: DetectContext,
  owners: SqlParameters,
  relation: Relation,
  most: number,
): Promise<Row[]> {
  const { given, what, where } = RELATIONS[relation];
  return context.query<Row>(
    `SELECT * FROM (
       SELECT *, sum(host_days) OVER (PARTITION BY realm, owner, given) AS total,
         sum(host_days) OVER (PARTITION BY realm, owner, given ORDER BY host_days) AS tail,
         count() OVER (PARTITION BY realm, owner, given) AS kinds, count() OVER (PARTITION BY realm, owner, what) AS givens, count() OVER (PARTITION BY realm, owner) AS pairs
       FROM (SELECT realm, ${ownerSql} AS owner, ${given} AS given, ${what} AS what, uniqCombined(12)(host, toDate(time)) AS host_days, uniqCombined(12)(host) AS hosts,
           min(${POINTER}) AS first, max(${POINTER}) AS last
         FROM (${STARTS}) WHERE ${where} GROUP BY realm, owner, given, what))
     WHERE total >= {least:UInt64} AND tail <= total * {share:Float64}
     ORDER BY tail / total, realm, owner, given, what LIMIT {most:UInt32}`,
    {
      ...owners,
      least: context.parameter("least_host_days"),
      share: context.parameter("rare_share"),
      most,
    },
  );
}

const pointerKey = ([, source, line]: Row["first"]): string => `${source} ${line}`;
/** Lines that one scan reads: all of {@link rareStarts} in three at most. */
const CHUNK = 10_000;

async function startsAt(
  context: DetectContext,
  pointers: readonly Row["first"][],
): Promise<Map<string, Start>> {
  const found = new Map<string, Start>();
  const byKey = new Map(pointers.map((pointer) => [pointerKey(pointer), pointer] as const));
  for (const some of chunks([...byKey.values()], CHUNK)) {
    const rows = await context.query<
      Omit<Start, "parentPath" | "parentCommand"> & { parent_path: string; parent_command: string }
    >(
      `SELECT toString(device_hostname) AS host, user_name AS account, process_file_path AS path, parent_process_file_path AS parent_path,
         substring(process_cmd_line, 1, 2048) AS command, substring(parent_process_cmd_line, 1, 512) AS parent_command, ${eventLineSql} AS line
       FROM process_activity WHERE activity = 'Launch' AND source_line IN {lines:Array(UInt64)}
         AND (toString(source_id), source_line) IN (SELECT arrayJoin(arrayZip({sources:Array(String)}, {lines:Array(UInt64)})))`,
      { sources: some.map(([, source]) => source), lines: some.map(([, , line]) => Number(line)) },
    );
    for (const { parent_path, parent_command, ...row } of rows)
      found.set(`${row.line[1]} ${row.line[2]}`, {
        ...row,
        parentPath: parent_path,
        parentCommand: parent_command,
      });
  }
  return found;
}
