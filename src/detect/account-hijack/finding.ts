import ipaddr from "ipaddr.js";
import { unique } from "../../kernel/group-by.js";
import { rfc3339 } from "../../kernel/time.js";
import {
  type Entity,
  type ExplanationArg,
  type Finding,
  type FindingPart,
  findingId,
  severityOf,
  severityRank,
} from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { eventEvidence } from "../shared/event-evidence.js";
import { addressEntities, orgIdOf } from "../shared/host-owners.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import { type Account, combined, type Trait } from "./trait.js";
import type { StrangeUse } from "./use/index.js";
import { inWords } from "./use/score.js";

/** Least score for low, medium, high, critical. */
const LADDER = [0.2, 0.5, 0.75, 0.92] as const;
const LISTED = 50;
const EVIDENCE = 20;

/** What the two families of findings have in common. */
interface Parts {
  family: "use" | "traits" | "administrator";
  account: Account;
  owner: string;
  isHeld: boolean;
  score: number;
  components: Finding["components"];
  first: number;
  last: number;
  title: string;
  what: string[];
  hosts: string[];
  sources: string[];
  actors: string[];
  targets: string[];
  attack: string[];
  evidence: Finding["evidence"];
  caveats: string[];
  /** From where to where it was used when, where what was found is too little to hold it against hosts. */
  moves?: FindingPart[];
}

type Hosts = Pick<DetectContext, "hosts">;

export function useFinding(context: Hosts, { account, owner, episodes }: StrangeUse): Finding {
  const [strangest] = episodes as [StrangeUse["episodes"][number]];
  const { components, score } = strangest;
  // Only what would be a finding of itself is held against a source.
  const grave = episodes.filter((each) => each.score >= LADDER[1]);
  const telling = components
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value * b.weight - a.value * a.weight);
  return findingOf(context, {
    family: "use",
    account,
    owner,
    isHeld: true,
    score,
    components,
    first: Math.min(...episodes.map(({ episode }) => episode.first)),
    last: Math.max(...episodes.map(({ episode }) => episode.last)),
    title: say("account-hijack.administrator-account-used-as", account.label),
    what: [
      `${inWords(strangest.episode)}: ${telling.map(({ meaning }) => meaning).join("; ")}`,
      ...episodes.slice(1, 4).map(({ episode }) => inWords(episode)),
      ...(episodes.length > 4 ? [`${episodes.length - 4} more`] : []),
    ],
    hosts: unique(episodes.flatMap(({ episode }) => [...episode.hosts])),
    sources: grave.map(({ episode }) => episode.source).filter((source) => source !== ""),
    actors: [],
    targets: [],
    attack: ["T1078"],
    evidence: episodes
      .flatMap(({ episode }) =>
        episode.lines.map((line) => eventEvidence(line, `${account.label} ${inWords(episode)}`)),
      )
      .slice(0, EVIDENCE),
    ...(grave.length === 0 && { moves: movesOf(account, episodes) }),
    caveats: [say("account-hijack.administrators-change-computers-duties")],
  });
}

function movesOf({ realm, label }: Account, episodes: StrangeUse["episodes"]): FindingPart[] {
  return episodes
    .flatMap(({ episode: { source, hosts, first, last } }) => {
      const part = (entities: Entity[]): FindingPart => ({
        first_seen: rfc3339(first),
        last_seen: rfc3339(last),
        entities: [...entities, { kind: "account", value: label, realm, role: "account" }],
      });
      const reached = [...hosts].filter((host) => host !== source).sort();
      if (source === "" || reached.length === 0) return [part([])];
      return reached.map((host) =>
        part([
          { kind: kindOf(source), value: source, realm, role: "origin" },
          { kind: kindOf(host), value: host, realm, role: "victim" },
        ]),
      );
    })
    .slice(0, LISTED);
}

const kindOf = (host: string): Entity["kind"] => (ipaddr.isValid(host) ? "address" : "host");

