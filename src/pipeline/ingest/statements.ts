import { SECRET_PATTERNS } from "../../kernel/mask.js";
import type { InsertPlan, Shape } from "../../sources/port.js";
import { LINES, type SqlParameters } from "../../store/port.js";
import type { Segment, Unit } from "./spool.js";

/** Longest text of a reject that is kept, in bytes. */
const REJECT_TEXT_BYTES = 4096;

/**
 * Rows of the spool with their place: source_id, source_line, sensor_id and address_realm come from the segment that the row lies in.
 * The segments are bound as arrays. Rows in RowBinary know their line, and their segment or these columns.
 */
function located(shape: Shape, segments: readonly Segment[]): string {
  // Most large units have one segment: constants then, instead of a search for each row.
  const only = segments.length === 1;
  if (shape.structure !== undefined)
    return shape.ofSegments === true ? `(SELECT *, ${ownerOf(only ? "1" : "segment")} FROM ${LINES})` : LINES;
  const segment = only ? "1" : "arrayLastIndex(start -> start <= row, {segment_rows:Array(UInt64)})";
  const prelude = shape.prelude.map((item) => `, ${item}`).join("");
  return `(
    SELECT line, row, ${segment} AS segment, ${ownerOf("segment")},
      {segment_lines:Array(UInt64)}[segment] + row - {segment_rows:Array(UInt64)}[segment] AS source_line${prelude}
    FROM ${LINES}
    WHERE notEmpty(line)
  )`;
}

const ownerOf = (segment: string): string =>
  `{source_ids:Array(String)}[${segment}] AS source_id, {sensor_ids:Array(String)}[${segment}] AS sensor_id, {realms:Array(String)}[${segment}] AS address_realm`;

export function unitParameters(batchId: string, unit: Unit): SqlParameters {
  return {
    batch_id: batchId,
    segment_rows: unit.segments.map((segment) => segment.row),
    segment_lines: unit.segments.map((segment) => segment.line),
    source_ids: unit.segments.map((segment) => segment.slice.id),
    sensor_ids: unit.segments.map((segment) => segment.slice.sensorId),
    realms: unit.segments.map((segment) => segment.slice.realm),
  };
}

const PLACE = ["batch_id", "source_id", "source_line", "sensor_id", "address_realm"] as const;

/** Good lines of one plan into its table. */
export function insertStatement(shape: Shape, plan: InsertPlan, segments: readonly Segment[]): string {
  const columns = Object.keys(plan.columns);
  const values = Object.values(plan.columns);
  const conditions = [
    `ifNull(${shape.rejectLine}, '') = ''`,
    ...kindCondition(shape, plan),
    `(${plan.accept})`,
  ];
  if (plan.where !== undefined) conditions.push(`(${plan.where})`);
  return `INSERT INTO ${plan.table} (${[...PLACE, ...columns].join(", ")})
SELECT {batch_id:String}, source_id, source_line, sensor_id, address_realm,
  ${values.join(",\n  ")}
FROM ${located(shape, segments)}
WHERE ${conditions.join("\n  AND ")}`;
}

/** Lines that are no valid record into `rejected_record`. Run only where the counts do not add up. */
export function rejectStatement(shape: Shape, segments: readonly Segment[]): string {
  const byPlan = shape.plans.flatMap((plan) => {
    const [kind] = kindCondition(shape, plan);
    return [kind ?? "1", plan.reject];
  });
  const reason = `if(ifNull(${shape.rejectLine}, '') != '', ifNull(${shape.rejectLine}, ''), multiIf(${byPlan.join(", ")}, ''))`;
  const masked = SECRET_PATTERNS.reduce(
    (text, pattern) =>
      `replaceRegexpAll(${text}, '(?i)${pattern.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}', '\\\\1***')`,
    `substring(${shape.rejectText ?? "line"}, 1, ${REJECT_TEXT_BYTES})`,
  );
  return `INSERT INTO rejected_record (batch_id, source_id, source_line, reason, text)
SELECT {batch_id:String}, source_id, source_line, ${reason} AS why, ${masked}
FROM ${located(shape, segments)}
WHERE why != ''`;
}

function kindCondition(shape: Shape, plan: InsertPlan): string[] {
  if (shape.kind === undefined || plan.kinds === undefined) return [];
  return [
    `${shape.kind} IN (${plan.kinds.map((kind) => `'${kind.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`).join(", ")})`,
  ];
}

