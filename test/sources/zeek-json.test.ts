import { afterAll, beforeAll, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const CONN = {
  ...{
    ts: 1696118400.834168,
    uid: "C1",
    "id.orig_h": "10.1.2.3",
    "id.orig_p": 51514,
    "id.resp_h": "203.0.113.7",
    "id.resp_p": 443,
  },
  ...{
    proto: "tcp",
    conn_state: "SF",
    orig_bytes: 18446744073709551615n,
    resp_bytes: 5,
    local_orig: true,
    local_resp: false,
    history: "Sh",
  },
};

/** JSON with bigints as numbers. */
const line = (record: Record<string, unknown>) =>
  JSON.stringify(record, (_, value) => (typeof value === "bigint" ? `#${value}#` : value)).replace(
    /"#(\d+)#"/g,
    "$1",
  );

test("times as Zeek's JSON writer makes them: seconds, milliseconds, ISO 8601", async () => {
  const cases: readonly [written: string, time: string][] = [
    ["1713657596.834168", "2024-04-20 23:59:56.834168"],
    ["1713657596.8341680", "2024-04-20 23:59:56.834168"],
    ["1.713657596834168e9", "2024-04-20 23:59:56.834168"],
    ["1588205199.82437", "2020-04-30 00:06:39.824370"],
    ["279.103822", "1970-01-01 00:04:39.103822"],
    ["1713657596834", "2024-04-20 23:59:56.834000"],
    ["1713657596834.168", "2024-04-20 23:59:56.834168"],
    ['"2024-04-20T23:59:56.834168Z"', "2024-04-20 23:59:56.834168"],
    ['"2024-04-21T01:59:56.834168+0200"', "2024-04-20 23:59:56.834168"],
    ['"1713657596.834168"', "2024-04-20 23:59:56.834168"],
  ];
  const record = line({ ...CONN, ts: 0 });
  const { rejects } = await bench.read(
    "conn.log",
    cases.map(([ts]) => `${record.replace('"ts":0', `"ts":${ts}`)}\n`).join(""),
  );
  expect(rejects).toEqual([]);
  const rows = await bench.rows(
    "network_activity",
    "toString(time) AS time, toString(traffic_bytes_out) AS out, src_is_local, dst_is_local",
  );
  expect(rows).toEqual(
    cases.map(([, time]) => ({ time, out: "18446744073709551615", src_is_local: 1, dst_is_local: 2 })),
  );
});

test("every microsecond of a second survives the way through a double", async () => {
  const stamps = Array.from(
    { length: 2000 },
    (_, at) => `1713657596.${String((at * 499_979) % 1_000_000).padStart(6, "0")}`,
  );
  const record = line({ ...CONN, ts: 0 });
  await bench.read("conn.log", stamps.map((ts) => `${record.replace('"ts":0', `"ts":${ts}`)}\n`).join(""));
  const rows = await bench.rows("network_activity", "toString(toUnixTimestamp64Micro(time)) AS micro");
  expect(rows.map((row) => row.micro)).toEqual(stamps.map((ts) => ts.replace(".", "")));
});

test("rejects are exact", async () => {
  const cases: readonly [line: string, reason: string][] = [
    [line({ ...CONN, ts: undefined }), "ts is missing"],
    [line({ ...CONN, ts: null }), "ts is missing"],
    [line({ ...CONN, ts: true }), "ts 'true' is not a time"],
    [line({ ...CONN, ts: { a: 1 } }), `ts '{"a":1}' is not a time`],
    [line({ ...CONN, ts: -1 }), "time '-1' lies before 1970"],
    [line({ ...CONN, ts: 4102444800 }), "time 2100-01-01T00:00:00Z lies in the future"],
    [line({ ...CONN, ts: "2100-06-01T00:00:00Z" }), "time 2100-06-01T00:00:00Z lies in the future"],
    [line({ ...CONN, ts: "2023-02-31T00:00:00Z" }), "ts '2023-02-31T00:00:00Z' is not a time"],
    [line({ ...CONN, "id.orig_h": undefined }), "id.orig_h is missing"],
    [line({ ...CONN, "id.resp_h": "nowhere" }), "id.resp_h 'nowhere' is not an IP address"],
    [line({ ...CONN, "id.resp_p": 70000 }), "id.resp_p '70000' is not a port (0 to 65535)"],
    [line({ ...CONN, "id.resp_p": 1.5 }), "id.resp_p '1.5' is not a port (0 to 65535)"],
    [line({ ...CONN, resp_bytes: -4 }), "resp_bytes '-4' is negative"],
    [line({ ...CONN, resp_bytes: "many" }), "resp_bytes 'many' is not a count"],
    [line(CONN).slice(0, -20), "not valid JSON"],
    [`${line(CONN)} trailing`, "not valid JSON"],
    ["not json at all", "not valid JSON"],
    ['["1696118400.8", "x"]', "the JSON value is not an object"],
    ["42", "the JSON value is not an object"],
    ["\u0000", "not valid JSON"],
    ["[".repeat(5000), "not valid JSON"],
  ];
  const outcome = await bench.read(
    "conn.log",
    `${[line(CONN), ...cases.map(([text]) => text), line(CONN)].join("\n")}\n`,
  );
  expect(outcome.rejects).toEqual(cases.map(([, reason], at) => ({ line: at + 2, reason })));
  expect(outcome.rows).toEqual({ network_activity: 2 });
});

test("a combined file: each record goes by its own name, dashes and all; one without a name is rejected", async () => {
  const named = (path: string, extra: Record<string, unknown> = {}) =>
    line({ _path: path, ...CONN, ...extra });
  const lines = [
    named("conn"),
    named("conn_long"),
    named("open-conn"),
    named("dns", { query: "a.example" }),
    named("dns"),
    named("notice"),
    line(CONN),
    line({ "@stream": "conn", ...CONN }),
    "{broken",
    "",
  ];
  const outcome = await bench.read("zeek.json", `${lines.join("\n")}\n`);
  expect(outcome).toMatchObject({ log: "combined", lines: 10, blank: 1, unused: 2 });
  expect(outcome.rejects).toEqual([
    { line: 7, reason: "the record does not name its log (_path or @stream)" },
    { line: 9, reason: "not valid JSON" },
  ]);
  expect(accounted(outcome)).toBe(outcome.lines);
  const states = await bench.rows("network_activity", "source_line, record_state");
  expect(states).toEqual([
    { source_line: 1, record_state: "final" },
    { source_line: 2, record_state: "long" },
    { source_line: 3, record_state: "open" },
    { source_line: 8, record_state: "final" },
  ]);
});

test("without a name in the records, the fields tell the log; the file's name settles what they leave open", async () => {
  const kinds: readonly [file: string, log: string, state: string][] = [
    ["dns.log", "conn", "final"],
    ["open_conn.2024-01-01.log", "open_conn", "open"],
    ["conn_long_20240101.log", "conn_long", "long"],
    ["conn_20240101_10:00:00.log.gz", "conn", "final"],
  ];
  for (const [file, log, record_state] of kinds) {
    expect((await bench.read(file, `${line(CONN)}\n`)).log).toBe(log);
    expect(await bench.rows("network_activity", "record_state")).toEqual([{ record_state }]);
  }
});

test("the sensor comes from the log only where the log knows one", async () => {
  const from = (name: string) => line({ _path: "conn", _system_name: name, ...CONN });
  expect((await bench.read("a", `${from("s1")}\n${from("s1")}\n`)).sensor).toBe("s1");
  expect((await bench.read("a", `${from("s1")}\n${from("s2")}\n`)).sensor).toBeUndefined();
});
