import type { ScoreComponent, Severity } from "../../model/finding.js";
import { providerList } from "../shared/providers.js";
import { oddPorts } from "../shared/service-ports.js";
import { isUnderRentedSuffix } from "../shared/site.js";
import { say } from "./messages.js";
import { type Purpose, purposeOf } from "./purpose.js";
import type { Reach } from "./reach.js";
import { certaintyOf, type Rhythm } from "./rhythm/rhythm.js";
import type { Subject } from "./subject.js";
import type { Relation } from "./surroundings.js";

/** All that is known about one regular contact. */
export interface BeaconFacts {
  subject: Subject;
  rhythm: Rhythm;
  relation: Relation;
  reach: Reach;
  purpose: Purpose | undefined;
  /** Names that stand for the destination: those said for most of the contacts, else those told by the DNS. */
  names: readonly string[];
  /** Seconds in which the rhythm was kept, in all of the contacts and not only in those that were read. */
  kept: number;
  /** Part of the contacts whose size is near the middle one; undefined where the log has no sizes. */
  steadiness: number | undefined;
  /** The source's look-ups are in the logs: no name then means that it asked for none. */
  lookupsSeen: boolean;
  /** Hours from the beginning of the telemetry to the first contact, and hours of telemetry. */
  age: number;
  span: number;
  /** Of ours that contact outside. */
  insideHosts: number;
}

export interface Limits {
  mediumScore: number;
  highScore: number;
  lowScore: number;
  rareHosts: number;
  popularShare: number;
  minCheckIns: number;
  minKept: number;
  newAfter: number;
}

/** The rhythm counts as long as the telemetry, at most so many hours: a month of regular contact is as good as a year. */
const MOST_HOURS = 720;
/** Hosts with which a destination is no longer rare, whatever the size of the network. */
const LEAST_POPULAR = 10;

/** Names said for most of the contacts; where the client said none, those for which it was told the address. */
export function namesOf({ said, told }: Pick<Relation, "said" | "told">): string[] {
  const all = said.reduce((sum, each) => sum + each.contacts, 0);
  const names: string[] = [];
  let covered = 0;
  for (const { name, contacts } of said) {
    if (covered >= 0.8 * all) break;
    names.push(name);
    covered += contacts;
  }
  return said.length > 0 ? names : [...told];
}

/** The purpose that all of the names have, else that of the service. */
export function purposeOfAll(names: readonly string[], relation: Relation): Purpose | undefined {
  const byName = names.map((name) => purposeOf([name], undefined));
  if (names.length > 0 && byName.every((each) => each !== undefined)) return byName[0];
  return purposeOf([], relation.service);
}

export function componentsOf(facts: BeaconFacts): ScoreComponent[] {
  const { rhythm, reach, subject, purpose, insideHosts } = facts;
  const hours = facts.kept / 3600;
  const most = Math.min(Math.max(facts.span, 1), MOST_HOURS);
  const limit = Math.max(LEAST_POPULAR, insideHosts / 10);
  const provider = purpose?.by === "domain" && purpose.harmless;
  const ofService = purpose?.by === "port" && purpose.harmless;
  return [
    component(
      "rhythm",
      certaintyOf(rhythm.bits),
      1,
      say("beaconing.bits-evidence-beacon-intervals", rhythm.bits.toFixed(0), rhythm.gaps),
    ),
    component(
      "endurance",
      Math.log1p(hours) / Math.log1p(most),
      0.8,
      say("beaconing.kept-hours-logarithmic-full", hours.toFixed(1), facts.span.toFixed(0), most.toFixed(0)),
    ),
    component(
      "steadiness",
      facts.steadiness ?? 0.5,
      0.5,
      facts.steadiness === undefined
        ? say("beaconing.log-has-no-sizes")
        : say("beaconing.contacts-sent-as-much", percent(facts.steadiness), percent(SIZE_TOLERANCE)),
    ),
    subject.outbound
      ? component(
          "rarity",
          1 - Math.log(Math.max(1, perOrganisation(reach))) / Math.log(limit),
          0.6,
          say(
            "beaconing.our-hosts-contact-logarithmic",
            reach.hosts,
            reach.organisations > 1 ? say("beaconing.organisations", reach.organisations) : "",
            limit.toFixed(0),
          ),
        )
      : component("rarity", 0.5, 0.6, say("beaconing.how-many-contact-server")),
    component(
      "reputation",
      provider ? 0 : 1,
      0.6,
      provider
        ? say("beaconing.known", purpose.fact, purpose.what)
        : say("beaconing.destination-no-list-known"),
    ),
    component(
      "purpose",
      ofService ? 0 : 1,
      0.6,
      ofService
        ? say("beaconing.is-for", purpose.fact, purpose.what)
        : say("beaconing.no-service-contacts-regularly"),
    ),
    component(
      "direction",
      subject.outbound ? 1 : 0,
      0.3,
      subject.outbound
        ? say("beaconing.one-ours-contacts-somebody")
        : say("beaconing.somebody-outside-contacts-one"),
    ),
  ];
}

function component(name: string, value: number, weight: number, meaning: string): ScoreComponent {
  return { name, value: Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000, weight, meaning };
}

