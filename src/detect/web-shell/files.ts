import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { COMPILED, SCRIPT, WEB_ROOT } from "./web-server.js";

/** A script that was written to a web folder. Times are milliseconds UTC. */
export interface Script {
  realm: string;
  owner: string;
  host: string;
  path: string;
  /** The program that wrote it, and as whom. */
  by: string;
  users: string[];
  /** Scripts that this program wrote to web folders of the host in the same hour. */
  around: number;
  written: number;
  first: EventLine;
  last: EventLine;
}

/** A page that ASP.NET compiled, which it does when the page is first asked for. */
export interface Compiled {
  realm: string;
  host: string;
  /** File name of the page, lower case. */
  page: string;
  at: number;
  line: EventLine;
}

const PATH = "replaceAll(lower(file_path), '/', '\\\\')";

export async function scriptsWritten(context: DetectContext, owners: SqlParameters): Promise<Script[]> {
  const rows = await context.query<Script>(
    `SELECT realm, owner, host, path, by, users, count() OVER (PARTITION BY realm, owner, host, lower(by), intDiv(written, 3600000)) AS around, written, first, last
     FROM (
       SELECT address_realm AS realm, ${ownerSql} AS owner, toString(device_hostname) AS host, argMin(file_path, ${eventOrderSql}) AS path,
         argMin(process_file_path, ${eventOrderSql}) AS by, ${firstValuesSql(10, "toString(user_name)", "user_name != ''")} AS users,
         toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS written,
         argMin(${eventLineSql}, ${eventOrderSql}) AS first, argMax(${eventLineSql}, ${eventOrderSql}) AS last
       FROM host_file_activity
       WHERE activity = 'Create' AND action = 'Allowed' AND match(lower(file_path), {script:String}) AND match(${PATH}, {root:String}) AND position(${PATH}, '\\\\temporary asp.net files\\\\') = 0
       GROUP BY realm, owner, host, ${PATH}
     ) ORDER BY around, written, realm, owner, host, path LIMIT {most:UInt32}`,
    { ...owners, script: SCRIPT, root: WEB_ROOT, most: context.parameter("max_groups") },
  );
  return rows.map((row) => ({ ...row, around: Number(row.around), written: Number(row.written) }));
}

export async function pagesCompiled(context: DetectContext): Promise<Compiled[]> {
  const rows = await context.query<Compiled>(
    `SELECT address_realm AS realm, toString(device_hostname) AS host, extract(${PATH}, '\\\\\\\\([^\\\\\\\\]+)\\\\.[0-9a-f]+\\\\.compiled$') AS page,
       toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS at, argMin(${eventLineSql}, ${eventOrderSql}) AS line
     FROM host_file_activity WHERE activity = 'Create' AND match(${PATH}, {compiled:String})
     GROUP BY realm, host, page ORDER BY realm, host, page LIMIT {most:UInt32}`,
    { compiled: COMPILED, most: context.parameter("max_groups") },
  );
  return rows.map((row) => ({ ...row, at: Number(row.at) }));
}
