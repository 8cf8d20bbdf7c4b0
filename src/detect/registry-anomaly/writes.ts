import type { SqlParameters } from "../../store/port.js";
import type { DetectContext } from "../port.js";
import { type EventLine, eventLineSql, eventOrderSql } from "../shared/event-evidence.js";
import { firstValuesSql } from "../shared/first-values.js";
import { ownerSql } from "../shared/host-owners.js";
import type { RegistryList } from "./list.js";

/** Like writes of one value, with like data, by the same program, on all hosts of one organisation in an address realm. */
export interface Writes {
  realm: string;
  /** Whose hosts; '' where nobody knows. */
  owner: string;
  /** Without what differs from host to host; see {@link pathSql}. */
  path: string;
  /** As the first of these events has them. */
  key: string;
  data: string;
  deleted: boolean;
  /** The writing program; '' where the event does not say. */
  writer: string;
  users: string[];
  events: number;
  hosts: number;
  hostNames: string[];
  /** Days of hosts with such a write. */
  hostDays: number;
  first: EventLine;
  last: EventLine;
}

/** What the registry events of one owner in a realm come to. */
export interface Telemetry {
  events: number;
  hosts: number;
  hostDays: number;
}

const HOSTS_KEPT = 50;
/** Longer values are cut: what they start stands at their beginning. */
const LONGEST = 4_096;

const literal = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** Roots as Sysmon, Windows' audit and other collectors write them, and what is the same key by another name. In a replacement, `\\` is one backslash. */
const REWRITES: readonly (readonly [string, string])[] = [
  [String.raw`^(\\registry\\machine|hklm|hkey_local_machine)\\`, String.raw`machine\\`],
  [String.raw`^(\\registry\\user|hku|hkey_users)\\[^\\]+_classes\\`, String.raw`user\\software\\classes\\`],
  [String.raw`^(\\registry\\user|hku|hkey_users)\\[^\\]+\\`, String.raw`user\\`],
  [String.raw`^(hkcu|hkey_current_user)\\`, String.raw`user\\`],
  [String.raw`^(hkcr|hkey_classes_root)\\`, String.raw`machine\\software\\classes\\`],
  [String.raw`\\wow6432node\\`, String.raw`\\`],
  [String.raw`^machine\\system\\controlset[0-9]+\\`, String.raw`machine\\system\\currentcontrolset\\`],
  [String.raw`\\$`, String.raw`\\(default)`],
];

/** SQL: a path of the registry in lower case, below `machine` or `user`, by one name for each key. The argument is SQL of ours. */
export const pathSql = (path: string): string =>
  REWRITES.reduce(
    (sql, [pattern, value]) => `replaceRegexpOne(${sql}, ${literal(pattern)}, ${literal(value)})`,
    `lower(${path})`,
  );

/** SQL: what differs from host to host: SIDs, names of users, versions. */
const like = (text: string): string =>
  `replaceRegexpAll(lower(${text}), ${literal(String.raw`s-1-5-21-[0-9-]+|:\\users\\[^\\]+|[0-9]+(\.[0-9]+)+`)}, '#')`;

const WRITES = `SELECT address_realm, device_hostname, toString(device_hostname) AS host, time, source_id, source_line, ${eventLineSql} AS line,
    metadata_event_code = 12 OR activity = '%%1906' AS deleted, if(metadata_event_code = 14, registry_new_path, registry_path) AS key,
    ${pathSql("if(metadata_event_code = 14, registry_new_path, registry_path)")} AS path,
    if(deleted, '', substringUTF8(registry_value_data, 1, ${LONGEST})) AS value, process_file_path AS program, user_name
  FROM registry_activity WHERE (metadata_event_code != 12 OR activity = 'DeleteValue')
    AND multiSearchAny(lower(if(metadata_event_code = 14, registry_new_path, registry_path)), {words:Array(String)})`;

/** Writes to the places of the list; the rarest first. */
export async function writesTo(
  context: DetectContext,
  owners: SqlParameters,
  { paths, words }: Pick<RegistryList, "paths" | "words">,
  most: number,
): Promise<Writes[]> {
  const rows = await context.query<
    Omit<Writes, "hostNames" | "deleted"> & { host_names: string[]; deleted: boolean | number }
  >(
    `SELECT address_realm AS realm, owner, path, deleted, argMin(key, ${eventOrderSql}) AS key, argMin(value, ${eventOrderSql}) AS data,
       argMin(program, ${eventOrderSql}) AS writer, ${firstValuesSql(20, "toString(user_name)", "user_name != ''")} AS users, count() AS events,
       uniqCombined(17)(host) AS hosts, ${firstValuesSql(HOSTS_KEPT, "host")} AS host_names, uniqCombined(17)(host, toDate(time)) AS hostDays,
       argMin(line, ${eventOrderSql}) AS first, argMax(line, ${eventOrderSql}) AS last
     FROM (SELECT *, ${ownerSql} AS owner, ${like("value")} AS like_value, ${like("program")} AS like_program FROM (${WRITES}) WHERE match(path, {paths:String}))
     GROUP BY realm, owner, path, deleted, like_value, like_program
     ORDER BY hosts, realm, owner, path, deleted, like_value, like_program LIMIT {most:UInt32}`,
    { ...owners, paths, words: [...words], most },
  );
  return rows.map(({ host_names, ...each }) => ({
    ...each,
    deleted: Boolean(each.deleted),
    events: Number(each.events),
    hosts: Number(each.hosts),
    hostDays: Number(each.hostDays),
    hostNames: host_names,
  }));
}

export const ownerKey = ({ realm, owner }: Pick<Writes, "realm" | "owner">): string => `${realm}\n${owner}`;

/** How much the registry events of each owner in each realm come to, by {@link ownerKey}. */
export async function telemetryOf(
  context: DetectContext,
  owners: SqlParameters,
): Promise<Map<string, Telemetry>> {
  const rows = await context.query<
    { realm: string; owner: string } & Record<keyof Telemetry, number | string>
  >(
    `SELECT address_realm AS realm, ${ownerSql} AS owner, count() AS events, uniqCombined(17)(device_hostname) AS hosts, uniqCombined(17)(device_hostname, toDate(time)) AS hostDays
     FROM registry_activity GROUP BY realm, owner`,
    owners,
  );
  return new Map(
    rows.map((row) => [
      ownerKey(row),
      { events: Number(row.events), hosts: Number(row.hosts), hostDays: Number(row.hostDays) },
    ]),
  );
}

/** When the registry events of hosts begin, milliseconds UTC; by realm and host as {@link hostKey} has them. */
export async function beginnings(
  context: DetectContext,
  hosts: readonly string[],
): Promise<Map<string, number>> {
  const rows = await context.query<{ realm: string; host: string; at: number | string }>(
    `SELECT address_realm AS realm, toString(device_hostname) AS host, toUnixTimestamp64Milli(min(time)) AS at FROM registry_activity
     WHERE device_hostname IN {hosts:Array(String)} GROUP BY realm, host`,
    { hosts: [...hosts] },
  );
  return new Map(rows.map(({ realm, host, at }) => [hostKey(realm, host), Number(at)]));
}

export const hostKey = (realm: string, host: string): string => JSON.stringify([realm, host]);
