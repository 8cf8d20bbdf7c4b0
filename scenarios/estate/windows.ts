import { HOUR, MINUTE, rfc3339, SECOND } from "../engine/clock.js";
import type { DayBook } from "./day-book.js";
import { type Account, type Host, hex, SYSTEM } from "./estate.js";
import type { Channel } from "./event-meta.js";

const SYSMON: Channel = "Microsoft-Windows-Sysmon/Operational";

export interface Program {
  path: string;
  original: string;
  company: string;
  description: string;
}

export interface Session {
  account: Account;
  logonId: string;
  terminal: number;
}

export interface Process {
  guid: string;
  pid: number;
  program: Program;
  command: string;
  session: Session;
}

/** What happens on hosts, as Windows and Sysmon tell it. One for each day. */
export class Windows {
  private made = 0;

  constructor(readonly book: DayBook) {}

  private get domain(): string {
    return this.book.estate.organisation.netbios;
  }

  program(key: string, user = ""): Program {
    const found = this.book.estate.description.software.programs[key];
    if (!found) throw new Error(`scenario ${this.book.estate.description.id}: no program ${key}`);
    const [path, original, company, description] = found;
    return { path: path.replace("{user}", user), original, company, description };
  }

  session(account: Account, terminal = 0): Session {
    const { rng } = this.book;
    return {
      account,
      logonId: account === SYSTEM ? "0x3e7" : `0x${(rng.u32() % 0xfffffff).toString(16)}`,
      terminal,
    };
  }

  /** A process that was there before the day began. */
  standing(host: Host, key: string, session: Session = this.session(SYSTEM)): Process {
    const program = this.program(key, session.account.name);
    return this.process(host, this.book.day, program, program.path, session);
  }

  private process(host: Host, ts: number, program: Program, command: string, session: Session): Process {
    const seconds = Math.floor(ts / SECOND)
      .toString(16)
      .padStart(8, "0");
    const guid = `{${host.machine}-${seconds.slice(4)}-${seconds.slice(0, 4)}-${hex(`${this.made++}`, 4)}-000000000${hex(host.name, 3)}}`;
    return { guid, pid: 1000 + 4 * this.book.rng.int(5000), program, command, session };
  }

  private user(account: Account): string {
    return account === SYSTEM ? "NT AUTHORITY\\SYSTEM" : `${this.domain}\\${account.name}`;
  }

  /** A file is the same wherever it lies; a renamed program is known by its original name. */
  private hashes(file: string): string {
    const content = file.slice(file.lastIndexOf("\\") + 1).toLowerCase();
    const of = (kind: string, length: number) => `${kind}=${hex(`${kind} ${content}`, length).toUpperCase()}`;
    return [of("SHA1", 40), of("MD5", 32), of("SHA256", 64), of("IMPHASH", 32)].join(",");
  }

  private sysmonTime(ts: number): string {
    return new Date(ts / 1000).toISOString().replace("T", " ").slice(0, 23);
  }

  start(
    host: Host,
    ts: number,
    program: Program,
    command: string,
    parent: Process,
    session = parent.session,
  ): Process {
    const made = this.process(host, ts, program, command, session);
    const { account, logonId, terminal } = session;
    const elevated = account.kind !== "user";
    this.book.event(
      host,
      ts,
      SYSMON,
      1,
      {
        RuleName: "-",
        UtcTime: this.sysmonTime(ts),
        ProcessGuid: made.guid,
        ProcessId: made.pid,
        Image: program.path,
        FileVersion: program.company === "" ? "-" : "10.0.22621.4830",
        Description: program.description || "-",
        Product: program.description || "-",
        Company: program.company || "-",
        OriginalFileName: program.original || "-",
        CommandLine: command,
        CurrentDirectory: elevated ? "C:\\Windows\\system32\\" : `C:\\Users\\${account.name}\\`,
        User: this.user(account),
        LogonGuid: `{${host.machine}-0000-0000-${logonId.slice(2).padStart(8, "0").slice(0, 4)}-${hex(logonId, 12)}}`,
        LogonId: logonId,
        TerminalSessionId: terminal,
        IntegrityLevel: account === SYSTEM ? "System" : elevated ? "High" : "Medium",
        Hashes: this.hashes(program.original || program.path),
        ParentProcessGuid: parent.guid,
        ParentProcessId: parent.pid,
        ParentImage: parent.program.path,
        ParentCommandLine: parent.command,
        ParentUser: this.user(parent.session.account),
      },
      SYSTEM.sid,
    );
    if (host.audited || !host.sysmon)
      this.book.event(host, ts + 900, "Security", 4688, {
        ...this.subject(session, host),
        NewProcessId: `0x${made.pid.toString(16)}`,
        NewProcessName: program.path,
        TokenElevationType: elevated ? "%%1936" : "%%1938",
        ProcessId: `0x${parent.pid.toString(16)}`,
        CommandLine: command,
        TargetUserSid: "S-1-0-0",
        TargetUserName: "-",
        TargetDomainName: "-",
        TargetLogonId: "0x0",
        ParentProcessName: parent.program.path,
        MandatoryLabel: account === SYSTEM ? "S-1-16-16384" : elevated ? "S-1-16-12288" : "S-1-16-8192",
      });
    return made;
  }

