import { unique } from "../../kernel/group-by.js";
import type { HolidayCalendar } from "../../model/calendar.js";
import { buildCalendar } from "./build.js";
import { chineseDays } from "./chinese-days.js";
import { countryTitle, dateHolidays } from "./date-holidays.js";
import { type DayList, noDays } from "./day-list.js";
import { type CalendarDefinition, definedCountries, readDefinition } from "./definition.js";

/**
 * Countries without a file of their own, whose nation-wide holidays stand on fixed dates, weekdays and Easter, so that they can be computed. Where
 * the day hangs on a moon that somebody must see, or on a yearly decree that moves days, a country is offered with a file or not at all.
 */
const COMPUTED =
  "AT AU BE BR CA CH CZ DE DK EE ES FI FR GR HR IE IS IT LT LU LV MX NL NO NZ PL PT RO SE SI SK US ZA".split(
    " ",
  );

/** Years in which the rules of date-holidays were looked through; holidays decreed for a single later year would be missing. */
const COMPUTED_COVERAGE = { from: "2015-01-01", to: "2025-12-31" };

const cache = new Map<string, HolidayCalendar>();

/** ISO 3166-1 alpha-2 codes of the calendars that `calendar` knows, in order. */
export function offeredCalendars(): string[] {
  return unique([...definedCountries(), ...COMPUTED]).sort();
}

/** Countries asked about where nobody chose: those whose days were compared one by one with official notices, Germany and the United States. */
export function defaultCalendars(): string[] {
  return [...definedCountries(), "DE", "US"].sort();
}

/** A country's calendar; undefined where there is none that can be trusted, which is not the same as a country without holidays. */
export function calendar(country: string): HolidayCalendar | undefined {
  const known = cache.get(country);
  if (known !== undefined) return known;
  const built = definedCountries().includes(country)
    ? fromDefinition(readDefinition(country))
    : COMPUTED.includes(country)
      ? computed(country)
      : undefined;
  if (built !== undefined) cache.set(country, built);
  return built;
}

function computed(country: string): HolidayCalendar {
  const facts = {
    country,
    title: countryTitle(country),
    source:
      "Nation-wide public holidays as computed by date-holidays (https://github.com/commenthol/date-holidays)",
    coverage: COMPUTED_COVERAGE,
    weekend: [0, 6],
    knowsMakeup: false,
  };
  return buildCalendar(facts, dateHolidays(country));
}

function coverageOf({ base, coverage }: CalendarDefinition): HolidayCalendar["coverage"] {
  // The schema lets chinese-days alone go without: the package knows its own years.
  return base === "chinese-days" || coverage === undefined ? chineseDays().coverage : coverage;
}

function fromDefinition(definition: CalendarDefinition): HolidayCalendar {
  const { country, region, title, source, weekend } = definition;
  const facts = {
    country,
    title,
    source,
    coverage: coverageOf(definition),
    weekend,
    knowsMakeup: definition.knows_makeup,
  };
  const bases = {
    none: () => noDays,
    "chinese-days": chineseDays,
    "date-holidays": () => dateHolidays(country, region),
  };
  return buildCalendar(facts, corrected(bases[definition.base](), definition));
}

/** The base with the definition's own days over it. */
function corrected(base: DayList, definition: CalendarDefinition): DayList {
  const removed = new Set(definition.remove);
  const worked = new Set(definition.worked);
  const range = (date: string) =>
    definition.partial_ranges.find(({ from, to }) => date >= from && date <= to);
  const partial = (date: string) => definition.partial[date] ?? range(date)?.name ?? base.partial(date);
  return {
    holiday: (date) => definition.holidays[date] ?? (removed.has(date) ? undefined : base.holiday(date)),
    worked: (date) => worked.has(date) || base.worked(date),
    partial,
  };
}
