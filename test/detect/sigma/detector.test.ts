import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DetectContext } from "../../../src/detect/port.js";
import { MESSAGES } from "../../../src/detect/registry.js";
import { detector } from "../../../src/detect/sigma/detector/index.js";
import { logSources, parseRules } from "../../../src/detect/sigma/index.js";
import { hostDirectory } from "../../../src/intel/hosts/directory.js";
import { HostNames } from "../../../src/intel/hosts/names.js";
import { packageRoot } from "../../../src/kernel/package-root.js";
import { parseTime } from "../../../src/kernel/time.js";
import { type Finding, findingSchema } from "../../../src/model/finding.js";
import { NO_HOSTS } from "../../support/no-hosts.js";
import { ENGINES, type TestStore } from "../../support/stores.js";
import { commonRealm } from "../windows/world.js";

const SYSMON = "Microsoft-Windows-Sysmon/Operational";

const rule = (title: string, id: string, level: string, text: string, more = ""): string => `title: ${title}
id: ${id}
description: Looks for ${text}.
level: ${level}
tags: [attack.execution, attack.t1059.001, attack.s0029, car.2013-05-002]
logsource: { product: windows, category: process_creation }
detection:
  selection: { CommandLine|contains: ${text} }
  condition: selection
${more}`;

const RULES = [
  rule("Grave", "00000000-0000-4000-8000-000000000001", "high", "grave"),
  rule("Grave too", "00000000-0000-4000-8000-000000000002", "high", "other"),
  rule("Middling", "00000000-0000-4000-8000-000000000003", "medium", "middling"),
  rule("Slight", "00000000-0000-4000-8000-000000000004", "low", "slight"),
  rule("Noise", "00000000-0000-4000-8000-000000000005", "informational", "noise"),
  rule("Part", "00000000-0000-4000-8000-000000000006", "low", "part"),
  `title: Many parts
id: 00000000-0000-4000-8000-000000000007
level: high
tags: [attack.t1082]
correlation:
  type: event_count
  rules: [00000000-0000-4000-8000-000000000006]
  group-by: [Computer]
  timespan: 1h
  condition: { gte: 3 }
`,
].join("---\n");

interface Row {
  host?: string;
  text: string;
  time?: string;
  realm?: string;
}

