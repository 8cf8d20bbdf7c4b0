import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { firstValuesSql, HELD_OF_MANY } from "../shared/first-values.js";
import { insideSql } from "../shared/inside.js";
import { SCRIPT_WITH_PATH } from "./web-server.js";

/** `[time, source_id, source_line, client, method, path and query, status]` */
export type RequestLine = [string, string, number | string, string, string, string, number | string];

/** Requests for one page of one web server that were answered with success. Times are milliseconds UTC. */
export interface Page {
  realm: string;
  /** Its address; where the log has none the name that was asked for, else the sensor. */
  server: string;
  /** Path without the query. */
  page: string;
  role: string;
  requests: number;
  posts: number;
  clients: number;
  clientList: string[];
  agents: number;
  agentList: string[];
  hostnames: string[];
  /** Requests that another page led to; that were made by somebody who had logged in. */
  referred: number;
  loggedIn: number;
  /** Requests whose query has a command of an operating system; that ask for a tunnel; different queries. */
  commands: number;
  tunnelling: number;
  queries: number;
  days: number;
  /** Different minutes with a request, and those with one in the minute before as well. */
  minutes: number;
  first: number;
  last: number;
  /** Answer to the first request of all for it. */
  firstStatus: number;
  lines: RequestLine[];
}

/** What a server's log has in whole: only there does the absence of something say anything. */
export interface Site {
  realm: string;
  server: string;
  role: string;
  requests: number;
  clients: number;
  withReferrer: number;
  withAgent: number;
  first: number;
  last: number;
}

const SERVER = `multiIf(dst_endpoint_ip != toIPv6('::'), toString(dst_endpoint_ip), url_hostname != '', url_hostname, toString(sensor_id))`;
const WHERE = `(log_role = 'server' OR (log_role = 'sensor' AND ${insideSql("dst_endpoint_ip")}))`;
/** Longer ones are cut: no page has such a name. */
const LONGEST = 500;
const BARE = `replaceRegexpAll(replaceRegexpOne(toValidUTF8(decodeURLComponent(substring(extract(url_path, '^[^?#;]*'), 1, ${LONGEST}))), '^[A-Za-z]+://[^/]*', ''), '/+', '/')`;
const PAGE = `if(match(${BARE}, {with_path:String}), extract(${BARE}, {with_path:String}), ${BARE})`;
const QUERY =
  "if(position(url_path, '?') = 0, '', lower(decodeURLFormComponent(substring(url_path, position(url_path, '?') + 1, 4000))))";
/** Path of the page that led here, as the client says. */
const REFERRER = "replaceRegexpOne(extract(referrer, '^[^?#;]*'), '^[A-Za-z]+://[^/]*', '')";

/** Commands of an operating system where a value of a query stands: what people search for is one word in a sentence, and has no switch behind it. */
const COMMAND =
  "(?:^|[=;|&])[\"' ]*(?:(?:[a-z]:)?[^ =&]{0,80}(?:cmd|powershell)(?:\\.exe)? ?[-/][a-z]|whoami|systeminfo|ipconfig|ifconfig|net1? (?:user|group|localgroup|view|share|use|accounts)|netstat -|tasklist|nltest /|quser|query user|wmic |certutil -|cat /etc/|uname -|ls -|dir [a-z]:|type [a-z]:|/bin/(?:ba)?sh|wget https?:|curl https?:)";
/** Tunna: `proxy&port=…&ip=…`; reGeorg: `cmd=connect&target=…&port=…`, `cmd=read`, `cmd=forward`. */
const TUNNEL =
  "(?:^|&)(?:proxy(?:&|$)|cmd=(?:connect|read|forward|disconnect)(?:&|$)|port=[0-9]+&ip=|target=[^&]+&port=[0-9]+)";

const SCANNING = `(SELECT address_realm, ${SERVER}, src_endpoint_ip, toStartOfHour(time) FROM http_activity
  WHERE ${WHERE} AND http_status BETWEEN 400 AND 499 AND http_status != 401
  GROUP BY 1, 2, 3, 4 HAVING uniqCombined(12)(${BARE}) >= {scan_pages:UInt32})`;

const LINE =
  "tuple(toString(time), toString(source_id), source_line, toString(src_endpoint_ip), toString(http_method), substring(toValidUTF8(url_path), 1, 300), http_status)";
const ORDER = "(time, source_id, source_line)";

