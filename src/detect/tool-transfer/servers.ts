import { chunks, groupBy, unique } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql } from "../shared/first-values.js";
import { insideSql } from "../shared/inside.js";
import { HOST, OURS, type Transfers } from "./transfers.js";

/** What the case knows of a server beside the transfers. Times are milliseconds UTC. */
export interface Server {
  /** Hosts of ours that used it, whatever for. */
  clients: number;
  /** First contact of any of them. */
  met: number;
  /** Days on which each of them spoke HTTP with it; beyond 100 it is 101. */
  daysOf(client: string): number;
  certificate: OwnCertificate | undefined;
}

/** TLS with a certificate that nobody but the server itself vouches for. */
export interface OwnCertificate {
  handshakes: number;
  ports: number[];
  /** Of these, with an address for a server name: RFC 6066, section 3, allows none, and browsers send none. */
  addressAsName: number;
  first: number;
  last: number;
}

export interface Surroundings {
  of(transfers: Pick<Transfers, "realm" | "server">): Server;
  /** Hosts of ours in this address plan that contact anybody. */
  hostsIn(realm: string): number;
  /** When logs of this address plan begin; undefined where no sensor's coverage is known. */
  beganIn(realm: string): number | undefined;
}

const CHUNK = 2_000;
const NOBODY: Server = { clients: 0, met: Number.POSITIVE_INFINITY, daysOf: () => 1, certificate: undefined };

interface Known {
  clients: number;
  met: number;
  days: Map<string, number>;
  certificate: OwnCertificate | undefined;
}

const keyOf = ({ realm, server }: Pick<Transfers, "realm" | "server">): string =>
  JSON.stringify([realm, server]);

/** Reads what is known of the servers of these transfers: a few statements, each bound to them. */
export async function surroundingsOf(
  context: DetectContext,
  transfers: readonly Transfers[],
): Promise<Surroundings> {
  const servers = new Map<string, Known>();
  const known = (realm: string, server: string): Known => {
    const key = keyOf({ realm, server });
    const found = servers.get(key) ?? { ...NOBODY, days: new Map<string, number>() };
    servers.set(key, found);
    return found;
  };
  await readRequests(context, transfers, known);
  await readContacts(context, transfers, known);
  await readCertificates(context, transfers, known);
  const hosts = await context.query<{ realm: string; n: number | string }>(
    `SELECT realm, uniqCombined(12)(ip) AS n FROM (
       SELECT address_realm AS realm, src_ip AS ip FROM contact_hourly WHERE connections > 0 AND ${insideSql("src_ip")}
       UNION ALL SELECT address_realm AS realm, src_endpoint_ip AS ip FROM http_activity WHERE log_role = 'proxy')
     GROUP BY realm`,
  );
  const began = await context.query<{ realm: string; at: string }>(
    "SELECT address_realm AS realm, toString(min(hour)) AS at FROM coverage_hourly WHERE records > 0 GROUP BY realm",
  );
  const hostsIn = new Map(hosts.map(({ realm, n }) => [realm, Number(n)]));
  const beganIn = new Map(began.map(({ realm, at }) => [realm, parseTime(at)]));
  return {
    of: (each) => {
      const found = servers.get(keyOf(each));
      return found === undefined ? NOBODY : { ...found, daysOf: (client) => found.days.get(client) ?? 1 };
    },
    hostsIn: (realm) => hostsIn.get(realm) ?? 0,
    beganIn: (realm) => beganIn.get(realm),
  };
}

type Find = (realm: string, server: string) => Known;

