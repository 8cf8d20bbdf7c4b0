import type { Classified } from "./classify.js";

/** What a record of auditd, or an event of Sysmon for Linux, tells of one act. */
export interface LinuxEvent {
  /** 1 Sysmon's start of a process, else the number of the audit record's type. */
  event_id: number;
  data: Readonly<Record<string, string>>;
  /** Who made the system call (`auid`, `exe`, `cwd`, `SYSCALL`, …) and, of EXECVE, `command_line`. */
  context: Readonly<Record<string, string>>;
  /** Flags with which a file was opened, where the system call has some. */
  flags?: number;
}

const CLEAR_LOGS = ["T1070.002"];
const CLEAR_HISTORY = ["T1070.003"];
const IMPAIR_HISTORY = ["T1562.003"];
const IMPAIR_AUDIT = ["T1562.012"];

/** Logs as they are being written; rotated ones (`auth.log.1`, `wtmp-20240301.gz`) are deleted every day. */
const LOG =
  "/var/log/(?:wtmp|btmp|lastlog|faillog|tallylog|auth\\.log|secure|messages|syslog|kern\\.log|daemon\\.log|user\\.log|cron(?:\\.log)?|maillog|mail\\.log|audit/audit\\.log|journal/[^\\s'\"]+\\.journal|(?:nginx|apache2|httpd)/(?:access|error)[._]log)|/(?:var/)?run/utmp";
const HISTORY = "(?:[^\\s'\"=>]*/)?\\.(?:bash|zsh|ash|ksh|sh)_history|[^\\s'\"=>]*/fish/fish_history";
const END = "(?=$|[\\s'\";&|)])";

