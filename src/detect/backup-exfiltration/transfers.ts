import { chunks, unique } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import type { UploadHour } from "./uploads.js";

/** What one of our hosts sent to one outside address. Volumes in bytes, over all hours; `uploads` are the upload hours alone. */
export interface Transfer {
  realm: string;
  host: string;
  server: string;
  ports: number[];
  sensors: string[];
  uploads: UploadHour[];
  bytesOut: number;
  bytesIn: number;
  /** Days (UTC) with any contact. */
  contactDays: number;
  /** Hours with any contact, counted by hour of the UTC day. */
  contactHours: number[];
  /** Milliseconds UTC. */
  first: number;
  last: number;
}

export interface Candidates {
  pairs: { realm: string; host: string; server: string }[];
  /** Addresses to which few inside hosts upload. */
  rare: Set<string>;
  /** Pairs that were left out because there are too many: the smallest. */
  beyond: number;
}

/** Pairs with rare addresses that are examined, the largest volume first; and pairs with any address, for surges. */
const RARE_PAIRS = 5_000;
const LARGE_PAIRS = 2_000;
/** A destination may be spread over hosts and addresses: a pair with a quarter of the least volume is still taken up. */
const PAIR_SHARE = 0.25;
const CHUNK = 1_000;
/** Upload hours of a pair that are read, the largest: four months around the clock. */
const HOURS_KEPT = 3_000;
/** Hours of a host or organisation that are read: more than two years. */
const SERIES_KEPT = 20_000;

const OURS = `(address_realm, src_ip) IN (SELECT address_realm, ip FROM internal_host)
  AND (address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)`;
/** Rows of the roll-up that can be part of an upload hour; what is chosen by them is then read whole. */
const UPLOAD_ROW = "bytes_out >= {hour_bytes:Int64} AND bytes_out >= {ratio:Float64} * bytes_in";

function limits(context: DetectContext) {
  return { hour_bytes: context.parameter("hour_bytes"), ratio: context.parameter("upload_ratio") };
}

interface PairRow {
  realm: string;
  host: string;
  server: string;
  rare: number;
  all: number;
}

/**
 * Pairs with uploads. Addresses with few uploading hosts are chosen by themselves, because a popular service would crowd a quiet one out
 * of any list ordered by volume.
 */
export async function candidatePairs(context: DetectContext): Promise<Candidates> {
  const sql = (which: string, most: number) => `
    SELECT address_realm AS realm, toString(src_ip) AS host, toString(dst_ip) AS server, ${which === "IN" ? 1 : 0} AS rare,
      count() OVER () AS all
    FROM contact_hourly
    WHERE channel = 'flow' AND ${UPLOAD_ROW} AND ${OURS} AND dst_ip ${which} (
      SELECT dst_ip FROM contact_hourly WHERE channel = 'flow' AND ${UPLOAD_ROW} AND ${OURS}
      GROUP BY dst_ip HAVING uniqUpTo(100)(address_realm, src_ip) <= {popular:UInt32})
    GROUP BY address_realm, src_ip, dst_ip
    HAVING sum(bytes_out) >= {least:Int64}
    ORDER BY sum(bytes_out) DESC, realm, src_ip, dst_ip LIMIT ${most}`;
  const parameters = {
    ...limits(context),
    popular: Math.min(100, context.parameter("popular_hosts")),
    least: Math.round(context.parameter("min_bytes") * PAIR_SHARE),
  };
  const rows = [
    ...(await context.query<PairRow>(sql("IN", RARE_PAIRS), parameters)),
    ...(await context.query<PairRow>(sql("NOT IN", LARGE_PAIRS), parameters)),
  ];
  const judged = rows
    .map(({ realm, host, server, rare }) => ({
      realm,
      host: plainAddress(host),
      server: plainAddress(server),
      isRare: Number(rare) === 1,
    }))
    .filter(({ server }) => isPublicAddress(server));
  const allOf = (rare: number) => Number(rows.find((row) => Number(row.rare) === rare)?.all ?? 0);
  return {
    pairs: judged.map(({ realm, host, server }) => ({ realm, host, server })),
    rare: new Set(judged.filter(({ isRare }) => isRare).map(({ server }) => server)),
    beyond: Math.max(0, allOf(1) - RARE_PAIRS) + Math.max(0, allOf(0) - LARGE_PAIRS),
  };
}

