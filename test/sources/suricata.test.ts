import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const COMMON = {
  ...{
    timestamp: "2023-10-01T09:00:01.000002+0200",
    flow_id: 1930036458670056,
    src_ip: "10.1.2.3",
    src_port: 51514,
  },
  ...{ dest_ip: "203.0.113.7", dest_port: 443, proto: "TCP", host: "sensor-a" },
};

const read = (...events: readonly (Record<string, unknown> | string)[]) =>
  bench.read(
    "eve.json",
    events
      .map((event) => `${typeof event === "string" ? event : JSON.stringify({ ...COMMON, ...event })}\n`)
      .join(""),
  );

const ENDS =
  "toString(src_endpoint_ip) AS src, src_endpoint_port, toString(dst_endpoint_ip) AS dst, dst_endpoint_port";
const CLIENT = {
  src: "::ffff:10.1.2.3",
  src_endpoint_port: 51514,
  dst: "::ffff:203.0.113.7",
  dst_endpoint_port: 443,
};

const FLOW = {
  ...{
    pkts_toserver: 10,
    pkts_toclient: 50,
    bytes_toserver: 1720,
    bytes_toclient: 66600,
    age: 94,
    state: "closed",
  },
  ...{ start: "2023-10-01T08:58:00.500000+0200", end: "2023-10-01T08:59:34.750001+0200" },
};

describe("flow", () => {
  test("golden row", async () => {
    const outcome = await read({
      ...{ event_type: "flow", app_proto: "tls", community_id: "1:abc=", flow: FLOW },
      tcp: { tcp_flags_ts: "1b", tcp_flags_tc: "1b" },
    });
    expect(outcome).toMatchObject({
      format: "eve-json",
      log: "eve",
      sensor: "sensor-a",
      rejects: [],
      rows: { network_activity: 1 },
    });
    const columns = `product, toString(time) AS time, connection_uid, community_id, ${ENDS}, connection_protocol, app_name, duration, traffic_bytes_out, traffic_bytes_in, traffic_packets_out, traffic_packets_in, ip_bytes_out, ip_bytes_in, connection_state, answered, record_state, sampling_rate`;
    expect(await bench.rows("network_activity", columns)).toEqual([
      {
        ...{
          product: "suricata",
          time: "2023-10-01 06:58:00.500000",
          connection_uid: "1930036458670056",
          community_id: "1:abc=",
          ...CLIENT,
        },
        ...{
          connection_protocol: "tcp",
          app_name: "tls",
          duration: 94.250001,
          traffic_bytes_out: 1720,
          traffic_bytes_in: 66600,
        },
        ...{
          traffic_packets_out: 10,
          traffic_packets_in: 50,
          ip_bytes_out: 1720,
          ip_bytes_in: 66600,
          connection_state: "SF",
        },
        ...{ answered: 1, record_state: "final", sampling_rate: 1 },
      },
    ]);
  });

  test("state and answer, from the flags of both sides", async () => {
    const cases: readonly [
      flow: object,
      tcp: object | undefined,
      proto: string,
      state: string,
      answered: number,
    ][] = [
      [{ pkts_toclient: 0, state: "new" }, { tcp_flags_ts: "02", tcp_flags_tc: "00" }, "TCP", "S0", 0],
      [{ state: "closed" }, { tcp_flags_ts: "02", tcp_flags_tc: "14" }, "TCP", "REJ", 0],
      [{}, { tcp_flags_ts: "1e", tcp_flags_tc: "1a" }, "TCP", "RSTO", 1],
      [{}, { tcp_flags_ts: "1a", tcp_flags_tc: "1e" }, "TCP", "RSTR", 1],
      [{ state: "established" }, { tcp_flags_ts: "1a", tcp_flags_tc: "1a" }, "TCP", "S1", 1],
      [{ state: "established" }, { tcp_flags_ts: "18", tcp_flags_tc: "18" }, "TCP", "OTH", 1],
      [{}, undefined, "TCP", "SF", 1],
      [{}, undefined, "UDP", "SF", 1],
      [{ pkts_toclient: 0 }, undefined, "UDP", "S0", 0],
      [{}, undefined, "IPv6-ICMP", "SF", 1],
    ];
    await read(
      ...cases.map(([flow, tcp, proto]) => ({ event_type: "flow", proto, flow: { ...FLOW, ...flow }, tcp })),
    );
    expect(await bench.rows("network_activity", "connection_state, answered")).toEqual(
      cases.map(([, , , connection_state, answered]) => ({ connection_state, answered })),
    );
  });

  test("age stands in where the end is missing; a protocol that failed is none", async () => {
    await read({ event_type: "flow", app_proto: "failed", flow: { ...FLOW, end: undefined } });
    expect(await bench.rows("network_activity", "duration, app_name")).toEqual([
      { duration: 94, app_name: "" },
    ]);
  });
});

