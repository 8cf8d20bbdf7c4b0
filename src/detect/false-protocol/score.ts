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
  const reserve = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  reserve(around.knownUse !== "", say("false-protocol.what-does", around.knownUse));
  reserve(around.providerName, say("false-protocol.has-real-provider-name", String(around.names[0])));
  reserve(!pair.inside, say("false-protocol.neither-end-known-be"));
  reserve(pair.kind === "other", say("false-protocol.sensor-recognised-tunnel-or", pair.spoken));
  reserve(pair.both === 0, say("false-protocol.no-connection-carried-data"));
  reserve(
    pair.both > 0 && pair.both < limits.mediumConnections && pair.longest < limits.mediumSpan,
    say("false-protocol.few-connections-carried-data", pair.both),
  );
  reserve(
    pair.last - pair.first < limits.mediumSpan * 1000,
    say("false-protocol.all-happened-within-seconds", Math.ceil((pair.last - pair.first) / 1000)),
  );
  reserve(around.hosts > limits.rareHosts, say("false-protocol.our-hosts-contact-server.2", around.hosts));
  reserve(
    pair.connections < CONSISTENT * (pair.connections + pair.properOthers),
    say("false-protocol.server-also-speaks-port", NAME_OF[pair.port], pair.properOthers),
  );
  reserve(
    around.names.length > 0 && !around.providerName,
    say("false-protocol.has-name-ask-what", String(around.names[0])),
  );
  reserve(around.names.length === 0 && !around.lookupsSeen, say("false-protocol.host-look-ups-not"));
  reserve(
    around.reliability < limits.reliableShare,
    say("false-protocol.sensor-recognises-only-what", percent(around.reliability)),
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
