import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const COLUMNS =
  "source_line AS line, product, toString(log_role) AS role, toString(time) AS time, toString(src_endpoint_ip) AS src, toString(dst_endpoint_ip) AS dst, dst_endpoint_port AS port, url_hostname AS host, http_method AS method, url_path AS path, http_status AS status, user_agent AS agent, referrer, user_name AS user, request_length AS sent, response_length AS got";
type Row = Record<string, string | number>;

const read = async (lines: readonly (string | Buffer)[], eol = "\n") => {
  const content = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from(eol)]));
  const outcome = await bench.read("access.log", content);
  expect(accounted(outcome)).toBe(outcome.lines);
  const rows = (await bench.rows("http_activity", COLUMNS)) as Row[];
  return { outcome, rows: rows.sort((a, b) => Number(a.line) - Number(b.line)) };
};

const APACHE = {
  ...{ product: "access-log", role: "server", time: "2023-10-10 20:55:36.000000", src: "::ffff:192.0.2.7" },
  ...{
    dst: "::",
    port: 0,
    host: "",
    method: "GET",
    path: "/a.php?q=1",
    status: 200,
    agent: "",
    referrer: "",
  },
  ...{ user: "", sent: 0, got: 2326 },
};
const COMMON = '192.0.2.7 - - [10/Oct/2023:13:55:36 -0700] "GET /a.php?q=1 HTTP/1.1" 200 2326';
const COMBINED = `${COMMON} "http://a.example/start" "Mozilla/5.0 (X11)"`;

describe("access logs", () => {
  test("golden rows: common, combined, with the virtual host, with more behind it; CR LF", async () => {
    const { outcome, rows } = await read(
      [
        COMMON,
        COMBINED,
        `WWW.Example.org:8443 ${COMBINED}`,
        `${COMBINED} "-" 0.004 rt=1`,
        `${COMMON} 17`,
        COMBINED.replace(" - - ", " - CORP\\\\frank doe "),
        COMBINED.replace("192.0.2.7", "2001:db8::7"),
        COMBINED.replace("192.0.2.7", "client.example.net"),
        "",
        COMMON.replace("2326", "-"),
      ],
      "\r\n",
    );
    expect(outcome).toMatchObject({ format: "access-log", log: "access", blank: 1, rejects: [] });
    const combined = { ...APACHE, agent: "Mozilla/5.0 (X11)", referrer: "http://a.example/start" };
    expect(rows).toEqual([
      { line: 1, ...APACHE },
      { line: 2, ...combined },
      { line: 3, ...combined, host: "www.example.org", port: 8443 },
      { line: 4, ...combined },
      { line: 5, ...APACHE },
      { line: 6, ...combined, user: "CORP\\frank doe" },
      { line: 7, ...combined, src: "2001:db8::7" },
      { line: 8, ...combined, src: "::" },
      { line: 10, ...APACHE, got: 0 },
    ]);
  });

  test("what clients send: escapes undone, requests that are none kept as they stand", async () => {
    const request = (text: string | Buffer) =>
      Buffer.concat([
        Buffer.from('192.0.2.7 - - [10/Oct/2023:13:55:36 -0700] "'),
        Buffer.from(text),
        Buffer.from('" 400 0 "-" "say \\"hi\\" \\x41\\\\x41\\t$" - x'),
      ]);
    const { outcome, rows } = await read([
      request('GET /caf\\xc3\\xa9?a=\\"b\\" c HTTP/1.0'),
      request("GET http://Proxy.example:81/x?y HTTP/1.1"),
      request("CONNECT mail.example:443 HTTP/1.1"),
      request("-"),
      request(""),
      request("\\x16\\x03\\x01"),
      request(Buffer.from([0x16, 0x03, 0x00, 0xff, 0xfe, 0x20, 0x80])),
      request("GET /old"),
      request("PROPFIND"),
      request('GET /a="><script>x</script> HTTP/1.1'),
      // No end of the request, although it reads like one.
      request('GET /\\" 200 5 HTTP/1.1'),
    ]);
    expect(outcome.rejects).toEqual([]);
    expect(rows.map(({ method, path, host }) => [method, path, host])).toEqual([
      ["GET", '/caf\u00e9?a="b" c', ""],
      ["GET", "http://Proxy.example:81/x?y", "proxy.example"],
      ["CONNECT", "mail.example:443", "mail.example"],
      ["", "", ""],
      ["", "", ""],
      ["", "\u0016\u0003\u0001", ""],
      ["", "\u0016\u0003\u0000\ufffd \ufffd", ""],
      ["GET", "/old", ""],
      ["", "PROPFIND", ""],
      ["GET", '/a="><script>x</script>', ""],
      ["GET", '/" 200 5', ""],
    ]);
    expect(new Set(rows.map(({ agent }) => agent))).toEqual(new Set(['say "hi" A\\x41\t$']));
  });

  test("rejects say why; torn, binary and very long lines", async () => {
    const { outcome, rows } = await read([
      COMMON,
      COMBINED,
      COMBINED,
      COMBINED,
      COMBINED.replace("10/Oct/2023:13:55:36 -0700", "10/Foo/2023:13:55:36 -0700"),
      COMBINED.replace("10/Oct/2023:13:55:36 -0700", "31/Dec/2105:13:55:36 +0000"),
      COMBINED.replace("192.0.2.7", "192.0.2.777"),
      COMBINED.replace("200", "99999"),
      COMBINED.slice(0, 60),
      Buffer.from([0, 1, 2, 0xff, 0x22, 0x5b]),
      `192.0.2.7 - - [10/Oct/2023:13:55:36 -0700] "GET /${"a\\x22".repeat(200_000)} HTTP/1.1" 414 0`,
    ]);
    expect(outcome.rejects).toEqual([
      { line: 5, reason: "time '10/Foo/2023:13:55:36 -0700' is not a time" },
      { line: 6, reason: "time 2105-12-31T13:55:36Z lies in the future" },
      { line: 7, reason: "client '192.0.2.777' is not an IP address" },
      { line: 8, reason: "status '99999' is not a number from 0 to 65535" },
      { line: 9, reason: "not a line of an access log" },
      { line: 10, reason: "not a line of an access log" },
    ]);
    expect(rows).toHaveLength(5);
    expect(rows[4]).toMatchObject({ line: 11, status: 414, path: `/${'a"'.repeat(200_000)}` });
  });
});

