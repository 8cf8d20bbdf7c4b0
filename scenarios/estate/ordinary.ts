import { DAY, HOUR, MINUTE, SECOND, weekday } from "../engine/clock.js";
import { type Rng, rngFor, weighted } from "../engine/rng.js";
import { administration } from "./administration.js";
import type { DayBook } from "./day-book.js";
import { type Host, hostOf, isWorkday, SYSTEM } from "./estate.js";
import { mailLine } from "./mailbox.js";
import { Network } from "./network.js";
import { honestOddities } from "./oddities.js";
import { useStick } from "./sticks.js";
import { Windows } from "./windows.js";

/** One working day of one person at one desk. */
function deskDay(book: DayBook, host: Host, rng: Rng): void {
  const { description, inHouse } = book.estate;
  const { software, office } = description;
  const windows = new Windows(book);
  const network = new Network(book);
  const local = (hours: number) => book.day + hours * HOUR - office.utc_offset_minutes * MINUTE;
  const [comes, goes] = [local(7.4 + rng.float() * 1.6), local(16 + rng.float() * 2.5)];
  network.lease(comes - 2 * MINUTE, host);
  if (rng.chance(0.06)) windows.failedLogon(host, comes - 20 * SECOND, host.owner.name, host);
  const session = windows.logon(host, comes, host.owner, 2, undefined, goes - comes);
  windows.tickets(hostOf(book.estate, "domain_controller"), comes, host.owner, host, [
    hostOf(book.estate, "file_server"),
    hostOf(book.estate, "mail_server"),
  ]);
  const winlogon = windows.standing(host, "userinit", session);
  const explorer = windows.run(host, comes + 4 * SECOND, "explorer", "C:\\Windows\\Explorer.EXE", winlogon);
  for (const [n, key] of ["onedrive", "outlook"].entries()) {
    const { path } = windows.program(key, host.owner.name);
    const at = comes + (9 + 21 * n) * SECOND;
    const started = windows.run(
      host,
      at,
      key,
      key === "onedrive" ? `"${path}" /background` : `"${path}"`,
      explorer,
    );
    if (key === "onedrive")
      windows.query(
        host,
        at + SECOND,
        started,
        "outlook.office.com",
        Network.addressOf("outlook.office.com"),
      );
    if (key === "onedrive" && rng.chance(0.2)) own(windows, host, at, started, key);
  }
  const starts = 6 + rng.int(9);
  for (let n = 0; n < starts; n++) {
    const at = rng.between(comes + MINUTE, goes - MINUTE);
    const key = weighted(rng, software.desk);
    const { path } = windows.program(key, host.owner.name);
    const document = `C:\\Users\\${host.owner.name}\\Documents\\${rng.pick(software.documents)}-${rng.int(90)}`;
    const ending = { word: ".docx", excel: ".xlsx", acrobat: ".pdf", sevenzip: ".zip" }[key];
    const started = windows.run(
      host,
      at,
      key,
      ending ? `"${path}" "${document}${ending}"` : `"${path}"`,
      explorer,
    );
    // A browser is many processes.
    if (key === "edge" || key === "chrome")
      for (const [n, type] of [
        "crashpad-handler",
        "gpu-process",
        "utility",
        "renderer",
        "renderer",
      ].entries())
        windows.run(
          host,
          at + (300 + 90 * n) * 1000,
          key,
          `"${path}" --type=${type} --field-trial-handle=${rng.int(9000)}`,
          started,
        );
    if (software.libraries[key] && rng.chance(0.3)) own(windows, host, at, started, key);
    if (key === "sevenzip")
      windows.file(
        host,
        at + 9 * SECOND,
        started,
        `C:\\Users\\${host.owner.name}\\Downloads\\${rng.pick(software.documents)}.docx`,
      );
  }
  if (host.department === inHouse.department) {
    const path = `C:\\Apps\\${inHouse.program}\\${inHouse.program}.exe`;
    const at = comes + 20 * MINUTE;
    const program = { path, original: "", company: "", description: inHouse.program };
    const started = windows.start(host, at, program, `"${path}"`, explorer);
    windows.load(host, at + 60_000, started, path, "");
    windows.load(host, at + 90_000, started, `C:\\Apps\\${inHouse.program}\\${inHouse.program}Data.dll`, "");
  }
  if (rng.chance(0.05))
    useStick(
      windows,
      host,
      comes + 3 * HOUR,
      explorer,
      rngFor(book.estate.seed, "stick", host.name, book.day),
    );
  network.browse(comes, goes, host, 18 + rng.int(14));
  if (rng.chance(0.4)) shareFiles(book, host, comes + rng.float() * (goes - comes), rng, windows, network);
  if (rng.chance(0.5)) mail(book, host, comes + rng.float() * (goes - comes), rng, network);
}

