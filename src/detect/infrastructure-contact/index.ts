import { chunks, groupBy } from "../../kernel/group-by.js";
import { plainAddress } from "../../kernel/plain-address.js";
import type { Finding } from "../../model/finding.js";
import type { RelationThresholds } from "../../model/relation.js";
import { ScanContacts } from "../../model/scan-contact.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex, type EvidencePair } from "../shared/evidence.js";
import { Groups } from "../shared/groups.js";
import { loadSensorHours } from "../shared/sensor-hours.js";
import { assembleRelations, isFollowed } from "./assemble.js";
import { contactsInHours, contactsWith, mergeContacts } from "./contacts.js";
import { makeFinding } from "./finding.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { byOwner, classify, markTranslated, type Relation } from "./relations.js";
import { type Resolution, registrable, resolveWatch } from "./resolve.js";
import { type Subject, summarise } from "./subject.js";
import { compileWatch, type Watch } from "./watch.js";
import { disjointSpans } from "./windows.js";

/** Evidence lines are fetched for at most this many findings, strongest first; the others say so. */
const WITH_EVIDENCE = 400;
/** Ends named in one evidence query: the largest relations come first. */
const ENDS = 60;

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (context.indicators.length === 0) {
    return {
      findings: [],
      evaluated: [],
      notTested: say("infrastructure-contact.no-watched-infrastructure-configured"),
    };
  }
  const watch = compileWatch(context.indicators, context.allow);
  const resolution = await resolveWatch(context, watch);
  const { relations, cut } = await watchedRelations(context, resolution);
  const outside = await outsideEnds(context, relations);
  const subjects = subjectsOf(context, watch, resolution, relations, outside);
  const hours = await loadSensorHours(context);
  const findings = subjects
    .map((subject) => {
      const summary = summarise(subject, hours, context.parameter("confirmed_confidence"));
      return { subject, finding: makeFinding(subject, summary, resolution) };
    })
    .sort((a, b) => b.finding.score - a.finding.score || a.finding.id.localeCompare(b.finding.id));
  await addEvidence(context, findings);
  if (cut) {
    for (const { finding } of findings) {
      finding.caveats.push(say("infrastructure-contact.limit-relations-reached-max"));
    }
  }
  return {
    findings: findings.map((each) => each.finding),
    evaluated: [
      { what: "indicators", count: context.indicators.length - watch.allowed },
      { what: say("infrastructure-contact.indicators-allow-list"), count: watch.allowed },
      { what: say("infrastructure-contact.watched-names-seen"), count: resolution.namesMatched },
      {
        what: say("infrastructure-contact.watched-addresses"),
        count: new Set(resolution.windows.map((each) => each.address)).size,
      },
      { what: say("infrastructure-contact.addresses-not-followed-shared"), count: resolution.shared.size },
      { what: say("infrastructure-contact.fingerprints-not-followed-too"), count: resolution.common.size },
      { what: "relations", count: relations.length },
    ],
  };
}

async function watchedRelations(
  context: DetectContext,
  resolution: Resolution,
): Promise<{ relations: Relation[]; cut: boolean }> {
  const limit = context.parameter("max_relations");
  const spans = disjointSpans(resolution.windows);
  const { contacts, cut } = await contactsWith(context, spans, limit);
  const windows = groupBy(resolution.windows, (each) => each.address);
  const unfollowed = resolution.sightings.filter(
    (each) =>
      each.channel !== "dns" &&
      !isFollowed(each, windows) &&
      !context.directory.isInternal(each.realm, each.server),
  );
  const inHours = await contactsInHours(context, unfollowed, limit);
  return {
    relations: assembleRelations(
      mergeContacts([...contacts, ...inHours]),
      resolution.sightings,
      resolution.windows,
      context.directory,
    ),
    cut,
  };
}

/** Indicators that share an address, a registrable domain or a relation are one group. */
function groupIndicators(watch: Watch, resolution: Resolution, relations: readonly Relation[]): Groups {
  const groups = new Groups(watch.indicators.length);
  for (const list of groupBy(resolution.windows, (each) => each.address).values()) {
    for (const one of list) {
      for (const other of list) {
        if (other.indicator !== one.indicator && other.from < one.to && one.from < other.to) {
          groups.join([one.indicator, other.indicator]);
        }
      }
    }
  }
  const domains = new Map<string, number[]>();
  for (const [name, indicators] of [...watch.names, ...watch.wildcards]) {
    const domain = registrable(name) ?? name;
    domains.set(domain, [...(domains.get(domain) ?? []), ...indicators]);
  }
  for (const members of domains.values()) groups.join(members);
  for (const relation of relations) groups.join(relation.indicators);
  return groups;
}

function subjectsOf(
  context: DetectContext,
  watch: Watch,
  resolution: Resolution,
  relations: readonly Relation[],
  outside: ReadonlySet<string>,
): Subject[] {
  const groups = groupIndicators(watch, resolution, relations);
  const names = new Map<number, string>();
  for (const [index, indicator] of watch.indicators.entries()) {
    const root = groups.root(index);
    const known = names.get(root);
    if (known === undefined || indicator.value < known) names.set(root, indicator.value);
  }
  const buckets = new Map<
    string,
    { org: string | undefined; root: number; outside: boolean; relations: Relation[] }
  >();
  for (const relation of relations) {
    const root = groups.root(relation.indicators[0] ?? 0);
    for (const [org, part] of byOwner(relation, context.directory)) {
      const end = `${part.realm}|${part.ours}`;
      const subject =
        org !== undefined ? `org|${org}` : outside.has(end) ? `outside|${part.realm}` : `host|${end}`;
      const key = `${subject}|${root}`;
      const bucket = buckets.get(key) ?? {
        org,
        root,
        outside: subject.startsWith("outside|"),
        relations: [],
      };
      bucket.relations.push(part);
      buckets.set(key, bucket);
    }
  }
  const made = [...buckets.values()].map(({ org, root, outside: far, relations: list }) =>
    subjectOf(context, watch, { org, outside: far, group: names.get(root) ?? "" }, list),
  );
  return foldUnresolvedScans(made);
}

