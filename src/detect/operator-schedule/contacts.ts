import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { MachinePart } from "../../schedule/index.js";
import type { DetectContext } from "../port.js";
import type { Pair } from "./pairs.js";
import { type SessionLimits, tellSessionsApart, tellTimesApart } from "./sessions.js";
import { cellSql, routineCells, type SizeCell } from "./sizes.js";

/** What became of the connections of one pair. */
export interface PairContact {
  pair: Pair;
  /** Whoever acts as one, for the engine. */
  actor: string;
  connections: number;
  empty: number;
  routine: number;
  folded: number;
  automated: number;
  /** Milliseconds, in order. */
  interactive: number[];
  machines: MachinePart[];
}

export interface ContactOptions extends SessionLimits {
  alikeShare: number;
}

/**
 * Hosts of one query. The keys of check-in sizes are bound as parameters, which are to stay small.
 */
const HOSTS = 64;
const SERVERS = 2_000;
/** Contacts that are read of one pair in one half-hour: more say no more about who was at work when. */
const MOST_OF_HALF_HOUR = 12;

/**
 * Connections between two sets of addresses, whoever opens them. Both ends are bound: the sort key narrows the reading down to these pairs in a table of any size.
 * `worked` is 1 for those in which something was said.
 */
const FLOWS = `SELECT address_realm AS realm, if(dst_endpoint_ip IN {servers:Array(IPv6)}, src_endpoint_ip, dst_endpoint_ip) AS host_ip,
    if(dst_endpoint_ip IN {servers:Array(IPv6)}, dst_endpoint_ip, src_endpoint_ip) AS server_ip, dst_endpoint_port AS port, time,
    ${cellSql("traffic_bytes_out")} AS out_cell, ${cellSql("traffic_bytes_in")} AS in_cell,
    answered = 1 AND (traffic_bytes_out + traffic_bytes_in > 0 OR {sized:UInt8} = 0) AS worked
  FROM network_activity
  WHERE record_state = 'final' AND ((src_endpoint_ip IN {hosts:Array(IPv6)} AND dst_endpoint_ip IN {servers:Array(IPv6)})
    OR (src_endpoint_ip IN {servers:Array(IPv6)} AND dst_endpoint_ip IN {hosts:Array(IPv6)}))`;

/** A number for a pair, port and size, as text: what is bound instead of six values. */
const CELL_KEY = "toString(cityHash64(realm, host_ip, server_ip, port, out_cell, in_cell))";

const CELLS = `SELECT realm, toString(host_ip) AS host, toString(server_ip) AS server, port, out_cell, in_cell, worked, ${CELL_KEY} AS key,
    count() AS connections, toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
  FROM (${FLOWS}) GROUP BY realm, host_ip, server_ip, port, out_cell, in_cell, worked
  ORDER BY realm, host_ip, server_ip, port, out_cell, in_cell, worked`;

const FLOW_TIMES = `SELECT realm, toString(host_ip) AS host, toString(server_ip) AS server, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at
  FROM (${FLOWS}) WHERE worked AND ${CELL_KEY} NOT IN {routine:Array(String)}
  ORDER BY realm, host_ip, server_ip, time
  LIMIT ${MOST_OF_HALF_HOUR} BY realm, host_ip, server_ip, intDiv(toUnixTimestamp(time), 1800)`;

const logTimes = (tls: string, http: string): string =>
  `SELECT realm, toString(host_ip) AS host, server, toUnixTimestamp64Milli(toDateTime64(time, 3, 'UTC')) AS at
  FROM (SELECT address_realm AS realm, src_endpoint_ip AS host_ip, ${tls} AS server, time FROM tls_activity
        WHERE src_endpoint_ip IN {hosts:Array(IPv6)} AND ${tls === "sni" ? "sni IN {names:Array(String)}" : "dst_endpoint_ip IN {servers:Array(IPv6)}"}
        UNION ALL
        SELECT address_realm AS realm, src_endpoint_ip AS host_ip, ${http} AS server, time FROM http_activity
        WHERE log_role = 'sensor' AND src_endpoint_ip IN {hosts:Array(IPv6)} AND ${http === "url_hostname" ? "url_hostname IN {names:Array(String)}" : "dst_endpoint_ip IN {servers:Array(IPv6)}"})
  ORDER BY realm, host_ip, server, time
  LIMIT ${MOST_OF_HALF_HOUR} BY realm, host_ip, server, intDiv(toUnixTimestamp(time), 1800)`;

const ADDRESS_TIMES = logTimes("toString(dst_endpoint_ip)", "toString(dst_endpoint_ip)");
const NAME_TIMES = logTimes("sni", "url_hostname");

/** Reads the contact of these pairs, and tells what a person at work may have caused from the rest. */
export async function contactsOf(
  context: DetectContext,
  pairs: readonly Pair[],
  options: ContactOptions,
): Promise<PairContact[]> {
  const found: PairContact[] = [];
  const kinds = groupBy(pairs, ({ by, sized }) => (by === "flows" ? (sized ? "sized" : "flows") : by));
  for (const [kind, list] of kinds) {
    for (const hosts of chunks([...new Set(list.map(({ host }) => host))], HOSTS)) {
      const some = list.filter(({ host }) => hosts.includes(host));
      for (const servers of chunks([...new Set(some.map(({ server }) => server))], SERVERS)) {
        const reader = new Reader(context, some, { hosts, servers }, options);
        found.push(...(await reader.read(kind)));
      }
    }
  }
  return found;
}

