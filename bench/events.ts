import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { simulate } from "../scenarios/index.js";

/** Half a million events of some hundred Windows hosts in two months. */
const BASE_SCALE = 0.46;
const SEED = 2026;
const WEEK = 7 * 86_400_000;
/** Weeks over which copies are spread: many copies are more hosts, not years of logs. */
const WEEKS = 4;
const BLOCK = 1 << 20;

/**
 * Event logs of a simulated network (`south-east-asia-2026`), multiplied: each copy has hosts, accounts, SIDs, process GUIDs and addresses of its own, and
 * is moved by whole weeks. The intrusions are in the first alone: from the others the hosts that they touched are left out. Synthetic. Made once
 * and kept.
 *
 * @returns the folder, with a configuration
 */
export async function multipliedEvents(folder: string, copies: number): Promise<string> {
  const out = join(folder, `events-${copies}`);
  const done = `${out}.done`;
  if (existsSync(done)) return out;
  const base = join(folder, "events-base");
  for (const each of [base, out]) rmSync(each, { recursive: true, force: true });
  await simulate({ scenario: "south-east-asia-2026", out: base, seed: SEED, scale: BASE_SCALE });
  const network = await networkOf(base);
  const logs = join(base, "logs", "windows");
  const target = join(out, "logs", "windows");
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(logs))
    await pipeline(
      copiesOf(await readGzip(join(logs, file)), network, copies),
      createGzip({ level: 1 }),
      createWriteStream(join(target, file)),
    );
  writeFileSync(join(out, "longwatch.yaml"), CONFIGURATION);
  writeFileSync(
    join(out, "organisations.csv"),
    "cidr,realm,org_id,org,sector,subsector,valid_from,valid_to,source\n10.0.0.0/8,ministry,ministry,Ministry,government,ministry,,,simulated\n",
  );
  rmSync(base, { recursive: true, force: true });
  mkdirSync(done);
  return out;
}

const CONFIGURATION = `case: { name: Multiplied events of Windows hosts, synthetic: true }
organisations: organisations.csv
sensors: [{ id: collector, path: "logs/**", realm: ministry }]
`;

interface Network {
  /** Hosts that an intrusion touched, as `Computer` has them. */
  victims: ReadonlySet<string>;
  /** What must differ between two copies: names of hosts and accounts, addresses, SIDs, GUIDs, days. */
  own: RegExp;
  /** First two octets. */
  addresses: string;
}

async function networkOf(base: string): Promise<Network> {
  const { victims } = JSON.parse(readFileSync(join(base, "truth.json"), "utf8")) as {
    victims: { hosts: string[] }[];
  };
  const addresses =
    /^\d+\.\d+\./m.exec(readFileSync(join(base, "organisations.csv"), "utf8"))?.[0] ?? "10.0.";
  const names = new Set<string>();
  for (const file of readdirSync(join(base, "logs", "windows")))
    for (const [, host, account] of (await readGzip(join(base, "logs", "windows", file))).matchAll(
      /"Computer":"([^".]+)|UserSid":"S-1-5-21-[\d-]+","\w+UserName":"([^"$]+)"/g,
    ))
      names.add(host ?? account ?? "");
  const escaped = [...names].map((name) => name.replaceAll(/[.$-]/g, "\\$&"));
  const own = [
    `(?<![\\w.-])(?:${escaped.join("|")})(?![\\w-])`,
    `\\b${addresses.replaceAll(".", "\\.")}`,
    "S-1-5-21-\\d+",
    // Those of processes and logons, which begin with the machine's; a provider has the same everywhere.
    '(?<!"Guid":")\\{[0-9a-f]{8}-',
    "\\b2026-\\d\\d-\\d\\d",
  ];
  return {
    victims: new Set(victims.flatMap(({ hosts }) => hosts)),
    addresses,
    own: new RegExp(`(${own.join("|")})`, "gi"),
  };
}

const readGzip = (path: string): Promise<string> => text(createReadStream(path).pipe(createGunzip()));

/** The lines of one file, then those of each copy. */
function* copiesOf(lines: string, { victims, own, addresses }: Network, copies: number): Generator<string> {
  yield lines;
  const ordinary = lines
    .split(/(?<=\n)/)
    .filter((line) => !victims.has(/"Computer":"([^"]*)"/.exec(line)?.[1] ?? ""))
    .join("");
  // Every second part is one of the network's own.
  const parts = copies > 1 ? ordinary.split(own) : [];
  for (let copy = 1; copy < copies; copy++) {
    const renamed = new Map<string, string>();
    let block = "";
    for (const [index, part] of parts.entries()) {
      if (index % 2 === 0) block += part;
      else {
        const known = renamed.get(part) ?? renamedIn(copy, part, addresses);
        renamed.set(part, known);
        block += known;
      }
      if (block.length < BLOCK) continue;
      yield block;
      block = "";
    }
    yield block;
  }
}

function renamedIn(copy: number, own: string, addresses: string): string {
  if (own === addresses) return `10.${(Number(addresses.split(".")[1]) + copy) % 256}.`;
  if (/^S-1-5-21-\d+$/.test(own)) return `S-1-5-21-${Number(own.slice(9)) + copy}`;
  if (own.startsWith("{")) {
    const machine = (Number.parseInt(own.slice(1), 16) ^ copy) >>> 0;
    return `{${machine.toString(16).padStart(8, "0")}-`;
  }
  if (/^2026-\d\d-\d\d$/.test(own))
    return new Date(Date.parse(own) + (copy % WEEKS) * WEEK).toISOString().slice(0, 10);
  return `${own}-${copy}`;
}
