import type { Description, OrganisationRow } from "./description.js";
import { rngFor } from "./rng.js";
import { ascii } from "./slab.js";

export interface Host {
  /** As text in the logs. */
  address: Uint8Array;
  text: string;
  organisation: Organisation;
}

export interface Organisation extends OrganisationRow {
  victim: boolean;
  /** Private addresses, or public addresses that many computers share. */
  translated: boolean;
  workstations: Host[];
  /** What the organisation's computers ask for names. */
  resolver: Uint8Array;
  resolverInside: boolean;
  directory: Host;
  files: Host;
  web: Host;
  mail: Host;
}

export interface Sensor {
  id: string;
  realm: string;
  organisations: Organisation[];
  /** All workstations behind the sensor. */
  hosts: Host[];
  /** Share of all ordinary traffic. */
  share: number;
}

function octets(cidr: string): { base: number; size: number } {
  const [address = "", bits = "32"] = cidr.split("/");
  const base = address.split(".").reduce((value, part) => value * 256 + Number(part), 0);
  return { base, size: 2 ** (32 - Number(bits)) };
}

export function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/**
 * The address of an organisation's n-th computer. It depends on nothing else, so that a campaign keeps its computers
 * when the scale changes. 199 is prime: 73n runs through all last octets before one comes again.
 */
function workstationAddress(row: OrganisationRow, n: number): string {
  const { base, size } = octets(row.cidr);
  if (size < 256) return dotted(base + 1 + (n % (size - 4)));
  const networks = size / 256 - 1;
  return dotted(base + (1 + (Math.floor(n / 199) % networks)) * 256 + 20 + ((n * 73) % 199));
}

const PUBLIC_RESOLVERS = ["8.8.8.8", "1.1.1.1", "8.8.4.4", "9.9.9.9"];

function organisation(row: OrganisationRow, index: number, victim: boolean, scale: number): Organisation {
  const { base, size } = octets(row.cidr);
  const translated = size < 256;
  const inside = (offset: number): string => dotted(translated ? base + size - 2 : base + offset);
  const wanted = Math.max(4, Math.round(row.hosts * Math.sqrt(scale)));
  const most = translated ? size - 4 : (size / 256 - 1) * 199;
  // Seen from outside, an organisation's computers share few addresses; a larger one does not get many more.
  const count = Math.min(most, translated ? Math.max(4, Math.ceil(wanted / 3)) : wanted);
  const made: Organisation = {
    ...row,
    victim,
    translated,
    workstations: [],
    resolver: ascii(translated ? (PUBLIC_RESOLVERS[index % 4] as string) : inside(10)),
    resolverInside: !translated,
    directory: undefined as unknown as Host,
    files: undefined as unknown as Host,
    web: undefined as unknown as Host,
    mail: undefined as unknown as Host,
  };
  const host = (text: string): Host => ({ address: ascii(text), text, organisation: made });
  made.directory = host(inside(10));
  made.files = host(inside(25));
  made.web = host(inside(30));
  made.mail = host(inside(20));
  for (let n = 0; n < count; n++) made.workstations.push(host(workstationAddress(row, n)));
  return made;
}

/** Which organisations are victims: each subsector of the case gives two, the rest are drawn. */
function drawVictims(description: Description, seed: number): Set<string> {
  const rng = rngFor(seed, "victims");
  const chosen: string[] = [];
  const left: string[] = [];
  for (const subsector of description.victim_subsectors) {
    const candidates = description.organisations.filter((row) => row.subsector === subsector);
    const drawn = rng.shuffled(candidates.map((row) => row.id));
    chosen.push(...drawn.slice(0, 2));
    left.push(...drawn.slice(2));
  }
  chosen.push(...rng.shuffled(left).slice(0, description.victims - chosen.length));
  if (chosen.length !== description.victims)
    throw new Error("simulate: too few organisations for the victims");
  return new Set(chosen);
}

export function buildSensors(description: Description, seed: number, scale: number): Sensor[] {
  const victims = drawVictims(description, seed);
  const all = description.organisations.map((row, i) => organisation(row, i, victims.has(row.id), scale));
  const total = all.reduce((sum, org) => sum + org.hosts, 0);
  return description.sensors.map(({ id, realm }) => {
    const organisations = all.filter((org) => org.sensor === id);
    const share = organisations.reduce((sum, org) => sum + org.hosts, 0) / total;
    return { id, realm, organisations, hosts: organisations.flatMap((org) => org.workstations), share };
  });
}