describe.each(ENGINES)("Sigma rules as findings: $name", ({ open }) => {
  let opened: TestStore;
  beforeAll(async () => {
    opened = await open();
    for (const statement of readFileSync(join(packageRoot, "src/store/schema/004-windows.sql"), "utf8")
      .replaceAll(/^--.*$|^\s+--.*$/gm, "")
      .split(";"))
      if (statement.trim() !== "") await opened.store.command(statement);
  });
  afterAll(() => opened.close());
  beforeEach(() => opened.store.command("TRUNCATE TABLE windows_event"));

  async function store(rows: readonly Row[]): Promise<void> {
    await opened.store.insert(
      "windows_event",
      rows.map(({ host = "HOST-1", text, time = "2024-03-01 12:00:00", realm = "default" }, index) => ({
        batch_id: "b",
        source_id: `slice-${realm}`,
        source_line: index + 1,
        address_realm: realm,
        time,
        channel: SYSMON,
        provider: "Microsoft-Windows-Sysmon",
        event_id: 1,
        computer: host,
        system: { EventID: "1", Channel: SYSMON, Computer: host },
        data: { CommandLine: text },
      })),
    );
  }

  async function run(
    parameters: Record<string, number> = {},
    organisations: Record<string, string> = {},
    more: Partial<DetectContext> = {},
  ): Promise<Finding[]> {
    const { rules, problems } = parseRules(RULES, "rules.yml", new Map());
    expect(problems).toEqual([]);
    const context: Partial<DetectContext> = {
      query: (sql, bound, options) => opened.store.query(sql, bound, options),
      stream: (sql, bound, options) => opened.store.stream(sql, bound, options),
      parameter: (name) => parameters[name] ?? detector.manifest.parameters[name]?.default ?? Number.NaN,
      directory: {
        organisations: new Map(Object.keys(organisations).map((id) => [id, {}])),
        orgRealms: (id: string) => [organisations[id]],
        assets: [],
      } as unknown as DetectContext["directory"],
      hosts: NO_HOSTS,
      sigmaRules: () => ({ rules, logSources: logSources() }),
      ...more,
    };
    const { findings, evaluated } = await detector.run(context as DetectContext);
    expect(evaluated[0]).toEqual({ what: "rules", count: more.sigmaRules === undefined ? 7 : 3 });
    for (const { explanation } of findings) {
      const template = MESSAGES[explanation.key] ?? "";
      const asked = [...template.matchAll(/\{(\d+)\}/g)].map(([, index]) => Number(index));
      expect(Math.max(...asked)).toBe(explanation.args.length - 1);
    }
    return findings.map((finding) => findingSchema.parse(finding));
  }

  const told = (findings: readonly Finding[]) =>
    findings.map(({ title, severity }) => `${severity}: ${title}`);

  it("belongs to the organisation of the address that the host had, and names that address", async () => {
    const at = Date.parse("2024-03-01T12:00:00Z");
    const seen = (host: string, address: string) => ({
      ...{ realm: "default", host, address, kind: "connection" as const },
      ...{ first: at, last: at, observations: 1 },
    });
    const hosts = await hostDirectory(new HostNames([]), [
      seen("host-1", "10.1.0.5"),
      seen("host-2", "10.2.0.5"),
      seen("host-3", "10.1.0.6"),
      seen("host-3", "10.2.0.6"),
    ]);
    const directory = {
      organisations: new Map([
        ["one", {}],
        ["two", {}],
      ]),
      orgRealms: () => ["default"],
      assets: [],
      resolve: (_realm: string, address: string) => ({ orgId: address.startsWith("10.1.") ? "one" : "two" }),
    } as unknown as DetectContext["directory"];
    await store([
      { text: "grave 1", host: "HOST-1" },
      { text: "grave 2", host: "HOST-2" },
      // Of both, and of none.
      { text: "grave 3", host: "HOST-3" },
      { text: "grave 4", host: "HOST-4" },
      // Long after anybody saw its address.
      { text: "other 1", host: "HOST-1", time: "2024-05-01 12:00:00" },
    ]);
    const findings = await run({}, {}, { hosts, directory });
    expect(
      findings
        .filter(({ facts }) => facts.rule_title === "Grave")
        .map(({ org_id, entities }) => [org_id, ...entities.map(({ kind, value }) => `${kind} ${value}`)])
        .sort(),
    ).toEqual([
      [null, "host HOST-3", "host HOST-4", "address 10.1.0.6", "address 10.2.0.6"],
      ["one", "host HOST-1", "address 10.1.0.5"],
      ["two", "host HOST-2", "address 10.2.0.5"],
    ]);
    expect(findings.find(({ facts }) => facts.rule_title === "Grave too")).toMatchObject({
      org_id: null,
      entities: [{ kind: "host", value: "HOST-1" }],
    });
  });

  it("one rule is one finding, however often and wherever it matched", async () => {
    await store([
      { text: "grave 1" },
      { text: "grave password=hunter2", time: "2024-03-04 12:00:00" },
      { text: "grave 3", host: "HOST-2", time: "2024-03-09 12:00:00" },
      { text: "nothing" },
    ]);
    const [finding, ...others] = await run();
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      title: "Grave: HOST-1 and 1 more host",
      severity: "medium",
      attack: ["T1059.001"],
      first_seen: "2024-03-01T12:00:00Z",
      last_seen: "2024-03-09T12:00:00Z",
      org_id: null,
      entities: [
        { kind: "host", value: "HOST-1", realm: "default", role: "victim" },
        { kind: "host", value: "HOST-2", realm: "default", role: "victim" },
      ],
      facts: { level: "high", matches: 3, hosts: 2, corroborated: false, software: ["S0029"] },
    });
    expect(finding?.evidence.map(({ line, summary }) => [line, summary])).toEqual([
      [1, `HOST-1 ${SYSMON} 1: CommandLine=grave 1`],
      [2, `HOST-1 ${SYSMON} 1: CommandLine=grave password=***`],
      [3, `HOST-2 ${SYSMON} 1: CommandLine=grave 3`],
    ]);
  });

  it("two rules bear each other out on one host within a day, and neither on another host nor days later", async () => {
    await store([{ text: "grave" }, { text: "other", host: "HOST-2" }]);
    expect(told(await run())).toEqual(["medium: Grave: HOST-1", "medium: Grave too: HOST-2"]);
    await opened.store.command("TRUNCATE TABLE windows_event");
    await store([{ text: "grave" }, { text: "other", time: "2024-03-03 12:00:00" }]);
    expect(told(await run())).toEqual(["medium: Grave: HOST-1", "medium: Grave too: HOST-1"]);
    expect(told(await run({ corroboration_hours: 72 }))).toEqual([
      "high: Grave: HOST-1",
      "high: Grave too: HOST-1",
    ]);
    await opened.store.command("TRUNCATE TABLE windows_event");
    await store([{ text: "grave" }, { text: "middling", time: "2024-03-01 20:00:00" }]);
    expect(told(await run())).toEqual(["medium: Middling: HOST-1", "medium: Grave: HOST-1"]);
  });

  it("rules of low level share one finding, and a noisy rule does not drown the others", async () => {
    await store([
      ...Array.from({ length: 400 }, (_, at) => ({ text: `noise ${at}` })),
      ...Array.from({ length: 90 }, (_, at) => ({ text: `middling ${at}`, host: "HOST-3" })),
      { text: "slight" },
      { text: "grave", host: "HOST-2" },
    ]);
    const findings = await run();
    expect(told(findings)).toEqual([
      "medium: Grave: HOST-2",
      "informational: Middling: HOST-3",
      "informational: 2 other Sigma rules matched 401 events",
    ]);
    expect(findings[1]?.caveats.join(" ")).toMatch(/matched 90 times for each host and day/);
    expect(findings[1]?.evidence).toHaveLength(4);
    expect(findings[2]?.facts.rules).toEqual(["Noise (400)", "Slight (1)"]);
  });

  it("what matches on most hosts again and again bears nothing out; on fewer hosts, or on all of them once, it does", async () => {
    const hosts = Array.from({ length: 20 }, (_, at) => `HOST-${at}`);
    const daily = (on: readonly string[], days: number) =>
      on.flatMap((host) =>
        Array.from({ length: days }, (_, at) => ({
          host,
          text: "other",
          time: `2024-03-0${at + 1} 12:00:00`,
        })),
      );
    const found = async (rows: readonly Row[]) => {
      await opened.store.command("TRUNCATE TABLE windows_event");
      await store([{ text: "grave", host: "HOST-0" }, ...rows]);
      return run();
    };
    const habit = await found(daily(hosts, 5));
    expect(told(habit)).toEqual(["medium: Grave: HOST-0", "medium: Grave too: HOST-0 and 19 more hosts"]);
    expect(habit[1]?.caveats.join(" ")).toMatch(/matched on 20 hosts, on 5 days each/);
    const grave = ["high: Grave: HOST-0", "high: Grave too: HOST-0 and 19 more hosts"];
    expect(told(await found(daily(hosts, 4))).sort()).toEqual(grave.sort());
    const more = Array.from({ length: 21 }, (_, at) => ({ host: `DESK-${at}`, text: "nothing" }));
    expect(told(await found([...daily(hosts, 5), ...more])).sort()).toEqual(grave.sort());
    const earlier = (months: number) => (host: string) => ({
      ...{ host, text: "nothing", time: `2024-0${3 - months}-20 12:00:00` },
    });
    // What the logs begin with is a habit, also where some hosts keep theirs for longer; what came to all of them later may be a worm's task.
    expect(told(await found([...daily(hosts, 5), ...hosts.slice(0, 9).map(earlier(2))]))).toEqual(
      told(habit),
    );
    expect(told(await found([...daily(hosts, 5), ...hosts.map(earlier(1))])).sort()).toEqual(grave);
    expect(told(await found(daily(hosts.slice(0, 19), 9))).map((each) => each.split(":")[0])).toEqual([
      "high",
      "high",
    ]);
  });

  it("beyond the most findings the gravest are named, the others listed", async () => {
    await store([{ text: "grave" }, { text: "middling", host: "HOST-2" }]);
    expect(told(await run({ max_findings: 1 }))).toEqual([
      "medium: Grave: HOST-1",
      "informational: 1 other Sigma rules matched 1 events",
    ]);
  });

  it("a correlation has the events of its window as evidence, and its rules none of their own", async () => {
    await store([1, 2, 3].map((at) => ({ text: `part ${at}`, time: `2024-03-01 12:0${at}:00` })));
    const findings = await run();
    expect(told(findings)).toEqual(["medium: Many parts: HOST-1"]);
    expect(findings[0]).toMatchObject({
      attack: ["T1082"],
      first_seen: "2024-03-01T12:01:00Z",
      last_seen: "2024-03-01T12:03:00Z",
    });
    expect(findings[0]?.evidence.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  describe("a correlation", () => {
    const correlation = (title: string, id: number, more: string) => `title: ${title}
id: 00000000-0000-4000-8000-00000000001${id}
level: high
correlation:
  timespan: 1h
${more}`;
    const PART = rule("Part", "00000000-0000-4000-8000-000000000006", "high", "part");
    const PARTS = "  type: event_count\n  rules: [00000000-0000-4000-8000-000000000006]\n";
    const rulesOf = (...texts: string[]) => {
      const parsed = parseRules(texts.join("---\n"), "rules.yml", new Map());
      expect(parsed.problems).toEqual([]);
      return { sigmaRules: () => ({ rules: parsed.rules, logSources: logSources() }) };
    };
    const minute = (at: number) => `2024-03-01 12:${String(at).padStart(2, "0")}:00`;
    const common = () =>
      commonRealm("default", ["A-1", "A-2", "B-1"], [parseTime(minute(0)), parseTime(minute(59))]);

    it("never puts events of two organisations together, and names all hosts of its windows", async () => {
      const rules = rulesOf(
        PART,
        correlation("Three", 1, `${PARTS}  condition: { gte: 3 }\n`),
        correlation("Four", 2, `${PARTS}  condition: { gte: 4 }\n`),
      );
      const hosts = ["A-1", "B-1", "A-2", "B-1", "A-1"];
      await store(hosts.map((host, at) => ({ host, text: `part ${at}`, time: minute(at) })));
      const findings = await run({}, {}, { ...rules, ...(await common()) });
      expect(told(findings)).toEqual(["medium: Three: A-1 and 1 more host"]);
      expect(findings[0]?.org_id).toBe("one");
      expect(findings[0]?.evidence.map(({ line }) => line)).toEqual([1, 3, 5]);
    });

    it("has evidence and an owner where its rules have findings of their own, and where it is of a correlation", async () => {
      const rules = rulesOf(
        PART,
        correlation(
          "Three",
          1,
          `${PARTS}  group-by: [Computer]\n  generate: true\n  condition: { gte: 3 }\n`,
        ),
        correlation(
          "Twice",
          2,
          "  type: event_count\n  rules: [00000000-0000-4000-8000-000000000011]\n  group-by: [host]\n  aliases: { host: { 00000000-0000-4000-8000-000000000011: Computer } }\n  condition: { gte: 2 }\n",
        ),
      );
      const of = (host: string, minutes: number[]) =>
        minutes.map((at) => ({ host, text: "part", time: minute(at) }));
      // One window of an hour ends at its last event: the second begins after it.
      await store([...of("A-1", [0, 1, 2]), ...of("B-1", [3, 4, 5])]);
      await store(
        of("A-1", [10, 20, 30]).map((each) => ({
          ...each,
          time: each.time.replace(" 12:", " 13:01:").slice(0, 19),
        })),
      );
      const { directory, hosts } = await commonRealm(
        "default",
        ["A-1", "B-1"],
        [parseTime(minute(0)), parseTime(minute(0)) + 7_200_000],
      );
      const findings = await run({}, {}, { ...rules, directory, hosts });
      const about = findings.map(({ title, org_id, evidence }) => [title, org_id, evidence.length]);
      expect(about.sort()).toEqual([
        ["Part: A-1", "one", 4],
        ["Part: B-1", "two", 3],
        ["Twice: A-1", "one", 4],
      ]);
    });

    it("has evidence after however many events of other windows", async () => {
      const rules = rulesOf(
        PART,
        correlation("Three", 1, `${PARTS}  group-by: [Computer]\n  condition: { gte: 3 }\n`),
        correlation("Never", 2, `${PARTS}  condition: { gte: 9999 }\n`),
      );
      const noise = Array.from({ length: 700 }, (_, at) => ({
        host: "A-1",
        text: `part ${at}`,
        time: minute(at % 50),
      }));
      await store([
        ...noise,
        ...[1, 2, 3].map((at) => ({ host: "B-1", text: "part", time: minute(at + 50) })),
      ]);
      const findings = await run({}, {}, { ...rules, ...(await common()) });
      expect(findings.map(({ org_id, evidence }) => [org_id, evidence.length > 0]).sort()).toEqual([
        ["one", true],
        ["two", true],
      ]);
    });
  });

  it("belongs to the organisation whose address plan the sensor is in, where that is only one", async () => {
    await store([{ text: "grave", realm: "a" }]);
    await store([{ text: "grave", realm: "shared" }]);
    const found = await run({}, { ministry: "a", one: "shared", other: "shared" });
    expect(new Set(found.map(({ org_id }) => org_id))).toEqual(new Set(["ministry", null]));
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });
});
