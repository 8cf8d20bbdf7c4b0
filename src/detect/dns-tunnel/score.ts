import type { ScoreComponent, Severity } from "../../model/finding.js";
import type { Lookups } from "./lookups.js";
import { say } from "./messages.js";
import type { Outcome } from "./outcomes.js";

/** What the sampled names look like, and what else the case knows of the host. */
export interface Appearance {
  /** 0..1, see `LetterModel`. */
  strangeness: number;
  /** Mean characters in front of the domain. */
  length: number;
  /** The names have a form that harmless programs have too, in words: low at most. */
  reserved: string | undefined;
  /** They were looked up to be visited, or are a browser's own probes: nothing is hidden in them. */
  ordinary: boolean;
  outcome: Outcome;
  /** It asks a resolver outside that hardly anyone uses. */
  bypassed: boolean;
  /** It asks for text-bearing records of so many domains that polling is its trade (mail server, resolver). */
  asksForTexts: boolean;
}

export interface Thresholds {
  minNames: number;
  minPolls: number;
  evidenceNames: number;
  evidenceBytes: number;
  maxHosts: number;
}

export interface Weighed {
  shape: "names" | "polling";
  severity: Severity;
  score: number;
  components: ScoreComponent[];
  /** Bytes that the names could have carried. */
  carried: number;
}

/** Half-way between words and chance lie numbered names (`poll-000123`); encoded data lies above. */
const STRANGE = 0.6;
/** From so much of the sample on a share is a habit. */
const MOSTLY = 0.5;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** Names of base 32, the densest alphabet that survives resolvers which change case, carry five bits a character (RFC 4648). */
export function carriedBytes(names: number, length: number): number {
  return Math.round((names * length * 5) / 8);
}

/** 100, 500, 800 and 1,000 different names are a quarter each, as in RITA's severity ladder; straight lines between. */
export function nameLadder(names: number): number {
  const steps = [0, 100, 500, 800, 1000];
  const step = steps.findLastIndex((least) => names >= least);
  const from = steps[step] ?? 0;
  const to = steps[step + 1];
  return to === undefined ? 1 : (step + (names - from) / (to - from)) / 4;
}

/** RITA's ladder is one of a day. A slow channel has no busy day: all its names count too, four for one. */
export function nameValue(peak: number, all: number): number {
  return nameLadder(Math.max(peak, all / 4));
}

/** A cache answers what is asked twice, so a channel never repeats a name; A with AAAA, and question with answer, make up to four rows of one. */
export function freshness(names: number, queries: number): number {
  return clamp((names / Math.max(1, queries) - 0.05) / 0.15);
}

function sumOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000;
}

function shared(lookups: Lookups, maxHosts: number): { rarity: ScoreComponent; texts: ScoreComponent } {
  const share = lookups.texts / Math.max(1, lookups.queries);
  return {
    rarity: {
      name: "rarity",
      value: clamp(1 - (lookups.hostsOfZone - 1) / Math.max(1, maxHosts - 1)),
      weight: 0.1,
      meaning: say("dns-tunnel.our-hosts-look-domain", lookups.hostsOfZone, maxHosts),
    },
    texts: {
      name: "record types",
      value: clamp(share * 2),
      weight: 0.1,
      meaning: say(
        "dns-tunnel.queries-records-carry-text",
        Math.round(share * 100),
        lookups.types.join(", "),
      ),
    },
  };
}

/** A name of content is looked up to go there; a name that carries data leads nowhere (a modifier of RITA's, too). */
function unvisited({ visited, reached }: Outcome): ScoreComponent {
  const share = visited ?? reached;
  return {
    name: "not visited",
    value: share === undefined ? 0.5 : 1 - share,
    weight: 0.1,
    meaning:
      share === undefined
        ? say("dns-tunnel.logs-do-not-show")
        : say("dns-tunnel.names-visited-after-look", Math.round(share * 100)),
  };
}

function resolver({ bypassed }: Appearance): ScoreComponent {
  return {
    name: "resolver",
    value: bypassed ? 1 : 0,
    weight: 0.05,
    meaning: bypassed
      ? say("dns-tunnel.asks-resolver-outside-hardly")
      : say("dns-tunnel.no-unusual-resolver-asked"),
  };
}

