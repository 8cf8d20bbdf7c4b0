import { groupBy } from "../../kernel/group-by.js";
import { rfc3339, weekStart } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  type ExplanationArg,
  type Finding,
  findingId,
  type ScoreComponent,
  severityOf,
  strictestTlp,
  type Tlp,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { type DailyContact, dailyContacts, relationOf, severityUnder } from "../shared/contacts.js";
import { connectionEvidence, distinct, markings, nameEvidenceLines } from "../shared/log-evidence.js";
import type { InfraGraph } from "./graph.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Reached } from "./reached.js";
import type { Unit } from "./units.js";
import { pairOf, watchedPairs } from "./watched-pairs.js";

const LADDER = [0.25, 0.45, 0.65, 0.85] as const;
/** From this confidence on a finding is evidence (medium). */
export const EVIDENCE = LADDER[1];
const MOST_EVIDENCE = 20;

interface Part extends Reached {
  org: string | null;
  contacts: readonly DailyContact[];
  evidence: Evidence[];
}

/** A finding for each organisation and server, and one without organisation for a new server that nobody contacted. */
export async function findingsOf(context: DetectContext, reached: readonly Reached[]): Promise<Finding[]> {
  const servers = [
    ...new Set(reached.flatMap(({ unit: { own, sharedAddresses } }) => [...own, ...sharedAddresses])),
  ];
  const byServer = groupBy(await dailyContacts(context, servers), ({ server }) => server);
  const told = watchedPairs(context.findings);
  const parts = reached.flatMap((each): Omit<Part, "evidence">[] => {
    const { unit, fromConfirmed, isNew } = each;
    const met = [...unit.own, ...unit.sharedAddresses]
      .flatMap((ip) => byServer.get(ip) ?? [])
      .filter((contact) => belongs(contact, unit));
    if (met.length === 0) return isNew ? [{ ...each, org: null, contacts: met }] : [];
    // Contact that the watch list itself shows stands in that finding: told again as a tie to the list it would only look like more.
    const contacts = fromConfirmed
      ? met.filter(({ realm, client, server }) => !told.has(pairOf(realm, client, server)))
      : met;
    const owners = groupBy(
      contacts,
      ({ realm, client, first }) => context.directory.resolve(realm, client, first)?.orgId ?? "",
    );
    return [...owners].map(([org, list]) => ({ ...each, org: org === "" ? null : org, contacts: list }));
  });
  const ready = await withEvidence(context, parts, servers);
  const tlp = await markings(
    context,
    ready.flatMap(({ evidence }) => evidence),
  );
  return ready.map((part) => finding(context, part, tlp));
}

function belongs({ names, server }: DailyContact, unit: Unit): boolean {
  if (unit.names.some((name) => names.includes(name))) return true;
  return unit.own.includes(server) && (unit.kind === "address" || names.length === 0);
}

async function withEvidence(
  context: DetectContext,
  parts: readonly Omit<Part, "evidence">[],
  servers: readonly string[],
): Promise<Part[]> {
  const clients = parts.flatMap(({ contacts }) => contacts.map(({ client }) => client));
  const lines = groupBy(
    await connectionEvidence(context, clients, servers),
    ({ realm, client }) => `${realm} ${client}`,
  );
  const said = await nameEvidenceLines(
    context,
    parts.flatMap(({ unit }) => unit.names),
  );
  return parts.map((part) => {
    const hosts = new Set(part.contacts.map(({ realm, client }) => `${realm} ${client}`));
    const used = new Set(part.contacts.map(({ server }) => server));
    const pairs = [...hosts]
      .flatMap((host) => lines.get(host) ?? [])
      .filter(({ server }) => used.has(server));
    pairs.sort((a, b) => b.largest - a.largest);
    // A server that nobody contacted still has its look-ups, whoever made them.
    const names = said.filter(
      ({ realm, client, name }) =>
        part.unit.names.includes(name) && (hosts.size === 0 || hosts.has(`${realm} ${client}`)),
    );
    const all = distinct([
      ...pairs.slice(0, 5).flatMap(({ evidence }) => evidence),
      ...names.slice(0, 6).map(({ evidence }) => evidence),
    ]);
    all.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.line - b.line));
    return { ...part, evidence: all.slice(0, MOST_EVIDENCE) };
  });
}