function own(
  windows: Windows,
  host: Host,
  at: number,
  started: ReturnType<Windows["run"]>,
  key: string,
): void {
  const { path, company } = started.program;
  windows.load(host, at + 50_000, started, path, company);
  const folder = path.slice(0, path.lastIndexOf("\\"));
  for (const [n, name] of (windows.book.estate.description.software.libraries[key] ?? []).entries())
    windows.load(host, at + (90 + 7 * n) * 1000, started, `${folder}\\${name}`, company);
}

function shareFiles(
  book: DayBook,
  host: Host,
  at: number,
  rng: Rng,
  windows: Windows,
  network: Network,
): void {
  const files = hostOf(book.estate, "file_server");
  windows.logon(files, at, host.owner, 3, host, 20 * MINUTE);
  network.ask(at - 20_000, host, files.computer.toLowerCase(), files.address);
  network.flow(at, {
    from: host.address,
    to: files.address,
    port: 445,
    out: 9000 + rng.int(90000),
    in: 20000 + rng.int(900000),
    seconds: 60 + rng.int(900),
    service: "smb",
  });
}

function mail(book: DayBook, host: Host, at: number, rng: Rng, network: Network): void {
  const { estate } = book;
  const server = hostOf(estate, "mail_server");
  const partner = rng.pick([
    "partner.example.org",
    "bank.example.net",
    "news.example.org",
    "supplier.example.com",
  ]);
  const topic = rng.pick(estate.description.software.documents);
  const message = {
    sender: `office${rng.int(40)}@${partner}`,
    recipient: `${host.owner.name}@${estate.organisation.domain}`,
    subject: `Re: ${topic} ${1 + rng.int(30)}`,
    id: `<${rng.u32()}.${rng.u32()}@${partner}>`,
    helo: `mx.${partner}`,
    size: 4000 + rng.int(60000),
  };
  const from = Network.addressOf(`mx.${partner}`);
  network.mail(at, from, server.address, message);
  const secret = partner.startsWith("bank") && rng.chance(0.2);
  const attachment =
    secret || rng.chance(0.3) ? { name: `${topic}.${rng.pick(["pdf", "docx", "xlsx", "zip"])}` } : undefined;
  mailLine(book, at, {
    ...message,
    from,
    passes: rng.chance(0.96),
    text: `Dear colleague,\nplease find the ${topic} as discussed.${secret ? "\nThe password of the archive is the one agreed on." : ""}`,
    ...(attachment && { attachment }),
  });
}

/** What machines do by themselves, awake or asleep. */
function machineDay(book: DayBook, host: Host, rng: Rng): void {
  const windows = new Windows(book);
  const network = new Network(book);
  const services = windows.standing(host, "services");
  const scheduler = windows.standing(host, "svchost");
  const server = host.role !== "workstation";
  const times = server ? 30 : 6;
  for (let n = 0; n < times; n++) {
    const at = book.day + rng.float() * (DAY - 10 * MINUTE);
    const { path } = windows.program("defender");
    windows.run(host, at, "defender", `"${path}" -Scan -ScheduleJob -RestrictPrivileges`, scheduler);
    windows.run(host, at + 3 * MINUTE, "taskhost", "taskhostw.exe", scheduler);
    windows.serviceState(host, at + 2 * SECOND, "Windows Modules Installer", "running");
    windows.serviceState(host, at + 4 * MINUTE, "Windows Modules Installer", "stopped");
    if (rng.chance(0.3)) network.tls(at + 4 * MINUTE, host, "settings-win.data.microsoft.com", 2500, 1800);
  }
  const { path: updater } = windows.program("googleupdate");
  windows.run(
    host,
    book.day + rng.float() * 0.9 * DAY,
    "googleupdate",
    `"${updater}" --wake --system`,
    scheduler,
  );
  // The inventory of software distribution asks much, on every host, in the same minute of the night.
  if (weekday(book.day) === 3) {
    const agent = windows.standing(host, "agent");
    for (const [n, command] of book.estate.description.software.inventory.entries())
      windows.run(
        host,
        book.day + 18 * HOUR + n * 20 * SECOND + rng.int(1000) * 1000,
        command.split(" ")[0] as string,
        command,
        agent,
      );
  }
  if (isPatchNight(book)) {
    const at = book.day + 17 * HOUR + rng.float() * 3 * HOUR;
    const { path } = windows.program("tiworker");
    windows.run(host, at, "tiworker", `${path} -Embedding`, scheduler);
    windows.system(host, at + 9 * MINUTE, 19, {
      updateTitle: `Cumulative Update for Windows (KB50${50000 + weekOf(book)})`,
      updateGuid: "{5f3e1a70-0000-4000-8000-000000000001}",
      updateRevisionNumber: 200,
      serviceGuid: "{7971f918-a847-4430-9279-4a52d1efe18d}",
    });
    windows.reboot(host, at + 12 * MINUTE, "Operating System: Service pack (Planned)");
  }
  if (isRollout(book)) {
    const at = book.day + 14 * HOUR + rng.float() * 2 * HOUR;
    const installer = windows.run(host, at, "msiexec", "C:\\Windows\\system32\\msiexec.exe /V", services);
    const target = "C:\\Program Files\\AssetWatch\\AssetWatch.exe";
    windows.file(host, at + 8 * SECOND, installer, target);
    windows.service(host, at + 12 * SECOND, windows.session(SYSTEM), "AssetWatch", `"${target}"`);
    windows.task(
      host,
      at + 15 * SECOND,
      windows.session(SYSTEM),
      "AssetWatch Daily",
      target,
      "/report",
      1440,
    );
    windows.start(
      host,
      at + 20 * SECOND,
      { path: target, original: "AssetWatch.exe", company: "AssetWatch Ltd", description: "AssetWatch" },
      `"${target}"`,
      services,
    );
  }
  if (server && weekday(book.day) === 1)
    book.event(host, book.day + 3 * HOUR, "Security", 1105, {
      Channel: "Security",
      BackupPath: `C:\\Windows\\System32\\Winevt\\Logs\\Archive-Security-${book.day / DAY}.evtx`,
    });
}

