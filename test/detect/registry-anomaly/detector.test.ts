import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/registry-anomaly/index.js";
import { numberOf, registryList } from "../../../src/detect/registry-anomaly/list.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

type More = Partial<MadeEvent>;

const REG = "C:\\Windows\\System32\\reg.exe";
const SETUP = "C:\\Program Files\\App\\setup.exe";
const USER = "HKU\\S-1-5-21-1-2-3-1001";
const CURRENT = "Software\\Microsoft\\Windows\\CurrentVersion";
const set = (target: string, details: string, image = SETUP, more: More = {}): MadeEvent => ({
  id: 13,
  data: { EventType: "SetValue", Image: image, TargetObject: target, Details: details, User: "CORP\\anna" },
  ...more,
});
const dword = (value: number): string => `DWORD (0x${value.toString(16).padStart(8, "0")})`;
const hiding = (image: string): MadeEvent[] => [
  set(`${USER}\\${CURRENT}\\Explorer\\Advanced\\Hidden`, dword(2), image),
  set(`${USER}\\${CURRENT}\\Explorer\\Advanced\\ShowSuperHidden`, dword(0), image),
  set(`${USER}\\${CURRENT}\\Explorer\\Advanced\\HideFileExt`, dword(1), image),
];

describe.each(ENGINES)("registry-anomaly: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const find = async (events: readonly MadeEvent[]) => {
    await world.store(events);
    return (await world.run(detector)).findings;
  };

  it("a program of users' folders that tells Explorer to hide files is high, with all values in one finding; Explorer itself is none", async () => {
    const found = await find([
      ...hiding("C:\\ProgramData\\Intel\\update.exe"),
      ...hiding("C:\\Windows\\explorer.exe").map((event) => ({ ...event, host: "WS-02" })),
    ]);
    expect(told(found)).toEqual([
      expect.stringMatching(/^high: Weakened by update\.exe: .*\(and 2 more\): WS-01$/),
    ]);
    expect(found[0]).toMatchObject({ attack: ["T1564.001"], facts: { what: "hiding", values: 3 } });
  });

  it("a file called explorer.exe elsewhere is not Explorer", async () => {
    expect(await find(hiding("C:\\Users\\anna\\AppData\\Local\\Programs\\explorer.exe"))).toHaveLength(1);
  });

  it("passwords in clear text: high by reg.exe; medium by a program; nothing where they are switched off", async () => {
    const key = "HKLM\\System\\ControlSet001\\Control\\SecurityProviders\\WDigest\\UseLogonCredential";
    const found = await find([
      set(key, dword(1), REG),
      set(key, dword(1), SETUP, { host: "WS-02" }),
      set(key, dword(0), REG, { host: "WS-03" }),
    ]);
    expect(told(found)).toEqual([
      "high: Weakened by reg.exe: WDigest keeps passwords in clear text: WS-01",
      "medium: Weakened by setup.exe: WDigest keeps passwords in clear text: WS-02",
    ]);
  });

  it("reads Windows' audit alike, and a setting that was deleted", async () => {
    const audit = (value: string, more: Record<string, string>): MadeEvent => ({
      id: 4657,
      channel: "Security",
      data: {
        ObjectName: "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Control\\Lsa",
        ObjectValueName: value,
        ProcessName: REG,
        SubjectUserName: "anna",
        ...more,
      },
    });
    const found = await find([
      audit("RunAsPPL", { OperationType: "%%1906", OldValue: "1", NewValue: "-" }),
      audit("DisableRestrictedAdmin", { OperationType: "%%1904", NewValue: "0" }),
      audit("LmCompatibilityLevel", { OperationType: "%%1905", NewValue: "5" }),
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]?.facts).toMatchObject({ what: "credentials", values: 2 });
    expect(found[0]?.entities).toContainEqual(
      expect.objectContaining({ kind: "process", value: REG, role: "maker" }),
    );
  });

  it("what is there on every machine, and what installers register, is no finding", async () => {
    const winlogon = "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon";
    const installed = "C:\\Users\\anna\\AppData\\Local\\Microsoft\\OneDrive\\24.1\\FileSyncShell64.dll";
    expect(
      told(
        await find([
          set(`${winlogon}\\Shell`, "explorer.exe"),
          set(`${winlogon}\\Userinit`, "C:\\Windows\\system32\\userinit.exe,"),
          set(
            "HKLM\\System\\CurrentControlSet\\Control\\Print\\Monitors\\Local Port\\Driver",
            "localspl.dll",
          ),
          set(`${USER}_Classes\\CLSID\\{1}\\InprocServer32\\(Default)`, installed),
          set("HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime", "1"),
          set(`${USER}\\${CURRENT}\\Run\\x`, "C:\\Users\\Public\\x.exe", REG),
          set(`HKLM\\${CURRENT}\\WINEVT\\Channels\\Security\\Enabled`, dword(0), REG),
        ]),
      ),
    ).toEqual([]);
  });

  it.each([
    [
      "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\Userinit",
      "C:\\Windows\\system32\\userinit.exe,C:\\Users\\Public\\u.exe",
      "T1547.004",
    ],
    [
      "HKLM\\Software\\Wow6432Node\\Microsoft\\Windows NT\\CurrentVersion\\Windows\\AppInit_DLLs",
      "C:\\ProgramData\\a.dll",
      "T1546.010",
    ],
    [
      "HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\AppCertDlls\\x",
      "C:\\Users\\Public\\a.dll",
      "T1546.009",
    ],
    [
      "HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options\\sethc.exe\\Debugger",
      "cmd.exe",
      "T1546.008",
    ],
    [
      "HKLM\\System\\CurrentControlSet\\Control\\Lsa\\Security Packages",
      "kerberos msv1_0 C:\\Users\\Public\\ssp.dll",
      "T1547.005",
    ],
    [`${USER}_Classes\\CLSID\\{1}\\InprocServer32\\(Default)`, "C:\\Users\\Public\\a.dll", "T1546.015"],
    [`${USER}\\Environment\\UserInitMprLogonScript`, "C:\\Users\\Public\\a.bat", "T1037.001"],
  ])("%s: found", async (target, details, technique) => {
    const [finding] = await find([set(target, details, REG)]);
    expect(finding).toMatchObject({ severity: "high", attack: [technique], facts: { what: "autostart" } });
  });

  it("what many hosts have is how they are set up; one that differs is not", async () => {
    const key = "HKLM\\System\\CurrentControlSet\\Control\\Terminal Server\\fDenyTSConnections";
    const hosts = Array.from({ length: 10 }, (_, at) => set(key, dword(0), REG, { host: `WS-${at}` }));
    const shell = `${USER}\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\Shell`;
    const found = await find([...hosts, set(shell, "C:\\Users\\Public\\s.exe", REG, { host: "WS-3" })]);
    expect(found.map(({ severity }) => severity)).toEqual(["high", "low"]);
  });

  it("nothing is new before the host's log reaches back a day, and much is after many quiet days", async () => {
    const quiet = Array.from({ length: 60 }, (_, day) =>
      set("HKLM\\Software\\App\\Day", `${day}`, SETUP, { time: later(day * 86_400) }),
    );
    const shell = `${USER}\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\Shell`;
    const late = set(shell, "C:\\Users\\Public\\s.exe", REG, { time: later(59 * 86_400) });
    const early = { ...late, time: later(60), host: "WS-02" };
    const newness = (found: Awaited<ReturnType<typeof find>>) =>
      found[0]?.components.find(({ name }) => name === "new")?.value ?? Number.NaN;
    expect(newness(await find([...quiet, late]))).toBeGreaterThan(0.2);
    await world.clear();
    expect(newness(await find([early]))).toBe(0);
  });

  it("reads hostile values as they are", async () => {
    const shell = `${USER}\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\Shell`;
    const values = [
      "\u0000'\"; DROP TABLE windows_event --\\",
      `C:\\Users\\Public\\${"x".repeat(100_000)}.exe`,
    ];
    const found = await find(values.map((value, at) => set(shell, value, REG, { host: `WS-${at}` })));
    expect(found[0]).toMatchObject({ severity: "high", facts: { values: 2 } });
    expect(JSON.stringify(found).length).toBeLessThan(50_000);
  });

  it("without any event of the registry it has not tested anything", async () => {
    await world.store([{ id: 4624, channel: "Security", data: {} }]);
    expect((await world.run(detector)).notTested).toMatch(/no event tells of the registry/);
  });
});

