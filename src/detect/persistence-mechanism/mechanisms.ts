import { chunks } from "../../kernel/group-by.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerKey, ownerSql } from "../shared/host-owners.js";

export type Kind = "service" | "task" | "wmi" | "run key" | "startup folder";

/** Mechanisms of one kind with like names and like commands, on all hosts of one organisation in an address realm. */
export interface Mechanism {
  kind: Kind;
  realm: string;
  /** Whose hosts; '' where nobody knows. */
  owner: string;
  /** As the first of these events has it. */
  name: string;
  command: string;
  /** Account under which it runs; '' where that is not known. */
  account: string;
  /** What made it; '' where the event does not say. */
  maker: string;
  /** ISO 8601 duration (`PT1M`) or, of a command line, `1 minute`; '' where there is none. */
  interval: string;
  /** Kind of service or consumer, as the event has it. */
  type: string;
  users: string[];
  made: number;
  hosts: number;
  hostNames: string[];
  first: EventLine;
  last: EventLine;
}

const HOSTS_KEPT = 50;

/** What differs from host to host in names and commands: SIDs, identifiers, names of users. Digits stay: `svc1` and `svc2` are two. */
const like = (text: string): string =>
  `replaceRegexpAll(lower(${text}), 's-1-5-21-[0-9-]+|\\\\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\\\}?|:\\\\\\\\users\\\\\\\\[^\\\\\\\\]+|[0-9]+(\\\\.[0-9]+)+', '#')`;

const row = (
  kind: Kind,
  columns: Record<"name" | "command" | "account" | "maker" | "interval" | "type" | "user", string>,
  from: string,
) =>
  `SELECT '${kind}' AS kind, address_realm, device_hostname, toString(device_hostname) AS host, time, source_id, source_line, ${eventLineSql} AS line,
     ${columns.name} AS name, ${columns.command} AS command, ${columns.account} AS account, ${columns.maker} AS maker,
     ${columns.interval} AS interval, ${columns.type} AS type, ${columns.user} AS user
   FROM ${from}`;

const SERVICES = row(
  "service",
  {
    name: "service_name",
    command: "service_file_path",
    account: "service_account",
    maker: "''",
    interval: "''",
    type: "toString(service_type)",
    user: "user_name",
  },
  "service_activity WHERE activity = 'Create'",
);

/** Some collectors hand on the definition with its brackets escaped once more. */
const TASK = "if(startsWith(job_definition, '&lt;'), decodeXMLComponent(job_definition), job_definition)";
const element = (name: string) => `extract(${TASK}, '<${name}>([^<]*)')`;

const TASKS = row(
  "task",
  {
    name: "job_name",
    command: `trim(decodeXMLComponent(concat(${element("Command")}, ' ', ${element("Arguments")})))`,
    account: `multiIf(${element("UserId")} != '', ${element("UserId")}, ${element("GroupId")})`,
    maker: "''",
    interval: element("Interval"),
    type: "if(activity = 'Update', 'changed', 'made')",
    user: "user_name",
  },
  `scheduled_job_activity WHERE activity IN ('Create', 'Update') AND metadata_event_code IN (4698, 4702)`,
);

/** Task Scheduler's own log names no command when a task is registered; what it starts later does. */
const STARTED_TASKS = row(
  "task",
  {
    name: "job_name",
    command: "job_cmd_line",
    account: "''",
    maker: "''",
    interval: "''",
    type: "'run'",
    user: "user_name",
  },
  "scheduled_job_activity WHERE metadata_event_code = 200 AND position(job_cmd_line, '\\\\') > 0",
);

const SCHTASKS = row(
  "task",
  {
    name: 'extract(process_cmd_line, \'(?i)[/-]tn\\\\s+("[^"]*"|\\\\S+)\')',
    command:
      "extract(process_cmd_line, '(?i)[/-]tr\\\\s+(\"(?:[^\"\\\\\\\\]|\\\\\\\\.)*\"|''[^'']*''|\\\\S+)')",
    account: 'extract(process_cmd_line, \'(?i)[/-]ru\\\\s+("[^"]*"|\\\\S+)\')',
    maker: "parent_process_file_path",
    interval:
      "concat(if(match(process_cmd_line, '(?i)[/-]mo\\\\s+[0-9]+'), extract(process_cmd_line, '(?i)[/-]mo\\\\s+([0-9]+)'), '1'), ' ', lower(extract(process_cmd_line, '(?i)[/-]sc\\\\s+(\\\\w+)')))",
    type: "if(match(process_cmd_line, '(?i)[/-]xml\\\\s'), 'definition in a file', 'command line')",
    user: "user_name",
  },
  `process_activity WHERE activity = 'Launch' AND match(process_cmd_line, '(?i)[/-]create\\\\b') AND endsWith(lower(process_file_path), '\\\\schtasks.exe')`,
);

const WMI = `SELECT 'wmi' AS kind, address_realm, computer AS device_hostname, toString(computer) AS host, time, source_id, source_line,
    tuple(toString(time), toString(source_id), source_line, toString(computer), event_id, toString(channel)) AS line,
    if(event_id = 20, trim(BOTH ' "' FROM data['Name']), replaceAll(extract(data['CONSUMER'], '=(.*)$'), '"', '')) AS name,
    replaceAll(if(event_id = 20, trim(BOTH ' "' FROM data['Destination']), extract(data['PossibleCause'], '(?:CommandLineTemplate|ExecutablePath|ScriptText|ScriptFileName) = "((?:[^"\\\\\\\\]|\\\\\\\\.)*)"')), '\\\\\\\\', '\\\\') AS command,
    '' AS account, '' AS maker, '' AS interval,
    if(event_id = 20, data['Type'], extract(data['CONSUMER'], '^([A-Za-z]+)')) AS type, data['User'] AS user
  FROM windows_event
  WHERE (channel = 'Microsoft-Windows-Sysmon/Operational' AND event_id = 20 AND data['Operation'] != 'Deleted')
    OR (channel = 'Microsoft-Windows-WMI-Activity/Operational' AND event_id = 5861)`;