interface TransferRow {
  realm: string;
  host: string;
  server: string;
  ports: number[];
  sensors: string[];
  hours: number[];
  outs: (number | string)[];
  ins: (number | string)[];
  bytes_out: number | string;
  bytes_in: number | string;
  contact_days: number;
  contact_hours: [hours: number[], counts: (number | string)[]];
  first: number;
  last: number;
}

/** Everything of the candidate pairs, hour by hour, second observers of the same flows taken off. */
export async function readTransfers(
  context: DetectContext,
  { pairs }: Pick<Candidates, "pairs">,
): Promise<Transfer[]> {
  const transfers: Transfer[] = [];
  const wanted = new Set(pairs.map(pairKey));
  // Hosts and servers are bound together and few of each: a popular server has millions of contacts with others.
  const byServer = [...pairs].sort((a, b) => a.server.localeCompare(b.server));
  const isUpload = "o >= {hour_bytes:Int64} AND o >= {ratio:Float64} * i";
  const largest = (list: string) =>
    `arraySlice(arrayReverseSort((x, y) -> y, ${list}, os), 1, ${HOURS_KEPT})`;
  for (const part of chunks(byServer, CHUNK)) {
    const rows = context.stream<TransferRow>(
      `SELECT realm, toString(s) AS host, toString(d) AS server, arraySort(groupUniqArrayArray(20)(p)) AS ports,
         groupUniqArrayArray(20)(sensors_of) AS sensors, groupArrayIf(h, ${isUpload}) AS hs, groupArrayIf(o, ${isUpload}) AS os,
         groupArrayIf(i, ${isUpload}) AS ins_of, ${largest("hs")} AS hours, ${largest("os")} AS outs, ${largest("ins_of")} AS ins,
         sum(o) AS bytes_out, sum(i) AS bytes_in, uniqCombined(12)(intDiv(h, 24)) AS contact_days,
         sumMap([toUInt8(h % 24)], [toUInt32(1)]) AS contact_hours, toUnixTimestamp64Milli(min(f)) AS first,
         toUnixTimestamp64Milli(max(l)) AS last
       FROM (SELECT address_realm AS realm, src_ip AS s, dst_ip AS d, intDiv(toUInt32(hour), 3600) AS h, sum(bytes_out) AS o,
           sum(bytes_in) AS i, groupUniqArray(8)(dst_port) AS p, groupUniqArray(8)(toString(sensor_id)) AS sensors_of,
           min(first_time) AS f, max(last_time) AS l
         FROM contact_hourly
         WHERE channel = 'flow' AND dst_ip IN {servers:Array(IPv6)} AND src_ip IN {hosts:Array(IPv6)} AND ${OURS}
         GROUP BY realm, s, d, h HAVING sum(connections) > 0)
       GROUP BY realm, s, d HAVING notEmpty(hs)`,
      {
        ...limits(context),
        servers: unique(part.map(({ server }) => server)),
        hosts: unique(part.map(({ host }) => host)),
      },
    );
    for await (const row of rows) {
      const transfer = transferOf(row);
      if (wanted.delete(pairKey(transfer))) transfers.push(transfer);
    }
  }
  return transfers.sort(
    (a, b) =>
      a.realm.localeCompare(b.realm) || a.host.localeCompare(b.host) || a.server.localeCompare(b.server),
  );
}

function pairKey({ realm, host, server }: { realm: string; host: string; server: string }): string {
  return `${realm}|${host}|${server}`;
}

function transferOf(row: TransferRow): Transfer {
  return {
    realm: row.realm,
    host: plainAddress(row.host),
    server: plainAddress(row.server),
    ports: row.ports,
    sensors: row.sensors,
    uploads: row.hours
      .map((hour, at) => ({ hour, out: Number(row.outs[at]), in: Number(row.ins[at]) }))
      .sort((a, b) => a.hour - b.hour),
    bytesOut: Math.max(0, Number(row.bytes_out)),
    bytesIn: Math.max(0, Number(row.bytes_in)),
    contactDays: Number(row.contact_days),
    contactHours: dayOf(row.contact_hours),
    first: row.first,
    last: row.last,
  };
}

function dayOf([hours, counts]: TransferRow["contact_hours"]): number[] {
  const day = new Array<number>(24).fill(0);
  hours.forEach((hour, at) => {
    day[hour] = Number(counts[at]);
  });
  return day;
}

/** Bytes by hour since 1970. */
export type HourSeries = Map<number, number>;

