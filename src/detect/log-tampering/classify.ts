import type { SignKind } from "./sign.js";

/** An event that may be about the logs, with the fields that tell. */
export interface LogEvent {
  channel: string;
  event_id: number;
  data: Readonly<Record<string, string>>;
}

export interface Classified {
  kind: SignKind;
  log: string;
  what: string;
  /** What harmless thing looks the same; '' where nothing is known. */
  harmless: string;
  /** Techniques, where they are others than those of the kind. */
  attack?: readonly string[];
}

/** `EventLog/` in UTF-16: the Service Control Manager keeps the key of a service beside its name, which is in the language of the system. */
const EVENT_LOG_KEY = "4500760065006E0074004C006F0067002F00";
const BY_POLICY = "the system itself changed it, as group policy does";

/** Logs that record who did what on a host, or on those that send theirs to it. */
const OF_ACTS =
  /^(?:security|system|forwardedevents|windows powershell|powershellcore\/operational|openssh\/operational|msexchange management|microsoft-windows-(?:sysmon|ntlm|powershell|taskscheduler|windows defender|terminalservices-.*|wmi-activity|bits-client|smbserver|smbclient|codeintegrity|applocker|windows firewall.*|winrm|remotedesktopservices-.*)\/.*)$/i;
const OF_PROGRAMS =
  "it holds what programs say of themselves, and is emptied where these are set up or repaired";

/** As much of a command line is read: expressions stay quick over lines that are made to hold them up. */
const LONGEST = 8_192;

/** What an event of Windows says was done to the logs; undefined where that is nothing. */
export function classify(event: LogEvent): Classified | undefined {
  const { channel, event_id: id, data } = event;
  if (channel === "Security" && id === 1102) return cleared("Security");
  if (channel === "System" && id === 104) return cleared(data.Channel ?? "");
  if (channel === "Security" && id === 4719) return policyChange(data);
  if (channel === "System") return service(id, data);
  const command = (data.CommandLine ?? "").slice(0, LONGEST);
  if (command !== "") return ofCommand(command) ?? crash(data);
  return ofRegistry(data);
}

/** As SigmaHQ has it, which rates the clearing of core logs high and of all others medium (rules 100ef69e and a62b37e0). A variable, a list, or no name may be any log. */
const whyCleared = (log: string): string =>
  /^[\w. /-]+$/.test(log) && !OF_ACTS.test(log) ? OF_PROGRAMS : "";

const cleared = (log: string): Classified => ({
  kind: "cleared",
  log,
  what: `the log ${log} was cleared`,
  harmless: whyCleared(log),
});

/** %%8448 success removed, %%8450 failure removed (messages of the auditing provider). */
function policyChange(data: LogEvent["data"]): Classified | undefined {
  const changes: readonly string[] = (data.AuditPolicyChanges ?? "").match(/%%\d+/g) ?? [];
  const removed = [
    ...(changes.includes("%%8448") ? ["success"] : []),
    ...(changes.includes("%%8450") ? ["failure"] : []),
  ];
  if (removed.length === 0) return undefined;
  const bySystem = data.SubjectUserSid === "S-1-5-18" || (data.SubjectUserName ?? "").endsWith("$");
  return {
    kind: "policy",
    log: "Security",
    what: `auditing of ${removed.join(" and ")} was switched off for subcategory ${data.SubcategoryGuid || data.SubcategoryId || "(unnamed)"}`,
    harmless: bySystem ? BY_POLICY : "",
  };
}

/** Service Control Manager: 7031 and 7034 ended unexpectedly, 7036 changed its state, 7040 its start type. */
function service(id: number, data: LogEvent["data"]): Classified | undefined {
  const binary = (data.Binary ?? "").toUpperCase();
  const named = data.param1 === "Windows Event Log" || data.param1 === "EventLog";
  if (id === 7040)
    return data.param4 !== "EventLog"
      ? undefined
      : stopped(`its start type was changed from ${data.param2} to ${data.param3}`);
  if (!named && !binary.startsWith(EVENT_LOG_KEY)) return undefined;
  if (id === 7031 || id === 7034) return stopped("it ended unexpectedly");
  if (id !== 7036) return undefined;
  // The state as the digit of its number: 1 stopped, 4 running (SERVICE_STATUS).
  const state = binary.startsWith(EVENT_LOG_KEY)
    ? binary.slice(EVENT_LOG_KEY.length, EVENT_LOG_KEY.length + 2)
    : "";
  if (state === "31" || data.param2 === "stopped") return stopped("it was stopped");
  return state === "34" || data.param2 === "running" ? stopped("it was started again") : undefined;
}

