import { groupBy } from "../../kernel/group-by.js";
import { rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId, type ScoreComponent } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { type Prevalence, prevalenceOf } from "../shared/prevalence.js";
import { providerList } from "../shared/providers.js";
import { heardHosts, hostsWithLookups } from "../shared/visibility.js";
import { bestRhythm, isRegular } from "./attempts.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import {
  type Service,
  type SilentPair,
  serviceKey,
  silentPairs,
  type Tries,
  triesFor,
  triesOf,
} from "./pairs.js";
import {
  componentsOf,
  percent,
  reservations,
  type SeverityLimits,
  type SilentFacts,
  severityOfServer,
  sumOf,
} from "./score.js";

/** Pairs whose connections are read one by one. */
const EXAMINED = 500;

interface Scored {
  pair: SilentPair;
  facts: SilentFacts;
  components: ScoreComponent[];
  score: number;
}

/** Everything about the pairs but their rhythm. */
interface Surroundings {
  services: ReadonlyMap<string, Service>;
  prevalence: ReadonlyMap<string, Prevalence>;
  silentServers: ReadonlyMap<string, number>;
  lookups: ReadonlySet<string>;
  heard: ReadonlySet<string>;
}

export interface Part {
  findings: Finding[];
  evaluated: { what: string; count: number }[];
}

/** Findings about servers that never answer. */
export async function silentServers(context: DetectContext, limits: SeverityLimits): Promise<Part> {
  const least = context.parameter("min_attempts");
  const { pairs, services, candidates, all } = await silentPairs(context, {
    minAttempts: least,
    minSpan: context.parameter("min_span_seconds"),
    maxAnsweredShare: context.parameter("max_answered_share"),
  });
  const around = await surroundings(context, pairs, services);
  const wanted = pairs.filter((pair) => !isAllowed(context, pair, around));
  const examined = mostTelling(wanted, around).slice(0, EXAMINED);
  const tries = await triesOf(context, examined);
  const scored = examined
    .map((pair) => scorePair(pair, triesFor(tries, pair), around, context))
    .filter(({ facts }) => facts.rhythm.attempts >= least && isRegular(facts.rhythm, limits.regularShare))
    .sort(
      (a, b) =>
        Number(a.pair.inside) - Number(b.pair.inside) ||
        b.score - a.score ||
        (a.pair.server + a.pair.host < b.pair.server + b.pair.host ? -1 : 1),
    );
  const reported = scored.slice(0, context.parameter("max_findings"));
  const index = await EvidenceIndex.load(
    context,
    reported.map(({ pair }) => evidencePair(pair)),
  );
  return {
    findings: reported.map((each) => makeFinding(context, each, index, limits)),
    evaluated: [
      { what: say("failed-beacon.pairs-repeated-unanswered-connections"), count: all },
      { what: say("failed-beacon.these-looked-at-those"), count: candidates },
      { what: say("failed-beacon.pairs-nearly-never-succeeded"), count: pairs.length },
      { what: say("failed-beacon.these-examined-rhythm"), count: examined.length },
      { what: say("failed-beacon.regular-ones-not-reported"), count: scored.length - reported.length },
    ],
  };
}

async function surroundings(
  context: DetectContext,
  pairs: readonly SilentPair[],
  services: ReadonlyMap<string, Service>,
): Promise<Surroundings> {
  const outside = pairs.filter((each) => !each.inside);
  const byHost = groupBy(outside, hostKey);
  return {
    services,
    prevalence: await prevalenceOf(context, [...new Set(pairs.map((each) => each.server))]),
    silentServers: new Map(
      [...byHost].map(([host, list]) => [host, new Set(list.map((each) => each.server)).size]),
    ),
    lookups: await hostsWithLookups(context, pairs),
    heard: await heardHosts(context, pairs),
  };
}

const hostKey = ({ realm, host }: SilentPair): string => `${realm}|${host}`;

function namesOf(pair: SilentPair, around: Surroundings): string[] {
  return around.prevalence.get(pair.server)?.names ?? [];
}

function isAllowed(context: DetectContext, pair: SilentPair, around: Surroundings): boolean {
  return (
    context.allow.address(pair.server) ||
    context.allow.address(pair.host) ||
    namesOf(pair, around).some((name) => context.allow.domain(name))
  );
}

