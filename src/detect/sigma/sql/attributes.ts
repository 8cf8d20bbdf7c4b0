/**
 * What rules can ask of the tables of network and web logs, as SQL over one row: columns as the log would write them, and what is put together of them. A text
 * is '' where the row has no value.
 */
import type { RuleTable } from "../logsource/index.js";

export interface Attribute {
  /** String, or Array(String) of a list. */
  sql: string;
  list: boolean;
}

const one = (sql: string): Attribute => ({ sql, list: false });
const text = (column: string): Attribute => one(`toString(${column})`);
const texts = (column: string): Attribute => ({ sql: column, list: true });
/** 0 is a value: what the log did not say is stored as 0 as well. */
const number = (column: string): Attribute => one(`toString(${column})`);
/** 0 says that there is none. */
const code = (column: string): Attribute => one(`if(${column} = 0, '', toString(${column}))`);
const flag = (column: string): Attribute => one(`if(${column}, 'true', 'false')`);
/** 0 unknown, 1 yes, 2 no. */
const side = (column: string): Attribute => one(`transform(${column}, [1, 2], ['true', 'false'], '')`);
/** IPv4 as itself, not as mapped into IPv6; `::` is no address. */
const address = (column: string): Attribute =>
  one(`if(${column} = toIPv6('::'), '', replaceRegexpOne(toString(${column}), '^::ffff:', ''))`);

const TIME = { time: one("concat(replaceOne(toString(time), ' ', 'T'), 'Z')") };
const ENDS = {
  ...TIME,
  connection_uid: text("connection_uid"),
  src_endpoint_ip: address("src_endpoint_ip"),
  src_endpoint_port: code("src_endpoint_port"),
  dst_endpoint_ip: address("dst_endpoint_ip"),
  dst_endpoint_port: code("dst_endpoint_port"),
};

const IS_ABSOLUTE = "match(url_path, '^[A-Za-z][A-Za-z0-9+.-]*://')";
const QUERY = "position(url_path, '?')";
const BEFORE_QUERY = `if(${QUERY} = 0, url_path, substring(url_path, 1, ${QUERY} - 1))`;
const STEM = `replaceRegexpOne(${BEFORE_QUERY}, '^[A-Za-z][A-Za-z0-9+.-]*://[^/]*', '')`;

