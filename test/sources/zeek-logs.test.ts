import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bench, openBench } from "./runner.js";
import { ENDPOINT_FIELDS, ENDPOINTS, tsvLog } from "./zeek-samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** Reads one record as text and as JSON (dotted, underscored, nested), and expects the same row each time. */
async function sameRow(
  log: string,
  record: Readonly<Record<string, string | readonly string[]>>,
  table: string,
  columns: string,
  expected: Record<string, unknown>,
  literal: ReadonlySet<string> = new Set(),
): Promise<void> {
  const text = Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === "string" ? value : value.join(","),
    ]),
  );
  expect(await bench.read(`${log}.log`, tsvLog(log, Object.keys(text), [text]))).toMatchObject({
    rejects: [],
    rows: { [table]: 1 },
  });
  expect(await bench.rows(table, columns)).toEqual([expected]);
  const typed = (name: string, value: string | readonly string[]) => {
    if (typeof value !== "string") return value;
    if (value === "T" || value === "F") return value === "T";
    return /^-?\d+(\.\d+)?$/.test(value) && !literal.has(name) ? Number(value) : value;
  };
  const dotted = Object.entries(record).map(([name, value]) => [name, typed(name, value)] as const);
  const nested: Record<string, unknown> = {};
  for (const [name, value] of dotted) {
    const [object, key] = name.split(/\.(.*)/s);
    if (object === undefined || key === undefined) nested[name] = value;
    else nested[object] = { ...(nested[object] as object | undefined), [key]: value };
  }
  const spellings = {
    dotted: Object.fromEntries(dotted),
    underscored: Object.fromEntries(dotted.map(([name, value]) => [name.replaceAll(".", "_"), value])),
    nested,
    // Once is enough: a combined file costs the engine a longer statement.
    ...(log === "dns" && { named: { _path: log, _system_name: "sensor-7", ...Object.fromEntries(dotted) } }),
  };
  for (const [spelling, object] of Object.entries(spellings)) {
    const outcome = await bench.read("anything.json", `${JSON.stringify(object)}\n`);
    expect({ spelling, rejects: outcome.rejects, rows: outcome.rows[table] }).toEqual({
      spelling,
      rejects: [],
      rows: 1,
    });
    expect(outcome).toMatchObject({
      format: "zeek-json",
      log,
      sensor: spelling === "named" ? "sensor-7" : undefined,
    });
    expect(await bench.rows(table, columns)).toEqual([expected]);
  }
}

const ADDRESSES =
  "toString(time) AS time, toString(src_endpoint_ip) AS src, toString(dst_endpoint_ip) AS dst, src_endpoint_port, dst_endpoint_port";
const ADDRESSED = {
  ...{ time: "2023-10-01 00:00:00.834168", src: "::ffff:10.1.2.3", dst: "::ffff:203.0.113.7" },
  ...{ src_endpoint_port: 51514, dst_endpoint_port: 443 },
};