/** Reading single connections is what costs: first the servers outside that few try and that have no name. */
function mostTelling(pairs: readonly SilentPair[], around: Surroundings): SilentPair[] {
  const rank = (pair: SilentPair): number[] => [
    Number(pair.inside),
    Number(pair.protocol !== "tcp"),
    Number(namesOf(pair, around).length > 0),
    around.silentServers.get(hostKey(pair)) ?? 0,
    around.services.get(serviceKey(pair))?.hosts ?? 1,
    -pair.connections,
  ];
  return pairs
    .map((pair) => ({ pair, rank: rank(pair) }))
    .sort((a, b) => {
      const at = a.rank.findIndex((value, index) => value !== b.rank[index]);
      if (at >= 0) return (a.rank[at] as number) - (b.rank[at] as number);
      return a.pair.server + a.pair.host < b.pair.server + b.pair.host ? -1 : 1;
    })
    .map(({ pair }) => pair);
}

function scorePair(pair: SilentPair, found: Tries, around: Surroundings, context: DetectContext): Scored {
  const service = around.services.get(serviceKey(pair));
  const names = namesOf(pair, around);
  const facts: SilentFacts = {
    rhythm: bestRhythm(
      found.tries,
      context.parameter("burst_seconds") * 1000,
      context.parameter("min_attempts"),
    ),
    port: pair.port,
    protocol: pair.protocol,
    inside: pair.inside,
    hosts: Math.max(1, service?.hosts ?? 1),
    answeredOthers: Math.max(0, (service?.answered ?? 0) - pair.answered),
    silentServers: around.silentServers.get(hostKey(pair)) ?? 0,
    names,
    providerName: names.some((name) => providerList().of(name) !== undefined),
    lookupsSeen: around.lookups.has(hostKey(pair)),
    answersVisible: found.refused > 0 || around.heard.has(hostKey(pair)),
  };
  const components = componentsOf(facts);
  return { pair, facts, components, score: sumOf(components) };
}

function evidencePair({ realm, host, server, first, last }: SilentPair): EvidencePair {
  return { realm, host, server, from: first, to: last };
}

function makeFinding(
  context: DetectContext,
  { pair, facts, components, score }: Scored,
  index: EvidenceIndex,
  limits: SeverityLimits,
): Finding {
  const org = context.directory.resolve(pair.realm, pair.host, pair.first);
  const tags = org === undefined ? {} : { org: org.orgId };
  const evidence = index.of([evidencePair(pair)], [], 10);
  const { rhythm, names } = facts;
  const args: ExplanationArg[] = [
    { type: "host", value: pair.host, ...tags },
    pair.inside ? { type: "host", value: pair.server, ...tags } : { type: "address", value: pair.server },
    { type: "number", value: pair.port },
    { type: "number", value: rhythm.attempts },
    { type: "time", value: rfc3339(pair.first) },
    { type: "time", value: rfc3339(pair.last) },
    { type: "number", value: pair.connections },
    { type: "number", value: pair.answered },
    { type: "percent", value: Math.round(rhythm.share * 100) / 100 },
    { type: "duration", value: Math.round(rhythm.interval) },
    { type: "number", value: facts.hosts },
  ];
  return {
    id: findingId(
      manifest.id,
      org?.orgId ?? null,
      pair.realm,
      pair.host,
      pair.server,
      `${pair.port}/${pair.protocol}`,
    ),
    detector: manifest.id,
    title: say(
      "failed-beacon.tries-every-reach-port",
      pair.host,
      describe(rhythm.interval),
      names[0] ?? pair.server,
      String(pair.port),
    ),
    severity: severityOfServer(facts, score, limits),
    score,
    components,
    first_seen: rfc3339(pair.first),
    last_seen: rfc3339(pair.last),
    org_id: org?.orgId ?? null,
    entities: [
      pair.inside
        ? { kind: "host", value: pair.server, realm: pair.realm, role: "target" }
        : { kind: "address", value: pair.server, role: "server" },
      ...names.slice(0, 5).map((value) => ({ kind: "domain" as const, value, role: "server" })),
      { kind: "host", value: pair.host, realm: pair.realm, role: "victim" },
    ],
    attack: [...manifest.attack],
    evidence,
    explanation: { key: "failed-beacon.server", args },
    caveats: [
      ...reservations(facts, limits),
      say("failed-beacon.what-sent-cannot-be", percent(rhythm.share)),
    ],
    facts: {
      attempts: rhythm.attempts,
      connections: pair.connections,
      answered: pair.answered,
      interval_seconds: rhythm.interval,
      regular_share: Math.round(rhythm.share * 1000) / 1000,
      port: pair.port,
      protocol: pair.protocol,
      hosts_of_server: facts.hosts,
      silent_servers_of_host: facts.silentServers,
      names: [...names],
      inside: pair.inside,
    },
    tlp: index.tlpOf(evidence),
  };
}

/** An interval as people say it: seconds below two minutes, minutes below two hours, else hours. */
export function describe(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}
