import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import type { Contact, Run } from "./rhythm/check-ins.js";
import { type Subject, subjectKey, type TargetKind } from "./subject.js";

/** Subjects in one query (a name with several addresses counts for ten): the state, and the parameters, stay small. */
const CHUNK = 500;
const RESOLVED_CHUNK = 50;
/** Contacts are taken from the beginning of each stretch, so that a year of a busy pair is a bounded number of them from all of the year. */
const STRETCH_HOURS = 6;
/** Contacts of one subject, about, and the least of one stretch. */
const MOST = 20_000;
const LEAST_OF_STRETCH = 24;
const MOST_OF_STRETCH = 2_000;

/** `[seconds, seconds of duration, bytes out]` */
type Tuple = [number, number, number | string] | Record<string, number | string>;

interface Row {
  realm: string;
  source: string;
  target: string;
  n: number | string;
  sensors: string[];
  contacts: Tuple[];
}

/** How many contacts a stretch gives: all of a few days, less of each stretch the longer the case is. A number of ours, not of any log. */
export function perStretch(spanHours: number): number {
  const stretches = Math.max(1, Math.ceil(spanHours / STRETCH_HOURS));
  return Math.min(MOST_OF_STRETCH, Math.max(LEAST_OF_STRETCH, Math.floor(MOST / stretches)));
}

/** Which address stands for which name, as bound by {@link boundTargets}. */
export const RESOLVED_JOIN = `INNER JOIN (
    SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {addresses:Array(IPv6)}, {targets:Array(String)})) AS link
  ) AS names ON src_endpoint_ip = link.1 AND dst_endpoint_ip = link.2`;

/** Sources, targets and addresses of these subjects (of one kind) in step, a subject with several addresses once for each. */
export function boundTargets(subjects: readonly Subject[]) {
  const rows = subjects.flatMap((each) =>
    (each.addresses ?? [each.kind === "address" ? each.target : ""]).map(
      (address) => [each, address] as const,
    ),
  );
  const isFlow = subjects.some(({ kind }) => kind === "address" || kind === "resolved");
  return {
    sources: rows.map(([{ source }]) => source),
    targets: rows.map(([{ target }]) => target),
    ...(isFlow ? { addresses: rows.map(([, address]) => address) } : {}),
  };
}

/** Each kind's own table, whose sort key begins with what the query binds. Snapshots of one open connection have one time and count once. */
function contactsSql(kind: TargetKind, most: number): string {
  const stretch = `toStartOfInterval(time, INTERVAL ${STRETCH_HOURS} HOUR)`;
  const outer = (
    inner: string,
  ) => `SELECT realm, toString(source) AS source, toString(target) AS target, count() AS n,
      groupUniqArray(sensor) AS sensors, groupArraySorted(${most})((at, lasted, bytes)) AS contacts
    FROM (${inner})
    GROUP BY realm, source, target, stretch
    ORDER BY realm, source, target, stretch`;
  const flows = (
    target: string,
    join: string,
  ) => `SELECT address_realm AS realm, src_endpoint_ip AS source, ${target} AS target, ${stretch} AS stretch,
        min(toString(sensor_id)) AS sensor, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) / 1000 AS at, max(duration) AS lasted,
        max(if(ip_bytes_out > 0, ip_bytes_out, traffic_bytes_out)) AS bytes
      FROM network_activity ${join}
      WHERE src_endpoint_ip IN {sources:Array(IPv6)} AND dst_endpoint_ip IN {addresses:Array(IPv6)}
        AND (src_endpoint_ip, dst_endpoint_ip) IN (SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {addresses:Array(IPv6)})))
        AND answered = 1 AND NOT (connection_protocol = 'icmp' AND dst_endpoint_port != 0)
      GROUP BY realm, source, target, stretch, at`;
  if (kind === "address") return outer(flows("dst_endpoint_ip", ""));
  if (kind === "resolved") return outer(flows("link.3", RESOLVED_JOIN));
  const named = (
    table: string,
    name: string,
    where: string,
  ) => `SELECT address_realm AS realm, src_endpoint_ip AS source, ${name} AS target,
      ${stretch} AS stretch, toString(sensor_id) AS sensor, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) / 1000 AS at, 0. AS lasted, toUInt64(0) AS bytes
    FROM ${table}
    WHERE ${name} IN {targets:Array(String)} AND src_endpoint_ip IN {sources:Array(IPv6)}
      AND (src_endpoint_ip, ${name}) IN (SELECT arrayJoin(arrayZip({sources:Array(IPv6)}, {targets:Array(String)})))
      AND ${where}`;
  const http = (where: string) => named("http_activity", "url_hostname", `log_role = 'sensor' AND ${where}`);
  if (kind === "proxied") return outer(http("is_proxied = 1 AND http_status < 500"));
  return outer(`${named("tls_activity", "sni", "1")} UNION ALL ${http("is_proxied = 0")}`);
}