export const ATTRIBUTES: Readonly<Record<RuleTable, Readonly<Record<string, Attribute>>>> = {
  network_activity: {
    ...ENDS,
    community_id: text("community_id"),
    connection_protocol: text("connection_protocol"),
    app_name: text("app_name"),
    duration: number("duration"),
    traffic_bytes_out: number("traffic_bytes_out"),
    traffic_bytes_in: number("traffic_bytes_in"),
    traffic_packets_out: number("traffic_packets_out"),
    traffic_packets_in: number("traffic_packets_in"),
    ip_bytes_out: number("ip_bytes_out"),
    ip_bytes_in: number("ip_bytes_in"),
    connection_state: text("connection_state"),
    connection_history: text("connection_history"),
    src_is_local: side("src_is_local"),
    dst_is_local: side("dst_is_local"),
    // Only a firewall decides; its log is a CSV that the configuration describes.
    firewall_action: one(
      "if(startsWith(product, 'csv:'), if(connection_state = 'REJ', 'deny', 'accept'), '')",
    ),
    firewall_blocked: one(
      "if(startsWith(product, 'csv:'), if(connection_state = 'REJ', 'true', 'false'), '')",
    ),
  },
  dns_activity: {
    ...ENDS,
    connection_protocol: text("connection_protocol"),
    query_hostname: text("query_hostname"),
    query_type: text("query_type"),
    rcode: text("rcode"),
    answers: texts("answers"),
    rejected: flag("rejected"),
  },
  http_activity: {
    ...ENDS,
    url_hostname: text("url_hostname"),
    /** As requested: with the query, and absolute where a proxy was asked. */
    url_path: text("url_path"),
    url_stem: one(STEM),
    url_query: one(`if(${QUERY} = 0, '', substring(url_path, ${QUERY} + 1))`),
    /** Without the dot. */
    url_extension: one(`extract(${STEM}, '\\\\.([^./;]{1,16})$')`),
    /** The scheme is a guess by the port where the log does not say it. */
    url_full: one(
      `multiIf(${IS_ABSOLUTE}, url_path, url_hostname = '' OR http_method = 'CONNECT', '', concat(if(dst_endpoint_port = 443, 'https://', 'http://'), url_hostname, url_path))`,
    ),
    http_method: text("http_method"),
    http_status: code("http_status"),
    user_agent: text("user_agent"),
    /** As IIS writes it, and rules for it ask. */
    user_agent_plus: one("replaceAll(user_agent, ' ', '+')"),
    referrer: text("referrer"),
    user_name: text("user_name"),
    request_length: number("request_length"),
    response_length: number("response_length"),
    request_mime_types: texts("request_mime_types"),
    response_mime_types: texts("response_mime_types"),
  },
  tls_activity: {
    ...ENDS,
    sni: text("sni"),
    tls_version: text("tls_version"),
    cipher: text("cipher"),
    ja3: text("ja3"),
    ja3s: text("ja3s"),
    ja4: text("ja4"),
    established: flag("established"),
    resumed: flag("resumed"),
    validation_status: text("validation_status"),
    certificate_chain: texts("certificate_chain"),
    certificate_fingerprint: text("certificate_fingerprint"),
    certificate_subject: text("certificate_subject"),
    certificate_issuer: text("certificate_issuer"),
  },
  certificate: {
    ...TIME,
    certificate_uid: text("certificate_uid"),
    fingerprint_md5: text("fingerprint_md5"),
    fingerprint_sha1: text("fingerprint_sha1"),
    fingerprint_sha256: text("fingerprint_sha256"),
    serial: text("serial"),
    subject: text("subject"),
    issuer: text("issuer"),
    key_algorithm: text("key_algorithm"),
    key_length: number("key_length"),
    san_dns: texts("san_dns"),
    is_ca: flag("is_ca"),
  },
  file_activity: {
    ...TIME,
    file_uid: text("file_uid"),
    connection_uids: texts("connection_uids"),
    src_endpoint_ip: address("src_endpoint_ip"),
    dst_endpoint_ip: address("dst_endpoint_ip"),
    app_name: text("app_name"),
    file_name: text("file_name"),
    file_mime_type: text("file_mime_type"),
    file_size: number("file_size"),
    hash_md5: text("hash_md5"),
    hash_sha1: text("hash_sha1"),
    hash_sha256: text("hash_sha256"),
  },
  email_activity: {
    ...ENDS,
    smtp_hello: text("smtp_hello"),
    smtp_from: text("smtp_from"),
    smtp_to: texts("smtp_to"),
    email_from: text("email_from"),
    email_reply_to: text("email_reply_to"),
    email_subject: text("email_subject"),
    email_message_uid: text("email_message_uid"),
    user_agent: text("user_agent"),
    file_uids: texts("file_uids"),
  },
  software_inventory: {
    ...TIME,
    device_ip: address("device_ip"),
    device_port: code("device_port"),
    software_type: text("software_type"),
    software_name: text("software_name"),
    software_version: text("software_version"),
    unparsed_version: text("unparsed_version"),
  },
  remote_access_activity: {
    ...ENDS,
    operation: text("operation"),
    user_name: text("user_name"),
    user_domain: text("user_domain"),
    /** As Kerberos writes a client: `name/REALM`. */
    user_principal: one("if(user_domain = '', user_name, concat(user_name, '/', user_domain))"),
    src_endpoint_hostname: text("src_endpoint_hostname"),
    dst_endpoint_hostname: text("dst_endpoint_hostname"),
    service_name: text("service_name"),
    share: text("share"),
    file_name: text("file_name"),
    file_size: number("file_size"),
    /** As Zeek writes what is done with a file: `SMB::FILE_OPEN`. */
    file_action: one("concat('SMB::', operation)"),
    endpoint: text("endpoint"),
    named_pipe: text("named_pipe"),
    succeeded: one("transform(toString(status), ['Success', 'Failure'], ['true', 'false'], '')"),
    status_detail: text("status_detail"),
    cipher: text("cipher"),
    src_software: text("src_software"),
    dst_software: text("dst_software"),
  },
  detection_finding: {
    ...ENDS,
    connection_protocol: text("connection_protocol"),
    rule_group: one("splitByChar(':', rule_uid)[1]"),
    rule_number: one("splitByChar(':', rule_uid)[2]"),
    rule_name: text("rule_name"),
    rule_category: text("rule_category"),
    severity_id: number("severity_id"),
    action: text("action"),
  },
};

const ENDED = { src: ENDS.src_endpoint_ip.sql, dst: ENDS.dst_endpoint_ip.sql };

/** Who a row is about: addresses of client and server, the name that was asked for, and what was done; '' where there is none. */
export const PARTIES: Readonly<Record<RuleTable, { src: string; dst: string; name: string; what?: string }>> =
  {
    network_activity: { ...ENDED, name: "''" },
    // The server is a resolver: what matters is the name.
    dns_activity: { ...ENDED, dst: "''", name: "query_hostname" },
    http_activity: {
      ...ENDED,
      name: "url_hostname",
      what: "trimBoth(concat(toString(http_method), ' ', url_path))",
    },
    tls_activity: { ...ENDED, name: "sni" },
    certificate: { src: "''", dst: "''", name: "''" },
    file_activity: { ...ENDED, name: "''" },
    email_activity: { ...ENDED, name: "''" },
    software_inventory: { src: address("device_ip").sql, dst: "''", name: "''" },
    remote_access_activity: {
      ...ENDED,
      name: "''",
      what: "multiIf(share != '', concat(share, if(file_name = '', '', concat('\\\\', file_name))), endpoint != '', concat(endpoint, ': ', operation), concat(protocol, ' ', service_name))",
    },
    detection_finding: { ...ENDED, name: "''", what: "rule_name" },
  };