  run(
    host: Host,
    ts: number,
    key: string,
    command: string,
    parent: Process,
    session = parent.session,
  ): Process {
    return this.start(host, ts, this.program(key, session.account.name), command, parent, session);
  }

  private subject({ account, logonId }: Session, host: Host): Record<string, string> {
    return {
      SubjectUserSid: account.sid,
      SubjectUserName: account === SYSTEM ? `${host.name}$` : account.name,
      SubjectDomainName: this.domain,
      SubjectLogonId: logonId,
    };
  }

  private of(process: Process, ts: number): Record<string, string | number> {
    return {
      RuleName: "-",
      UtcTime: this.sysmonTime(ts),
      ProcessGuid: process.guid,
      ProcessId: process.pid,
      Image: process.program.path,
    };
  }

  file(host: Host, ts: number, process: Process, target: string): void {
    const user = this.user(process.session.account);
    const data = {
      ...this.of(process, ts),
      TargetFilename: target,
      CreationUtcTime: this.sysmonTime(ts),
      User: user,
    };
    this.book.event(host, ts, SYSMON, 11, data, SYSTEM.sid);
  }

  /** A library, or the program's own file, as Sysmon sees it mapped. */
  load(host: Host, ts: number, process: Process, path: string, signer: string, description = signer): void {
    this.book.event(
      host,
      ts,
      SYSMON,
      7,
      {
        ...this.of(process, ts),
        ImageLoaded: path,
        FileVersion: signer === "" ? "-" : "4.2.0.0",
        Description: description || "-",
        Product: description || "-",
        Company: signer || "-",
        OriginalFileName: signer === "" ? "-" : (path.split("\\").at(-1) ?? "-"),
        Hashes: this.hashes(path),
        Signed: signer === "" ? "false" : "true",
        Signature: signer || "-",
        SignatureStatus: signer === "" ? "Unavailable" : "Valid",
        User: this.user(process.session.account),
      },
      SYSTEM.sid,
    );
  }

  registry(host: Host, ts: number, process: Process, target: string, details: string): void {
    const user = this.user(process.session.account);
    const set = {
      ...this.of(process, ts),
      EventType: "SetValue",
      TargetObject: target,
      Details: details,
      User: user,
    };
    this.book.event(host, ts, SYSMON, 13, set, SYSTEM.sid);
  }

  query(host: Host, ts: number, process: Process, name: string, answer: string): void {
    const user = this.user(process.session.account);
    const asked = { QueryName: name, QueryStatus: "0", QueryResults: `::ffff:${answer};` };
    this.book.event(host, ts, SYSMON, 22, { ...this.of(process, ts), ...asked, User: user }, SYSTEM.sid);
  }

  access(host: Host, ts: number, process: Process, target: Process, granted: string): void {
    this.book.event(
      host,
      ts,
      SYSMON,
      10,
      {
        RuleName: "-",
        UtcTime: this.sysmonTime(ts),
        SourceProcessGUID: process.guid,
        SourceProcessId: process.pid,
        SourceThreadId: process.pid + 12,
        SourceImage: process.program.path,
        TargetProcessGUID: target.guid,
        TargetProcessId: target.pid,
        TargetImage: target.program.path,
        GrantedAccess: granted,
        CallTrace: "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e",
        SourceUser: this.user(process.session.account),
        TargetUser: this.user(target.session.account),
      },
      SYSTEM.sid,
    );
  }

