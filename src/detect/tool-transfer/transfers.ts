import { plainAddress } from "../../kernel/plain-address.js";
import { parseTime } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { insideSql } from "../shared/inside.js";
import { anyOf, lists } from "./lists.js";

export type Way = "fetch" | "send";
/** `named`: what it is stands in its name alone. `unknown`: a large file that a script fetched, of which nothing says what it is. */
export type Form = "program" | "script" | "archive" | "named program" | "named archive" | "unknown";
/** What the name promises: what it is, no kind at all, an archive around it, or something else. */
export type Promised = "fits" | "nothing" | "packed" | "other";
export type Agent = "none" | "tool" | "webdav" | "other" | "unknown";

/** Like transfers between one host of ours and one server. Times are milliseconds UTC. */
export interface Transfers {
  realm: string;
  client: string;
  /** Who was asked: a name, or an address where there is none. */
  server: string;
  /** '' where the log does not tell. */
  address: string;
  /** The server was called by no name. */
  bare: boolean;
  inside: boolean;
  port: number;
  way: Way;
  form: Form;
  promise: Promised;
  agent: Agent;
  requests: number;
  bytes: number;
  days: number;
  first: number;
  last: number;
  example: Example;
}

/** The first request of these. */
export interface Example {
  at: number;
  source_id: string;
  line: number;
  method: string;
  path: string;
  agent: string;
  uid: string;
}

/** `[time, source_id, line, method, path, user agent, connection]` */
type Line = [string, string, number | string, string, string, string, string];

interface Row {
  realm: string;
  client: string;
  server: string;
  address: string;
  bare: number;
  inside: number;
  port: number;
  way: Way;
  form: Form;
  promise: Promised;
  agent: Agent;
  requests: number | string;
  bytes: number | string;
  days: number | string;
  first: string;
  last: string;
  line: Line;
}

/** Longer paths and agents are cut. */
const LONGEST = 300;

/** What a proxy is asked for. */
const ABSOLUTE = "match(url_path, '^[a-z]+://')";
/** Who was asked by name; old and simple clients give a proxy no Host header. */
export const HOST = `if(url_hostname = '' AND ${ABSOLUTE}, lower(domain(url_path)), url_hostname)`;
const LITERAL = "(isIPv4String(host) OR isIPv6String(host))";
/** A proxy's clients are ours; of a sensor's those on our side. What a web server logs of itself is none of our hosts' traffic. */
export const OURS = `(log_role = 'proxy' OR (log_role = 'sensor' AND ${insideSql("src_endpoint_ip")}))`;
/** The other end says who was asked where the request does not; a proxy's log may know neither. */
const ASKED = "(url_hostname != '' OR dst_endpoint_ip != toIPv6('::'))";
const DONE = `http_method IN ('GET', 'PUT', 'POST') AND http_status BETWEEN 200 AND 299`;
/** Seen from before a proxy, the other end is the proxy. */
const ADDRESS = `multiIf(${LITERAL}, toIPv6OrDefault(host), log_role = 'sensor' AND ${ABSOLUTE}, toIPv6('::'), dst_endpoint_ip)`;
const KNOWN = "match(concat(user_agent, '\\n', url_path), {known:String})";

/** Files whose kind the sensor reports with their path, apart from the request (Suricata's `magic`): the latest, so many at most. */
const REPORTED = `SELECT arrayJoin(connection_uids) AS uid, file_name, toString(file_mime_type) AS kind FROM file_activity
  WHERE has({kinds:Array(String)}, file_mime_type) AND startsWith(file_name, '/') ORDER BY time DESC, source_id, source_line LIMIT {files:UInt64}`;

const is = (types: string, list: string): string => `hasAny(${types}, {${list}:Array(String)})`;
const isOnly = (types: string, list: string): string => `hasAll({${list}:Array(String)}, ${types})`;

const FORM = `multiIf(
  ${is("received", "named_programs")} OR ${is("received", "unnamed_programs")}, 'program',
  http_method = 'GET' AND ${is("received", "scripts")}, 'script',
  http_method != 'GET' AND ${is("sent", "archives")}, 'archive',
  http_method = 'GET' AND ${isOnly("received", "unsaid")} AND has({program_names:Array(String)}, extension), 'named program',
  http_method = 'PUT' AND ${isOnly("sent", "unsaid")} AND has({archive_names:Array(String)}, extension), 'named archive',
  http_method = 'GET' AND bare AND agent = 'tool' AND extension = '' AND response_length >= {unknown:UInt64} AND ${isOnly("received", "unsaid")}, 'unknown',
  '')`;

/** Of an ELF file and of a script no extension is expected; a script is text, and an office document an archive. Of what is posted the path is no name. */
const PROMISE = `multiIf(
  form = 'program' AND has({no_program:Array(String)}, extension), 'other',
  form = 'program' AND ${is("received", "named_programs")}, multiIf(extension = '', 'nothing', has({archive_names:Array(String)}, extension), 'packed', 'fits'),
  form = 'script' AND has({no_script:Array(String)}, extension), 'other',
  form = 'archive' AND http_method = 'PUT' AND has({no_archive:Array(String)}, extension), 'other',
  'fits')`;

const AGENT = `multiIf(
  user_agent = '', if(log_role = 'proxy', 'unknown', 'none'),
  match(user_agent, {webdav:String}), 'webdav',
  match(user_agent, {tools:String}), 'tool',
  'other')`;

