import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/process-anomaly/index.js";
import { judgeStarts } from "../../../src/detect/process-anomaly/judge.js";
import { rareness, surprise } from "../../../src/detect/process-anomaly/smoothing.js";
import type { Rare, Start } from "../../../src/detect/process-anomaly/starts.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, SYSMON, told, WindowsWorld } from "../windows/world.js";

const SYSTEM32 = "C:\\Windows\\System32\\";
const DAY = 86_400;

function start(
  path: string,
  parent: string,
  command = path,
  more: Partial<MadeEvent> & { user?: string } = {},
) {
  const { user = "CORP\\anna", ...rest } = more;
  return {
    id: 1,
    data: {
      Image: path,
      ParentImage: parent,
      CommandLine: command,
      User: user,
      ProcessId: "10",
      ParentProcessId: "4",
    },
    ...rest,
  } satisfies MadeEvent;
}

/** An office of 30 hosts for eight days: the same things every day, each with numbers and names of its own. */
function office(): MadeEvent[] {
  const events: MadeEvent[] = [];
  for (let host = 0; host < 30; host++)
    for (let day = 0; day < 8; day++) {
      const more = { host: `WS-${host}`, time: later(day * DAY + host) };
      const system = { ...more, user: "NT AUTHORITY\\SYSTEM" };
      const person = { ...more, user: `CORP\\user${host}` };
      events.push(
        start(`${SYSTEM32}svchost.exe`, `${SYSTEM32}services.exe`, "svchost.exe -k netsvcs -p", system),
        start(`${SYSTEM32}spoolsv.exe`, `${SYSTEM32}services.exe`, "spoolsv.exe", system),
        start(`${SYSTEM32}conhost.exe`, `${SYSTEM32}spoolsv.exe`, `conhost.exe 0x${host}f${day}`, system),
        start(
          "C:\\Program Files\\Office\\winword.exe",
          "C:\\Windows\\explorer.exe",
          `winword.exe /n "C:\\Users\\user${host}\\a${day}.docx"`,
          person,
        ),
        start(
          `${SYSTEM32}cmd.exe`,
          "C:\\Windows\\explorer.exe",
          `cmd.exe /c job-${"abcdefgh"[day]}${"xyz".repeat(host)}.bat`,
          person,
        ),
        start(
          `C:\\Users\\user${host}\\AppData\\Local\\Temp\\is-${host}${day}ABC12.tmp\\setup.tmp`,
          "C:\\Program Files\\Up\\updater.exe",
          "setup.tmp",
          person,
        ),
      );
    }
  return events;
}

