import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { Direction } from "../../model/relation.js";
import type { DetectContext } from "../port.js";
import { type ActiveDay, mergeDays } from "../shared/activity.js";
import type { WatchedSpan } from "./windows.js";

/** Flows between one of our addresses and one watched address on one port. "Ours" is the end that is not on the watch list. */
export interface Contact {
  realm: string;
  ours: string;
  server: string;
  /** The port that was connected to: theirs for outbound contact, ours for inbound. */
  port: number;
  direction: Direction;
  sensors: string[];
  days: ActiveDay[];
  first: number;
  last: number;
}

interface Row {
  realm: string;
  ours_text: string;
  server_text: string;
  port: number;
  sensors: string[];
  days: [number, number, number, number, number, number][];
  first: number;
  last: number;
}

/** Days before 1970 and after 2106 do not exist in an hour column. */
const LAST_SECOND = 4_294_967_295;
const CHUNK = 2_000;

interface Ends {
  ours: string;
  server: string;
  out: string;
  in: string;
}
const OUTBOUND: Ends = { ours: "src_ip", server: "dst_ip", out: "bytes_out", in: "bytes_in" };
const INBOUND: Ends = { ours: "dst_ip", server: "src_ip", out: "bytes_in", in: "bytes_out" };

/**
 * One row for each (realm, ours, server, port), most answered connections first. Rows of the batch `overlap` subtract what a second
 * observer saw too, so sums are right over all rows, and times and hours are read from positive rows only.
 */
function contactSql(ends: Ends, restriction: string): string {
  return `SELECT realm, toString(o) AS ours_text, toString(s) AS server_text, port, groupUniqArrayArray(sensors) AS sensors,
      groupArray([toInt64(day), toInt64(mask), c, a, b_out, b_in]) AS days,
      toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last
    FROM (SELECT address_realm AS realm, ${ends.ours} AS o, ${ends.server} AS s, dst_port AS port,
        intDiv(toUInt32(hour), 86400) AS day,
        groupBitOrIf(bitShiftLeft(toUInt32(1), toHour(hour)), connections > 0) AS mask,
        sum(connections) AS c, sum(answered) AS a, sum(${ends.out}) AS b_out, sum(${ends.in}) AS b_in,
        minIf(first_time, connections > 0) AS f, maxIf(last_time, connections > 0) AS l,
        groupUniqArrayIf(sensor_id, connections > 0) AS sensors
      FROM contact_hourly ${restriction}
      GROUP BY realm, o, s, port, day HAVING c > 0)
    GROUP BY realm, o, s, port
    ORDER BY sum(a) DESC, sum(b_out) DESC, realm, o, s, port
    LIMIT {limit:UInt32}`;
}

/** The watched spans as a table. A bound array is data, not SQL, so thousands of addresses are one statement. */
const SPANS = `(SELECT w.1 AS w_ip, w.2 AS w_port, w.3 AS w_from, w.4 AS w_to
  FROM (SELECT arrayJoin(arrayZip({ip:Array(IPv6)}, {port:Array(UInt16)}, {from:Array(UInt32)}, {to:Array(UInt32)})) AS w))`;

function withinSpans(ends: Ends): string {
  // An inbound flow's port is ours: a watched address:port names the server's listening port, so it does not apply.
  const port = ends === OUTBOUND ? "(w_port = 0 OR w_port = dst_port)" : "w_port = 0";
  return `INNER JOIN ${SPANS} AS spans ON ${ends.server} = w_ip
    WHERE channel = 'flow' AND ${ends.server} IN {ip:Array(IPv6)} AND ${port}
      AND toUInt32(hour) + 3600 > w_from AND toUInt32(hour) < w_to`;
}

function toContact(row: Row, direction: Direction): Contact {
  return {
    realm: row.realm,
    ours: plainAddress(row.ours_text),
    server: plainAddress(row.server_text),
    port: row.port,
    direction,
    sensors: row.sensors,
    days: row.days.map(([day, mask, connections, answered, out, into]) => ({
      day,
      mask,
      connections,
      answered,
      out,
      in: into,
    })),
    first: row.first,
    last: row.last,
  };
}

