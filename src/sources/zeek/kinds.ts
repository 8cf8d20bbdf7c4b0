/** Which log a Zeek file holds: by what it says of itself, then by its fields, and by its name only where these leave it open. */
import { basename } from "node:path";

/** Fields that tell a log; a record of it has all of `all` and at least one of `any`. The first that fits wins. */
const SIGNATURES: readonly { kind: string; all: readonly string[]; any?: readonly string[] }[] = [
  {
    kind: "conn",
    all: ["uid", "id.orig_h", "id.resp_h", "proto"],
    any: ["conn_state", "orig_pkts", "missed_bytes", "orig_ip_bytes"],
  },
  { kind: "smtp", all: ["id.orig_h", "trans_depth"], any: ["helo", "mailfrom", "rcptto", "last_reply"] },
  { kind: "sip", all: ["id.orig_h", "call_id"] },
  { kind: "http", all: ["id.orig_h"], any: ["request_body_len", "response_body_len"] },
  { kind: "dns", all: ["id.orig_h"], any: ["query", "qtype_name", "qclass"] },
  {
    kind: "ssl",
    all: ["id.orig_h"],
    any: ["cert_chain_fuids", "cert_chain_fps", "established", "server_name"],
  },
  { kind: "x509", all: ["certificate.serial"] },
  { kind: "files", all: ["fuid"], any: ["tx_hosts", "seen_bytes", "analyzers"] },
  { kind: "software", all: ["host", "software_type"] },
  { kind: "quic", all: ["client_initial_dcid"] },
  { kind: "ssh", all: ["id.orig_h"], any: ["auth_attempts", "hassh", "kex_alg", "auth_success"] },
  { kind: "dhcp", all: ["mac"], any: ["msg_types", "assigned_addr", "assigned_ip"] },
  { kind: "arp", all: ["orig_hw", "resp_hw"] },
  { kind: "notice", all: ["note"], any: ["msg", "suppress_for"] },
  { kind: "weird", all: ["name", "peer"], any: ["notice", "addl"] },
  { kind: "pe", all: ["machine", "compile_ts"] },
  { kind: "ntp", all: ["stratum", "poll"] },
  { kind: "kerberos", all: ["id.orig_h"], any: ["request_type", "renewable"] },
  {
    kind: "ntlm",
    all: ["id.orig_h"],
    any: ["domainname", "server_nb_computer_name", "server_dns_computer_name"],
  },
  { kind: "rdp", all: ["id.orig_h"], any: ["security_protocol", "keyboard_layout", "client_dig_product_id"] },
  { kind: "dce_rpc", all: ["named_pipe"] },
  { kind: "smb_files", all: ["id.orig_h", "action"], any: ["path", "times_modified"] },
  { kind: "smb_mapping", all: ["share_type"] },
  { kind: "tunnel", all: ["tunnel_type"] },
  { kind: "stats", all: ["pkts_proc"] },
  { kind: "capture_loss", all: ["percent_lost"] },
  { kind: "reporter", all: ["level", "message"] },
  { kind: "packet_filter", all: ["filter", "init"] },
  { kind: "telemetry", all: ["metric_type"] },
];

/** Logs that a file name may settle, longest first, so that `conn_long` is not taken for `conn`. */
const NAMED = [
  ...[
    "conn",
    "conn_long",
    "open_conn",
    "open_http",
    "open_ssl",
    "conn_red",
    "dns_red",
    "http_red",
    "ssl_red",
    "files_red",
    "conn_agg",
  ],
  ...[
    "dns",
    "http",
    "ssl",
    "x509",
    "files",
    "smtp",
    "software",
    "sip",
    "ssh",
    "ntp",
    "rdp",
    "ftp",
    "irc",
    "pe",
    "arp",
    "quic",
    "dhcp",
  ],
  ...[
    "weird",
    "weird_red",
    "notice",
    "notice_alarm",
    "kerberos",
    "ntlm",
    "dce_rpc",
    "smb_files",
    "smb_mapping",
    "smb_cmd",
    "snmp",
  ],
  ...[
    "radius",
    "mysql",
    "socks",
    "syslog",
    "tunnel",
    "dpd",
    "analyzer",
    "known_hosts",
    "known_services",
    "known_certs",
    "known_devices",
  ],
  ...[
    "stats",
    "capture_loss",
    "reporter",
    "packet_filter",
    "loaded_scripts",
    "communication",
    "cluster",
    "broker",
    "config",
    "print",
  ],
  ...[
    "telemetry",
    "telemetry_histogram",
    "intel",
    "signatures",
    "traceroute",
    "modbus",
    "dnp3",
    "ldap",
    "ldap_search",
    "ocsp",
    "mqtt_connect",
  ],
  ...[
    "mqtt_publish",
    "mqtt_subscribe",
    "postgresql",
    "redis",
    "rfb",
    "websocket",
    "stderr",
    "stdout",
    "barnyard2",
    "netcontrol",
    "openflow",
  ],
].sort((a, b) => b.length - a.length);

/** Logs that repeat another one in a shorter form, or interim records of it; the fields alone do not tell them from it. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  conn: ["conn_long", "open_conn", "conn_red", "conn_agg"],
  http: ["open_http", "http_red"],
  ssl: ["open_ssl", "ssl_red"],
  dns: ["dns_red"],
  files: ["files_red"],
};

/** Kind by the fields that a log has, dotted names; undefined where they tell nothing. */
export function kindOfFields(names: ReadonlySet<string>): string | undefined {
  return SIGNATURES.find(
    ({ all, any }) =>
      all.every((name) => names.has(name)) && (any === undefined || any.some((name) => names.has(name))),
  )?.kind;
}

/** Kind that a file name speaks of: `conn.00:00:00-01:00:00.log.gz`, `conn_20240101_00.log`, `dns.log.labeled`. */
export function kindOfName(path: string): string | undefined {
  const name = basename(path).toLowerCase().replaceAll("-", "_");
  return NAMED.find((kind) => name.startsWith(kind) && /^($|[^a-z_]|_+\d)/.test(name.slice(kind.length)));
}

/**
 * What a log is, from its own name for it (`#path`), its fields and its file's name.
 * A `#path` that Zeek does not know (a filter of the site's own, `conn-external`) is judged by its fields.
 */
export function kindOfLog(path: string, names: ReadonlySet<string>, file: string): string {
  const own = path.toLowerCase().replaceAll("-", "_");
  if (NAMED.includes(own)) return own;
  const byFields = kindOfFields(names);
  const byName = kindOfName(file);
  if (byFields === undefined) return own !== "" ? own : (byName ?? "unknown");
  return byName !== undefined && VARIANTS[byFields]?.includes(byName) ? byName : byFields;
}