/** What the logs have of a subject, as runs without an omission: a run ends where a stretch had more contacts than are taken. */
export interface Observed {
  subject: Subject;
  runs: Run[];
  sensors: string[];
  /** Contacts in the runs, and in all. */
  taken: number;
  all: number;
}

/** @param spanHours of the telemetry: decides how much of each stretch is taken */
export async function* contactsOf(
  context: DetectContext,
  subjects: readonly Subject[],
  spanHours: number,
): AsyncGenerator<Observed> {
  const most = perStretch(spanHours);
  for (const [kind, some] of groupBy(subjects, (each) => each.kind)) {
    const sql = contactsSql(kind, most);
    // Neighbours in the sort key of the table are read together.
    const ordered = [...some].sort(
      kind === "address" || kind === "resolved"
        ? (a, b) => a.source.localeCompare(b.source) || a.target.localeCompare(b.target)
        : (a, b) => a.target.localeCompare(b.target) || a.source.localeCompare(b.source),
    );
    for (const part of chunks(ordered, kind === "resolved" ? RESOLVED_CHUNK : CHUNK))
      yield* contactsOfPart(context, sql, part);
  }
}

interface Collected extends Observed {
  runs: Contact[][];
  /** The last stretch had more than was taken. */
  wasCut: boolean;
}

async function* contactsOfPart(
  context: DetectContext,
  sql: string,
  part: readonly Subject[],
): AsyncGenerator<Observed> {
  const bySubject = new Map(part.map((subject) => [subjectKey(subject), subject]));
  const kind = part[0]?.kind ?? "address";
  let current: Collected | undefined;
  const rows = context.stream<Row>(sql, boundTargets(part));
  for await (const row of rows) {
    const target = kind === "address" ? plainAddress(row.target) : row.target;
    const subject = bySubject.get(
      subjectKey({ kind, realm: row.realm, source: plainAddress(row.source), target }),
    );
    if (subject === undefined) continue;
    if (current?.subject !== subject) {
      if (current !== undefined) yield current;
      current = { subject, runs: [], sensors: [], taken: 0, all: 0, wasCut: true };
    }
    collect(current, row);
  }
  if (current !== undefined) yield current;
}

/** Adds the contacts of one stretch. */
function collect(into: Collected, row: Row): void {
  const contacts = row.contacts.map(contactOf);
  const last = into.runs.at(-1);
  if (into.wasCut || last === undefined) into.runs.push(contacts);
  else for (const contact of contacts) last.push(contact);
  for (const sensor of row.sensors) if (!into.sensors.includes(sensor)) into.sensors.push(sensor);
  into.taken += contacts.length;
  into.all += Number(row.n);
  into.wasCut = Number(row.n) > contacts.length;
}

/** The engine writes a tuple as a list or, where its members have names, as an object in the same order. */
function contactOf(tuple: Tuple): Contact {
  const [at, lasted, bytes] = (Array.isArray(tuple) ? tuple : Object.values(tuple)).map(Number);
  return { at: at ?? 0, end: (at ?? 0) + (lasted ?? 0), out: bytes ?? 0 };
}
