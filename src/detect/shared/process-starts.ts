import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { ownerSql } from "./host-owners.js";

/** What the logs of one owner's hosts in one address realm tell of started programs. */
export interface ProcessStarts {
  realm: string;
  owner: string;
  starts: number;
  /** Of these with their command line. */
  withCommand: number;
  /** Hosts and host-days with starts are estimates beyond some hundreds. */
  hosts: number;
  hostDays: number;
  /** Days (UTC) on which any host had one. */
  days: number;
}

/** Starts of programs (Sysmon 1, Security 4688, auditd EXECVE), by realm and owner. Empty where no log tells of any. */
export async function processStarts(context: DetectContext, owners: SqlParameters): Promise<ProcessStarts[]> {
  const rows = await context.query<Record<keyof ProcessStarts, string | number>>(
    `SELECT toString(address_realm) AS realm, ${ownerSql} AS owner, count() AS starts, countIf(process_cmd_line != '') AS withCommand,
       uniqCombined(17)(device_hostname) AS hosts, uniqCombined(17)(device_hostname, toDate(time)) AS hostDays, uniqExact(toDate(time)) AS days
     FROM process_activity WHERE activity = 'Launch' GROUP BY realm, owner ORDER BY realm, owner`,
    owners,
  );
  return rows.map((row) => ({
    realm: String(row.realm),
    owner: String(row.owner),
    starts: Number(row.starts),
    withCommand: Number(row.withCommand),
    hosts: Number(row.hosts),
    hostDays: Number(row.hostDays),
    days: Number(row.days),
  }));
}
