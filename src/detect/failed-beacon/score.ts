import type { ScoreComponent, Severity } from "../../model/finding.js";
import { oddPorts } from "../shared/service-ports.js";
import { isRegular, RANDOM_SHARE, type Rhythm } from "./attempts.js";

/** What is known about one host's silent server. */
export interface SilentFacts {
  rhythm: Rhythm;
  port: number;
  protocol: string;
  /** The server is on our side. */
  inside: boolean;
  /** Of our hosts that try the service; at least 1. */
  hosts: number;
  /** Connections that the service answered, to any of our hosts. */
  answeredOthers: number;
  /** Silent servers outside that this host tries. */
  silentServers: number;
  /** Names under which our hosts know the address. */
  names: readonly string[];
  /** One of the names is a real provider's. */
  providerName: boolean;
  /** The host's look-ups are in the logs: no name then means that it asked for none. */
  lookupsSeen: boolean;
  /** Answers to this host are visible to the sensor: one was given by somebody, or this server refused. */
  answersVisible: boolean;
}

export interface SeverityLimits {
  regularShare: number;
  mediumAttempts: number;
  mediumScore: number;
  lowScore: number;
  rareHosts: number;
  listServers: number;
}

/**
 * Ports that a forgotten configuration keeps trying: time, names, logs, management, printing, mail, directories, remote access networks,
 * telephony, chat and push, peer-to-peer (IANA's service names; vendors' lists of required ports). A command server there is missed at
 * medium, not at low.
 */
const OF_INFRASTRUCTURE: ReadonlySet<number> = new Set([
  21, 22, 25, 53, 88, 110, 111, 123, 135, 137, 138, 139, 143, 161, 162, 179, 389, 445, 464, 465, 500, 514,
  515, 587, 631, 636, 853, 873, 989, 990, 993, 995, 1194, 1514, 1515, 1645, 1646, 1701, 1723, 1812, 1813,
  1883, 2049, 3268, 3269, 3389, 3478, 3479, 4500, 5060, 5061, 5222, 5223, 5228, 5229, 5230, 5269, 5349, 5353,
  5671, 5672, 5938, 6514, 6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889, 6969, 8333, 8883, 9100, 9997,
  10050, 10051, 16393, 19302, 30303, 51413, 51820,
]);

export function componentsOf(facts: SilentFacts): ScoreComponent[] {
  const { rhythm, hosts } = facts;
  return [
    regularity(rhythm),
    {
      name: "attempts",
      value: clamp(Math.log10(Math.max(1, rhythm.attempts / 10)) / Math.log10(20)),
      weight: 0.2,
      meaning: `${rhythm.attempts} attempts; nothing at 10, logarithmic, full at 200`,
    },
    rarity(hosts),
    {
      name: "silence",
      value: facts.answeredOthers > 0 ? 0 : 1,
      weight: 0.1,
      meaning:
        facts.answeredOthers > 0
          ? "the service answers others of our hosts"
          : "the service answered none of our hosts",
    },
    {
      name: "no name",
      value: facts.names.length > 0 ? 0 : facts.lookupsSeen ? 1 : 0.5,
      weight: 0.15,
      meaning:
        facts.names.length > 0
          ? `known as ${facts.names.slice(0, 3).join(", ")}`
          : facts.lookupsSeen
            ? "the address was used without ever asking for a name"
            : "no name is known, but this host's look-ups are not in the logs: half",
    },
  ];
}

export function regularity(rhythm: Rhythm, weight = 0.35): ScoreComponent {
  return {
    name: "regularity",
    value: clamp((rhythm.share - RANDOM_SHARE) / (0.7 - RANDOM_SHARE)),
    weight,
    meaning: `attempts every ${rhythm.interval.toFixed(1)} s; ${percent(rhythm.share)} of the waits between them lie within 30 % of their median, ${percent(RANDOM_SHARE)} would by chance; full at 70 %`,
  };
}

export function rarity(hosts: number, weight = 0.2): ScoreComponent {
  return {
    name: "rarity",
    value: clamp(1 - (hosts - 1) / 9),
    weight,
    meaning: `${hosts} of our hosts try it; nothing at 10`,
  };
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
const clamp = (value: number): number => Math.min(1, Math.max(0, value));

export function sumOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000;
}

/** Why this may well be harmless; with none of these reasons it is worth waking somebody up. */
export function reservations(facts: SilentFacts, limits: SeverityLimits): string[] {
  const { rhythm, port, protocol, hosts } = facts;
  const found: string[] = [];
  const say = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  say(
    !isRegular(rhythm, limits.regularShare),
    "The rhythm is weak: people and page loads retry like this, too.",
  );
  say(rhythm.attempts < limits.mediumAttempts, `${rhythm.attempts} attempts are few.`);
  say(hosts > limits.rareHosts, `${hosts} of our hosts try it: software on many machines asks for it.`);
  say(facts.answeredOthers > 0, "It answers others of our hosts: this host may merely be blocked.");
  say(facts.inside, "The server is inside: a service that was moved or switched off.");
  say(protocol !== "tcp", "Without a connection (UDP) many programs send and expect no answer.");
  say(
    OF_INFRASTRUCTURE.has(port),
    `Port ${port} is one that forgotten configurations and peer-to-peer programs keep trying.`,
  );
  say(
    facts.silentServers >= limits.listServers,
    `This host tries ${facts.silentServers} silent servers: it works through a list (peer-to-peer, mirrors, blocked trackers).`,
  );
  say(
    facts.names.length > 0,
    `It has a name (${facts.names[0]}): a program with an old configuration asks like this.`,
  );
  say(
    facts.names.length === 0 && !facts.lookupsSeen && oddPorts([port]).length === 0,
    "This host's look-ups are not in the logs, so it may have a name, and the port is an ordinary one.",
  );
  say(
    !facts.answersVisible,
    "No answer to this host is visible at all: the sensor may see only one direction.",
  );
  return found;
}

export function severityOfServer(facts: SilentFacts, score: number, limits: SeverityLimits): Severity {
  if (facts.inside || facts.providerName) return "informational";
  if (score >= limits.mediumScore && reservations(facts, limits).length === 0) return "medium";
  return score >= limits.lowScore && isRegular(facts.rhythm, limits.regularShare) ? "low" : "informational";
}
