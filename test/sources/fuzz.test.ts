/** Whatever is done to a line, the engine never fails and the line is never lost. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linedOf } from "../../src/sources/detect-format.js";
import type { CsvMapping } from "../../src/sources/port.js";
import { EXECVE, LOGIN, PROCESS, SERVICE_STOP, syslogLine, sysmonEvent } from "./linux/samples.js";
import { accounted, type Bench, openBench } from "./runner.js";
import { CONN_FIELDS, CONN_RECORD, ENDPOINTS, tsvLog } from "./zeek-samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const SHARDS = [
  ...[
    "",
    "-",
    "(empty)",
    "\t",
    "\t\t",
    ",",
    '"',
    "'",
    "\\",
    "\\x",
    "\\x4",
    "{",
    "}",
    "[",
    "null",
    "NaN",
    "inf",
    "-1",
    "1e400",
    "1e-400",
  ],
  ...[
    "\0",
    "\r",
    "\xff",
    "\u2028",
    "9".repeat(40),
    "0x",
    "::",
    "1.2.3.4.5",
    "4102444800",
    "T",
    "#",
    "#fields\t",
    " ",
    "%s",
    "{a:String}",
  ],
];

/** A line cut, doubled, with a shard put in or a stretch replaced. Never a line feed: that would make two lines of it. */
function mutated(line: string): fc.Arbitrary<string> {
  const place = fc.integer({ min: 0, max: line.length });
  const shard = fc.oneof(fc.constantFrom(...SHARDS), fc.string({ unit: "binary", maxLength: 6 }));
  return fc
    .array(fc.tuple(place, fc.integer({ min: 0, max: 12 }), shard), { minLength: 0, maxLength: 3 })
    .map((edits) =>
      edits
        .reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), line)
        .replaceAll("\n", ""),
    );
}

const EVE = {
  timestamp: "2023-10-01T09:00:01.000002+0200",
  flow_id: 1,
  src_ip: "10.1.2.3",
  src_port: 5,
  dest_ip: "203.0.113.7",
  dest_port: 443,
  proto: "TCP",
};
const FLOW = {
  pkts_toserver: 1,
  pkts_toclient: 2,
  bytes_toserver: 3,
  bytes_toclient: 4,
  start: EVE.timestamp,
  end: EVE.timestamp,
  state: "closed",
};
const X509 = {
  ts: "1.5",
  id: "F1",
  "certificate.subject": "CN=a\\x2cb",
  "certificate.not_valid_before": "1.0",
  "certificate.key_length": "9",
  "san.dns": "a,b",
};
const HTTP = {
  ...ENDPOINTS,
  host: "A.example:80",
  uri: "/\\x41\\\\",
  status_code: "200",
  request_body_len: "1",
  resp_mime_types: "a/b,c/d",
};

const json = (record: Record<string, unknown>) => JSON.stringify(record);
const numbers = (record: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      /^[\d.]+$/.test(value) && value.split(".").length < 3 ? Number(value) : value,
    ]),
  );

const CSV: CsvMapping = {
  name: "fw",
  columns: { time: "t", src_ip: "s", dst_ip: "d", dst_port: "p", bytes_in: "b", action: "a" },
  ...{ delimiter: ";", timeFormat: "%d/%m/%Y %H:%i:%s", utcOffset: "+07:00" },
};

const text = (path: string, record: Readonly<Record<string, string>>, fields = Object.keys(record)) => {
  const lines = tsvLog(path, fields, [record]).split("\n");
  return { head: lines.slice(0, 8), lines: lines.slice(8, 9) };
};

const NXLOG = {
  UtcTime: "2024-03-01 12:00:00.123456",
  Hostname: "HOST-1",
  Channel: "Security",
  SourceName: "S",
  EventID: 1,
  Level: "4",
  Image: "C:\\a.exe",
};
const EVTX_DUMP = {
  Event: {
    System: {
      Provider: { "#attributes": { Name: "P" } },
      EventID: { "#attributes": { Qualifiers: 1 }, "#text": 4 },
      TimeCreated: { "#attributes": { SystemTime: "2024-03-01T12:00:00.1Z" } },
      Channel: "System",
      Computer: "HOST-1",
    },
    UserData: { Inner: { "#attributes": { xmlns: "x" }, A: "b" } },
  },
};

