import fc from "fast-check";
import type { RuleTable } from "../../../../src/detect/sigma/logsource/index.js";

type Row = Record<string, string | number | string[]>;

const text = fc.constantFrom("", "a", "Ab", "b?c", "é", "a\\b", "x.example", "10", "-", "A b.EXE");
const texts = fc.array(text, { maxLength: 3 });
const name = fc.constantFrom("", "a.example", "www.Example", "xn--e1a.example", "10.0.0.1");
const address = fc.constantFrom("::", "::ffff:10.0.0.1", "::ffff:192.0.2.7", "2001:db8::1", "fe80::2");
const port = fc.constantFrom(0, 53, 80, 443, 8080, 65535);
const count = fc.constantFrom(0, 1, 10, 999, 123456789);
const flag = fc.constantFrom(0, 1);
const url = fc.constantFrom(
  "",
  "/",
  "/a/b.PHP?cmd=a&x=1?2",
  "/x.exe",
  "/x.exe;v=1.2/..",
  "/a.b/c",
  "http://a.example/d.js?e=http://b/f.g",
  "HTTPS://a.example",
  "a.example:443",
  "*",
  "/caf\u00e9?q=%27$" + "{jndi:ldap://a}",
);
const time = fc.constantFrom("2024-03-01 00:00:00.000000", "2023-12-31 23:59:59.999999");
const ends = {
  time,
  connection_uid: fc.constantFrom("", "C1", "C2", "C3"),
  src_endpoint_ip: address,
  src_endpoint_port: port,
  dst_endpoint_ip: address,
  dst_endpoint_port: port,
};
const protocol = fc.constantFrom("tcp", "udp", "");
const product = fc.constantFrom("zeek", "suricata");

/** Generated rows of every table that rules ask, without `batch_id` and place. */
export const ROWS: Readonly<Record<RuleTable, fc.Arbitrary<Row>>> = {
  network_activity: fc.record({
    ...ends,
    product: fc.constantFrom("zeek", "suricata", "csv:gate"),
    community_id: text,
    connection_protocol: protocol,
    app_name: fc.constantFrom("", "ssl", "HTTP"),
    duration: fc.constantFrom(0, 0.5, 12, 86400.25),
    traffic_bytes_out: count,
    traffic_bytes_in: count,
    traffic_packets_out: count,
    traffic_packets_in: count,
    ip_bytes_out: count,
    ip_bytes_in: count,
    connection_state: fc.constantFrom("", "SF", "REJ", "S0"),
    connection_history: text,
    src_is_local: fc.constantFrom(0, 1, 2),
    dst_is_local: fc.constantFrom(0, 1, 2),
  }),
  dns_activity: fc.record({
    ...ends,
    product,
    connection_protocol: protocol,
    query_hostname: name,
    query_type: fc.constantFrom("A", "TXT", ""),
    rcode: fc.constantFrom("NOERROR", "NXDOMAIN", ""),
    answers: texts,
    rejected: flag,
  }),
  http_activity: fc.record({
    ...ends,
    product: fc.constantFrom("zeek", "suricata", "apache"),
    log_role: fc.constantFrom("sensor", "server", "proxy"),
    url_hostname: name,
    url_path: url,
    http_method: fc.constantFrom("GET", "POST", "CONNECT", ""),
    http_status: fc.constantFrom(0, 200, 404),
    user_agent: text,
    referrer: url,
    user_name: text,
    request_length: count,
    response_length: count,
    request_mime_types: texts,
    response_mime_types: texts,
  }),
  tls_activity: fc.record({
    ...ends,
    product,
    sni: name,
    tls_version: text,
    cipher: text,
    ja3: text,
    ja3s: text,
    ja4: text,
    established: flag,
    resumed: flag,
    validation_status: text,
    certificate_chain: texts,
    certificate_fingerprint: text,
    certificate_subject: text,
    certificate_issuer: text,
  }),
  certificate: fc.record({
    time,
    product,
    certificate_uid: text,
    fingerprint_md5: text,
    fingerprint_sha1: text,
    fingerprint_sha256: text,
    serial: text,
    subject: text,
    issuer: text,
    key_algorithm: text,
    key_length: count,
    san_dns: texts,
    is_ca: flag,
  }),
  file_activity: fc.record({
    time,
    product,
    file_uid: text,
    connection_uids: texts,
    src_endpoint_ip: address,
    dst_endpoint_ip: address,
    app_name: text,
    file_name: text,
    file_mime_type: text,
    file_size: count,
    hash_md5: text,
    hash_sha1: text,
    hash_sha256: text,
  }),
  email_activity: fc.record({
    ...ends,
    product,
    smtp_hello: text,
    smtp_from: text,
    smtp_to: texts,
    email_from: text,
    email_reply_to: text,
    email_subject: text,
    email_message_uid: text,
    user_agent: text,
    file_uids: texts,
  }),
  software_inventory: fc.record({
    time,
    product,
    device_ip: address,
    device_port: port,
    software_type: text,
    software_name: text,
    software_version: text,
    unparsed_version: text,
  }),
  detection_finding: fc.record({
    ...ends,
    product,
    connection_protocol: protocol,
    rule_uid: fc.constantFrom("1:2019401", "1:10", ""),
    rule_name: text,
    rule_category: text,
    severity_id: fc.constantFrom(1, 2, 3),
    action: fc.constantFrom("allowed", "blocked", ""),
  }),
};