/** Kinds of record in a unit that mixes them, so that only the plans with lines are run. */
export function kindsQuery(shape: Shape): string {
  const prelude = shape.prelude.map((item) => `, ${item}`).join("");
  return `SELECT DISTINCT toString(${shape.kind}) AS kind FROM (SELECT line${prelude} FROM ${LINES} WHERE notEmpty(line))
WHERE ifNull(${shape.rejectLine}, '') = '' AND ${shape.kind} IS NOT NULL LIMIT 10000`;
}

/** Class tables whose records are contacts, with the roll-up of each. */
const CONTACT_TABLES = ["network_activity", "tls_activity", "http_activity", "dns_activity"] as const;
type ContactTable = (typeof CONTACT_TABLES)[number];

export function isContactTable(table: string): table is ContactTable {
  return (CONTACT_TABLES as readonly string[]).includes(table);
}

const PROTOCOL: Readonly<Record<ContactTable, string>> = {
  network_activity: "connection_protocol",
  dns_activity: "connection_protocol",
  tls_activity: "'tcp'",
  http_activity: "'tcp'",
};

/**
 * Product of rows from Zeek's open_http and open_ssl: the same records come again when the connection ends, so the roll-up takes them only
 * where that has not happened (`derive.ts`).
 */
export const OPEN_PRODUCT = "zeek-open";

/** The rows of some stretches of lines, each of another slice. */
function inStretches({ ids }: Stretches): string {
  // Most large units are of one slice: constants then, instead of a search for each row.
  const [from, to] =
    ids.length === 1
      ? ["{stretch_from:Array(UInt64)}[1]", "{stretch_to:Array(UInt64)}[1]"]
      : [
          "transform(source_id, {stretch_ids:Array(String)}, {stretch_from:Array(UInt64)}, toUInt64(0xFFFFFFFFFFFFFFFF))",
          "transform(source_id, {stretch_ids:Array(String)}, {stretch_to:Array(UInt64)}, toUInt64(0))",
        ];
  return `source_id IN {stretch_ids:Array(String)} AND source_line >= ${from} AND source_line < ${to}`;
}

/** Stretches of log, each of another slice: from (inclusive) and to (exclusive) are line numbers. */
export interface Stretches {
  ids: string[];
  from: number[];
  to: number[];
}

/** Lines of a unit as stretches of log, in groups in which every slice stands once (a log may be written in turns of two shapes). */
export function stretchesOf(unit: Unit): Stretches[] {
  const groups: (Stretches & { seen: Set<string> })[] = [];
  const groupWithout = (id: string) => {
    const found = groups.find(({ seen }) => !seen.has(id));
    if (found !== undefined) return found;
    const fresh = { seen: new Set<string>(), ids: [], from: [], to: [] };
    groups.push(fresh);
    return fresh;
  };
  for (const [index, { slice, row, line }] of unit.segments.entries()) {
    const rows = (unit.segments[index + 1]?.row ?? unit.rows) - row;
    const group = groupWithout(slice.id);
    group.seen.add(slice.id);
    group.ids.push(slice.id);
    group.from.push(line);
    group.to.push(line + rows);
  }
  return groups;
}

/** What {@link countStatement} and {@link rollupStatement} bind. */
export function stretchParameters({ ids, from, to }: Stretches): SqlParameters {
  return { stretch_ids: ids, stretch_from: from, stretch_to: to };
}

/** Who saw a row, and what wrote it. */
export interface Observer {
  sensor_id: string;
  address_realm: string;
  product: string;
}

const OBSERVER = "sensor_id, address_realm, product";
const ONE_OBSERVER = "{sensor_id:String}, {address_realm:String}, {product:String}";

/** Rows of a table from some stretches of one batch, by observer: as many as a unit has sensors. */
export function countStatement(table: string, stretches: Stretches): string {
  return `SELECT ${OBSERVER}, count() AS n FROM ${table} WHERE batch_id = {batch_id:String} AND ${inStretches(stretches)} GROUP BY ${OBSERVER}`;
}

/**
 * Roll-up of the records of one class in some stretches of one batch. A unit at a time and not a whole batch: the table of groups stays
 * small (measured: 3 against 5.4 CPU seconds for four million connections).
 *
 * @param oneObserver all rows have the same one, which is bound: three keys less to group by, a third of the work
 */
