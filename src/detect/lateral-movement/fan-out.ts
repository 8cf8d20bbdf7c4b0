import { DAY } from "../../kernel/time.js";
import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type DomainNames, domainSql } from "../shared/account-domains.js";
import { type EventLine, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import { ACCOUNT_SQL, HOST_SQL, OF_PEOPLE_SQL, SOURCE_SQL } from "../shared/logons.js";
import { LINE_SQL } from "./step.js";
import { ADMINISTRATORS } from "./ways.js";

const MOST = 5_000;
const HOSTS_KEPT = 50;

/**
 * The worst hour in which one account reached as an administrator, or failed to reach, many hosts from one; on how many days it did so, and since when. One row for each
 * account and host: a management server that does so every hour must not take the place of others below the limit.
 */
const SPREADING = `SELECT *, uniqExact(toDate(fromUnixTimestamp64Milli(first, 'UTC'))) OVER (PARTITION BY realm, owner, source, name, domain) AS days, min(first) OVER (PARTITION BY realm, owner, source, name, domain) AS begin
  FROM (SELECT realm, owner, source, name, domain, toUnixTimestamp64Milli(toDateTime64(toStartOfHour(time), 3, 'UTC')) AS hour, uniqCombined(12)(target) AS hosts, uniqCombinedIf(12)(target, failed) AS failed_hosts,
    argMin(label, ${eventOrderSql}) AS label, toUnixTimestamp64Milli(min(time)) AS first, toUnixTimestamp64Milli(max(time)) AS last,
    ${firstValuesSql(HOSTS_KEPT, "target")} AS targets, groupArraySorted(5)((time, source_id, source_line, line)) AS lines
  FROM (SELECT address_realm AS realm, ${ownerSql} AS owner, ${SOURCE_SQL} AS source, ${ACCOUNT_SQL} AS name, ${domainSql} AS domain, ${HOST_SQL} AS target, metadata_event_code = 4625 AS failed,
      if(user_domain IN ('', '-'), user_name, concat(user_domain, '\\\\', user_name)) AS label, time, source_id, source_line, ${LINE_SQL} AS line
    FROM authentication WHERE logon_type IN (3, 10) AND ${OF_PEOPLE_SQL} AND ${SOURCE_SQL} != ${HOST_SQL}
      AND (metadata_event_code = 4625 OR (metadata_event_code = 4624 AND (address_realm, ${HOST_SQL}, ${ACCOUNT_SQL}) IN (${ADMINISTRATORS}))))
  GROUP BY realm, owner, source, name, domain, hour HAVING hosts >= {least:UInt32} )
  ORDER BY hosts DESC, realm, owner, source, name, domain, hour LIMIT 1 BY realm, owner, source, name, domain LIMIT ${MOST}`;

/** One account that spread from one host over many within an hour, its worst hour. */
export interface FanOut {
  realm: string;
  owner: string;
  source: string;
  name: string;
  domain: string;
  label: string;
  hosts: number;
  failedHosts: number;
  targets: string[];
  first: number;
  last: number;
  lines: EventLine[];
  /** Does so on many days since the logs began. */
  isCustom: boolean;
}

type Row = Omit<FanOut, "hosts" | "failedHosts" | "first" | "last" | "lines" | "isCustom"> &
  Record<"hosts" | "failed_hosts" | "first" | "last" | "days" | "begin", number | string> & {
    lines: [unknown, unknown, unknown, EventLine][];
  };

export async function fanOuts(
  context: DetectContext,
  { from, to }: DomainNames,
  owners: SqlParameters,
): Promise<FanOut[]> {
  const least = context.parameter("fan_out_hosts");
  const rows = await context.query<Row>(SPREADING, { ...owners, from, to, least });
  return rows.map((worst) => ({
    realm: worst.realm,
    owner: worst.owner,
    source: worst.source,
    name: worst.name,
    domain: worst.domain,
    label: worst.label,
    hosts: Number(worst.hosts),
    failedHosts: Number(worst.failed_hosts),
    targets: worst.targets,
    first: Number(worst.first),
    last: Number(worst.last),
    lines: worst.lines.map(([, , , line]) => line),
    isCustom:
      Number(worst.days) >= context.parameter("habit_days") &&
      Number(worst.begin) - context.span.first < context.parameter("history_days") * DAY,
  }));
}
