/**
 * Zeek's logs as event tables. Fields: https://docs.zeek.org/en/master/script-reference/log-files.html and the record types it
 * links (Conn::Info, DNS::Info, …), also as they were before Zeek 4 and as Corelight sensors write them.
 */
import { Checks } from "../checked.js";
import type { InsertPlan } from "../port.js";
import { sqlAddressesIn, sqlFingerprint, sqlHostName, sqlHostOfHeader, sqlString } from "../sql.js";
import { endpoints } from "./endpoints.js";
import type { ZeekFields } from "./fields.js";
import { REMOTE_ACCESS } from "./remote-access.js";

/** @param kind SQL of the log's kind, for logs that share a mapping */
type Mapping = (
  fields: ZeekFields,
  checks: Checks,
  kind: string,
) => Omit<InsertPlan, "accept" | "reject" | "kinds">;

/**
 * 1 unless the responder is known never to have answered. conn_state (Conn::Info): S0 no reply; REJ refused; RSTOS0 and SH the
 * originator gave up without a SYN-ACK. In SF, S1–S3, RSTO and RSTR there was a handshake (or a reply, for UDP). SHR: the responder
 * closed in good order what the sensor saw only one side of. RSTRH (SYN-ACK, then a reset by the same side: back-scatter, or one
 * side of a refused contact) and OTH (midstream, ICMP) say nothing by themselves, so what the responder sent decides.
 */
function answered(fields: ZeekFields, bytesIn: string, packetsIn: string): string {
  const state = fields.word("conn_state");
  const known = (name: string) => (fields.has(name) ? `NOT (${fields.field(name).absent})` : "0");
  const sent = `multiIf(${bytesIn} > 0, 1, ${state} = 'RSTRH', 0, ${packetsIn} > 0, 1, ${known("resp_pkts")} OR ${known("resp_bytes")}, 0, 1)`;
  return `multiIf(${state} IN ('S0', 'REJ', 'RSTOS0', 'SH'), 0, ${state} IN ('SF', 'S1', 'S2', 'S3', 'RSTO', 'RSTR', 'SHR'), 1, ${sent})`;
}

const isLocal = (fields: ZeekFields, name: string) =>
  `multiIf(${fields.isTrue(name)}, 1, ${fields.isFalse(name)}, 2, 0)`;

const conn: Mapping = (fields, checks, kind) => {
  const bytesIn = checks.count(fields.field("resp_bytes"));
  const packetsIn = checks.count(fields.field("resp_pkts"));
  return {
    table: "network_activity",
    columns: {
      ...endpoints(fields, checks),
      community_id: fields.word("community_id"),
      connection_protocol: `lower(${fields.word("proto")})`,
      app_name: `lower(${fields.word("service")})`,
      duration: checks.seconds(fields.field("duration")),
      traffic_bytes_out: checks.count(fields.field("orig_bytes")),
      traffic_bytes_in: bytesIn,
      traffic_packets_out: checks.count(fields.field("orig_pkts")),
      traffic_packets_in: packetsIn,
      ip_bytes_out: checks.count(fields.field("orig_ip_bytes")),
      ip_bytes_in: checks.count(fields.field("resp_ip_bytes")),
      connection_state: fields.word("conn_state"),
      answered: answered(fields, bytesIn, packetsIn),
      connection_history: fields.word("history"),
      record_state: `multiIf(${kind} = 'open_conn', 'open', ${kind} = 'conn_long', 'long', 'final')`,
      src_is_local: isLocal(fields, "local_orig"),
      dst_is_local: isLocal(fields, "local_resp"),
      sampling_rate: "1",
    },
  };
};

const dns: Mapping = (fields, checks) => {
  const answers = fields.prelude.define(fields.list("answers"));
  const query = fields.prelude.define(fields.text("query"));
  return {
    table: "dns_activity",
    where: `${query} != ''`,
    columns: {
      ...endpoints(fields, checks),
      connection_protocol: `lower(${fields.word("proto")})`,
      query_hostname: sqlHostName(query),
      query_type: firstOf(fields.word("qtype_name"), fields.word("qtype")),
      rcode: firstOf(fields.word("rcode_name"), fields.word("rcode")),
      answers,
      answer_ips: sqlAddressesIn(answers),
      rejected: fields.isTrue("rejected"),
    },
  };
};

