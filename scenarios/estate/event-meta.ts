export type Channel =
  | "Security"
  | "System"
  | "Microsoft-Windows-Sysmon/Operational"
  | "Microsoft-Windows-PowerShell/Operational"
  | "Microsoft-Windows-Partition/Diagnostic"
  | "MSExchange Management";

interface Meta {
  provider: string;
  guid: string;
  version: number;
  level: number;
  task: number;
  keywords: string;
  /** Process that writes the log. */
  process: number;
  userData: string;
}

const AUDIT = "{54849625-5478-4994-A5BA-3E3B0328C30D}";
const SUCCESS = "0x8020000000000000";
const TASKS: Record<number, number> = {
  4608: 12288,
  5024: 12292,
  4624: 12544,
  4625: 12544,
  4634: 12545,
  4648: 12544,
  4672: 12548,
  4688: 13312,
  4697: 12289,
  4698: 12804,
  4720: 13824,
  4722: 13824,
  4724: 13824,
  4732: 13826,
  4768: 14339,
  4769: 14337,
  4776: 14336,
  6416: 13316,
};
const VERSIONS: Record<number, number> = { 4624: 2, 4688: 2, 4698: 1, 6416: 1 };
const SYSMON_VERSIONS: Record<number, number> = { 1: 5, 3: 5, 7: 3, 10: 3, 11: 2, 12: 2, 13: 2, 22: 5 };

const event = (provider: string, guid: string, rest: Partial<Meta>): Meta => ({
  provider,
  guid,
  version: 0,
  level: 4,
  task: 0,
  keywords: "0x8080000000000000",
  process: 700,
  userData: "",
  ...rest,
});

/** What Windows' own manifests say of an event: provider, version, task, keywords. */
export function metaOf(channel: Channel, id: number): Meta {
  if (channel === "Microsoft-Windows-Sysmon/Operational")
    return event("Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}", {
      version: SYSMON_VERSIONS[id] ?? 5,
      task: id,
      keywords: "0x8000000000000000",
      process: 3120,
    });
  if (channel === "Microsoft-Windows-PowerShell/Operational")
    return event("Microsoft-Windows-PowerShell", "{A0C1853B-5C40-4B15-8766-3CF1C58F985A}", {
      version: 1,
      level: 5,
      task: 2,
      keywords: "0x0",
      process: 5800,
    });
  if (channel === "Microsoft-Windows-Partition/Diagnostic")
    return event("Microsoft-Windows-Partition", "{412BDFF2-A8C4-470D-8F33-63FE0D8C20E2}", {
      version: 1,
      keywords: "0x8000000000000000",
      process: 4,
    });
  if (channel === "MSExchange Management")
    return event("MSExchange CmdletLogs", "", { keywords: "0x80000000000000", task: 1, process: 0 });
  if (id === 1102 || id === 104 || id === 1105 || id === 1100)
    return event("Microsoft-Windows-Eventlog", "{FC65DDD8-D6EF-4962-83D5-6E5CFE9CE148}", {
      task: id === 1105 ? 105 : id === 1100 ? 103 : 104,
      keywords: id === 104 ? "0x8000000000000000" : "0x4020000000000000",
      process: 1180,
      userData: id === 1100 ? "ServiceShutdown" : id === 1105 ? "AutoBackup" : "LogFileCleared",
    });
  if (channel === "Security")
    return event("Microsoft-Windows-Security-Auditing", AUDIT, {
      version: VERSIONS[id] ?? 0,
      level: 0,
      task: TASKS[id] ?? 12544,
      keywords: id === 4625 ? "0x8010000000000000" : SUCCESS,
      process: id === 4688 ? 4 : 760,
    });
  if (id === 6005 || id === 6006) return event("EventLog", "", { keywords: "0x80000000000000", process: 0 });
  if (id === 12 || id === 13)
    return event("Microsoft-Windows-Kernel-General", "{A68CA8B7-004F-D7B6-A698-07E2DE0F1F5D}", {
      task: id === 12 ? 1 : 2,
      keywords: "0x8000000000000080",
      process: 4,
    });
  if (id === 1074) return event("User32", "{B0AA8734-56F7-41CC-B2F4-DE228E98B946}", { keywords: SUCCESS });
  if (id === 19)
    return event("Microsoft-Windows-WindowsUpdateClient", "{945A8954-C147-4ACD-923F-40C45405A658}", {
      version: 1,
      task: 1,
      keywords: "0x8000000000000018",
    });
  return event("Service Control Manager", "{555908D1-A6D7-4695-8E1E-26931D2012F4}", {});
}
