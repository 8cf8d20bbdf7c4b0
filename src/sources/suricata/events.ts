/** EVE events as event tables. An alert repeats metadata of its flow and protocol; only the alert itself is taken from it. */
import { Checks, isoTime } from "../checked.js";
import type { InsertPlan } from "../port.js";
import {
  EMPTY_LIST,
  sqlAddressesIn,
  sqlFingerprint,
  sqlHostName,
  sqlHostOfHeader,
  sqlProtocol,
} from "../sql.js";
import type { EveFields } from "./fields.js";

type Mapping = (eve: EveFields, checks: Checks) => Omit<InsertPlan, "accept" | "reject" | "kinds">;

function common(eve: EveFields, checks: Checks, addressed = true) {
  const timestamp = eve.common("timestamp");
  return {
    time: checks.instant(timestamp, isoTime(timestamp.raw)),
    connection_uid: eve.common("flow_id").raw,
    src_endpoint_ip: checks.address(eve.common("src_ip"), addressed),
    src_endpoint_port: checks.port(eve.common("src_port")),
    dst_endpoint_ip: checks.address(eve.common("dest_ip"), addressed),
    dst_endpoint_port: checks.port(eve.common("dest_port")),
  };
}

/** Protocol that was recognised; `failed` and `unknown` are the absence of one. */
function appProto(eve: EveFields): string {
  const name = eve.common("app_proto").raw;
  return `if(${name} IN ('failed', 'unknown'), '', ${name})`;
}

const FIN = 1;
const SYN = 2;
const RST = 4;

/**
 * The nearest conn_state of Zeek, from the TCP flags of both sides (hex) where the record has them. A responder that only ever
 * reset refused the connection.
 */
function tcpState(eve: EveFields, packetsIn: string): { state: string; answered: string } {
  const flags = (key: string) => eve.prelude.define(`reinterpretAsUInt8(unhex(${eve.of("tcp", key).raw}))`);
  const known = `${eve.of("tcp", "tcp_flags_tc").raw} != ''`;
  const ts = flags("tcp_flags_ts");
  const tc = flags("tcp_flags_tc");
  const has = (value: string, flag: number) => `bitAnd(${value}, ${flag}) != 0`;
  const refused = eve.prelude.define(`${known} AND ${has(tc, RST)} AND NOT ${has(tc, SYN)}`);
  // Neither side's SYN was seen: the flow is older than what the sensor saw of it.
  const midstream = `NOT ${has(ts, SYN)} AND NOT ${has(tc, SYN)}`;
  const isTcp = `lower(${eve.common("proto").raw}) = 'tcp'`;
  const state = eve.of("flow", "state").raw;
  return {
    state: `multiIf(${packetsIn} = 0, 'S0', NOT ${isTcp}, 'SF', ${refused}, 'REJ', NOT ${known}, if(${state} = 'closed', 'SF', 'OTH'), ${midstream}, 'OTH', ${has(ts, RST)}, 'RSTO', ${has(tc, RST)}, 'RSTR', ${has(ts, FIN)} AND ${has(tc, FIN)}, 'SF', ${has(tc, SYN)}, 'S1', 'OTH')`,
    answered: `${packetsIn} > 0 AND NOT ${refused}`,
  };
}

const flow: Mapping = (eve, checks) => {
  const columns = common(eve, checks);
  const start = eve.of("flow", "start");
  const end = eve.of("flow", "end");
  const started = checks.instant(start, isoTime(start.raw));
  const ended = eve.prelude.define(isoTime(end.raw));
  checks.require(`(isNotNull(${ended}) OR ${end.absent})`, "'flow.end is not a time'");
  const age = checks.seconds(eve.of("flow", "age"));
  const packetsIn = checks.count(eve.of("flow", "pkts_toclient"));
  const bytesOut = checks.count(eve.of("flow", "bytes_toserver"));
  const bytesIn = checks.count(eve.of("flow", "bytes_toclient"));
  const { state, answered } = tcpState(eve, packetsIn);
  return {
    table: "network_activity",
    columns: {
      ...columns,
      time: started,
      community_id: eve.common("community_id").raw,
      connection_protocol: sqlProtocol(eve.common("proto").raw),
      app_name: appProto(eve),
      duration: `if(ifNull(${ended} >= ${started}, 0), dateDiff('microsecond', ${started}, assumeNotNull(${ended})) / 1e6, ${age})`,
      // Suricata counts whole packets; there is no count of payload.
      traffic_bytes_out: bytesOut,
      traffic_bytes_in: bytesIn,
      traffic_packets_out: checks.count(eve.of("flow", "pkts_toserver")),
      traffic_packets_in: packetsIn,
      ip_bytes_out: bytesOut,
      ip_bytes_in: bytesIn,
      connection_state: state,
      answered,
      record_state: "'final'",
      sampling_rate: "1",
    },
  };
};

