import { DAY } from "../../../src/kernel/time.js";
import { later, type MadeEvent } from "../windows/world.js";

/** Synthetic events of hosts that somebody works on from afar. Times are seconds after the beginning of the world. */
export interface Remote {
  from?: string;
  user?: string;
  session?: string;
  type?: string;
}

const SID = "S-1-5-21-1-2-3-1100";
export const days = (count: number): number => (count * DAY) / 1000;

const security = (id: number, host: string, at: number, data: Record<string, string>): MadeEvent => ({
  id,
  host,
  channel: "Security",
  time: later(at),
  data,
});

/** 4624 of an account in CONTOSO, and 4672 a moment later where it is an administrator there. */
export function arrives(
  host: string,
  at: number,
  { from = "10.1.0.5", user = "anna", session = "0xabc", type = "3" }: Remote = {},
  isAdministrator = true,
): MadeEvent[] {
  const logon = security(4624, host, at, {
    TargetUserName: user,
    TargetDomainName: "CONTOSO",
    TargetUserSid: SID,
    TargetLogonId: session,
    LogonType: type,
    IpAddress: from,
    WorkstationName: "-",
    AuthenticationPackageName: "Kerberos",
  });
  const privileges = security(4672, host, at, {
    SubjectUserName: user,
    SubjectDomainName: "CONTOSO",
    SubjectUserSid: SID,
    SubjectLogonId: session,
    PrivilegeList: "SeDebugPrivilege",
  });
  return isAdministrator ? [logon, privileges] : [logon];
}

/** 4625: a logon over the network that failed. */
export const fails = (
  host: string,
  at: number,
  { from = "10.1.0.5", user = "anna" }: Remote = {},
): MadeEvent =>
  security(4625, host, at, {
    TargetUserName: user,
    TargetDomainName: "CONTOSO",
    TargetUserSid: "S-1-0-0",
    LogonType: "3",
    IpAddress: from,
  });

/** Sysmon 1 in a session; the identifier is written as Sysmon does. */
export const starts = (
  host: string,
  at: number,
  session: string,
  parent: string,
  line: string,
  user = "CONTOSO\\anna",
): MadeEvent => ({
  id: 1,
  host,
  time: later(at),
  data: {
    Image: "C:\\Windows\\System32\\cmd.exe",
    CommandLine: line,
    ParentImage: parent,
    ParentCommandLine: parent,
    LogonId: session.replace("0x", "0x00000000"),
    User: user,
  },
});

/** 5145 */
export const opens = (
  host: string,
  at: number,
  share: string,
  file: string,
  { from = "10.1.0.5", user = "anna" }: Remote = {},
  mask = "0x12019f",
): MadeEvent =>
  security(5145, host, at, {
    SubjectUserName: user,
    SubjectDomainName: "CONTOSO",
    SubjectUserSid: SID,
    SubjectLogonId: "0xabc",
    IpAddress: from,
    ShareName: `\\\\*\\${share}`,
    RelativeTargetName: file,
    AccessMask: mask,
  });

/** 4648: somebody gives another account's credentials for another host. */
export const gives = (host: string, at: number, actor: string, user: string, target: string): MadeEvent =>
  security(4648, host, at, {
    SubjectUserName: actor,
    SubjectDomainName: "CONTOSO",
    SubjectUserSid: SID,
    TargetUserName: user,
    TargetDomainName: "CONTOSO",
    TargetServerName: target,
    ProcessName: "C:\\Windows\\System32\\cmd.exe",
  });

export const WMI = "C:\\Windows\\System32\\wbem\\WmiPrvSE.exe";

/** A command over WMI: the session and what runs in it. */
export const overWmi = (
  host: string,
  at: number,
  remote: Remote = {},
  line = "cmd.exe /c whoami",
): MadeEvent[] => [
  ...arrives(host, at, remote),
  starts(host, at + 2, remote.session ?? "0xabc", WMI, line, `CONTOSO\\${remote.user ?? "anna"}`),
];
