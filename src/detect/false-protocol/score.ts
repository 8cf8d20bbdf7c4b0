import type { ScoreComponent, Severity } from "../../model/finding.js";
import { say } from "./messages.js";
import type { Mismatch } from "./pairs.js";
import { NAME_OF } from "./ports.js";

/** What is known beside the connections themselves. */
export interface Surroundings {
  /** Of our hosts that contact the server; at least 1. */
  hosts: number;
  names: readonly string[];
  /** A real provider's name among them. */
  providerName: boolean;
  /** Known software that speaks so, or ''. */
  knownUse: string;
  /** The host's look-ups are in the logs: no name then means that it asked for none. */
  lookupsSeen: boolean;
  /** Share of the sensor's whole connections to the port in which it recognised the port's protocol. */
  reliability: number;
}

export interface SeverityLimits {
  mediumConnections: number;
  mediumSpan: number;
  mediumScore: number;
  lowScore: number;
  rareHosts: number;
  reliableShare: number;
}

/** A connection that lasts so long needs no other. */
const FULL_SECONDS = 4 * 3600;

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const percent = (share: number): string => `${Math.round(share * 100)} %`;

export function componentsOf(pair: Mismatch, around: Surroundings): ScoreComponent[] {
  const belonging = pair.connections / (pair.connections + pair.properOthers);
  return [
    {
      name: "conversation",
      value: pair.both === 0 ? 0 : clamp(Math.log10(Math.min(pair.sent, pair.received)) / 4),
      weight: 0.25,
      meaning: say(
        "false-protocol.connections-carried-data-both",
        pair.both,
        pair.connections,
        pair.sent,
        pair.received,
      ),
    },
    {
      name: "return",
      value: Math.max(
        clamp(Math.log(pair.connections) / Math.log(50)),
        clamp((pair.days - 1) / 4),
        clamp(pair.longest / FULL_SECONDS),
      ),
      weight: 0.25,
      meaning: say(
        "false-protocol.connections-days-longest-full",
        pair.connections,
        pair.days,
        Math.round(pair.longest),
      ),
    },
    {
      name: "rarity",
      value: clamp(1 - (around.hosts - 1) / 9),
      weight: 0.2,
      meaning: say("false-protocol.our-hosts-contact-server", around.hosts),
    },
    {
      name: "consistency",
      value: belonging,
      weight: 0.15,
      meaning: say(
        "false-protocol.server-connections-port-kind",
        percent(belonging),
        NAME_OF[pair.port],
        pair.properOthers,
      ),
    },
    {
      name: "no name",
      value: around.names.length > 0 ? 0 : around.lookupsSeen ? 1 : 0.5,
      weight: 0.15,
      meaning:
        around.names.length > 0
          ? say("false-protocol.known-as", around.names.slice(0, 3).join(", "))
          : around.lookupsSeen
            ? say("false-protocol.address-used-without-ever")
            : say("false-protocol.no-name-known-but"),
    },
  ];
}

export function scoreOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000;
}

/** Least share of the server's connections on the port that are of this kind, for medium. */
const CONSISTENT = 0.8;

/** Why this may well be harmless; with none of these reasons it is medium. */
export function reservations(pair: Mismatch, around: Surroundings, limits: SeverityLimits): string[] {
  const found: string[] = [];
  const say = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  say(around.knownUse !== "", `It is what ${around.knownUse} does.`);
  say(around.providerName, `It has a real provider's name (${around.names[0]}).`);
  say(!pair.inside, "Neither end is known to be ours.");
  say(
    pair.kind === "other",
    `The sensor recognised ${pair.spoken}: a tunnel or a service on an unusual port, of administrators too.`,
  );
  say(pair.both === 0, "No connection carried data both ways.");
  say(
    pair.both > 0 && pair.both < limits.mediumConnections && pair.longest < limits.mediumSpan,
    `Few connections carried data both ways (${pair.both}), and none lasted long.`,
  );
  say(
    pair.last - pair.first < limits.mediumSpan * 1000,
    `All of it happened within ${Math.ceil((pair.last - pair.first) / 1000)} seconds.`,
  );
  say(
    around.hosts > limits.rareHosts,
    `${around.hosts} of our hosts contact the server: software on many machines speaks so.`,
  );
  say(
    pair.connections < CONSISTENT * (pair.connections + pair.properOthers),
    `The server also speaks ${NAME_OF[pair.port]} on this port (connections: ${pair.properOthers}).`,
  );
  say(
    around.names.length > 0 && !around.providerName,
    `It has a name (${around.names[0]}): ask what software uses it.`,
  );
  say(
    around.names.length === 0 && !around.lookupsSeen,
    "This host's look-ups are not in the logs, so the server may have a name.",
  );
  say(
    around.reliability < limits.reliableShare,
    `The sensor recognises only ${percent(around.reliability)} of what it sees on this port.`,
  );
  return found;
}

export function severityOf(
  pair: Mismatch,
  around: Surroundings,
  score: number,
  limits: SeverityLimits,
): Severity {
  if (around.knownUse !== "" || around.providerName || pair.both === 0 || pair.kind === "other")
    return "informational";
  if (score >= limits.mediumScore && reservations(pair, around, limits).length === 0) return "medium";
  const returns = pair.connections > 1 || pair.longest >= limits.mediumSpan;
  return score >= limits.lowScore && returns ? "low" : "informational";
}
