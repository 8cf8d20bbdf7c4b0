import type { Finding } from "../model/finding.js";
import type { Asset } from "../model/organisation.js";
import { gatherAssetContacts } from "./gather-assets.js";
import { gatherContacts, gatherServerNames } from "./gather-contacts.js";
import type { Gathered, Query } from "./input.js";
import { actedSpans, holdsData } from "./reach.js";

/** Everything of the assessment that needs the store. Reads only. */
export async function gather(
  query: Query,
  findings: readonly Finding[],
  assets: readonly Asset[] = [],
): Promise<Gathered> {
  const files = await gatherFiles(query);
  const least = await firstCredible(query);
  const [span] = await query<{ rows: number; first: number; last: number }>(
    `SELECT count() AS rows, toUnixTimestamp64Milli(min(first_time)) AS first, toUnixTimestamp64Milli(max(last_time)) AS last
     FROM contact_hourly WHERE connections > 0 AND toUInt32(hour) >= {least:UInt32}`,
    { least },
  );
  const sensors = await query<{ sensorId: string; realm: string; hours: number[]; records: number }>(
    `SELECT sensor_id AS sensorId, min(address_realm) AS realm, sum(coverage_hourly.records) AS records,
       arraySort(groupUniqArray(intDiv(toUInt32(hour), 3600))) AS hours
     FROM coverage_hourly WHERE coverage_hourly.records > 0 AND toUInt32(hour) >= {least:UInt32} GROUP BY sensor_id ORDER BY sensorId`,
    { least },
  );
  const classes = await query<{ class: string; records: number }>(
    "SELECT class, sum(coverage_hourly.records) AS records FROM coverage_hourly GROUP BY class ORDER BY class",
  );
  const events = await gatherEvents(query);
  const hours = sensors.flatMap((each) => [each.hours[0] ?? 0, (each.hours.at(-1) ?? 0) + 1]);
  const known = span !== undefined && Number(span.rows) > 0;
  return {
    ...files,
    first: known ? span.first : hours.length > 0 ? Math.min(...hours) * 3_600_000 : events?.first,
    last: known ? span.last : hours.length > 0 ? Math.max(...hours) * 3_600_000 : events?.last,
    sensors,
    classes: {
      ...Object.fromEntries(classes.map((each) => [each.class, each.records])),
      ...(events !== undefined && events.records > 0 && { windows_event: events.records }),
    },
    visibility: await gatherVisibility(query),
    contacts: await gatherContacts(query, findings),
    assetContacts: await gatherAssetContacts(query, actedSpans(findings, assets), assets.filter(holdsData)),
    serverNames: await gatherServerNames(query, findings),
  };
}

/**
 * What hosts, web servers and proxies wrote of themselves. It stands beside the telemetry of sensors: an hour in which a host wrote its log is none in which the network was
 * watched, so it tells the span of a case only where there is nothing else.
 */
async function gatherEvents(
  query: Query,
): Promise<{ records: number; first: number; last: number } | undefined> {
  const [row] = await query<{ everything: number; records: number; first: number; last: number }>(
    `SELECT count() AS everything, sum(of_windows) AS records, toUnixTimestamp64Milli(minIf(time, time >= toDateTime64({least:UInt32}, 6, 'UTC'))) AS first,
       toUnixTimestamp64Milli(max(time)) AS last
     FROM (SELECT time, 1 AS of_windows FROM windows_event UNION ALL SELECT time, 0 FROM http_activity WHERE log_role != 'sensor')`,
    { least: CLOCK_NOT_SET },
  );
  return row !== undefined && row.everything > 0 ? row : undefined;
}

/** 1971 in seconds: before, nobody's clock stood there. */
const CLOCK_NOT_SET = 31_536_000;

/**
 * Records with a clock that was not set must not stretch the telemetry over half a century, nor make an outage of it: they count
 * towards time only where there are no others (a capture with relative times).
 */
async function firstCredible(query: Query): Promise<number> {
  const [row] = await query<{ later: number }>(
    "SELECT count() AS later FROM coverage_hourly WHERE toUInt32(hour) >= {least:UInt32}",
    { least: CLOCK_NOT_SET },
  );
  return Number(row?.later ?? 0) > 0 ? CLOCK_NOT_SET : 0;
}

async function gatherFiles(
  query: Query,
): Promise<Pick<Gathered, "files" | "rows" | "rejected" | "earlyTimes" | "unused">> {
  const logs = await query<{
    format: string;
    log: string;
    files: number;
    rows: number;
    rejected: number;
    unused: number;
    early: number;
  }>(
    `SELECT format, log, uniqExact(path) AS files, sum(source_slice.rows) AS rows, sum(source_slice.rejected) AS rejected, sum(unused_lines) AS unused,
       sum(early_times) AS early FROM source_slice GROUP BY format, log ORDER BY format, log`,
  );
  const sum = (of: (row: (typeof logs)[number]) => number) => logs.reduce((total, row) => total + of(row), 0);
  return {
    files: sum((row) => row.files),
    rows: sum((row) => row.rows),
    rejected: sum((row) => row.rejected),
    earlyTimes: sum((row) => row.early),
    unused: logs
      .filter((row) => row.unused > 0)
      .map((row) => ({ format: row.format, log: row.log, lines: row.unused })),
  };
}

/**
 * Which sensor saw which organisation: an address that speaks, or is spoken to. Being named in an answer of the DNS is not being
 * seen, so only sources count outside the flow channel.
 */
async function gatherVisibility(query: Query): Promise<Gathered["visibility"]> {
  const rows = await query<{ orgId: string; sensorId: string; connections: number }>(
    `SELECT org_id AS orgId, sensor_id AS sensorId, sum(c) AS connections
     FROM (SELECT address_realm, sensor_id, ip, sum(n) AS c
           FROM (SELECT address_realm, sensor_id, src_ip AS ip, sum(connections) AS n FROM contact_hourly
                 WHERE connections > 0 GROUP BY address_realm, sensor_id, ip
                 UNION ALL
                 SELECT address_realm, sensor_id, dst_ip AS ip, sum(connections) AS n FROM contact_hourly
                 WHERE channel = 'flow' AND connections > 0 GROUP BY address_realm, sensor_id, ip)
           GROUP BY address_realm, sensor_id, ip) AS seen
     INNER JOIN (SELECT DISTINCT address_realm, ip, org_id FROM host_organisation) AS owner
       ON owner.address_realm = seen.address_realm AND owner.ip = seen.ip
     GROUP BY orgId, sensorId ORDER BY orgId, sensorId`,
  );
  return rows;
}
