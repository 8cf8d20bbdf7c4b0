import { MINUTE, parseTime, rfc3339 } from "../../kernel/time.js";
import type { Evidence } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { isPublicAddress, plainAddress } from "../shared/endpoint.js";
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
const MOST = 20_000;

interface Flow {
  realm: string;
  client: string;
  server: string;
  port: number;
  bytes: number | string;
  line: [string, string, number | string];
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
  const clients = [...new Set(asked.flatMap((each) => each.clients))].sort();
  const found = new Map<Done, Seen>();
  if (clients.length === 0) return found;
  const [from, to] = [
    Math.min(...asked.map(({ done }) => done.at)),
    Math.max(...asked.map(({ done }) => done.at)),
  ];
  const flows = await context.query<Flow>(
    `SELECT address_realm AS realm, toString(src_endpoint_ip) AS client, toString(dst_endpoint_ip) AS server, dst_endpoint_port AS port, traffic_bytes_out AS bytes,
       tuple(toString(time), toString(source_id), source_line) AS line
     FROM network_activity WHERE src_endpoint_ip IN {clients:Array(IPv6)} AND traffic_bytes_out >= {bytes:UInt64}
       AND time BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({to:Int64})
     ORDER BY traffic_bytes_out DESC, time, source_id, source_line LIMIT ${MOST}`,
    { clients, bytes: limits.bytes, from: from - CLOCKS_MS, to: to + limits.minutes * MINUTE },
  );
  const names = await addressesOfNames(context, asked);
  for (const { done, clients: own } of asked) {
    const flow = flows.find((each) => fits(each, done, own, names, limits));
    if (flow === undefined) continue;
    const [time, source_id, line] = flow.line;
    const at = parseTime(time);
    const [client, server, bytes] = [
      plainAddress(flow.client),
      plainAddress(flow.server),
      Number(flow.bytes),
    ];
    const summary = `connection ${client} to ${server} port ${flow.port}, ${bytes} bytes out`;
    found.set(done, {
      ...{ client, server, bytes, at },
      evidence: { table: "network_activity", source_id, line: Number(line), time: rfc3339(at), summary },
    });
  }
  return found;
}

function fits(
  flow: Flow,
  { act, at, realm }: Done,
  clients: readonly string[],
  names: ReadonlyMap<string, ReadonlySet<string>>,
  limits: WireLimits,
): boolean {
  if (act.kind !== "upload" || flow.realm !== realm || !clients.includes(plainAddress(flow.client)))
    return false;
  const began = parseTime(flow.line[0]);
  if (began < at - CLOCKS_MS || began > at + limits.minutes * MINUTE) return false;
  const server = plainAddress(flow.server);
  if (act.server !== "") return server === act.server || names.get(act.server)?.has(server) === true;
  return isPublicAddress(server) && (PORTS[act.way] ?? []).includes(flow.port);
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