/** Requests by server, found by the Host header (the table's sort key), or none: who asked, since when, and on how many days those did whose transfers are looked at. */
async function readRequests(
  context: DetectContext,
  transfers: readonly Transfers[],
  known: Find,
): Promise<void> {
  const byServer = groupBy(transfers, ({ server }) => server);
  for (const hosts of chunks([...byServer.keys()], CHUNK)) {
    const keys = ["", ...hosts];
    const all = await context.query<{ realm: string; host: string; clients: number | string; met: string }>(
      `SELECT address_realm AS realm, ${HOST} AS host, uniqCombined(12)(src_endpoint_ip) AS clients, toString(min(time)) AS met
       FROM http_activity WHERE url_hostname IN {keys:Array(String)} AND host IN {hosts:Array(String)} AND ${OURS} GROUP BY realm, host`,
      { hosts, keys },
    );
    for (const row of all) {
      const server = known(row.realm, row.host);
      server.clients = Math.max(server.clients, Number(row.clients));
      server.met = Math.min(server.met, parseTime(row.met));
    }
    const clients = unique(hosts.flatMap((host) => byServer.get(host) ?? []).map(({ client }) => client));
    for (const some of chunks(clients, CHUNK)) {
      const own = await context.query<{ realm: string; host: string; client: string; days: number | string }>(
        `SELECT address_realm AS realm, ${HOST} AS host, toString(src_endpoint_ip) AS client, uniqUpTo(100)(toDate(time)) AS days
         FROM http_activity WHERE url_hostname IN {keys:Array(String)} AND host IN {hosts:Array(String)} AND src_endpoint_ip IN {clients:Array(IPv6)} AND ${OURS}
         GROUP BY realm, host, src_endpoint_ip HAVING days > 1`,
        { hosts, keys, clients: some },
      );
      for (const { realm, host, client, days } of own)
        known(realm, host).days.set(plainAddress(client), Number(days));
    }
  }
}

/** Contacts by address, whatever the protocol, of servers that have no other name. */
async function readContacts(
  context: DetectContext,
  transfers: readonly Transfers[],
  known: Find,
): Promise<void> {
  for (const addresses of chunks(bareAddresses(transfers), CHUNK)) {
    const rows = await context.query<{
      realm: string;
      address: string;
      clients: number | string;
      met: string;
    }>(
      `SELECT address_realm AS realm, toString(dst_ip) AS address, uniqCombined(12)(src_ip) AS clients, toString(min(first_time)) AS met
       FROM contact_hourly WHERE channel IN ('flow', 'tls', 'http') AND dst_ip IN {addresses:Array(IPv6)} AND connections > 0 AND ${insideSql("src_ip")}
       GROUP BY realm, dst_ip`,
      { addresses },
    );
    for (const row of rows) {
      const server = known(row.realm, plainAddress(row.address));
      server.clients = Math.max(server.clients, Number(row.clients));
      server.met = Math.min(server.met, parseTime(row.met));
    }
  }
}

async function readCertificates(
  context: DetectContext,
  transfers: readonly Transfers[],
  known: Find,
): Promise<void> {
  for (const addresses of chunks(bareAddresses(transfers), CHUNK)) {
    const rows = await context.query<{
      realm: string;
      address: string;
      handshakes: number | string;
      ports: number[];
      named: number | string;
      first: string;
      last: string;
    }>(
      `SELECT address_realm AS realm, toString(dst_endpoint_ip) AS address, count() AS handshakes, ${firstValuesSql(5, "dst_endpoint_port")} AS ports,
         countIf(isIPv4String(sni) OR isIPv6String(sni)) AS named, toString(min(time)) AS first, toString(max(time)) AS last
       FROM tls_activity WHERE dst_endpoint_ip IN {addresses:Array(IPv6)} AND ${insideSql("src_endpoint_ip")}
         AND (match(validation_status, '(?i)self.signed') OR (certificate_subject != '' AND certificate_subject = certificate_issuer))
       GROUP BY realm, dst_endpoint_ip`,
      { addresses },
    );
    for (const { realm, address, handshakes, ports, named, first, last } of rows)
      known(realm, plainAddress(address)).certificate = {
        ...{ handshakes: Number(handshakes), ports, addressAsName: Number(named) },
        ...{ first: parseTime(first), last: parseTime(last) },
      };
  }
}

const bareAddresses = (transfers: readonly Transfers[]): string[] =>
  unique(transfers.filter(({ bare, address }) => bare && address !== "").map(({ address }) => address));
