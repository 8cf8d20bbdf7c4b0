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
  return `${Math.round(100 * share)} %`;
}

function inWords({ ratio, interval95 }: Rate): string {
  if (ratio === null || interval95 === null) return "";
  const [from, to] = interval95;
  return `${percent(ratio)} of the rate of ordinary days (95 % interval ${percent(from)} to ${percent(to)})`;
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
      reason: "The series lies outside the years that the calendar is known for.",
    };
  if (holiday.episodes === 0 || holiday.interval95 === null)
    return {
      verdict: "undecided",
      reason: "No holiday on a weekday lies in the series with enough ordinary weeks around it to compare.",
    };
  const excluded = whyExcluded(evidence, others, settings);
  if (excluded !== undefined) return { verdict: "excluded", reason: excluded };
  const tie = notAhead(evidence, others, settings);
  if (evidence.single) {
    if (!noteworthy(evidence, settings))
      return {
        verdict: "undecided",
        reason: `${blocks(holiday.episodes)}, at ${inWords(holiday)}: not more than chance among the calendars asked.`,
      };
    if (tie !== undefined) return { verdict: "undecided", reason: tie };
    return {
      verdict: "consistent_single_episode",
      reason: `${blocks(holiday.episodes)}, at ${inWords(holiday)}: a coincidence cannot be ruled out with so few, or in so short a series.`,
    };
  }
  if (!significant(evidence, settings))
    return {
      verdict: "undecided",
      reason: `${blocks(holiday.episodes)}, at ${inWords(holiday)}: not more than chance among the calendars asked.`,
    };
  if (evidence.contradictedShare >= CONTRADICTED_SHARE)
    return {
      verdict: "undecided",
      reason: `Holidays as a whole are kept, but ${evidence.contradicted.join(", ")} is worked as usual.`,
    };
  if (tie !== undefined) return { verdict: "undecided", reason: tie };
  return { verdict: "fits", reason: `${blocks(holiday.episodes)}, at ${inWords(holiday)}.` };
}

function blocks(count: number): string {
  return count === 1 ? "One holiday block" : `${count} holiday blocks`;
}

/** Worked as usual on all of its holidays, or on those that a calendar far ahead does not have. */
function whyExcluded(
  { holiday, rivals }: Evidence,
  others: readonly Evidence[],
  settings: Settings,
): string | undefined {
  const worked = (effect: Rate) =>
    effect.episodes >= settings.minEpisodes && (effect.interval95?.[0] ?? 0) >= settings.workedRatio;
  if (worked(holiday))
    return `Its holidays were worked: ${blocks(holiday.episodes)}, at ${inWords(holiday)}.`;
  const better = rivals.find(
    (rival) =>
      others.some((other) => other.country === rival.country && significant(other, settings)) &&
      rival.logLikelihoodRatio <= -2 * Math.log(settings.ahead) &&
      rival.own.episodes >= settings.minEpisodes &&
      (rival.own.interval95?.[1] ?? 0) >= 1,
  );
  return (
    better &&
    `The calendar of ${better.country} is far ahead, and the days that ${better.country} does not have show no effect: ${inWords(better.own)}.`
  );
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
  return rival.logLikelihoodRatio < 0
    ? `The calendar of ${rival.country} explains the days on which the two differ better.`
    : `The days on which it differs from the calendar of ${rival.country} do not tell the two apart.`;
}
