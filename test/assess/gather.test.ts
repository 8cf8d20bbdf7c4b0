import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assess, gather } from "../../src/assess/index.js";
import { detector } from "../../src/detect/infrastructure-contact/index.js";
import { assessmentSchema } from "../../src/model/assessment.js";
import {
  at,
  contextFor,
  directoryOf,
  everyDay,
  indicator,
  TestCase,
} from "../detect/infrastructure-contact/support.js";
import { finding, NO_CORRELATION } from "./support.js";

const C2 = "203.0.113.9";
const NAME = "sync.example-watch.net";
const directory = directoryOf([
  { cidr: "10.1.0.0/16", realm: "r1", org: "alpha" },
  { cidr: "10.2.0.0/16", realm: "r1", org: "beta" },
  { cidr: "10.1.0.0/16", realm: "r2", org: "gamma" },
  { cidr: "10.4.0.0/16", realm: "r4", org: "unseen" },
]);

let test: TestCase;
beforeAll(async () => {
  test = await TestCase.open();
  await test.flows([
    ...everyDay(0, 20, (day) => ({ time: at(day), src: "10.1.0.5", dst: C2, out: 4000, in: 100 })),
    // The second sensor of r1 and its own traffic; r2 uses the same address for another host.
    ...everyDay(0, 21, (day) => ({ time: at(day), src: "10.2.0.5", dst: "192.0.2.80" })),
    ...everyDay(0, 21, (day) => ({
      time: at(day),
      src: "10.1.0.5",
      dst: "192.0.2.80",
      realm: "r2",
      sensor: "s2",
    })),
    ...Array.from({ length: 30 }, (_, host) => ({
      time: at(3),
      src: C2,
      dst: `10.2.1.${host + 1}`,
      port: 22,
      answered: false,
      out: 0,
      in: 0,
    })),
    // On an address that others share.
    ...everyDay(0, 3, (day) => ({ time: at(day), src: "10.2.0.5", dst: "203.0.113.80", out: 700, in: 50 })),
  ]);
  await test.tls(
    everyDay(0, 3, (day) => ({ time: at(day), src: "10.2.0.5", dst: "203.0.113.80", sni: NAME })),
  );
  await test.rollUp();
  await test.store.command(
    `INSERT INTO host_organisation SELECT DISTINCT address_realm, ip, org, toDateTime(0), toDateTime(4294967295) FROM (
       SELECT address_realm, arrayJoin([src_ip, dst_ip]) AS ip,
         multiIf(toString(ip) LIKE '::ffff:10.1.%', if(address_realm = 'r1', 'alpha', 'gamma'), toString(ip) LIKE '::ffff:10.2.%', 'beta', '') AS org
       FROM contact_hourly) WHERE org != ''`,
  );
  await test.store.insert("source_slice", [
    {
      batch_id: "b1",
      source_id: "log-s1",
      path: "conn.log",
      format: "zeek-tsv",
      log: "conn",
      rows: 100,
      rejected: 2,
      tlp: "amber",
    },
    {
      batch_id: "b1",
      source_id: "weird",
      path: "weird.log",
      format: "zeek-tsv",
      log: "weird",
      unused_lines: 12,
    },
  ]);
});
afterAll(() => test.close());

