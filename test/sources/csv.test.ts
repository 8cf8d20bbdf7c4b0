import { afterAll, beforeAll, expect, test } from "vitest";
import { detectFormat } from "../../src/sources/detect-format.js";
import type { CsvMapping } from "../../src/sources/port.js";
import { accounted, type Bench, openBench, probeOf } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const MAPPING: CsvMapping = {
  name: "edge",
  columns: {
    ...{
      time: "When",
      src_ip: "Source",
      src_port: "SPort",
      dst_ip: "Destination",
      dst_port: "DPort",
      protocol: "Proto",
      action: "Action",
    },
    ...{
      bytes_out: "Sent",
      bytes_in: "Received",
      packets_out: "PktsSent",
      packets_in: "PktsRcvd",
      duration_seconds: "Secs",
      application: "App",
    },
  },
  ...{ delimiter: ",", timeFormat: "iso8601", utcOffset: "+07:00" },
};
const HEADER =
  '"When",Source,SPort,Destination,DPort,Proto,Sent,Received,PktsSent,PktsRcvd,Secs,App,Action,"Note, free"';
const GOOD =
  '2023-10-01 07:00:00,10.1.2.3,51514,203.0.113.7,443,TCP,1720,66600,10,50,1.5,SSL,allow,"a, ""b"" c"';
const COLUMNS =
  "product, toString(time) AS time, toString(src_endpoint_ip) AS src, src_endpoint_port, toString(dst_endpoint_ip) AS dst, dst_endpoint_port, connection_protocol, app_name, duration, traffic_bytes_out, traffic_bytes_in, traffic_packets_out, traffic_packets_in, connection_state, answered";
const GOLDEN = {
  ...{
    product: "csv:edge",
    time: "2023-10-01 00:00:00.000000",
    src: "::ffff:10.1.2.3",
    src_endpoint_port: 51514,
    dst: "::ffff:203.0.113.7",
  },
  ...{
    dst_endpoint_port: 443,
    connection_protocol: "tcp",
    app_name: "ssl",
    duration: 1.5,
    traffic_bytes_out: 1720,
    traffic_bytes_in: 66600,
  },
  ...{ traffic_packets_out: 10, traffic_packets_in: 50, connection_state: "", answered: 1 },
};

const read = (lines: readonly string[], mapping: Partial<CsvMapping> = {}, eol = "\n") =>
  bench.read("fw.csv", lines.map((line) => line + eol).join(""), {
    csvMappings: [{ ...MAPPING, ...mapping }],
  });

test("golden row; quotes around any field, delimiters and quotes inside; a repeated header", async () => {
  const allQuoted = GOOD.replace(/"a, ""b"" c"$/, '"x"')
    .split(",")
    .map((field) => `"${field.replaceAll('"', "")}"`)
    .join(",");
  const outcome = await read([HEADER, GOOD, allQuoted, HEADER, GOOD], {}, "\r\n");
  expect(outcome).toMatchObject({
    format: "csv",
    log: "edge",
    lines: 5,
    header: 2,
    rejects: [],
    rows: { network_activity: 3 },
  });
  expect(await bench.rows("network_activity", COLUMNS)).toEqual([GOLDEN, GOLDEN, GOLDEN]);
});

test("denied connections, and those that nothing came back on, are not answered", async () => {
  const cases: readonly [
    action: string,
    received: string,
    packets: string,
    answered: number,
    state: string,
  ][] = [
    ["Deny", "0", "0", 0, "REJ"],
    ["DROP", "-", "-", 0, "REJ"],
    ["blocked-url", "100", "2", 0, "REJ"],
    ["accept", "0", "0", 0, ""],
    ["accept", "-", "", 1, ""],
    ["", "0", "1", 1, ""],
    ["normal", "5", "1", 1, ""],
  ];
  await read([
    HEADER,
    ...cases.map(([action, received, packets]) =>
      GOOD.replace(",66600,10,50,", `,${received},10,${packets},`).replace("allow", action),
    ),
  ]);
  expect(await bench.rows("network_activity", "answered, connection_state AS state")).toEqual(
    cases.map(([, , , answered, state]) => ({ answered, state })),
  );
});

