import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { DetectContext } from "../port.js";
import { type Candidate, type Holder, holdersOf, population, readCandidates } from "./candidates.js";
import {
  type DecisionLimits,
  decide,
  hasNoHost,
  isRare,
  type Population,
  type RareClient,
} from "./decide.js";
import { destinationsOf, type SetAside } from "./destinations.js";
import { HTTP, kindOf, type LogKind, NO_HOST, TLS } from "./kinds.js";
import { claimsOf, commonProducts, contradictedSystem, imitatedProduct } from "./pretence.js";
import { type ClientFacts, componentsOf, type Limits, severityOf, sumOf } from "./score.js";
import { systemOf } from "./user-agent.js";

export interface WeighedClient {
  client: RareClient;
  facts: ClientFacts;
  severity: ReturnType<typeof severityOf>;
  components: ReturnType<typeof componentsOf>;
  score: number;
}

export interface Outbound {
  clients: WeighedClient[];
  /** Hosts that show clients, by kind, whether or not they are enough. */
  seen: ReadonlyMap<string, number>;
  evaluated: { what: string; count: number }[];
}

const CHUNK = 1_000;

/** Our hosts' rare clients at rare destinations outside. Kinds of client that fewer hosts than `needed` show are not judged. */
export async function outboundClients(
  context: DetectContext,
  needed: number,
  limits: DecisionLimits & Limits,
): Promise<Outbound> {
  const owners = new Map<string, string | null>();
  const ownerOf = (realm: string, host: string): string | null => {
    const key = `${realm} ${host}`;
    const known = owners.get(key);
    if (known !== undefined) return known;
    const org = context.directory.resolve(realm, host, context.span.last)?.orgId ?? null;
    owners.set(key, org);
    return org;
  };
  const populations = await populationsOf(context, ownerOf);
  const enough = (kind: string): Population | undefined => {
    const found = populations.get(kind);
    return found !== undefined && found.hosts >= needed ? found : undefined;
  };
  const candidates: Candidate[] = [];
  const holders = new Map<string, readonly Holder[]>();
  for (const kind of [HTTP, TLS]) {
    if (!kindsOf(kind).some((each) => enough(each) !== undefined)) continue;
    const some = await readCandidates(context, kind);
    candidates.push(...some);
    const found = await holdersOf(
      context,
      kind,
      some.map(({ signature }) => signature),
      limits.rareHosts,
    );
    for (const [signature, list] of found) holders.set(signature, list);
  }
  const judged = candidates.filter(({ signature }) => enough(kindOf(signature)) !== undefined);
  const { destinations, aside } = await destinationsOf(context, judged);
  const decision = decide(
    judged,
    holders,
    destinations,
    (signature) => enough(kindOf(signature)),
    ownerOf,
    limits,
  );
  const seen = new Map([...populations].map(([kind, { hosts }]) => [kind, hosts]));
  return {
    clients: await weigh(context, decision.rare, seen, limits),
    seen,
    evaluated: evaluatedOf(judged, decision, aside),
  };
}

function kindsOf(kind: LogKind): string[] {
  return kind === HTTP ? ["user agent"] : ["JA4", "JA3"];
}

async function populationsOf(
  context: DetectContext,
  ownerOf: (realm: string, host: string) => string | null,
): Promise<Map<string, Population>> {
  const found = new Map<string, { hosts: number; byOrganisation: Map<string, number> }>();
  for (const kind of [HTTP, TLS]) {
    for (const { realm, host, kinds } of await population(context, kind)) {
      const org = ownerOf(realm, host);
      for (const each of kinds) {
        const known = found.get(each) ?? { hosts: 0, byOrganisation: new Map<string, number>() };
        known.hosts += 1;
        if (org !== null) known.byOrganisation.set(org, (known.byOrganisation.get(org) ?? 0) + 1);
        found.set(each, known);
      }
    }
  }
  return found;
}

function evaluatedOf(
  candidates: readonly Candidate[],
  decision: ReturnType<typeof decide>,
  aside: SetAside,
): Outbound["evaluated"] {
  return [
    { what: "hosts' clients at destinations that are not common", count: candidates.length },
    { what: "destinations of providers set aside", count: aside.providers },
    { what: "allowed destinations set aside", count: aside.allowed },
    { what: "local names set aside", count: aside.local },
    { what: "common clients at rare destinations set aside", count: decision.common },
    { what: "clients of general use set aside", count: decision.general },
    { what: "clients of the organisation's house set aside", count: decision.house },
    { what: "rare clients at rare destinations", count: decision.rare.length },
  ];
}

