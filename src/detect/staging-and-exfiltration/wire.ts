import { isIP } from "node:net";
import { groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { MINUTE, parseTime, rfc3339 } from "../../kernel/time.js";
import type { Evidence } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress } from "../shared/endpoint.js";
import type { Chain } from "./chains.js";
import type { Done } from "./starts.js";

/** The connection of an upload, as a network sensor saw it. */
export interface Seen {
  client: string;
  server: string;
  bytes: number;
  at: number;
  evidence: Evidence;
}

export interface WireLimits {
  minutes: number;
  bytes: number;
}

/** Ports by which an upload goes whose command names no server. */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  ftp: [20, 21, 990],
  ssh: [22],
  started: [21, 22, 990],
};
/** Clocks of hosts and sensors differ by as much. */
const CLOCKS_MS = 2 * MINUTE;
/** Connections are read by the stretch of time that they began in: all others of a host, of which there may be any number, are not read. */
const STRETCH_S = 600;
const MOST = 20_000;

interface Row {
  realm: string;
  client: string;
  server: string;
  port: number;
  bytes: number | string;
  line: [string, string, number | string];
}

/** A row with its addresses and numbers in our form. */
interface Flow extends Omit<Row, "bytes" | "line"> {
  bytes: number;
  at: number;
  source_id: string;
  line: number;
}

interface Asked {
  done: Done;
  clients: readonly string[];
}

/** The largest fitting connection of each upload of these chains; none where no sensor saw one, or where nobody knows which address the host had. */
export async function seenOnWire(
  context: DetectContext,
  chains: readonly Chain[],
  limits: WireLimits,
): Promise<Map<Done, Seen>> {
  const asked = chains.flatMap(({ uploads }) =>
    uploads.map(
      ({ done }): Asked => ({
        done,
        clients: context.hosts
          .addressesOf(done.realm, done.host, done.at, done.at)
          .map(({ address }) => address),
      }),
    ),
  );
  const stretches = stretchesOf(asked, limits);
  const found = new Map<Done, Seen>();
  if (stretches.length === 0) return found;
  const names = await addressesOfNames(context, asked);
  const [servers, ports] = wanted(asked, names);
  const rows = await context.query<Row>(
    `SELECT address_realm AS realm, toString(src_endpoint_ip) AS client, toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port, traffic_bytes_out AS bytes,
       tuple(toString(time), toString(source_id), source_line) AS line
     FROM network_activity WHERE src_endpoint_ip IN {clients:Array(IPv6)} AND traffic_bytes_out >= {bytes:UInt64}
       AND (dst_endpoint_ip IN {servers:Array(IPv6)} OR dst_endpoint_port IN {ports:Array(UInt16)})
       AND (src_endpoint_ip, intDiv(toUnixTimestamp(time), ${STRETCH_S})) IN (SELECT arrayJoin(arrayZip({clients:Array(IPv6)}, {stretches:Array(UInt32)})))
     ORDER BY traffic_bytes_out DESC, time, source_id, source_line LIMIT ${MOST}`,
    {
      clients: stretches.map(({ client }) => client),
      stretches: stretches.map(({ stretch }) => stretch),
      servers,
      ports,
      bytes: limits.bytes,
    },
  );
  const flows = groupBy(rows.map(flowOf), ({ realm, client }) => JSON.stringify([realm, client]));
  for (const { done, clients: own } of asked) {
    const flow = own
      .flatMap(
        (client) =>
          flows.get(JSON.stringify([done.realm, client]))?.find((each) => fits(each, done, names, limits)) ??
          [],
      )
      .reduce<Flow | undefined>(
        (most, each) => (most === undefined || each.bytes > most.bytes ? each : most),
        undefined,
      );
    if (flow === undefined) continue;
    const { client, server, port, bytes, at, source_id, line } = flow;
    const summary = `connection ${client} to ${server} port ${port}, ${bytes} bytes out`;
    found.set(done, {
      ...{ client, server, bytes, at },
      evidence: { table: "network_activity", source_id, line, time: rfc3339(at), summary },
    });
  }
  return found;
}

/** When connections of these uploads may have begun, by client. */
function stretchesOf(asked: readonly Asked[], limits: WireLimits): { client: string; stretch: number }[] {
  const stretchOf = (at: number) => Math.max(0, Math.floor(at / 1_000 / STRETCH_S));
  const found = new Map<string, { client: string; stretch: number }>();
  for (const { done, clients } of asked)
    for (const client of clients) {
      const last = stretchOf(done.at + limits.minutes * MINUTE);
      for (let stretch = stretchOf(done.at - CLOCKS_MS); stretch <= last; stretch++)
        found.set(`${client} ${stretch}`, { client, stretch });
    }
  return [...found.values()];
}

function flowOf({ realm, client, server, port, bytes, line: [time, source_id, line] }: Row): Flow {
  return {
    ...{ realm, port, source_id, line: Number(line), bytes: Number(bytes), at: parseTime(time) },
    client: plainAddress(client),
    server: plainAddress(server),
  };
}

/** Servers that uploads name, and ports of those that name none: other connections, of which there are many, need not be read. */
function wanted(
  asked: readonly Asked[],
  names: ReadonlyMap<string, ReadonlySet<string>>,
): [servers: string[], ports: number[]] {
  const [servers, ports] = [new Set<string>(), new Set<number>()];
  for (const {
    done: { act },
  } of asked) {
    if (act.kind !== "upload") continue;
    if (act.server === "") for (const port of PORTS[act.way] ?? []) ports.add(port);
    else if (isIP(act.server) !== 0) servers.add(act.server);
    else for (const address of names.get(act.server) ?? []) servers.add(address);
  }
  return [[...servers].sort(), [...ports].sort((a, b) => a - b)];
}

function fits(
  { server, port, at: began }: Flow,
  { act, at }: Done,
  names: ReadonlyMap<string, ReadonlySet<string>>,
  limits: WireLimits,
): boolean {
  if (act.kind !== "upload" || began < at - CLOCKS_MS || began > at + limits.minutes * MINUTE) return false;
  if (act.server !== "") return server === act.server || names.get(act.server)?.has(server) === true;
  return isPublicAddress(server) && (PORTS[act.way] ?? []).includes(port);
}

/** What names stood for, as DNS answers and TLS server names say. */
async function addressesOfNames(
  context: DetectContext,
  asked: readonly Asked[],
): Promise<Map<string, Set<string>>> {
  const names = [...new Set(asked.map(({ done: { act } }) => (act.kind === "upload" ? act.server : "")))]
    .filter((name) => name.includes("."))
    .sort();
  const found = new Map<string, Set<string>>();
  if (names.length === 0) return found;
  const rows = await context.query<{ name: string; address: string }>(
    `SELECT DISTINCT query_hostname AS name, toString(arrayJoin(answer_ips)) AS address FROM dns_activity WHERE query_hostname IN {names:Array(String)}
     UNION DISTINCT SELECT DISTINCT sni AS name, toString(dst_endpoint_ip) AS address FROM tls_activity WHERE sni IN {names:Array(String)}`,
    { names },
  );
  for (const { name, address } of rows)
    found.set(name, (found.get(name) ?? new Set()).add(plainAddress(address)));
  return found;
}