/** Data in the names themselves. */
export function weighNames(lookups: Lookups, look: Appearance, limits: Thresholds): Weighed {
  const { names, peakNames, queries } = lookups;
  const carried = carriedBytes(names, look.length);
  const fresh = freshness(names, queries);
  const { rarity, texts } = shared(lookups, limits.maxHosts);
  const components = [
    {
      name: "names",
      value: nameValue(peakNames, names),
      weight: 0.2,
      meaning: say("dns-tunnel.different-names-busiest-day", names, peakNames),
    },
    {
      name: "strangeness",
      value: look.strangeness,
      weight: 0.2,
      meaning: say("dns-tunnel.how-unlike-network-own"),
    },
    {
      name: "length",
      value: clamp((look.length - 10) / 30),
      weight: 0.15,
      meaning: say("dns-tunnel.characters-front-domain-nothing", Math.round(look.length)),
    },
    {
      name: "freshness",
      value: fresh,
      weight: 0.1,
      meaning: say("dns-tunnel.names-queries-channel-does", names, queries),
    },
    texts,
    rarity,
    unvisited(look.outcome),
    resolver(look),
  ];
  const score = sumOf(components);
  const looksEncoded = look.strangeness >= STRANGE && fresh >= 0.5 && look.length >= 8 && !look.ordinary;
  const isEvidence =
    looksEncoded &&
    look.reserved === undefined &&
    names >= limits.evidenceNames &&
    carried >= limits.evidenceBytes;
  let severity: Severity = "informational";
  if (looksEncoded && names >= limits.minNames && score >= 0.4) severity = "low";
  if (isEvidence && score >= 0.55) severity = "medium";
  // Ten times the least is no habit of a program that looks things up. Content networks have no text records, and somebody goes there.
  const { visited, reached } = look.outcome;
  const isNoContent = lookups.texts * 2 >= queries || (visited ?? reached ?? 1) + (reached ?? 0) < MOSTLY;
  if (severity === "medium" && isNoContent && score >= 0.7 && carried >= 10 * limits.evidenceBytes)
    severity = "high";
  return { shape: "names", severity, score, components, carried };
}

/** MD5, SHA-1, SHA-256 in hexadecimal, before what a service hangs behind. */
const DIGEST = /^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(\.|$)/;
/** What browsers on Chromium ask for at each start, to find out whether a resolver invents answers; the network's own domain is added. */
const PROBE = /^[a-z]{7,15}(\.|$)/;
const PROBES_A_DAY = 100;

/** What is known of names by their form and by what came of them. `fronts` are names without their domain. */
export function judgeNames(
  lookups: Lookups,
  fronts: readonly string[],
  outcome: Outcome,
  form: string | undefined,
): Pick<Appearance, "reserved" | "ordinary"> {
  const mostly = (pattern: RegExp): boolean =>
    fronts.filter((front) => pattern.test(front)).length >= MOSTLY * Math.max(1, fronts.length);
  const probes = outcome.missing >= MOSTLY && lookups.peakNames <= PROBES_A_DAY && mostly(PROBE);
  const ordinary = (outcome.visited ?? 0) >= MOSTLY || probes;
  if (form !== undefined) return { ordinary, reserved: form };
  if (outcome.loopback >= MOSTLY)
    return { ordinary, reserved: "The answers are addresses of 127.0.0.0/8, as reputation lists give them." };
  if (outcome.missing >= MOSTLY && mostly(DIGEST))
    return {
      ordinary,
      reserved: "The names are digests, and most do not exist: a list of known files looks like this.",
    };
  if (outcome.visited === undefined && (outcome.reached ?? 0) >= MOSTLY)
    return {
      ordinary,
      reserved: "Connections to the answered addresses followed: a content network looks like this.",
    };
  return { ordinary, reserved: undefined };
}

/** Few names, asked again and again for what the answer says. */
export function weighPolling(lookups: Lookups, look: Appearance, limits: Thresholds): Weighed {
  const answerBytes = lookups.answerBytes / Math.max(1, lookups.answered);
  const { rarity, texts } = shared(lookups, limits.maxHosts);
  const components = [
    {
      name: "polls",
      value: clamp(Math.log10(lookups.texts / limits.minPolls + 1)),
      weight: 0.2,
      meaning: say("dns-tunnel.queries-records-carry-text.2", lookups.texts, limits.minPolls),
    },
    {
      name: "persistence",
      value: clamp(lookups.hours / 48),
      weight: 0.2,
      meaning: say("dns-tunnel.different-hours-days-full", lookups.hours, lookups.days),
    },
    {
      name: "answers",
      value: clamp((lookups.answers - 1) / 20) * clamp(answerBytes / 60),
      weight: 0.3,
      meaning: say("dns-tunnel.different-answers-bytes-full", lookups.answers, Math.round(answerBytes)),
    },
    { ...texts, weight: 0.15 },
    rarity,
    resolver(look),
  ];
  const score = sumOf(components);
  // What always says the same is a policy or a key. Where the log has no answers, nobody knows.
  const says = lookups.answered === 0 || lookups.answers >= 3;
  const isPolling =
    says && !look.asksForTexts && lookups.texts >= limits.minPolls && lookups.texts * 2 >= lookups.queries;
  let severity: Severity = "informational";
  if (isPolling && score >= 0.4) severity = "low";
  // Policies, keys and versions change now and then; an answer that is long and another each time is a message.
  const isMessages =
    lookups.answers >= 20 &&
    lookups.answers * 4 >= lookups.answered &&
    answerBytes >= 60 &&
    look.reserved === undefined;
  if (severity === "low" && isMessages && score >= 0.6 && lookups.hostsOfZone <= 3) severity = "medium";
  return { shape: "polling", severity, score, components, carried: lookups.answerBytes };
}