describe("the list", () => {
  it("is whole, and leaves run keys and logs to others", () => {
    const { paths, words } = registryList();
    expect(words.length).toBeLessThan(255);
    const listed = new RegExp(paths);
    const current = "machine\\software\\microsoft\\windows\\currentversion";
    for (const path of [
      `${current}\\run\\x`,
      `${current}\\runonce\\x`,
      `${current}\\winevt\\channels\\security\\enabled`,
      "machine\\system\\currentcontrolset\\services\\eventlog\\start",
      "machine\\system\\currentcontrolset\\control\\minint\\(default)",
      "user\\software\\policies\\microsoft\\windows\\powershell\\scriptblocklogging\\enablescriptblocklogging",
    ])
      expect(listed.test(path), path).toBe(false);
  });

  it("numbers are read as Sysmon and the audit write them", () => {
    expect(["DWORD (0x00000001)", "0x1", "1", "Binary Data", "", "QWORD (0x0-0x1)"].map(numberOf)).toEqual([
      1,
      1,
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("long values that nearly fit what is ordinary are judged at once", () => {
    const list = registryList();
    const control = "machine\\system\\currentcontrolset\\control";
    const [packages, filters] = [
      `${control}\\lsa\\security packages`,
      `${control}\\lsa\\notification packages`,
    ];
    const options = "machine\\software\\microsoft\\windows nt\\currentversion\\image file execution options";
    const debug = `${options}\\x.exe\\debugger`;
    const is = (path: string, data: string) =>
      list.placeOf({ path, data, deleted: false, writer: "" }) !== undefined;
    for (const data of ["", '""', "kerberos msv1_0\nschannel", '"kerberos"  "msv1_0"'])
      expect(is(packages, data), data).toBe(false);
    for (const data of ["scecli", 'rassfm "scecli"']) expect(is(filters, data), data).toBe(false);
    expect(is(debug, '"C:\\Program Files\\Sysinternals\\procexp64.exe" -p')).toBe(false);
    expect(is(debug, "C:\\Program Files\\x\\evil.exe windbg")).toBe(true);
    const from = performance.now();
    for (const path of [packages, filters, debug])
      for (const part of ['"', " ", "kerberos ", "scecli ", "c:\\program files\\windbg"])
        expect(is(path, `${part.repeat(4_000 / part.length)}\nx"\\\\y`), part).toBe(true);
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
