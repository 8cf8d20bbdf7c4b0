import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { commandList } from "../../../src/detect/discovery-burst/commands.js";
import { detector } from "../../../src/detect/discovery-burst/index.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, WindowsWorld } from "../windows/world.js";

const SYSTEM32 = "C:\\Windows\\System32\\";
const CMD = `${SYSTEM32}cmd.exe`;

interface Choice extends Partial<MadeEvent> {
  user?: string;
  pid?: number;
  parentPid?: number;
  at?: number;
}

/** A start as Sysmon has it. */
function start(image: string, command: string, parent: string, choice: Choice = {}): MadeEvent {
  const { user = "CORP\\anna", pid = 900, parentPid = 400, at = 0, ...more } = choice;
  return {
    id: 1,
    time: later(at),
    data: {
      Image: image,
      CommandLine: command,
      ProcessId: `${pid}`,
      ParentProcessId: `${parentPid}`,
      ParentImage: parent,
      User: user,
    },
    ...more,
  };
}

const LOOKS = ["whoami /all", "ipconfig /all", "systeminfo", "tasklist", 'net group "domain admins" /domain'];

/** Commands in a shell that `starter` started. */
function burst(starter: string, commands: readonly string[], choice: Choice = {}, gap = 20): MadeEvent[] {
  const { at = 0, ...more } = choice;
  return [
    start(CMD, "cmd.exe", starter, { ...more, pid: 400, parentPid: 300, at }),
    ...commands.map((command, index) =>
      start(`${SYSTEM32}${command.split(" ")[0]}.exe`, command, CMD, {
        ...more,
        pid: 1000 + index,
        at: at + gap * (index + 1),
      }),
    ),
  ];
}

describe.each(ENGINES)("discovery-burst: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const run = async (events: readonly MadeEvent[], choice: Parameters<WindowsWorld["run"]>[1] = {}) => {
    await world.store(events);
    return world.run(detector, choice);
  };

  it("a program in a public folder that asks five kinds of questions is high, and named", async () => {
    const { findings } = await run(burst("C:\\Users\\Public\\adobe_wf.exe", LOOKS), {
      organisations: { ministry: "default" },
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: "high", org_id: "ministry" });
    expect(findings[0]?.attack.slice().sort()).toEqual([
      "T1016",
      "T1033",
      "T1057",
      "T1069.001",
      "T1069.002",
      "T1082",
    ]);
    expect(findings[0]?.entities).toContainEqual({
      kind: "process",
      value: "C:\\Users\\Public\\adobe_wf.exe",
      realm: "default",
      role: "starter",
    });
    expect(findings[0]?.evidence).toHaveLength(5);
  });

  it("the tree counts: each command in a shell of its own under the web server's worker", async () => {
    const events = LOOKS.flatMap((command, index) => [
      start(CMD, `cmd /c ${command}`, `${SYSTEM32}inetsrv\\w3wp.exe`, {
        pid: 500 + index,
        parentPid: 77,
        at: index * 30,
      }),
      start(`${SYSTEM32}${command.split(" ")[0]}.exe`, command, CMD, {
        pid: 800 + index,
        parentPid: 500 + index,
        at: index * 30 + 1,
      }),
    ]);
    const { findings } = await run(events);
    expect(findings.map(({ severity, facts }) => [severity, facts.bursts])).toEqual([["high", 1]]);
  });

  it("a start that the security log and Sysmon both have is one", async () => {
    const sysmon = burst("C:\\Users\\Public\\a.exe", LOOKS);
    const audit = sysmon.map(
      ({ data, time }): MadeEvent => ({
        id: 4688,
        channel: "Security",
        time: time as string,
        data: {
          NewProcessName: data.Image as string,
          CommandLine: data.CommandLine as string,
          NewProcessId: `0x${Number(data.ProcessId).toString(16)}`,
          ProcessId: `0x${Number(data.ParentProcessId).toString(16)}`,
          ParentProcessName: data.ParentImage as string,
          SubjectDomainName: "CORP",
          SubjectUserName: "anna",
        },
      }),
    );
    const { findings } = await run([...sysmon, ...audit]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({ techniques: 6, bursts: 1 });
  });

  it("two kinds of questions are no burst, and as many over a day are none either", async () => {
    const two = await run(burst("C:\\Users\\Public\\a.exe", ["ipconfig /all", "systeminfo"]));
    expect(two.findings).toEqual([]);
    expect(two.evaluated).toContainEqual({ what: "discovery commands", count: 2 });
    await world.clear();
    expect((await run(burst("C:\\Users\\Public\\a.exe", LOOKS.slice(1), {}, 3600))).findings).toEqual([]);
  });

  it("somebody at a desk who looks for a fault is low at most", async () => {
    const { findings } = await run(
      burst("C:\\Windows\\explorer.exe", ["ipconfig /all", "whoami", "systeminfo", "tasklist"]),
    );
    expect(findings.map(({ severity }) => severity)).toEqual(["low"]);
  });

  it("a logon script on many hosts, and an inventory of every day, are habits", async () => {
    const script = Array.from({ length: 8 }, (_, index) =>
      burst(`${SYSTEM32}gpscript.exe`, LOOKS, { host: `WS-${index}`, user: `CORP\\user${index}` }),
    ).flat();
    const everyDay = Array.from({ length: 7 }, (_, day) =>
      burst(
        "C:\\Program Files\\Inventory\\agent.exe",
        ["whoami", "netstat -ano", "tasklist /v", "nltest /dclist:"],
        {
          host: "SRV-1",
          user: "NT AUTHORITY\\SYSTEM",
          at: day * 86_400,
        },
      ),
    ).flat();
    const { findings, evaluated } = await run([...script, ...everyDay]);
    expect(findings).toEqual([]);
    expect(evaluated).toContainEqual({ what: "of these habits of hosts or accounts", count: 8 * 5 + 7 * 4 });
  });

  it("the same on many hosts from where users can write is no habit", async () => {
    const everywhere = Array.from({ length: 8 }, (_, index) =>
      burst("C:\\Users\\Public\\a.exe", LOOKS, { host: `WS-${index}` }),
    ).flat();
    expect((await run(everywhere)).findings).toHaveLength(8);
  });

  it("a sweep of ping counts as looking for machines", async () => {
    const sweep = Array.from({ length: 30 }, (_, index) => `ping -n 1 10.0.0.${index}`);
    const { findings } = await run(
      burst("C:\\Users\\Public\\a.exe", [...sweep, "arp -a", "netstat -an"], {}, 2),
    );
    expect(findings[0]).toMatchObject({ severity: "high" });
    expect(findings[0]?.components.find(({ name }) => name === "target")?.value).toBe(0.5);
  });

  it("Linux, by auditd: a web server's shell", async () => {
    const events = ["id", "uname -a", "cat /etc/passwd", "netstat -tulpn", "ps aux"].map(
      (command, index): MadeEvent =>
        start(`/usr/bin/${command.split(" ")[0]}`, command, "/usr/sbin/apache2", {
          channel: "Linux-Sysmon/Operational",
          user: "www-data",
          parentPid: 33,
          at: index * 5,
        }),
    );
    expect((await run(events)).findings[0]).toMatchObject({ severity: "high" });
  });

  it("hostile values neither break it nor leave the findings' limits", async () => {
    const huge = "a".repeat(60_000);
    const { findings } = await run(
      burst(`C:\\Users\\Public\\a'"\u0000{x}.exe`, [
        `whoami /all ${huge}`,
        "systeminfo '; DROP TABLE windows_event; --",
        `net user ${"x ".repeat(20_000)}/domain`,
        `netstat \u0000`,
        `tasklist password=hunter2`,
      ]),
    );
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
    expect(JSON.stringify(findings).length).toBeLessThan(20_000);
  });

  it("without any start it was not tested", async () => {
    const { notTested } = await run([{ id: 3, data: { Image: "C:\\a.exe" } }]);
    expect(notTested).toMatch(/4688/);
  });
});

