import type { ScoreComponent, Severity } from "../../model/finding.js";
import type { PortUnit } from "./units.js";

/** What is known of one server, over all who use it. */
export interface ServerFacts {
  units: readonly PortUnit[];
  points: number;
  /** Odd services that two or more organisations use. */
  inCommon: number;
  /** Organisations that use an odd port, and hosts of them that do. */
  organisations: number;
  hosts: number;
  /** Different lines of business among these organisations (sector and subsector); 0 where the inventory names none. */
  trades: number;
  /** Organisations that use the server on any port, and organisations of the inventory that were seen. */
  organisationsOnAnyPort: number;
  allOrganisations: number;
  /** UTC days and ISO weeks on which an odd port was used, and days from the first to the last. */
  days: number;
  weeks: number;
  spanDays: number;
  bytesOut: number;
  bytesIn: number;
  /** All of its names lie below suffixes that only public bodies or schools get. */
  restrictedNames: boolean;
}

export interface Limits {
  minPoints: number;
  mediumPoints: number;
  mediumOrganisations: number;
  unitsInCommon: number;
  hostsPerOrganisation: number;
  maxShare: number;
  persistentDays: number;
  persistentSpanDays: number;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

/** A share of organisations says something from so many on. */
const SHARE_FROM = 10;

export function componentsOf(facts: ServerFacts): ScoreComponent[] {
  const perOrganisation = facts.hosts / Math.max(1, facts.organisations);
  const ratio = facts.bytesOut / Math.max(1, facts.bytesIn);
  return [
    {
      name: "ports",
      value: clamp(facts.points / 4),
      weight: 0.4,
      meaning: `${facts.points.toFixed(1)} odd services: ${describeUnits(facts.units)}; full at four`,
    },
    {
      name: "organisations",
      value: clamp((facts.organisations - 1) / 3),
      weight: 0.2,
      meaning: `${facts.organisations} organisations use the odd ports; nothing at one, full at four`,
    },
    {
      name: "few hosts",
      value: clamp(1 - (perOrganisation - 1) / 5),
      weight: 0.15,
      meaning: `${perOrganisation.toFixed(1)} hosts in each of these organisations; full at one, nothing at six`,
    },
    {
      name: "in common",
      value: clamp(facts.inCommon / 3),
      weight: 0.1,
      meaning: `${facts.inCommon} of the odd services are used by two or more organisations; full at three`,
    },
    {
      name: "persistence",
      value: clamp(facts.weeks / 6),
      weight: 0.1,
      meaning: `odd ports were used on ${facts.days} days in ${facts.weeks} weeks; full at six weeks`,
    },
    {
      name: "upload",
      value: clamp(Math.log10(Math.max(1, ratio))),
      weight: 0.05,
      meaning: `${ratio.toFixed(1)} times as much sent as received; full at ten`,
    },
  ];
}

export function sumOf(components: readonly ScoreComponent[]): number {
  return Math.round(components.reduce((sum, each) => sum + each.value * each.weight, 0) * 1000) / 1000;
}

/** `81–82, 769 and 4433 (on 3 other servers)` */
export function describeUnits(units: readonly PortUnit[]): string {
  return units
    .filter(({ points }) => points > 0)
    .map(({ ports, others }) => {
      const first = ports[0] as number;
      const last = ports.at(-1) as number;
      const range =
        ports.length === 1 ? `${first}` : ports.length === 2 ? `${first}/${last}` : `${first}–${last}`;
      return others === 0 ? range : `${range} (on ${others} other ${others === 1 ? "server" : "servers"})`;
    })
    .join(", ");
}

/** Why this may well be harmless; with none of these reasons it is worth waking somebody up. */
export function reservations(facts: ServerFacts, limits: Limits): string[] {
  const found: string[] = [];
  const say = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  const perOrganisation = facts.hosts / Math.max(1, facts.organisations);
  say(facts.points < limits.mediumPoints, "The odd services are few, or other servers here have them, too.");
  say(
    facts.organisations < limits.mediumOrganisations,
    `${facts.organisations} organisations may have one supplier.`,
  );
  say(
    facts.trades === 1,
    "All of these organisations are in one line of business: a supplier to that business would look like this.",
  );
  say(
    facts.inCommon < limits.unitsInCommon,
    "Hardly any odd service is used by two organisations: a gateway that forwards a port for each customer looks like this.",
  );
  say(
    perOrganisation > limits.hostsPerOrganisation,
    `${perOrganisation.toFixed(1)} hosts in each organisation use it: a service that the organisations mean to use.`,
  );
  say(
    facts.allOrganisations >= SHARE_FROM &&
      facts.organisationsOnAnyPort > limits.maxShare * facts.allOrganisations,
    `${facts.organisationsOnAnyPort} of ${facts.allOrganisations} organisations use it: a service for everybody.`,
  );
  say(
    facts.days < limits.persistentDays || facts.spanDays < limits.persistentSpanDays,
    "The odd ports were not used for long.",
  );
  say(facts.restrictedNames, "Its names lie below a suffix that only public bodies or schools get.");
  return found;
}

/** Never above medium: a supplier's machine with a program on each port looks much the same. Undefined where it is not worth a word. */
export function severityOfServer(facts: ServerFacts, limits: Limits): Severity | undefined {
  if (facts.points < limits.minPoints || facts.organisations < 2) return undefined;
  return reservations(facts, limits).length === 0 ? "medium" : "low";
}