const http: Mapping = (fields, checks) => {
  const host = fields.prelude.define(fields.text("host"));
  return {
    table: "http_activity",
    columns: {
      ...endpoints(fields, checks),
      url_hostname: sqlHostOfHeader(host),
      url_path: fields.text("uri"),
      http_method: fields.text("method"),
      http_status: checks.status(fields.field("status_code")),
      user_agent: fields.text("user_agent"),
      referrer: fields.text("referrer"),
      request_length: checks.count(fields.field("request_body_len")),
      response_length: checks.count(fields.field("response_body_len")),
      request_mime_types: fields.list("orig_mime_types"),
      response_mime_types: fields.list("resp_mime_types"),
      is_proxied: `notEmpty(${fields.list("proxied")})`,
    },
  };
};

const ssl: Mapping = (fields, checks) => {
  const prints = fields.prelude.define(
    `arrayMap(e -> ${sqlFingerprint("e")}, ${fields.list("cert_chain_fps")})`,
  );
  const fuids = fields.list("cert_chain_fuids");
  return {
    table: "tls_activity",
    columns: {
      ...endpoints(fields, checks),
      sni: sqlHostName(fields.prelude.define(fields.text("server_name"))),
      tls_version: fields.word("version"),
      cipher: fields.word("cipher"),
      ja3: `lower(${fields.word("ja3")})`,
      ja3s: `lower(${fields.word("ja3s")})`,
      ja4: fields.word("ja4"),
      established: fields.isTrue("established"),
      resumed: fields.isTrue("resumed"),
      validation_status: fields.text("validation_status"),
      certificate_chain: `if(notEmpty(${prints}), ${prints}, ${fuids})`,
      // resp_certificate_sha1: a common add-on for Zeek before 4, which knows certificates by file id only.
      certificate_fingerprint: firstOf(`${prints}[1]`, sqlFingerprint(fields.word("resp_certificate_sha1"))),
      certificate_subject: fields.text("subject"),
      certificate_issuer: fields.text("issuer"),
    },
  };
};

const x509: Mapping = (fields, checks) => {
  const print = fields.prelude.define(sqlFingerprint(fields.word("fingerprint")));
  const ofLength = (digits: number) => `if(length(${print}) = ${digits}, ${print}, '')`;
  return {
    table: "certificate",
    columns: {
      time: fields.time(checks, "ts"),
      certificate_uid: fields.word("id"),
      fingerprint_md5: ofLength(32),
      fingerprint_sha1: ofLength(40),
      fingerprint_sha256: ofLength(64),
      serial: fields.word("certificate.serial"),
      subject: fields.text("certificate.subject"),
      issuer: fields.text("certificate.issuer"),
      not_before: fields.claimedTime(checks, "certificate.not_valid_before"),
      not_after: fields.claimedTime(checks, "certificate.not_valid_after"),
      key_algorithm: fields.word("certificate.key_alg"),
      key_length: checks.smallCount(fields.field("certificate.key_length")),
      san_dns: `arrayMap(e -> lower(e), ${fields.list("san.dns")})`,
      is_ca: fields.isTrue("basic_constraints.ca"),
    },
  };
};

/** Up to Zeek 5 tx_hosts, rx_hosts and conn_uids; later one connection, and is_orig says which side sent. */
const files: Mapping = (fields, checks) => {
  const side = (hosts: string, ifOrig: string, otherwise: string) => {
    const listed = fields.prelude.define(`${fields.list(hosts)}[1]`);
    const one = (name: string) => (fields.has(name) ? fields.word(name) : "''");
    const raw = fields.prelude.define(
      `multiIf(${listed} != '', ${listed}, ${fields.isTrue("is_orig")}, ${one(ifOrig)}, ${one(otherwise)})`,
    );
    return checks.address({ name: hosts, raw, absent: `${raw} = ''` }, false);
  };
  const uid = fields.word("uid");
  const uids = fields.prelude.define(fields.list("conn_uids"));
  const total = checks.count(fields.field("total_bytes"));
  const seen = checks.count(fields.field("seen_bytes"));
  return {
    table: "file_activity",
    columns: {
      time: fields.time(checks, "ts"),
      file_uid: fields.word("fuid"),
      connection_uids: `multiIf(notEmpty(${uids}), ${uids}, ${uid} != '', [${uid}], [])`,
      src_endpoint_ip: side("tx_hosts", "id.orig_h", "id.resp_h"),
      dst_endpoint_ip: side("rx_hosts", "id.resp_h", "id.orig_h"),
      app_name: `lower(${fields.word("source")})`,
      file_name: fields.text("filename"),
      file_mime_type: fields.text("mime_type"),
      // total_bytes is what the protocol announced, seen_bytes what the sensor saw.
      file_size: `if(${total} > 0, ${total}, ${seen})`,
      hash_md5: `lower(${fields.word("md5")})`,
      hash_sha1: `lower(${fields.word("sha1")})`,
      hash_sha256: `lower(${fields.word("sha256")})`,
    },
  };
};

