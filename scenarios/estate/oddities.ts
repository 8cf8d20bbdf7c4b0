import { HOUR, MINUTE, SECOND } from "../engine/clock.js";
import type { DayBook } from "./day-book.js";
import { hostOf, odditiesOf } from "./estate.js";
import { Network } from "./network.js";
import { Windows } from "./windows.js";

/** What looks like an intruder's work and is none: it is in the way of whoever raises alerts by single events. */
export function honestOddities(book: DayBook): void {
  const { estate, rng } = book;
  const windows = new Windows(book);
  const network = new Network(book);
  const at = book.day + 4 * HOUR;
  const { finance, rebuilt, rebuiltOn, clearedOn } = odditiesOf(estate);
  const [date, index] = [new Date(book.day / 1000).getUTCDate(), estate.days.indexOf(book.day)];
  // The month's figures go to the treasury, packed with a password, as every month.
  if (date === 27 || date === 5) {
    const session = windows.session(finance.owner, 1);
    const explorer = windows.standing(finance, "explorer", session);
    const folder = `C:\\Users\\${finance.owner.name}\\Documents\\Treasury`;
    const path = "C:\\Program Files\\7-Zip\\7z.exe";
    const packer = { path, original: "7z.exe", company: "Igor Pavlov", description: "7-Zip Console" };
    const command = `"${path}" a -p****** "${folder}\\figures-${date}.zip" "${folder}\\*.xlsx"`;
    windows.file(
      finance,
      at + 5 * SECOND,
      windows.start(finance, at, packer, command, explorer),
      `${folder}\\figures-${date}.zip`,
    );
    const { path: winscp } = windows.program("winscp");
    windows.run(finance, at + 2 * MINUTE, "winscp", `"${winscp}"`, explorer);
    const to = Network.addressOf("ftp.treasury.example.org");
    network.ask(at + 2 * MINUTE, finance, "ftp.treasury.example.org", to);
    network.ftp(at + 3 * MINUTE, finance, to, {
      user: "ministry",
      file: `figures-${date}.zip`,
      size: 12e6 + rng.int(9e6),
      seconds: 40,
    });
  }
  // A machine is set up anew: its logs begin at one again, and nobody cleared them.
  if (index === rebuiltOn) {
    for (const channel of ["Security", "System", "Microsoft-Windows-Sysmon/Operational"] as const)
      book.restore(rebuilt, book.day + 12 * HOUR, channel, Number.MAX_SAFE_INTEGER);
    windows.reboot(rebuilt, book.day + 12 * HOUR + MINUTE, "Operating System: Reconfiguration (Planned)");
  }
  // An administrator empties the log of an application on a server.
  if (index === clearedOn) {
    const [admin] = estate.administrators;
    const server = hostOf(estate, "application");
    if (admin)
      windows.cleared(
        server,
        at,
        windows.logon(server, at - MINUTE, admin, 3, hostOf(estate, "jump")),
        "Application",
      );
  }
}