  connection(
    host: Host,
    ts: number,
    process: Process,
    address: string,
    port: number,
    sourcePort: number,
    name = "-",
  ): void {
    this.book.event(
      host,
      ts,
      SYSMON,
      3,
      {
        ...this.of(process, ts),
        User: this.user(process.session.account),
        Protocol: "tcp",
        Initiated: "true",
        SourceIsIpv6: "false",
        SourceIp: host.address,
        SourceHostname: host.computer,
        SourcePort: sourcePort,
        SourcePortName: "-",
        DestinationIsIpv6: "false",
        DestinationIp: address,
        DestinationHostname: name,
        DestinationPort: port,
        DestinationPortName: port === 443 ? "https" : port === 21 ? "ftp" : "-",
      },
      SYSTEM.sid,
    );
  }

  /** 4624, for administrators 4672, and later 4634. */
  logon(
    host: Host,
    ts: number,
    account: Account,
    type: number,
    from: Host | undefined,
    duration = HOUR,
  ): Session {
    const session = this.session(account, type === 10 || type === 2 ? 1 + this.book.rng.int(3) : 0);
    const local = type === 2 || type === 7;
    this.book.event(host, ts, "Security", 4624, {
      SubjectUserSid: local || type === 10 ? SYSTEM.sid : "S-1-0-0",
      SubjectUserName: local || type === 10 ? `${host.name}$` : "-",
      SubjectDomainName: local || type === 10 ? this.domain : "-",
      SubjectLogonId: local || type === 10 ? "0x3e7" : "0x0",
      TargetUserSid: account.sid,
      TargetUserName: account.name,
      TargetDomainName: this.domain,
      TargetLogonId: session.logonId,
      LogonType: type,
      LogonProcessName: type === 3 ? "Kerberos" : "User32 ",
      AuthenticationPackageName: type === 3 ? "Kerberos" : "Negotiate",
      WorkstationName: type === 3 ? "-" : (from ?? host).name,
      LogonGuid: `{${hex(`${session.logonId}${ts}`, 8)}-0000-0000-0000-${hex(account.name, 12)}}`,
      TransmittedServices: "-",
      LmPackageName: "-",
      KeyLength: 0,
      ProcessId: type === 3 ? "0x0" : "0x4a0",
      ProcessName: type === 3 ? "-" : "C:\\Windows\\System32\\svchost.exe",
      IpAddress: from?.address ?? (local ? "127.0.0.1" : "-"),
      IpPort: from ? 49152 + this.book.rng.int(16000) : 0,
      ImpersonationLevel: "%%1833",
      RestrictedAdminMode: "-",
      TargetOutboundUserName: "-",
      TargetOutboundDomainName: "-",
      VirtualAccount: "%%1843",
      TargetLinkedLogonId: "0x0",
      ElevatedToken: account.kind === "user" ? "%%1843" : "%%1842",
    });
    if (account.kind !== "user")
      this.book.event(host, ts + 500, "Security", 4672, {
        ...this.subject(session, host),
        PrivilegeList:
          "SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeRestorePrivilege\r\n\t\t\tSeDebugPrivilege",
      });
    this.book.event(host, ts + duration, "Security", 4634, {
      TargetUserSid: account.sid,
      TargetUserName: account.name,
      TargetDomainName: this.domain,
      TargetLogonId: session.logonId,
      LogonType: type,
    });
    return session;
  }

  /** 4648 where the credentials are used, on the source. */
  explicitLogon(
    host: Host,
    ts: number,
    session: Session,
    account: Account,
    target: Host,
    process: string,
  ): void {
    this.book.event(host, ts, "Security", 4648, {
      ...this.subject(session, host),
      LogonGuid: "{00000000-0000-0000-0000-000000000000}",
      TargetUserName: account.name,
      TargetDomainName: this.domain,
      TargetLogonGuid: "{00000000-0000-0000-0000-000000000000}",
      TargetServerName: target.name,
      TargetInfo: target.computer,
      ProcessId: "0x1f3c",
      ProcessName: process,
      IpAddress: target.address,
      IpPort: 0,
    });
  }

  failedLogon(host: Host, ts: number, name: string, from: Host): void {
    this.book.event(host, ts, "Security", 4625, {
      SubjectUserSid: "S-1-0-0",
      SubjectUserName: "-",
      SubjectDomainName: "-",
      SubjectLogonId: "0x0",
      TargetUserSid: "S-1-0-0",
      TargetUserName: name,
      TargetDomainName: this.domain,
      Status: "0xc000006d",
      FailureReason: "%%2313",
      SubStatus: "0xc000006a",
      LogonType: 3,
      LogonProcessName: "NtLmSsp ",
      AuthenticationPackageName: "NTLM",
      WorkstationName: from.name,
      TransmittedServices: "-",
      LmPackageName: "-",
      KeyLength: 0,
      ProcessId: "0x0",
      ProcessName: "-",
      IpAddress: from.address,
      IpPort: 49152 + this.book.rng.int(16000),
    });
  }

