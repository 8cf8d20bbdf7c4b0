import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";
import { CONN_FIELDS, CONN_RECORD, connLog, HEADER_LINES, tsvLog } from "./zeek-samples.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const COLUMNS =
  "product, toString(time) AS time, connection_uid, toString(src_endpoint_ip) AS src, src_endpoint_port, toString(dst_endpoint_ip) AS dst, dst_endpoint_port, connection_protocol, app_name, duration, traffic_bytes_out, traffic_bytes_in, traffic_packets_out, traffic_packets_in, ip_bytes_out, ip_bytes_in, connection_state, answered, connection_history, record_state, src_is_local, dst_is_local, sampling_rate";

const GOLDEN = {
  ...{ product: "zeek", time: "2023-10-01 00:00:00.834168", connection_uid: "CEWN1g1rNOHkuyh63j" },
  ...{ src: "::ffff:10.1.2.3", src_endpoint_port: 51514, dst: "::ffff:203.0.113.7", dst_endpoint_port: 443 },
  ...{
    connection_protocol: "tcp",
    app_name: "ssl",
    duration: 1.5,
    traffic_bytes_out: 1200,
    traffic_bytes_in: 64000,
  },
  ...{
    traffic_packets_out: 10,
    traffic_packets_in: 50,
    ip_bytes_out: 1720,
    ip_bytes_in: 66600,
    connection_state: "SF",
  },
  ...{
    answered: 1,
    connection_history: "ShADadFf",
    record_state: "final",
    src_is_local: 1,
    dst_is_local: 2,
    sampling_rate: 1,
  },
};

describe("a conn.log as text", () => {
  test("golden row", async () => {
    const outcome = await bench.read("conn.log", connLog({}));
    expect(outcome).toMatchObject({
      format: "zeek-tsv",
      log: "conn",
      lines: 10,
      header: 9,
      blank: 0,
      unused: 0,
      rejects: [],
    });
    expect(await bench.rows("network_activity", COLUMNS)).toEqual([GOLDEN]);
    expect(await bench.rows("network_activity", "source_line")).toEqual([{ source_line: HEADER_LINES + 1 }]);
  });

  test("any order of fields, other separators and markers, extra columns, CR LF", async () => {
    const fields = ["extra", ...[...CONN_FIELDS].reverse(), "label", "community_id"];
    const record = { ...CONN_RECORD, extra: "x'y\\", label: "Malicious", community_id: "1:abc=" };
    const unsetRecord = { ...record, duration: "NIL", resp_bytes: "NIL", service: "NIL" };
    const log = tsvLog("conn", fields, [record, unsetRecord], {
      separator: "|",
      setSeparator: ";",
      unset: "NIL",
      empty: "()",
      eol: "\r\n",
    });
    const outcome = await bench.read("whatever.txt", log);
    expect(outcome.rejects).toEqual([]);
    const rows = await bench.rows("network_activity", `${COLUMNS}, community_id`);
    expect(rows).toEqual([
      { ...GOLDEN, community_id: "1:abc=" },
      { ...GOLDEN, community_id: "1:abc=", duration: 0, traffic_bytes_in: 0, app_name: "" },
    ]);
  });

  test("a separator that is more than one character, and quotes in markers", async () => {
    const log = tsvLog("conn", CONN_FIELDS, [{ ...CONN_RECORD, service: "'n\\o" }], {
      separator: "::|",
      unset: "'n\\o",
      empty: "\\'",
    });
    expect((await bench.read("conn.log", log)).rejects).toEqual([]);
    expect(await bench.rows("network_activity", COLUMNS)).toEqual([{ ...GOLDEN, app_name: "" }]);
  });

  test("missing optional fields are defaults; a missing time makes every record a reject", async () => {
    const few = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state"];
    await bench.read("conn.log", tsvLog("conn", few, [CONN_RECORD]));
    expect(
      await bench.rows("network_activity", "duration, traffic_bytes_out, answered, src_is_local"),
    ).toEqual([{ duration: 0, traffic_bytes_out: 0, answered: 1, src_is_local: 0 }]);
    const { rejects } = await bench.read("conn.log", tsvLog("conn", CONN_FIELDS.slice(1), [CONN_RECORD]));
    expect(rejects).toEqual([{ line: 9, reason: "the log has no field ts" }]);
  });

  test("white space before #separator, a byte order mark, comments, blank lines", async () => {
    for (const before of ["\t", "\uFEFF", "# a note\n\n"]) {
      const outcome = await bench.read("conn.log", tsvLog("conn", CONN_FIELDS, [CONN_RECORD], { before }));
      expect(outcome.rejects).toEqual([]);
      expect(outcome.rows).toEqual({ network_activity: 1 });
      expect(accounted(outcome)).toBe(outcome.lines);
    }
  });

  test("logs put together: the header is read anew, also for another log and another order", async () => {
    const dns = tsvLog(
      "dns",
      ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "query"],
      [{ ...CONN_RECORD, query: "a.example" }],
    );
    const reversed = tsvLog("conn", [...CONN_FIELDS].reverse(), [CONN_RECORD]);
    const weird = tsvLog("weird", ["ts", "name"], [{ ts: "1", name: "x" }]);
    const outcome = await bench.read("all.log", connLog({}) + dns + weird + reversed);
    expect(outcome.rows).toEqual({ network_activity: 2, dns_activity: 1 });
    expect(outcome).toMatchObject({ lines: 40, header: 36, unused: 1, rejects: [] });
    expect(await bench.rows("network_activity", COLUMNS)).toEqual([GOLDEN, GOLDEN]);
  });

  test("records without a #fields line are rejected, not lost", async () => {
    const { rejects, rows } = await bench.read("conn.log", "#separator \\x09\n#path\tconn\n1\t2\t3\n");
    expect(rejects).toEqual([{ line: 3, reason: "no #fields line stands before this record" }]);
    expect(rows).toEqual({ network_activity: 0 });
  });
});

