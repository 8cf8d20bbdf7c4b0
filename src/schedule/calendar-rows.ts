import type { CalendarVerdictRow } from "../model/schedule.js";
import { type CalendarJudgement, type Effect, judgeCalendars } from "./calendar/index.js";
import type { LocalDay } from "./days.js";
import type { ScheduleOptions } from "./options.js";
import type { ScheduleParameters } from "./parameters.js";
import { say } from "./words/messages.js";

/** One row for each calendar asked, known or not, in the order in which they were given. */
export function judgeAll(
  days: readonly LocalDay[],
  { calendars, unknownCalendars = [] }: ScheduleOptions,
  { assertAt }: ScheduleParameters,
): CalendarVerdictRow[] {
  const judged = judgeCalendars(
    days.map(({ date, units, exposure }) => ({ date, events: units, exposure })),
    calendars,
    { asked: calendars.length + unknownCalendars.length, alpha: 1 - assertAt },
  );
  const rows = judged.map(rowOf);
  // Without people there is nothing to compare with a calendar, whatever years it covers.
  const asked = days.length > 0 ? rows : rows.map(unasked);
  return [...asked, ...unknownCalendars.map(unknown)];
}

function effectRow({
  ratio,
  interval95,
  p,
  episodes,
  events,
  expected,
}: Effect): CalendarVerdictRow["holiday"] {
  return { ratio, interval95, p, episodes, events, expected };
}

function rowOf(judgement: CalendarJudgement): CalendarVerdictRow {
  return {
    country: judgement.country,
    holiday: effectRow(judgement.holiday),
    makeup: effectRow(judgement.makeup),
    weekend: effectRow(judgement.weekend),
    holiday_p_corrected: judgement.holidayPHolm,
    makeup_p_corrected: judgement.makeupPHolm,
    episodes: judgement.episodes,
    verdict: judgement.verdict,
    reason: judgement.reason,
    rivals: judgement.rivals.map(({ country, logLikelihoodRatio }) => ({
      country,
      log_likelihood_ratio: logLikelihoodRatio,
    })),
  };
}

function unasked(row: CalendarVerdictRow): CalendarVerdictRow {
  return { ...row, verdict: "undecided", reason: say("words.verdict.no-rhythm") };
}

const NONE = { ratio: null, interval95: null, p: null, episodes: 0, events: 0, expected: 0 };

function unknown(country: string): CalendarVerdictRow {
  return {
    country,
    holiday: NONE,
    makeup: NONE,
    weekend: NONE,
    holiday_p_corrected: null,
    makeup_p_corrected: null,
    episodes: 0,
    verdict: "unknown",
    reason: say("words.verdict.no-calendar"),
    rivals: [],
  };
}
