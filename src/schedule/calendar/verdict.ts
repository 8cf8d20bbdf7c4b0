import { joinItems } from "../../kernel/lists.js";
import { say } from "../words/messages.js";
import type { CalendarVerdict, Effect, Rate, RivalComparison, Settings } from "./types.js";

/** A calendar's evidence, before the verdict. */
export interface Evidence {
  country: string;
  holiday: Effect;
  holidayPHolm: number | null;
  /** Probability of so little activity on these days were they ordinary (a model's, see `quietP`), corrected for the calendars asked. */
  quietPHolm: number | null;
  contradicted: string[];
  /** Share of the calendar's expected events that lie on contradicted holidays, 0..1. */
  contradictedShare: number;
  rivals: RivalComparison[];
  coveredDays: number;
  /** Too few blocks, or too short a series, for more than "consistent". */
  single: boolean;
}

/** A calendar of whose expected holiday events this share was worked as usual is not the one people live by. */
const CONTRADICTED_SHARE = 0.25;

/** An effect that survives the correction for all calendars asked. */
export function significant({ holidayPHolm, holiday }: Evidence, settings: Settings): boolean {
  return holidayPHolm !== null && holidayPHolm < settings.alpha && (holiday.ratio ?? 1) < 1;
}

/** Quieter than a model of ordinary days lets expect by chance; too few episodes for more. */
function noteworthy({ quietPHolm, holiday }: Evidence, settings: Settings): boolean {
  return quietPHolm !== null && quietPHolm < settings.alpha && (holiday.interval95?.[1] ?? 1) < 1;
}

function percent(share: number): string {
  return say("words.percent", Math.round(100 * share));
}

function inWords({ ratio, interval95 }: Rate): string {
  if (ratio === null || interval95 === null) return "";
  const [from, to] = interval95;
  return say("words.verdict.rate", percent(ratio), percent(from), percent(to));
}

/**
 * The rules, in order; docs/calendars.md states them in words.
 *
 * @param others the evidence of the other calendars asked
 */
export function judge(
  evidence: Evidence,
  others: readonly Evidence[],
  settings: Settings,
): { verdict: CalendarVerdict; reason: string } {
  const { holiday } = evidence;
  if (evidence.coveredDays === 0)
    return {
      verdict: "unknown",
      reason: say("words.verdict.outside"),
    };
  if (holiday.episodes === 0 || holiday.interval95 === null)
    return {
      verdict: "undecided",
      reason: say("words.verdict.nothing"),
    };
  const excluded = whyExcluded(evidence, others, settings);
  if (excluded !== undefined) return { verdict: "excluded", reason: excluded };
  const tie = notAhead(evidence, others, settings);
  if (evidence.single) {
    if (!noteworthy(evidence, settings))
      return {
        verdict: "undecided",
        reason: say("words.verdict.chance", holiday.episodes, inWords(holiday)),
      };
    if (tie !== undefined) return { verdict: "undecided", reason: tie };
    return {
      verdict: "consistent_single_episode",
      reason: say("words.verdict.single", holiday.episodes, inWords(holiday)),
    };
  }
  if (!significant(evidence, settings))
    return {
      verdict: "undecided",
      reason: say("words.verdict.chance", holiday.episodes, inWords(holiday)),
    };
  if (evidence.contradictedShare >= CONTRADICTED_SHARE)
    return {
      verdict: "undecided",
      reason: say("words.verdict.contradicted", joinItems(evidence.contradicted)),
    };
  if (tie !== undefined) return { verdict: "undecided", reason: tie };
  return { verdict: "fits", reason: say("words.verdict.fits", holiday.episodes, inWords(holiday)) };
}

/** Worked as usual on all of its holidays, or on those that a calendar far ahead does not have. */
function whyExcluded(
  { holiday, rivals }: Evidence,
  others: readonly Evidence[],
  settings: Settings,
): string | undefined {
  const worked = (effect: Rate) =>
    effect.episodes >= settings.minEpisodes && (effect.interval95?.[0] ?? 0) >= settings.workedRatio;
  if (worked(holiday)) return say("words.verdict.worked", holiday.episodes, inWords(holiday));
  const better = rivals.find(
    (rival) =>
      others.some((other) => other.country === rival.country && significant(other, settings)) &&
      rival.logLikelihoodRatio <= -2 * Math.log(settings.ahead) &&
      rival.own.episodes >= settings.minEpisodes &&
      (rival.own.interval95?.[1] ?? 0) >= 1,
  );
  return better && say("words.verdict.far-ahead", better.country, inWords(better.own));
}

/** A rival that explains the days on which the two differ nearly as well or better. Only a calendar that has evidence of its own is a rival. */
function notAhead(
  { rivals, single }: Evidence,
  others: readonly Evidence[],
  settings: Settings,
): string | undefined {
  // With few blocks nobody is far ahead of anybody: then it is enough not to be behind.
  const needed = single ? 0 : Math.log(settings.ahead);
  const evident = others.filter(
    (other) => significant(other, settings) || (other.single && noteworthy(other, settings)),
  );
  const rival = rivals
    .filter(({ country }) => evident.some((other) => other.country === country))
    .sort((a, b) => a.logLikelihoodRatio - b.logLikelihoodRatio)[0];
  if (rival === undefined || rival.logLikelihoodRatio >= needed) return undefined;
  return say(rival.logLikelihoodRatio < 0 ? "words.verdict.better" : "words.verdict.tie", rival.country);
}
