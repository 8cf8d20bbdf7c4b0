import { groupBy } from "../../kernel/group-by.js";
import type { HolidayCalendar } from "../../model/calendar.js";
import { effectOf, NO_EFFECT, rateOf, weekendEffect } from "./effect.js";
import { type Episode, holidayEpisodes, makeupEpisodes, weekdaysOf, weekendEpisodes } from "./episode.js";
import { daysBetween, type Frame, frameOf } from "./frame.js";
import { pooled, tailBelow } from "./likelihood.js";
import { dispersionOf, holm } from "./permutation.js";
import { compareRivals } from "./rivals.js";
import {
  type CalendarJudgement,
  type CalendarOptions,
  DEFAULTS,
  type Effect,
  type ObservedDay,
  type Settings,
} from "./types.js";
import { type Evidence, judge } from "./verdict.js";

export type {
  CalendarJudgement,
  CalendarOptions,
  Effect,
  ObservedDay,
} from "./types.js";

interface Measured {
  calendar: HolidayCalendar;
  holiday: Effect;
  makeup: Effect;
  weekend: Effect;
  contradicted: string[];
  contradictedShare: number;
  /** See `quietP`. */
  quiet: number | null;
  coveredDays: number;
}

/**
 * Which countries' holidays people keep, by the days on which they were active. Every calendar is measured against matched ordinary days, corrected
 * for the number of calendars asked, and compared with each rival where the two differ. Nothing is random: the same days give the same answer.
 *
 * @param days dates as they stand in the zone that is assumed; missing dates were not seen
 */
export function judgeCalendars(
  days: readonly ObservedDay[],
  calendars: readonly HolidayCalendar[],
  options: CalendarOptions = {},
): CalendarJudgement[] {
  const settings: Settings = { ...DEFAULTS, ...options };
  const frame = frameOf(days, settings.minExposure);
  const spanDays = spanOf(frame);
  const measured = calendars.map((calendar) => measure(frame, calendar, settings));
  const asked = Math.max(options.asked ?? 0, calendars.length);
  const holidayPs = holm(
    measured.map(({ holiday }) => holiday.p),
    asked,
  );
  const makeupPs = holm(
    measured.map(({ makeup }) => makeup.p),
    measured.filter(({ makeup }) => makeup.episodes > 0).length,
  );
  const singlePs = holm(
    measured.map(({ quiet }) => quiet),
    asked,
  );
  const gain = new Map(
    measured.map(({ calendar, weekend }) => [
      calendar.country,
      weekend.ratio === null ? 1 : Math.min(20, 1 / Math.max(weekend.ratio, 0.01)),
    ]),
  );
  const known = measured.filter(({ coveredDays }) => coveredDays > 0).map(({ calendar }) => calendar);
  const rivals = compareRivals(frame, known, settings.nearbyWeeks, gain);
  const evidence = measured.map(
    (each, index): Evidence => ({
      country: each.calendar.country,
      holiday: each.holiday,
      holidayPHolm: holidayPs[index] ?? null,
      quietPHolm: singlePs[index] ?? null,
      contradicted: each.contradicted,
      contradictedShare: each.contradictedShare,
      rivals: rivals.get(each.calendar.country) ?? [],
      coveredDays: each.coveredDays,
      single: each.holiday.episodes < settings.minEpisodes || spanDays < settings.minDays,
    }),
  );
  return measured.map(({ holiday, makeup, weekend, contradicted, coveredDays, calendar }, index) => {
    const own = evidence[index] as Evidence;
    const others = evidence.filter((other) => other !== own);
    return {
      country: calendar.country,
      holiday,
      holidayPHolm: own.holidayPHolm,
      makeup,
      makeupPHolm: makeupPs[index] ?? null,
      weekend,
      episodes: holiday.episodes,
      contradicted,
      rivals: own.rivals,
      coveredDays,
      ...judge(own, others, settings),
    };
  });
}

/** Dates from the first to the last that was seen, both counted. */
function spanOf(frame: Frame): number {
  const dates = [...frame.keys()];
  const [first, last] = [dates[0], dates.at(-1)];
  return first === undefined || last === undefined ? 0 : daysBetween(first, last) + 1;
}

function measure(frame: Frame, calendar: HolidayCalendar, settings: Settings): Measured {
  const holidays = holidayEpisodes(frame, calendar, settings.nearbyWeeks);
  const weeks = weekendEpisodes(frame, calendar);
  const { contradicted, share } = contradictions(holidays, settings);
  return {
    calendar,
    holiday: effectOf(holidays, "quieter"),
    makeup: calendar.knowsMakeup
      ? effectOf(makeupEpisodes(frame, calendar, settings.nearbyWeeks), "busier")
      : NO_EFFECT,
    weekend: weekendEffect(weeks, weekdaysOf(frame, calendar, weeks)),
    contradicted,
    contradictedShare: share,
    quiet: quietP(holidays),
    coveredDays: [...frame.keys()].filter((date) => calendar.day(date) !== undefined).length,
  };
}

/**
 * Probability of at most that activity on all these days, were they ordinary. It is a model's answer where the permutation has too few episodes to give one, and decides
 * no more than whether a single episode is worth naming. Null without an episode.
 */
function quietP(holidays: readonly Episode[]): number | null {
  if (holidays.length === 0) return null;
  const { events, expected, dispersion } = pooled(holidays, dispersionOf(holidays));
  return expected === 0 ? 1 : tailBelow(events, expected, dispersion);
}

/** Holidays of one name that were worked as usual in every comparison of them together. */
function contradictions(
  holidays: readonly Episode[],
  settings: Settings,
): { contradicted: string[]; share: number } {
  const effects = [...groupBy(holidays, ({ name }) => name)].map(([name, episodes]) => ({
    name,
    rate: rateOf(episodes),
  }));
  const worked = effects.filter(
    ({ rate }) =>
      rate.episodes >= settings.minEpisodes && (rate.interval95?.[0] ?? 0) >= settings.workedRatio,
  );
  const expected = (list: typeof effects) => list.reduce((sum, { rate }) => sum + rate.expected, 0);
  const total = expected(effects);
  return {
    contradicted: worked.map(({ name }) => name),
    share: total === 0 ? 0 : expected(worked) / total,
  };
}