/** @param traits of one account on the hosts of one organisation, of one family, at least one */
export function traitFinding(
  context: Hosts,
  family: "traits" | "administrator",
  traits: readonly Trait[],
): Finding {
  const sorted = traits.toSorted((a, b) => b.strength - a.strength || a.first - b.first);
  const [strongest] = sorted as [Trait, ...Trait[]];
  const { account, owner } = strongest;
  const isHeld = sorted.some((trait) => trait.isHeld && trait.strength >= LADDER[1]) || strongest.isHeld;
  return findingOf(context, {
    family,
    account,
    owner,
    isHeld,
    score: combined(sorted),
    components: sorted.map(({ kind, strength, meaning }) => ({
      name: kind.replaceAll("_", " "),
      value: Math.round(strength * 1000) / 1000,
      weight: 1,
      meaning,
    })),
    first: Math.min(...sorted.map(({ first }) => first)),
    last: Math.max(...sorted.map(({ last }) => last)),
    title:
      family === "administrator"
        ? say("account-hijack.became-administrator", account.label)
        : isHeld
          ? say("account-hijack.logons-tickets-or-changes", account.label)
          : say("account-hijack.somebody-asks-tickets-account", account.label),
    what: sorted.slice(0, 5).map(({ meaning }) => meaning.replace(/\.$/, "")),
    hosts: unique(sorted.flatMap(({ hosts }) => hosts)),
    sources: unique(sorted.flatMap((trait) => (trait.strength >= LADDER[1] ? trait.sources : []))),
    actors: unique(sorted.flatMap(({ actors }) => actors)),
    targets: unique(sorted.flatMap(({ targets }) => targets)),
    attack: unique(sorted.map(({ attack }) => attack)).sort(),
    evidence: sorted
      .flatMap((trait) => trait.evidence.map(({ line, what }) => eventEvidence(line, what)))
      .slice(0, EVIDENCE),
    caveats: [
      family === "administrator"
        ? say("account-hijack.administrators-made-every-day")
        : say("account-hijack.tools-administrators-old-clients"),
    ],
  });
}

function findingOf(context: Hosts, parts: Parts): Finding {
  const { family, account, owner, isHeld, components, hosts, sources, what } = parts;
  const orgId = orgIdOf(owner);
  const org = orgId === null ? {} : { org: orgId };
  const score = Math.round(Math.min(1, parts.score) * 1000) / 1000;
  const severity = severityOf(score, LADDER);
  const isGrave = severityRank(severity) >= severityRank("medium");
  const text = (value: string): ExplanationArg => ({ type: "text", value, ...org });
  return {
    id: findingId(manifest.id, orgId, family, account.realm, account.domain, account.name),
    detector: manifest.id,
    title: parts.title,
    severity,
    score,
    components,
    first_seen: rfc3339(parts.first),
    last_seen: rfc3339(parts.last),
    org_id: orgId,
    entities: entitiesOf(context, parts, isHeld ? (isGrave ? "hijacked" : "account") : "targeted", isGrave),
    attack: parts.attack,
    evidence: parts.evidence,
    explanation: {
      key: `account-hijack.${family}`,
      args: [
        text(account.label),
        { type: "time", value: rfc3339(parts.first) },
        { type: "time", value: rfc3339(parts.last) },
        { type: "list", value: hosts.slice(0, 5), ...org },
        text(what.join(". ")),
      ],
    },
    caveats: parts.caveats,
    ...(parts.moves !== undefined && { parts: parts.moves }),
    facts: {
      family,
      account: account.label,
      hosts: hosts.length,
      ...(sources.length > 0 ? { sources: sources.slice(0, LISTED) } : {}),
      traits: components.filter(({ value }) => value > 0).map(({ name }) => name),
    },
    tlp: "clear",
  };
}

function entitiesOf(
  context: Hosts,
  { account, hosts, sources, actors, targets, first, last }: Parts,
  role: string,
  isGrave: boolean,
): Entity[] {
  const { realm } = account;
  const ofHosts = isGrave ? "victim" : "mentioned";
  return [
    { kind: "account", value: account.label, realm, role },
    ...actors.map((value): Entity => ({ kind: "account", value, realm, role: "actor" })),
    ...targets.slice(0, LISTED).map((value): Entity => ({ kind: "account", value, realm, role: "target" })),
    ...sources.slice(0, LISTED).map(
      (value): Entity => ({
        kind: kindOf(value),
        value,
        realm,
        role: "logon_source",
      }),
    ),
    ...hosts.slice(0, LISTED).map((value): Entity => ({ kind: "host", value, realm, role: ofHosts })),
    ...addressEntities(context, realm, hosts.slice(0, LISTED), first, last, ofHosts),
  ];
}