describe("kinds of connection log", () => {
  test.each([
    ["conn", "final"],
    ["open_conn", "open"],
    ["conn_long", "long"],
    ["conn-external", "final"],
  ])("#path %s gives record_state %s", async (path, state) => {
    await bench.read("some.log", tsvLog(path, CONN_FIELDS, [CONN_RECORD]));
    expect(await bench.rows("network_activity", "record_state")).toEqual([{ record_state: state }]);
  });

  test("conn_red repeats conn and is not used", async () => {
    expect(await bench.read("conn_red.log", tsvLog("conn_red", CONN_FIELDS, [CONN_RECORD]))).toMatchObject({
      unused: 1,
      rows: {},
    });
  });
});

describe("rejects are exact", () => {
  const CASES: readonly [what: string, change: Record<string, string>, reason: string][] = [
    ["a time that is no number", { ts: "abc" }, "ts 'abc' is not a number of seconds"],
    ["two points", { ts: "1.2.3" }, "ts '1.2.3' is not a number of seconds"],
    ["not a number", { ts: "nan" }, "ts 'nan' is not a number of seconds"],
    ["an unset time", { ts: "-" }, "ts is missing"],
    ["before 1970", { ts: "-5.0" }, "time '-5.0' lies before 1970"],
    ["2100", { ts: "4102444800.000000" }, "time 2100-01-01T00:00:00Z lies in the future"],
    ["far future", { ts: "9e15" }, "time '9e15' lies in the future"],
    ["infinity", { ts: "inf" }, "time 'inf' lies in the future"],
    ["a bad address", { "id.orig_h": "10.1.2.300" }, "id.orig_h '10.1.2.300' is not an IP address"],
    ["no address", { "id.resp_h": "-" }, "id.resp_h is missing"],
    [
      "SQL in the place of an address",
      { "id.resp_h": "'; DROP" },
      "id.resp_h ''; DROP' is not an IP address",
    ],
    ["port 65536", { "id.resp_p": "65536" }, "id.resp_p '65536' is not a port (0 to 65535)"],
    ["a negative port", { "id.orig_p": "-1" }, "id.orig_p '-1' is not a port (0 to 65535)"],
    ["bytes that are no number", { orig_bytes: "12k" }, "orig_bytes '12k' is not a count"],
    ["an empty count", { orig_bytes: "" }, "orig_bytes '' is not a count"],
    ["a fraction", { resp_pkts: "1.5" }, "resp_pkts '1.5' is not a count"],
    ["negative bytes", { resp_bytes: "-12" }, "resp_bytes '-12' is negative"],
    ["a negative duration", { duration: "-0.5" }, "duration '-0.5' is negative"],
    ["a duration that is no number", { duration: "long" }, "duration 'long' is not a number of seconds"],
    ["an infinite duration", { duration: "inf" }, "duration 'inf' is not a number of seconds"],
    [
      "bytes beyond 64 bits",
      { orig_bytes: "18446744073709551616" },
      "orig_bytes '18446744073709551616' is not a count",
    ],
  ];

  test("each bad value has its reason, and the good line beside it is kept", async () => {
    const outcome = await bench.read("conn.log", connLog(...CASES.flatMap(([, change]) => [change, {}])));
    expect(outcome.rejects).toEqual(
      CASES.map(([, , reason], at) => ({ line: HEADER_LINES + 1 + 2 * at, reason })),
    );
    expect(outcome.rows).toEqual({ network_activity: CASES.length });
  });

  test("wrong counts of fields", async () => {
    const torn = connLog({}).replace("\tShADadFf\t", "\t");
    const long = connLog({}).replace("\tShADadFf\t", "\ta\tb\tc\t");
    const reasons = async (log: string) =>
      (await bench.read("conn.log", log)).rejects.map(({ reason }) => reason);
    expect(await reasons(torn)).toEqual(["21 fields expected, 20 found"]);
    expect(await reasons(long)).toEqual(["21 fields expected, 23 found"]);
  });

  test("a reason never carries more than 60 characters of the value, nor broken UTF-8", async () => {
    const log = Buffer.from(connLog({ ts: "x".repeat(5000) }).replace("203.0.113.7", "203.0.113.7"));
    const { rejects } = await bench.read("conn.log", log);
    expect(rejects[0]?.reason).toBe(`ts '${"x".repeat(60)}' is not a number of seconds`);
  });
});

