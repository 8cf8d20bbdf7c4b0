import type { ScoreComponent, Severity } from "../../model/finding.js";
import { say } from "./messages.js";
import { upperShare } from "./rarity.js";

/** What is known of one host's rare client at its most visited destination. */
export interface ClientFacts {
  kind: string;
  hostsOfClient: number;
  hostsSeen: number;
  hostsOfDestination: number;
  requests: number;
  hours: number;
  days: number;
  /** The destination is an address for which nobody used a name. */
  noName: boolean;
  noHostHeader: boolean;
  /** What is pretended, in words; undefined where nothing is. */
  pretence: string | undefined;
  /** Organisations whose hosts go to this destination with this client; 0 where no inventory names them. */
  organisations: number;
  /** So many of our hosts have a rare client at a rare destination that it is the custom here. */
  diverse: boolean;
}

export interface Limits {
  maxShare: number;
  repeatedHours: number;
  mediumDays: number;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** 1 where at most one host in a hundred has it, 0 at the limit of what is rare; logarithmic. */
export function rarityValue(count: number, all: number, maxShare: number): number {
  return clamp(Math.log(maxShare / upperShare(count, all)) / Math.log(Math.max(2, maxShare / 0.01)));
}

export function componentsOf(facts: ClientFacts, limits: Limits): ScoreComponent[] {
  const atMost = (count: number): string =>
    `at most ${percent(upperShare(count, facts.hostsSeen))} of such hosts (95 %)`;
  return [
    {
      name: "rare client",
      value: rarityValue(facts.hostsOfClient, facts.hostsSeen, limits.maxShare),
      weight: 0.2,
      meaning: say(
        "rare-client.hosts-have-full-at",
        facts.hostsOfClient,
        facts.hostsSeen,
        facts.kind,
        atMost(facts.hostsOfClient),
      ),
    },
    {
      name: "rare destination",
      value: rarityValue(facts.hostsOfDestination, facts.hostsSeen, limits.maxShare),
      weight: 0.2,
      meaning: say(
        "rare-client.our-hosts-go-there",
        facts.hostsOfDestination,
        atMost(facts.hostsOfDestination),
      ),
    },
    {
      name: "repetition",
      value: clamp(facts.hours / 48) / 2 + clamp(facts.days / 10) / 2,
      weight: 0.2,
      meaning: say("rare-client.requests-hours-days-full", facts.requests, facts.hours, facts.days),
    },
    {
      name: "no name",
      value: facts.noName ? 1 : 0,
      weight: 0.1,
      meaning: facts.noName
        ? say("rare-client.goes-address-nobody-calls")
        : say("rare-client.destination-has-name"),
    },
    {
      name: "no Host header",
      value: facts.noHostHeader ? 1 : 0,
      weight: 0.1,
      meaning: facts.noHostHeader
        ? say("rare-client.its-requests-do-not")
        : say("rare-client.its-requests-name-host"),
    },
    {
      name: "pretence",
      value: facts.pretence === undefined ? 0 : 1,
      weight: 0.1,
      meaning: facts.pretence ?? say("rare-client.does-not-visibly-pretend"),
    },
    {
      name: "unrelated organisations",
      value: clamp(facts.organisations - 1),
      weight: 0.1,
      meaning: say("rare-client.hosts-organisations-go-there", facts.organisations),
    },
  ];
}

export function sumOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000;
}

/** What an honest program of its own kind does not do. */
export function contradictions(facts: ClientFacts): number {
  return [facts.noName, facts.noHostHeader, facts.pretence !== undefined, facts.organisations >= 2].filter(
    Boolean,
  ).length;
}

/** A one-off is informational, repeated contact low; medium needs two contradictions, and a network in which such clients are not the custom. */
export function severityOf(facts: ClientFacts, limits: Limits): Severity {
  if (facts.hours < limits.repeatedHours) return "informational";
  const telling = contradictions(facts) >= 2 && facts.days >= limits.mediumDays && !facts.diverse;
  return telling ? "medium" : "low";
}

export function percent(share: number): string {
  return `${share < 0.1 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;
}