describe("dns", () => {
  const QUERY = { ...COMMON, dest_port: 53, proto: "UDP", event_type: "dns" };
  const columns = `${ENDS}, query_hostname, query_type, rcode, answers, arrayMap(a -> toString(a), answer_ips) AS ips`;
  const row = {
    ...CLIENT,
    dst_endpoint_port: 53,
    query_hostname: "www.example.com",
    query_type: "A",
    rcode: "NOERROR",
  };
  const answered = { ...row, answers: ["cdn.example", "198.51.100.9"], ips: ["::ffff:198.51.100.9"] };

  test("versions 1 and 2", async () => {
    const answers = [
      { rrname: "WWW.example.com", rrtype: "CNAME", rdata: "cdn.example" },
      { rrname: "cdn.example", rrtype: "A", rdata: "198.51.100.9" },
    ];
    const answer = { type: "answer", rrname: "WWW.example.com", rrtype: "A", rcode: "NOERROR" };
    const { rejects } = await read(
      { ...QUERY, dns: { type: "query", rrname: "WWW.Example.com", rrtype: "A" } },
      { ...QUERY, dns: { ...answer, rdata: "198.51.100.9", ttl: 30 } },
      {
        ...QUERY,
        dns: { ...answer, version: 2, answers, grouped: { A: ["198.51.100.9"], CNAME: ["cdn.example"] } },
      },
      { ...QUERY, dns: { ...answer, version: 2, grouped: { CNAME: ["cdn.example"], A: ["198.51.100.9"] } } },
      { ...QUERY, dns: { ...answer, rcode: "NXDOMAIN" } },
    );
    expect(rejects).toEqual([]);
    expect(await bench.rows("dns_activity", columns)).toEqual([
      { ...row, rcode: "", answers: [], ips: [] },
      { ...answered, answers: ["198.51.100.9"] },
      answered,
      { ...answered, answers: ["198.51.100.9", "cdn.example"] },
      { ...row, rcode: "NXDOMAIN", answers: [], ips: [] },
    ]);
  });

  test("version 3, logged from the server's side: the client asks in every row", async () => {
    const queries = [{ rrname: "www.example.com", rrtype: "A" }];
    const answers = [
      { rrname: "www.example.com", rrtype: "CNAME", rdata: "cdn.example" },
      { rrname: "cdn.example", rrtype: "A", rdata: "198.51.100.9" },
    ];
    const back = { src_ip: QUERY.dest_ip, src_port: 53, dest_ip: QUERY.src_ip, dest_port: QUERY.src_port };
    await read(
      { ...QUERY, dns: { version: 3, type: "request", queries } },
      { ...QUERY, ...back, dns: { version: 3, type: "response", rcode: "NOERROR", queries, answers } },
      { ...QUERY, dns: { version: 3, type: "request", queries: [] } },
    );
    expect(await bench.rows("dns_activity", columns)).toEqual([
      { ...row, rcode: "", answers: [], ips: [] },
      answered,
    ]);
  });
});

test("tls, http, fileinfo", async () => {
  const { rejects } = await read(
    {
      event_type: "tls",
      tls: {
        ...{
          sni: "Sync.Example",
          version: "TLS 1.2",
          fingerprint: "2D:D1:9f",
          subject: "CN=sync.example",
          issuerdn: "CN=CA",
        },
        ...{
          notbefore: "2023-01-01T00:00:00",
          notafter: "2024-01-01T00:00:00",
          ja3: { hash: "AB", string: "1" },
          ja3s: { hash: "cd" },
          ja4: "t13",
        },
      },
    },
    {
      event_type: "http",
      http: {
        ...{
          hostname: "Files.Example:8080",
          url: "/a?b",
          http_method: "PUT",
          status: 201,
          http_user_agent: "ua",
          http_refer: "r",
        },
        ...{ length: 77, http_content_type: "Text/HTML; charset=utf-8", xff: "192.0.2.1" },
      },
    },
    {
      ...{ event_type: "fileinfo", app_proto: "http", src_ip: "203.0.113.7", dest_ip: "10.1.2.3" },
      fileinfo: { filename: "/a.exe", size: 9, md5: "AA", sha1: "BB", sha256: "CC" },
    },
    {
      ...{ event_type: "fileinfo", app_proto: "http", src_ip: "203.0.113.7", dest_ip: "10.1.2.3" },
      fileinfo: { filename: "/b", magic: "PE32+ executable (console) x86-64, for MS Windows" },
    },
    {
      ...{ event_type: "fileinfo", app_proto: "http", src_ip: "203.0.113.7", dest_ip: "10.1.2.3" },
      fileinfo: { filename: "/c", magic: "PNG image data, 16 x 16" },
    },
    {
      ...{ event_type: "fileinfo", app_proto: "http", src_ip: "203.0.113.7", dest_ip: "10.1.2.3" },
      fileinfo: { filename: "/d", magic: "DOS batch file, ASCII text, with CRLF line terminators" },
    },
  );
  expect(rejects).toEqual([]);
  const tls =
    "sni, tls_version, certificate_fingerprint, certificate_subject, certificate_issuer, toString(certificate_not_before) AS nb, toString(certificate_not_after) AS na, ja3, ja3s, ja4, established, resumed";
  expect(await bench.rows("tls_activity", tls)).toEqual([
    {
      ...{
        sni: "sync.example",
        tls_version: "TLSv12",
        certificate_fingerprint: "2dd19f",
        certificate_subject: "CN=sync.example",
      },
      ...{
        certificate_issuer: "CN=CA",
        nb: "2023-01-01 00:00:00",
        na: "2024-01-01 00:00:00",
        ja3: "ab",
        ja3s: "cd",
        ja4: "t13",
      },
      ...{ established: 1, resumed: 0 },
    },
  ]);
  const http =
    "url_hostname, url_path, http_method, http_status, user_agent, referrer, response_length, response_mime_types, is_proxied";
  expect(await bench.rows("http_activity", http)).toEqual([
    {
      ...{
        url_hostname: "files.example",
        url_path: "/a?b",
        http_method: "PUT",
        http_status: 201,
        user_agent: "ua",
        referrer: "r",
      },
      ...{ response_length: 77, response_mime_types: ["text/html"], is_proxied: 1 },
    },
  ]);
  const file =
    "toString(src_endpoint_ip) AS src, connection_uids, app_name, file_name, file_size, hash_md5, hash_sha1, hash_sha256";
  const files = await bench.rows("file_activity", "file_name AS name, file_mime_type AS kind");
  expect(files).toEqual([
    { name: "/a.exe", kind: "" },
    { name: "/b", kind: "application/x-dosexec" },
    { name: "/c", kind: "" },
    { name: "/d", kind: "text/x-msdos-batch" },
  ]);
  expect((await bench.rows("file_activity", file)).slice(0, 1)).toEqual([
    {
      ...{
        src: "::ffff:203.0.113.7",
        connection_uids: ["1930036458670056"],
        app_name: "http",
        file_name: "/a.exe",
        file_size: 9,
      },
      ...{ hash_md5: "aa", hash_sha1: "bb", hash_sha256: "cc" },
    },
  ]);
});