test("times are exact to the microsecond", async () => {
  const cases = [
    ["1713657596.834168", "2024-04-20 23:59:56.834168"],
    ["1713657596.8341689", "2024-04-20 23:59:56.834168"],
    ["1713657596", "2024-04-20 23:59:56.000000"],
    ["1.7e9", "2023-11-14 22:13:20.000000"],
    ["4102444799.999999", "2099-12-31 23:59:59.999999"],
    ["0.000001", "1970-01-01 00:00:00.000001"],
    ["928.943457", "1970-01-01 00:15:28.943457"],
  ];
  await bench.read("conn.log", connLog(...cases.map(([ts]) => ({ ts: ts ?? "" }))));
  expect(await bench.rows("network_activity", "toString(time) AS time")).toEqual(
    cases.map(([, time]) => ({ time })),
  );
});

test("answered, by conn_state and by what the responder sent", async () => {
  const cases: readonly [state: string, change: Record<string, string>, answered: number][] = [
    ["SF", {}, 1],
    ["S0", {}, 0],
    ["REJ", {}, 0],
    ["RSTOS0", {}, 0],
    ["SH", {}, 0],
    ["S1", {}, 1],
    ["RSTO", {}, 1],
    ["RSTR", {}, 1],
    ["SHR", {}, 1],
    ["RSTRH", { resp_bytes: "0" }, 0],
    ["RSTRH", { resp_bytes: "12" }, 1],
    ["OTH", { resp_bytes: "0", resp_pkts: "0" }, 0],
    ["OTH", { resp_bytes: "0", resp_pkts: "3" }, 1],
    ["OTH", { resp_bytes: "-", resp_pkts: "-" }, 1],
    ["-", { resp_bytes: "-", resp_pkts: "0" }, 0],
  ];
  await bench.read("conn.log", connLog(...cases.map(([conn_state, change]) => ({ conn_state, ...change }))));
  expect(await bench.rows("network_activity", "answered")).toEqual(
    cases.map(([, , answered]) => ({ answered })),
  );
});
