import { unique } from "../../../kernel/group-by.js";
import { DAY, rfc3339 } from "../../../kernel/time.js";
import {
  type ExplanationArg,
  type Finding,
  type FindingPart,
  findingId,
  SEVERITIES,
  type Severity,
  severityRank,
} from "../../../model/finding.js";
import type { DetectContext } from "../../port.js";
import { addressEntities } from "../../shared/host-owners.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Tally } from "./tally.js";

/** Hosts that a finding names. */
const LISTED = 50;
const RULES_LISTED = 50;

const WEIGHT = { level: 0.6, corroborated: 0.25, rarity: 0.15 };
const LEVEL_VALUE: Readonly<Record<Severity, number>> = {
  informational: 0.1,
  low: 0.25,
  medium: 0.5,
  high: 0.75,
  critical: 1,
};

export interface Judged {
  tally: Tally;
  severity: Severity;
  corroborated: boolean;
  noisy: boolean;
  habit: boolean;
  score: number;
}

/** On fewer hosts than this, an intruder can be on most of them. */
const HABIT_HOSTS = 20;
/** What runs every week was seen by then. */
const HABIT_BEGINS = 7 * DAY;

/** Hosts with events of one address plan. */
export interface Network {
  hosts: number;
  /** When the events of half of them have begun, milliseconds UTC: some keep theirs for years. */
  began: number;
}

/**
 * Whether a rule matches on most of a network's hosts, again and again, and did so when its logs began: what came later may have been brought by an intruder. Sooner or later it is seen near
 * whatever else matches there: that bears nothing out.
 *
 * @param share of them, 0..1
 * @param days on which it matches on a host, in the mean: what reaches all of them at once may be an intruder's
 */
export function isHabit(tally: Tally, network: Network, share: number, days: number): boolean {
  return (
    tally.hosts.length >= Math.max(HABIT_HOSTS, share * network.hosts) &&
    tally.daysPerHost >= days &&
    tally.first <= network.began + HABIT_BEGINS
  );
}

/** @param others rules of level high or critical that matched on one of its hosts at about the same time */
export function judge(tally: Tally, others: number, noisyPerHostDay: number, habit: boolean): Judged {
  const { level } = tally.rule;
  const corroborated = others > 0 && !habit;
  const noisy = tally.perHostDay > noisyPerHostDay;
  const steps = (corroborated ? 0 : 1) + (noisy ? 1 : 0);
  const severity = SEVERITIES[Math.max(0, severityRank(level) - steps)] ?? "informational";
  const score = componentsOf({ tally, corroborated }).reduce(
    (sum, { value, weight }) => sum + value * weight,
    0,
  );
  return { tally, severity, corroborated, noisy, habit, score: Math.round(score * 1000) / 1000 };
}

function componentsOf({
  tally,
  corroborated,
}: Pick<Judged, "tally" | "corroborated">): Finding["components"] {
  const rarity = 1 / (1 + Math.log10(Math.max(1, tally.perHostDay)));
  return [
    {
      name: "level",
      value: LEVEL_VALUE[tally.rule.level],
      weight: WEIGHT.level,
      meaning: say("sigma.how-urgent-rule-author"),
    },
    {
      name: "corroborated",
      value: corroborated ? 1 : 0,
      weight: WEIGHT.corroborated,
      meaning: say("sigma.whether-another-rule-level"),
    },
    {
      name: "rarity",
      value: Math.round(rarity * 1000) / 1000,
      weight: WEIGHT.rarity,
      meaning: say("sigma.one-match-each-host"),
    },
  ];
}

/** That one rule matched on two hosts is nothing that they have in common. */
function partOf(tally: Tally, value: string): FindingPart {
  const { first, last } = tally.timesOn(value);
  return {
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    entities: [{ kind: "host", value, realm: tally.realm, role: "victim" }],
  };
}

const CAVEATS = [say("sigma.rule-knows-what-act")];