/**
 * Version 1 has one event for each answer record, 2 one for all of them, 3 a list of questions and `request`/`response` for
 * `query`/`answer`. Questions and answers are events of their own in all versions, so a look-up that was answered gives two rows.
 */
const dns: Mapping = (eve, checks) => {
  const columns = common(eve, checks);
  const type = eve.of("dns", "type").raw;
  const isAnswer = `${type} IN ('answer', 'response')`;
  const first = (key: string) => {
    const own = eve.of("dns", key).raw;
    return eve.prelude.define(
      `if(${own} != '', ${own}, ifNull(tupleElement(${eve.array("dns", "queries")}[1], '${key}'), ''))`,
    );
  };
  const query = first("rrname");
  const grouped = ["A", "AAAA", "CNAME", "PTR", "TXT", "NS", "NULL"].map(
    (key) => `tupleElement(${eve.array("dns", "grouped")}, '${key}')`,
  );
  const single = eve.of("dns", "rdata").raw;
  const listed = `arrayFilter(a -> a != '', arrayMap(a -> ifNull(tupleElement(a, 'rdata'), ''), ${eve.array("dns", "answers")}))`;
  const answers = eve.prelude.define(
    `multiIf(NOT ${isAnswer}, ${EMPTY_LIST}, notEmpty(${eve.array("dns", "answers")}), ${listed}, ${single} != '', [${single}], arrayConcat(${grouped.join(", ")}))`,
  );
  // Some versions log an answer from the server's side. The client asks in every row here.
  const turned = `${isAnswer} AND ${columns.src_endpoint_port} = 53 AND ${columns.dst_endpoint_port} != 53`;
  const either = (one: string, other: string) => `if(${turned}, ${one}, ${other})`;
  const { src_endpoint_ip, src_endpoint_port, dst_endpoint_ip, dst_endpoint_port } = columns;
  return {
    table: "dns_activity",
    where: `${query} != ''`,
    columns: {
      ...columns,
      src_endpoint_ip: either(dst_endpoint_ip, src_endpoint_ip),
      src_endpoint_port: either(dst_endpoint_port, src_endpoint_port),
      dst_endpoint_ip: either(src_endpoint_ip, dst_endpoint_ip),
      dst_endpoint_port: either(src_endpoint_port, dst_endpoint_port),
      connection_protocol: sqlProtocol(eve.common("proto").raw),
      query_hostname: sqlHostName(query),
      query_type: first("rrtype"),
      rcode: `if(${isAnswer}, ${eve.of("dns", "rcode").raw}, '')`,
      answers,
      answer_ips: sqlAddressesIn(answers),
    },
  };
};

const http: Mapping = (eve, checks) => {
  const contentType = eve.of("http", "http_content_type").raw;
  return {
    table: "http_activity",
    columns: {
      ...common(eve, checks),
      url_hostname: sqlHostOfHeader(eve.of("http", "hostname").raw),
      url_path: eve.of("http", "url").raw,
      http_method: eve.of("http", "http_method").raw,
      http_status: checks.status(eve.of("http", "status")),
      user_agent: eve.of("http", "http_user_agent").raw,
      referrer: eve.of("http", "http_refer").raw,
      response_length: checks.count(eve.of("http", "length")),
      response_mime_types: `if(${contentType} = '', ${EMPTY_LIST}, [lower(trimBoth(splitByChar(';', ${contentType})[1]))])`,
      is_proxied: `${eve.of("http", "xff").raw} != ''`,
    },
  };
};

const tls: Mapping = (eve, checks) => {
  const version = eve.of("tls", "version").raw;
  const claimed = (key: string) =>
    `CAST(${eve.prelude.define(isoTime(eve.of("tls", key).raw))} AS Nullable(DateTime64(0, 'UTC')))`;
  return {
    table: "tls_activity",
    columns: {
      ...common(eve, checks),
      sni: sqlHostName(eve.of("tls", "sni").raw),
      // `TLS 1.2` as Zeek writes it: `TLSv12`.
      tls_version: `multiIf(startsWith(${version}, 'TLS '), concat('TLSv', replaceAll(substring(${version}, 5), '.', '')), ${version} = 'UNDETERMINED', '', ${version})`,
      ja3: `lower(${eve.within("tls", "ja3", "hash").raw})`,
      ja3s: `lower(${eve.within("tls", "ja3s", "hash").raw})`,
      ja4: eve.of("tls", "ja4").raw,
      // Suricata writes the event once the handshake has told a version; a hello without an answer has none.
      established: `${version} NOT IN ('', 'UNDETERMINED')`,
      resumed: `${eve.of("tls", "session_resumed").raw} = 'true'`,
      certificate_fingerprint: sqlFingerprint(eve.of("tls", "fingerprint").raw),
      certificate_subject: eve.of("tls", "subject").raw,
      certificate_issuer: eve.of("tls", "issuerdn").raw,
      certificate_not_before: claimed("notbefore"),
      certificate_not_after: claimed("notafter"),
    },
  };
};

