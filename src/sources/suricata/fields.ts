/** Fields of an EVE record: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html */
import type { Field } from "../checked.js";
import { type Prelude, sqlString } from "../sql.js";

/** Keys that all records share. */
const COMMON = [
  ...[
    "timestamp",
    "event_type",
    "flow_id",
    "src_ip",
    "src_port",
    "dest_ip",
    "dest_port",
    "proto",
    "app_proto",
  ],
  ...["community_id", "icmp_type", "icmp_code"],
];

/** One object of a record (`flow`, `dns`, …) as a typed extraction of its own: only the plan that uses it pays for it. */
const SECTIONS = {
  flow: strings(
    "pkts_toserver",
    "pkts_toclient",
    "bytes_toserver",
    "bytes_toclient",
    "start",
    "end",
    "age",
    "state",
  ),
  tcp: strings("tcp_flags_ts", "tcp_flags_tc"),
  dns: `${strings("type", "rrname", "rrtype", "rcode", "rdata")}, queries Array(Tuple(${strings("rrname", "rrtype")})), answers Array(Tuple(${strings("rdata")})), grouped Tuple(A Array(String), AAAA Array(String), CNAME Array(String), PTR Array(String), TXT Array(String), NS Array(String), NULL Array(String))`,
  http: strings(
    "hostname",
    "url",
    "http_method",
    "status",
    "http_user_agent",
    "http_refer",
    "length",
    "http_content_type",
    "xff",
  ),
  tls: `${strings("sni", "version", "fingerprint", "subject", "issuerdn", "notbefore", "notafter", "session_resumed", "ja4")}, ja3 Tuple(${strings("hash")}), ja3s Tuple(${strings("hash")})`,
  fileinfo: strings("filename", "magic", "size", "md5", "sha1", "sha256"),
  alert: strings("gid", "signature_id", "signature", "category", "severity", "action"),
} as const;

type Section = keyof typeof SECTIONS;

function strings(...keys: string[]): string {
  return keys.map((key) => `\`${key}\` Nullable(String)`).join(", ");
}

export class EveFields {
  readonly prelude: Prelude;

  constructor(prelude: Prelude) {
    this.prelude = prelude;
    this.prelude.define(`JSONExtract(line, ${sqlString(`Tuple(${strings(...COMMON)})`)})`);
  }

  /** The typed extractions come first in the prelude, under the alias that {@link Prelude} gives them. */
  #section(section: Section): string {
    return this.prelude.define(
      `JSONExtract(line, ${sqlString(section)}, ${sqlString(`Tuple(${SECTIONS[section]})`)})`,
    );
  }

  common(key: string): Field {
    const record = this.prelude.define(`JSONExtract(line, ${sqlString(`Tuple(${strings(...COMMON)})`)})`);
    return this.#field(key, `tupleElement(${record}, ${sqlString(key)})`);
  }

  of(section: Section, key: string): Field {
    return this.#field(`${section}.${key}`, `tupleElement(${this.#section(section)}, ${sqlString(key)})`);
  }

  /** A value that is itself an object, e.g. `ja3.hash` of `tls`. */
  within(section: Section, object: string, key: string): Field {
    const outer = `tupleElement(${this.#section(section)}, ${sqlString(object)})`;
    return this.#field(`${section}.${object}.${key}`, `tupleElement(${outer}, ${sqlString(key)})`);
  }

  /** A value that is an array, as the type of the section has it. */
  array(section: Section, key: string): string {
    return `tupleElement(${this.#section(section)}, ${sqlString(key)})`;
  }

  #field(name: string, value: string): Field {
    const raw = this.prelude.define(`ifNull(${value}, '')`);
    return { name, raw, absent: `${raw} = ''` };
  }
}
