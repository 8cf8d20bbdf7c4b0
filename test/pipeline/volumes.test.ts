import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_SENSOR } from "../../src/pipeline/ingest/sensor.js";
import { type CaseFolder, openCaseFolder } from "./support/case-folder.js";

let at: CaseFolder;
beforeEach(async () => {
  at = await openCaseFolder();
});
afterEach(() => at.close());

interface Flow {
  uid: string;
  /** Seconds since 1970. */
  time: number;
  source?: string;
  port?: number;
  bytesOut: number;
  bytesIn: number;
  seconds: number;
}

const TARGET = "198.51.100.7";

const HEADER = (path: string) =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\n`;

function zeek(path: string, flows: readonly Flow[]): string {
  const lines = flows.map(({ uid, time, source = "10.0.0.5", port = 40_000, bytesOut, bytesIn, seconds }) =>
    [
      time.toFixed(6),
      uid,
      source,
      port,
      TARGET,
      443,
      "tcp",
      "ssl",
      seconds.toFixed(6),
      bytesOut,
      bytesIn,
      "SF",
    ].join("\t"),
  );
  return `${HEADER(path)}${lines.map((line) => `${line}\n`).join("")}`;
}

function eve(flows: readonly Flow[]): string {
  return flows
    .map(({ time, source = "10.0.0.5", port = 40_000, bytesOut, bytesIn, seconds }, index) => {
      const at = (seconds: number) => new Date(seconds * 1000).toISOString().replace("Z", "000+0000");
      const flow = {
        pkts_toserver: 10,
        pkts_toclient: 10,
        bytes_toserver: bytesOut,
        bytes_toclient: bytesIn,
        start: at(time),
        end: at(time + seconds),
        age: Math.ceil(seconds),
        state: "closed",
      };
      return `${JSON.stringify({ timestamp: at(time + seconds), flow_id: 7000 + index, event_type: "flow", src_ip: source, src_port: port, dest_ip: TARGET, dest_port: 443, proto: "TCP", flow })}\n`;
    })
    .join("");
}

const sums = () =>
  at.query<{ connections: number; out: number; in: number }>(
    "SELECT sum(connections) AS connections, sum(bytes_out) AS out, sum(bytes_in) AS in FROM contact_hourly WHERE channel = 'flow'",
  );

const FLOWS: Flow[] = [
  { uid: "Ca", time: 1_690_000_000, port: 40_001, bytesOut: 1000, bytesIn: 200, seconds: 30 },
  { uid: "Cb", time: 1_690_000_600, port: 40_002, bytesOut: 5000, bytesIn: 300, seconds: 2 },
  // Over the hour: the other sensor's clock puts it into the next one.
  { uid: "Cc", time: 1_690_002_799, port: 40_003, bytesOut: 70, bytesIn: 7, seconds: 60 },
];

describe("one link that Zeek and Suricata both see", () => {
  it("counts volumes once and keeps both records", async () => {
    at.put("zeek/conn.log", zeek("conn", FLOWS));
    at.put("suricata/eve.json", eve(FLOWS.map((flow) => ({ ...flow, time: flow.time + 1.5 }))));
    await at.ingest();
    expect(await at.value("SELECT count() FROM network_activity")).toBe(6);
    const [found] = await sums();
    expect(found?.connections).toBe(3);
    expect(found?.out).toBe(6070);
    expect(found?.in).toBe(507);
  });

  it("also where the second log comes in a later run, and again after that", async () => {
    at.put("zeek/conn.log", zeek("conn", FLOWS));
    await at.ingest();
    expect((await sums())[0]?.connections).toBe(3);
    at.put("suricata/eve.json", eve(FLOWS));
    await at.ingest();
    await at.ingest();
    expect((await sums())[0]).toEqual({ connections: 3, out: 6070, in: 507 });
  });

  it("does not take a reused port for the same connection", async () => {
    const early = { uid: "Cd", time: 1_690_000_000, bytesOut: 10, bytesIn: 1, seconds: 1 };
    at.put("zeek/conn.log", zeek("conn", [early]));
    at.put("suricata/eve.json", eve([{ ...early, time: early.time + 900 }]));
    await at.ingest();
    expect((await sums())[0]?.connections).toBe(2);
  });

  it("counts repeated contact on one sensor as often as it was", async () => {
    const repeated = [0, 1, 2, 3].map((index) => ({
      uid: `Ce${index}`,
      time: 1_690_000_000 + index,
      bytesOut: 10,
      bytesIn: 1,
      seconds: 5,
    }));
    at.put("zeek/conn.log", zeek("conn", repeated));
    await at.ingest();
    expect((await sums())[0]?.connections).toBe(4);
  });
});

describe("private addresses of two organisations", () => {
  it("stay apart by realm, even with the same five-tuple at the same time", async () => {
    at.put("ministry/conn.log", zeek("conn", FLOWS));
    at.put(
      "agency/conn.log",
      zeek(
        "conn",
        FLOWS.map((flow) => ({ ...flow, uid: `${flow.uid}x`, bytesOut: 1, bytesIn: 1 })),
      ),
    );
    await at.ingest({
      sensorFor: (_, relative) => ({
        ...DEFAULT_SENSOR,
        id: relative.split("/")[0] ?? "",
        realm: relative.split("/")[0] ?? "",
      }),
    });
    const found = await at.query(
      "SELECT address_realm AS realm, sum(connections) AS n, sum(bytes_out) AS out FROM contact_hourly WHERE channel = 'flow' GROUP BY realm ORDER BY realm",
    );
    expect(found).toEqual([
      { realm: "agency", n: 3, out: 3 },
      { realm: "ministry", n: 3, out: 6070 },
    ]);
    const coverage = await at.query(
      "SELECT address_realm AS realm, sensor_id AS sensor, sum(records) AS n FROM coverage_hourly GROUP BY ALL ORDER BY realm",
    );
    expect(coverage).toEqual([
      { realm: "agency", sensor: "agency", n: 3 },
      { realm: "ministry", sensor: "ministry", n: 3 },
    ]);
  });
});

describe("connections that are reported while they last", () => {
  const long: Flow = { uid: "CL", time: 1_690_000_000, bytesOut: 9000, bytesIn: 90, seconds: 90_000 };
  const partial = (share: number): Flow => ({
    ...long,
    bytesOut: long.bytesOut * share,
    bytesIn: long.bytesIn * share,
    seconds: long.seconds * share,
  });

  it("count once, as the final record says", async () => {
    at.put("conn_long.log", zeek("conn_long", [partial(0.1), partial(0.4)]));
    at.put("open_conn.log", zeek("open_conn", [partial(0.2), partial(0.3)]));
    at.put("conn.log", zeek("conn", [long]));
    await at.ingest();
    expect(await at.value("SELECT count() FROM network_activity")).toBe(5);
    expect((await sums())[0]).toEqual({ connections: 1, out: 9000, in: 90 });
  });

  it("count once where one file holds the records of all three logs", async () => {
    const other = { ...long, uid: "CO", time: long.time + 60, port: 40_100, seconds: 2 };
    const record = (path: string, { uid, time, port = 40_000, bytesOut, bytesIn, seconds }: Flow) =>
      `${JSON.stringify({ _path: path, ts: time, uid, "id.orig_h": "10.0.0.5", "id.orig_p": port, "id.resp_h": TARGET, "id.resp_p": 443, proto: "tcp", duration: seconds, orig_bytes: bytesOut, resp_bytes: bytesIn, conn_state: "SF" })}\n`;
    at.put(
      "combined.json",
      record("conn_long", partial(0.4)) +
        record("open_conn", partial(0.2)) +
        record("conn", long) +
        record("conn", other),
    );
    await at.ingest();
    expect(await at.value("SELECT count() FROM network_activity")).toBe(4);
    expect((await sums())[0]).toEqual({ connections: 2, out: 18_000, in: 180 });
    expect(await at.value("SELECT count() FROM rejected_record")).toBe(0);
  });

  it("count once with their greatest extent as long as there is no final record, and not any more when it comes", async () => {
    at.put("conn_long.log", zeek("conn_long", [partial(0.1), partial(0.4)]));
    at.put("open_conn.log", zeek("open_conn", [partial(0.2), partial(0.5)]));
    await at.ingest();
    expect((await sums())[0]).toEqual({ connections: 1, out: 4500, in: 45 });
    at.put("conn.log", zeek("conn", [long]));
    await at.ingest();
    expect((await sums())[0]).toEqual({ connections: 1, out: 9000, in: 90 });
  });
});