  /** The domain controller's view of a logon: a ticket, and one for each service. */
  tickets(controller: Host, ts: number, account: Account, from: Host, services: readonly Host[]): void {
    const common = {
      TargetUserName: account.name,
      TargetDomainName: this.domain,
      TicketOptions: "0x40810010",
      Status: "0x0",
      TicketEncryptionType: "0x12",
      IpAddress: `::ffff:${from.address}`,
      IpPort: 49152 + this.book.rng.int(16000),
    };
    this.book.event(controller, ts, "Security", 4768, {
      ...common,
      TargetSid: account.sid,
      ServiceName: "krbtgt",
      ServiceSid: `${account.sid.replace(/-\d+$/, "")}-502`,
      PreAuthType: 2,
    });
    for (const [n, service] of services.entries())
      this.book.event(controller, ts + (n + 1) * 40_000, "Security", 4769, {
        ...common,
        TargetUserName: `${account.name}@${this.book.estate.organisation.domain.toUpperCase()}`,
        ServiceName: `${service.name}$`,
        ServiceSid: `${account.sid.replace(/-\d+$/, "")}-${2000 + n}`,
        LogonGuid: `{${hex(`${ts}${n}`, 8)}-0000-0000-0000-000000000000}`,
        TransmittedServices: "-",
      });
  }

  /** A disk on USB that came, as Windows notes by itself. */
  disk(
    host: Host,
    ts: number,
    { maker, model, serial, device }: { maker: string; model: string; serial: string; device: string },
  ): void {
    this.book.event(
      host,
      ts,
      "Microsoft-Windows-Partition/Diagnostic",
      1006,
      {
        DiskNumber: 1,
        Characteristics: 256,
        IsSystemCritical: "false",
        BusType: 7,
        Manufacturer: maker,
        Model: model,
        Revision: "1.00",
        SerialNumber: serial,
        ParentId: device,
        Capacity: 31_029_460_992,
        PartitionStyle: 0,
        PartitionCount: 1,
      },
      SYSTEM.sid,
    );
  }

  /** A device that came, where that is audited. */
  device(host: Host, ts: number, id: string, description: string): void {
    this.book.event(host, ts, "Security", 6416, {
      ...this.subject(this.session(SYSTEM), host),
      DeviceId: id,
      DeviceDescription: description,
      ClassId: "{4d36e967-e325-11ce-bfc1-08002be10318}",
      ClassName: "DiskDrive",
      VendorIds: `${id.split("\\").slice(0, 2).join("\\")}\r\n\t\tGenDisk`,
      CompatibleIds: "USBSTOR\\Disk\r\n\t\tUSBSTOR\\RAW",
      LocationInformation: "-",
    });
  }

  service(host: Host, ts: number, session: Session, name: string, path: string, start = "auto start"): void {
    this.book.event(
      host,
      ts,
      "System",
      7045,
      {
        ServiceName: name,
        ImagePath: path,
        ServiceType: "user mode service",
        StartType: start,
        AccountName: "LocalSystem",
      },
      session.account.sid,
    );
    this.book.event(host, ts + 800, "Security", 4697, {
      ...this.subject(session, host),
      ServiceName: name,
      ServiceFileName: path,
      ServiceType: "0x10",
      ServiceStartType: start === "auto start" ? 2 : 3,
      ServiceAccount: "LocalSystem",
    });
  }

  task(
    host: Host,
    ts: number,
    session: Session,
    name: string,
    command: string,
    args: string,
    minutes: number,
  ): void {
    const xml = `<?xml version="1.0" encoding="UTF-16"?>\r\n<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\r\n  <RegistrationInfo><Date>${rfc3339(ts)}</Date><Author>${this.user(session.account)}</Author><URI>\\${name}</URI></RegistrationInfo>\r\n  <Triggers><TimeTrigger><Repetition><Interval>PT${minutes}M</Interval><StopAtDurationEnd>false</StopAtDurationEnd></Repetition><StartBoundary>${rfc3339(ts)}</StartBoundary><Enabled>true</Enabled></TimeTrigger></Triggers>\r\n  <Principals><Principal id="Author"><UserId>${session.account.sid}</UserId><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\r\n  <Actions Context="Author"><Exec><Command>${command}</Command>${args === "" ? "" : `<Arguments>${args}</Arguments>`}</Exec></Actions>\r\n</Task>`;
    this.book.event(host, ts, "Security", 4698, {
      ...this.subject(session, host),
      TaskName: `\\${name}`,
      TaskContent: xml,
    });
  }

