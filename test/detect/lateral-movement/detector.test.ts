import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/lateral-movement/index.js";
import type { Finding } from "../../../src/model/finding.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, type MadeEvent, WindowsWorld } from "../windows/world.js";
import { type Case, judgeCases } from "./cases.js";
import { arrives, days, fails, gives, opens, overWmi, type Remote, starts, WMI } from "./events.js";

const componentOf = (finding: Finding | undefined, name: string) =>
  finding?.components.find((each) => each.name === name)?.value ?? Number.NaN;
const silent = (...events: MadeEvent[]): Case => ({ events, told: [] });
const DAY_BY_DAY = (count: number) => Array.from({ length: count }, (_, day) => day);

/** Three weeks of an administrator on one server, and of a domain controller's own log. */
const WEEKS: MadeEvent[] = DAY_BY_DAY(21).flatMap((day) => [
  ...arrives("srv1", days(day)),
  ...arrives("dc1", days(day) + 5, { from: "10.1.0.8", user: "boss" }),
  {
    id: 4768,
    host: "dc1",
    channel: "Security",
    time: "2024-03-01 12:00:00",
    data: { TargetUserName: "anna", Status: "0x0" },
  },
]);
/** Another administrator's log of another server. */
const OLD = DAY_BY_DAY(21).flatMap((day) => arrives("srv2", days(day), { from: "10.1.0.8", user: "boss" }));

/** The help desk mends two new computers on each day of work, over WMI from its own host. */
const desk = (host: string, day: number, remote: Remote = {}): MadeEvent[] =>
  overWmi(host, days(day), { from: "10.1.0.9", user: "desk", session: `0x9${day}`, ...remote });
const HELP_DESK = DAY_BY_DAY(30)
  .filter((day) => day % 7 < 5)
  .flatMap((day) => [...desk(`pc${2 * day}`, day), ...desk(`pc${2 * day + 1}`, day)]);

const MANY = Array.from({ length: 12 }, (_, index) => `ws-${index}`);
const ODD = "\u0000'\"\\{0};--\u202e".repeat(200);

