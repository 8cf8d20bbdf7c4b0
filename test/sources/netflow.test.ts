import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accounted, type Bench, openBench } from "./runner.js";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const COLUMNS =
  "toString(time) AS time, concat(toString(src_endpoint_ip), ' ', toString(src_endpoint_port), ' ', toString(dst_endpoint_ip), ' ', toString(dst_endpoint_port), ' ', connection_protocol) AS ends, duration, traffic_bytes_out AS bo, traffic_bytes_in AS bi, traffic_packets_out AS po, traffic_packets_in AS pi, connection_state AS state, answered, connection_history AS history";

const WIDE = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out";
const SHORT = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows";

describe("nfdump", () => {
  test("the wide layout with its summary: two one-way records of a conversation both name the client first", async () => {
    const log = [
      WIDE,
      "2023-10-01 10:00:00,2023-10-01 10:00:05,5.004,10.1.2.3,203.0.113.7,51514,443,TCP,.AP.SF,0,0,10,1720,0,0,1,2",
      "2023-10-01 10:00:00,2023-10-01 10:00:05,4.990,203.0.113.7,10.1.2.3,443,51514,TCP,.AP.SF,0,0,50,66600,0,0,2,1",
      "2023-10-01 10:00:01,2023-10-01 10:00:01,0.000,10.1.2.3,203.0.113.8,51515,8443,TCP,....S.,0,0,1,60,0,0,1,2",
      "2023-10-01 10:00:01,2023-10-01 10:00:01,0.000,203.0.113.8,10.1.2.3,8443,51515,TCP,.A.R..,0,0,1,40,0,0,2,1",
      "2023-10-01 10:00:02,2023-10-01 10:00:02,0.000,10.1.2.3,203.0.113.9,0,8.0,ICMP,......,0,0,1,84,0,0,1,2",
      "Summary",
      "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
      "5,68504,63,1096,1,1087",
    ];
    const outcome = await bench.read("flows.csv", `${log.join("\n")}\n`);
    expect(outcome).toMatchObject({
      format: "nfdump-csv",
      lines: 9,
      header: 3,
      unused: 1,
      rejects: [],
      rows: { network_activity: 5 },
    });
    const time = "2023-10-01 10:00:00.000000";
    const [one, two] = ["2023-10-01 10:00:01.000000", "2023-10-01 10:00:02.000000"];
    const ends = "::ffff:10.1.2.3 51514 ::ffff:203.0.113.7 443 tcp";
    const refused = "::ffff:10.1.2.3 51515 ::ffff:203.0.113.8 8443 tcp";
    expect(await bench.rows("network_activity", COLUMNS)).toEqual([
      { time, ends, duration: 5.004, bo: 1720, bi: 0, po: 10, pi: 0, state: "", answered: 1, history: "" },
      { time, ends, duration: 4.99, bo: 0, bi: 66600, po: 0, pi: 50, state: "", answered: 1, history: "^" },
      {
        time: one,
        ends: refused,
        duration: 0,
        bo: 60,
        bi: 0,
        po: 1,
        pi: 0,
        state: "S0",
        answered: 0,
        history: "",
      },
      {
        time: one,
        ends: refused,
        duration: 0,
        bo: 0,
        bi: 40,
        po: 0,
        pi: 1,
        state: "REJ",
        answered: 0,
        history: "^",
      },
      {
        ...{
          time: two,
          ends: "::ffff:10.1.2.3 8 ::ffff:203.0.113.9 0 icmp",
          duration: 0,
          bo: 84,
          bi: 0,
          po: 1,
          pi: 0,
        },
        ...{ state: "", answered: 1, history: "" },
      },
    ]);
  });

  test("the layout since 1.7.5, put together twice; two-way counts; long and epoch times", async () => {
    const log = [
      SHORT,
      "2023-10-01 10:00:00.123,     1d 02:03:04.500,TCP  ,10.1.2.3,51514,203.0.113.7,443,10,1720,1",
      "1696154400.250,0.5,17,2001:db8::1,5353,2001:db8::2,5353,1,60,1",
      "Summary",
      "total flows: 2",
      `${SHORT},outPackets,outBytes`,
      "2023-10-01 10:00:00.123,00:00:01.000,6,203.0.113.7,443,10.1.2.3,51514,50,66600,1,10,1720",
    ];
    const outcome = await bench.read("flows.csv", `${log.join("\r\n")}\r\n`);
    expect(outcome).toMatchObject({
      lines: 7,
      header: 3,
      unused: 1,
      rejects: [],
      rows: { network_activity: 3 },
    });
    const time = "2023-10-01 10:00:00.123000";
    expect(
      (await bench.rows("network_activity", COLUMNS)).sort((a, b) => Number(b.duration) - Number(a.duration)),
    ).toEqual([
      {
        ...{
          time,
          ends: "::ffff:10.1.2.3 51514 ::ffff:203.0.113.7 443 tcp",
          duration: 93784.5,
          bo: 1720,
          bi: 0,
          po: 10,
          pi: 0,
        },
        ...{ state: "", answered: 1, history: "" },
      },
      {
        ...{
          time,
          ends: "::ffff:10.1.2.3 51514 ::ffff:203.0.113.7 443 tcp",
          duration: 1,
          bo: 1720,
          bi: 66600,
          po: 10,
          pi: 50,
        },
        ...{ state: "", answered: 1, history: "^" },
      },
      {
        ...{
          time: "2023-10-01 10:00:00.250000",
          ends: "2001:db8::1 5353 2001:db8::2 5353 udp",
          duration: 0.5,
          bo: 60,
          bi: 0,
          po: 1,
          pi: 0,
        },
        ...{ state: "", answered: 1, history: "" },
      },
    ]);
  });

  test("rejects are exact", async () => {
    const record = (at: number, value: string) =>
      "2023-10-01 10:00:00.123,0.5,TCP,10.1.2.3,51514,203.0.113.7,443,10,1720,1"
        .split(",")
        .with(at, value)
        .join(",");
    const cases: readonly [line: string, reason: string][] = [
      [record(0, "01.10.2023"), "firstSeen '01.10.2023' is not a time"],
      [record(0, "2101-01-01 00:00:00"), "time 2101-01-01T00:00:00Z lies in the future"],
      [record(0, ""), "firstSeen is missing"],
      [record(1, "long"), "duration 'long' is not a number of seconds"],
      [record(3, "10.1.2"), "srcAddr '10.1.2' is not an IP address"],
      [record(6, "https"), "dstPort 'https' is not a port (0 to 65535)"],
      [record(8, "1.7 K"), "bytes '1.7 K' is not a count"],
      [record(8, "-1"), "bytes '-1' is negative"],
      ["2023-10-01 10:00:00.123,0.5", "10 fields expected, 2 found"],
      ["Something else", "10 fields expected, 1 found"],
    ];
    const outcome = await bench.read("flows.csv", `${[SHORT, ...cases.map(([line]) => line)].join("\n")}\n`);
    expect(outcome.rejects).toEqual(cases.map(([, reason], at) => ({ line: at + 2, reason })));
    expect(accounted(outcome)).toBe(outcome.lines);
  });
});