/** Product of 1 − weight × (1 − value): each component can only lower the score, the rhythm to nothing. */
export function scoreOf(components: readonly ScoreComponent[]): number {
  const product = components.reduce((score, { value, weight }) => score * (1 - weight * (1 - value)), 1);
  return Math.round(product * 1000) / 1000;
}

export const SIZE_TOLERANCE = 0.12;

/** Part of the sizes within {@link SIZE_TOLERANCE} of the middle one; undefined without sizes. */
export function steadinessOf(sizes: readonly number[]): number | undefined {
  const ascending = [...sizes].sort((a, b) => a - b);
  const median = ascending[ascending.length >> 1];
  if (median === undefined || median === 0) return undefined;
  return (
    ascending.filter((size) => Math.abs(size - median) <= SIZE_TOLERANCE * median).length / ascending.length
  );
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A purpose that explains contact by itself, whoever has it. */
const PLAIN_SERVICES = new Set(["time", "name resolution", "ping"]);

/** Why nobody needs to look at it. */
export function excuse(
  { purpose, reach, insideHosts, subject }: BeaconFacts,
  limits: Limits,
): string | undefined {
  if (purpose?.harmless && (purpose.by === "domain" || PLAIN_SERVICES.has(purpose.what)))
    return `${purpose.what}: ${purpose.fact}`;
  if (subject.outbound && reach.hosts >= LEAST_POPULAR && reach.hosts >= limits.popularShare * insideHosts)
    return `${reach.hosts} of ${insideHosts} hosts contact it: what everybody contacts is no command server of a few`;
  return undefined;
}

/** Software on many machines is on many machines of each organisation; an intruder is on a few of each. */
function perOrganisation({ hosts, organisations }: Reach): number {
  return hosts / Math.max(1, organisations);
}

/** More hosts are many, over however many organisations they are spread. */
const MOST_RARE = 100;

/** A handful of hosts in each organisation that has any. */
function isRare(reach: Reach, { rareHosts }: Limits): boolean {
  return reach.hosts <= MOST_RARE && perOrganisation(reach) <= rareHosts;
}

/** Why it may well be harmless: with any of these it is at most low. */
export function reservations(facts: BeaconFacts, limits: Limits): string[] {
  const { subject, purpose, reach, rhythm, kept, span } = facts;
  const found: string[] = [];
  const reserve = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  reserve(!subject.outbound, say("beaconing.somebody-outside-contacts-one.2"));
  reserve(
    purpose !== undefined,
    say("beaconing.looks-like-which-regular", String(purpose?.what), String(purpose?.fact)),
  );
  reserve(
    subject.outbound && !isRare(reach, limits),
    say("beaconing.our-hosts-contact-software", reach.hosts),
  );
  reserve(rhythm.gaps < limits.minCheckIns, say("beaconing.intervals-few-coincidence-not", rhythm.gaps));
  reserve(
    kept < limits.minKept && kept < (3600 * span) / 2,
    say("beaconing.rhythm-lasted-only-hours", (kept / 3600).toFixed(1)),
  );
  return found;
}

/** What ordinary software seldom does. */
export interface Mark {
  /** {@link MEDIUM_POINTS} make medium, {@link HIGH_POINTS} high. */
  points: number;
  what: string;
}
const MEDIUM_POINTS = 1.5;
const HIGH_POINTS = 2.5;

export function marksOf(facts: BeaconFacts, limits: Limits): Mark[] {
  const { subject, relation, names, reach, age, span } = facts;
  if (!subject.outbound) return [];
  const odd =
    subject.kind === "proxied" || relation.service?.protocol !== "tcp" ? [] : oddPorts(relation.ports);
  const found: (Mark | undefined)[] = [
    mark(
      subject.kind === "address" && names.length === 0 && facts.lookupsSeen,
      2,
      "The address was contacted without ever asking for a name.",
    ),
    mark(
      span >= 2 * limits.newAfter && age >= limits.newAfter,
      1,
      `The contact began ${Math.floor(age / 24)} days after the telemetry.`,
    ),
    mark(
      names.some((name) => isUnderRentedSuffix(name) && providerList().of(name) === undefined),
      1,
      "The name lies below a domain that gives names to anyone.",
    ),
    // A niche vendor has both of these, too: one host in each of several customers, and a port of its own.
    mark(odd.length > 0, 0.5, `Port ${odd.slice(0, 5).join(", ")} is not one of an ordinary service.`),
    mark(
      reach.organisations >= 2,
      0.5,
      `Hosts of ${reach.organisations} organisations contact it, and hardly anybody else.`,
    ),
  ];
  return found.filter((each) => each !== undefined);
}

function mark(is: boolean, points: number, what: string): Mark | undefined {
  return is ? { points, what } : undefined;
}

export function severityOfBeacon(facts: BeaconFacts, score: number, limits: Limits): Severity {
  if (excuse(facts, limits) !== undefined || score < limits.lowScore) return "informational";
  if (score < limits.mediumScore || reservations(facts, limits).length > 0) return "low";
  const points = marksOf(facts, limits).reduce((sum, each) => sum + each.points, 0);
  if (points >= HIGH_POINTS && score >= limits.highScore) return "high";
  return points >= MEDIUM_POINTS ? "medium" : "low";
}