const SEEDS: Readonly<Record<string, { head: string[]; lines: string[] }>> = {
  "conn.log": text("conn", CONN_RECORD, CONN_FIELDS),
  "http.log": text("http", HTTP),
  "x509.log": text("x509", X509),
  "dns.log": text("dns", { ...ENDPOINTS, query: "a.example", answers: "b\\x2c,192.0.2.1", rejected: "F" }),
  "conn.json": { head: [json(numbers(CONN_RECORD))], lines: [json(numbers(CONN_RECORD))] },
  "combined.json": {
    head: [json({ _path: "conn", ...numbers(CONN_RECORD) })],
    lines: [
      json({ _path: "conn", ...numbers(CONN_RECORD) }),
      json({ _path: "dns", ...numbers(ENDPOINTS), query: "a.b", answers: ["c", "192.0.2.1"] }),
      json({
        _path: "files",
        ts: 1,
        fuid: "F",
        tx_hosts: ["192.0.2.1"],
        rx_hosts: ["192.0.2.2"],
        seen_bytes: 1,
      }),
      json({ _path: "x509", ...numbers({ ...X509, "san.dns": "" }) }),
    ],
  },
  "eve.json": {
    head: [json({ ...EVE, event_type: "stats" })],
    lines: [
      json({ ...EVE, event_type: "flow", flow: FLOW, tcp: { tcp_flags_ts: "1b", tcp_flags_tc: "14" } }),
      json({
        ...EVE,
        event_type: "dns",
        dns: {
          type: "answer",
          rrname: "a.b",
          answers: [{ rdata: "192.0.2.1" }],
          grouped: { A: ["192.0.2.1"] },
        },
      }),
      json({
        ...EVE,
        event_type: "tls",
        tls: { sni: "a", fingerprint: "a:b", notbefore: "2020-01-01T00:00:00", ja3: { hash: "x" } },
      }),
      json({ ...EVE, event_type: "alert", alert: { gid: 1, signature_id: 2, severity: 3 } }),
    ],
  },
  "nxlog.json": {
    head: [json(NXLOG)],
    lines: [json(NXLOG), json({ ...NXLOG, Groups: ["a", { b: 1 }], Empty: null })],
  },
  "evtx-dump.json": { head: [json(EVTX_DUMP)], lines: [json(EVTX_DUMP)] },
  "access.log": {
    head: ['192.0.2.7 - - [10/Oct/2023:13:55:36 -0700] "GET / HTTP/1.1" 200 5'],
    lines: [
      'www.a.example:80 192.0.2.7 - frank [10/Oct/2023:13:55:36 -0700] "GET /a\\x41?b HTTP/1.1" 200 5 "http://a/" "x \\"y\\"" 1',
      '2001:db8::7 - - [10/Oct/2023:13:55:36 -0700] "CONNECT a.example:443 HTTP/1.1" 400 -',
    ],
  },
  "u_ex.log": {
    head: [
      "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) cs-host sc-status",
    ],
    lines: ["2024-03-01 10:00:00 192.0.2.80 GET /a b=c 80 198.51.100.7 x+y [2001:db8::1]:80 200"],
  },
  "squid.log": {
    head: [
      "1709287200.250 180 10.1.2.3 TCP_MISS/200 411 GET http://a.example/ - HIER_DIRECT/203.0.113.7 text/html",
    ],
    lines: [
      "1709287200.250    180 10.1.2.3 TCP_MISS/200 411 GET http://[2001:db8::1]:81/x?y - HIER_DIRECT/2001:db8::1 text/html",
      "1709287200.250 180 10.1.2.3 TCP_TUNNEL/200 411 CONNECT b.example:8443 frank HIER_NONE/- -",
    ],
  },
  syslog: {
    head: [syslogLine(sysmonEvent(1, 1, PROCESS))],
    lines: [syslogLine(sysmonEvent(3, 1, PROCESS)), SERVICE_STOP],
  },
  "audit.log": { head: [LOGIN], lines: EXECVE(7) },
  "nfdump.csv": {
    head: ["ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt"],
    lines: [
      "2023-10-01 10:00:00,2023-10-01 10:00:05,5.004,10.1.2.3,203.0.113.7,51514,443,TCP,.AP.SF,10,1720",
      "2023-10-01 10:00:00,2023-10-01 10:00:05,1d 00:00:05.004,10.1.2.3,203.0.113.7,0,8.0,ICMP,......,10,1720",
    ],
  },
  "argus.binetflow": {
    head: ["StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes,SrcPkts"],
    lines: [
      "2023/10/01 10:00:00.283479,1.5,tcp,10.1.2.3,51514,   ->,203.0.113.7,0x01bb,FSPA_FSPA,60,68320,1720,10",
      "2023/10/01 10:00:00.283479,0.0,icmp,10.1.2.3,0x0103,   <-,203.0.113.9,0x0ecc,URP,1,173,173,1",
    ],
  },
  "fw.csv": { head: ["t;s;d;p;b;a"], lines: ['01/10/2023 07:00:00;10.1.2.3;"203.0.113.7";443;12;"de;ny"'] },
};

