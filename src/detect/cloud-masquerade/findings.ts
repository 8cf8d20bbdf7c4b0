import { groupBy } from "../../kernel/group-by.js";
import { DAY, rfc3339, weekStart } from "../../kernel/time.js";
import {
  type Entity,
  type Evidence,
  type ExplanationArg,
  type Finding,
  findingId,
  severityOf,
  strictestTlp,
  type Tlp,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { type DailyContact, dailyContacts, relationOf, severityUnder } from "../shared/contacts.js";
import {
  connectionEvidence,
  distinct,
  markings,
  nameEvidenceLines,
  type PairEvidence,
} from "../shared/log-evidence.js";
import { oddPorts } from "../shared/service-ports.js";
import { siteOf } from "../shared/site.js";
import type { Examined } from "./gather.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { LADDER, type Score } from "./score.js";

export interface Suspect extends Examined {
  score: Score;
}

const MOST_EVIDENCE = 20;

/** One finding for each organisation and site; the score is the server's, the facts are the organisation's. */
export async function findingsOf(context: DetectContext, suspects: readonly Suspect[]): Promise<Finding[]> {
  const servers = [...new Set(suspects.flatMap(({ own, sharedAddresses }) => [...own, ...sharedAddresses]))];
  const byServer = groupBy(await dailyContacts(context, servers), ({ server }) => server);
  const parts = suspects.flatMap((suspect) => {
    const contacts = [...suspect.own, ...suspect.sharedAddresses]
      .flatMap((ip) => byServer.get(ip) ?? [])
      .filter((contact) => belongs(contact, suspect));
    const owners = groupBy(
      contacts,
      ({ realm, client, first }) => context.directory.resolve(realm, client, first)?.orgId ?? "",
    );
    return [...owners].map(([org, list]) => ({ suspect, org: org === "" ? null : org, contacts: list }));
  });
  const clients = parts.flatMap(({ contacts }) => contacts.map(({ client }) => client));
  const lines = groupBy(
    await connectionEvidence(context, clients, servers),
    ({ realm, client }) => `${realm} ${client}`,
  );
  const names = groupBy(
    await nameEvidenceLines(
      context,
      suspects.flatMap(({ candidate }) => candidate.use.names),
    ),
    ({ realm, client }) => `${realm} ${client}`,
  );
  const ready = parts.map((part) => ({
    part,
    evidence: evidenceFor(part.suspect, part.contacts, lines, names),
  }));
  const tlp = await markings(
    context,
    ready.flatMap(({ evidence }) => evidence),
  );
  return ready.map(({ part, evidence }) => finding(context, part, evidence, tlp));
}

/** A flow whose client said another site's name is that site's; without any name it is the site's on an address of its own. */
function belongs(contact: DailyContact, { candidate, own }: Examined): boolean {
  if (contact.names.length === 0) return own.includes(contact.server);
  return contact.names.some((name) => siteOf(name)?.domain === candidate.use.site.domain);
}

function evidenceFor(
  { candidate, own, sharedAddresses }: Suspect,
  contacts: readonly DailyContact[],
  lines: ReadonlyMap<string, PairEvidence[]>,
  names: ReadonlyMap<string, { name: string; evidence: Evidence }[]>,
): Evidence[] {
  const hosts = new Set(contacts.map(({ realm, client }) => `${realm} ${client}`));
  const servers = new Set([...own, ...sharedAddresses]);
  const pairs = [...hosts]
    .flatMap((host) => lines.get(host) ?? [])
    .filter(({ server }) => servers.has(server));
  pairs.sort((a, b) => b.largest - a.largest);
  const said = [...hosts]
    .flatMap((host) => names.get(host) ?? [])
    .filter(({ name }) => candidate.use.names.includes(name));
  const list = distinct([
    ...pairs.slice(0, 5).flatMap(({ evidence }) => evidence),
    ...said.slice(0, 6).map(({ evidence }) => evidence),
  ]);
  return list
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.line - b.line))
    .slice(0, MOST_EVIDENCE);
}

interface Part {
  suspect: Suspect;
  org: string | null;
  contacts: readonly DailyContact[];
}

