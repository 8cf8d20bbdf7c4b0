import type { ScoreComponent, Severity } from "../../model/finding.js";
import { oddPorts } from "../shared/service-ports.js";
import { isRegular, RANDOM_SHARE, type Rhythm } from "./attempts.js";
import { say } from "./messages.js";

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
      meaning: say("failed-beacon.attempts-nothing-at-logarithmic", rhythm.attempts),
    },
    rarity(hosts),
    {
      name: "silence",
      value: facts.answeredOthers > 0 ? 0 : 1,
      weight: 0.1,
      meaning:
        facts.answeredOthers > 0
          ? say("failed-beacon.service-answers-others-our")
          : say("failed-beacon.service-answered-none-our"),
    },
    {
      name: "no name",
      value: facts.names.length > 0 ? 0 : facts.lookupsSeen ? 1 : 0.5,
      weight: 0.15,
      meaning:
        facts.names.length > 0
          ? say("failed-beacon.known-as", facts.names.slice(0, 3).join(", "))
          : facts.lookupsSeen
            ? say("failed-beacon.address-used-without-ever")
            : say("failed-beacon.no-name-known-but"),
    },
  ];
}

export function regularity(rhythm: Rhythm, weight = 0.35): ScoreComponent {
  return {
    name: "regularity",
    value: clamp((rhythm.share - RANDOM_SHARE) / (0.7 - RANDOM_SHARE)),
    weight,
    meaning: say(
      "failed-beacon.attempts-every-waits-between",
      rhythm.interval.toFixed(1),
      percent(rhythm.share),
      percent(RANDOM_SHARE),
    ),
  };
}

export function rarity(hosts: number, weight = 0.2): ScoreComponent {
  return {
    name: "rarity",
    value: clamp(1 - (hosts - 1) / 9),
    weight,
    meaning: say("failed-beacon.our-hosts-try-nothing", hosts),
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
  const reserve = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  reserve(!isRegular(rhythm, limits.regularShare), say("failed-beacon.rhythm-weak-people-page"));
  reserve(rhythm.attempts < limits.mediumAttempts, say("failed-beacon.attempts-few", rhythm.attempts));
  reserve(hosts > limits.rareHosts, say("failed-beacon.our-hosts-try-software", hosts));
  reserve(facts.answeredOthers > 0, say("failed-beacon.answers-others-our-hosts"));
  reserve(facts.inside, say("failed-beacon.server-inside-service-moved"));
  reserve(protocol !== "tcp", say("failed-beacon.without-connection-udp-many"));
  reserve(OF_INFRASTRUCTURE.has(port), say("failed-beacon.port-one-forgotten-configurations", String(port)));
  reserve(
    facts.silentServers >= limits.listServers,
    say("failed-beacon.host-tries-silent-servers", facts.silentServers),
  );
  reserve(facts.names.length > 0, say("failed-beacon.has-name-program-old", facts.names[0] ?? ""));
  reserve(
    facts.names.length === 0 && !facts.lookupsSeen && oddPorts([port]).length === 0,
    say("failed-beacon.host-look-ups-not"),
  );
  reserve(!facts.answersVisible, say("failed-beacon.no-answer-host-visible"));
  return found;
}

export function severityOfServer(facts: SilentFacts, score: number, limits: SeverityLimits): Severity {
  if (facts.inside || facts.providerName) return "informational";
  if (score >= limits.mediumScore && reservations(facts, limits).length === 0) return "medium";
  return score >= limits.lowScore && isRegular(facts.rhythm, limits.regularShare) ? "low" : "informational";
}
