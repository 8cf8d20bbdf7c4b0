import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/lateral-movement/index.js";
import type { Finding } from "../../../src/model/finding.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, type MadeEvent, type RunChoice, told, WindowsWorld } from "../windows/world.js";
import { arrives, days, fails, gives, opens, overWmi, starts, WMI } from "./events.js";

const componentOf = (finding: Finding | undefined, name: string) =>
  finding?.components.find((each) => each.name === name)?.value ?? Number.NaN;

describe.each(ENGINES)("lateral-movement in $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  beforeEach(() => world.clear());
  afterAll(() => world.close());

  async function run(events: readonly MadeEvent[], choice: RunChoice = {}): Promise<Finding[]> {
    await world.store(events);
    return (await world.run(detector, choice)).findings;
  }

  it("tells a path over three hosts with a change of credentials, hosts in order", async () => {
    const realm = await commonRealm("default", ["A-ws1", "A-ws2", "A-srv3"]);
    const [finding, ...others] = await run(
      [
        ...overWmi("A-ws2", 60, { from: "10.1.0.1", user: "anna" }),
        ...overWmi("A-srv3", 600, { from: "10.1.0.2", user: "boss", session: "0x77" }),
      ],
      realm,
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: "high", org_id: "one", attack: ["T1047"] });
    expect(finding?.title).toBe("From host to host: a-ws1 → a-ws2 → a-srv3");
    expect(finding?.facts.accounts).toEqual(["CONTOSO\\anna", "CONTOSO\\boss"]);
    expect(componentOf(finding, "change of credentials")).toBe(1);
    expect(componentOf(finding, "host after host")).toBe(0.5);
    expect(finding?.entities.filter(({ kind }) => kind === "host")).toEqual([
      { kind: "host", value: "a-ws1", realm: "default", role: "origin" },
      { kind: "host", value: "a-ws2", realm: "default", role: "victim" },
      { kind: "host", value: "a-srv3", realm: "default", role: "victim" },
    ]);
    const left = finding?.components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1) ?? 0;
    expect(finding?.score).toBeCloseTo(1 - left, 2);
  });

  it("does not tie what begins where nobody arrived, nor long after", async () => {
    const realm = await commonRealm("default", ["A-ws1", "A-ws2", "A-srv3"]);
    const findings = await run(
      [
        ...overWmi("A-ws2", 60, { from: "10.1.0.1", user: "anna" }),
        ...overWmi("A-srv3", 60 + 5 * 3600, { from: "10.1.0.2", user: "boss", session: "0x77" }),
      ],
      realm,
    );
    expect(told(findings)).toEqual([
      "medium: From host to host: a-ws1 → a-ws2",
      "medium: From host to host: a-ws2 → a-srv3",
    ]);
  });

  it("reads what is done to the shares of the system, whatever the service is called", async () => {
    const [finding] = await run([
      opens("ws2", 10, "ADMIN$", "innocent.exe"),
      opens("ws2", 11, "IPC$", "svcctl"),
      opens("ws2", 12, "IPC$", "innocent-WS1-4711-stdin"),
    ]);
    expect(finding).toMatchObject({ severity: "medium", attack: ["T1021.002", "T1569.002", "T1570"] });
    expect(finding?.facts.means).toEqual(["copy", "remote_shell", "service_pipe"]);
    expect(finding?.evidence).toHaveLength(3);
  });

  it.each<[string, MadeEvent[]]>([
    ["a share for users", [opens("srv", 10, "Documents", "tool.exe")]],
    ["a program that is read", [opens("srv", 10, "ADMIN$", "tool.exe", {}, "0x120089")]],
    ["the host itself", [opens("srv", 10, "ADMIN$", "tool.exe", { from: "127.0.0.1" })]],
    ["a computer's account", [opens("srv", 10, "ADMIN$", "tool.exe", { user: "WS1$" })]],
    [
      "a program in a session at the desk",
      [...arrives("srv", 0, { type: "2", from: "-" }), starts("srv", 9, "0xabc", WMI, "cmd.exe")],
    ],
    ["a session that began after it", [...arrives("srv", 60), starts("srv", 9, "0xabc", WMI, "cmd.exe")]],
    ["logons alone", [...arrives("srv", 60), ...arrives("srv2", 70)]],
    ["credentials alone", [gives("ws1", 10, "anna", "boss", "srv.contoso.local")]],
  ])("tells nothing of %s", async (_, events) => {
    expect(await run(events)).toEqual([]);
  });

  it("takes what an account did from the first days on for custom", async () => {
    const events = Array.from({ length: 8 }, (_, day) =>
      overWmi("srv", days(day), { session: `0x${day + 1}` }),
    ).flat();
    expect(await run(events)).toEqual([]);
  });

  it("does not get used to an intruder who stays", async () => {
    const quiet = Array.from({ length: 20 }, (_, day) =>
      arrives("srv", days(day), { from: "10.1.0.9", user: "bert" }),
    ).flat();
    const stays = Array.from({ length: 8 }, (_, day) =>
      overWmi("srv", days(20 + day), { session: `0x${day + 1}` }),
    ).flat();
    expect(told(await run([...quiet, ...stays]))).toEqual(["medium: From host to host: 10.1.0.5 → srv"]);
  });

  /** Three weeks of an administrator on one server, and of a domain controller's own log. */
  const weeks = (): MadeEvent[] =>
    Array.from({ length: 21 }, (_, day) => [
      ...arrives("srv1", days(day)),
      ...arrives("dc1", days(day) + 5, { from: "10.1.0.8", user: "boss" }),
      {
        id: 4768,
        host: "dc1",
        channel: "Security",
        time: "2024-03-01 12:00:00",
        data: { TargetUserName: "anna", Status: "0x0" },
      },
    ]).flat();

  it("is medium where an administrator comes to a domain controller from a host that never did", async () => {
    const [finding, ...others] = await run([...weeks(), ...arrives("dc1", days(22), { type: "10" })]);
    expect(others).toEqual([]);
    expect(finding?.severity).toBe("medium");
    expect(componentOf(finding, "critical host")).toBe(1);
    expect(componentOf(finding, "first use of a way")).toBeGreaterThan(0.9);
  });

  it("is low where it is no critical host, and nothing where the way is usual", async () => {
    expect(told(await run([...weeks(), ...arrives("srv1", days(22))]))).toEqual([]);
    await world.clear();
    const old = Array.from({ length: 21 }, (_, day) =>
      arrives("srv2", days(day), { from: "10.1.0.8", user: "boss" }),
    ).flat();
    expect(told(await run([...weeks(), ...old, ...arrives("srv2", days(22))]))).toEqual([
      "low: From host to host: 10.1.0.5 → srv2",
    ]);
  });

  it("counts hosts that one account tries within an hour", async () => {
    const hosts = Array.from({ length: 12 }, (_, index) => `ws-${index}`);
    const [finding, ...others] = await run([
      ...hosts.slice(0, 6).flatMap((host, index) => arrives(host, index)),
      ...hosts.slice(6).map((host, index) => fails(host, 60 + index)),
    ]);
    expect(others).toEqual([]);
    expect(componentOf(finding, "fan-out")).toBe(0.75);
    expect(finding?.severity).toBe("low");
    // More than eight would say to correlation how machines are here.
    expect(
      finding?.entities.filter(({ kind, role }) => kind === "host" && role !== "mentioned").length,
    ).toBeLessThanOrEqual(7);
    await world.clear();
    expect(await run(hosts.slice(0, 5).flatMap((host, index) => arrives(host, index)))).toEqual([]);
  });

  it("reads command lines that name another host, and the account that gave its credentials", async () => {
    const [finding] = await run([
      gives("ws1", 10, "anna", "boss", "srv7.contoso.local"),
      starts(
        "ws1",
        12,
        "0x5",
        "C:\\Windows\\explorer.exe",
        'wmic /node:"srv7" process call create "cmd /c x"',
        "CONTOSO\\boss",
      ),
    ]);
    expect(finding?.title).toBe("From host to host: ws1 → srv7");
    expect(finding?.severity).toBe("medium");
    expect(componentOf(finding, "change of credentials")).toBe(0.6);
  });

  it("names the host from which a ticket was asked for where the logon names none", async () => {
    const ticket: MadeEvent = {
      ...{ id: 4769, host: "dc1", channel: "Security", time: "2024-03-01 12:01:00" },
      data: {
        TargetUserName: "anna@CONTOSO.LOCAL",
        TargetDomainName: "CONTOSO.LOCAL",
        ServiceName: "SRV$",
        IpAddress: "::ffff:10.1.0.5",
        Status: "0x0",
      },
    };
    const events = [
      ticket,
      ...arrives("srv", 61, { from: "-" }),
      starts("srv", 70, "0xabc", "C:\\Windows\\System32\\wsmprovhost.exe", "whoami"),
    ];
    expect(told(await run(events))).toEqual(["low: From host to host: 10.1.0.5 → srv"]);
  });

  it("survives hostile values", async () => {
    const odd = "\u0000'\"\\{0};--\u202e".repeat(200);
    const events = [
      opens("ws2", 10, "ADMIN$", `${odd}.exe`, { user: `${odd}x` }),
      ...overWmi("ws3", 20, { user: `u'\u0000"` }, `cmd ${"A".repeat(40_000)}`),
      gives("ws1", 30, odd, odd, odd),
      starts("ws1", 40, odd, odd, `wmic /node:"${odd}" process`),
    ];
    const findings = await run(events);
    expect(findings.length).toBeGreaterThan(0);
    expect(JSON.stringify(findings).length).toBeLessThan(60_000);
  });

  it("says what it left out, and that there was nothing to look at", async () => {
    await world.store([...overWmi("ws2", 1), ...overWmi("ws3", 2, { session: "0x9" })]);
    const limited = await world.run(detector, { parameters: { max_steps: 1 } });
    expect(limited.evaluated).toContainEqual({ what: "steps beyond max_steps, left out", count: 1 });
    await world.clear();
    await world.store([{ id: 11, data: { Image: "a", TargetFilename: "b" } }]);
    expect((await world.run(detector)).notTested).toMatch(/no event in this case/);
  });
});
