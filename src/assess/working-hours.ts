import { utcOffset } from "../kernel/time.js";
import type { AssessedSchedule } from "../model/assessed-schedule.js";
import { type Assessment, likelihoodWord } from "../model/assessment.js";

type Judgement = Assessment["judgements"][number];

/** From this probability on, hours are the watched organisations' own, and say nothing about operators. */
const LIKELY_OWN = 0.55;

/**
 * One judgement about the servers with most interactive activity, and one about the account with most of it. Where there is too little of it anywhere, that is
 * said instead.
 */
export function workingHoursJudgement(schedules: readonly AssessedSchedule[]): Judgement[] {
  const whole = schedules
    .filter(({ subject }) => subject.part_of === null)
    .toSorted((a, b) => b.units - a.units || a.id.localeCompare(b.id));
  const told = [false, true].flatMap((isAccount) => {
    const alike = whole.filter(({ subject }) => (subject.kind === "account") === isAccount);
    const [best] = alike.filter(({ verdict }) => verdict === "human");
    return best === undefined ? [] : [humanJudgement(best, alike.length)];
  });
  if (told.length > 0) return told;
  const [most] = whole;
  if (most === undefined) return [];
  return [
    {
      statement: `Nothing can be said about the operators' working hours: ${lowerFirst(most.reason)}`,
      likelihood: null,
      confidence: "low",
      confidence_statement:
        "This is an absence of evidence, and no evidence that nobody sat at the other end.",
      findings: [],
    },
  ];
}

function humanJudgement(schedule: AssessedSchedule, subjects: number): Judgement {
  const { id, hypotheses, offset, lulls, subject, words } = schedule;
  const isAccount = subject.kind === "account";
  const kinds = isAccount ? "accounts" : "groups of servers";
  const among = subjects > 1 ? ` (of ${subjects} ${kinds} analysed, that with most activity)` : "";
  const activity = isAccount
    ? `use of the account ${subject.name}`
    : `interactive contact with ${subject.name}`;
  const behind = isAccount ? `used the account ${subject.name}` : `were at work behind ${subject.name}`;
  const own = hypotheses?.victim ?? 0;
  const people = (hypotheses?.human ?? 0) * inInterval(schedule);
  const statement =
    own >= LIKELY_OWN || offset === null
      ? `It is ${likelihoodWord(own)} that ${activity}${among} follows the watched organisations' own hours, which then say nothing about operators.`
      : `It is ${likelihoodWord(people)} that people with a working day of their own, on clocks between ${utcOffset(offset.interval95[0])} and ${utcOffset(offset.interval95[1])} (${utcOffset(offset.best_minutes)} fits best), ${behind}${among}.${lulls.map((lull) => lullText(schedule, lull)).join("")} Hours and holidays can be imitated, and many countries share a clock.`;
  return {
    statement,
    likelihood: own >= LIKELY_OWN || offset === null ? own : people,
    confidence: words.confidence_level,
    confidence_statement: words.confidence,
    findings: [id],
  };
}

/** What of the posterior lies in the interval that is named. */
function inInterval({ offset }: AssessedSchedule): number {
  if (offset === null) return 0;
  const [from, to] = offset.interval95;
  const inside = offset.posterior.filter(({ offset_minutes: minutes }) =>
    [-1440, 0, 1440].some((turn) => minutes + turn >= from && minutes + turn <= to),
  );
  return Math.min(
    1,
    inside.reduce((sum, { probability }) => sum + probability, 0),
  );
}

function lullText(
  { calendars, home }: AssessedSchedule,
  { from, to, units, expected, calendars: days }: AssessedSchedule["lulls"][number],
): string {
  const going = days.flatMap(({ country, holidays, makeup_days: makeup }) => {
    const verdict = calendars.find((each) => each.country === country)?.verdict;
    if (holidays === 0 || (verdict !== "fits" && verdict !== "consistent_single_episode")) return [];
    const working = makeup > 0 ? `, though ${makeup} of the days are official working days there` : "";
    const once = verdict === "fits" ? "fits" : "is consistent with it, in a single episode";
    return [` The calendar of ${country} ${once}${working}.`];
  });
  const own = days
    .filter(({ country, explains }) => home.includes(country) && explains === "not")
    .map(({ country }) => ` The organisations' own calendar (${country}) does not explain the lull.`);
  return ` From ${from} to ${to} they were silent or nearly so (${units} half-hours where ${Math.round(expected)} were to be expected).${[...going, ...own].join("")}`;
}

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