const IIS = [
  "#Software: Microsoft Internet Information Services 10.0",
  "#Version: 1.0",
  "#Date: 2024-03-01 00:00:00",
];
const FIELDS =
  "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) cs-host sc-status sc-bytes cs-bytes time-taken";
const LINE =
  "2024-03-01 10:00:00 192.0.2.80 POST /x/a.aspx cmd=a+b 443 CORP\\frank 198.51.100.7 Mozilla/5.0+(X11) https://a.example/?b+c Mail.Example:443 200 512 100 7";
const IIS_ROW = {
  ...{ product: "iis", role: "server", time: "2024-03-01 10:00:00.000000", src: "::ffff:198.51.100.7" },
  ...{ dst: "::ffff:192.0.2.80", port: 443, host: "mail.example", method: "POST", path: "/x/a.aspx?cmd=a+b" },
  ...{ status: 200, agent: "Mozilla/5.0 (X11)", referrer: "https://a.example/?b+c", user: "CORP\\frank" },
  ...{ sent: 100, got: 512 },
};

describe("W3C extended logs", () => {
  test("golden rows; a header in another order in the middle; nothing where there is -", async () => {
    const { outcome, rows } = await read([
      ...IIS,
      FIELDS,
      LINE,
      "2024-03-01 10:00:00.25 - GET / - - - 2001:db8::7 - - - 404 - - -",
      "#Software: Microsoft Internet Information Services 10.0",
      "#Fields: time date c-ip cs-uri-stem cs-method",
      "11:00:00 2024-03-01 198.51.100.8 /b GET",
    ]);
    expect(outcome).toMatchObject({ format: "w3c-log", header: 6, rejects: [] });
    expect(rows).toMatchObject([
      { line: 5, ...IIS_ROW },
      {
        ...{ line: 6, time: "2024-03-01 10:00:00.250000", src: "2001:db8::7", dst: "::", port: 0, path: "/" },
        ...{ status: 404, agent: "", referrer: "", user: "", host: "", sent: 0, got: 0 },
      },
      { line: 9, time: "2024-03-01 11:00:00.000000", src: "::ffff:198.51.100.8", path: "/b", status: 0 },
    ]);
  });

  test("rejects: before a header, another count of fields, no time, no address; a comment is header", async () => {
    const { outcome } = await read([
      LINE,
      ...IIS,
      FIELDS,
      "# a remark",
      LINE,
      LINE.replace(" 7", ""),
      LINE.replace("2024-03-01", "2024-13-01"),
      LINE.replace("198.51.100.7", "-"),
      `${LINE} more`,
      LINE.slice(0, 40),
    ]);
    expect(outcome.header).toBe(5);
    expect(outcome.rejects).toEqual([
      { line: 1, reason: "no #Fields line before it says what it holds" },
      { line: 8, reason: "16 fields expected, 15 found" },
      { line: 9, reason: "date and time '2024-13-01 10:00:00' is not a time" },
      { line: 10, reason: "c-ip is missing" },
      { line: 11, reason: "16 fields expected, 17 found" },
      { line: 12, reason: "16 fields expected, 5 found" },
    ]);
    const undated = await read(["#Fields: time c-ip cs-method cs-uri-stem", "10:00:00 192.0.2.7 GET /"]);
    expect(undated.outcome.rejects).toEqual([{ line: 2, reason: "the log has no field date and time" }]);
  });
});

test("Squid: a request, a tunnel, one that came from the cache; rejects", async () => {
  const squid = "1709287200.250    180 10.1.2.3 TCP_MISS/200 411";
  const { outcome, rows } = await read([
    `${squid} GET http://A.example/x.exe?y frank HIER_DIRECT/203.0.113.7 application/x-dosexec`,
    `${squid} CONNECT b.example:8443 - HIER_DIRECT/2001:db8::1 -`,
    `${squid} GET http://a.example:81/ - HIER_NONE/- text/html`,
    `${squid} GET https://c.example/ - FIRSTUP_PARENT/10.9.9.9 text/html`,
    `1709287200.250    180 squid TCP_DENIED/407 411 GET http://a/ - HIER_NONE/- text/html`,
    `${squid} GET`,
  ]);
  const base = {
    ...{ product: "squid", role: "proxy", time: "2024-03-01 10:00:00.250000", src: "::ffff:10.1.2.3" },
    ...{ method: "GET", status: 200, agent: "", got: 411 },
  };
  expect(outcome.format).toBe("squid-log");
  expect(rows).toMatchObject([
    {
      ...{
        ...base,
        dst: "::ffff:203.0.113.7",
        port: 80,
        host: "a.example",
        path: "http://A.example/x.exe?y",
      },
      user: "frank",
    },
    { ...base, method: "CONNECT", dst: "2001:db8::1", port: 8443, host: "b.example", path: "b.example:8443" },
    { ...base, dst: "::", port: 81, host: "a.example" },
    { ...base, dst: "::", port: 443, host: "c.example" },
  ]);
  expect(outcome.rejects).toEqual([
    { line: 5, reason: "client 'squid' is not an IP address" },
    { line: 6, reason: "not a line of Squid's access log" },
  ]);
});
