import type { HolidayCalendar } from "../../model/calendar.js";
import { rateOf } from "./effect.js";
import { type Episode, holidayEpisodes, makeupEpisodes } from "./episode.js";
import type { Frame } from "./frame.js";
import { logFree, logWorked } from "./likelihood.js";
import { dispersionOf } from "./permutation.js";
import type { RivalComparison } from "./types.js";

/** What a calendar has that its rival does not. */
interface Advantage {
  holidays: Episode[];
  /** Logarithm of the likelihood of these days being free (and these weekends worked) over their being ordinary. */
  logLikelihood: number;
}

function advantage(
  frame: Frame,
  calendar: HolidayCalendar,
  rival: HolidayCalendar,
  weeks: number,
  gain: number,
): Advantage {
  const holidays = holidayEpisodes(frame, calendar, weeks, [rival]);
  const makeups = makeupEpisodes(frame, calendar, weeks, [rival]);
  const dispersion = dispersionOf(holidays);
  const ofWeekends = dispersionOf(makeups);
  const logLikelihood =
    holidays.reduce((sum, episode) => sum + logFree(episode, dispersion), 0) +
    makeups.reduce((sum, episode) => sum + logWorked(episode, ofWeekends, gain), 0);
  return { holidays, logLikelihood };
}

/**
 * Every calendar against every other, on the days on which the two differ: what both have cannot tell them apart.
 *
 * @param gain an ordinary weekday's rate over an ordinary weekend day's, by country
 */
export function compareRivals(
  frame: Frame,
  calendars: readonly HolidayCalendar[],
  weeks: number,
  gain: ReadonlyMap<string, number>,
): Map<string, RivalComparison[]> {
  const key = (a: HolidayCalendar, b: HolidayCalendar) => `${a.country} ${b.country}`;
  const advantages = new Map<string, Advantage>();
  for (const calendar of calendars) {
    for (const rival of calendars) {
      if (rival !== calendar)
        advantages.set(
          key(calendar, rival),
          advantage(frame, calendar, rival, weeks, gain.get(calendar.country) ?? 1),
        );
    }
  }
  const compare = (calendar: HolidayCalendar, rival: HolidayCalendar): RivalComparison => {
    const own = advantages.get(key(calendar, rival));
    const others = advantages.get(key(rival, calendar));
    return {
      country: rival.country,
      own: rateOf(own?.holidays ?? []),
      logLikelihoodRatio: (own?.logLikelihood ?? 0) - (others?.logLikelihood ?? 0),
    };
  };
  return new Map(
    calendars.map((calendar) => [
      calendar.country,
      calendars.filter((rival) => rival !== calendar).map((rival) => compare(calendar, rival)),
    ]),
  );
}