export function rollupStatement(table: ContactTable, stretches: Stretches, oneObserver: boolean): string {
  const { channel, source, port, name, answered, volumes, where, keys } = ROLLUPS[table];
  const [by, values] = oneObserver ? ["", ONE_OBSERVER] : [`${OBSERVER}, `, OBSERVER];
  return `INSERT INTO contact_hourly
SELECT {batch_id:String}, ${values}, '${channel}', toStartOfHour(time) AS hour,
  src_endpoint_ip, ${channel === "dns" ? "answer" : "dst_endpoint_ip"}, ${port}, ${PROTOCOL[table]} AS protocol, ${name}, count(), ${answered}, ${volumes}, min(time), max(time)
FROM ${source}
WHERE batch_id = {batch_id:String} AND product != '${OPEN_PRODUCT}' AND ${where}
  AND ${inStretches(stretches)}
GROUP BY ${by}protocol, ${keys}`;
}

interface Rollup {
  channel: "flow" | "tls" | "http" | "dns";
  source: string;
  port: string;
  name: string;
  answered: string;
  /** bytes_out, bytes_in, duration_max: only flows have them. */
  volumes: string;
  where: string;
  keys: string;
}

const ROLLUPS: Readonly<Record<ContactTable, Rollup>> = {
  network_activity: {
    channel: "flow",
    source: "network_activity",
    port: "dst_endpoint_port",
    name: "''",
    answered: "sum(answered)",
    volumes: "sum(traffic_bytes_out), sum(traffic_bytes_in), max(duration)",
    where: "record_state = 'final'",
    keys: "src_endpoint_ip, dst_endpoint_ip, dst_endpoint_port, hour",
  },
  tls_activity: {
    channel: "tls",
    source: "tls_activity",
    port: "dst_endpoint_port",
    name: "sni",
    answered: "sum(established)",
    volumes: "0, 0, 0",
    where: "sni != ''",
    keys: "sni, src_endpoint_ip, hour, dst_endpoint_ip, dst_endpoint_port",
  },
  http_activity: {
    channel: "http",
    source: "http_activity",
    port: "dst_endpoint_port",
    name: "url_hostname",
    answered: "countIf(http_status > 0)",
    volumes: "0, 0, 0",
    where: "log_role = 'sensor' AND url_hostname != ''",
    keys: "url_hostname, src_endpoint_ip, hour, dst_endpoint_ip, dst_endpoint_port",
  },
  dns_activity: {
    channel: "dns",
    // A client that got no answer is told of no address: '::'.
    source:
      "(SELECT *, arrayJoin(if(empty(answer_ips), [toIPv6('::')], answer_ips)) AS answer FROM dns_activity)",
    port: "0",
    name: "query_hostname",
    answered: "countIf(notEmpty(answer_ips))",
    volumes: "0, 0, 0",
    where: "query_hostname != ''",
    keys: "query_hostname, src_endpoint_ip, hour, answer",
  },
};

/** Classes whose records show that a sensor worked. */
export const COVERED_CLASSES: ReadonlySet<string> = new Set([
  ...CONTACT_TABLES,
  "certificate",
  "file_activity",
  "email_activity",
  "remote_access_activity",
  "detection_finding",
]);

/** Rows of a class that no sensor on the network saw: what a server or proxy logs itself, and messages as they were received. */
const SEEN_BY_SENSORS: Readonly<Record<string, string>> = {
  http_activity: " AND log_role = 'sensor'",
  email_activity: " AND product != 'mail'",
};

/**
 * Hours that the records of one class in one batch cover.
 *
 * @param table one of {@link COVERED_CLASSES}
 * @param oneObserver as for {@link rollupStatement}: a quarter of the work
 */
export function coverageStatement(table: string, oneObserver: boolean): string {
  const [by, values] = oneObserver ? ["", ONE_OBSERVER] : [`${OBSERVER}, `, OBSERVER];
  return `INSERT INTO coverage_hourly
SELECT {batch_id:String}, ${values}, '${table}', toStartOfHour(time) AS hour, count()
FROM ${table} WHERE batch_id = {batch_id:String}${SEEN_BY_SENSORS[table] ?? ""} GROUP BY ${by}hour`;
}