test("formats of time and zones", async () => {
  const cases: readonly [timeFormat: string, utcOffset: string, written: string, time: string][] = [
    ["epoch", "+07:00", "1696118400.834168", "2023-10-01 00:00:00.834168"],
    ["epoch_ms", "+07:00", "1696118400834", "2023-10-01 00:00:00.834000"],
    ["iso8601", "+07:00", "2023-10-01T07:00:00.5", "2023-10-01 00:00:00.500000"],
    ["iso8601", "+07:00", "2023-10-01T07:00:00+05:30", "2023-10-01 01:30:00.000000"],
    ["iso8601", "", "2023-10-01 07:00:00", "2023-10-01 07:00:00.000000"],
    ["iso8601", "-0330", "2023-10-01T07:00:00Z", "2023-10-01 07:00:00.000000"],
    ["%d/%m/%Y %H:%i:%s", "+07:00", "01/10/2023 07:00:00", "2023-10-01 00:00:00.000000"],
    ["%d/%m/%Y %H:%i:%s", "-03:30", "01/10/2023 07:00:00", "2023-10-01 10:30:00.000000"],
    ["%b %d %Y %H:%i:%s", "Z", "Oct 01 2023 07:00:00", "2023-10-01 07:00:00.000000"],
    ["%d/%b/%Y:%H:%i:%s %z", "+07:00", "01/Oct/2023:07:00:00 +0200", "2023-10-01 05:00:00.000000"],
  ];
  for (const [timeFormat, utcOffset, written, time] of cases) {
    const outcome = await read(
      [
        HEADER,
        GOOD.replace("2023-10-01 07:00:00", `"${written}"`),
        GOOD.replace("2023-10-01 07:00:00", "garbage"),
      ],
      { timeFormat, utcOffset },
    );
    expect(outcome.rejects).toEqual([{ line: 3, reason: "When 'garbage' is not a time" }]);
    expect(await bench.rows("network_activity", "toString(time) AS time")).toEqual([{ time }]);
  }
});

test("rejects are exact; an unclosed quote takes no other line with it", async () => {
  const cases: readonly [line: string, reason: string][] = [
    [GOOD.replace("10.1.2.3", "host"), "Source 'host' is not an IP address"],
    [GOOD.replace("203.0.113.7", ""), "Destination is missing"],
    [GOOD.replace(",443,", ",443/tcp,"), "DPort '443/tcp' is not a port (0 to 65535)"],
    [GOOD.replace(",1720,", ",1 720,"), "Sent '1 720' is not a count"],
    [GOOD.replace(",1720,", ",-3,"), "Sent '-3' is negative"],
    [GOOD.replace("2023-10-01", "2123-10-01"), "time 2123-10-01T00:00:00Z lies in the future"],
    [GOOD.replace('"a, ""b"" c"', '"open, end'), "14 fields expected, 15 found"],
    [GOOD.replace(',"a, ""b"" c"', ""), "14 fields expected, 13 found"],
  ];
  const outcome = await read([HEADER, ...cases.flatMap(([line]) => [line, GOOD])]);
  expect(outcome.rejects).toEqual(cases.map(([, reason], at) => ({ line: 2 * at + 2, reason })));
  expect(outcome.rows).toEqual({ network_activity: cases.length });
  expect(accounted(outcome)).toBe(outcome.lines);
});

test("other delimiters, also those that mean something in a pattern", async () => {
  for (const delimiter of [";", "|", "\t", "^", "]", "\\", "."]) {
    const swap = (line: string) =>
      line
        .split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)
        .map((field) => `"${field.replace(/^"|"$/g, "")}"`)
        .join(delimiter);
    const outcome = await read([swap(HEADER), swap(GOOD)], { delimiter });
    expect({ delimiter, rejects: outcome.rejects }).toEqual({ delimiter, rejects: [] });
    expect(await bench.rows("network_activity", COLUMNS)).toEqual([GOLDEN]);
  }
});

test("why a mapping does not fit", () => {
  const refusal = (mapping: Partial<CsvMapping>, header = HEADER) => {
    const settings = { csvMappings: [{ ...MAPPING, ...mapping }] };
    const detected = detectFormat(probeOf("fw.csv", Buffer.from(`${header}\n${GOOD}\n`)), settings);
    return "refusals" in detected
      ? detected.refusals.find(({ source }) => source === "csv")?.reason
      : undefined;
  };
  expect(refusal({})).toBeUndefined();
  expect(refusal({}, HEADER.replace("Source", "From"))).toBe(
    "mapping edge: the first line has no column Source",
  );
  expect(refusal({ delimiter: "" })).toBe(
    "mapping edge: its delimiter must be one ASCII character, and no quote",
  );
  expect(refusal({ delimiter: "é" })).toMatch(/one ASCII character/);
  expect(refusal({ columns: { time: "When", src_ip: "Source" } })).toBe(
    "mapping edge: it maps no column to dst_ip",
  );
  expect(refusal({ timeFormat: "%Q" })).toBe("mapping edge: its timeFormat has %Q, which is not supported");
  expect(refusal({ timeFormat: "%Y %" })).toBe("mapping edge: its timeFormat has %, which is not supported");
  expect(refusal({ timeFormat: "dd/MM" })).toMatch(/neither epoch, epoch_ms, iso8601 nor a pattern/);
  expect(refusal({ utcOffset: "Asia/Phnom_Penh" })).toBe(
    "mapping edge: its utcOffset 'Asia/Phnom_Penh' is no offset such as +07:00",
  );
});