describe("Argus", () => {
  const HEADER =
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label";
  const LINES = [
    "2023/10/01 10:00:00.283479,0.045,man,0,0,,0,0,STA,,,0,0,0,0,",
    "2023/10/01 10:00:00.283479,0.000,llc,00:00:00:00:00:00,0,   ->,00:00:00:00:00:00,0,INT,,,1,60,60,1,",
    "2023/10/01 10:00:00.283479,3554.2,arp,10.0.2.15,,  who,10.0.2.2,,CON,,,22,924,462,11,",
    "2023/10/01 10:00:00.283479,1.5,tcp,10.1.2.3,51514,   ->,203.0.113.7,443,FSPA_FSPA,0,0,60,68320,1720,10,flow=x",
    "2023/10/01 10:00:00.283479,0.01,udp,10.1.2.3,48427,  <->,203.0.113.53,53,CON,0,0,2,142,63,1,",
    "2023/10/01 10:00:00.283479,0.0,tcp,10.1.2.3,51515,   ->,203.0.113.8,0x1f90,S_RA,0,0,2,100,60,1,",
    "2023/10/01 10:00:00.283479,0.0,tcp,10.1.2.3,51516,   ->,203.0.113.9,80,S_,0,,3,180,180,3,",
    "2023/10/01 10:00:00.283479,0.0,tcp,203.0.113.7,443,   <-,10.1.2.3,51517,PA_FPA,0,0,5,500,300,3,",
    "2023/10/01 10:00:00.283479,0.0,icmp,10.1.2.3,0x0103,   ->,203.0.113.9,0x0ecc,URP,0,,1,173,173,1,",
  ];
  const row = { time: "2023-10-01 10:00:00.283479", duration: 0, state: "", answered: 1, history: "" };
  const ROWS = [
    {
      ...row,
      ends: "::ffff:10.1.2.3 51514 ::ffff:203.0.113.7 443 tcp",
      duration: 1.5,
      bo: 1720,
      bi: 66600,
      po: 10,
      pi: 50,
      state: "SF",
    },
    {
      ...row,
      ends: "::ffff:10.1.2.3 48427 ::ffff:203.0.113.53 53 udp",
      duration: 0.01,
      bo: 63,
      bi: 79,
      po: 1,
      pi: 1,
      state: "SF",
    },
    {
      ...row,
      ends: "::ffff:10.1.2.3 51515 ::ffff:203.0.113.8 8080 tcp",
      bo: 60,
      bi: 40,
      po: 1,
      pi: 1,
      state: "REJ",
      answered: 0,
    },
    {
      ...row,
      ends: "::ffff:10.1.2.3 51516 ::ffff:203.0.113.9 80 tcp",
      bo: 180,
      bi: 0,
      po: 3,
      pi: 0,
      state: "S0",
      answered: 0,
    },
    {
      ...row,
      ends: "::ffff:10.1.2.3 51517 ::ffff:203.0.113.7 443 tcp",
      bo: 200,
      bi: 300,
      po: 2,
      pi: 3,
      state: "OTH",
      history: "^",
    },
    {
      ...row,
      ends: "::ffff:10.1.2.3 3 ::ffff:203.0.113.9 1 icmp",
      bo: 173,
      bi: 0,
      po: 1,
      pi: 0,
      state: "S0",
      answered: 0,
    },
  ];

  test.each([",", "\t"])("golden rows, delimiter %j", async (delimiter) => {
    const log = [HEADER, ...LINES].map((line) => `${line.replaceAll(",", delimiter)}\n`).join("");
    const outcome = await bench.read("x.binetflow", log);
    expect(outcome).toMatchObject({
      format: "argus-csv",
      lines: 10,
      header: 1,
      unused: 3,
      rejects: [],
      rows: { network_activity: 6 },
    });
    expect(await bench.rows("network_activity", COLUMNS)).toEqual(ROWS);
  });

  test("rejects are exact", async () => {
    const good = LINES[3] ?? "";
    const cases: readonly [line: string, reason: string][] = [
      [good.replace("10.1.2.3", "somewhere"), "SrcAddr 'somewhere' is not an IP address"],
      [good.replace(",443,", ",https,"), "Dport 'https' is not a port (0 to 65535)"],
      [good.replace(",68320,", ",100,"), "SrcBytes is greater than TotBytes"],
      [good.replace("2023/10/01", "2223/10/01"), "time 2223-10-01T10:00:00Z lies in the future"],
      [good.replace(",1.5,", ",-1.5,"), "Dur '-1.5' is negative"],
      [good.replace(",flow=x", ""), "16 fields expected, 15 found"],
    ];
    const outcome = await bench.read(
      "x.binetflow",
      `${[HEADER, ...cases.map(([line]) => line), HEADER, good].join("\n")}\n`,
    );
    expect(outcome.rejects).toEqual(cases.map(([, reason], at) => ({ line: at + 2, reason })));
    expect(outcome).toMatchObject({ header: 2, rows: { network_activity: 1 } });
  });
});