judgeCases("lateral-movement", {
  "a path over three hosts with a change of credentials, hosts in order": {
    hosts: ["A-ws1", "A-ws2", "A-srv3"],
    events: [
      ...overWmi("A-ws2", 60, { from: "10.1.0.1", user: "anna" }),
      ...overWmi("A-srv3", 600, { from: "10.1.0.2", user: "boss", session: "0x77" }),
    ],
    told: ["high: wmi"],
    check: ([finding]) => {
      expect(finding?.attack).toEqual(["T1047"]);
      expect(finding?.title).toBe("From host to host: a-ws1 → a-ws2 → a-srv3");
      expect(finding?.facts.accounts).toEqual(["CONTOSO\\anna", "CONTOSO\\boss"]);
      expect(componentOf(finding, "change of credentials")).toBe(1);
      expect(componentOf(finding, "host after host")).toBe(0.5);
      expect(
        finding?.entities.filter(({ kind }) => kind === "host").map(({ value, role }) => [value, role]),
      ).toEqual([
        ["a-ws1", "origin"],
        ["a-ws2", "victim"],
        ["a-srv3", "victim"],
      ]);
      const left =
        finding?.components.reduce((rest, { value, weight }) => rest * (1 - value * weight), 1) ?? 0;
      expect(finding?.score).toBeCloseTo(1 - left, 2);
    },
  },
  "no path that begins where nobody arrived, nor long after": {
    hosts: ["A-ws1", "A-ws2", "A-srv3"],
    events: [
      ...overWmi("A-ws2", 60, { from: "10.1.0.1", user: "anna" }),
      ...overWmi("A-srv3", 60 + 5 * 3600, { from: "10.1.0.2", user: "boss", session: "0x77" }),
    ],
    told: ["medium: wmi", "medium: wmi"],
    check: (findings) =>
      expect(findings.map(({ title }) => title).sort()).toEqual([
        "From host to host: a-ws1 → a-ws2",
        "From host to host: a-ws2 → a-srv3",
      ]),
  },
  "what is done to the shares of the system, whatever the service is called": {
    events: [
      opens("ws2", 10, "ADMIN$", "innocent.exe"),
      opens("ws2", 11, "IPC$", "svcctl"),
      opens("ws2", 12, "IPC$", "innocent-WS1-4711-stdin"),
    ],
    told: ["medium: copy, remote_shell, service_pipe"],
    check: ([finding]) => {
      expect(finding?.attack).toEqual(["T1021.002", "T1569.002", "T1570"]);
      expect(finding?.evidence).toHaveLength(3);
    },
  },
  "no share for users": silent(opens("srv", 10, "Documents", "tool.exe")),
  "no program that is read": silent(opens("srv", 10, "ADMIN$", "tool.exe", {}, "0x120089")),
  "no host that is its own": silent(opens("srv", 10, "ADMIN$", "tool.exe", { from: "127.0.0.1" })),
  "no computer's account": silent(opens("srv", 10, "ADMIN$", "tool.exe", { user: "WS1$" })),
  "no program in a session at the desk": silent(
    ...arrives("srv", 0, { type: "2", from: "-" }),
    starts("srv", 9, "0xabc", WMI, "cmd.exe"),
  ),
  "no session that began after it": silent(...arrives("srv", 60), starts("srv", 9, "0xabc", WMI, "cmd.exe")),
  "no logons alone": silent(...arrives("srv", 60), ...arrives("srv2", 70)),
  "no credentials alone": silent(gives("ws1", 10, "anna", "boss", "srv.contoso.local")),
  "no habit from the first days on": silent(
    ...DAY_BY_DAY(8).flatMap((day) => overWmi("srv", days(day), { session: `0x${day + 1}` })),
  ),
  "an intruder who stays, and does not become usual": {
    events: [
      ...DAY_BY_DAY(20).flatMap((day) => arrives("srv", days(day), { from: "10.1.0.9", user: "bert" })),
      ...DAY_BY_DAY(8).flatMap((day) => overWmi("srv", days(20 + day), { session: `0x${day + 1}` })),
    ],
    told: ["medium: wmi"],
  },
  "no help desk that comes to ever new computers": silent(...HELP_DESK),
  "what nobody did from an unknown host on one after another, though it is on many days": {
    // A log of Sysmon's alone: output to the host's own share is all that says so.
    events: DAY_BY_DAY(6).map((day) =>
      starts(
        `srv${day}`,
        days(day),
        "0x9",
        WMI,
        "cmd.exe /c whoami > \\\\127.0.0.1\\ADMIN$\\o",
        "NT AUTHORITY\\SYSTEM",
      ),
    ),
    told: DAY_BY_DAY(6).map(() => "medium: wmi"),
  },
  "the help desk's account from another host": {
    events: [...HELP_DESK, ...desk("pc99", 22, { from: "10.1.0.77" })],
    told: ["medium: wmi"],
    check: ([finding]) => expect(finding?.facts.hosts).toEqual(["10.1.0.77", "pc99"]),
  },
  "the help desk's account by another way": {
    events: [
      ...HELP_DESK,
      opens("pc99", days(22), "IPC$", "x-WS9-1-stdin", { from: "10.1.0.9", user: "desk" }),
    ],
    // What the same host does on the same day belongs to the movement.
    told: ["medium: remote_shell, wmi"],
  },
  "an administrator who comes to a domain controller from a host that never did": {
    events: [...WEEKS, ...arrives("dc1", days(22), { type: "10" })],
    told: ["medium: desktop"],
    check: ([finding]) => {
      expect(componentOf(finding, "critical host")).toBe(1);
      expect(componentOf(finding, "first use of a way")).toBeGreaterThan(0.9);
    },
  },
  "no way that is usual": silent(...WEEKS, ...arrives("srv1", days(22))),
  "a first way to a host that is not critical, as low": {
    events: [...WEEKS, ...OLD, ...arrives("srv2", days(22))],
    told: ["low: "],
  },
  "remote control of one host on a first way, by two means, as medium: administrators have that": {
    events: [
      ...WEEKS,
      ...OLD,
      opens("srv2", days(22), "IPC$", "x-WS1-1-stdin"),
      ...overWmi("srv2", days(22) + 5),
    ],
    told: ["medium: remote_shell, wmi"],
    check: ([finding]) => {
      expect(componentOf(finding, "first use of a way")).toBeGreaterThan(0.9);
      expect(finding?.score).toBe(0.74);
    },
  },
  "hosts that one account tries within an hour": {
    events: [
      ...MANY.slice(0, 6).flatMap((host, index) => arrives(host, index)),
      ...MANY.slice(6).map((host, index) => fails(host, 60 + index)),
    ],
    told: ["low: "],
    check: ([finding]) => {
      expect(componentOf(finding, "fan-out")).toBe(0.75);
      // More than eight would say to correlation how machines are here.
      expect(
        finding?.entities.filter(({ kind, role }) => kind === "host" && role !== "mentioned").length,
      ).toBeLessThanOrEqual(7);
    },
  },
  "no five hosts within an hour": silent(...MANY.slice(0, 5).flatMap((host, index) => arrives(host, index))),
  "command lines that name another host, and the account that gave its credentials": {
    events: [
      gives("ws1", 10, "anna", "boss", "srv7.contoso.local"),
      starts(
        "ws1",
        12,
        "0x5",
        "C:\\Windows\\explorer.exe",
        'wmic /node:"srv7" process call create "cmd /c x"',
        "CONTOSO\\boss",
      ),
    ],
    told: ["medium: credentials, wmi"],
    check: ([finding]) => {
      expect(finding?.title).toBe("From host to host: ws1 → srv7");
      expect(componentOf(finding, "change of credentials")).toBe(0.6);
    },
  },
  "the host from which a ticket was asked for where the logon names none": {
    events: [
      {
        ...{ id: 4769, host: "dc1", channel: "Security", time: "2024-03-01 12:01:00" },
        data: {
          TargetUserName: "anna@CONTOSO.LOCAL",
          TargetDomainName: "CONTOSO.LOCAL",
          ServiceName: "SRV$",
          IpAddress: "::ffff:10.1.0.5",
          Status: "0x0",
        },
      },
      ...arrives("srv", 61, { from: "-" }),
      starts("srv", 70, "0xabc", "C:\\Windows\\System32\\wsmprovhost.exe", "whoami"),
    ],
    told: ["low: winrm"],
    check: ([finding]) => expect(finding?.title).toBe("From host to host: 10.1.0.5 → srv"),
  },
  "hostile values": {
    events: [
      opens("ws2", 10, "ADMIN$", `${ODD}.exe`, { user: `${ODD}x` }),
      ...overWmi("ws3", 20, { user: `u'\u0000"` }, `cmd ${"A".repeat(40_000)}`),
      gives("ws1", 30, ODD, ODD, ODD),
      starts("ws1", 40, ODD, ODD, `wmic /node:"${ODD}" process`),
    ],
    check: (findings) => {
      expect(findings.length).toBeGreaterThan(0);
      expect(JSON.stringify(findings).length).toBeLessThan(60_000);
    },
  },
});

describe.each(ENGINES.slice(0, 1))("lateral-movement in $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());

  it("says whose hosts they are, what it left out, and that there was nothing to look at", async () => {
    await world.store([{ id: 11, data: { Image: "a", TargetFilename: "b" } }]);
    expect((await world.run(detector)).notTested).toMatch(/no event in this case/);
    await world.store([...overWmi("A-ws2", 1), ...overWmi("ws3", 2, { session: "0x9" })]);
    const limited = await world.run(detector, {
      ...(await commonRealm("default", ["A-ws2"])),
      parameters: { max_steps: 1 },
    });
    expect(limited.evaluated).toContainEqual({ what: "steps beyond max_steps, left out", count: 1 });
    expect(limited.findings.map(({ org_id }) => org_id)).toEqual(["one"]);
  });
});
