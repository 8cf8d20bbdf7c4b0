import { type Finding, strictestTlp } from "../../model/finding.js";
import type { RelationThresholds } from "../../model/relation.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { evidenceTlp, flowEvidence, nameEvidence } from "../shared/evidence.js";
import { groupBy } from "../shared/group-by.js";
import { loadSensorHours } from "../shared/sensor-hours.js";
import { assembleRelations, isFollowed } from "./assemble.js";
import { contactsInHours, contactsWith, mergeContacts } from "./contacts.js";
import { makeFinding, type Subject, summarise } from "./finding.js";
import { Groups } from "./groups.js";
import { manifest } from "./manifest.js";
import { byOwner, classify, markTranslated, type Relation } from "./relations.js";
import { type Resolution, registrable, resolveWatch } from "./resolve.js";
import { compileWatch, type Watch } from "./watch.js";
import { disjointSpans } from "./windows.js";

/** Evidence lines are fetched for at most this many findings, strongest first; the others say so. */
const WITH_EVIDENCE = 400;
/** Ends named in one evidence query: the largest relations come first. */
const ENDS = 60;

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (context.indicators.length === 0) {
    return { findings: [], evaluated: [], notTested: "no watched infrastructure is configured" };
  }
  const watch = compileWatch(context.indicators, context.allow);
  const resolution = await resolveWatch(context, watch);
  const { relations, cut } = await watchedRelations(context, resolution);
  const subjects = subjectsOf(context, watch, resolution, relations);
  const hours = await loadSensorHours(context);
  const findings = subjects
    .map((subject) => {
      const summary = summarise(subject, hours, context.parameter("confirmed_confidence"));
      return { subject, finding: makeFinding(subject, summary, resolution) };
    })
    .sort((a, b) => b.finding.score - a.finding.score || a.finding.id.localeCompare(b.finding.id));
  for (const [index, { subject, finding }] of findings.entries()) {
    if (index < WITH_EVIDENCE) await addEvidence(context, subject, finding);
    else finding.caveats.push("Evidence lines were collected for stronger findings only.");
    if (cut)
      finding.caveats.push("The limit of relations was reached (max_relations): the weakest are missing.");
  }
  return {
    findings: findings.map((each) => each.finding),
    evaluated: [
      { what: "indicators", count: context.indicators.length - watch.allowed },
      { what: "indicators on the allow-list", count: watch.allowed },
      { what: "watched names seen", count: resolution.namesMatched },
      { what: "watched addresses", count: new Set(resolution.windows.map((each) => each.address)).size },
      { what: "addresses not followed (shared hosting)", count: resolution.shared.size },
      { what: "fingerprints not followed (too common)", count: resolution.common.size },
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
): Subject[] {
  const groups = groupIndicators(watch, resolution, relations);
  const names = new Map<number, string>();
  for (const [index, indicator] of watch.indicators.entries()) {
    const root = groups.root(index);
    const known = names.get(root);
    if (known === undefined || indicator.value < known) names.set(root, indicator.value);
  }
  const buckets = new Map<string, { org: string | undefined; root: number; relations: Relation[] }>();
  for (const relation of relations) {
    const root = groups.root(relation.indicators[0] ?? 0);
    for (const [org, part] of byOwner(relation, context.directory)) {
      const subject = org === undefined ? `host|${part.realm}|${part.ours}` : `org|${org}`;
      const key = `${subject}|${root}`;
      const bucket = buckets.get(key) ?? { org, root, relations: [] };
      bucket.relations.push(part);
      buckets.set(key, bucket);
    }
  }
  const made = [...buckets.values()].map(({ org, root, relations: list }) =>
    subjectOf(context, watch, org, names.get(root) ?? "", list),
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
  org: string | undefined,
  group: string,
  relations: readonly Relation[],
): Subject {
  const classified = classify(markTranslated(relations), thresholds(context));
  const one = relations[0] as Relation;
  const indexes = new Set(classified.relations.flatMap((each) => each.indicators));
  return {
    orgId: org ?? null,
    name: org === undefined ? one.ours : (context.directory.organisations.get(org)?.name ?? org),
    realm: org === undefined ? one.realm : "",
    host: org === undefined ? one.ours : "",
    group,
    classified,
    indicators: [...indexes].flatMap((index) => watch.indicators[index] ?? []),
  };
}

/** A scan of a whole unassigned network is one finding for each realm and group, not one for each address. */
function foldUnresolvedScans(subjects: readonly Subject[]): Subject[] {
  const isScan = (each: Subject) => each.orgId === null && each.classified.kind === "scanning";
  const scans = groupBy(subjects.filter(isScan), (each) => `${each.realm}|${each.group}`);
  const folded = [...scans.values()].map((list) => {
    const relations = list.flatMap((each) => each.classified.relations);
    const first = list[0] as Subject;
    return {
      ...first,
      name: `${list.length} ${list.length === 1 ? "address" : "addresses"} without an organisation in realm ${first.realm}`,
      host: "",
      classified: { ...first.classified, relations, scans: relations },
      indicators: [...new Set(list.flatMap((each) => each.indicators))],
    };
  });
  return [...subjects.filter((each) => !isScan(each)), ...folded];
}

async function addEvidence(context: DetectContext, subject: Subject, finding: Finding): Promise<void> {
  const { relations, kind } = subject.classified;
  const volume = (relation: Relation) =>
    relation.days.reduce((sum, day) => sum + day.out + day.in + day.connections, 0);
  const strongest = [...relations].sort((a, b) => volume(b) - volume(a)).slice(0, ENDS);
  for (const [realm, list] of groupBy(strongest, (each) => each.realm)) {
    const selection = {
      realm,
      ours: [...new Set(list.map((each) => each.ours))],
      servers: [...new Set(list.filter((each) => each.server !== "").map((each) => each.server))],
      from: Math.min(...list.map((each) => each.first)),
      to: Math.max(...list.map((each) => each.last)),
    };
    if (selection.servers.length > 0) {
      finding.evidence.push(...(await flowEvidence(context, selection, kind === "scanning")));
    }
    const names = [...new Set(list.flatMap((each) => each.labels))].filter((label) => label.includes("."));
    finding.evidence.push(...(await nameEvidence(context, realm, selection.ours, names)));
  }
  finding.evidence = finding.evidence.sort((a, b) => a.time.localeCompare(b.time)).slice(0, 24);
  if (finding.evidence.length === 0) {
    finding.caveats.push(
      "The raw records behind this contact are no longer held; the hourly roll-up shows it.",
    );
  }
  const levels = subject.indicators.map((each) => each.tlp);
  finding.tlp = strictestTlp([...levels, ...(await evidenceTlp(context, finding.evidence))]);
}