describe("what commands ask", () => {
  const asks = (line: string) =>
    commandList()
      .questionsOf([(line.split(" ")[0] as string).replace(".exe", "")], line)
      .map(({ attack }) => attack)
      .sort();
  it.each([
    ["whoami", ["T1033"]],
    ["whoami /all", ["T1033", "T1069.001"]],
    ['net group "Domain Admins" /domain', ["T1069.002"]],
    ["net localgroup administrators", ["T1069.001"]],
    ["net user demo Passw0rd /add", []],
    ["net localgroup administrators demo /add", []],
    ["net use \\\\srv\\c$ /u:x", []],
    ["net use", ["T1049"]],
    ["nltest /domain_trusts /all_trusts", ["T1482"]],
    ["netsh wlan show profiles", ["T1016", "T1016.002"]],
    ["wmic /namespace:\\\\root\\securitycenter2 path antivirusproduct get displayname", ["T1518.001"]],
    ["wmic process call create calc.exe", []],
    ["curl http://myip.ipip.net", ["T1016.001"]],
    ["curl https://example.org/file", []],
    ["reg add HKCU\\x", []],
    ["powershell -c Get-ADUser -Filter *", ["T1087.002"]],
    ["powershell -File backup.ps1", []],
  ])("%s", (line, expected) => {
    expect(asks(line)).toEqual(expected);
  });

  it.each([
    ["net localgroup ".repeat(9_000), "T1069.001"],
    [`net user${" ".repeat(60_000)}`, "T1087.001"],
    [`net localgroup ${"a ".repeat(30_000)}/`, "T1069.001"],
  ])("a line that is made to be slow is read as any other (%#)", (line, attack) => {
    expect(
      commandList()
        .questionsOf(["net"], line)
        .map((each) => each.attack),
    ).toEqual([attack]);
  });
});