async function weigh(
  context: DetectContext,
  clients: readonly RareClient[],
  seen: ReadonlyMap<string, number>,
  limits: DecisionLimits & Limits,
): Promise<WeighedClient[]> {
  const diverse = diverseKinds(clients, seen, limits, context.parameter("diverse_share"));
  const pretences = await pretencesOf(context, clients, limits);
  const lookups = await hostsWithLookups(context, clients);
  return clients.flatMap((client): WeighedClient[] => {
    const [use] = client.uses;
    if (use === undefined) return [];
    const kind = kindOf(client.signature);
    const facts: ClientFacts = {
      kind,
      hostsOfClient: client.hostsOfClient,
      hostsSeen: client.population.hosts,
      hostsOfDestination: use.to.hosts,
      requests: use.requests,
      hours: use.hours,
      days: use.days,
      noName:
        use.name === "" &&
        use.to.names.length === 0 &&
        // A web request itself says whether it means a name; a TLS client without one may have looked it up where nobody saw it.
        (kind === "user agent" || lookups.has(`${client.realm} ${client.host}`)),
      noHostHeader: hasNoHost(client.signature),
      pretence: pretences.get(client),
      organisations: client.organisations.length,
      diverse: diverse.has(kind),
    };
    const components = componentsOf(facts, limits);
    return [{ client, facts, components, severity: severityOf(facts, limits), score: sumOf(components) }];
  });
}

/** Kinds of client of which so many hosts have a rare one, in repeated contact, that it is the custom here. */
function diverseKinds(
  clients: readonly RareClient[],
  seen: ReadonlyMap<string, number>,
  limits: Limits,
  share: number,
): Set<string> {
  const repeated = clients.filter(({ uses }) => (uses[0]?.hours ?? 0) >= limits.repeatedHours);
  const byKind = groupBy(repeated, ({ signature }) => kindOf(signature));
  return new Set(
    [...byKind]
      .filter(
        ([kind, list]) =>
          new Set(list.map(({ realm, host }) => `${realm} ${host}`)).size > share * (seen.get(kind) ?? 0),
      )
      .map(([kind]) => kind),
  );
}

async function hostsWithLookups(
  context: DetectContext,
  clients: readonly RareClient[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const hosts of chunks([...new Set(clients.map(({ host }) => host))], CHUNK)) {
    const rows = await context.query<{ realm: string; src: string }>(
      `SELECT DISTINCT address_realm AS realm, toString(src_ip) AS src FROM contact_hourly
       WHERE channel = 'dns' AND src_ip IN {hosts:Array(IPv6)}`,
      { hosts },
    );
    for (const { realm, src } of rows) found.add(`${realm} ${plainAddress(src)}`);
  }
  return found;
}

/** What clients of web requests pretend to be, in words. Of encrypted ones nothing can be said: a fingerprint has no name. */
async function pretencesOf(
  context: DetectContext,
  clients: readonly RareClient[],
  limits: DecisionLimits,
): Promise<Map<RareClient, string>> {
  const found = new Map<RareClient, string>();
  const web = clients.filter(({ signature }) => kindOf(signature) === "user agent");
  if (web.length === 0) return found;
  const hosts = web[0]?.population.hosts ?? 0;
  const products = await commonProducts(context, true, Math.max(3, Math.ceil(hosts * limits.maxShare)));
  const complete = await holdersOf(
    context,
    HTTP,
    web.filter(({ signature }) => hasNoHost(signature)).map(({ signature }) => withHost(signature)),
    limits.rareHosts,
  );
  const spans = web.filter(({ uses }) => systemOf(uses[0]?.shown ?? "") !== undefined);
  const claims = await claimsOf(
    context,
    spans.map(({ host }) => host),
  );
  for (const client of web) {
    const [use] = client.uses;
    if (use === undefined) continue;
    const others = complete.get(withHost(client.signature))?.length ?? 0;
    const imitated = imitatedProduct(use.shown, products);
    const system = contradictedSystem(use.shown, use, claims.get(`${client.realm} ${client.host}`) ?? []);
    const isBrowsers = hasNoHost(client.signature) && others > 0 && !isRare(others, hosts, limits);
    if (imitated !== undefined)
      found.set(client, `its name is a slip of the pen away from ${imitated}, which many hosts here have`);
    else if (isBrowsers)
      found.set(client, `it calls itself what ${others} hosts or more have, and theirs names the host`);
    else if (system !== undefined)
      found.set(
        client,
        `it claims to run on ${systemOf(use.shown)}, and what else this host says of itself in that time is ${system}`,
      );
  }
  return found;
}

function withHost(signature: string): string {
  return signature.slice(0, -NO_HOST.length);
}