const weekOf = (book: DayBook): number => Math.floor(book.day / DAY / 7);
/** The Wednesday after the second Tuesday. */
const isPatchNight = (book: DayBook): boolean =>
  weekday(book.day) === 3 && Math.ceil((new Date(book.day / 1000).getUTCDate() - 1) / 7) === 2;
const isRollout = (book: DayBook): boolean =>
  new Date(book.day / 1000).getUTCDate() === 19 && book.day < (book.estate.days[30] ?? 0);

/** Visitors of the portal and of the mail server's pages. */
function visitors(book: DayBook): void {
  const { rng, estate } = book;
  const { portal_pages: pages, agents } = estate.description.software;
  const portal = hostOf(estate, "web_server");
  const count = Math.round(isWorkday(estate, book.day) ? 300 : 90);
  for (let n = 0; n < count; n++) {
    const from = Network.addressOf(`visitor ${rng.int(900)}`);
    const agent = rng.pick(agents);
    let at = book.day + rng.float() * (DAY - HOUR);
    for (let page = 0; page < 1 + rng.int(4); page++) {
      const uri = rng.pick(pages);
      webRequest(
        book,
        at,
        portal,
        from,
        uri.includes("form") ? "POST" : "GET",
        uri,
        agent,
        200,
        3000 + rng.int(20000),
      );
      at += (2 + rng.int(40)) * SECOND;
    }
  }
  const scanner = Network.addressOf(`scanner ${weekOf(book)}`);
  for (let n = 0; n < 12; n++)
    webRequest(
      book,
      book.day + 4 * HOUR + n * SECOND,
      portal,
      scanner,
      "GET",
      rng.pick(["/wp-login.php", "/.env", "/admin/", "/phpmyadmin/index.php", "/owa/"]),
      "Mozilla/5.0 zgrab/0.x",
      404,
      1200,
    );
}

export function webRequest(
  book: DayBook,
  ts: number,
  host: Host,
  from: string,
  method: string,
  uri: string,
  agent: string,
  status: number,
  size: number,
): void {
  const [date = "", time = ""] = new Date(ts / 1000).toISOString().slice(0, 19).split("T");
  const [stem = "", query = "-"] = uri.split("?");
  const sent = method === "POST" ? 900 + (ts % 4000) : 420;
  book.line(
    `iis/${host.name}`,
    ts,
    [
      date,
      time,
      host.address,
      method,
      stem,
      query,
      443,
      "-",
      from,
      agent.replaceAll(" ", "+"),
      "-",
      status,
      0,
      0,
      size,
      Math.floor(sent),
      30 + (Math.floor(ts) % 200),
    ].join(" "),
  );
  new Network(book).flow(ts, {
    from,
    to: host.address,
    port: 443,
    out: Math.floor(sent) + 900,
    in: size + 1500,
    seconds: 0.8,
    service: "ssl",
  });
}

/** Everything of a day that is nobody's intrusion. */
export function ordinaryDay(book: DayBook): void {
  const { estate } = book;
  for (const host of estate.hosts.filter(({ linux }) => !linux)) {
    const rng = rngFor(estate.seed, "host", host.name, book.day);
    machineDay(book, host, rng);
    if (host.role === "workstation" && isWorkday(estate, book.day) && rng.chance(0.92))
      deskDay(book, host, rng);
  }
  administration(book);
  visitors(book);
  honestOddities(book);
}
