import type { ScoreComponent, Severity } from "../../model/finding.js";
import { say } from "./messages.js";
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
      meaning: say(
        "many-odd-ports.odd-services-full-at",
        facts.points.toFixed(1),
        describeUnits(facts.units),
      ),
    },
    {
      name: "organisations",
      value: clamp((facts.organisations - 1) / 3),
      weight: 0.2,
      meaning: say("many-odd-ports.organisations-use-odd-ports", facts.organisations),
    },
    {
      name: "few hosts",
      value: clamp(1 - (perOrganisation - 1) / 5),
      weight: 0.15,
      meaning: say("many-odd-ports.hosts-each-these-organisations", perOrganisation.toFixed(1)),
    },
    {
      name: "in common",
      value: clamp(facts.inCommon / 3),
      weight: 0.1,
      meaning: say("many-odd-ports.odd-services-used-by", facts.inCommon),
    },
    {
      name: "persistence",
      value: clamp(facts.weeks / 6),
      weight: 0.1,
      meaning: say("many-odd-ports.odd-ports-used-days", facts.days, facts.weeks),
    },
    {
      name: "upload",
      value: clamp(Math.log10(Math.max(1, ratio))),
      weight: 0.05,
      meaning: say("many-odd-ports.times-as-much-sent", ratio.toFixed(1)),
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
  const reserve = (is: boolean, sentence: string) => {
    if (is) found.push(sentence);
  };
  const perOrganisation = facts.hosts / Math.max(1, facts.organisations);
  reserve(facts.points < limits.mediumPoints, say("many-odd-ports.odd-services-few-or"));
  reserve(
    facts.organisations < limits.mediumOrganisations,
    say("many-odd-ports.organisations-may-have-one", facts.organisations),
  );
  reserve(facts.trades === 1, say("many-odd-ports.all-these-organisations-one"));
  reserve(facts.inCommon < limits.unitsInCommon, say("many-odd-ports.hardly-any-odd-service"));
  reserve(
    perOrganisation > limits.hostsPerOrganisation,
    say("many-odd-ports.hosts-each-organisation-use", perOrganisation.toFixed(1)),
  );
  reserve(
    facts.allOrganisations >= SHARE_FROM &&
      facts.organisationsOnAnyPort > limits.maxShare * facts.allOrganisations,
    say(
      "many-odd-ports.organisations-use-service-everybody",
      facts.organisationsOnAnyPort,
      facts.allOrganisations,
    ),
  );
  reserve(
    facts.days < limits.persistentDays || facts.spanDays < limits.persistentSpanDays,
    say("many-odd-ports.odd-ports-not-used"),
  );
  reserve(facts.restrictedNames, say("many-odd-ports.its-names-lie-below"));
  return found;
}

/** Never above medium: a supplier's machine with a program on each port looks much the same. Undefined where it is not worth a word. */
export function severityOfServer(facts: ServerFacts, limits: Limits): Severity | undefined {
  if (facts.points < limits.minPoints || facts.organisations < 2) return undefined;
  return reservations(facts, limits).length === 0 ? "medium" : "low";
}
