import type { ScoreComponent, Severity } from "../../model/finding.js";
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
      meaning: `${facts.hostsOfClient} of ${facts.hostsSeen} hosts with a ${facts.kind} have it: ${atMost(facts.hostsOfClient)}; full at 1 %`,
    },
    {
      name: "rare destination",
      value: rarityValue(facts.hostsOfDestination, facts.hostsSeen, limits.maxShare),
      weight: 0.2,
      meaning: `${facts.hostsOfDestination} of our hosts go there, with whatever client: ${atMost(facts.hostsOfDestination)}; full at 1 %`,
    },
    {
      name: "repetition",
      value: clamp(facts.hours / 48) / 2 + clamp(facts.days / 10) / 2,
      weight: 0.2,
      meaning: `${facts.requests} requests in ${facts.hours} hours on ${facts.days} days; full at 48 hours and ten days`,
    },
    {
      name: "no name",
      value: facts.noName ? 1 : 0,
      weight: 0.1,
      meaning: facts.noName
        ? "it goes to an address that nobody calls by a name"
        : "the destination has a name",
    },
    {
      name: "no Host header",
      value: facts.noHostHeader ? 1 : 0,
      weight: 0.1,
      meaning: facts.noHostHeader
        ? "its requests do not say which host they mean, which HTTP/1.1 demands (RFC 9112, section 3.2)"
        : "its requests name the host, or are encrypted",
    },
    {
      name: "pretence",
      value: facts.pretence === undefined ? 0 : 1,
      weight: 0.1,
      meaning: facts.pretence ?? "it does not visibly pretend to be another program",
    },
    {
      name: "unrelated organisations",
      value: clamp(facts.organisations - 1),
      weight: 0.1,
      meaning: `hosts of ${facts.organisations} organisations go there with this client; full at two`,
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