/** How libmagic's descriptions begin (`magic`, where Suricata is told to write it), and the MIME type that Zeek has for such content. */
const MAGIC: readonly (readonly [start: string, mime: string])[] = [
  ["PE32", "application/x-dosexec"],
  ["MS-DOS executable", "application/x-dosexec"],
  ["ELF ", "application/x-executable"],
  ["Mach-O ", "application/x-mach-o-executable"],
  ["POSIX shell script", "text/x-shellscript"],
  ["Bourne-Again shell script", "text/x-shellscript"],
  ["Python script", "text/x-python"],
  ["Perl script", "text/x-perl"],
  ["DOS batch file", "text/x-msdos-batch"],
  ["MS Windows shortcut", "application/x-ms-shortcut"],
  ["MS Windows HtmlHelp Data", "application/vnd.ms-htmlhelp"],
  ["Java archive data", "application/java-archive"],
  ["7-zip archive data", "application/x-7z-compressed"],
  ["Zip archive data", "application/zip"],
  ["RAR archive data", "application/x-rar"],
  ["Microsoft Cabinet archive data", "application/vnd.ms-cab-compressed"],
  ["POSIX tar archive", "application/x-tar"],
  ["gzip compressed data", "application/x-gzip"],
  ["PDF document", "application/pdf"],
  ["HTML document", "text/html"],
];

const fileinfo: Mapping = (eve, checks) => {
  const magic = eve.of("fileinfo", "magic").raw;
  const cases = MAGIC.flatMap(([start, mime]) => [`startsWith(${magic}, '${start}')`, `'${mime}'`]);
  const { time, connection_uid, src_endpoint_ip, dst_endpoint_ip } = common(eve, checks);
  return {
    table: "file_activity",
    columns: {
      ...{ time, src_endpoint_ip, dst_endpoint_ip },
      connection_uids: `if(${connection_uid} = '', ${EMPTY_LIST}, [${connection_uid}])`,
      app_name: appProto(eve),
      file_name: eve.of("fileinfo", "filename").raw,
      file_mime_type: `multiIf(${cases.join(", ")}, '')`,
      file_size: checks.count(eve.of("fileinfo", "size")),
      hash_md5: `lower(${eve.of("fileinfo", "md5").raw})`,
      hash_sha1: `lower(${eve.of("fileinfo", "sha1").raw})`,
      hash_sha256: `lower(${eve.of("fileinfo", "sha256").raw})`,
    },
  };
};

const alert: Mapping = (eve, checks) => ({
  table: "detection_finding",
  // Alerts about broken frames have no addresses.
  where: `NOT (${eve.common("src_ip").absent} AND ${eve.common("dest_ip").absent})`,
  columns: {
    ...common(eve, checks, false),
    connection_protocol: sqlProtocol(eve.common("proto").raw),
    rule_uid: `concat(${eve.of("alert", "gid").raw}, ':', ${eve.of("alert", "signature_id").raw})`,
    rule_name: eve.of("alert", "signature").raw,
    rule_category: eve.of("alert", "category").raw,
    severity_id: `least(${checks.status(eve.of("alert", "severity"))}, 255)`,
    action: eve.of("alert", "action").raw,
  },
});

const MAPPINGS: readonly [kind: string, mapping: Mapping][] = [
  ["flow", flow],
  ["dns", dns],
  ["http", http],
  ["tls", tls],
  ["fileinfo", fileinfo],
  ["alert", alert],
];

export function evePlans(eve: EveFields): InsertPlan[] {
  return MAPPINGS.map(([kind, mapping]) => {
    const checks = new Checks(eve.prelude);
    const plan = mapping(eve, checks);
    return {
      ...plan,
      kinds: [kind],
      ...checks.verdict,
      columns: { product: "'suricata'", ...plan.columns },
    };
  });
}