/** Uploads of these hosts to all destinations outside, by hour. Key: `realm|host`. */
export async function hostSeries(
  context: DetectContext,
  hosts: readonly { realm: string; host: string }[],
): Promise<Map<string, HourSeries>> {
  const series = new Map<string, HourSeries>();
  const wanted = new Set(hosts.map(({ realm, host }) => `${realm}|${host}`));
  for (const part of chunks([...new Set(hosts.map(({ host }) => host))], CHUNK)) {
    const rows = context.stream<{ realm: string; host: string; hours: number[]; outs: (number | string)[] }>(
      `SELECT realm, toString(s) AS host, groupArray(${SERIES_KEPT})(h) AS hours, groupArray(${SERIES_KEPT})(o) AS outs
       FROM (SELECT address_realm AS realm, src_ip AS s, intDiv(toUInt32(hour), 3600) AS h, sum(bytes_out) AS o
         FROM contact_hourly
         WHERE channel = 'flow' AND src_ip IN {hosts:Array(IPv6)} AND (${UPLOAD_ROW} OR bytes_out < 0) AND ${OURS}
         GROUP BY realm, s, h HAVING o > 0)
       GROUP BY realm, s`,
      { ...limits(context), hosts: part },
    );
    for await (const row of rows) {
      const key = `${row.realm}|${plainAddress(row.host)}`;
      if (wanted.has(key)) series.set(key, seriesOf(row.hours, row.outs));
    }
  }
  return series;
}

function seriesOf(hours: readonly number[], outs: readonly (number | string)[]): HourSeries {
  return new Map(hours.map((hour, at) => [hour, Number(outs[at])]));
}

const OWNED = `contact_hourly AS c INNER JOIN (
    SELECT address_realm, ip, org_id, valid_from, valid_to FROM host_organisation WHERE org_id IN {orgs:Array(String)}
  ) AS o ON c.address_realm = o.address_realm AND c.src_ip = o.ip`;
const OWNED_ROW = `channel = 'flow' AND (${UPLOAD_ROW} OR bytes_out < 0) AND hour >= valid_from AND hour < valid_to
  AND (c.address_realm, dst_ip) NOT IN (SELECT address_realm, ip FROM internal_host)`;

/** Uploads of whole organisations to all destinations outside, by hour. */
export async function organisationSeries(
  context: DetectContext,
  orgs: readonly string[],
): Promise<Map<string, HourSeries>> {
  const series = new Map<string, HourSeries>();
  for (const part of chunks(orgs, CHUNK)) {
    const rows = context.stream<{ org: string; hours: number[]; outs: (number | string)[] }>(
      `SELECT org, groupArray(${SERIES_KEPT})(h) AS hours, groupArray(${SERIES_KEPT})(b) AS outs FROM (
         SELECT o.org_id AS org, intDiv(toUInt32(hour), 3600) AS h, sum(bytes_out) AS b FROM ${OWNED} WHERE ${OWNED_ROW}
         GROUP BY org, h HAVING b > 0)
       GROUP BY org`,
      { ...limits(context), orgs: part },
    );
    for await (const row of rows) series.set(row.org, seriesOf(row.hours, row.outs));
  }
  return series;
}

/** Largest upload days of the hosts of an organisation, one a host: what its peers send at most. */
export interface PeerDay {
  realm: string;
  host: string;
  bytes: number;
}

const PEERS_KEPT = 40;

/** The {@link PEERS_KEPT} hosts of each organisation with the largest upload days, largest first. */
export async function peerDays(
  context: DetectContext,
  orgs: readonly string[],
): Promise<Map<string, PeerDay[]>> {
  const peers = new Map<string, PeerDay[]>();
  for (const part of chunks(orgs, CHUNK)) {
    const rows = context.stream<{ org: string; realm: string; host: string; most: number | string }>(
      `SELECT org, realm, toString(s) AS host, max(b) AS most FROM (
         SELECT o.org_id AS org, c.address_realm AS realm, src_ip AS s, toDate(hour) AS d, sum(bytes_out) AS b
         FROM ${OWNED} WHERE ${OWNED_ROW} GROUP BY org, realm, s, d)
       GROUP BY org, realm, s ORDER BY org, most DESC, realm, s LIMIT ${PEERS_KEPT} BY org`,
      { ...limits(context), orgs: part },
    );
    for await (const { org, realm, host, most } of rows) {
      const list = peers.get(org) ?? [];
      list.push({ realm, host: plainAddress(host), bytes: Number(most) });
      peers.set(org, list);
    }
  }
  return peers;
}
