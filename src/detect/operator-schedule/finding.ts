import { rfc3339, utcOffset } from "../../kernel/time.js";
import type { AssessedSchedule } from "../../model/assessed-schedule.js";
import type { Entity, Finding, ScoreComponent } from "../../model/finding.js";
import type { DetectContext } from "../port.js";
import { interactiveEvidence } from "./evidence.js";
import { manifest } from "./manifest.js";
import { say } from "./messages.js";
import type { Gathered } from "./subject.js";

const MOST_HOSTS = 200;

/** One finding for each cluster, and each server that belongs to none, behind which people keep hours. Its servers stand in the assessment. */
export async function findingsOf(
  context: DetectContext,
  schedules: readonly AssessedSchedule[],
  gathered: ReadonlyMap<string, Gathered>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const schedule of schedules) {
    const subject = gathered.get(schedule.id);
    if (subject === undefined || schedule.verdict !== "human" || schedule.subject.part_of !== null) continue;
    const evidence = await interactiveEvidence(context, subject.contacts);
    findings.push(findingOf(context, schedule, { ...serverStory(schedule, subject), ...evidence }));
  }
  return findings;
}

/** What a finding says about its kind of subject beside the analysis. */
export type Story = Pick<
  Finding,
  "title" | "org_id" | "entities" | "attack" | "explanation" | "evidence" | "tlp"
>;

function serverStory(schedule: AssessedSchedule, gathered: Gathered): Omit<Story, "evidence" | "tlp"> {
  const { name, organisations, hosts } = schedule.subject;
  return {
    title: isWatchedOwn(schedule)
      ? say("operator-schedule.interactive-contact-follows-watched", name)
      : say(
          "operator-schedule.whoever-behind-keeps-working",
          name,
          utcOffset(schedule.offset?.best_minutes ?? 0),
        ),
    org_id: null,
    entities: entitiesOf(schedule, gathered),
    attack: [],
    explanation: {
      key: "operator-schedule.people",
      args: [
        { type: "text", value: name },
        { type: "number", value: schedule.contacts.connections },
        { type: "number", value: hosts },
        { type: "number", value: organisations.length },
        { type: "number", value: schedule.contacts.interactive },
        { type: "number", value: schedule.units },
        { type: "number", value: schedule.active_days },
        { type: "text", value: `${schedule.words.likelihood} ${schedule.words.confidence}` },
      ],
    },
  };
}

/** More likely than not it is what the watched people do themselves. */
export const isWatchedOwn = ({ hypotheses }: AssessedSchedule): boolean => (hypotheses?.victim ?? 0) >= 0.5;

/** How much the times say about the people behind them. Not how bad they are: the severity is always informational. */
function componentsOf(schedule: AssessedSchedule): ScoreComponent[] {
  const { hypotheses, offset, effective_units: effective, calendars } = schedule;
  const people = (hypotheses?.human ?? 0) + (hypotheses?.victim ?? 0);
  const [from, to] = offset?.interval95 ?? [0, 1440];
  const best = calendars.find(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode");
  return [
    {
      name: "people",
      value: people,
      weight: 0.25,
      meaning: say("operator-schedule.probability-people-made-activity"),
    },
    {
      name: "own hours",
      value: 1 - (hypotheses?.victim ?? 1),
      weight: 0.25,
      meaning: say("operator-schedule.probability-does-not-simply"),
    },
    {
      name: "zone",
      value: Math.max(0, 1 - (to - from) / 720),
      weight: 0.2,
      meaning: say("operator-schedule.interval-offset-from-utc", ((to - from) / 60).toFixed(1)),
    },
    {
      name: "amount",
      value: Math.min(1, effective / 200),
      weight: 0.15,
      meaning: say("operator-schedule.worth-independent-half-hours", Math.round(effective)),
    },
    {
      name: "calendar",
      value: best === undefined ? 0 : best.verdict === "fits" ? 1 : 0.5,
      weight: 0.15,
      meaning:
        best === undefined
          ? say("operator-schedule.no-calendar-consistent-days")
          : best.verdict === "fits"
            ? say("operator-schedule.calendar-fits", best.country)
            : say("operator-schedule.calendar-consistent-days-off", best.country),
    },
  ];
}

export function findingOf(context: DetectContext, schedule: AssessedSchedule, story: Story): Finding {
  const components = componentsOf(schedule);
  const score = components.reduce((sum, each) => sum + each.value * each.weight, 0);
  return {
    ...story,
    id: schedule.id,
    detector: manifest.id,
    severity: "informational",
    score: Math.round(Math.min(1, score) * 1000) / 1000,
    components,
    first_seen: schedule.first ?? rfc3339(context.span.first),
    last_seen: schedule.last ?? rfc3339(context.span.last),
    caveats: schedule.caveats,
    facts: factsOf(schedule),
  };
}

function entitiesOf({ subject: { servers, names } }: AssessedSchedule, { contacts }: Gathered): Entity[] {
  const hosts = new Map(
    contacts.map(({ pair: { realm, host } }) => [
      `${realm} ${host}`,
      { kind: "host" as const, value: host, realm, role: "victim" },
    ]),
  );
  return [
    ...names.map((value): Entity => ({ kind: "domain", value, role: "server" })),
    ...servers.map((value): Entity => ({ kind: "address", value, role: "server" })),
    ...[...hosts.values()].slice(0, MOST_HOSTS),
  ];
}

function factsOf(schedule: AssessedSchedule): Finding["facts"] {
  const { offset, calendars, lulls, subject } = schedule;
  return {
    subject: subject.kind,
    organisations: subject.organisations,
    units: schedule.units,
    effective_units: schedule.effective_units,
    ...(offset === null
      ? {}
      : {
          offset_minutes: offset.best_minutes,
          offset_from_minutes: offset.interval95[0],
          offset_to_minutes: offset.interval95[1],
        }),
    foreign: schedule.foreign ?? "unknown",
    calendars: calendars.map(({ country, verdict }) => `${country}: ${verdict}`),
    lulls: lulls.map(({ from, to }) => `${from}/${to}`),
  };
}