describe.each(ENGINES)("process-anomaly: $name", (engine) => {
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

  it("an ordinary office has no rare starts, however its names and numbers differ", async () => {
    const { findings, evaluated } = await run(office());
    expect(told(findings)).toEqual([]);
    expect(evaluated).toContainEqual({
      what: "of these where there is enough to learn from",
      count: 30 * 8 * 6,
    });
  });

  it("a shell under the print spooler that never has one, with a command of its own, is found", async () => {
    const odd = start(`${SYSTEM32}svchost.exe`, `${SYSTEM32}spoolsv.exe`, "svchost.exe", {
      host: "WS-7",
      time: later(4 * DAY + 100),
      user: "NT AUTHORITY\\SYSTEM",
    });
    const { findings } = await run([...office(), odd], { organisations: { ministry: "default" } });
    expect(told(findings)).toEqual(["low: svchost under spoolsv is rare: WS-7"]);
    expect(findings[0]).toMatchObject({ org_id: "ministry", facts: { relations: ["child", "command"] } });
    const child = findings[0]?.components.find(({ name }) => name === "child");
    expect(child?.value).toBeGreaterThan(0.6);
    expect(child?.meaning).toMatch(/Of 241 host-days .* 1 had so rare a child; surprise \d+\.\d bits/);
  });

  it("one more new program of a desktop that starts many is no news", async () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      start(
        `C:\\Program Files\\Tool${"abcdefghijklmnopqrstuvwxyzABCD"[index]}\\tool${"abcdefghijklmnopqrstuvwxyzäöüß"[index]}.exe`,
        "C:\\Windows\\explorer.exe",
        "tool",
        {
          host: `WS-${index}`,
        },
      ),
    );
    expect(told((await run([...office(), ...many])).findings)).toEqual([]);
  });

  it("one noisy host does not drown the rest: the gravest are told, the others counted", async () => {
    const noisy = Array.from({ length: 4 }, (_, index) =>
      ["spoolsv", "services"].map((parent) =>
        start(`C:\\Users\\Public\\x${"abcd"[index]}.exe`, `${SYSTEM32}${parent}.exe`, `x${index}`, {
          host: "WS-3",
          time: later(3 * DAY + index),
        }),
      ),
    ).flat();
    const { findings, evaluated } = await run([...office(), ...noisy], {
      parameters: { per_host: 2, rare_share: 0.05, least_score: 0.3 },
    });
    expect(findings).toHaveLength(2);
    expect(findings[0]?.caveats.join(" ")).toMatch(
      /\d+ more programs with rare starts on this host are not told/,
    );
    expect(evaluated.find(({ what }) => what.startsWith("of these not told"))?.count).toBeGreaterThan(3);
  });

  it("findings of different things have different names, and the same again keeps its own", async () => {
    const odd = (path: string, command: string, day: number) =>
      start(path, `${SYSTEM32}services.exe`, command, { host: "WS-7", time: later(day * DAY + 500) });
    const all = [
      odd("C:\\Users\\Public\\one.exe", "one", 2),
      odd("C:\\Users\\Public\\two.exe", "two", 3),
      odd(`${SYSTEM32}svchost.exe`, "svchost.exe strange", 4),
      odd(`${SYSTEM32}svchost.exe`, "svchost.exe stranger still", 5),
    ];
    const choice = { parameters: { least_score: 0.2, rare_share: 0.05 } };
    const first = (await run([...office(), ...all], choice)).findings.map(({ id }) => id);
    expect(first.length).toBe(3);
    expect(new Set(first).size).toBe(first.length);
    const again = (await run([odd("C:\\Users\\Public\\one.exe", "one more", 6)], choice)).findings;
    expect(again.map(({ id }) => id)).toEqual(expect.arrayContaining(first));
  });

  it("a small case has not enough to learn from, and says so", async () => {
    const { findings, notTested } = await run([
      start(`${SYSTEM32}cmd.exe`, `${SYSTEM32}lsass.exe`),
      start(`${SYSTEM32}cmd.exe`, "C:\\Windows\\explorer.exe"),
    ]);
    expect(findings).toEqual([]);
    expect(notTested).toMatch(/not enough to learn from/);
  });

  const open = (source: string, rights: string, more: Record<string, string> = {}): MadeEvent => ({
    id: 10,
    data: {
      SourceImage: source,
      TargetImage: `${SYSTEM32}lsass.exe`,
      GrantedAccess: rights,
      CallTrace: "ntdll.dll+1",
      ...more,
    },
  });

  it("who reads lsass from where users can write is told; who only asks about it, or belongs there, is not", async () => {
    const { findings } = await run([
      open("C:\\Users\\anna\\Desktop\\m.exe", "0x1010", { CallTrace: "ntdll.dll+1|UNKNOWN(0123)" }),
      open(`${SYSTEM32}WindowsPowerShell\\v1.0\\powershell.exe`, "0x1410"),
      open("C:\\Users\\anna\\Desktop\\procexp.exe", "0x1000"),
      open(`${SYSTEM32}wbem\\wmiprvse.exe`, "0x1410"),
      open(`${SYSTEM32}svchost.exe`, "0x1478"),
    ]);
    expect(told(findings)).toEqual([
      "high: m read the memory of lsass: WS-01",
      "medium: powershell read the memory of lsass: WS-01",
    ]);
    expect(findings[0]?.attack).toEqual(["T1003.001"]);
  });

  it("threads in others: code outside modules, but not the console's own", async () => {
    const thread = (source: string, target: string, module: string, named = ""): MadeEvent => ({
      id: 8,
      data: {
        SourceImage: source,
        TargetImage: target,
        SourceProcessId: "1",
        TargetProcessId: "2",
        StartModule: module,
        StartFunction: named,
      },
    });
    const { findings } = await run([
      thread("C:\\Users\\Public\\a.exe", `${SYSTEM32}svchost.exe`, "-"),
      thread(
        `${SYSTEM32}csrss.exe`,
        `${SYSTEM32}cmd.exe`,
        "C:\\Windows\\System32\\kernelbase.dll",
        "CtrlRoutine",
      ),
      thread(
        "C:\\Program Files\\Agent\\agent.exe",
        "C:\\Program Files\\App\\app.exe",
        "C:\\Windows\\System32\\kernel32.dll",
      ),
    ]);
    expect(told(findings)).toEqual(["medium: a started a thread in svchost: WS-01"]);
  });

  it("software that reads lsass on all hosts is informational", async () => {
    const everywhere = Array.from({ length: 8 }, (_, index) => [
      { ...open("C:\\Agents\\edr.exe", "0x1410"), host: `WS-${index}` },
      start(`${SYSTEM32}svchost.exe`, `${SYSTEM32}services.exe`, "svchost", { host: `WS-${index}` }),
    ]).flat();
    expect((await run(everywhere)).findings.map(({ severity }) => severity)).toEqual(["informational"]);
  });

  it("hostile values neither break it nor reach the finding unmasked", async () => {
    const { findings } = await run([
      ...office(),
      start(
        `C:\\Users\\Public\\a'"\u0000{x}.exe`,
        `${SYSTEM32}spoolsv.exe`,
        `x password=hunter2 ${"A1".repeat(40_000)}`,
        {
          host: "WS-7'; DROP TABLE windows_event; --",
          time: later(2 * DAY),
        },
      ),
      open(`C:\\Users\\Public\\'"\u0000.exe`, "0xzz"),
      open(`C:\\Users\\Public\\'"\u0000.exe`, `0x${"f".repeat(5_000)}`),
    ]);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
    expect(JSON.stringify(findings).length).toBeLessThan(10_000);
  });
});

