/** Small logs as the tools write them, made on the fly. Row `n` is the same whatever stands around it. */

export interface LogShape {
  rows: number;
  /** Number of the first row. */
  from?: number;
  /** Seconds since 1970 of row 0. */
  start?: number;
}

const START = 1_690_000_000;

export function zeekConnTsv({
  rows,
  from = 0,
  start = START,
  close = true,
  header = true,
}: LogShape & { close?: boolean; header?: boolean }): string {
  const fields = [
    "ts",
    "uid",
    "id.orig_h",
    "id.orig_p",
    "id.resp_h",
    "id.resp_p",
    "proto",
    "service",
    "duration",
    "orig_bytes",
    "resp_bytes",
    "conn_state",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
  ];
  const types = [
    "time",
    "string",
    "addr",
    "port",
    "addr",
    "port",
    "enum",
    "string",
    "interval",
    "count",
    "count",
    "string",
    "count",
    "count",
    "count",
    "count",
  ];
  const head = [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    "#path\tconn",
    "#open\t2023-07-22-04-26-40",
    `#fields\t${fields.join("\t")}`,
    `#types\t${types.join("\t")}`,
  ];
  const data = Array.from({ length: rows }, (_, index) => {
    const n = from + index;
    return [
      (start + n * 0.5).toFixed(6),
      `C${n.toString(36).padStart(9, "0")}`,
      `10.0.${(n >> 8) % 200}.${n % 250}`,
      1024 + (n % 60000),
      `198.51.100.${n % 200}`,
      n % 3 === 0 ? 443 : 80,
      "tcp",
      n % 3 === 0 ? "ssl" : "http",
      (n % 100) / 10,
      n % 5000,
      (n * 7) % 9000,
      "SF",
      1 + (n % 9),
      40 + (n % 5000),
      1 + (n % 7),
      40 + ((n * 7) % 9000),
    ].join("\t");
  });
  return `${[...(header ? head : []), ...data, ...(close ? ["#close\t2023-07-22-05-26-40"] : [])].join("\n")}\n`;
}

export function zeekDnsJson({ rows, from = 0, start = START }: LogShape): string {
  return Array.from({ length: rows }, (_, index) => {
    const n = from + index;
    return `${JSON.stringify({
      ts: start + n,
      uid: `D${n}`,
      "id.orig_h": `10.0.0.${n % 250}`,
      "id.orig_p": 5353,
      "id.resp_h": "192.0.2.53",
      "id.resp_p": 53,
      proto: "udp",
      query: `host${n % 97}.example.org`,
      qtype_name: "A",
      rcode_name: "NOERROR",
      answers: [`198.51.100.${n % 200}`],
      rejected: false,
    })}\n`;
  }).join("");
}

export function eveLog({ rows, from = 0, start = START }: LogShape): string {
  return Array.from({ length: rows }, (_, index) => {
    const n = from + index;
    const timestamp = new Date((start + n) * 1000).toISOString().replace("Z", "000+0000");
    const ends = {
      timestamp,
      flow_id: 1e9 + n,
      src_ip: `10.1.0.${n % 250}`,
      src_port: 2000 + (n % 60000),
      dest_ip: "203.0.113.9",
      dest_port: 443,
      proto: "TCP",
    };
    const event =
      n % 2 === 0
        ? { ...ends, event_type: "tls", tls: { sni: `s${n % 11}.example.net`, version: "TLS 1.3" } }
        : {
            ...ends,
            event_type: "flow",
            flow: {
              pkts_toserver: 3,
              pkts_toclient: 2,
              bytes_toserver: 300 + n,
              bytes_toclient: 200,
              start: timestamp,
              end: timestamp,
              age: 1,
              state: "closed",
            },
          };
    return `${JSON.stringify(event)}\n`;
  }).join("");
}