function thresholds(context: DetectContext): RelationThresholds {
  return {
    persistentDays: context.parameter("persistent_days"),
    persistentSpanDays: context.parameter("persistent_span_days"),
    repeatedConnections: context.parameter("repeated_connections"),
    scanTargets: context.parameter("scan_targets"),
    scanBytes: context.parameter("scan_bytes"),
    inboundDayBytes: context.parameter("inbound_day_bytes"),
  };
}

function subjectOf(
  context: DetectContext,
  watch: Watch,
  { org, outside, group }: { org: string | undefined; outside: boolean; group: string },
  relations: readonly Relation[],
): Subject {
  const classified = classify(
    markTranslated(relations),
    thresholds(context),
    new ScanContacts(context.findings),
  );
  const one = relations[0] as Relation;
  const indexes = new Set(classified.relations.flatMap((each) => each.indicators));
  return {
    orgId: org ?? null,
    name: outside
      ? addressCount(relations, "outside the inventory")
      : org === undefined
        ? one.ours
        : (context.directory.organisations.get(org)?.name ?? org),
    realm: org === undefined ? one.realm : "",
    host: outside ? "outside" : org === undefined ? one.ours : "",
    outside,
    group,
    classified,
    indicators: [...indexes].flatMap((index) => watch.indicators[index] ?? []),
  };
}

function addressCount(relations: readonly Relation[], where: string): string {
  const count = new Set(relations.map((each) => each.ours)).size;
  return `${count} ${count === 1 ? "address" : "addresses"} ${where}`;
}

/**
 * Ends that are nobody's we know and not on our side either: where telemetry stands at the watched server itself, half the Internet talks
 * to it. They are one finding together, and no victims of ours.
 */
async function outsideEnds(context: DetectContext, relations: readonly Relation[]): Promise<Set<string>> {
  const unknown = relations.filter(
    (each) =>
      !context.directory.isInternal(each.realm, each.ours) &&
      context.directory.resolve(each.realm, each.ours, each.first) === undefined,
  );
  const inside = new Set<string>();
  for (const addresses of chunks([...new Set(unknown.map((each) => each.ours))], 2_000)) {
    const rows = await context.query<{ realm: string; address: string }>(
      `SELECT address_realm AS realm, toString(ip) AS address FROM internal_host WHERE ip IN {addresses:Array(IPv6)}`,
      { addresses },
    );
    for (const row of rows) inside.add(`${row.realm}|${plainAddress(row.address)}`);
  }
  return new Set(unknown.map((each) => `${each.realm}|${each.ours}`).filter((end) => !inside.has(end)));
}

/** A scan of a whole unassigned network is one finding for each realm and group, not one for each address. */
function foldUnresolvedScans(subjects: readonly Subject[]): Subject[] {
  const isScan = (each: Subject) =>
    each.orgId === null && !each.outside && each.classified.kind === "scanning";
  const scans = groupBy(subjects.filter(isScan), (each) => `${each.realm}|${each.group}`);
  const folded = [...scans.values()].map((list) => {
    const relations = list.flatMap((each) => each.classified.relations);
    const first = list[0] as Subject;
    return {
      ...first,
      name: addressCount(relations, `without an organisation in realm ${first.realm}`),
      host: "",
      classified: { ...first.classified, relations, scans: relations },
      indicators: [...new Set(list.flatMap((each) => each.indicators))],
    };
  });
  return [...subjects.filter((each) => !isScan(each)), ...folded];
}

/** Largest relations first. */
function evidencePairs(subject: Subject): EvidencePair[] {
  const volume = (relation: Relation) =>
    relation.days.reduce((sum, day) => sum + day.out + day.in + day.connections, 0);
  return [...subject.classified.relations]
    .sort((a, b) => volume(b) - volume(a))
    .slice(0, ENDS)
    .map(({ realm, ours, server, first, last }) => ({ realm, host: ours, server, from: first, to: last }));
}

function watchedNames(subject: Subject): string[] {
  return [...new Set(subject.classified.relations.flatMap((each) => each.labels))].filter((label) =>
    label.includes("."),
  );
}

async function addEvidence(
  context: DetectContext,
  made: readonly { subject: Subject; finding: Finding }[],
): Promise<void> {
  const some = made.slice(0, WITH_EVIDENCE);
  const index = await EvidenceIndex.load(
    context,
    some.flatMap(({ subject }) => evidencePairs(subject)),
    [...new Set(some.flatMap(({ subject }) => watchedNames(subject)))],
  );
  for (const [at, { subject, finding }] of made.entries()) {
    const most = subject.classified.kind === "scanning" ? 5 : 20;
    if (at < WITH_EVIDENCE) finding.evidence = index.of(evidencePairs(subject), watchedNames(subject), most);
    if (finding.evidence.length === 0) {
      finding.caveats.push(
        at < WITH_EVIDENCE
          ? "The raw records behind this contact are no longer held; the hourly roll-up shows it."
          : "Evidence lines were collected for stronger findings only.",
      );
    }
    finding.tlp = index.tlpOf(
      finding.evidence,
      subject.indicators.map((each) => each.tlp),
    );
  }
}
