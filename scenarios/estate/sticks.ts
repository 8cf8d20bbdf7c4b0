import { MINUTE, SECOND } from "../engine/clock.js";
import type { Rng } from "../engine/rng.js";
import type { Account, Host } from "./estate.js";
import { hex } from "./estate.js";
import type { Process, Windows } from "./windows.js";

/** A stick in a host. */
interface Stick {
  /** `E:` */
  drive: string;
  maker: string;
  model: string;
  serial: string;
}

/** Somebody's stick, and the letter that it has where it is plugged in. */
export function stickOf(windows: Windows, rng: Rng, owner: Account): Stick {
  const [maker, model] = rng.pick(windows.book.estate.description.software.sticks.models);
  const serial = hex(`stick of ${owner.name}`, 16).toUpperCase();
  return { drive: driveOf(rng), maker, model, serial };
}

/** A stick has another letter in another host. */
export const driveOf = (rng: Rng): string => rng.pick(["D:", "E:", "E:", "F:"]);

/** What Windows tells of it by itself, what it audits where that is asked for, and what Sysmon sees of its letter. */
export function plugIn(
  windows: Windows,
  host: Host,
  ts: number,
  { drive, maker, model, serial }: Stick,
): void {
  const device = `USBSTOR\\Disk&Ven_${maker}&Prod_${model.replaceAll(" ", "_")}&Rev_1.00\\${serial}&0`;
  windows.disk(host, ts, { maker, model, serial, device });
  if (host.audited) windows.device(host, ts + SECOND, device, `${maker} ${model} USB Device`);
  const system = windows.standing(host, "svchost");
  const kernel: Process = { ...system, pid: 4, program: { ...system.program, path: "System" } };
  windows.registry(
    host,
    ts + 2 * SECOND,
    kernel,
    `HKLM\\System\\MountedDevices\\\\DosDevices\\${drive}`,
    "Binary Data",
  );
}

type Use = (windows: Windows, host: Host, at: number, drive: string, explorer: Process, rng: Rng) => void;

const opened: Use = (windows, host, at, drive, explorer, rng) => {
  const { documents } = windows.book.estate.description.software;
  const document = `${drive}\\${rng.pick(documents)}-${rng.int(90)}.docx`;
  const { path } = windows.program("word", host.owner.name);
  const word = windows.run(host, at, "word", `"${path}" "${document}"`, explorer);
  windows.file(host, at + 20 * SECOND, word, document);
};

const copied: Use = (windows, host, at, drive, explorer, rng) => {
  const { documents } = windows.book.estate.description.software;
  for (let n = 0; n < 2 + rng.int(12); n++)
    windows.file(
      host,
      at + n * 700_000,
      explorer,
      `${drive}\\Work\\${rng.pick(documents)}-${rng.int(90)}.xlsx`,
    );
};

/** Portable programs are signed, and what they bring along is not; their settings stay on the stick. */
const portable: Use = (windows, host, at, drive, explorer, rng) => {
  const [program, company, library] = rng.pick(windows.book.estate.description.software.sticks.portable);
  const folder = `${drive}\\PortableApps\\${program}`;
  const path = `${folder}\\${program}.exe`;
  const made = { path, original: `${program}.exe`, company, description: program };
  const started = windows.start(host, at, made, `"${path}"`, explorer);
  windows.load(host, at + 60_000, started, path, company);
  windows.load(host, at + 90_000, started, `${folder}\\${library}`, "");
  windows.file(host, at + 30 * SECOND, started, `${folder}\\Data\\${program}.ini`);
};

/** It unpacks itself and installs where programs are. */
const installer: Use = (windows, host, at, drive, explorer, rng) => {
  const [name, company, target] = rng.pick(windows.book.estate.description.software.sticks.installers);
  const path = `${drive}\\${name}`;
  const made = { path, original: "", company, description: `${target} Setup` };
  const started = windows.start(host, at, made, `"${path}"`, explorer);
  windows.load(host, at + 60_000, started, path, company);
  const folder = `C:\\Users\\${host.owner.name}\\AppData\\Local\\Temp\\${hex(`${at}`, 6)}.tmp`;
  windows.file(host, at + 2 * SECOND, started, `${folder}\\setup.tmp.exe`);
  const unpacked = { ...made, path: `${folder}\\setup.tmp.exe` };
  const inner = windows.start(host, at + 3 * SECOND, unpacked, `"${unpacked.path}" /SL5`, started);
  for (const file of [`${target}.exe`, "core.dll", "unins000.exe"])
    windows.file(host, at + 9 * SECOND, inner, `C:\\Program Files\\${target}\\${file}`);
};

/** The same stick of tools goes from desk to desk. */
const tools: Use = (windows, host, at, drive, explorer) => {
  for (const [n, [program, company]] of windows.book.estate.description.software.sticks.tools.entries()) {
    const path = `${drive}\\Tools\\${program}`;
    windows.start(
      host,
      at + n * 2 * MINUTE,
      { path, original: program, company, description: program },
      `"${path}"`,
      explorer,
    );
  }
};

const USES: readonly Use[] = [opened, opened, copied, copied, portable, portable, installer, tools];

/** Ordinary use of a stick. */
export function useStick(windows: Windows, host: Host, at: number, explorer: Process, rng: Rng): void {
  const use = rng.pick(USES);
  const { administrators } = windows.book.estate;
  const owner = use === tools ? (administrators[0] ?? host.owner) : host.owner;
  const stick = stickOf(windows, rng, owner);
  plugIn(windows, host, at, stick);
  use(windows, host, at + (1 + rng.int(9)) * MINUTE, stick.drive, explorer, rng);
}