export function findingOf(
  context: DetectContext,
  { tally, severity, corroborated, noisy, habit, score }: Judged,
): Finding {
  const { rule, orgId, realm, hosts } = tally;
  const org = orgId === null ? {} : { org: orgId };
  const software = programsOf(rule.tags);
  const number = (value: number): ExplanationArg => ({ type: "number", value });
  return {
    id: findingId(manifest.id, orgId, rule.id === "" ? rule.title : rule.id, realm),
    detector: manifest.id,
    title: titleOf(tally),
    severity,
    score,
    components: componentsOf({ tally, corroborated }),
    first_seen: rfc3339(tally.first),
    last_seen: rfc3339(tally.last),
    org_id: orgId,
    entities: [
      ...hosts.slice(0, LISTED).map((value) => ({ kind: "host" as const, value, realm, role: "victim" })),
      ...addressEntities(context, realm, hosts.slice(0, LISTED), tally.first, tally.last),
      ...tally.others.slice(0, LISTED),
    ],
    attack: techniquesOf(rule.tags),
    evidence: tally.evidence,
    explanation: {
      key: rule.kind === "correlation" ? "sigma.correlation" : "sigma.rule",
      args: [
        { type: "text", value: rule.title },
        { type: "text", value: rule.level },
        number(tally.matches),
        number(hosts.length),
        { type: "time", value: rfc3339(tally.first) },
        { type: "time", value: rfc3339(tally.last) },
        { type: "list", value: hosts.slice(0, 5), ...org },
        { type: "text", value: rule.description.trim() === "" ? rule.title : rule.description.trim() },
      ],
    },
    caveats: [
      ...CAVEATS,
      ...(noisy ? [say("sigma.matched-times-each-host", Math.round(tally.perHostDay))] : []),
      ...(habit ? [say("sigma.habit", hosts.length, Math.round(tally.daysPerHost))] : []),
      ...(hosts.length > LISTED ? [say("sigma.more-hosts-not-listed", hosts.length - LISTED)] : []),
    ],
    ...(hosts.length > 1 && { parts: hosts.slice(0, LISTED).map((host) => partOf(tally, host)) }),
    facts: {
      ...(software.length > 0 && { software }),
      rule_id: rule.id,
      rule_title: rule.title,
      level: rule.level,
      matches: tally.matches,
      hosts: hosts.length,
      host_names: hosts.slice(0, LISTED),
      ...(tally.others.length > 0 && { others: tally.others.slice(0, LISTED).map(({ value }) => value) }),
      corroborated,
    },
    tlp: "clear",
  };
}

function titleOf({ rule, hosts, others: named }: Tally): string {
  const [first] = hosts;
  if (first === undefined) return named[0] === undefined ? rule.title : `${rule.title}: ${named[0].value}`;
  const others = hosts.length - 1;
  return `${rule.title}: ${first}${others === 0 ? "" : ` and ${others} more host${others === 1 ? "" : "s"}`}`;
}

/** One finding for the rules of one organisation that have none of their own. */
export function othersFinding(judged: readonly Judged[]): Finding {
  const tallies = judged.map(({ tally }) => tally).sort((a, b) => b.matches - a.matches);
  const [{ orgId, realm }] = tallies as [Tally];
  const first = tallies.reduce((least, tally) => Math.min(least, tally.first), Number.POSITIVE_INFINITY);
  const last = tallies.reduce((most, tally) => Math.max(most, tally.last), Number.NEGATIVE_INFINITY);
  const matches = tallies.reduce((sum, tally) => sum + tally.matches, 0);
  const hosts = unique(tallies.flatMap((tally) => tally.hosts));
  const named = tallies.slice(0, RULES_LISTED).map(({ rule, matches: count }) => `${rule.title} (${count})`);
  return {
    id: findingId(manifest.id, orgId, "others", realm),
    detector: manifest.id,
    title: say("sigma.other-sigma-rules-matched", tallies.length, matches),
    severity: "informational",
    score: Math.max(...judged.map(({ score }) => score)),
    components: [
      {
        name: "gravest",
        value: Math.max(...judged.map(({ score }) => score)),
        weight: 1,
        meaning: say("sigma.score-gravest-these-rules"),
      },
    ],
    first_seen: rfc3339(first),
    last_seen: rfc3339(last),
    org_id: orgId,
    entities: hosts.slice(0, LISTED).map((value) => ({ kind: "host", value, realm, role: "mentioned" })),
    attack: unique(tallies.flatMap(({ rule }) => techniquesOf(rule.tags))),
    evidence: tallies.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, 8),
    explanation: {
      key: "sigma.others",
      args: [
        { type: "number", value: tallies.length },
        { type: "number", value: matches },
        { type: "number", value: hosts.length },
        { type: "time", value: rfc3339(first) },
        { type: "time", value: rfc3339(last) },
        { type: "list", value: named.slice(0, 20) },
      ],
    },
    caveats: [...CAVEATS, say("sigma.longwatch-sigma-hunt-prints")],
    facts: { rules: named, matches, hosts: hosts.length },
    tlp: "clear",
  };
}

/** `attack.s0002`: a program of ATT&CK that the rule's author means. */
function programsOf(tags: readonly string[]): string[] {
  return unique(tags.flatMap((tag) => /^attack\.(s\d{4})$/i.exec(tag)?.[1]?.toUpperCase() ?? []));
}

/** `attack.t1059.001` to `T1059.001`; tactics, groups and programs have no place among techniques. */
function techniquesOf(tags: readonly string[]): string[] {
  return unique(tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []));
}
