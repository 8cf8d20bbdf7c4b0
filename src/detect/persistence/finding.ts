import { unique } from "../../kernel/group-by.js";
import { DAY, isoDay, rfc3339 } from "../../kernel/time.js";
import { type ExplanationArg, type Finding, findingId } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import type { EvidenceIndex, EvidencePair } from "../shared/evidence.js";
import { siteOf } from "../shared/site.js";
import type { Part } from "./contacts.js";
import type { Destination } from "./destinations.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Facts, Score } from "./score.js";

/** One organisation (or, without an inventory, one host) and one destination. */
export interface Relation {
  orgId: string | null;
  destination: Destination;
  parts: Part[];
  facts: Facts;
  score: Score;
}

const LISTED = 20;
/** Contact within the first or last days of the telemetry may have begun before it or go on after it. */
const EDGE_START = 2 * DAY;
const EDGE_END = 7 * DAY;

export function evidencePairs({ parts }: Relation): EvidencePair[] {
  return parts.map(({ realm, host, server, first, last }) => ({
    realm,
    host,
    server,
    from: first,
    to: last,
  }));
}

export function makeFinding(context: DetectContext, relation: Relation, index: EvidenceIndex): Finding {
  const { orgId, destination, parts, facts, score } = relation;
  const { course } = facts;
  const main = mainKey(relation);
  const evidence = index.of(evidencePairs(relation));
  const first = parts.reduce((least, part) => Math.min(least, part.first), Number.POSITIVE_INFINITY);
  const last = parts.reduce((latest, part) => Math.max(latest, part.last), Number.NEGATIVE_INFINITY);
  const addresses = course.addresses.slice(0, LISTED);
  const isSuspected = facts.suspected.length > 0;
  // A destination that nobody suspects is no server that others should start from.
  const role = isSuspected ? "server" : "destination";
  const hosts = unique(parts.map(({ realm, host }) => `${realm}|${host}`)).sort();
  return {
    id: findingId(manifest.id, orgId, ...(orgId === null ? hosts.slice(0, 1) : []), main),
    detector: manifest.id,
    title: say(
      "persistence.contact-days-weeks",
      main,
      course.days.length,
      course.weeks,
      moved(course.moves.length),
    ),
    severity: score.severity,
    score: score.score,
    components: score.components,
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: orgId,
    entities: [
      ...addresses.map(({ address }) => ({ kind: "address" as const, value: address, role })),
      ...destination.names.slice(0, LISTED).map((value) => ({ kind: "domain" as const, value, role })),
      ...hosts.map((host) => ({
        kind: "host" as const,
        value: host.slice(host.lastIndexOf("|") + 1),
        realm: host.slice(0, host.lastIndexOf("|")),
        role: "victim",
      })),
    ],
    attack: course.moves.length > 0 ? ["T1071", "T1568"] : ["T1071"],
    evidence,
    explanation: { key: "persistence.lasting", args: argumentsOf(context, relation, main) },
    caveats: caveatsOf(relation),
    facts: {
      destination: main,
      destinations: destination.keys.slice(0, LISTED),
      first_day: isoDay((course.days[0] ?? 0) * DAY),
      last_day: isoDay((course.days.at(-1) ?? 0) * DAY),
      active_days: course.days.length,
      watched_days: course.watchedDays,
      active_weeks: course.weeks,
      watched_weeks: course.watchedWeeks,
      span_days: course.spanDays,
      gap_hours: course.gap?.hours ?? 0,
      gap_unobserved_hours: course.gap?.unobserved ?? 0,
      gap_from: course.gap === undefined ? "" : rfc3339(course.gap.from),
      gap_to: course.gap === undefined ? "" : rfc3339(course.gap.to),
      cadence: Math.round(course.cadence * 1000) / 1000,
      addresses: addresses.map(({ address }) => address),
      address_first: addresses.map((each) => isoDay(each.first * DAY)),
      address_last: addresses.map((each) => isoDay(each.last * DAY)),
      address_days: addresses.map((each) => each.days),
      moves: course.moves.length,
      move_days: course.moves.map(({ day }) => isoDay(day * DAY)),
      move_from: course.moves.map(({ from }) => from),
      move_to: course.moves.map(({ to }) => to),
      hosts_of_destination: facts.hosts,
      organisations_of_destination: facts.organisations,
      usual_share: Math.round(facts.usual.share * 10_000) / 10_000,
      usual_destinations: facts.usual.destinations,
      ongoing: last >= context.span.last - EDGE_END,
      from_the_start: first <= context.span.first + EDGE_START,
      suspected_by: unique(facts.suspected.map(({ detector }) => detector)).sort(),
      rests_on_suspicion: isSuspected,
    },
    tlp: index.tlpOf(evidence),
  };
}

