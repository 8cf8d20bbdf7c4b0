import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DetectContext } from "../../../../src/detect/port.js";
import { detector } from "../../../../src/detect/sigma/detector/index.js";
import { logSources, parseRules } from "../../../../src/detect/sigma/index.js";
import { type Finding, findingSchema } from "../../../../src/model/finding.js";
import { NO_HOSTS } from "../../../support/no-hosts.js";
import { ENGINES, type TestStore } from "../../../support/stores.js";
import { createEventTables } from "./tables.js";

const RULES = `title: Odd name
id: 00000000-0000-4000-8000-000000000001
level: high
tags: [attack.t1071.004]
logsource: { category: dns }
detection: { selection: { query|endswith: .odd.example }, condition: selection }
---
title: Web shell
id: 00000000-0000-4000-8000-000000000002
level: critical
logsource: { category: webserver }
detection: { selection: { cs-uri-query|contains: cmd= }, condition: selection }
---
title: One refusal
id: 00000000-0000-4000-8000-000000000003
level: low
logsource: { product: zeek, service: conn }
detection: { selection: { conn_state: REJ }, condition: selection }
---
title: Many refusals
id: 00000000-0000-4000-8000-000000000004
level: high
correlation:
  type: value_count
  rules: [00000000-0000-4000-8000-000000000003]
  group-by: [id.orig_h]
  timespan: 10m
  condition: { gte: 3, field: id.resp_p }
`;

const v4 = (address: string): string => `::ffff:${address}`;