describe("one record, every spelling, one row", () => {
  test("dns", () =>
    sameRow(
      "dns",
      {
        ...{
          ...ENDPOINTS,
          proto: "udp",
          trans_id: "7",
          query: "WWW.Example.COM.",
          qtype: "28",
          qtype_name: "AAAA",
          rcode: "0",
        },
        ...{ rcode_name: "NOERROR", answers: ["cdn.example", "2001:db8::5", "198.51.100.9"], rejected: "F" },
      },
      "dns_activity",
      `${ADDRESSES}, connection_protocol, query_hostname, query_type, rcode, answers, arrayMap(a -> toString(a), answer_ips) AS ips, rejected`,
      {
        ...{
          ...ADDRESSED,
          connection_protocol: "udp",
          query_hostname: "www.example.com",
          query_type: "AAAA",
          rcode: "NOERROR",
        },
        ...{
          answers: ["cdn.example", "2001:db8::5", "198.51.100.9"],
          ips: ["2001:db8::5", "::ffff:198.51.100.9"],
          rejected: 0,
        },
      },
    ));

  test("http", () =>
    sameRow(
      "http",
      {
        ...{
          ...ENDPOINTS,
          trans_depth: "1",
          method: "POST",
          host: "Files.Example:8080",
          uri: "/a?b=c",
          referrer: "http://x.example/",
        },
        ...{
          user_agent: "agent/1.0",
          request_body_len: "500000",
          response_body_len: "12",
          status_code: "200",
        },
        ...{
          proxied: ["VIA -> p1"],
          orig_mime_types: ["application/zip"],
          resp_mime_types: ["text/html", "text/plain"],
        },
      },
      "http_activity",
      `${ADDRESSES}, url_hostname, url_path, http_method, http_status, user_agent, referrer, request_length, response_length, request_mime_types, response_mime_types, is_proxied`,
      {
        ...{
          ...ADDRESSED,
          url_hostname: "files.example",
          url_path: "/a?b=c",
          http_method: "POST",
          http_status: 200,
        },
        ...{
          user_agent: "agent/1.0",
          referrer: "http://x.example/",
          request_length: 500000,
          response_length: 12,
        },
        ...{
          request_mime_types: ["application/zip"],
          response_mime_types: ["text/html", "text/plain"],
          is_proxied: 1,
        },
      },
    ));

  test("ssl with certificates by file id, before Zeek 4", () =>
    sameRow(
      "ssl",
      {
        ...{
          ...ENDPOINTS,
          version: "TLSv12",
          cipher: "TLS_X",
          server_name: "Sync.Example",
          resumed: "F",
          established: "T",
        },
        ...{
          cert_chain_fuids: ["F1abc", "F2def"],
          subject: "CN=sync.example",
          issuer: "CN=CA",
          validation_status: "ok",
        },
        ...{
          ja3: "E0FE397A5EDFBA9A6FACC7C7B341F4EB",
          ja3s: "e35df3e00ca4ef31d42b34bebaa2f86e",
          ja4: "t13d1516h2_8daaf6152771_b186095e22b6",
        },
      },
      "tls_activity",
      `${ADDRESSES}, sni, tls_version, cipher, ja3, ja3s, ja4, established, resumed, validation_status, certificate_chain, certificate_fingerprint, certificate_subject, certificate_issuer`,
      {
        ...{
          ...ADDRESSED,
          sni: "sync.example",
          tls_version: "TLSv12",
          cipher: "TLS_X",
          ja3: "e0fe397a5edfba9a6facc7c7b341f4eb",
        },
        ...{
          ja3s: "e35df3e00ca4ef31d42b34bebaa2f86e",
          ja4: "t13d1516h2_8daaf6152771_b186095e22b6",
          established: 1,
          resumed: 0,
        },
        ...{ validation_status: "ok", certificate_chain: ["F1abc", "F2def"], certificate_fingerprint: "" },
        ...{ certificate_subject: "CN=sync.example", certificate_issuer: "CN=CA" },
      },
    ));

  test("ssl with certificates by fingerprint, Zeek 4 and later", () => {
    const [leaf, root] = ["ab".repeat(32), "cd".repeat(32)];
    return sameRow(
      "ssl",
      {
        ...ENDPOINTS,
        server_name: "a.example",
        established: "T",
        resumed: "T",
        cert_chain_fps: [leaf.toUpperCase(), root],
      },
      "tls_activity",
      "certificate_chain, certificate_fingerprint, resumed",
      { certificate_chain: [leaf, root], certificate_fingerprint: leaf, resumed: 1 },
    );
  });

  test("x509 by file id, and by fingerprint", async () => {
    const certificate = {
      ...{
        "certificate.version": "3",
        "certificate.serial": "032E",
        "certificate.subject": "CN=a.example",
        "certificate.issuer": "CN=CA",
      },
      ...{
        "certificate.not_valid_before": "1599538205.000000",
        "certificate.not_valid_after": "253402300799.000000",
      },
      ...{
        "certificate.key_alg": "rsaEncryption",
        "certificate.key_length": "4096",
        "san.dns": ["A.example", "*.b.example"],
      },
    };
    const columns =
      "toString(time) AS time, certificate_uid, fingerprint_md5, fingerprint_sha1, fingerprint_sha256, serial, subject, issuer, toString(not_before) AS nb, toString(not_after) AS na, key_algorithm, key_length, san_dns, is_ca";
    const row = {
      ...{
        time: ADDRESSED.time,
        certificate_uid: "F1abc",
        fingerprint_md5: "",
        fingerprint_sha1: "",
        fingerprint_sha256: "",
      },
      ...{
        serial: "032E",
        subject: "CN=a.example",
        issuer: "CN=CA",
        nb: "2020-09-08 04:10:05",
        na: "9999-12-31 23:59:59",
      },
      ...{
        key_algorithm: "rsaEncryption",
        key_length: 4096,
        san_dns: ["a.example", "*.b.example"],
        is_ca: 1,
      },
    };
    const { ts } = ENDPOINTS;
    await sameRow(
      "x509",
      { ts, id: "F1abc", ...certificate, "basic_constraints.ca": "T" },
      "certificate",
      columns,
      row,
    );
    const fingerprint = "0a6b201a7bff643cc5dd6631e5940e858ee07d25";
    const byPrint = { ...row, certificate_uid: "", fingerprint_sha1: fingerprint, is_ca: 0 };
    await sameRow(
      "x509",
      { ts, fingerprint, ...certificate, "basic_constraints.ca": "F" },
      "certificate",
      columns,
      byPrint,
    );
  });

  test("files with hosts listed, and with one connection (Zeek 6)", async () => {
    const columns =
      "file_uid, connection_uids, toString(src_endpoint_ip) AS src, toString(dst_endpoint_ip) AS dst, app_name, file_name, file_mime_type, file_size, hash_md5, hash_sha1";
    const file = {
      ...{
        ts: ENDPOINTS.ts,
        fuid: "F1abc",
        source: "SSL",
        mime_type: "application/x-x509-user-cert",
        filename: "a.cer",
      },
      ...{
        seen_bytes: "1638",
        md5: "AEEB74A57C1F9DF4CFC4536D26A38B8C",
        sha1: "0a6b201a7bff643cc5dd6631e5940e858ee07d25",
      },
    };
    const row = {
      ...{
        file_uid: "F1abc",
        connection_uids: ["C1"],
        src: "::ffff:203.0.113.7",
        dst: "::ffff:10.1.2.3",
        app_name: "ssl",
      },
      ...{ file_name: "a.cer", file_mime_type: "application/x-x509-user-cert", file_size: 1638 },
      ...{
        hash_md5: "aeeb74a57c1f9df4cfc4536d26a38b8c",
        hash_sha1: "0a6b201a7bff643cc5dd6631e5940e858ee07d25",
      },
    };
    const hosts = { tx_hosts: ["203.0.113.7"], rx_hosts: ["10.1.2.3"], conn_uids: ["C1"] };
    await sameRow("files", { ...file, ...hosts }, "file_activity", columns, row, new Set(["sha1"]));
    const connection = {
      uid: "C1",
      "id.orig_h": "10.1.2.3",
      "id.orig_p": "1",
      "id.resp_h": "203.0.113.7",
      "id.resp_p": "2",
      is_orig: "F",
    };
    await sameRow("files", { ...file, ...connection }, "file_activity", columns, row);
  });

  test("smtp", () =>
    sameRow(
      "smtp",
      {
        ...{
          ...ENDPOINTS,
          trans_depth: "1",
          helo: "mail.example",
          mailfrom: "a@b.example",
          rcptto: ["c@d.example", "e@f.example"],
        },
        ...{
          from: "A <a@b.example>",
          reply_to: "x@y.example",
          subject: "Tender",
          msg_id: "<1@b.example>",
          user_agent: "UA",
          fuids: ["F1"],
        },
      },
      "email_activity",
      "smtp_hello, smtp_from, smtp_to, email_from, email_reply_to, email_subject, email_message_uid, user_agent, file_uids",
      {
        ...{
          smtp_hello: "mail.example",
          smtp_from: "a@b.example",
          smtp_to: ["c@d.example", "e@f.example"],
          email_from: "A <a@b.example>",
        },
        ...{
          email_reply_to: "x@y.example",
          email_subject: "Tender",
          email_message_uid: "<1@b.example>",
          user_agent: "UA",
          file_uids: ["F1"],
        },
      },
    ));

  test("software", () =>
    sameRow(
      "software",
      {
        ...{
          ts: ENDPOINTS.ts,
          host: "10.1.2.3",
          host_p: "22",
          software_type: "SSH::SERVER",
          name: "OpenSSH",
          "version.major": "8",
        },
        ...{ "version.minor": "1", "version.addl": "p1", unparsed_version: "OpenSSH_8.1p1" },
      },
      "software_inventory",
      "toString(device_ip) AS ip, device_port, software_type, software_name, software_version, unparsed_version",
      {
        ...{
          ip: "::ffff:10.1.2.3",
          device_port: 22,
          software_type: "SSH::SERVER",
          software_name: "OpenSSH",
          software_version: "8.1-p1",
        },
        unparsed_version: "OpenSSH_8.1p1",
      },
    ));
});