describe("gather and assess on the engine", () => {
  it("answers from rows to status", async () => {
    const { findings } = await detector.run(
      contextFor(test, detector, { directory, indicators: [indicator("address", C2)] }),
    );
    const gathered = await gather((sql, bound, options) => test.store.query(sql, bound, options), findings);
    expect(gathered).toMatchObject({
      files: 2,
      rows: 100,
      rejected: 2,
      unused: [{ log: "weird", lines: 12 }],
    });
    expect(gathered.visibility.map((each) => [each.orgId, each.sensorId])).toEqual([
      ["alpha", "s1"],
      ["beta", "s1"],
      ["gamma", "s2"],
    ]);
    const result = assess({
      caseName: "t",
      tlp: "green",
      synthetic: false,
      generatedAt: "2023-11-01T00:00:00Z",
      findings,
      runs: [],
      schedules: [],
      correlation: NO_CORRELATION,
      attribution: [],
      replay: null,
      detectionLimits: null,
      directory,
      machine: (_, value) => value,
      gathered,
    });
    expect(() => assessmentSchema.parse(result)).not.toThrow();
    expect(
      result.organisations.map((each) => [each.org_id, each.status, each.bytes_out, each.active_days]),
    ).toEqual([
      ["alpha", "compromised", 80_000, 20],
      ["beta", "contacted", 0, 1],
      ["gamma", "no_evidence", 0, 0],
      ["unseen", "no_data", 0, 0],
    ]);
    expect(result.volumes).toHaveLength(20);
    expect(result.telemetry.first).toBe("2023-08-07T10:00:00Z");
  });

  it("counts answered connections with assets in the hours of findings about a host, in its own realm alone", async () => {
    const gone = finding("dll-sideload", {
      entities: [{ kind: "host", value: "10.1.0.5", realm: "r1", role: "victim" }],
      first_seen: new Date(at(2)).toISOString(),
      last_seen: new Date(at(4)).toISOString(),
    });
    const asset = { name: "files", role: "file_server" as const, criticality: 3, realm: "r1" };
    const assets = [C2, "192.0.2.80", "10.2.1.1"].map((address) => ({ ...asset, address }));
    const { assetContacts } = await gather(
      (sql, bound, options) => test.store.query(sql, bound, options),
      [gone],
      assets,
    );
    expect(assetContacts).toMatchObject([{ realm: "r1", host: "10.1.0.5", asset: C2, connections: 3 }]);
    expect(assetContacts[0]?.first).toBe(at(2));
  });

  it("measures contact by name on shared addresses, in the hours in which the name was used", async () => {
    const masquerade = finding("cloud-masquerade", {
      org_id: null,
      entities: [
        { kind: "domain", value: NAME, role: "server" },
        { kind: "host", value: "10.2.0.5", realm: "r1", role: "victim" },
      ],
    });
    const gathered = await gather(
      (sql, bound, options) => test.store.query(sql, bound, options),
      [masquerade],
    );
    expect(gathered.contacts).toHaveLength(3);
    expect(gathered.contacts[0]).toMatchObject({
      name: NAME,
      server: "203.0.113.80",
      bytesOut: 700,
      bytesIn: 50,
      connections: 1,
    });
    const result = assess({
      caseName: "t",
      tlp: "green",
      synthetic: false,
      generatedAt: "2023-11-01T00:00:00Z",
      findings: [masquerade],
      runs: [],
      schedules: [],
      correlation: NO_CORRELATION,
      attribution: [],
      replay: null,
      detectionLimits: null,
      directory,
      machine: (_, value) => value,
      gathered,
    });
    expect(result.organisations[0]).toMatchObject({
      org_id: "beta",
      status: "suspected",
      bytes_out: 2100,
      active_days: 3,
    });
  });

  it("looks for contacts of the hosts that have an address, where a finding names others by what they call themselves", async () => {
    const found = finding("cloud-masquerade", {
      org_id: null,
      entities: [
        { kind: "domain", value: NAME, role: "server" },
        { kind: "host", value: "10.2.0.5", realm: "r1", role: "victim" },
        { kind: "host", value: "WS-12.example", realm: "r1", role: "victim" },
      ],
    });
    const gathered = await gather((sql, bound, options) => test.store.query(sql, bound, options), [found]);
    expect(gathered.contacts.map(({ host }) => host)).toEqual(["10.2.0.5", "10.2.0.5", "10.2.0.5"]);
  });

  it("takes look-ups below a domain for contact where the finding rests on them, be it an hour of one day", async () => {
    const zone = "quietstream.net";
    await test.dns([
      ...Array.from({ length: 200 }, (_, n) => ({
        time: at(5, 9) + n * 1000,
        src: "10.2.0.6",
        name: `x${n}.t.${zone}`,
        answers: [`198.51.100.${n}`],
      })),
      { time: at(6), src: "10.2.0.6", name: `not${zone}`, answers: ["192.0.2.1"] },
      { time: at(6), src: "10.1.0.9", name: `www.${zone}`, answers: ["192.0.2.1"] },
    ]);
    const tunnel = finding("dns-tunnel", {
      org_id: "beta",
      first_seen: "2023-08-12T09:00:00Z",
      last_seen: "2023-08-12T09:04:00Z",
      entities: [
        { kind: "domain", value: zone, role: "server" },
        { kind: "host", value: "10.2.0.6", realm: "r1", role: "victim" },
      ],
      facts: { by_lookups: true },
    });
    const gathered = await gather((sql, bound, options) => test.store.query(sql, bound, options), [tunnel]);
    expect(gathered.contacts).toEqual([
      expect.objectContaining({ host: "10.2.0.6", name: zone, server: "", connections: 200, answered: 200 }),
    ]);
    const result = assess({
      caseName: "t",
      tlp: "green",
      synthetic: false,
      generatedAt: "2023-11-01T00:00:00Z",
      findings: [tunnel],
      runs: [],
      schedules: [],
      correlation: NO_CORRELATION,
      attribution: [],
      replay: null,
      detectionLimits: null,
      directory,
      machine: (_, value) => value,
      gathered,
    });
    expect(() => assessmentSchema.parse(result)).not.toThrow();
    expect(result.organisations[0]).toMatchObject({ org_id: "beta", status: "suspected", active_days: 1 });
    expect(result.organisations[0]?.hosts.map(({ address }) => address)).toEqual(["10.2.0.6"]);
    expect(result.links.filter(({ to }) => to === "")).toEqual([]);
  });

  it("does not stretch time over records whose clock was not set", async () => {
    await test.store.command(
      "INSERT INTO coverage_hourly SELECT 'b2', 's1', 'r1', 'zeek', 'network_activity', toDateTime('1970-01-01 01:00:00', 'UTC'), 5",
    );
    const gathered = await gather((sql, bound, options) => test.store.query(sql, bound, options), []);
    expect(gathered.first).toBe(at(0));
    expect(Math.min(...gathered.sensors.flatMap((each) => each.hours))).toBe(at(0) / 3_600_000);
  });

  it("says nothing about an empty case", async () => {
    await test.clear();
    const gathered = await gather((sql, bound, options) => test.store.query(sql, bound, options), []);
    const result = assess({
      caseName: "t",
      tlp: "green",
      synthetic: false,
      generatedAt: "2023-11-01T00:00:00Z",
      findings: [],
      runs: [],
      schedules: [],
      correlation: NO_CORRELATION,
      attribution: [],
      replay: null,
      detectionLimits: null,
      directory,
      machine: (_, value) => value,
      gathered,
    });
    expect(() => assessmentSchema.parse(result)).not.toThrow();
    expect(new Set(result.organisations.map((each) => each.status))).toEqual(new Set(["no_data"]));
    expect(result.telemetry).toMatchObject({ first: null, last: null, files: 0 });
  });
});