const PAGES = `WITH http_status BETWEEN 200 AND 299 AS ok, ${QUERY} AS query, ${PAGE} AS asked
  SELECT address_realm AS realm, ${SERVER} AS server, asked AS page, toString(log_role) AS role,
    countIf(ok) AS requests, countIf(ok AND http_method = 'POST') AS posts,
    uniqCombinedIf(12)(src_endpoint_ip, ok) AS clients, ${firstValuesSql(20, "toString(src_endpoint_ip)", "ok", HELD_OF_MANY)} AS client_list,
    uniqCombinedIf(12)(user_agent, ok AND user_agent != '') AS agents, ${firstValuesSql(5, "user_agent", "ok AND user_agent != ''", HELD_OF_MANY)} AS agent_list,
    ${firstValuesSql(5, "url_hostname", "ok AND url_hostname != ''", HELD_OF_MANY)} AS hostnames,
    countIf(ok AND referrer != '' AND ${REFERRER} != asked) AS referred, countIf(ok AND user_name != '') AS logged_in,
    countIf(ok AND match(query, {command:String})) AS commands, countIf(ok AND match(query, {tunnel:String})) AS tunnelling,
    uniqCombinedIf(12)(query, ok AND query != '') AS queries, uniqCombinedIf(12)(toDate(time), ok) AS days,
    uniqCombinedIf(14)(toStartOfMinute(time), ok) AS minutes,
    toUnixTimestamp64Milli(toDateTime64(minIf(time, ok), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(maxIf(time, ok), 3, 'UTC')) AS last,
    argMin(http_status, ${ORDER}) AS first_status,
    argMinIf(${LINE}, ${ORDER}, ok) AS first_line, argMinIf(${LINE}, ${ORDER}, ok AND (match(query, {command:String}) OR match(query, {tunnel:String}))) AS command_line,
    argMinIf(${LINE}, ${ORDER}, ok AND http_method = 'POST') AS post_line, argMaxIf(${LINE}, ${ORDER}, ok) AS last_line
  FROM http_activity
  WHERE ${WHERE} AND (address_realm, ${SERVER}, src_endpoint_ip, toStartOfHour(time)) NOT IN ${SCANNING}
  GROUP BY realm, server, page, role
  HAVING requests > 0 AND clients <= {most_clients:UInt32} AND (posts > 0 OR commands > 0 OR tunnelling > 0)
  ORDER BY commands > 0 OR tunnelling > 0 DESC, clients, posts DESC, realm, server, page, role LIMIT {most:UInt32}`;

interface Row extends Omit<Page, "clientList" | "agentList" | "loggedIn" | "firstStatus" | "lines"> {
  client_list: string[];
  agent_list: string[];
  logged_in: number | string;
  first_status: number;
  first_line: RequestLine;
  command_line: RequestLine;
  post_line: RequestLine;
  last_line: RequestLine;
}

export async function pagesAsked(context: DetectContext): Promise<Page[]> {
  const rows = await context.query<Row>(PAGES, {
    with_path: SCRIPT_WITH_PATH,
    command: COMMAND,
    tunnel: TUNNEL,
    scan_pages: context.parameter("scan_pages"),
    most_clients: context.parameter("most_clients"),
    most: context.parameter("max_groups"),
  });
  return rows.map((row) => ({
    realm: row.realm,
    server: plainAddress(row.server),
    page: row.page,
    role: row.role,
    requests: Number(row.requests),
    posts: Number(row.posts),
    clients: Number(row.clients),
    clientList: row.client_list.map(plainAddress).filter((address) => address !== "::"),
    agents: Number(row.agents),
    agentList: row.agent_list,
    hostnames: row.hostnames,
    referred: Number(row.referred),
    loggedIn: Number(row.logged_in),
    commands: Number(row.commands),
    tunnelling: Number(row.tunnelling),
    queries: Number(row.queries),
    days: Number(row.days),
    minutes: Number(row.minutes),
    first: Number(row.first),
    last: Number(row.last),
    firstStatus: Number(row.first_status),
    // The engine gives an empty line where the condition was never true.
    lines: [row.first_line, row.command_line, row.post_line, row.last_line].filter(
      ([, source]) => source !== "",
    ),
  }));
}

const SITES = `SELECT address_realm AS realm, ${SERVER} AS server, toString(log_role) AS role, count() AS requests, uniqCombined(12)(src_endpoint_ip) AS clients,
    countIf(referrer != '') AS withReferrer, countIf(user_agent != '') AS withAgent,
    toUnixTimestamp64Milli(toDateTime64(min(time), 3, 'UTC')) AS first, toUnixTimestamp64Milli(toDateTime64(max(time), 3, 'UTC')) AS last
  FROM http_activity WHERE ${WHERE} GROUP BY realm, server, role ORDER BY requests DESC, realm, server, role LIMIT {most:UInt32}`;

/** By {@link siteKey}. */
export async function sitesAsked(context: DetectContext): Promise<Map<string, Site>> {
  const rows = await context.query<Site>(SITES, { most: context.parameter("max_groups") });
  return new Map(
    rows.map((row) => {
      const site = {
        ...row,
        server: plainAddress(row.server),
        requests: Number(row.requests),
        clients: Number(row.clients),
        withReferrer: Number(row.withReferrer),
        withAgent: Number(row.withAgent),
        first: Number(row.first),
        last: Number(row.last),
      };
      return [siteKey(site), site];
    }),
  );
}

export const siteKey = ({ realm, server, role }: Pick<Site, "realm" | "server" | "role">): string =>
  JSON.stringify([realm, server, role]);
