import { groupBy, unique } from "../../kernel/group-by.js";
import type { AssessedSchedule, ScheduleContacts, ScheduleSubject } from "../../model/assessed-schedule.js";
import type { HolidayCalendar } from "../../model/calendar.js";
import { findingId } from "../../model/finding.js";
import {
  analyseSchedule,
  type ExposureAt,
  type MachinePart,
  type ScheduleEvent,
} from "../../schedule/index.js";
import type { CalendarChoice, DetectContext } from "../port.js";
import type { PairContact } from "./contacts.js";
import { exposureOf, type SensorUp } from "./exposure.js";
import { manifest } from "./manifest.js";
import type { Pair } from "./pairs.js";
import type { Presence } from "./presence.js";
import { activityRatio, type OrganisationRhythm, weekOf } from "./rhythm.js";

/** What is known about the telemetry, for all subjects. */
export interface Surroundings {
  isUp: SensorUp;
  presence: ReadonlyMap<string, Presence>;
  rhythms: ReadonlyMap<string, OrganisationRhythm>;
}

/** A server or cluster with the contact that it is judged by. */
export interface Gathered {
  kind: "cluster" | "server";
  /** Makes the id, with the kind; must not change as evidence grows. */
  key: string;
  names: readonly string[];
  contacts: readonly PairContact[];
  /** Pairs that came on too few days: visitors. */
  visits: readonly Pair[];
  partOf: string | null;
}

/** Contacts of one subject beyond which each half-hour of a pair counts as one contact: it says the same and takes less room. */
const MOST_EVENTS = 200_000;
const HALF_HOUR = 1_800_000;
const LISTED = 200;
const NAMED = 3;

export function subjectId({ kind, key }: { kind: ScheduleSubject["kind"]; key: string }): string {
  return findingId(manifest.id, null, kind, key);
}

export function analyseSubject(
  context: DetectContext,
  gathered: Gathered,
  surroundings: Surroundings,
): AssessedSchedule {
  const { contacts } = gathered;
  const weights = weightsOf(context, contacts);
  const parts = [...weights].flatMap(([owner, weight]) => {
    const rhythm = surroundings.rhythms.get(owner) ?? surroundings.rhythms.get("*");
    return rhythm === undefined ? [] : [{ rhythm, weight }];
  });
  const { first, last } = context.span;
  return assess(context.calendars, {
    id: subjectId(gathered),
    subject: subjectOf(context, gathered),
    contacts: countsOf(gathered),
    events: eventsOf(contacts),
    machines: contacts.flatMap(({ machines }) => machines),
    exposureAt: exposureOf(contacts, surroundings.isUp, surroundings.presence),
    span: { from: first, to: last - 1 },
    parts,
  });
}

/** What the analysis is asked about one subject. */
export interface Question extends Pick<AssessedSchedule, "id" | "subject" | "contacts"> {
  /** Without what `machines` explain. */
  events: readonly ScheduleEvent[];
  machines: readonly MachinePart[];
  exposureAt: ExposureAt;
  /** Milliseconds. */
  span: { from: number; to: number };
  /** What the watched people do themselves; empty where that is not known. */
  parts: readonly { rhythm: OrganisationRhythm; weight: number }[];
}

export function assess(choice: CalendarChoice, question: Question): AssessedSchedule {
  const { id, subject, contacts, events, machines, exposureAt, span, parts } = question;
  const week = weekOf(parts);
  const busiest = Math.max(...week);
  const zone = choice.homeTimeZone;
  const [country, ...others] = choice.home;
  const analysis = analyseSchedule(events, {
    ...calendarsOf(choice),
    exposureAt,
    span,
    watched: {
      week,
      activityOn: (from, to) => activityRatio(parts, from, to),
      ...(zone === undefined ? {} : { timeZone: zone }),
      ...(country === undefined || others.length > 0 ? {} : { country }),
    },
    machines,
  });
  return {
    ...analysis,
    id,
    subject,
    contacts,
    watched_week: busiest > 0 ? week.map((value) => Math.round((1000 * value) / busiest) / 1000) : null,
    home: [...choice.home],
  };
}

/** Contacts of people, by organisation: whose rhythm is how much of a rival. */
function weightsOf(context: DetectContext, contacts: readonly PairContact[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { pair, interactive } of contacts) {
    const owner = context.directory.resolve(pair.realm, pair.host, pair.last)?.orgId ?? "*";
    weights.set(owner, (weights.get(owner) ?? 0) + interactive.length);
  }
  return weights;
}

function calendarsOf(choice: CalendarChoice): { calendars: HolidayCalendar[]; unknownCalendars: string[] } {
  const known = choice.asked.map((country) => ({ country, calendar: choice.of(country) }));
  return {
    calendars: known.flatMap(({ calendar }) => calendar ?? []),
    unknownCalendars: known.filter(({ calendar }) => calendar === undefined).map(({ country }) => country),
  };
}

export function eventsOf(contacts: readonly PairContact[]): ScheduleEvent[] {
  const all = contacts.reduce((sum, { interactive }) => sum + interactive.length, 0);
  return contacts.flatMap(({ actor, interactive }) => {
    const times = all <= MOST_EVENTS ? interactive : firstOfHalfHours(interactive);
    return times.map((time) => ({ time, actor }));
  });
}

function firstOfHalfHours(times: readonly number[]): number[] {
  return [...groupBy(times, (time) => Math.floor(time / HALF_HOUR)).values()].map(
    (list) => list[0] as number,
  );
}

function subjectOf(context: DetectContext, { kind, names, contacts, partOf }: Gathered): ScheduleSubject {
  const pairs = contacts.map(({ pair }) => pair);
  const servers = unique(pairs.filter(({ by }) => by !== "log of names").map(({ server }) => server)).sort();
  const organisations = pairs.flatMap(
    ({ realm, host, last }) => context.directory.resolve(realm, host, last)?.orgId ?? [],
  );
  return {
    kind,
    name: labelOf(kind, servers, names),
    servers: servers.slice(0, LISTED),
    names: names.slice(0, LISTED),
    organisations: unique(organisations).sort(),
    hosts: new Set(pairs.map(({ realm, host }) => `${realm} ${host}`)).size,
    pairs: pairs.length,
    sensors: unique(pairs.flatMap(({ sensors }) => sensors)).sort(),
    part_of: partOf,
  };
}

function labelOf(kind: Gathered["kind"], servers: readonly string[], names: readonly string[]): string {
  if (kind === "server") return servers[0] ?? names[0] ?? "";
  const shown = names.length > 0 ? names : servers;
  const more = shown.length - NAMED;
  return `${shown.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function countsOf({ contacts, visits }: Gathered): ScheduleContacts {
  const sum = (of: (contact: PairContact) => number) =>
    contacts.reduce((total, contact) => total + of(contact), 0);
  const visited = visits.reduce((total, { connections }) => total + connections, 0);
  return {
    connections: sum(({ connections }) => connections) + visited,
    empty: sum(({ empty }) => empty),
    visits: visited,
    routine: sum(({ routine }) => routine),
    automated: sum(({ automated }) => automated),
    folded: sum(({ folded }) => folded),
    interactive: sum(({ interactive }) => interactive.length),
  };
}
