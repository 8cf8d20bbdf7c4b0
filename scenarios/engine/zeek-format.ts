/** Column names and types as Zeek 6 writes them, with the usual JA3 package. */
export const LOGS = ["conn", "dns", "http", "ssl", "x509"] as const;
export type LogName = (typeof LOGS)[number];
/** Logs of all scenarios; those of {@link LOGS} have writers of their own, made for speed. */
export type ZeekLog = LogName | "smtp" | "dhcp" | "ftp";

const ENDPOINTS = "ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port";

const COLUMNS: Record<ZeekLog, string> = {
  conn: `${ENDPOINTS} proto:enum service:string duration:interval orig_bytes:count resp_bytes:count conn_state:string
    local_orig:bool local_resp:bool missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count
    resp_pkts:count resp_ip_bytes:count tunnel_parents:set[string]`,
  dns: `${ENDPOINTS} proto:enum trans_id:count rtt:interval query:string qclass:count qclass_name:string qtype:count
    qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:vector[string]
    TTLs:vector[interval] rejected:bool`,
  http: `${ENDPOINTS} trans_depth:count method:string host:string uri:string referrer:string version:string
    user_agent:string origin:string request_body_len:count response_body_len:count status_code:count
    status_msg:string info_code:count info_msg:string tags:set[enum] username:string password:string
    proxied:set[string] orig_fuids:vector[string] orig_filenames:vector[string] orig_mime_types:vector[string]
    resp_fuids:vector[string] resp_filenames:vector[string] resp_mime_types:vector[string]`,
  ssl: `${ENDPOINTS} version:string cipher:string curve:string server_name:string resumed:bool last_alert:string
    next_protocol:string established:bool ssl_history:string cert_chain_fps:vector[string]
    client_cert_chain_fps:vector[string] sni_matches_cert:bool validation_status:string ja3:string ja3s:string`,
  x509: `ts:time fingerprint:string certificate.version:count certificate.serial:string certificate.subject:string
    certificate.issuer:string certificate.not_valid_before:time certificate.not_valid_after:time
    certificate.key_alg:string certificate.sig_alg:string certificate.key_type:string certificate.key_length:count
    certificate.exponent:string certificate.curve:string san.dns:vector[string] san.uri:vector[string]
    san.email:vector[string] san.ip:vector[addr] basic_constraints.ca:bool basic_constraints.path_len:count
    host_cert:bool client_cert:bool`,
  smtp: `${ENDPOINTS} trans_depth:count helo:string mailfrom:string rcptto:set[string] date:string from:string
    to:set[string] cc:set[string] reply_to:string msg_id:string in_reply_to:string subject:string
    x_originating_ip:addr first_received:string second_received:string last_reply:string path:vector[addr]
    user_agent:string tls:bool fuids:vector[string] is_webmail:bool`,
  ftp: `${ENDPOINTS} user:string password:string command:string arg:string mime_type:string file_size:count reply_code:count
    reply_msg:string data_channel.passive:bool data_channel.orig_h:addr data_channel.resp_h:addr
    data_channel.resp_p:port fuid:string`,
  dhcp: `ts:time uids:set[string] client_addr:addr server_addr:addr mac:string host_name:string client_fqdn:string
    domain:string requested_addr:addr assigned_addr:addr lease_time:interval client_message:string
    server_message:string msg_types:vector[string] duration:interval`,
};

/** 2023-08-01-00-00-00 */
function stamp(ts: number): string {
  return new Date(ts / 1000).toISOString().slice(0, 19).replace(/[T:]/g, "-");
}

export function header(log: ZeekLog, opened: number): string {
  const columns = COLUMNS[log].split(/\s+/).map((column) => {
    const colon = column.indexOf(":");
    return [column.slice(0, colon), column.slice(colon + 1)];
  });
  return [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    `#path\t${log}`,
    `#open\t${stamp(opened)}`,
    `#fields\t${columns.map(([name]) => name).join("\t")}`,
    `#types\t${columns.map(([, type]) => type).join("\t")}`,
    "",
  ].join("\n");
}

export function footer(closed: number): string {
  return `#close\t${stamp(closed)}\n`;
}
