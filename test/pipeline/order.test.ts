import { expect, it } from "vitest";
import { silentProgress } from "../../src/kernel/progress.js";
import { detectStep, loadFindings, loadSettings } from "../../src/pipeline/index.js";
import { openCaseFolder } from "./support/case-folder.js";

const SYSMON = "Microsoft-Windows-Sysmon/Operational";
const PROVIDERS: Record<string, string> = {
  [SYSMON]: "Microsoft-Windows-Sysmon",
  Security: "Microsoft-Windows-Security-Auditing",
  System: "Service Control Manager",
};
/** More than any finding names. */
const HOSTS = 54;

/** What one host of many wrote: the same acts on all of them, so that a finding has to choose whom it names. */
function logOf(host: number): string {
  const guid = (what: number) =>
    `{${String(host).padStart(8, "0")}-0000-0000-0000-${String(what).padStart(12, "0")}}`;
  const user = `CORP\\user${host}`;
  const events: [channel: string, id: number, data: Record<string, string | number>][] = [
    [
      SYSMON,
      1,
      {
        ProcessGuid: guid(1),
        ProcessId: 100,
        Image: "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
        OriginalFileName: "PowerShell.EXE",
        CommandLine: `powershell -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA`,
        User: user,
        ParentImage: "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE",
        ParentCommandLine: "WINWORD.EXE",
      },
    ],
    [
      SYSMON,
      3,
      {
        ProcessGuid: guid(1),
        Image: "powershell.exe",
        Initiated: "true",
        DestinationIp: `198.51.100.${host}`,
      },
    ],
    [
      SYSMON,
      11,
      { ProcessGuid: guid(1), Image: "powershell.exe", TargetFilename: `C:\\Users\\Public\\${host}.exe` },
    ],
    [
      SYSMON,
      1,
      {
        ProcessGuid: guid(2),
        ProcessId: 104,
        Image: "C:\\ProgramData\\Tool\\Bandizip.exe",
        OriginalFileName: "Bandizip.exe",
        CommandLine: "C:\\ProgramData\\Tool\\Bandizip.exe",
        User: user,
        ParentImage: "C:\\Windows\\explorer.exe",
        ParentCommandLine: "explorer.exe",
      },
    ],
    [
      SYSMON,
      7,
      {
        ProcessGuid: guid(2),
        Image: "C:\\ProgramData\\Tool\\Bandizip.exe",
        ImageLoaded: "C:\\ProgramData\\Tool\\ark.x64.dll",
        Hashes: `SHA256=${String(host).padStart(64, "a")}`,
        Signed: "false",
        Signature: "-",
        SignatureStatus: "Unavailable",
        User: user,
      },
    ],
    [
      SYSMON,
      10,
      {
        SourceImage: "C:\\ProgramData\\Tool\\Bandizip.exe",
        TargetImage: "C:\\Windows\\System32\\lsass.exe",
        GrantedAccess: "0x1fffff",
        CallTrace: "UNKNOWN(0000)",
        SourceUser: user,
      },
    ],
    [
      "Security",
      4624,
      {
        TargetUserSid: "S-1-5-21-1-2-3-500",
        TargetUserName: "adm",
        TargetDomainName: "CORP",
        TargetLogonId: "0x99",
        LogonType: 3,
        IpAddress: "10.0.0.250",
        AuthenticationPackageName: "NTLM",
        KeyLength: 0,
      },
    ],
    [
      "Security",
      4672,
      {
        SubjectUserSid: "S-1-5-21-1-2-3-500",
        SubjectUserName: "adm",
        SubjectDomainName: "CORP",
        SubjectLogonId: "0x99",
      },
    ],
    [
      "System",
      7045,
      {
        ServiceName: "ToolSvc",
        ImagePath: "C:\\ProgramData\\Tool\\Bandizip.exe",
        ServiceType: "user mode service",
        StartType: "auto start",
        AccountName: "LocalSystem",
      },
    ],
  ];
  return events
    .map(([channel, id, data], record) => {
      // The same moment everywhere: what comes first is decided by something else.
      const time = `2026-03-02T10:00:${String(record).padStart(2, "0")}.000000Z`;
      const System = {
        Provider: { "#attributes": { Name: PROVIDERS[channel] } },
        EventID: id,
        TimeCreated: { "#attributes": { SystemTime: time } },
        EventRecordID: record + 1,
        Channel: channel,
        Computer: `WS${host}.corp.example`,
      };
      return `${JSON.stringify({ Event: { System, EventData: { UtcTime: time, ...data } } })}\n`;
    })
    .join("");
}

async function findingsOf(nameOf: (host: number) => string): Promise<string> {
  const at = await openCaseFolder();
  try {
    for (let host = 0; host < HOSTS; host++) at.put(`${nameOf(host)}.jsonl`, logOf(host));
    // Rows of one batch lie in the order of the table's key; those of several in the order in which they came.
    await at.ingest({ limits: { batchSlices: 18 } });
    await detectStep(at.opened, loadSettings(undefined, [at.logs]), silentProgress);
    const { findings } = await loadFindings(at.opened);
    return JSON.stringify(
      findings.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      null,
      1,
    );
  } finally {
    await at.close();
  }
}

it("the order in which files are read decides nothing of what is found", async () => {
  const forward = await findingsOf((host) => String(host).padStart(3, "0"));
  const backward = await findingsOf((host) => String(999 - host));
  expect(backward).toBe(forward);
  const detectors = new Set((JSON.parse(forward) as { detector: string }[]).map(({ detector }) => detector));
  for (const id of [
    "dll-sideload",
    "lateral-movement",
    "persistence-mechanism",
    "process-anomaly",
    "script-host-abuse",
    "account-hijack",
  ])
    expect(detectors).toContain(id);
});