test.each(Object.entries(SEEDS))("%s", { timeout: 60_000 }, async (path, { head, lines }) => {
  const some = fc.array(fc.oneof(...lines.map(mutated)), { minLength: 100, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(some, async (mutants) => {
      const all = [...head, ...mutants, ...lines];
      const outcome = await bench.read(path, `${all.join("\n")}\n`, { csvMappings: [CSV] });
      // Of JSON that is not read line by line, a damaged line can be more than one record.
      if (linedOf(outcome.format) === undefined) expect(outcome.lines).toBe(all.length);
      expect(accounted(outcome)).toBe(outcome.lines);
      // A line at most once, with a reason, and never one that does not exist.
      const places = outcome.rejects.map(({ line }) => line);
      expect(new Set(places).size).toBe(places.length);
      for (const { line, reason } of outcome.rejects) {
        expect(reason.length).toBeGreaterThan(5);
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(outcome.lines);
      }
      // What was not touched is read.
      if (path !== "combined.json" && path !== "eve.json")
        expect(Object.values(outcome.rows).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    }),
    { numRuns: path === "combined.json" ? 1 : 3, interruptAfterTimeLimit: 20_000 },
  );
});

test("whatever a header says of separators, markers and names, the engine never fails", {
  timeout: 60_000,
}, async () => {
  const marker = fc.oneof(
    fc.constantFrom(
      "",
      " ",
      "\\x09",
      "\\xe9",
      "\\x0a",
      "\\x00",
      "é",
      "'",
      "\\",
      "__LINES__",
      "{a:String}",
      "\t",
      "-",
      "::",
      "f[1]",
    ),
    fc.string({ unit: "binary", maxLength: 5 }),
  );
  const header = fc.record({
    separator: fc.oneof({ weight: 2, arbitrary: fc.constant("\\x09") }, { weight: 1, arbitrary: marker }),
    ...{
      set: marker,
      empty: marker,
      unset: marker,
      path: fc.oneof(fc.constantFrom("conn", "dns", "x509"), marker),
    },
    names: fc
      .tuple(fc.shuffledSubarray(CONN_FIELDS, { minLength: 12 }), fc.array(marker, { maxLength: 3 }))
      .map((parts) => parts.flat()),
  });
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(header, async ({ separator, set, empty, unset, path, names }) => {
      const cut =
        separator.replace(/\\x(..)/, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) || "\t";
      const markers = [
        ["set_separator", set],
        ["empty_field", empty],
        ["unset_field", unset],
        ["path", path],
      ];
      const record = names.map((name) => CONN_RECORD[name] ?? unset);
      const lines = [
        ...[
          `#separator ${separator}`,
          ...markers.map((pair) => `#${pair.join(cut)}`),
          ["#fields", ...names].join(cut),
        ],
        ...[record, record.with(0, "x"), record.slice(1)].map((values) => values.join(cut)),
      ];
      const outcome = await bench.read(
        "conn.log",
        `${lines.map((line) => line.replaceAll("\n", "")).join("\n")}\n`,
      );
      expect(accounted(outcome)).toBe(outcome.lines);
      rows += outcome.rows.network_activity ?? 0;
    }),
    { numRuns: 40, interruptAfterTimeLimit: 20_000 },
  );
  // Else the headers were so broken that nothing was tried.
  expect(rows).toBeGreaterThan(0);
});
