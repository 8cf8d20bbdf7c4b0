/** Small synthetic Zeek logs. Addresses and names are those reserved for documentation. */

export const CONN_FIELDS = [
  ...[
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
  ],
  ...[
    "conn_state",
    "local_orig",
    "local_resp",
    "missed_bytes",
    "history",
    "orig_pkts",
    "orig_ip_bytes",
    "resp_pkts",
    "resp_ip_bytes",
  ],
  "tunnel_parents",
];

export const CONN_RECORD: Readonly<Record<string, string>> = {
  ...{ ts: "1696118400.834168", uid: "CEWN1g1rNOHkuyh63j", "id.orig_h": "10.1.2.3", "id.orig_p": "51514" },
  ...{ "id.resp_h": "203.0.113.7", "id.resp_p": "443", proto: "tcp", service: "ssl", duration: "1.500000" },
  ...{
    orig_bytes: "1200",
    resp_bytes: "64000",
    conn_state: "SF",
    local_orig: "T",
    local_resp: "F",
    missed_bytes: "0",
  },
  ...{
    history: "ShADadFf",
    orig_pkts: "10",
    orig_ip_bytes: "1720",
    resp_pkts: "50",
    resp_ip_bytes: "66600",
    tunnel_parents: "-",
  },
};

export interface TsvOptions {
  separator?: string;
  setSeparator?: string;
  empty?: string;
  unset?: string;
  eol?: string;
  before?: string;
}

/** A Zeek TSV log of records given by field; what a record does not name is unset. */
export function tsvLog(
  path: string,
  fields: readonly string[],
  records: readonly Readonly<Record<string, string>>[],
  options: TsvOptions = {},
): string {
  const {
    separator = "\t",
    setSeparator = ",",
    empty = "(empty)",
    unset = "-",
    eol = "\n",
    before = "",
  } = options;
  const hex = [...separator]
    .map((character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
    .join("");
  const head = [
    `${before}#separator ${hex}`,
    ...[
      ["set_separator", setSeparator],
      ["empty_field", empty],
      ["unset_field", unset],
      ["path", path],
    ].map((pair) => `#${pair.join(separator)}`),
    `#open${separator}2023-10-01-00-00-00`,
    ["#fields", ...fields].join(separator),
    ["#types", ...fields.map(() => "string")].join(separator),
  ];
  const lines = records.map((record) => fields.map((field) => record[field] ?? unset).join(separator));
  return [...head, ...lines, `#close${separator}2023-10-01-01-00-00`].map((line) => line + eol).join("");
}

/** Lines of header that {@link tsvLog} writes before the first record. */
export const HEADER_LINES = 8;

export function connLog(...changes: Readonly<Record<string, string>>[]): string {
  return tsvLog(
    "conn",
    CONN_FIELDS,
    changes.map((change) => ({ ...CONN_RECORD, ...change })),
  );
}

export const ENDPOINTS = {
  ts: "1696118400.834168",
  uid: "C1",
  "id.orig_h": "10.1.2.3",
  "id.orig_p": "51514",
  "id.resp_h": "203.0.113.7",
  "id.resp_p": "443",
};
export const ENDPOINT_FIELDS = Object.keys(ENDPOINTS);
