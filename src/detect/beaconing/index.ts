import { HOUR } from "../../kernel/time.js";
import type { DetectContext, Detector, DetectorResult } from "../port.js";
import { EvidenceIndex } from "../shared/evidence.js";
import { knowsInside, NO_INSIDE } from "../shared/inside.js";
import { loadSensorHours, type SensorHours } from "../shared/sensor-hours.js";
import { hostsWithLookups } from "../shared/visibility.js";
import { candidates } from "./candidates.js";
import { contactsOf } from "./contacts.js";
import { evidenceNames, evidencePairs, makeFinding, ourHost, ritaPairOf } from "./finding.js";
import { fold, type Scored } from "./fold.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { ReachIndex } from "./reach.js";
import { blindTimes } from "./rhythm/blind.js";
import type { Blind } from "./rhythm/check-ins.js";
import { type Rhythm, rhythmOf } from "./rhythm/rhythm.js";
import { ritaPairs } from "./rita/pairs.js";
import {
  type BeaconFacts,
  componentsOf,
  type Limits,
  namesOf,
  purposeOfAll,
  scoreOf,
  steadinessOf,
} from "./score.js";
import { type Subject, subjectKey } from "./subject.js";
import { insideHosts, type Relation, relationsOf } from "./surroundings.js";

/** Bits by which a glance may fall short of what reading finds. */
const GLANCE_ERROR = 4;

export const detector: Detector = { manifest, run };

async function run(context: DetectContext): Promise<DetectorResult> {
  if (!(await knowsInside(context))) return { findings: [], evaluated: [], notTested: NO_INSIDE };
  const leastContacts = Math.round(context.parameter("min_contacts"));
  const { subjects, all, promising } = await candidates(context, {
    leastContacts,
    leastBits: context.parameter("min_bits") - GLANCE_ERROR,
    most: Math.round(context.parameter("max_candidates")),
  });
  if (all === 0) {
    const notTested = say("beaconing.no-source-has-answered", leastContacts);
    return { findings: [], evaluated: [], notTested };
  }
  const regular = await regularOnes(context, subjects);
  const { scored, allowed } = await score(context, regular);
  const beacons = fold(
    scored,
    (facts) =>
      context.directory.resolve(facts.subject.realm, ourHost(facts), facts.relation.first)?.orgId ??
      facts.subject.realm,
  );
  const weighty = beacons.filter(({ lead }) => lead.score >= context.parameter("min_score"));
  const reported = weighty.slice(0, Math.round(context.parameter("max_findings")));
  const rita = await ritaPairs(
    context,
    reported.flatMap(({ lead }) => ritaPairOf(lead)),
  );
  const index = await EvidenceIndex.load(context, reported.flatMap(evidencePairs), [
    ...new Set(reported.flatMap(evidenceNames)),
  ]);
  const limits = limitsOf(context);
  return {
    findings: reported.map((beacon) => {
      const { realm, source, target } = beacon.lead.facts.subject;
      return makeFinding(context, beacon, index, limits, rita.get(`${realm}|${source}|${target}`));
    }),
    evaluated: [
      { what: say("beaconing.sources-targets-enough-contacts"), count: all },
      { what: say("beaconing.these-gaps-may-be"), count: promising },
      { what: say("beaconing.these-read-one-by"), count: subjects.length },
      { what: say("beaconing.these-not-read-beyond"), count: promising - subjects.length },
      { what: say("beaconing.regular-ones"), count: regular.length },
      { what: say("beaconing.regular-ones-allow-list"), count: allowed },
      { what: say("beaconing.regular-ones-folded-into"), count: scored.length - beacons.length },
      { what: say("beaconing.beacons-not-reported-below"), count: beacons.length - weighty.length },
      { what: say("beaconing.beacons-not-reported-beyond"), count: weighty.length - reported.length },
    ],
  };
}