/** What sets a transfer apart at first sight; the rest, which is nearly all, is not grouped. */
const ODDITY =
  "toUInt8(bare) + multiIf(promise = 'other', 2, promise = 'fits', 0, 1) + toUInt8(agent IN ('none', 'tool', 'webdav'))";

const SQL = `
  SELECT realm, toString(s) AS client, if(bare, toString(a), host) AS server, if(a = toIPv6('::'), '', toString(a)) AS address, bare,
    (realm, a) IN (SELECT address_realm, ip FROM internal_host) AS inside, port, way, form, promise, agent, count() AS requests, sum(size) AS bytes,
    uniqExact(toDate(time)) AS days, toString(min(time)) AS first, toString(max(time)) AS last, argMin(line, (time, line.2, line.3)) AS line
  FROM (
    SELECT realm, s, host, a, bare, port, time, line, extension, received, sent, http_method, ${FORM} AS form, ${PROMISE} AS promise, agent,
      if(form LIKE '%archive', 'send', 'fetch') AS way, if(way = 'send', request_length, response_length) AS size
    FROM (
      SELECT address_realm AS realm, src_endpoint_ip AS s, ${HOST} AS host, ${ADDRESS} AS a, host = '' OR ${LITERAL} AS bare,
        dst_endpoint_port AS port, time, request_length, response_length, http_method,
        lower(extract(cutQueryStringAndFragment(url_path), '[^/:]\\\\.([A-Za-z0-9_]{1,8})$')) AS extension, ${AGENT} AS agent,
        if(http_method = 'GET' AND kind != '', [kind], response_mime_types) AS received,
        if(http_method != 'GET' AND kind != '', [kind], request_mime_types) AS sent,
        tuple(toString(time), toString(source_id), source_line, toString(http_method), substring(url_path, 1, ${LONGEST}), substring(user_agent, 1, ${LONGEST}), connection_uid) AS line
      FROM http_activity LEFT ANY JOIN (${REPORTED}) AS reported
        ON http_activity.connection_uid = reported.uid AND cutQueryStringAndFragment(http_activity.url_path) = reported.file_name
      WHERE ${OURS} AND ${ASKED} AND ${DONE} AND NOT ${KNOWN})
    WHERE form != '')
  WHERE ${ODDITY} > 0 AND (NOT bare OR a != toIPv6('::'))
  GROUP BY realm, s, host, a, bare, port, way, form, promise, agent
  ORDER BY ${ODDITY} DESC, requests, realm, client, server, port, way, form, promise, agent LIMIT {most:UInt32}`;

/** Transfers with something odd about them, the oddest first. `beyond`: there were more than `max_groups`. */
export async function transfersOf(
  context: DetectContext,
): Promise<{ transfers: Transfers[]; beyond: boolean }> {
  const { content, extensions, agents } = lists();
  const { named_programs, unnamed_programs, scripts, archives, unsaid } = content;
  const { media, text, documents } = extensions;
  const most = context.parameter("max_groups");
  const rows = await context.query<Row>(SQL, {
    ...{ named_programs, unnamed_programs, scripts, archives, unsaid },
    kinds: [...named_programs, ...unnamed_programs, ...scripts, ...archives],
    program_names: extensions.programs,
    archive_names: extensions.archives,
    no_program: [...media, ...text, ...documents],
    no_script: [...media, ...documents],
    no_archive: [...media, ...text],
    tools: anyOf(agents.tools),
    webdav: anyOf(agents.webdav),
    known: knownPattern(),
    unknown: context.parameter("unknown_bytes"),
    files: context.parameter("max_files"),
    most: most + 1,
  });
  return { transfers: rows.slice(0, most).map(transfersIn), beyond: rows.length > most };
}

function transfersIn({ bare, inside, line, ...row }: Row): Transfers {
  const [time, source_id, number, method, path, agent, uid] = line;
  return {
    ...row,
    client: plainAddress(row.client),
    server: plainAddress(row.server),
    address: plainAddress(row.address),
    bare: Number(bare) === 1,
    inside: Number(inside) === 1,
    requests: Number(row.requests),
    bytes: Number(row.bytes),
    days: Number(row.days),
    first: parseTime(row.first),
    last: parseTime(row.last),
    example: { at: parseTime(time), source_id, line: Number(number), method, path, agent, uid },
  };
}

function knownPattern(): string {
  return anyOf(lists().known_uses.map(({ agent, path }) => `^${agent}[^\\n]*\\n${path}`));
}

export interface Looked {
  /** Answered requests of our hosts by GET, PUT and POST. */
  requests: number;
  /** Of these, with the type of what came back. */
  typed: number;
  /** Of these, updates that are set aside. */
  known: number;
}

export async function requestsLookedAt(context: DetectContext): Promise<Looked> {
  const [row] = await context.query<Record<keyof Looked, number | string>>(
    `SELECT count() AS requests, countIf(notEmpty(response_mime_types)) AS typed, countIf(${KNOWN}) AS known
     FROM http_activity WHERE ${OURS} AND ${ASKED} AND ${DONE}`,
    { known: knownPattern() },
  );
  return {
    requests: Number(row?.requests ?? 0),
    typed: Number(row?.typed ?? 0),
    known: Number(row?.known ?? 0),
  };
}