/** The run keys of Explorer, of machine and user, of 64 and 32 bits, and those that policies set. */
const RUN_KEY =
  "\\\\\\\\currentversion\\\\\\\\(run|runonce|runonceex|runservices|runservicesonce|policies\\\\\\\\explorer\\\\\\\\run)\\\\\\\\[^\\\\\\\\]*$";

const RUN_KEYS = row(
  "run key",
  {
    name: "extract(registry_path, '(?i)currentversion\\\\\\\\(.*)$')",
    command: "registry_value_data",
    account: "''",
    maker: "process_file_path",
    interval: "''",
    type: "if(startsWith(lower(registry_path), 'hkl') OR position(lower(registry_path), '\\\\machine\\\\') > 0, 'machine', 'user')",
    user: "user_name",
  },
  `registry_activity WHERE metadata_event_code IN (13, 4657) AND registry_value_data NOT IN ('', '(Empty)') AND match(lower(registry_path), '${RUN_KEY}')`,
);

const STARTUP_FOLDERS = row(
  "startup folder",
  {
    name: "substring(file_path, length(file_path) - position(reverse(file_path), '\\\\') + 2)",
    command: "file_path",
    account: "''",
    maker: "process_file_path",
    interval: "''",
    type: "if(position(lower(file_path), ':\\\\programdata\\\\') > 0, 'machine', 'user')",
    user: "user_name",
  },
  `host_file_activity WHERE activity = 'Create' AND match(lower(file_path), '\\\\\\\\start menu\\\\\\\\programs\\\\\\\\start-?up\\\\\\\\[^\\\\\\\\]+$') AND NOT endsWith(lower(file_path), 'desktop.ini')`,
);

/** Everything that starts something again, like ones together; the rarest first. */
export async function mechanisms(
  context: DetectContext,
  owners: SqlParameters,
  most: number,
): Promise<Mechanism[]> {
  const rows = await context.query<
    Omit<Mechanism, "hostNames"> & { host_names: string[]; made: number | string; hosts: number | string }
  >(
    `SELECT kind, address_realm AS realm, owner, argMin(name, ${eventOrderSql}) AS name, argMin(command, ${eventOrderSql}) AS command, max(account) AS account,
       argMin(maker, ${eventOrderSql}) AS maker, max(interval) AS interval, argMin(type, ${eventOrderSql}) AS type,
       ${firstValuesSql(20, "toString(user)", "user != ''")} AS users, count() AS made, uniqCombined(12)(host) AS hosts,
       ${firstValuesSql(HOSTS_KEPT, "host")} AS host_names, argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (SELECT *, ${ownerSql} AS owner, ${like("name")} AS like_name, ${like("command")} AS like_command FROM (${[SERVICES, TASKS, STARTED_TASKS, SCHTASKS, WMI, RUN_KEYS, STARTUP_FOLDERS].join("\nUNION ALL\n")}))
     GROUP BY kind, realm, owner, like_name, like_command
     ORDER BY hosts, kind, realm, owner, like_name, like_command LIMIT {most:UInt32}`,
    { ...owners, most },
  );
  return rows.map(({ host_names, ...each }) => ({
    ...each,
    made: Number(each.made),
    hosts: Number(each.hosts),
    hostNames: host_names,
  }));
}

const CHUNK = 2_000;
const DELETIONS_KEPT = 20;

/**
 * When tasks were deleted, in order, milliseconds UTC; by {@link deletionKey}.
 * @param names of tasks as {@link plainName} has them
 */
export async function deletions(
  context: DetectContext,
  names: readonly string[],
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const some of chunks([...new Set(names.map((name) => plainName(name).toLowerCase()))], CHUNK)) {
    const rows = await context.query<{
      realm: string;
      host: string;
      task: string;
      times: (number | string)[];
    }>(
      `SELECT address_realm AS realm, toString(device_hostname) AS host, replaceRegexpOne(lowerUTF8(job_name), '^\\\\\\\\', '') AS task,
         groupArraySorted(${DELETIONS_KEPT})(toUnixTimestamp64Milli(time)) AS times
       FROM scheduled_job_activity WHERE activity = 'Delete' AND task IN {names:Array(String)} GROUP BY realm, host, task`,
      { names: some },
    );
    for (const { realm, host, task, times } of rows)
      found.set(deletionKey(realm, host, task), times.map(Number));
  }
  return found;
}

export const deletionKey = (realm: string, host: string, name: string): string =>
  JSON.stringify([realm, host, plainName(name).toLowerCase()]);

/** Command lines quote names, and have tasks without the backslash before them. */
export function plainName(name: string): string {
  return name.replaceAll('"', "").replace(/^\\/, "");
}

/** How many hosts of each owner in each realm tell of anything, by {@link ownerKey}. */
export async function hostCounts(
  context: DetectContext,
  owners: SqlParameters,
): Promise<Map<string, number>> {
  const rows = await context.query<{ realm: string; owner: string; hosts: number | string }>(
    `SELECT address_realm AS realm, ${ownerSql} AS owner, uniqCombined(17)(device_hostname) AS hosts
     FROM (SELECT address_realm, time, computer AS device_hostname FROM windows_event) GROUP BY realm, owner`,
    owners,
  );
  return new Map(rows.map((row) => [ownerKey(row), Number(row.hosts)]));
}