function limitsOf(context: DetectContext): Limits {
  return {
    lowScore: context.parameter("low_score"),
    mediumScore: context.parameter("medium_score"),
    highScore: context.parameter("high_score"),
    rareHosts: context.parameter("rare_hosts"),
    popularShare: context.parameter("popular_share"),
    minCheckIns: context.parameter("min_check_ins"),
    minKept: context.parameter("min_kept_seconds"),
    newAfter: context.parameter("new_after_hours"),
  };
}

/** A subject whose contacts keep a rhythm; the contacts themselves are forgotten. */
interface Regular {
  subject: Subject;
  rhythm: Rhythm;
  kept: number;
  steadiness: number | undefined;
}

async function regularOnes(context: DetectContext, subjects: readonly Subject[]): Promise<Regular[]> {
  const blind = blindTimesOf(context, await loadSensorHours(context));
  const least = context.parameter("min_bits");
  const regular: Regular[] = [];
  for await (const observed of contactsOf(context, subjects, spanHours(context))) {
    const rhythm = rhythmOf(observed.runs, blind(observed.sensors));
    if (rhythm === undefined || rhythm.bits < least) continue;
    regular.push({
      subject: observed.subject,
      rhythm,
      kept: rhythm.kept * (observed.all / Math.max(1, observed.taken)),
      steadiness: steadinessOf(observed.runs.flatMap((run) => run.map((contact) => contact.out))),
    });
  }
  return regular;
}

const spanHours = ({ span }: DetectContext): number => Math.max(1, (span.last - span.first) / HOUR);

/** The hours in which none of some sensors wrote anything. */
function blindTimesOf({ span }: DetectContext, hours: SensorHours): (sensors: readonly string[]) => Blind {
  const from = Math.floor(span.first / HOUR);
  const to = Math.ceil(span.last / HOUR);
  const known = new Map<string, Blind>();
  return (sensors) => {
    const key = [...sensors].sort().join("\n");
    const blind = known.get(key) ?? blindTimes(hours.up(sensors, from, to), from, to);
    known.set(key, blind);
    return blind;
  };
}

async function score(
  context: DetectContext,
  regular: readonly Regular[],
): Promise<{ scored: Scored[]; allowed: number }> {
  const relations = await relationsOf(
    context,
    regular.map((each) => each.subject),
  );
  const related = regular.flatMap((each) => {
    const relation = relations.get(subjectKey(each.subject));
    return relation === undefined ? [] : [{ ...each, relation, names: namesOf(relation) }];
  });
  const wanted = related.filter((each) => !isAllowed(context, each));
  const reaches = await ReachIndex.load(context, {
    addresses: wanted.filter(({ subject }) => subject.outbound).flatMap(({ relation }) => relation.addresses),
    ours: wanted.filter(({ subject }) => !subject.outbound).map(({ subject }) => subject.target),
    names: wanted.flatMap(({ names }) => names),
  });
  const lookups = await hostsWithLookups(
    context,
    wanted.map(({ subject }) => ({ realm: subject.realm, host: subject.source })),
  );
  const hosts = await insideHosts(context);
  const scored = wanted.map((each) => {
    const { subject, relation, names } = each;
    const facts: BeaconFacts = {
      ...each,
      reach: subject.outbound ? reaches.of(relation.addresses, names) : reaches.ofOurs(subject.target),
      purpose: purposeOfAll(names, relation),
      lookupsSeen: lookups.has(`${subject.realm}|${subject.source}`),
      age: (relation.first - context.span.first) / HOUR,
      span: spanHours(context),
      insideHosts: hosts,
    };
    return { facts, score: scoreOf(componentsOf(facts)) };
  });
  return { scored, allowed: related.length - wanted.length };
}

function isAllowed(
  { allow }: DetectContext,
  { subject, names, relation }: { subject: Subject; names: readonly string[]; relation: Relation },
): boolean {
  return (
    allow.address(subject.source) ||
    (subject.kind === "address" && allow.address(subject.target)) ||
    (subject.kind === "proxied"
      ? false
      : relation.addresses.length > 0 && relation.addresses.every((each) => allow.address(each))) ||
    (names.length > 0 && names.every((name) => allow.domain(name)))
  );
}