const stopped = (what: string): Classified => ({
  kind: "stopped",
  log: "",
  what: `the event log service: ${what}`,
  harmless: "",
});

/** The reporter of crashes, asked for by the process that runs the service. */
function crash(data: LogEvent["data"]): Classified | undefined {
  const ofService = /svchost\.exe\b.*\s-s\s+EventLog\b/i.test(data.ParentCommandLine ?? "");
  return ofService && /\\WerFault\.exe"?\s/i.test(data.CommandLine ?? "")
    ? stopped("its process crashed")
    : undefined;
}

/** Programs that change logs, and what they are told. Quotes and the program's path may stand anywhere. */
const COMMANDS: readonly { pattern: RegExp; kind: SignKind; what: string; attack?: readonly string[] }[] = [
  {
    pattern: /\bwevtutil(?:\.exe)?"?\s+(?:cl|clear-log)\s+((?:"[^"]*"?|[^"\s]+)[^"\s]*(?:"[^"\s]+)*)/i,
    kind: "cleared",
    what: "a command cleared the log",
  },
  {
    pattern: /\bwevtutil(?:\.exe)?"?\s+(?:sl|set-log)\s+"?([^"\s]+)"?.*\s[/-](?:e|enabled):f/i,
    kind: "disabled",
    what: "a command disabled the log",
  },
  {
    pattern: /\bwevtutil(?:\.exe)?"?\s+(?:sl|set-log)\s+"?([^"\s]+)"?.*\s[/-](?:lfn|logfilename):/i,
    kind: "disabled",
    what: "a command moved the file of the log",
  },
  {
    pattern:
      /\b(?:Clear|Remove|Limit)-EventLog\b(?:[^;|&]*?-LogName\s+((?:"[^"]*"|'[^']*')?[^\s;|&)}]*(?:\s*,)?))?/i,
    kind: "cleared",
    what: "a command cleared or removed the log",
  },
  {
    pattern: /\bnteventlog\b.*\bcleareventlog\b/i,
    kind: "cleared",
    what: "a command cleared logs through WMI",
  },
  {
    pattern: /\bauditpol(?:\.exe)?"?\s+\/(?:clear|remove)\b/i,
    kind: "policy",
    what: "a command removed the audit policy",
  },
  {
    pattern: /\bauditpol(?:\.exe)?"?\s+\/set\b.*\/(?:success|failure):disable/i,
    kind: "policy",
    what: "a command switched auditing off",
  },
  {
    pattern: /\b(?:net1?|sc)(?:\.exe)?"?\s+stop\s+"?(?:eventlog|windows event log)\b/i,
    kind: "stopped",
    what: "a command stopped the event log service",
  },
  {
    pattern: /\bsc(?:\.exe)?"?\s+config\s+"?eventlog"?\s+.*start=\s*disabled/i,
    kind: "stopped",
    what: "a command disabled the event log service",
  },
  {
    pattern: /\bStop-Service\b.*\beventlog\b/i,
    kind: "stopped",
    what: "a command stopped the event log service",
  },
  {
    pattern: /\bfltmc(?:\.exe)?"?\s+unload\s+"?sysmon|\bsysmon(?:64)?(?:\.exe)?"?\s+[/-]u\b/i,
    kind: "stopped",
    what: "a command unloaded or removed Sysmon",
    attack: ["T1562.001"],
  },
  {
    pattern: /\b(?:net1?|sc)(?:\.exe)?"?\s+stop\s+"?sysmon|\bStop-Service\b.*\bsysmon/i,
    kind: "stopped",
    what: "a command stopped Sysmon",
    attack: ["T1562.001"],
  },
  {
    pattern:
      /(?:\b(?:del|erase|rm|ri|Remove-Item|Clear-Content)\b.*(?:ConsoleHost_history\.txt|HistorySavePath)|\bHistorySaveStyle\s+SaveNothing\b)/i,
    kind: "cleared",
    what: "a command deleted the history of PowerShell, or ended it",
    attack: ["T1070.003"],
  },
];

/** SQL regular expression (RE2): whatever {@link ofCommand} can find. */
export const COMMAND_SQL = String.raw`(?i)\b(wevtutil|nteventlog|auditpol)\b|-EventLog\b|\b(net1?|sc)(\.exe)?"?\s+(stop|config)\s+"?(eventlog|windows event log)\b|Stop-Service.*(eventlog|sysmon)|fltmc(\.exe)?"?\s+unload|\bsysmon(64)?(\.exe)?"?\s+[/-]u|\b(net1?|sc)(\.exe)?"?\s+stop\s+"?sysmon|ConsoleHost_history|HistorySave`;

function ofCommand(command: string): Classified | undefined {
  for (const { pattern, kind, what, attack } of COMMANDS) {
    const logs = [...command.matchAll(new RegExp(pattern, "gi"))].map(([, name = ""]) =>
      name.replace(/['"]/g, ""),
    );
    if (logs.length === 0) continue;
    // One line may clear several.
    const log = logs.find((each) => whyCleared(each) === "") ?? logs[0] ?? "";
    return {
      ...{ kind, log, what: log === "" ? what : `${what} ${log}` },
      harmless: kind === "cleared" ? whyCleared(log) : "",
      ...(attack === undefined ? {} : { attack }),
    };
  }
  return undefined;
}

/** Programs switch other logs on and off for diagnosis. */
const isImportant = (log: string): boolean => OF_ACTS.test(log) || /^application$/i.test(log);
const DIAGNOSIS = "programs switch channels for diagnosis on and off";

/** SQL regular expression (RE2): whatever {@link ofRegistry} can find. */
export const REGISTRY_SQL = String.raw`(?i)\\WINEVT\\Channels\\|\\Services\\EventLog|\\Control\\MiniNt|\\Autologger\\EventLog-|EnableScriptBlockLogging|EnableModuleLogging|ProcessCreationIncludeCmdLine_Enabled`;

/** Sysmon 12 and 13, Security 4657. */
function ofRegistry(data: LogEvent["data"]): Classified | undefined {
  const path = data.TargetObject ?? `${data.ObjectName ?? ""}\\${data.ObjectValueName ?? ""}`;
  const value = data.Details ?? data.NewValue ?? "";
  const zero = /^(?:DWORD \(0x0+\)|0x0+|0)$/i.test(value);
  const key = (pattern: RegExp) => pattern.exec(path);
  const channel = key(/\\WINEVT\\Channels\\(.+)\\Enabled$/i);
  if (channel !== null && zero) return disabled(channel[1] ?? "", "was disabled in the registry");
  if (key(/\\Services\\EventLog\\Start$/i) !== null && /(?:0x0*4\)?|^4)$/i.test(value))
    return stopped("it was disabled in the registry");
  const file = key(/\\Services\\EventLog\\([^\\]+)\\File$/i);
  if (file !== null && value !== "" && !/\\winevt\\logs\\[^\\]+$/i.test(value))
    return disabled(file[1] ?? "", `was moved to ${value}`);
  if (key(/\\Control\\MiniNt(?:\\|$)/i) !== null && data.EventType !== "DeleteKey")
    return disabled("Security", "stops being written once the key MiniNt is there");
  const session = key(/\\Autologger\\EventLog-([^\\]+)\\(?:Start|(?:\{[^}]+\}\\)?Enabled)$/i);
  if (session !== null && zero)
    return disabled(session[1] ?? "", "has its trace session or a provider of it switched off");
  const logging = key(
    /\\(EnableScriptBlockLogging|EnableModuleLogging|ProcessCreationIncludeCmdLine_Enabled)$/i,
  );
  if (logging !== null && (zero || data.EventType === "DeleteValue"))
    return {
      kind: "policy",
      log: "",
      what: `${logging[1]} was ${zero ? "set to 0" : "deleted"}`,
      harmless: "",
    };
  return undefined;
}

function disabled(log: string, what: string): Classified {
  return {
    kind: "disabled",
    log,
    what: `the log ${log} ${what}`,
    harmless: isImportant(log) ? "" : DIAGNOSIS,
  };
}