  system(host: Host, ts: number, id: number, data: Record<string, string | number> = {}): void {
    this.book.event(host, ts, "System", id, data, SYSTEM.sid);
  }

  serviceState(host: Host, ts: number, name: string, state: "running" | "stopped"): void {
    this.book.event(host, ts, "System", 7036, { param1: name, param2: state });
  }

  script(host: Host, ts: number, session: Session, text: string): void {
    this.book.event(
      host,
      ts,
      "Microsoft-Windows-PowerShell/Operational",
      4104,
      {
        MessageNumber: 1,
        MessageTotal: 1,
        ScriptBlockText: text,
        ScriptBlockId: `${hex(text, 8)}-0000-4000-8000-${hex(`${ts}`, 12)}`,
        Path: "",
      },
      session.account.sid,
    );
  }

  /** A command of Exchange's management shell, as the server itself notes it: strings without names. */
  cmdlet(host: Host, ts: number, session: Session, name: string, parameters: Record<string, string>): void {
    const given = Object.entries(parameters).map(([key, value]) => ` -${key} "${value}"`);
    const user = `${this.book.estate.organisation.domain}/Users/${session.account.name}`;
    this.book.event(host, ts, "MSExchange Management", 1, {
      Data: {
        "#text": [
          name,
          given.join(""),
          user,
          "S-1-5-32-544",
          "Remote-PowerShell-Unknown",
          "1",
          "0.3",
          "View Entire Forest: 'False'",
        ],
      },
    });
  }

  account(host: Host, ts: number, id: number, session: Session, name: string, sid: string, group = ""): void {
    const target: Record<string, string> =
      group === ""
        ? { TargetUserName: name, TargetDomainName: host.name, TargetSid: sid }
        : {
            MemberName: "-",
            MemberSid: sid,
            TargetUserName: group,
            TargetDomainName: "Builtin",
            TargetSid: "S-1-5-32-544",
          };
    this.book.event(host, ts, "Security", id, {
      ...target,
      ...this.subject(session, host),
      PrivilegeList: "-",
    });
  }

  cleared(host: Host, ts: number, session: Session, channel: "Security" | "System" | "Application"): void {
    const data = {
      SubjectUserSid: session.account.sid,
      SubjectUserName: session.account.name,
      SubjectDomainName: this.domain,
    };
    if (channel === "Security")
      this.book.event(host, ts, "Security", 1102, { ...data, SubjectLogonId: session.logonId });
    else
      this.book.event(
        host,
        ts,
        "System",
        104,
        { ...data, Channel: channel, BackupPath: "" },
        session.account.sid,
      );
  }

  /** Down and up again. */
  reboot(host: Host, ts: number, why: string): void {
    this.system(host, ts, 1074, {
      param1: "C:\\Windows\\System32\\svchost.exe",
      param2: host.name,
      param3: why,
      param4: "0x80020010",
      param5: "restart",
      param6: "",
      param7: "NT AUTHORITY\\SYSTEM",
    });
    this.system(host, ts + 20 * SECOND, 6006);
    // The security log is written when it is shut, and when the machine starts, whatever is audited.
    this.book.event(host, ts + 20 * SECOND + 1000, "Security", 1100, {});
    this.system(host, ts + 22 * SECOND, 13, { StopTime: rfc3339(ts + 22 * SECOND) });
    this.system(host, ts + 2 * MINUTE, 12, {
      MajorVersion: 10,
      MinorVersion: 0,
      BuildVersion: 22621,
      StartTime: rfc3339(ts + 2 * MINUTE),
    });
    this.book.event(host, ts + 2 * MINUTE + 2 * SECOND, "Security", 4608, {});
    this.system(host, ts + 2 * MINUTE + 5 * SECOND, 6005);
    this.book.event(host, ts + 2 * MINUTE + 9 * SECOND, "Security", 5024, {});
    for (const name of ["Windows Event Log", "Windows Update", "Windows Defender Antivirus Service"])
      this.serviceState(host, ts + 3 * MINUTE, name, "running");
  }
}
