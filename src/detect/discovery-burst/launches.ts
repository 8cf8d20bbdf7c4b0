import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql } from "../shared/event-evidence.js";
import { ownerSql } from "../shared/host-owners.js";
import { commandShapeSql, programNameSql } from "../shared/process-name.js";
import type { CommandList } from "./commands.js";

/** The start of a program that may ask something, or that hands commands on. */
export interface Launch {
  realm: string;
  owner: string;
  host: string;
  /** Milliseconds UTC. */
  at: number;
  account: string;
  pid: number;
  parentPid: number;
  /** File name, and the name in the version information where there is one. */
  names: string[];
  path: string;
  command: string;
  parentPath: string;
  /** Hash of parent's name and command, without what differs from run to run. */
  shape: string;
  line: EventLine;
}

const PARENT = programNameSql("parent_process_file_path");
const ACCOUNT = `if(endsWith(user_name, '$') OR lower(user_name) LIKE '%\\\\\\\\system', 'SYSTEM', user_name)`;
/** Process ids, which Sysmon and the security log agree on: a start that both logged is one. */
const STARTS = `SELECT address_realm, toString(address_realm) AS realm, toString(device_hostname) AS host, device_hostname, time, source_id, source_line, ${ACCOUNT} AS account,
    process_pid AS pid, parent_process_pid AS parent_pid, process_file_path AS path, substring(process_cmd_line, 1, 4096) AS command, parent_process_file_path AS parent_path,
    ${programNameSql("process_file_path")} AS name, ${programNameSql("process_file_original_name")} AS original, ${eventLineSql} AS line,
    toString(cityHash64(${PARENT}, name, ${commandShapeSql("process_cmd_line")})) AS shape
  FROM process_activity WHERE activity = 'Launch'`;
const ASKS = "(name IN {programs:Array(String)} OR original IN {programs:Array(String)})";

interface Row extends Omit<Launch, "at" | "pid" | "parentPid" | "names" | "parentPath"> {
  at: number | string;
  pid: number | string;
  parent_pid: number | string;
  parent_path: string;
  name: string;
  original: string;
}

/** Starts host by host in order of time. */
export async function* launches(
  context: DetectContext,
  owners: SqlParameters,
  list: CommandList,
): AsyncIterable<Launch> {
  const rows = context.stream<Row>(
    `SELECT realm, ${ownerSql} AS owner, host, toUnixTimestamp64Milli(time) AS at, account, pid, parent_pid, path, command, parent_path, name, original, shape, line
     FROM (${STARTS}) WHERE ${ASKS} OR name IN {carriers:Array(String)}
     ORDER BY realm, host, time, source_id, source_line`,
    { ...owners, programs: [...list.programs], carriers: [...list.carriers] },
  );
  for await (const { at, pid, parent_pid, parent_path, name, original, ...row } of rows)
    yield {
      ...row,
      at: Number(at),
      pid: Number(pid),
      parentPid: Number(parent_pid),
      parentPath: parent_path,
      names: original === "" || original === name ? [name] : [name, original],
    };
}

/** On how many hosts of an owner, and on how many days by one account of one host, the same was asked under the same parent. */
export interface Habits {
  hosts(launch: Launch): number;
  days(launch: Launch): { days: number; span: number };
}

const MOST = 200_000;

export async function habitsOf(
  context: DetectContext,
  owners: SqlParameters,
  list: CommandList,
): Promise<Habits> {
  const parameters = { ...owners, programs: [...list.programs] };
  const onHosts = await context.query<{ realm: string; owner: string; shape: string; hosts: number }>(
    `SELECT realm, ${ownerSql} AS owner, shape, uniqCombined(12)(host) AS hosts FROM (${STARTS}) WHERE ${ASKS}
     GROUP BY realm, owner, shape HAVING hosts > 1 ORDER BY hosts DESC, realm, owner, shape LIMIT ${MOST}`,
    parameters,
  );
  const onDays = await context.query<{
    realm: string;
    host: string;
    account: string;
    shape: string;
    days: number;
    span: number;
  }>(
    `SELECT realm, host, account, shape, uniqExact(toDate(time)) AS days, dateDiff('day', min(time), max(time)) + 1 AS span FROM (${STARTS}) WHERE ${ASKS}
     GROUP BY realm, host, account, shape HAVING days > 1 ORDER BY days DESC, realm, host, account, shape LIMIT ${MOST}`,
    { programs: [...list.programs] },
  );
  const hosts = new Map(
    onHosts.map((each) => [JSON.stringify([each.realm, each.owner, each.shape]), Number(each.hosts)]),
  );
  const days = new Map(
    onDays.map((each) => [
      JSON.stringify([each.realm, each.host, each.account, each.shape]),
      { days: Number(each.days), span: Number(each.span) },
    ]),
  );
  return {
    hosts: ({ realm, owner, shape }) => hosts.get(JSON.stringify([realm, owner, shape])) ?? 1,
    days: ({ realm, host, account, shape }) =>
      days.get(JSON.stringify([realm, host, account, shape])) ?? { days: 1, span: 1 },
  };
}