const keyOf = ({ realm, host, server }: { realm: string; host: string; server: string }): string =>
  `${realm} ${plainAddress(host)} → ${plainAddress(server)}`;

interface CellRow {
  realm: string;
  host: string;
  server: string;
  port: number;
  out_cell: number;
  in_cell: number;
  worked: number;
  key: string;
  connections: number;
  first: number;
  last: number;
}

interface TimeRow {
  realm: string;
  host: string;
  server: string;
  at: number;
}

class Reader {
  readonly #contacts: ReadonlyMap<string, PairContact>;

  constructor(
    private readonly context: DetectContext,
    pairs: readonly Pair[],
    private readonly ends: { hosts: string[]; servers: string[] },
    private readonly options: ContactOptions,
  ) {
    this.#contacts = new Map(
      pairs.map((pair) => [
        keyOf(pair),
        {
          pair,
          actor: keyOf(pair),
          connections: 0,
          empty: 0,
          routine: 0,
          folded: 0,
          automated: 0,
          interactive: [],
          machines: [],
        },
      ]),
    );
  }

  async read(kind: "sized" | "flows" | Pair["by"]): Promise<PairContact[]> {
    const { hosts, servers } = this.ends;
    if (kind === "sized" || kind === "flows") {
      const sized = kind === "sized" ? 1 : 0;
      const routine = await this.#readSizes(sized);
      await this.#readTimes(FLOW_TIMES, { hosts, servers, routine, sized }, sized === 1);
    } else if (kind === "log of names") await this.#readTimes(NAME_TIMES, { hosts, names: servers }, false);
    else await this.#readTimes(ADDRESS_TIMES, { hosts, servers }, false);
    return [...this.#contacts.values()].filter(({ connections }) => connections > 0);
  }

  /** Counts what is set aside by size, and returns the keys of these sizes. */
  async #readSizes(sized: 0 | 1): Promise<string[]> {
    const routine: string[] = [];
    let held: CellRow[] = [];
    const decide = () => {
      const contact = held[0] && this.#contacts.get(keyOf(held[0]));
      if (contact !== undefined) routine.push(...this.#setAside(contact, held, sized === 1));
      held = [];
    };
    for await (const row of this.context.stream<CellRow>(CELLS, { ...this.ends, sized })) {
      const [last] = held;
      if (last !== undefined && (keyOf(last) !== keyOf(row) || last.port !== row.port)) decide();
      held.push(row);
    }
    decide();
    return routine;
  }

  /** Rows are one pair's on one port. */
  #setAside(contact: PairContact, rows: readonly CellRow[], sized: boolean): string[] {
    const total = (list: readonly CellRow[]) =>
      list.reduce((sum, { connections }) => sum + Number(connections), 0);
    const worked = rows.filter((row) => row.worked === 1);
    contact.connections += total(rows);
    contact.empty += total(rows) - total(worked);
    if (!sized) return [];
    const cells = worked.map((row): SizeCell & { row: CellRow } => ({
      out: row.out_cell,
      in: row.in_cell,
      connections: Number(row.connections),
      row,
    }));
    const chosen = new Set<SizeCell>(routineCells(cells, this.options.alikeShare));
    const rowsOf = cells.filter((cell) => chosen.has(cell)).map(({ row }) => row);
    const events = total(rowsOf);
    if (events === 0) return [];
    contact.routine += events;
    const first = Math.min(...rowsOf.map((row) => Number(row.first)));
    const last = Math.max(...rowsOf.map((row) => Number(row.last)));
    contact.machines.push({
      actor: `${contact.actor} port ${rows[0]?.port}`,
      events,
      test: "same_size",
      seconds: (last - first) / 1000 / Math.max(1, events - 1),
    });
    return rowsOf.map(({ key }) => key);
  }

  /** Times come pair by pair, so that only one pair's are held. */
  async #readTimes(
    sql: string,
    parameters: Record<string, string[] | number>,
    bySession: boolean,
  ): Promise<void> {
    let key = "";
    let times: number[] = [];
    const decide = () => {
      const contact = this.#contacts.get(key);
      if (contact !== undefined && times.length > 0) this.#judge(contact, times, bySession);
      times = [];
    };
    for await (const row of this.context.stream<TimeRow>(sql, parameters)) {
      if (keyOf(row) !== key) {
        decide();
        key = keyOf(row);
      }
      times.push(Number(row.at));
    }
    decide();
  }

  #judge(contact: PairContact, times: readonly number[], bySession: boolean): void {
    // Logs without flows count nothing but these times.
    if (contact.connections === 0) contact.connections = times.length;
    const told = bySession
      ? tellSessionsApart(contact.actor, times, this.options)
      : tellTimesApart(contact.actor, times);
    contact.folded = contact.connections - contact.empty - contact.routine - times.length;
    contact.automated = times.length - told.interactive.length;
    contact.interactive = told.interactive;
    contact.machines.push(...told.machines);
  }
}
