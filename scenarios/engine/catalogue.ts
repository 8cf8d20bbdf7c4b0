import { AUTHORITIES, type Certificate, issued, selfSigned } from "./certificates.js";
import { DAY, micros } from "./clock.js";
import type { Description } from "./description.js";
import { type Rng, rngFor, zipfTable } from "./rng.js";
import { ascii } from "./slab.js";

/** Somewhere that computers connect to. Texts are kept as bytes, ready to be copied into rows. */
export interface Site {
  name: string;
  nameBytes: Uint8Array;
  addresses: Uint8Array[];
  answers: Uint8Array;
  ttls: Uint8Array;
  port: number;
  /** TLS 1.3 hides the certificate from the sensor. */
  tls13: boolean;
  certificate: Certificate | undefined;
}

export interface Agent {
  site: Site;
  seconds: number;
}

export interface OwnServer {
  organisation: string;
  site: Site;
  night: boolean;
  megabytes: number;
}

export interface Catalogue {
  /** By popularity. */
  web: Site[];
  /** 16 random bits to an index of `web`. */
  webRank: Uint16Array;
  kinds: Record<string, Site[]>;
  agents: Agent[];
  own: OwnServer[];
  /** Small sites; each organisation takes a few as its own habits. */
  small: Site[];
}

function addressesFrom(rng: Rng, prefixes: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => `${rng.pick(prefixes)}.${rng.int(256)}.${1 + rng.int(254)}`);
}

const TTLS = [20, 30, 60, 60, 120, 300, 300, 300, 600, 1800, 3600];

export function siteOf(rng: Rng, name: string, addresses: string[], port: number, found?: Certificate): Site {
  const ttl = rng.pick(TTLS);
  return {
    name,
    nameBytes: ascii(name),
    addresses: addresses.map(ascii),
    answers: ascii(addresses.join(",")),
    ttls: ascii(addresses.map(() => `${ttl}.000000`).join(",")),
    port,
    tls13: rng.chance(0.78),
    certificate: found,
  };
}

function issuedBefore(rng: Rng, start: number): number {
  return start - Math.floor(rng.between(2, 60)) * DAY;
}

function knownSites(description: Description, rng: Rng, start: number): Record<string, Site[]> {
  const kinds: Record<string, Site[]> = {};
  for (const [kind, text] of Object.entries(description.services.sites)) {
    const sites: Site[] = [];
    for (const line of text.trim().split("\n")) {
      const [pool = "", ...names] = line.trim().split(/\s+/);
      const prefixes = description.services.pools[pool];
      if (!prefixes) throw new Error(`simulate: services.yaml: unknown pool "${pool}" of ${kind}`);
      const authority = pool === "google" ? AUTHORITIES[1] : rng.pick(AUTHORITIES.slice(2));
      for (const name of names) {
        const port = { push: 443, mail: 993, call: 3478, http: 80, ntp: 123 }[kind] ?? 443;
        const real = authority ? issued(authority, [name], issuedBefore(rng, start)) : undefined;
        sites.push(siteOf(rng, name, addressesFrom(rng, prefixes, 1 + rng.int(4)), port, real));
      }
    }
    kinds[kind] = sites;
  }
  return kinds;
}

/** Small web sites: a few shared hosts and content networks carry many of them, others have a server of their own. */
function smallSites(description: Description, rng: Rng, start: number, count: number): Site[] {
  const { words, services } = description;
  const hosting = services.pools.hosting ?? [];
  const sharedHosts = addressesFrom(rng, hosting, 60);
  const network = addressesFrom(rng, services.pools.cloudflare ?? [], 80);
  const taken = new Set<string>();
  const sites: Site[] = [];
  while (sites.length < count) {
    const domain = `${rng.pick(words.first)}${rng.pick(["", "", "", "-"])}${rng.pick(words.second)}.${rng.pick(words.tlds)}`;
    const label = rng.pick(words.labels);
    const name = label === "" ? domain : `${label}.${domain}`;
    if (taken.has(name)) continue;
    taken.add(name);
    const where = rng.float();
    const addresses =
      where < 0.4
        ? [rng.pick(network), rng.pick(network)]
        : where < 0.75
          ? [rng.pick(sharedHosts)]
          : addressesFrom(rng, hosting, 1);
    const odd = where >= 0.75 && rng.chance(0.04);
    const port = odd ? rng.pick([8443, 2083, 2096, 8080, 10443, 4443]) : 443;
    const authority = rng.chance(0.8) ? AUTHORITIES[0] : rng.pick(AUTHORITIES.slice(2));
    const names = [domain, `www.${domain}`];
    const real = authority ? issued(authority, names, issuedBefore(rng, start)) : undefined;
    sites.push(siteOf(rng, name, addresses, port, real));
  }
  return sites;
}

/** The same at every scale: more traffic must not mean another Internet. */
const SMALL_SITES = 4800;

export function buildCatalogue(description: Description, seed: number): Catalogue {
  const rng = rngFor(seed, "catalogue");
  const start = micros(description.period.from);
  const kinds = knownSites(description, rng, start);
  const small = smallSites(description, rng, start, SMALL_SITES);
  const web = [...(kinds.web ?? []), ...small];
  const agents = description.services.agents
    .trim()
    .split("\n")
    .map((line): Agent => {
      const [pool = "", name = "", port = "443", seconds = "3600"] = line.trim().split(/\s+/);
      const prefixes = description.services.pools[pool] ?? [];
      const authority = AUTHORITIES[2];
      const real = authority ? issued(authority, [name], issuedBefore(rng, start)) : undefined;
      return {
        site: siteOf(rng, name, addressesFrom(rng, prefixes, 1), Number(port), real),
        seconds: Number(seconds),
      };
    });
  const own = description.services.own_servers.map((entry): OwnServer => {
    const [address = ""] = addressesFrom(rng, description.services.pools.hosting ?? [], 1);
    const registrable = entry.name.split(".").slice(1).join(".");
    const [free] = AUTHORITIES;
    const real =
      entry.certificate === "self-signed" || !free
        ? selfSigned(`CN=${entry.name},O=${registrable}`, start - 200 * DAY, 5, [entry.name])
        : issued(free, [entry.name], issuedBefore(rng, start));
    const site = { ...siteOf(rng, entry.name, [address], entry.port, real), tls13: false };
    return { organisation: entry.org, site, night: entry.when === "night", megabytes: entry.upload };
  });
  return { web, webRank: zipfTable(web.length, 1.02), kinds, agents, own, small };
}
