import { HOUR, MINUTE, SECOND } from "../engine/clock.js";
import type { DayBook } from "./day-book.js";
import { type Host, hostOf, isWorkday } from "./estate.js";
import { Network } from "./network.js";
import { Windows } from "./windows.js";

/** Administrators at work, and the nightly backup. */
export function administration(book: DayBook): void {
  const { estate } = book;
  const { rng } = book;
  const windows = new Windows(book);
  const network = new Network(book);
  const jump = hostOf(estate, "jump");
  const controller = hostOf(estate, "domain_controller");
  const servers = estate.hosts.filter((host) => host.role !== "workstation" && !host.linux);
  const offset = estate.description.office.utc_offset_minutes * MINUTE;
  if (isWorkday(estate, book.day))
    for (const [n, admin] of estate.administrators.entries()) {
      const at = book.day + (8.2 + rng.float() * 7) * HOUR - offset;
      const desk = estate.workstations[n + 14] ?? (estate.workstations[0] as Host);
      const session = windows.logon(jump, at, admin, 10, desk, 3 * HOUR);
      windows.tickets(controller, at, admin, desk, [jump]);
      network.flow(at, {
        from: desk.address,
        to: jump.address,
        port: 3389,
        out: 200000,
        in: 4000000,
        seconds: 9000,
        service: "rdp",
      });
      const explorer = windows.run(
        jump,
        at + 5 * SECOND,
        "explorer",
        "C:\\Windows\\Explorer.EXE",
        windows.standing(jump, "userinit", session),
      );
      // Each looks after the same servers, day by day.
      const own = servers.filter(
        (_, index) => index % estate.administrators.length === n && servers[index] !== jump,
      );
      for (const [index, server] of own.entries()) {
        if (!rng.chance(0.5)) continue;
        const then = at + (10 + 35 * index + rng.int(20)) * MINUTE;
        windows.run(jump, then, "mstsc", `"C:\\Windows\\system32\\mstsc.exe" /v:${server.name}`, explorer);
        windows.explicitLogon(
          jump,
          then + SECOND,
          session,
          admin,
          server,
          "C:\\Windows\\System32\\lsass.exe",
        );
        const there = windows.logon(server, then + 2 * SECOND, admin, 10, jump, 25 * MINUTE);
        windows.tickets(controller, then, admin, jump, [server]);
        network.flow(then, {
          from: jump.address,
          to: server.address,
          port: 3389,
          out: 90000,
          in: 1800000,
          seconds: 1500,
          service: "rdp",
        });
        const shell = windows.run(
          server,
          then + 9 * SECOND,
          "explorer",
          "C:\\Windows\\Explorer.EXE",
          windows.standing(server, "userinit", there),
        );
        windows.run(server, then + MINUTE, "powershell", "powershell.exe", shell);
        windows.script(
          server,
          then + 2 * MINUTE,
          there,
          rng.pick([
            "Get-Service | Where-Object Status -eq Stopped",
            "Get-EventLog -LogName System -Newest 50",
            "Get-ChildItem C:\\ -Recurse | Measure-Object Length -Sum",
            "Restart-Service Spooler",
          ]),
        );
      }
      helpDesk(book, admin, desk, at + 4 * HOUR, windows, network);
    }
  const backup = hostOf(estate, "backup");
  for (const [n, server] of servers.entries()) {
    if (server === backup) continue;
    const at = book.day + 16 * HOUR + n * 6 * MINUTE;
    windows.logon(server, at, estate.backupAccount, 3, backup, 5 * MINUTE);
    windows.run(
      server,
      at + 5 * SECOND,
      "backup",
      '"C:\\Program Files\\Veeam\\Backup\\VeeamAgent.exe" -session nightly',
      windows.standing(server, "services"),
    );
    network.flow(at, {
      from: server.address,
      to: backup.address,
      port: 2500,
      out: 300e6 + rng.int(4e8),
      in: 90000,
      seconds: 280,
    });
  }
  network.tls(book.day + 19 * HOUR, backup, "vault.backup-provider.example", 3e9 + rng.int(1e9), 2e6);
}

/** Help at a desk: PsExec or a remote shell, and the questions that help desks ask. */
function helpDesk(
  book: DayBook,
  admin: Host["owner"],
  desk: Host,
  at: number,
  windows: Windows,
  network: Network,
): void {
  const { rng, estate } = book;
  if (!rng.chance(0.5)) return;
  const host = rng.pick(estate.workstations);
  const session = windows.logon(host, at, admin, 3, desk, 20 * MINUTE);
  const byService = rng.chance(0.4);
  network.flow(at, {
    from: desk.address,
    to: host.address,
    port: byService ? 445 : 5985,
    out: 30000,
    in: 30000,
    seconds: 600,
  });
  if (byService)
    windows.service(host, at + SECOND, session, "PSEXESVC", "%SystemRoot%\\PSEXESVC.exe", "demand start");
  const services = windows.standing(host, byService ? "services" : "svchost");
  const parent = byService
    ? windows.run(host, at + 2 * SECOND, "psexesvc", "C:\\Windows\\PSEXESVC.exe", services)
    : windows.run(
        host,
        at + 2 * SECOND,
        "wsmprovhost",
        "C:\\Windows\\system32\\wsmprovhost.exe -Embedding",
        services,
        session,
      );
  const shell = windows.run(host, at + 4 * SECOND, "cmd", "cmd.exe", parent, session);
  const questions = rng.shuffled(estate.description.software.help_desk).slice(0, 1 + rng.int(2));
  for (const [n, command] of questions.entries())
    windows.run(host, at + (20 + n * 45) * SECOND, command.split(" ")[0] as string, command, shell);
}
