import { isIP } from "node:net";
import { chunks, unique } from "../kernel/group-by.js";
import { plainAddress } from "../kernel/plain-address.js";
import type { Finding } from "../model/finding.js";
import { isSupporting } from "../model/supporting.js";
import { canBear } from "./independence.js";
import type { ContactDay, Gathered, Query } from "./input.js";

const CHUNK = 2_000;

/** The ends of the findings that say something about an organisation. */
interface Ends {
  hosts: string[];
  servers: string[];
  names: string[];
  /** Domains that were reached by look-ups alone: the DNS itself was the way there. */
  domains: string[];
}

export function endsOf(findings: readonly Finding[]): Ends {
  const contact = findings.filter((each) => !isSupporting(each) && canBear(each));
  const values = (some: readonly Finding[], role: string, kind: string) =>
    unique(
      some
        .flatMap((each) => each.entities)
        .filter((each) => each.role === role && each.kind === kind)
        .map((each) => each.value),
    );
  return {
    // Logs of hosts name a machine where sensors have its address: by a name no flow is found.
    hosts: values(contact, "victim", "host").filter((value) => isIP(value) !== 0),
    servers: values(contact, "server", "address"),
    names: values(contact, "server", "domain"),
    domains: values(
      contact.filter((each) => each.facts.by_lookups === true),
      "server",
      "domain",
    ),
  };
}

interface Row {
  realm: string;
  ours: string;
  theirs: string;
  port: number;
  name: string;
  day: number;
  connections: number;
  answered: number;
  bytes_out: number;
  bytes_in: number;
  first: number;
  last: number;
}

function toContact(row: Row, direction: ContactDay["direction"]): ContactDay {
  return {
    realm: row.realm,
    host: plainAddress(row.ours),
    server: plainAddress(row.theirs),
    port: row.port,
    direction,
    name: row.name,
    day: row.day,
    connections: row.connections,
    answered: row.answered,
    bytesOut: row.bytes_out,
    bytesIn: row.bytes_in,
    first: row.first,
    last: row.last,
  };
}

function flowSql(ours: "src_ip" | "dst_ip"): string {
  const theirs = ours === "src_ip" ? "dst_ip" : "src_ip";
  const [out, into] = ours === "src_ip" ? ["bytes_out", "bytes_in"] : ["bytes_in", "bytes_out"];
  return `SELECT realm, toString(o) AS ours, toString(t) AS theirs, port, '' AS name, day, c AS connections, a AS answered,
      b_out AS bytes_out, b_in AS bytes_in, toUnixTimestamp64Milli(f) AS first, toUnixTimestamp64Milli(l) AS last
    FROM (SELECT address_realm AS realm, ${ours} AS o, ${theirs} AS t, dst_port AS port, intDiv(toUInt32(hour), 86400) AS day,
        sum(connections) AS c, sum(answered) AS a, sum(${out}) AS b_out, sum(${into}) AS b_in,
        minIf(first_time, connections > 0) AS f, maxIf(last_time, connections > 0) AS l
      FROM contact_hourly
      WHERE channel = 'flow' AND ${theirs} IN {servers:Array(IPv6)} AND ${ours} IN {hosts:Array(IPv6)}
      GROUP BY realm, o, t, port, day HAVING c > 0)`;
}

/** Hours in which the name was used, with the flows of those ends in those hours where the flow log has them. */
const NAMED = `SELECT realm, toString(o) AS ours, toString(t) AS theirs, port, name, day, sum(if(fc > 0, fc, n)) AS connections,
    sum(if(fc > 0, fa, na)) AS answered, sum(b_out) AS bytes_out, sum(b_in) AS bytes_in,
    toUnixTimestamp64Milli(min(f)) AS first, toUnixTimestamp64Milli(max(l)) AS last
  FROM (SELECT address_realm AS realm, src_ip AS o, dst_ip AS t, dst_port AS port, min(contact_hourly.name) AS name, hour,
      intDiv(toUInt32(hour), 86400) AS day, sum(connections) AS n, sum(answered) AS na, min(first_time) AS f, max(last_time) AS l
    FROM contact_hourly
    WHERE channel IN ('tls', 'http') AND contact_hourly.name IN {names:Array(String)} AND src_ip IN {hosts:Array(IPv6)}
    GROUP BY realm, o, t, port, hour) AS named
  LEFT JOIN (SELECT address_realm AS realm, src_ip AS o, dst_ip AS t, dst_port AS port, hour, sum(connections) AS fc, sum(answered) AS fa,
      sum(bytes_out) AS b_out, sum(bytes_in) AS b_in
    FROM contact_hourly
    WHERE channel = 'flow' AND src_ip IN {hosts:Array(IPv6)} AND dst_ip IN (
      SELECT dst_ip FROM contact_hourly WHERE channel IN ('tls', 'http') AND contact_hourly.name IN {names:Array(String)})
    GROUP BY realm, o, t, port, hour) AS flows USING (realm, o, t, port, hour)
  GROUP BY realm, o, t, port, name, day`;

