import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { simulate } from "../../scenarios/index.js";
import { filesUnder, type Log, logsOf, micros, newFolder, type Truth, truthOf } from "./helpers.js";

const out = newFolder();
let truth: Truth;
let conn: Log[];
let dns: Log[];
let ssl: Log[];
let x509: Log[];
let http: Log[];
let rows: number;

beforeAll(async () => {
  rows = (await simulate({ scenario: "cambodia-2023", out, seed: 2023, scale: 0.004, workers: 0 }))
    .connections;
  truth = truthOf(out);
  conn = logsOf(out, "conn");
  dns = logsOf(out, "dns");
  ssl = logsOf(out, "ssl");
  x509 = logsOf(out, "x509");
  http = logsOf(out, "http");
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe("logs", () => {
  it("have Zeek's header and footer, and as many values as fields", () => {
    let seen = 0;
    for (const log of [...conn, ...dns, ...ssl, ...x509, ...http]) {
      expect(log.comments.slice(0, 4)).toEqual([
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
      ]);
      expect(log.comments.at(-1)).toMatch(/^#close\t\d{4}-\d\d-\d\d-/);
      expect(log.types).toHaveLength(log.fields.length);
      expect(log.rows.filter((row) => row.length !== log.fields.length)).toEqual([]);
      if (log.path === "conn") seen += log.rows.length;
    }
    expect(seen).toBe(rows);
  });

  it("have consistent connections, in order of time, in the file of their day", () => {
    const wrong: string[] = [];
    for (const log of conn) {
      let last = 0;
      for (const row of log.rows) {
        const [ts = "", uid = "", , , , , proto, , , sent = "-", received = "-", state] = row;
        const [, packets, ipBytes, respPackets, respIpBytes] = row.slice(15, 20).map(Number);
        const bad =
          !/^\d{10}\.\d{6}$/.test(ts) ||
          Number(ts) < last - 0.3 ||
          !/^C[0-9A-Za-z]{17}$/.test(uid) ||
          (sent !== "-" && Number(sent) > (ipBytes ?? 0)) ||
          (received !== "-" && Number(received) > (respIpBytes ?? 0)) ||
          (state === "S0" && proto === "tcp" && respPackets !== 0) ||
          (packets ?? 0) < 1 ||
          new Date(Number(ts) * 1000).toISOString().slice(0, 10) !== log.date;
        if (bad) wrong.push(row.join(" "));
        last = Number(ts);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("share uids with the conn log, each used once there", () => {
    const uids = conn.flatMap((log) => log.rows.map((row) => row[1]));
    const known = new Set(uids);
    expect(known.size).toBe(uids.length);
    for (const logs of [dns, ssl, http]) {
      const orphans = logs.flatMap((log) => log.rows.filter((row) => !known.has(row[1])));
      expect(orphans).toEqual([]);
    }
  });

  it("show every certificate that ssl.log refers to, on the same sensor", () => {
    for (const day of ["2023-09-06", "2023-10-20"]) {
      const on = (log: Log): boolean => log.date === day;
      for (const log of ssl.filter(on)) {
        const certificates = x509.filter(on).find(({ sensor }) => sensor === log.sensor);
        const shown = new Set(certificates?.rows.map((row) => row[1]));
        const wanted = log.rows.flatMap((row) => (row[15] === "-" ? [] : (row[15] ?? "").split(",")));
        expect(wanted.filter((fingerprint) => !shown.has(fingerprint))).toEqual([]);
      }
    }
  });

  it("are empty while the sensor is out, and only then", () => {
    const [outage] = truth.outages;
    if (!outage) throw new Error("no outage");
    const from = micros(outage.from) / 1e6;
    const to = micros(outage.to) / 1e6;
    expect(to - from).toBe(48 * 3600);
    for (const logs of [conn, dns, ssl, http, x509]) {
      const during = logs
        .filter((log) => log.sensor === outage.sensor_id)
        .flatMap((log) => log.rows.filter(([ts]) => Number(ts) >= from && Number(ts) < to));
      expect(during).toEqual([]);
    }
    const elsewhere = conn.filter((log) => log.date === "2023-09-13").map((log) => log.sensor);
    expect(new Set(elsewhere).size).toBe(5);
  });
});

describe("truth", () => {
  it("has 24 victims, 40 clean organisations and says that it is synthetic", () => {
    expect(truth.victims).toHaveLength(24);
    expect(truth.clean).toHaveLength(40);
    expect(truth.synthetic).toBe(true);
    expect(truth.note).toContain("not evidence of detection quality");
    expect(truth.schedule).toMatchObject({ utc_offset_minutes: 480, calendar: "CN" });
    const steps = new Set(truth.steps.map((step) => step.id));
    expect(truth.intrusions.flatMap((intrusion) => intrusion.steps).filter((id) => !steps.has(id))).toEqual(
      [],
    );
  });

  it("agrees with the logs about first and last contact and hosts", () => {
    const servers = new Set(
      truth.infrastructure.filter(({ kind }) => kind === "address").map(({ value }) => value),
    );
    const realms = new Map<string, { sensor: string; prefix: string }>();
    const config = parse(readFileSync(join(out, "longwatch.yaml"), "utf8")) as {
      sensors: { id: string; realm: string }[];
    };
    for (const line of readFileSync(join(out, "organisations.csv"), "utf8").trim().split("\n").slice(1)) {
      const [cidr = "", realm = "", id = ""] = line.split(",");
      const sensor = config.sensors.find((one) => one.realm === realm)?.id ?? "telecom-ix";
      realms.set(id, { sensor, prefix: cidr });
    }
    expect(realms.size).toBe(64);
    const contacts = new Map<string, string[]>();
    for (const log of conn) {
      for (const [ts = "", , orig = "", , resp = ""] of log.rows) {
        if (!servers.has(resp)) continue;
        const key = `${log.sensor} ${orig}`;
        contacts.set(key, [...(contacts.get(key) ?? []), ts]);
      }
    }
    for (const victim of truth.victims) {
      const sensor = realms.get(victim.org_id)?.sensor ?? "";
      const times = victim.hosts.flatMap((host) => contacts.get(`${sensor} ${host}`) ?? []).sort();
      expect(Number(times[0]) * 1e6).toBeCloseTo(micros(victim.first_contact), 0);
      expect(Number(times.at(-1)) * 1e6).toBeCloseTo(micros(victim.last_contact), 0);
      expect(victim.hosts.length).toBeGreaterThan(0);
      expect(victim.hosts.length).toBeLessThanOrEqual(4);
    }
  });

  it("names only infrastructure that the logs show", () => {
    const text = new Set<string>();
    for (const log of dns) for (const row of log.rows) text.add(row[9] ?? "");
    for (const log of ssl) {
      for (const row of log.rows) for (const fingerprint of (row[15] ?? "").split(",")) text.add(fingerprint);
    }
    for (const log of conn) for (const row of log.rows) text.add(row[4] ?? "");
    expect(truth.infrastructure.filter(({ value }) => !text.has(value))).toEqual([]);
    expect(truth.infrastructure.map(({ value }) => value)).toContain("sync.wonderbackup.com");
  });
});

it("writes a configuration that does not give the names away", () => {
  const names = truth.infrastructure.filter(({ kind }) => kind === "domain").map(({ value }) => value);
  for (const name of filesUnder(out).filter((file) => !file.startsWith("logs/") && file !== "truth.json")) {
    const text = readFileSync(join(out, name), "utf8");
    expect(names.filter((domain) => text.includes(domain))).toEqual([]);
  }
  expect(readFileSync(join(out, "longwatch.yaml"), "utf8")).toContain("Synthetic");
  expect(
    readFileSync(join(out, "intel", "watchlist.csv"), "utf8")
      .trim()
      .split("\n"),
  ).toHaveLength(3);
});
