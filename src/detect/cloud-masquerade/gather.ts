import { groupBy } from "../../kernel/group-by.js";
import { DAY } from "../../kernel/time.js";
import type { DetectContext } from "../port.js";
import { certificatesOf, covers, type PresentedCertificate } from "../shared/certificates.js";
import { isPublicAddress } from "../shared/endpoint.js";
import { kinshipStrength } from "../shared/label-sets.js";
import type { Rhythm } from "../shared/rhythm.js";
import {
  type Client,
  type NamedServer,
  namesOnServers,
  type ServerUse,
  serversOfNames,
  serverUse,
} from "../shared/servers.js";
import { isShared } from "../shared/shared-hosting.js";
import type { Candidate } from "./candidates.js";
import type { CertificateFact, SiteFacts } from "./facts.js";

/** A candidate with what was found about its servers. */
export interface Examined {
  candidate: Candidate;
  facts: SiteFacts;
  /** Addresses that serve this site and hardly any other. */
  own: string[];
  /** Addresses that it shares with unrelated sites. */
  sharedAddresses: string[];
  certificates: PresentedCertificate[];
}

/** Reads use, neighbours and certificates of all candidates' servers, in a handful of queries over all of them. */
export async function examine(
  context: DetectContext,
  candidates: readonly Candidate[],
  rhythm: Rhythm,
): Promise<Examined[]> {
  const domainOf = new Map(
    candidates.flatMap(({ use }) => use.names.map((name) => [name, use.site.domain] as const)),
  );
  const named = (await serversOfNames(context, domainOf.keys())).filter(
    ({ ip }) => isPublicAddress(ip) && !context.allow.address(ip),
  );
  const addresses = new Set(named.map(({ ip }) => ip));
  const neighbours = await namesOnServers(context, addresses);
  const own = new Set(
    [...addresses].filter((ip) => !isShared(neighbours.get(ip) ?? [], context.parameter("shared_sites"))),
  );
  const use = await serverUse(context, own);
  const certificates = groupBy(await certificatesOf(context, own), ({ ip }) => ip);
  const bySite = groupBy(named, ({ name }) => domainOf.get(name) ?? "");
  const examined: Examined[] = [];
  for (const candidate of candidates) {
    const servers = bySite.get(candidate.use.site.domain) ?? [];
    if (servers.length > 0)
      examined.push(examineOne(context, candidate, servers, { own, use, certificates, rhythm }));
  }
  linkServers(examined);
  return examined;
}

interface Found {
  own: ReadonlySet<string>;
  use: ReadonlyMap<string, ServerUse>;
  certificates: ReadonlyMap<string, PresentedCertificate[]>;
  rhythm: Rhythm;
}

function examineOne(
  context: DetectContext,
  candidate: Candidate,
  servers: readonly NamedServer[],
  found: Found,
): Examined {
  const ips = [...new Set(servers.map(({ ip }) => ip))].sort();
  const own = ips.filter((ip) => found.own.has(ip));
  const uses = own.map((ip) => found.use.get(ip)).filter((use) => use !== undefined);
  const direct = servers.filter(({ named }) => named > 0);
  const clients = distinctClients([
    ...uses.flatMap((use) => use.clients),
    ...direct.flatMap((server) => server.clients),
  ]);
  const certificates = own.flatMap((ip) => found.certificates.get(ip) ?? []);
  const first = Math.min(...servers.map((server) => server.first), ...uses.map((use) => use.first));
  const last = Math.max(...servers.map((server) => server.last), ...uses.map((use) => use.last));
  const days =
    uses.length > 0
      ? uses.flatMap((use) => use.days)
      : direct.flatMap((server) => [Math.floor(server.first / DAY), Math.floor(server.last / DAY)]);
  const sum = (value: (use: ServerUse) => number): number =>
    uses.reduce((total, use) => total + value(use), 0);
  const hours = (value: (use: ServerUse) => readonly number[]): number[] =>
    Array.from({ length: 24 }, (_, hour) => sum((use) => value(use)[hour] ?? 0));
  const facts: SiteFacts = {
    domain: candidate.use.site.domain,
    restricted: candidate.use.site.restricted,
    name: candidate.name,
    lookalike: candidate.lookalike,
    kinship: candidate.kinship,
    sharedWith: undefined,
    shared: own.length === 0,
    ports: uses.map((use) => use.ports),
    hosts: Math.max(clients.length, ...uses.map((use) => use.hosts), ...direct.map((server) => server.hosts)),
    organisations: organisationsOf(context, clients, first, last),
    connections: Math.max(
      sum((use) => use.answered),
      direct.reduce((total, server) => total + server.named, 0),
    ),
    bytesOut: sum((use) => use.bytesOut),
    bytesIn: sum((use) => use.bytesIn),
    first,
    last,
    days: [...new Set(days)].sort((a, b) => a - b),
    hourSlots: hours((use) => use.hourSlots),
    hourBytesOut: hours((use) => use.hourBytesOut),
    busyHours: found.rhythm.busyHours(clients.map(({ realm }) => realm)),
    certificates: certificateFacts(candidate, certificates, first),
  };
  return { candidate, facts, own, sharedAddresses: ips.filter((ip) => !found.own.has(ip)), certificates };
}

