import { insideSql, oneMachineSql } from "../shared/inside.js";
import { familySql } from "./user-agent.js";

/** Added to the family of a user agent where the request has no Host header: such a client is another one. */
export const NO_HOST = " [no Host header]";

/** One kind of log that tells clients apart: SQL only of our own making. */
export interface LogKind {
  table: "http_activity" | "tls_activity";
  /** What the signature is made of, to be selected and to be grouped by. */
  raw: string;
  keys: string;
  /** From the raw columns; '' where there is none. A prefix tells the kind. */
  signature: string;
  /** The client as the log has it, to be shown. */
  shown: string;
  /** The name that the client said; '' for an address or none. */
  name: string;
  where: string;
  /** Making the signature of every row is cheap; where not, rows are grouped first. */
  cheap: boolean;
  /** Fewer hours make no candidate. Browsers that shuffle their extensions (Chrome since version 110) have a new JA3 each time: one-offs are no news. */
  leastHours: "one" | "repeated";
}

const realName = (column: string): string =>
  `if(position(${column}, '.') = 0 OR isIPv4String(${column}) OR isIPv6String(${column}), '', ${column})`;

export const HTTP: LogKind = {
  table: "http_activity",
  raw: "user_agent, url_hostname = '' AS hostless",
  keys: "user_agent, hostless",
  signature: `concat('UA ', ${familySql("user_agent")}, if(hostless, '${NO_HOST}', ''))`,
  shown: "user_agent",
  name: realName("url_hostname"),
  // Not HTTP on a web port, HTTP/2's preface, and requests for a tunnel have no Host header for reasons of their own.
  where:
    "log_role = 'sensor' AND match(http_method, '^[A-Z]{3,16}$') AND http_method NOT IN ('PRI', 'CONNECT')",
  cheap: false,
  leastHours: "one",
};

/**
 * JA4 without what depends on the server: whether it has a name, and the protocols offered. Its first part is transport and version, the second the
 * ciphers, the third extensions and signature algorithms (FoxIO, technical details of JA4).
 */
const JA4 =
  "concat('JA4 ', if(match(ja4, '^[a-z][0-9a-z]{2}[di][0-9]{4}[0-9a-z]{2}_'), concat(substring(ja4, 1, 3), substring(ja4, 11)), ja4))";

export const TLS: LogKind = {
  table: "tls_activity",
  raw: "ja3, ja4",
  keys: "ja3, ja4",
  signature: `multiIf(ja4 != '', ${JA4}, ja3 != '', concat('JA3 ', ja3), '')`,
  shown: "if(ja4 != '', ja4, ja3)",
  name: realName("sni"),
  where: "(ja3 != '' OR ja4 != '')",
  cheap: true,
  leastHours: "repeated",
};

/** `user agent`, `JA3` or `JA4`. */
export function kindOf(signature: string): string {
  return signature.startsWith("UA ") ? "user agent" : signature.slice(0, 3);
}

/** An inside address that answers for more names than this is a proxy, and the server lies behind it. */
const PROXY_NAMES = 100;
const PROXIES = `(SELECT dst_ip FROM contact_hourly WHERE channel IN ('tls', 'http') AND ${insideSql("dst_ip")}
  GROUP BY dst_ip HAVING uniqCombined(12)(name) > ${PROXY_NAMES})`;

export const OURS = insideSql("src_endpoint_ip");

/** Rows in which one of our hosts goes outside: to a machine there, or through a proxy to a name. */
export function outward(kind: LogKind): string {
  return `${kind.where} AND ${OURS} AND ${oneMachineSql("dst_endpoint_ip")}
    AND (NOT ${insideSql("dst_endpoint_ip")} OR (${kind.name} != '' AND dst_endpoint_ip IN ${PROXIES}))`;
}

/** Where it goes, as a text: the name, else the address. */
export function destination(kind: LogKind): string {
  return `if(${kind.name} != '', ${kind.name}, toString(dst_endpoint_ip))`;
}