/** Flows to and from watched addresses within their spans; `cut` says that the limit was reached. */
export async function contactsWith(
  context: DetectContext,
  spans: readonly WatchedSpan[],
  limit: number,
): Promise<{ contacts: Contact[]; cut: boolean }> {
  const contacts: Contact[] = [];
  let cut = false;
  const byAddress = [...groupBy(spans, (span) => span.address).values()];
  for (const some of chunks(byAddress, CHUNK)) {
    const list = some.flat();
    const parameters = {
      ip: list.map((span) => span.address),
      port: list.map((span) => span.port),
      from: list.map((span) => seconds(span.from)),
      to: list.map((span) => seconds(span.to)),
      limit,
    };
    for (const [direction, ends] of [
      ["outbound", OUTBOUND],
      ["inbound", INBOUND],
    ] as const) {
      const rows = await context.query<Row>(contactSql(ends, withinSpans(ends)), parameters);
      cut ||= rows.length >= limit;
      for (const row of rows) contacts.push(toContact(row, direction));
    }
  }
  return { contacts, cut };
}

function seconds(milliseconds: number): number {
  return Math.min(LAST_SECOND, Math.max(0, Math.floor(milliseconds / 1000)));
}

/**
 * Flows in exactly the hours in which a host used a watched name (or certificate, or fingerprint) on an address that cannot be followed
 * as a whole, because others live there too. Other traffic of that host to that address and port in the same hour cannot be told apart.
 */
export async function contactsInHours(
  context: DetectContext,
  used: readonly { realm: string; ours: string; server: string; port: number; days: readonly ActiveDay[] }[],
  limit: number,
): Promise<Contact[]> {
  const contacts: Contact[] = [];
  for (const some of chunks(used, 500)) {
    const list = some.flatMap((each) => each.days.map((day) => ({ ...each, day: day.day, mask: day.mask })));
    const restriction = `INNER JOIN (SELECT w.1 AS w_realm, w.2 AS w_src, w.3 AS w_dst, w.4 AS w_port, w.5 AS w_day, groupBitOr(w.6) AS w_mask
        FROM (SELECT arrayJoin(arrayZip({realm:Array(String)}, {src:Array(IPv6)}, {dst:Array(IPv6)}, {port:Array(UInt16)},
          {day:Array(UInt32)}, {mask:Array(UInt32)})) AS w) GROUP BY w_realm, w_src, w_dst, w_port, w_day) AS used
        ON address_realm = w_realm AND src_ip = w_src AND dst_ip = w_dst AND dst_port = w_port
          AND intDiv(toUInt32(hour), 86400) = w_day
      WHERE channel = 'flow' AND dst_ip IN {dst:Array(IPv6)} AND bitTest(w_mask, toHour(hour))`;
    const rows = await context.query<Row>(contactSql(OUTBOUND, restriction), {
      realm: list.map((each) => each.realm),
      src: list.map((each) => each.ours),
      dst: list.map((each) => each.server),
      port: list.map((each) => each.port),
      day: list.map((each) => each.day),
      mask: list.map((each) => each.mask),
      limit,
    });
    for (const row of rows) contacts.push(toContact(row, "outbound"));
  }
  return contacts;
}

/** Contacts of the same ends, port and direction as one. */
export function mergeContacts(contacts: readonly Contact[]): Contact[] {
  const groups = groupBy(contacts, (each) =>
    [each.realm, each.ours, each.server, each.port, each.direction].join("|"),
  );
  return [...groups.values()].map((list) => ({
    ...(list[0] as Contact),
    sensors: [...new Set(list.flatMap((each) => each.sensors))],
    days: mergeDays(list.map((each) => each.days)),
    first: Math.min(...list.map((each) => each.first)),
    last: Math.max(...list.map((each) => each.last)),
  }));
}