/** Look-ups below the domains, by day: the way is the name, whatever address was answered. Volumes are not known. */
const LOOKED_UP = `SELECT realm, toString(o) AS ours, '' AS theirs, 53 AS port, domain AS name, day, c AS connections, a AS answered,
    0 AS bytes_out, 0 AS bytes_in, toUnixTimestamp64Milli(f) AS first, toUnixTimestamp64Milli(l) AS last
  FROM (SELECT address_realm AS realm, src_endpoint_ip AS o, toUInt32(toDate(time)) AS day, count() AS c, countIf(notEmpty(answers)) AS a,
      arrayFirst(each -> query_hostname = each OR endsWith(query_hostname, concat('.', each)), {domains:Array(String)}) AS domain,
      toDateTime64(min(time), 3, 'UTC') AS f, toDateTime64(max(time), 3, 'UTC') AS l
    FROM dns_activity
    WHERE src_endpoint_ip IN {hosts:Array(IPv6)}
    GROUP BY realm, o, day, domain HAVING domain != '')`;

/** Contact by day between the hosts and the servers that findings name. */
export async function gatherContacts(query: Query, findings: readonly Finding[]): Promise<ContactDay[]> {
  const ends = endsOf(findings);
  const contacts: ContactDay[] = [];
  for (const hosts of chunks(ends.hosts, CHUNK)) {
    for (const servers of chunks(ends.servers, CHUNK)) {
      const outbound = await query<Row>(flowSql("src_ip"), { hosts, servers });
      const inbound = await query<Row>(flowSql("dst_ip"), { hosts, servers });
      for (const row of outbound) contacts.push(toContact(row, "outbound"));
      for (const row of inbound) contacts.push(toContact(row, "inbound"));
    }
    for (const names of chunks(ends.names, CHUNK)) {
      const named = await query<Row>(NAMED, { hosts, names });
      for (const row of named) contacts.push(toContact(row, "outbound"));
    }
    for (const domains of chunks(ends.domains, CHUNK)) {
      const asked = await query<Row>(LOOKED_UP, { hosts, domains });
      for (const row of asked) contacts.push(toContact(row, "outbound"));
    }
  }
  return contacts;
}

/** Which of the findings' names and certificates showed at which of their addresses. */
export async function gatherServerNames(
  query: Query,
  findings: readonly Finding[],
): Promise<Gathered["serverNames"]> {
  const ends = endsOf(findings);
  const certificates = unique(
    findings.flatMap((each) =>
      each.entities.filter((one) => one.kind === "certificate").map((one) => one.value),
    ),
  );
  const found: Gathered["serverNames"] = [];
  for (const servers of chunks(ends.servers, CHUNK)) {
    for (const names of chunks(ends.names, CHUNK)) {
      const rows = await query<{ name: string; address: string }>(
        `SELECT DISTINCT name, toString(dst_ip) AS address FROM contact_hourly
         WHERE channel != 'flow' AND dst_ip IN {servers:Array(IPv6)} AND name IN {names:Array(String)} ORDER BY name, address`,
        { servers, names },
      );
      found.push(
        ...rows.map((row) => ({ name: row.name, address: plainAddress(row.address), relation: "name of" })),
      );
    }
    for (const fingerprints of chunks(certificates, CHUNK)) {
      const rows = await query<{ name: string; address: string }>(
        `SELECT DISTINCT if(certificate_fingerprint != '', certificate_fingerprint, certificate_chain[1]) AS name,
           toString(dst_endpoint_ip) AS address
         FROM tls_activity WHERE dst_endpoint_ip IN {servers:Array(IPv6)} AND name IN {fingerprints:Array(String)} ORDER BY name, address`,
        { servers, fingerprints },
      );
      found.push(
        ...rows.map((row) => ({
          name: row.name,
          address: plainAddress(row.address),
          relation: "certificate of",
        })),
      );
    }
  }
  return found;
}