const smtp: Mapping = (fields, checks) => ({
  table: "email_activity",
  columns: {
    ...endpoints(fields, checks),
    smtp_hello: fields.text("helo"),
    smtp_from: fields.text("mailfrom"),
    smtp_to: fields.list("rcptto"),
    email_from: fields.text("from"),
    email_reply_to: fields.text("reply_to"),
    email_subject: fields.text("subject"),
    email_message_uid: fields.text("msg_id"),
    user_agent: fields.text("user_agent"),
    file_uids: fields.list("fuids"),
  },
});

const software: Mapping = (fields, checks) => {
  const numbers = ["major", "minor", "minor2", "minor3"]
    .map((part) => fields.word(`version.${part}`))
    .join(", ");
  const addition = fields.text("version.addl");
  return {
    table: "software_inventory",
    columns: {
      time: fields.time(checks, "ts"),
      device_ip: checks.address(fields.field("host")),
      device_port: checks.port(fields.field("host_p")),
      software_type: fields.word("software_type"),
      software_name: fields.text("name"),
      software_version: `arrayStringConcat(arrayFilter(e -> e != '', [arrayStringConcat(arrayFilter(e -> e != '', [${numbers}]), '.'), ${addition}]), '-')`,
      unparsed_version: fields.text("unparsed_version"),
    },
  };
};

/** Zeek before 2.6 has assigned_ip for assigned_addr, and neither messages nor the server. */
const dhcp: Mapping = (fields, checks) => {
  const uid = fields.word("uid");
  const uids = fields.prelude.define(fields.list("uids"));
  const either = (newer: string, older: string) => {
    const [first, second] = [newer, older].map((name) => (fields.has(name) ? fields.word(name) : "''"));
    const raw = fields.prelude.define(firstOf(first as string, second as string));
    return checks.address({ name: newer, raw, absent: `${raw} = ''` }, false);
  };
  return {
    table: "dhcp_activity",
    columns: {
      time: fields.time(checks, "ts"),
      connection_uids: `multiIf(notEmpty(${uids}), ${uids}, ${uid} != '', [${uid}], [])`,
      client_mac: `lower(${fields.word("mac")})`,
      client_hostname: sqlHostName(fields.prelude.define(fields.text("host_name"))),
      client_fqdn: sqlHostName(fields.prelude.define(fields.text("client_fqdn"))),
      domain: sqlHostName(fields.prelude.define(fields.text("domain"))),
      assigned_ip: either("assigned_addr", "assigned_ip"),
      server_ip: either("server_addr", "id.resp_h"),
      lease_time: checks.seconds(fields.field("lease_time")),
      message_types: fields.list("msg_types"),
    },
  };
};

function firstOf(first: string, second: string): string {
  return second === "''" ? first : first === "''" ? second : `if(${first} != '', ${first}, ${second})`;
}

const MAPPINGS: readonly { kinds: readonly string[]; mapping: Mapping }[] = [
  { kinds: ["conn", "conn_long", "open_conn"], mapping: conn },
  { kinds: ["dns"], mapping: dns },
  { kinds: ["http", "open_http"], mapping: http },
  { kinds: ["ssl", "open_ssl"], mapping: ssl },
  { kinds: ["x509"], mapping: x509 },
  { kinds: ["files"], mapping: files },
  { kinds: ["smtp"], mapping: smtp },
  { kinds: ["software"], mapping: software },
  { kinds: ["dhcp"], mapping: dhcp },
  ...REMOTE_ACCESS,
];

/** How records of one kind become rows; undefined where the kind is not used. */
export function planFor(kind: string, fields: ZeekFields): InsertPlan | undefined {
  const found = MAPPINGS.find(({ kinds }) => kinds.includes(kind));
  return found && plan(found.mapping, fields, sqlString(kind));
}

/** The plans for records of any kind. @param kind SQL that names a record's kind */
export function plansByKind(fields: ZeekFields, kind: string): InsertPlan[] {
  return MAPPINGS.map(({ kinds, mapping }) => ({ ...plan(mapping, fields, kind), kinds }));
}

function plan(mapping: Mapping, fields: ZeekFields, kind: string): InsertPlan {
  const checks = new Checks(fields.prelude);
  const mapped = mapping(fields, checks, kind);
  // open_http and open_ssl repeat what http and ssl will say when the connection ends: the product tells them apart.
  const product = `if(startsWith(${kind}, 'open_') AND ${kind} != 'open_conn', 'zeek-open', 'zeek')`;
  return { ...mapped, ...checks.verdict, columns: { product, ...mapped.columns } };
}