test("escapes of Zeek's text format are undone once", async () => {
  const record = { ...ENDPOINTS, trans_depth: "1", request_body_len: "0", host: "a.example" };
  const uris = [
    "/\\x09tab",
    "\\x2d",
    "/\\\\x41",
    "/plain",
    "/\\xzz",
    "/\\xe1\\x9e\\x80",
    "/a\\\\\\\\b",
    "(empty)",
    "-",
  ];
  await bench.read(
    "http.log",
    tsvLog(
      "http",
      [...Object.keys(record), "uri"],
      uris.map((uri) => ({ ...record, uri })),
    ),
  );
  expect((await bench.rows("http_activity", "url_path")).map((row) => row.url_path)).toEqual([
    ...["/\ttab", "-", "/\\x41", "/plain", "/\\xzz", "/ក", "/a\\\\b", "", ""],
  ]);
  const answers = ["a\\x2cb,c", "(empty)", "-", "-,d"];
  const dns = { ...ENDPOINTS, query: "q.example" };
  await bench.read(
    "dns.log",
    tsvLog(
      "dns",
      [...Object.keys(dns), "answers"],
      answers.map((answer) => ({ ...dns, answers: answer })),
    ),
  );
  expect((await bench.rows("dns_activity", "answers")).map((row) => row.answers)).toEqual([
    ["a,b", "c"],
    [],
    [],
    ["d"],
  ]);
});

test("a DNS record without a query is unused; logs without a table are unused", async () => {
  const log = tsvLog(
    "dns",
    [...ENDPOINT_FIELDS, "query"],
    [{ ...ENDPOINTS }, { ...ENDPOINTS, query: "a.example" }],
  );
  expect(await bench.read("dns.log", log)).toMatchObject({ unused: 1, rows: { dns_activity: 1 } });
  const notice = tsvLog("notice", ["ts", "note", "msg"], [{ ts: "1", note: "x", msg: "y" }]);
  expect(await bench.read("notice.log", notice)).toMatchObject({ log: "notice", unused: 1, rows: {} });
});

test("open_http and open_ssl are told from the final logs by their product", async () => {
  const record = { ...ENDPOINTS, trans_depth: "1", host: "a.example", request_body_len: "0" };
  await bench.read("open_http.log", tsvLog("open_http", Object.keys(record), [record]));
  expect(await bench.rows("http_activity", "product")).toEqual([{ product: "zeek-open" }]);
});