/** The destination that the contact began with names the relation: it stays when others join later. */
function mainKey({ destination, parts }: Relation): string {
  const firstOf = (key: string) =>
    parts.reduce(
      (least, part) => (part.key === key ? Math.min(least, part.first) : least),
      Number.POSITIVE_INFINITY,
    );
  const [main = ""] = [...destination.keys].sort((a, b) => firstOf(a) - firstOf(b) || a.localeCompare(b));
  return main;
}

function moved(moves: number): string {
  return moves === 0 ? "" : `, over ${moves} change${moves === 1 ? "" : "s"} of address`;
}

function argumentsOf(context: DetectContext, relation: Relation, main: string): ExplanationArg[] {
  const { course, usual } = relation.facts;
  const gap = course.gap;
  const day = (value: number): ExplanationArg => ({ type: "time", value: rfc3339(value * DAY) });
  const number = (value: number): ExplanationArg => ({ type: "number", value });
  return [
    who(context, relation),
    { type: siteOf(main) === undefined ? "address" : "domain", value: main },
    day(course.days[0] ?? 0),
    day(course.days.at(-1) ?? 0),
    number(course.days.length),
    number(course.watchedDays),
    number(course.weeks),
    number(course.watchedWeeks),
    { type: "duration", value: (gap?.hours ?? 0) * 3600 },
    { type: "time", value: rfc3339(gap?.from ?? (course.days[0] ?? 0) * DAY) },
    { type: "percent", value: Math.round(course.cadence * 100) / 100 },
    { type: "percent", value: Math.round(usual.share * 1000) / 1000 },
    number(usual.destinations),
    { type: "list", value: besides(relation) },
  ];
}

function who(context: DetectContext, { orgId, parts }: Relation): ExplanationArg {
  if (orgId === null) return { type: "host", value: parts[0]?.host ?? "" };
  const value = context.directory.organisations.get(orgId)?.name ?? orgId;
  return { type: "organisation", value, org: orgId };
}

/** Detectors are named, not their findings: a title may name another organisation. */
function besides({ destination, facts }: Relation): string[] {
  const { course, suspected } = facts;
  const detectors = unique(suspected.map(({ detector }) => detector)).sort();
  return [
    course.moves.length === 0
      ? `${course.addresses.length === 1 ? "one address" : `${course.addresses.length} addresses`}, no move from one to the next`
      : `it survived ${course.moves.length} moves: ${course.moves
          .slice(0, 5)
          .map(({ from, to, day }) => `${from} to ${to} on ${isoDay(day * DAY)}`)
          .join(", ")}`,
    ...(destination.keys.length > 1
      ? [
          `tied together: ${destination.keys.slice(0, 5).join(", ")}${destination.keys.length > 5 ? " …" : ""}`,
        ]
      : []),
    detectors.length === 0
      ? "no other detector holds anything against it"
      : `suspected by ${detectors.join(", ")}`,
  ];
}

function caveatsOf({ facts }: Relation): string[] {
  const { course, rarityKnown, suspected } = facts;
  const unobserved = course.spanDays - course.watchedDays;
  return [
    ...(suspected.length === 0
      ? [say("persistence.lasting-contact-server-few")]
      : [say("persistence.severity-rests-what-other")]),
    ...(rarityKnown ? [] : [say("persistence.so-few-hosts-inside")]),
    ...(unobserved > 0 ? [say("persistence.days-no-sensor-watched", unobserved, course.spanDays)] : []),
  ];
}