function finding(context: DetectContext, part: Part, tlp: ReadonlyMap<string, Tlp>): Finding {
  const { unit, graph, fromConfirmed, org, contacts, evidence } = part;
  const total = (value: (contact: DailyContact) => number): number =>
    contacts.reduce((sum, contact) => sum + value(contact), 0);
  const relation = contacts.length === 0 ? "lookup_only" : relationOf(contacts);
  const seen = contacts.length > 0 ? contacts : [];
  const times = evidence.map(({ time }) => Date.parse(time));
  const first =
    seen.length > 0
      ? Math.min(...seen.map((contact) => contact.first))
      : Math.min(context.span.last, ...times);
  const last = seen.length > 0 ? Math.max(...seen.map((contact) => contact.last)) : Math.max(first, ...times);
  const days = new Set(contacts.map(({ day }) => day));
  const hosts = [
    ...new Map(contacts.map(({ realm, client }) => [`${realm} ${client}`, { realm, client }])).values(),
  ];
  const path = graph.describe(unit.key);
  const score = Math.round(unit.confidence * 1000) / 1000;
  const origin = graph.node(graph.ancestors(unit.key)[0] as string);
  return {
    id: findingId(manifest.id, org, unit.value),
    detector: manifest.id,
    title: say(
      "infrastructure-expansion.infrastructure",
      unit.value,
      fromConfirmed
        ? say("infrastructure-expansion.tied-watched")
        : say("infrastructure-expansion.sibling-known"),
    ),
    severity: severityUnder(relation, severityOf(score, LADDER)),
    score,
    components: components(graph, unit.key),
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: org,
    entities: entities(unit, hosts),
    attack: unit.kind === "domain" ? ["T1583.001"] : ["T1583.003"],
    evidence,
    explanation: explain(part, {
      path,
      score,
      first,
      last,
      days: days.size,
      hosts: hosts.length,
      out: total(({ bytesOut }) => bytesOut),
      into: total(({ bytesIn }) => bytesIn),
    }),
    caveats: caveats(graph, unit),
    facts: {
      server: unit.value,
      names: [...unit.names].sort(),
      addresses: [...unit.own].sort(),
      shared_addresses: [...unit.sharedAddresses].sort(),
      ports: [...new Set(contacts.map(({ port }) => port))].sort((a, b) => a - b),
      path,
      confidence: score,
      depth: graph.node(unit.key).depth,
      seed: origin.value,
      basis: "related",
      from_confirmed: fromConfirmed,
      hosts: hosts.map(({ client }) => client).sort(),
      connections: total(({ connections }) => connections),
      bytes_out: total(({ bytesOut }) => bytesOut),
      bytes_in: total(({ bytesIn }) => bytesIn),
      active_days: days.size,
      weeks: new Set([...days].map((day) => weekStart(day))).size,
      first: rfc3339(first),
      last: rfc3339(last),
      contacted: contacts.length > 0,
      relation,
    },
    tlp: strictestTlp([
      ...evidence.map(({ source_id }) => tlp.get(source_id) ?? "clear"),
      ...markingsOfSeed(context.findings, origin.value),
    ]),
  };
}

/** The path names the server that it starts from: who may not read the findings about that one may not read this one. */
function markingsOfSeed(findings: readonly Finding[], seed: string): Tlp[] {
  return findings
    .filter(({ entities }) =>
      entities.some(({ role, value }) => role === "server" && value.toLowerCase() === seed),
    )
    .map(({ tlp }) => tlp);
}

/** The score is the seed's confidence times the factor of each step: the components multiply. */
function components(graph: InfraGraph, key: string): ScoreComponent[] {
  const seed = graph.node(graph.ancestors(key)[0] as string);
  return [
    {
      name: "seed",
      value: seed.confidence,
      weight: 1,
      meaning: say("infrastructure-expansion.components-multiplied", seed.value, seed.origin),
    },
    ...graph.steps(key).map(({ relation, reason, factor }) => ({
      name: relation,
      value: Math.round(factor * 1000) / 1000,
      weight: 1,
      meaning: reason,
    })),
  ];
}

function entities(
  { value, kind, names, own }: Unit,
  hosts: readonly { realm: string; client: string }[],
): Entity[] {
  return [
    ...(kind === "domain" ? [...new Set([value, ...names])] : []).map(
      (name): Entity => ({ kind: "domain", value: name, role: "server" }),
    ),
    ...[...own].sort().map((ip): Entity => ({ kind: "address", value: ip, role: "server" })),
    ...hosts.map(({ realm, client }): Entity => ({ kind: "host", value: client, realm, role: "victim" })),
  ];
}

interface Told {
  path: string[];
  score: number;
  first: number;
  last: number;
  days: number;
  hosts: number;
  out: number;
  into: number;
}

function explain(
  { unit, org, contacts }: Part,
  { path, score, first, last, days, hosts, out, into }: Told,
): Finding["explanation"] {
  const server: ExplanationArg = { type: unit.kind, value: unit.value };
  const steps: ExplanationArg = { type: "list", value: path };
  if (contacts.length === 0)
    return {
      key: "infrastructure-expansion.nobody",
      args: [server, { type: "number", value: score }, steps],
    };
  const whose = org === null ? {} : { org };
  return {
    key:
      org === null
        ? "infrastructure-expansion.unknown-organisation"
        : "infrastructure-expansion.organisation",
    args: [
      { type: "number", value: hosts, ...whose },
      { type: "organisation", value: org ?? "unknown", ...whose },
      server,
      { type: "number", value: score },
      steps,
      { type: "time", value: rfc3339(first) },
      { type: "time", value: rfc3339(last) },
      { type: "number", value: days },
      { type: "bytes", value: out },
      { type: "bytes", value: into },
    ],
  };
}

function caveats(graph: InfraGraph, { key, sharedAddresses, own }: Unit): string[] {
  const list: string[] = [];
  if (
    graph
      .steps(key)
      .some(
        ({ relation }) =>
          relation.startsWith("same name") ||
          relation.startsWith("same service") ||
          relation.startsWith("same rare"),
      )
  ) {
    list.push(say("infrastructure-expansion.tie-likeness-names-or"));
  }
  if (own.length === 0 && sharedAddresses.length > 0)
    list.push(say("infrastructure-expansion.lies-addresses-shared-or"));
  return list;
}
