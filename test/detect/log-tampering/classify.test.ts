import { describe, expect, it } from "vitest";
import { classify } from "../../../src/detect/log-tampering/classify.js";

const SYSMON = "Microsoft-Windows-Sysmon/Operational";
const command = (CommandLine: string) => classify({ channel: SYSMON, event_id: 1, data: { CommandLine } });
const registry = (TargetObject: string, Details: string, EventType = "SetValue") =>
  classify({ channel: SYSMON, event_id: 13, data: { TargetObject, Details, EventType } });
const service = (event_id: number, data: Record<string, string>) =>
  classify({ channel: "System", event_id, data });
const policy = (AuditPolicyChanges: string, SubjectUserSid = "S-1-5-21-1-2-3-500") =>
  classify({ channel: "Security", event_id: 4719, data: { AuditPolicyChanges, SubjectUserSid } });

/** `EventLog/4` in UTF-16, as the Service Control Manager writes it. */
const key = (state: string) => Buffer.from(`EventLog/${state}`, "utf16le").toString("hex");

describe("events about the logs of Windows", () => {
  it.each([
    ['wevtutil cl "Security"', "cleared", "Security"],
    ["C:\\Windows\\System32\\wevtutil.exe clear-log System", "cleared", "System"],
    [
      '"C:\\Windows\\system32\\wevtutil.exe" cl Microsoft-Windows-Sysmon/Operational',
      "cleared",
      "Microsoft-Windows-Sysmon/Operational",
    ],
    ["wevtutil sl Security /e:false", "disabled", "Security"],
    ["WEVTUTIL set-log Security /lfn:C:\\Users\\Public\\s.evtx", "disabled", "Security"],
    ['powershell -c "Clear-EventLog -LogName Security"', "cleared", "Security"],
    ["wmic nteventlog where LogFileName='System' call ClearEventlog", "cleared", ""],
    ["auditpol /clear /y", "policy", ""],
    ["auditpol /set /category:* /success:disable", "policy", ""],
    ["net stop eventlog", "stopped", ""],
    ["sc config eventlog start= disabled", "stopped", ""],
    ["fltmc unload SysmonDrv", "stopped", ""],
    ["Sysmon64.exe -u force", "stopped", ""],
    ["cmd /c del %APPDATA%\\...\\PSReadline\\ConsoleHost_history.txt", "cleared", ""],
  ])("%s", (line, kind, log) => {
    expect(command(line)).toMatchObject({ kind, log, harmless: "" });
  });

  it.each([
    ["wevtutil cl Application", true],
    ["Clear-EventLog -LogName Application", true],
    ["wevtutil cl Microsoft-Windows-Diagnostics/Debug", true],
    ["wevtutil cl Microsoft-Windows-PowerShell/Operational", false],
    ['wevtutil cl "Windows PowerShell"', false],
    ['Clear-EventLog -LogName "Windows PowerShell"', false],
    ["wevtutil cl ForwardedEvents", false],
    ["wevtutil cl OpenSSH/Operational", false],
    ['wevtutil cl "MSExchange Management"', false],
    ['cmd /c "wevtutil cl Application" /x', true],
    // Quotes and backticks within a name are the shell's.
    ['wevtutil cl S"ecurit"y', false],
    ['wevtutil cl "Sec"urity', false],
    ['wevtutil cl "Windows Power"Shell', false],
    ['Clear-EventLog -LogName S"ecurit"y', false],
    ["Clear-EventLog -LogName Sec`urity", false],
    // The graver of several, wherever it stands.
    ["wevtutil cl Application & wevtutil cl Security", false],
    ["wevtutil cl Security & wevtutil cl Application", false],
    ["Clear-EventLog -LogName Security; Clear-EventLog -LogName Application", false],
    ["Clear-EventLog -LogName Setup; Clear-EventLog -LogName Application", true],
    // What may have been any log, or several.
    ["Clear-EventLog -LogName Application, System", false],
    ["Clear-EventLog -LogName 'Application','Security'", false],
    ['cmd /c for /F "tokens=*" %1 in (\'wevtutil el\') do wevtutil cl "%1"', false],
    ["wevtutil el | foreach { wevtutil cl $_ }", false],
  ])("of a log that only programs write, clearing may be harmless: %s", (line, isHarmless) => {
    expect(command(line)?.harmless !== "").toBe(isHarmless);
  });

  it("the event of a cleared log says which", () => {
    expect(service(104, { Channel: "Application" })?.harmless).toMatch(/programs/);
    for (const Channel of ["System", "Windows PowerShell", "Microsoft-Windows-Sysmon/Operational", ""])
      expect(service(104, { Channel })?.harmless, Channel).toBe("");
  });

  it.each([
    "wevtutil el",
    "wevtutil qe Security /c:5 /f:text",
    "wevtutil epl Security C:\\backup\\s.evtx",
    "wevtutil sl Security /ms:209715200",
    "Get-EventLog -LogName Security -Newest 5",
    "auditpol /get /category:*",
    "auditpol /set /subcategory:Logon /success:enable /failure:enable",
    "net stop spooler",
    "sc query eventlog",
    "notepad C:\\wevtutil.txt",
    "fltmc instances",
    "Sysmon64.exe -i config.xml",
    "",
  ])("is nothing: %s", (line) => {
    expect(command(line)).toBeUndefined();
  });

  it("an audit policy that asks for more is nothing; one that asks for less is, and less so from the system itself", () => {
    expect(policy("%%8449, %%8451")).toBeUndefined();
    expect(policy("")).toBeUndefined();
    expect(policy("%%8448")).toMatchObject({ kind: "policy", harmless: "" });
    expect(policy("%%8448, %%8450", "S-1-5-18")?.harmless).toMatch(/group policy/);
    expect(policy("%%8448, %%8450")?.what).toContain("success and failure");
  });

  it("the service's state is read from its key, whatever language the system speaks", () => {
    expect(
      service(7036, { param1: "Windows-Ereignisprotokoll", param2: "beendet", Binary: key("1") }),
    ).toMatchObject({ kind: "stopped", what: "the event log service: it was stopped" });
    expect(
      service(7036, { param1: "Windows Event Log", param2: "running", Binary: key("4") })?.what,
    ).toContain("started again");
    expect(service(7036, { param1: "Windows Update", param2: "stopped", Binary: "" })).toBeUndefined();
    expect(service(7034, { param1: "Windows Event Log", param2: "1" })?.what).toContain("unexpectedly");
    expect(service(7034, { param1: "Spooler", param2: "1" })).toBeUndefined();
    expect(
      service(7040, {
        param1: "Windows Event Log",
        param2: "auto start",
        param3: "disabled",
        param4: "EventLog",
      }),
    ).toMatchObject({ kind: "stopped" });
  });

  it("what the registry says of channels, and nothing of those that programs switch for diagnosis without saying so", () => {
    const channels = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels";
    expect(
      registry(`${channels}\\Microsoft-Windows-TaskScheduler/Operational\\Enabled`, "DWORD (0x00000000)"),
    ).toMatchObject({ kind: "disabled", log: "Microsoft-Windows-TaskScheduler/Operational", harmless: "" });
    expect(
      registry(`${channels}\\Microsoft-Windows-Diagnostics/Debug\\Enabled`, "DWORD (0x00000000)")?.harmless,
    ).toMatch(/diagnosis/);
    expect(
      registry(`${channels}\\Microsoft-Windows-TaskScheduler/Operational\\Enabled`, "DWORD (0x00000001)"),
    ).toBeUndefined();
    const services = "HKLM\\System\\CurrentControlSet\\Services\\EventLog";
    expect(registry(`${services}\\Start`, "DWORD (0x00000004)")?.kind).toBe("stopped");
    expect(registry(`${services}\\Start`, "DWORD (0x00000002)")).toBeUndefined();
    expect(registry(`${services}\\Security\\File`, "C:\\Users\\Public\\x.evtx")?.kind).toBe("disabled");
    expect(
      registry(`${services}\\Security\\File`, "%SystemRoot%\\System32\\winevt\\Logs\\Security.evtx"),
    ).toBeUndefined();
    expect(registry("HKLM\\System\\CurrentControlSet\\Control\\MiniNt", "", "CreateKey")?.kind).toBe(
      "disabled",
    );
    expect(registry("HKLM\\System\\CurrentControlSet\\Control\\MiniNt", "", "DeleteKey")).toBeUndefined();
    expect(
      registry(
        "HKLM\\Software\\Policies\\…\\ScriptBlockLogging\\EnableScriptBlockLogging",
        "DWORD (0x00000000)",
      )?.kind,
    ).toBe("policy");
  });

  it.each([
    ["wevtutil sl ", 100_000, undefined],
    ["wevtutil cl \u0000", 100_000, "cleared"],
    ["Clear-EventLog ", 100_000, "cleared"],
    ["auditpol /set ", 100_000, undefined],
    ["nteventlog ", 100_000, undefined],
    ["'; DROP TABLE windows_event; --", 1, undefined],
    ["del rm ", 100_000, undefined],
  ])("reads what is made of %j however often", (piece, times, kind) => {
    expect(command(piece.repeat(times))?.kind).toBe(kind);
  });
});
