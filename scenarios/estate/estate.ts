import { createHash } from "node:crypto";
import { DAY, daysOf } from "../engine/clock.js";
import { type Rng, rngFor } from "../engine/rng.js";
import { type EstateDescription, loadEstate } from "./description.js";

export interface Account {
  name: string;
  sid: string;
  kind: "user" | "administrator" | "service" | "system";
}

export interface Host {
  /** As Windows writes it in Computer: the full name. */
  computer: string;
  name: string;
  address: string;
  mac: string;
  role: string;
  criticality: number;
  department: string;
  owner: Account;
  sysmon: boolean;
  /** Whether process creation is audited, beside Sysmon. */
  audited: boolean;
  linux: boolean;
  /** Begins every process GUID of the machine, as Sysmon makes them of the machine's GUID. */
  machine: string;
}

/** Everything that is decided before the first row: a function of scenario, seed and scale alone. */
export interface Estate {
  description: EstateDescription;
  organisation: EstateDescription["organisations"][number];
  seed: number;
  scale: number;
  days: number[];
  hosts: Host[];
  workstations: Host[];
  administrators: Account[];
  backupAccount: Account;
  inHouse: { program: string; department: string };
  realm: string;
}

export const SYSTEM: Account = { name: "SYSTEM", sid: "S-1-5-18", kind: "system" };

export function hex(label: string, length: number): string {
  return createHash("sha256").update(label).digest("hex").slice(0, length);
}

function isRest(description: EstateDescription, day: number): boolean {
  const weekday = (Math.floor(day / DAY) + 4) % 7;
  const date = new Date(day / 1000).toISOString().slice(0, 10);
  return weekday === 0 || weekday === 6 || description.office.holidays.includes(date);
}

/** Local noon of the day decides whether people work on it. */
export function isWorkday(estate: Estate, day: number): boolean {
  return !isRest(estate.description, day);
}

export function buildEstate(id: string, seed: number, scale: number): Estate {
  const description = loadEstate(id);
  const rng = rngFor(seed, "estate");
  const organisation = rng.pick(description.organisations);
  const pattern = rng.pick(description.workstation_names);
  const authority = `S-1-5-21-${rng.u32()}-${rng.u32()}-${rng.u32()}`;
  const network = `10.${20 + rng.int(200)}`;
  let rid = 1105;
  const account = (name: string, kind: Account["kind"]): Account => ({
    name,
    kind,
    sid: `${authority}-${rid++}`,
  });
  const names = namesOf(description, rng);
  const administrators = Array.from({ length: 4 }, () => account(`adm-${names()}`, "administrator"));
  const backupAccount = account("svc-backup", "service");
  const make = (name: string, address: string, role: string, rest: Partial<Host>): Host => ({
    name,
    computer: `${name}.${organisation.domain}`,
    address,
    mac: `00:50:56:${hex(`${seed} mac ${name}`, 6).replace(/(..)(?=.)/g, "$1:")}`,
    role,
    criticality: 1,
    department: "",
    owner: administrators[0] as Account,
    sysmon: true,
    audited: true,
    linux: false,
    machine: hex(`${seed} machine ${name}`, 8),
    ...rest,
  });
  const servers = [
    ...description.servers.map((row) => ({ row, linux: false })),
    ...description.linux_servers.map((row) => ({ row, linux: true })),
  ].map(({ row: [role, name, octet, criticality], linux }) =>
    make(name, `${network}.0.${octet}`, role, { criticality, linux }),
  );
  const count = Math.max(description.fewest_workstations, Math.round(description.workstations * scale));
  let number = 1000;
  const workstations = Array.from({ length: count }, (_, n) => {
    // Numbers of machines that were taken away are not given again.
    number += 1 + rng.int(3);
    const name = pattern.replace("{n}", String(number)).replace("{org}", organisation.netbios.slice(0, 4));
    return make(name, `${network}.${10 + Math.floor(n / 240)}.${10 + (n % 240)}`, "workstation", {
      department: description.departments[n % description.departments.length] as string,
      owner: account(names(), "user"),
      // Agents are missing here and there, as everywhere.
      sysmon: n < 24 || rng.chance(0.93),
      audited: rng.chance(0.35),
    });
  });
  return {
    description,
    organisation,
    seed,
    scale,
    days: daysOf(description.period.from, description.period.to),
    hosts: [...servers, ...workstations],
    workstations,
    administrators,
    backupAccount,
    inHouse: {
      program: rng.pick(description.software.in_house),
      department: rng.pick(description.departments),
    },
    realm: organisation.id,
  };
}

function namesOf(description: EstateDescription, rng: Rng): () => string {
  const taken = new Map<string, number>();
  return () => {
    const name = `${rng.pick(description.given_names)}.${rng.pick(description.family_names)}`;
    const before = taken.get(name) ?? 0;
    taken.set(name, before + 1);
    return before === 0 ? name : `${name}${before + 1}`;
  };
}

/** The one host of a role. */
export function hostOf(estate: Estate, role: string): Host {
  const host = estate.hosts.find((each) => each.role === role);
  if (!host) throw new Error(`scenario ${estate.description.id}: no host is a ${role}`);
  return host;
}

/** Hosts and days of honest work that looks like an intruder's. None of the hosts is one that intruders may choose. */
export function odditiesOf(estate: Estate): {
  finance: Host;
  rebuilt: Host;
  rebuiltOn: number;
  clearedOn: number;
} {
  const rng = rngFor(estate.seed, "oddities");
  const [finance, rebuilt] = rng.shuffled(estate.workstations.slice(12, 24)) as [Host, Host];
  return { finance, rebuilt, rebuiltOn: 20 + rng.int(20), clearedOn: 7 + rng.int(40) };
}