test("an alert gives one finding and nothing else, whatever metadata it carries", async () => {
  const outcome = await read(
    {
      ...{
        event_type: "alert",
        app_proto: "http",
        http: { hostname: "x.example", url: "/" },
        flow: FLOW,
        tls: { sni: "y.example" },
      },
      alert: {
        gid: 1,
        signature_id: 2024916,
        signature: "ET X",
        category: "Misc",
        severity: 2,
        action: "allowed",
      },
    },
    JSON.stringify({
      timestamp: COMMON.timestamp,
      event_type: "alert",
      alert: { gid: 1, signature_id: 2200000, severity: 3 },
    }),
    { event_type: "stats", stats: {} },
    { event_type: "netflow", netflow: {} },
  );
  expect(outcome).toMatchObject({ rows: { detection_finding: 1 }, unused: 3, rejects: [] });
  expect(Object.keys(outcome.rows)).toEqual(["detection_finding"]);
  const columns = `${ENDS}, rule_uid, rule_name, rule_category, severity_id, action`;
  expect(await bench.rows("detection_finding", columns)).toEqual([
    {
      ...CLIENT,
      rule_uid: "1:2024916",
      rule_name: "ET X",
      rule_category: "Misc",
      severity_id: 2,
      action: "allowed",
    },
  ]);
});

test("rejects are exact", async () => {
  const good = { event_type: "flow", flow: FLOW };
  const cases: readonly [event: Record<string, unknown> | string, reason: string][] = [
    [{ ...good, timestamp: undefined }, "timestamp is missing"],
    [{ ...good, timestamp: "yesterday" }, "timestamp 'yesterday' is not a time"],
    [{ ...good, src_ip: undefined }, "src_ip is missing"],
    [{ ...good, dest_ip: "x" }, "dest_ip 'x' is not an IP address"],
    [{ ...good, dest_port: 99999 }, "dest_port '99999' is not a port (0 to 65535)"],
    [{ ...good, flow: { ...FLOW, start: undefined } }, "flow.start is missing"],
    [
      { ...good, flow: { ...FLOW, start: "2150-01-01T00:00:00.000000+0000" } },
      "time 2150-01-01T00:00:00Z lies in the future",
    ],
    [{ ...good, flow: { ...FLOW, end: "soon" } }, "flow.end is not a time"],
    [{ ...good, flow: { ...FLOW, bytes_toclient: -1 } }, "flow.bytes_toclient '-1' is negative"],
    [{ ...good, event_type: undefined }, "event_type is missing"],
    ['{"timestamp": ', "not valid JSON"],
    ['["timestamp"]', "the JSON value is not an object"],
  ];
  const outcome = await read(good, ...cases.map(([event]) => event), good);
  expect(outcome.rejects).toEqual(cases.map(([, reason], at) => ({ line: at + 2, reason })));
  expect(outcome.rows).toEqual({ network_activity: 2 });
  expect(accounted(outcome)).toBe(outcome.lines);
});
