import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";

/** Security events with the columns of the view `authentication` that the expressions of shared/logons.ts read, and all their fields. */
export const securityEvents = (where: string): string =>
  `(SELECT address_realm, source_id, source_line, time, computer AS device_hostname, event_id AS metadata_event_code, channel AS metadata_log_name, data,
    data['TargetUserName'] AS user_name, data['TargetDomainName'] AS user_domain, if(data['TargetUserSid'] = '', data['TargetSid'], data['TargetUserSid']) AS user_sid,
    toIPv6OrDefault(data['IpAddress']) AS src_endpoint_ip, data['WorkstationName'] AS src_endpoint_hostname
  FROM windows_event WHERE channel = 'Security' AND ${where})`;

/** What rows about one account have in common. */
export interface AccountRow {
  realm: string;
  /** Whose hosts wrote them; '' where nobody knows. */
  owner: string;
  name: string;
  domain: string;
  label: string;
  count: number | string;
  days: number | string;
  first: number | string;
  last: number | string;
  hosts: string[];
  sources: string[];
}

/** SQL of the columns of {@link AccountRow} that are not keys, over rows that fulfil a condition. The name is as the first event has it. */
export const aboutSql = (condition = "true"): string =>
  `argMin(if(user_domain IN ('', '-'), splitByChar('@', user_name)[1], concat(user_domain, '\\\\', splitByChar('@', user_name)[1])), ${eventOrderSql}) AS label,
  countIf(${condition}) AS count, uniqExactIf(toDate(time), ${condition}) AS days, toUnixTimestamp64Milli(minIf(time, ${condition})) AS first,
  toUnixTimestamp64Milli(maxIf(time, ${condition})) AS last, ${firstValuesSql(50, "toString(device_hostname)", condition)} AS hosts`;

const LINES = 4;

/** SQL: the first lines of rows that fulfil a condition, each `[time, source, line, EventLine]`. */
export const linesSql = (condition = "true"): string =>
  `groupArraySortedIf(${LINES})((time, source_id, source_line, ${eventLineSql}), ${condition}) AS lines`;
export type Lines = [unknown, unknown, unknown, EventLine][];
