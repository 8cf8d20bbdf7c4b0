import { joinSentences, nameArgument } from "../kernel/lists.js";
import { utcOffset } from "../kernel/time.js";
import type { AssessedSchedule } from "../model/assessed-schedule.js";
import type { Assessment } from "../model/assessment.js";
import { likelihoodText } from "../model/words.js";
import { say } from "./judgement-messages.js";

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
      statement: say("judged.hours.nothing", most.reason),
      likelihood: null,
      confidence: "low",
      confidence_statement: say("judged.hours.nothing.confidence"),
      findings: [],
    },
  ];
}

function humanJudgement(schedule: AssessedSchedule, subjects: number): Judgement {
  const { id, hypotheses, offset, lulls, subject, words } = schedule;
  const name = nameArgument("text", subject.name);
  const isAccount = subject.kind === "account";
  const among =
    subjects > 1
      ? say(isAccount ? "judged.hours.among.accounts" : "judged.hours.among.servers", subjects)
      : "";
  const own = hypotheses?.victim ?? 0;
  const people = (hypotheses?.human ?? 0) * inInterval(schedule);
  const kind = isAccount ? "account" : "servers";
  const statement =
    own >= LIKELY_OWN || offset === null
      ? say(`judged.hours.own.${kind}`, likelihoodText(own), name, among)
      : joinSentences([
          say(
            `judged.hours.people.${kind}`,
            likelihoodText(people),
            ...[...offset.interval95, offset.best_minutes].map(utcOffset),
            name,
            among,
          ),
          ...lulls.flatMap((lull) => lullSentences(schedule, lull)),
          say("judged.hours.imitation"),
        ]);
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

function lullSentences(
  { calendars, home }: AssessedSchedule,
  { from, to, units, expected, calendars: days }: AssessedSchedule["lulls"][number],
): string[] {
  const going = days.flatMap(({ country, holidays, makeup_days: makeup }) => {
    const verdict = calendars.find((each) => each.country === country)?.verdict;
    if (holidays === 0 || (verdict !== "fits" && verdict !== "consistent_single_episode")) return [];
    const working = makeup > 0 ? say("judged.hours.calendar.makeup", makeup) : "";
    const key = verdict === "fits" ? "judged.hours.calendar.fits" : "judged.hours.calendar.single";
    return [say(key, country, working)];
  });
  const own = days
    .filter(({ country, explains }) => home.includes(country) && explains === "not")
    .map(({ country }) => say("judged.hours.calendar.own", country));
  return [say("judged.hours.lull", from, to, units, Math.round(expected)), ...going, ...own];
}