function finding(
  context: DetectContext,
  { suspect, org, contacts }: Part,
  evidence: Evidence[],
  tlp: ReadonlyMap<string, Tlp>,
): Finding {
  const { candidate, facts, score, own, sharedAddresses } = suspect;
  const domain = candidate.use.site.domain;
  const total = (value: (contact: DailyContact) => number): number =>
    contacts.reduce((sum, contact) => sum + value(contact), 0);
  const first = Math.min(...contacts.map((contact) => contact.first));
  const last = Math.max(...contacts.map((contact) => contact.last));
  const days = new Set(contacts.map(({ day }) => day));
  const relation = relationOf(contacts);
  const hosts = [
    ...new Map(contacts.map(({ realm, client }) => [`${realm} ${client}`, { realm, client }])).values(),
  ];
  const used = [...new Set(contacts.map(({ server }) => server))].sort();
  const answered = contacts.filter((contact) => contact.answered > 0 || contact.connections === 0);
  const ports = [...new Set(answered.map(({ port }) => port))].sort((a, b) => a - b);
  const names = [...candidate.use.names].sort();
  const out = total(({ bytesOut }) => bytesOut);
  const into = total(({ bytesIn }) => bytesIn);
  return {
    id: findingId(manifest.id, org, domain),
    detector: manifest.id,
    title: say("cloud-masquerade.poses-as-storage-or", domain),
    severity: severityUnder(relation, severityOf(score.score, LADDER)),
    score: Math.min(1, score.score),
    components: score.components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: org,
    entities: entities(suspect, names, hosts),
    attack: attack(suspect),
    evidence,
    explanation: explain(context, {
      suspect,
      org,
      first,
      last,
      days: days.size,
      hosts: hosts.length,
      out,
      into,
      ports,
    }),
    caveats: caveats(suspect),
    facts: {
      domain,
      names,
      addresses: [...own, ...sharedAddresses].sort(),
      addresses_used: used,
      ports,
      server_ports: [...new Set(facts.ports.flat())].sort((a, b) => a - b),
      odd_ports: [...new Set(facts.ports.flatMap((list) => oddPorts(list)))].sort((a, b) => a - b),
      hosts: hosts.map(({ client }) => client).sort(),
      host_count_all: facts.hosts,
      organisations: [...facts.organisations],
      connections: total(({ connections }) => connections),
      bytes_out: out,
      bytes_in: into,
      active_days: days.size,
      days: [...days].sort((a, b) => a - b).map((day) => Math.round(day / DAY)),
      weeks: new Set([...days].map((day) => weekStart(day))).size,
      first: rfc3339(first),
      last: rfc3339(last),
      siblings: facts.kinship?.siblings ?? [],
      shared_labels: facts.kinship?.shared ?? [],
      name_words: facts.name.words,
      shared_address: facts.shared,
      basis: "suspected",
      relation,
    },
    tlp: strictestTlp(evidence.map(({ source_id }) => tlp.get(source_id) ?? "clear")),
  };
}

function entities(
  { candidate, own, certificates }: Suspect,
  names: readonly string[],
  hosts: readonly { realm: string; client: string }[],
): Entity[] {
  const domain = candidate.use.site.domain;
  const prints = certificates
    .filter((each) => each.fingerprints.length > 0 && own.includes(each.ip))
    .map((each) => each.fingerprints[0] as string);
  return [
    ...[...new Set([domain, ...names])].map((value): Entity => ({ kind: "domain", value, role: "server" })),
    // An address that serves unrelated sites is not the operator's: it is a fact, not an entity to hunt for.
    ...[...own].sort().map((value): Entity => ({ kind: "address", value, role: "server" })),
    ...[...new Set(prints)].sort().map((value): Entity => ({ kind: "certificate", value, role: "server" })),
    ...hosts.map(({ realm, client }): Entity => ({ kind: "host", value: client, realm, role: "victim" })),
  ];
}

/** Techniques that the evidence at hand supports, not all that the detector knows. */
function attack({ score }: Suspect): string[] {
  const strong = (name: string): boolean =>
    (score.components.find((each) => each.name === name)?.value ?? 0) >= 0.4;
  return [
    ...(score.pretence >= 0.3 ? ["T1036.005", "T1583.001"] : []),
    ...(strong("upload") ? ["T1567.002"] : []),
    ...(strong("ports") ? ["T1571"] : []),
    "T1071.001",
  ];
}

interface Telling {
  suspect: Suspect;
  org: string | null;
  first: number;
  last: number;
  days: number;
  hosts: number;
  out: number;
  into: number;
  ports: readonly number[];
}

function explain(
  context: DetectContext,
  { suspect, org, first, last, days, hosts, out, into, ports }: Telling,
): Finding["explanation"] {
  const why = suspect.score.components
    .filter(({ value, weight, name }) => value * weight >= 0.03 && !name.startsWith("against"))
    .sort((a, b) => b.value * b.weight - a.value * a.weight)
    .map(({ meaning }) => meaning);
  const name = org === null ? "unknown" : (context.directory.organisations.get(org)?.name ?? org);
  const args: ExplanationArg[] = [
    { type: "number", value: hosts, ...(org === null ? {} : { org }) },
    { type: "organisation", value: org ?? name, ...(org === null ? {} : { org }) },
    { type: "domain", value: suspect.candidate.use.site.domain },
    { type: "number", value: suspect.score.score },
    { type: "time", value: rfc3339(first) },
    { type: "time", value: rfc3339(last) },
    { type: "number", value: days },
    { type: "bytes", value: out },
    { type: "bytes", value: into },
    { type: "list", value: ports.map((port) => `port ${port}`) },
    { type: "number", value: suspect.facts.organisations.length },
    { type: "number", value: suspect.facts.hosts },
    { type: "text", value: why.join(" ") },
  ];
  return {
    key: org === null ? "cloud-masquerade.unknown-organisation" : "cloud-masquerade.organisation",
    args,
  };
}

function caveats({ facts, certificates }: Suspect): string[] {
  const list: string[] = [];
  if (facts.shared) list.push(say("cloud-masquerade.site-lies-addresses-many"));
  if (certificates.length === 0) list.push(say("cloud-masquerade.no-certificate-seen-tls"));
  if (facts.organisations.length === 0) list.push(say("cloud-masquerade.no-inventory-names-owners"));
  if (facts.busyHours.length === 0) list.push(say("cloud-masquerade.networks-show-no-daily"));
  return list;
}