function distinctClients(clients: readonly Client[]): Client[] {
  return [...new Map(clients.map((client) => [`${client.realm} ${client.ip}`, client])).values()];
}

/** Owners of the hosts at the beginning and at the end of the contact. */
function organisationsOf(
  context: DetectContext,
  clients: readonly Client[],
  first: number,
  last: number,
): string[] {
  const ids = clients.flatMap(({ realm, ip }) => [
    context.directory.resolve(realm, ip, first)?.orgId,
    context.directory.resolve(realm, ip, last)?.orgId,
  ]);
  return [...new Set(ids.filter((id) => id !== undefined))].sort();
}

/** Self-signed is what says so itself; "unable to get local issuer" only says that the sensor lacks a root, and is no fact. */
function certificateFacts(
  candidate: Candidate,
  certificates: readonly PresentedCertificate[],
  firstContact: number,
): CertificateFact[] {
  const facts: CertificateFact[] = [];
  const own = (name: string): boolean =>
    name === candidate.use.site.domain || name.endsWith(`.${candidate.use.site.domain}`);
  for (const each of certificates) {
    const asked = each.sni.filter(own);
    // On an address with a few sites, only what was shown to this site's visitors (or to those who named nobody) counts.
    if (each.sni.length > 0 && asked.length === 0) continue;
    const who = each.subject === "" ? each.key.slice(0, 16) : each.subject.slice(0, 80);
    if (
      (each.subject !== "" && each.subject === each.issuer) ||
      each.validation.some((status) => /self.signed/i.test(status))
    ) {
      const named = [candidate.use.site.domain, ...candidate.use.names].some((name) =>
        covers(each.names, name),
      );
      facts.push({ contradiction: named ? "self-signed for its own name" : "self-signed", detail: who });
    }
    // A certificate for the bare domain on a host below it is careless, not a contradiction.
    const others = each.names.length > 0 && !each.names.some((name) => own(name.replace(/^\*\./, "")));
    if (others && asked.length > 0 && !asked.some((name) => covers(each.names, name))) {
      facts.push({ contradiction: "made out to other names", detail: each.names.slice(0, 3).join(", ") });
    }
    const life = (each.notAfter - each.notBefore) / DAY;
    // Free certificates last 90 days and are always fresh: only longer ones say when a server was set up.
    if (life > 100 && firstContact - each.notBefore >= -DAY && firstContact - each.notBefore < 10 * DAY) {
      facts.push({
        contradiction: "issued just before the first contact",
        detail: new Date(each.notBefore).toISOString().slice(0, 10),
      });
    }
    if (
      each.notAfter < each.first ||
      each.validation.some((status) => /expired|not yet valid/i.test(status))
    ) {
      facts.push({ contradiction: "not valid", detail: who });
    }
  }
  return facts;
}

/** Two candidates on one own address, or with one certificate that names neither: one hand runs both. */
function linkServers(examined: readonly Examined[]): void {
  const holders = new Map<string, Examined[]>();
  for (const each of examined) {
    const keys = [
      ...each.own.map((ip) => `address ${ip}`),
      ...each.certificates.map(({ key }) => `certificate ${key}`),
    ];
    for (const key of new Set(keys)) holders.set(key, [...(holders.get(key) ?? []), each]);
  }
  for (const [key, list] of holders) {
    if (list.length < 2) continue;
    const [by] = key.split(" ") as ["address" | "certificate"];
    for (const each of list) {
      const partner = list
        .filter((other) => other !== each && other.candidate.use.site.label !== each.candidate.use.site.label)
        .sort((a, b) => pretence(b) - pretence(a))[0];
      if (partner === undefined) continue;
      if (pretence(partner) >= 0.5) each.facts.sharedWith ??= { domain: partner.facts.domain, by };
      const certificate = each.certificates.find((one) => `certificate ${one.key}` === key);
      if (certificate !== undefined && !isFor(certificate, partner)) {
        each.facts.certificates = [
          ...each.facts.certificates,
          { contradiction: "on unrelated servers", detail: `also on ${partner.facts.domain}` },
        ];
      }
    }
  }
}

function isFor(certificate: PresentedCertificate, { candidate: { use } }: Examined): boolean {
  return [use.site.domain, ...use.names].some((name) => covers(certificate.names, name));
}

function pretence({ facts }: Examined): number {
  return Math.max(facts.name.value, facts.lookalike?.value ?? 0, kinshipStrength(facts.kinship));
}