const activeLog = new RegExp(`^(?:${LOG})$`);
const history = new RegExp(`^(?:${HISTORY})$`);
const named = new RegExp(`(?:^|[\\s'"=>])(${LOG}|${HISTORY})${END}`);
const redirected = new RegExp(`(?<![>&\\d])>\\|?\\s*['"]?(${LOG}|${HISTORY})${END}`);
const overwritten = new RegExp(`\\sof=['"]?(${LOG}|${HISTORY})${END}`);
const destroys = /(?:^|[\s;&|/'"(])(?:rm|unlink|shred|truncate|wipe|srm)\s/;
const replaces = /(?:^|[\s;&|/'"(])(?:cp|ln|mv)\s+(?:-\S+\s+)*\/dev\/null\s/;
const edits = /(?:^|[\s;&|/'"(])(?:sed|perl)\s.*\s?-\w*i/;
const everything =
  /(?:^|[\s;&|/'"(])(?:rm\s+(?:-\S+\s+)*-\w*[rR]\w*|shred|truncate)\s(?:.*\s)?\/var\/log(?:\/\*?)?(?=$|[\s'";&|)])/;

/** As much of a command line is read: a syslog has no longer ones, and expressions stay quick. */
const LONGEST = 8_192;

interface Pattern {
  pattern: RegExp;
  kind: Classified["kind"];
  what: string;
  harmless?: string;
  attack: readonly string[];
}

const LOGGERS =
  "(?:auditd|rsyslogd?|syslog-ng|syslog|systemd-journald|auditbeat|filebeat|sysmon)(?:\\.service|\\.socket)?";
const FREES = "administrators free disk space in this way";

const COMMANDS: readonly Pattern[] = [
  {
    pattern: everything,
    kind: "cleared",
    what: "a command deleted the folder of the logs",
    attack: CLEAR_LOGS,
  },
  {
    pattern: /\butmpdump\b.*\s(?:-r\b|--reverse\b)/,
    kind: "rewritten",
    what: "a command wrote a log of logons anew (utmpdump)",
    attack: CLEAR_LOGS,
  },
  {
    pattern: /\bjournalctl\b.*\s--vacuum-(?:size|time|files)\b/,
    kind: "cleared",
    what: "a command deleted what the journal had archived",
    harmless: FREES,
    attack: CLEAR_LOGS,
  },
  {
    pattern: /\bhistory\s+-(?:\w*c\w*|d)(?=$|[\s'";&|])/,
    kind: "cleared",
    what: "a command cleared the shell's history",
    attack: CLEAR_HISTORY,
  },
  {
    pattern: /\bunset\s+HISTFILE\b|\bHISTFILE=\/dev\/null\b|\bHIST(?:FILE)?SIZE=0\b|\bset\s+\+o\s+history\b/,
    kind: "policy",
    what: "a command told the shell to keep no history",
    attack: IMPAIR_HISTORY,
  },
  {
    pattern: /\bauditctl\s+(?:-\S+\s+)*-(?:e\s*0|D)(?=$|[\s'";&|])/,
    kind: "policy",
    what: "a command switched auditing off or deleted its rules",
    attack: IMPAIR_AUDIT,
  },
  {
    pattern: new RegExp(
      `\\bsystemctl\\s+(?:-\\S+\\s+)*(?:stop|disable|mask|kill)\\s+(?:\\S+\\s+)*${LOGGERS}${END}`,
    ),
    kind: "stopped",
    what: "a command stopped a service that writes logs",
    attack: IMPAIR_AUDIT,
  },
  {
    pattern: new RegExp(`\\b(?:service|rc-service)\\s+${LOGGERS}\\s+stop\\b|/init\\.d/${LOGGERS}\\s+stop\\b`),
    kind: "stopped",
    what: "a command stopped a service that writes logs",
    attack: IMPAIR_AUDIT,
  },
  {
    pattern: new RegExp(
      `\\b(?:pkill|killall)\\s+(?:-\\S+\\s+)*(?:auditd|rsyslogd|syslog-ng|syslogd|systemd-journald?|auditbeat|filebeat|sysmon)${END}`,
    ),
    kind: "stopped",
    what: "a command ended a service that writes logs",
    attack: IMPAIR_AUDIT,
  },
];

/** SQL regular expression (RE2): whatever {@link ofCommand} can find. */
export const LINUX_COMMAND_SQL =
  "/var/log|/run/utmp|_history|utmpdump|--vacuum-|history +-|HISTFILE|HIST(FILE)?SIZE=0|[+]o +history|auditctl|(systemctl|service|init[.]d|pkill|killall).*(audit|syslog|journal|filebeat|sysmon)";
/** SQL regular expression (RE2): names of files that {@link ofFile} can be about. */
export const LINUX_FILE_SQL =
  "(^|/)(wtmp|btmp|lastlog|faillog|tallylog|utmp|auth[.]log|secure|messages|syslog|kern[.]log|daemon[.]log|user[.]log|cron([.]log)?|maillog|mail[.]log|audit[.]log|[^/]+[.]journal|(access|error)[._]log|[.][a-z]+_history|fish_history)$";

/** What it says was done to the logs of a Linux host; undefined where that is nothing. */
export function classifyLinux(event: LinuxEvent): Classified | undefined {
  const said = saidBy(event);
  if (said === undefined || said.harmless !== "") return said;
  return [1302, 1309].includes(event.event_id) && !isPerson(event.context.auid, event.context.AUID)
    ? { ...said, harmless: "nobody was logged on who did it: jobs of the system rotate and free logs" }
    : said;
}

function saidBy({ event_id: id, data, context, flags }: LinuxEvent): Classified | undefined {
  if (id === 1) return ofCommand(data.CommandLine ?? "");
  if (id === 1309) return ofCommand(context.command_line ?? "");
  if (id === 1302) return ofFile(data, context, flags ?? 0);
  if (id === 1305) return ofConfiguration(data);
  if (id === 1131) return stopped(`the service ${data.unit ?? ""} was stopped and not started again`);
  if (id === 1201) return isPerson(data.auid, data.AUID) ? stopped("the audit service was ended") : undefined;
  return id === 1202 ? stopped("the audit service ended because of an error") : undefined;
}

const stopped = (what: string): Classified => ({
  kind: "stopped",
  log: "",
  what,
  harmless: "",
  attack: IMPAIR_AUDIT,
});

function ofCommand(whole: string): Classified | undefined {
  const command = whole.slice(0, LONGEST);
  if (command === "" || /\blogrotate\b/.test(command)) return undefined;
  const target =
    redirected.exec(command)?.[1] ??
    overwritten.exec(command)?.[1] ??
    (destroys.test(command) || replaces.test(command) ? named.exec(command)?.[1] : undefined);
  if (target !== undefined) return clearedFile(target, "a command deleted or emptied");
  const edited = edits.test(command) ? named.exec(command)?.[1] : undefined;
  if (edited !== undefined)
    return {
      kind: "rewritten",
      log: edited,
      what: `a command changed lines of ${edited}`,
      harmless: "",
      attack: attackOf(edited),
    };
  for (const { pattern, kind, what, harmless = "", attack } of COMMANDS)
    if (pattern.test(command)) return { kind, log: "", what, harmless, attack };
  return undefined;
}

const attackOf = (file: string): readonly string[] => (history.test(file) ? CLEAR_HISTORY : CLEAR_LOGS);
const clearedFile = (file: string, what: string): Classified => ({
  kind: "cleared",
  log: file,
  what: `${what} ${file}`,
  harmless: "",
  attack: attackOf(file),
});

/** O_TRUNC of x86_64 and aarch64 (include/uapi/asm-generic/fcntl.h). */
const O_TRUNC = 0x200;
/** These rotate logs, or write the history when a session ends. */
const ROTATES = /\/(?:logrotate|systemd-journald|auditd|rsyslogd|syslog-ng|newsyslog|dpkg|rpm|dnf|yum)$/;
const SHELL = /\/(?:ba|da|z|k|a|fi)?sh$/;

/** A log or history that was deleted, cut or opened to be written anew. */
function ofFile(
  data: LinuxEvent["data"],
  context: LinuxEvent["context"],
  flags: number,
): Classified | undefined {
  const { name = "", nametype = "" } = data;
  const { cwd = "", exe = "", SYSCALL: call = "", success = "yes" } = context;
  const file = name.startsWith("/") || cwd === "" ? name : `${cwd.replace(/\/$/, "")}/${name}`;
  const isHistory = history.test(file);
  if (success === "no" || ROTATES.test(exe) || (!isHistory && !activeLog.test(file))) return undefined;
  if (nametype === "DELETE" && /^unlink(?:at)?$/.test(call))
    return clearedFile(file, `${exe || "a program"} deleted`);
  // A shell cuts its history to size when a session ends.
  if (isHistory && SHELL.test(exe)) return undefined;
  const cut = /^truncate(?:64)?$/.test(call) || (/^(?:open|openat)$/.test(call) && (flags & O_TRUNC) !== 0);
  return cut ? clearedFile(file, `${exe || "a program"} emptied`) : undefined;
}

/** CONFIG_CHANGE: auditing switched off, or a rule taken away. */
function ofConfiguration(data: LinuxEvent["data"]): Classified | undefined {
  const policy = (what: string): Classified => ({
    kind: "policy",
    log: "",
    what,
    harmless: "",
    attack: IMPAIR_AUDIT,
  });
  if (data.res === "0" || data.res === "failed") return undefined;
  if (data.audit_enabled === "0" && data.old !== "0") return policy("auditing was switched off");
  return /^remove[_ ]rule$/.test(data.op ?? "") && isPerson(data.auid, data.AUID)
    ? policy("a rule of auditing was deleted")
    : undefined;
}

/** A login id that is set: somebody logged on. */
export function isPerson(auid = "", name = ""): boolean {
  return !["", "-1", "4294967295", "unset"].includes(auid) && name !== "unset";
}