describe("severity of rare starts", () => {
  const at = {
    host: "WS-1",
    account: "",
    path: `${SYSTEM32}cmd.exe`,
    parentPath: "",
    command: "",
    parentCommand: "",
  };
  const rare = (relation: Rare["relation"], tail: number, total: number, path = at.path): Rare => {
    const first: Start = { ...at, path, line: ["2024-03-01 12:00:00", "slice", 1, "WS-1", 1, SYSMON] };
    return {
      ...{ relation, realm: "default", owner: "", given: "spoolsv", what: "cmd", first, last: first },
      ...{ hostDays: tail, hosts: 1, total, tail, kinds: 4, givens: 9, pairs: 300 },
    };
  };
  const severity = (...rares: Rare[]) => judgeStarts(rares, () => 200).map((each) => each.severity);
  it("grows with what was learned and with how many things are rare; one kind of rarity is low at most", () => {
    expect(severity(rare("child", 1, 2_000))).toEqual(["low"]);
    expect(severity(rare("child", 1, 2_000), rare("command", 1, 2_000))).toEqual(["medium"]);
    expect(severity(rare("child", 1, 2_000), rare("command", 1, 2_000), rare("user", 1, 2_000))).toEqual([
      "high",
    ]);
    expect(severity(rare("child", 1, 2_000, "C:\\Users\\Public\\cmd.exe"))).toEqual(["medium"]);
    expect(severity(rare("command", 1, 300), rare("user", 1, 300))).toEqual(["low"]);
  });
});

describe("smoothing", () => {
  const usual = { pair: 500, parent: 1_000, children: 4, parents: 1, pairs: 200 };
  it("what is seen daily surprises nobody, and a new child of a steady parent most", () => {
    expect(surprise(usual)).toBeLessThan(1.1);
    const newcomer = surprise({ ...usual, pair: 1 });
    expect(newcomer).toBeGreaterThan(15);
    // Every shell starts it: less of a surprise.
    expect(surprise({ ...usual, pair: 1, parents: 40 })).toBeLessThan(newcomer - 4);
    // A parent that always starts something new.
    expect(surprise({ ...usual, pair: 1, children: 600 })).toBeLessThan(newcomer - 6);
  });

  it("is a distribution: what is left for the unknown is what the discount takes", () => {
    // Three children with 5, 3 and 2 host-days; without leaving any out, their probabilities are below 1 by the discount's share.
    const seen = [6, 4, 3].map(
      (pair) => 2 ** -surprise({ pair, parent: 11, children: 3, parents: 1, pairs: 1e9 }),
    );
    expect(seen.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1 - (0.75 * 3) / 10, 5);
  });

  it("a share is rare from one in sixteen down to one in a thousand", () => {
    expect([rareness(1, 10), rareness(1, 16), rareness(1, 128), rareness(1, 1024), rareness(0, 0)]).toEqual([
      0, 0, 0.5, 1, 0,
    ]);
  });
});
