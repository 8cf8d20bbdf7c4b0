import { AUTHORITIES, type Certificate, issued, selfSigned } from "./certificates.js";
import { DAY, micros } from "./clock.js";
import type { CampaignDescription, Description } from "./description.js";
import { type Rng, rngFor } from "./rng.js";

/** One name of the campaign and where it stood. */
export interface CampaignServer {
  name: string;
  domain: string;
  /** In order; each holds until the next begins. */
  stays: { address: string; from: number }[];
  certificate: Certificate;
  tls13: boolean;
}

export interface Infrastructure {
  servers: CampaignServer[];
  ports: Map<string, number[]>;
}

interface Plan {
  name: string;
  address: string;
  certificate: "shared" | "domain" | "own";
  moves_to?: string | undefined;
  moves_on?: string | undefined;
}

/** Labels and words of the published names: an invented campaign must share none of the names made of them. */
function inventName(rng: Rng, words: CampaignDescription["invented"]): string {
  const shape = rng.int(5);
  const idea = rng.pick(words.ideas);
  const second = rng.pick(words.ideas);
  const stem = [
    `${rng.pick(words.adjectives)}${idea}`,
    `${idea}${rng.pick(words.nouns)}`,
    `${rng.pick(words.nouns)}-${idea}`,
    idea === second ? `my${idea}` : `${idea}${second}`,
    `${rng.pick(words.adjectives)}-${idea}`,
  ][shape];
  return `${stem}.${rng.pick(words.tlds)}`;
}

function invent(description: Description, seed: number): { plans: Plan[]; ports: Map<string, number[]> } {
  const rng = rngFor(seed, "infrastructure");
  const { invented, published } = description.campaign;
  const known = new Set(Object.keys(published.ports));
  const ports = new Map<string, number[]>();
  while (ports.size < invented.addresses) {
    const address = `${rng.pick(invented.prefixes)}.${rng.int(256)}.${1 + rng.int(254)}`;
    if (known.has(address) || ports.has(address)) continue;
    const count = 1 + rng.int(ports.size === 0 ? 8 : 4);
    const drawn = new Set(ports.size === 0 ? [443, 80] : []);
    while (drawn.size < count) drawn.add(rng.chance(0.7) ? rng.pick(invented.ports) : 1024 + rng.int(40000));
    ports.set(
      address,
      [...drawn].sort((a, b) => a - b),
    );
  }
  const addresses = [...ports.keys()];
  const family = rng.shuffled(invented.labels).slice(0, 6);
  const domains = new Set<string>();
  while (domains.size < invented.domains) domains.add(inventName(rng, invented));
  const plans: Plan[] = [];
  let next = 0;
  for (const domain of domains) {
    for (const label of rng.shuffled(family).slice(0, 3 + rng.int(2))) {
      const certificate = rng.pick(["shared", "shared", "domain", "own"] as const);
      plans.push({
        name: `${label}.${domain}`,
        address: addresses[next++ % addresses.length] ?? "",
        certificate,
      });
    }
  }
  const mover = plans[plans.length - 1];
  if (mover) {
    mover.moves_to = addresses[(next + 1) % addresses.length];
    mover.moves_on = new Date((micros("2023-09-14") + rng.int(10 * 86400) * 1e6) / 1000).toISOString();
  }
  return { plans, ports };
}

/** The published servers with the default seed, freshly invented ones with any other. */
export function buildInfrastructure(description: Description, seed: number): Infrastructure {
  const usesFacts = seed === description.default_seed;
  const { published } = description.campaign;
  const { plans, ports } = usesFacts
    ? { plans: published.servers as Plan[], ports: new Map(Object.entries(published.ports)) }
    : invent(description, seed);
  const rng = rngFor(seed, "campaign certificates");
  const start = micros(description.period.from);
  const domainOf = (name: string): string => name.split(".").slice(-2).join(".");
  const bought = start - rng.int(40) * DAY;
  const owner = domainOf(plans[0]?.name ?? "");
  const shared = selfSigned(
    `CN=${owner},O=${rng.pick(["Internet Services", "IT Department", "Default Company Ltd"])},C=US`,
    bought,
    10,
    [],
  );
  const free = AUTHORITIES[0];
  const byDomain = new Map<string, Certificate>();
  const servers = plans.map((plan): CampaignServer => {
    const domain = domainOf(plan.name);
    const names = plans.map((other) => other.name).filter((name) => domainOf(name) === domain);
    let certificate = shared;
    if (free && plan.certificate === "own") certificate = issued(free, [plan.name], start - rng.int(9) * DAY);
    if (free && plan.certificate === "domain") {
      certificate = byDomain.get(domain) ?? issued(free, names, start - rng.int(9) * DAY);
      byDomain.set(domain, certificate);
    }
    const stays = [{ address: plan.address, from: 0 }];
    if (plan.moves_to && plan.moves_on) stays.push({ address: plan.moves_to, from: micros(plan.moves_on) });
    return { name: plan.name, domain, stays, certificate, tls13: rng.chance(0.15) };
  });
  return { servers, ports };
}

export function addressAt(server: CampaignServer, ts: number): string {
  let address = "";
  for (const stay of server.stays) if (stay.from <= ts) address = stay.address;
  return address;
}

/** Ports on which nobody expects TLS: the implants speak plain HTTP there, or something of their own. */
const PLAIN = new Set([80, 81, 82, 8080, 8081, 8086, 8000, 8008, 8082, 8880]);
const RAW = new Set([769, 9200, 3389, 5000, 8087]);

export function protocolOn(port: number): "tls" | "http" | "raw" {
  if (RAW.has(port)) return "raw";
  return PLAIN.has(port) ? "http" : "tls";
}