describe("Sigma rules on network and web logs as findings", () => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await (ENGINES[0] as (typeof ENGINES)[number]).open();
    await createEventTables(opened.store);
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    for (const table of ["dns_activity", "http_activity", "network_activity"])
      await opened.store.command(`TRUNCATE TABLE ${table}`);
  });

  async function store(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    await opened.store.insert(
      table,
      rows.map((row, index) => ({
        ...{ batch_id: "b", source_id: "s", source_line: index + 1, address_realm: "m", product: "zeek" },
        ...{ time: `2024-03-01 12:0${index}:00`, ...row },
      })),
    );
  }

  /** 10.1.0.0/16 is the ministry's, all of 10.0.0.0/8 is inside. */
  async function run() {
    const { rules, problems } = parseRules(RULES, "rules.yml", new Map());
    expect(problems).toEqual([]);
    const context: Partial<DetectContext> = {
      query: (sql, bound, options) => opened.store.query(sql, bound, options),
      stream: (sql, bound, options) => opened.store.stream(sql, bound, options),
      parameter: (name) => detector.manifest.parameters[name]?.default ?? Number.NaN,
      directory: {
        organisations: new Map([["ministry", {}]]),
        orgRealms: () => ["m"],
        assets: [{ realm: "*", name: "Portal.m.example", address: "10.1.0.81" }],
        isInternal: (_: string, address: string) => address.startsWith("10."),
        resolve: (realm: string, address: string) =>
          realm === "m" && address.startsWith("10.1.") ? { orgId: "ministry" } : undefined,
      } as unknown as DetectContext["directory"],
      hosts: NO_HOSTS,
      sigmaRules: () => ({ rules, logSources: logSources() }),
    };
    return detector.run(context as DetectContext);
  }

  const findings = async (): Promise<Finding[]> =>
    (await run()).findings.map((finding) => findingSchema.parse(finding));

  it("is about our host, its organisation, and the name that it asked for", async () => {
    await store("dns_activity", [
      { src_endpoint_ip: v4("10.1.0.5"), dst_endpoint_ip: v4("10.1.0.1"), query_hostname: "a.odd.example" },
      { src_endpoint_ip: v4("10.1.0.5"), dst_endpoint_ip: v4("10.1.0.1"), query_hostname: "a.odd.example" },
      { src_endpoint_ip: v4("10.9.0.5"), dst_endpoint_ip: v4("10.1.0.1"), query_hostname: "odd.example" },
    ]);
    const [finding, ...others] = await findings();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      title: "Odd name: 10.1.0.5",
      severity: "medium",
      org_id: "ministry",
      attack: ["T1071.004"],
      first_seen: "2024-03-01T12:00:00Z",
      last_seen: "2024-03-01T12:01:00Z",
      entities: [
        { kind: "host", value: "10.1.0.5", realm: "m", role: "victim" },
        { kind: "domain", value: "a.odd.example", role: "server" },
      ],
      facts: { matches: 2, hosts: 1 },
      evidence: [
        {
          table: "dns_activity",
          line: 1,
          time: "2024-03-01T12:00:00.000000Z",
          summary: "10.1.0.5 to a.odd.example: query=a.odd.example",
        },
        { line: 2 },
      ],
    });
  });

  it("is about our server where the request comes from outside", async () => {
    const request = { url_hostname: "www.m.example", url_path: "/x?cmd=id" };
    await store("http_activity", [
      { ...request, src_endpoint_ip: v4("198.51.100.7"), dst_endpoint_ip: v4("10.1.0.80") },
    ]);
    expect(await findings()).toMatchObject([
      {
        title: "Web shell: 10.1.0.80",
        org_id: "ministry",
        entities: [
          { kind: "host", value: "10.1.0.80", role: "victim" },
          { kind: "address", value: "198.51.100.7", role: "client" },
          { kind: "domain", value: "www.m.example", role: "mentioned" },
        ],
      },
    ]);
  });

  it("a server's own log without its address: the owner of its realm, and who asked", async () => {
    await store("http_activity", [
      {
        ...{ log_role: "server", product: "apache", url_path: "/x?cmd=id" },
        src_endpoint_ip: v4("198.51.100.7"),
      },
    ]);
    expect(await findings()).toMatchObject([
      {
        title: "Web shell: 198.51.100.7",
        org_id: "ministry",
        entities: [{ kind: "address", value: "198.51.100.7", role: "client" }],
        evidence: [{ summary: "198.51.100.7: cs-uri-query=/x?cmd=id" }],
      },
    ]);
  });

  it("a server's own log without its address: the machine of ours that its name means, and no other name", async () => {
    const request = { log_role: "server", product: "access-log", src_endpoint_ip: v4("198.51.100.7") };
    await store("http_activity", [
      { ...request, url_hostname: "portal.m.example", url_path: "/x?cmd=id" },
      { ...request, url_hostname: "dc01.m.example", url_path: "/x?cmd=id" },
    ]);
    const [finding] = await findings();
    expect(finding).toMatchObject({ title: "Web shell: 10.1.0.81", facts: { matches: 2, hosts: 1 } });
    expect(finding?.entities).toContainEqual({
      kind: "host",
      value: "10.1.0.81",
      realm: "m",
      role: "victim",
    });
  });

  it("a correlation over connections has those of its own group as evidence", async () => {
    const refused = (src: string, port: number) => ({
      ...{ src_endpoint_ip: v4(src), dst_endpoint_ip: v4("192.0.2.1"), dst_endpoint_port: port },
      connection_state: "REJ",
    });
    await store("network_activity", [
      refused("10.1.0.5", 22),
      refused("10.1.0.6", 22),
      refused("10.1.0.5", 23),
      refused("10.1.0.6", 22),
      refused("10.1.0.5", 24),
    ]);
    const found = await findings();
    expect(found).toMatchObject([{ title: "Many refusals: 10.1.0.5", org_id: "ministry" }]);
    expect(found[0]?.evidence.map(({ line }) => line)).toEqual([1, 3, 5]);
    await opened.store.command("TRUNCATE TABLE network_activity");
    await store(
      "network_activity",
      [22, 23, 23].map((port) => refused("10.1.0.5", port)),
    );
    expect(await findings()).toEqual([]);
  });

  it("is not tested where the case has nothing that the rules ask for", async () => {
    expect(await run()).toEqual({
      findings: [],
      evaluated: [],
      notTested: "no dns_activity, no http_activity, no network_activity in this case",
    });
  });
});
