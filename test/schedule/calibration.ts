import { calendar } from "../../src/intel/calendars/index.js";
import { DAY, HOUR } from "../../src/kernel/time.js";
import type { ScheduleAnalysis } from "../../src/model/schedule.js";
import { analyseSchedule, type WatchedPlace } from "../../src/schedule/index.js";
import { aimlessEvents, Draw, drawOffice, type Office, officeEvents, type Span } from "./simulate.js";

/** One simulated office after another, each with its own hours, lunch and shape, and what the analysis says of it. */

const FROM = Date.UTC(2023, 7, 1);
/** Interactive events of each run. */
const EVENTS = 200;

/** Calendars that the simulations ask about. Those of other countries than the people's must not come up. */
const ASKED = ["CN", "KH", "KR", "SG", "VN"].flatMap((code) => calendar(code) ?? []);

export function spanOf(days: number, offsetMinutes: number): Span {
  return { from: FROM, days, offsetAt: () => offsetMinutes };
}

interface Coverage {
  runs: number;
  /** Runs in which an offset was given at all. */
  told: number;
  /** Of those: the 95 % interval holds the true offset. */
  covered: number;
  withinAnHour: number;
  medianWidthHours: number;
}

/** Offices at UTC+8 over 60 to 365 days. */
export function coverage(seeds: readonly number[]): Coverage {
  const widths: number[] = [];
  let covered = 0;
  let withinAnHour = 0;
  for (const seed of seeds) {
    const draw = new Draw(seed);
    const span = spanOf(draw.pick([60, 90, 180, 365]), 480);
    const { offset } = analyseSchedule(officeEvents(draw, drawOffice(draw), span, EVENTS), { calendars: [] });
    if (offset === null) continue;
    const [low, high] = offset.interval95;
    widths.push((high - low) / 60);
    if (low <= 480 && 480 <= high) covered++;
    if (Math.abs(offset.best_minutes - 480) <= 60) withinAnHour++;
  }
  const sorted = widths.toSorted((a, b) => a - b);
  return {
    runs: seeds.length,
    told: widths.length,
    covered,
    withinAnHour,
    medianWidthHours: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
  };
}

/** The watched place: an office of its own at UTC+7, as its sensor sees it. */
function victimWeek(seed: number): { week: number[]; office: Office } {
  const draw = new Draw(seed ^ 0x5eed);
  const office = drawOffice(draw);
  const week = new Array<number>(168).fill(0);
  for (const { time } of officeEvents(draw, office, spanOf(91, 420), 4000)) {
    const hour = Math.floor((time - Date.UTC(2023, 7, 7)) / HOUR);
    const at = ((hour % 168) + 168) % 168;
    week[at] = (week[at] ?? 0) + 1;
  }
  return { week, office };
}

interface Errors {
  runs: number;
  foreign: number;
  /** Runs in which any calendar fits or is consistent with a single episode. */
  holidayEffect: number;
  human: number;
}

/** Activity at any time, or of the watched place's own people: neither a foreign zone nor a holiday effect is there to be found. */
export function errors(kind: "no schedule" | "the victim's schedule", seeds: readonly number[]): Errors {
  const result: Errors = { runs: seeds.length, foreign: 0, holidayEffect: 0, human: 0 };
  for (const seed of seeds) {
    const draw = new Draw(seed);
    const { week, office } = victimWeek(seed);
    const span = spanOf(92, 420);
    const events =
      kind === "no schedule" ? aimlessEvents(draw, span, EVENTS) : officeEvents(draw, office, span, EVENTS);
    const watched: WatchedPlace = { week, timeZone: "Asia/Phnom_Penh", country: "KH" };
    const analysis = analyseSchedule(events, {
      calendars: ASKED,
      watched,
      span: { from: FROM, to: FROM + 92 * DAY },
    });
    if (analysis.verdict === "human") result.human++;
    if (analysis.foreign === "yes") result.foreign++;
    if (claimsHoliday(analysis)) result.holidayEffect++;
  }
  return result;
}

/**
 * Offices at UTC+8 that keep nobody's holidays, over three months to three years, with better and worse weeks and vacations of their own: runs in which a
 * calendar is said to fit (what only several episodes can show), or to be consistent with a single one.
 */
export function holidayErrors(seeds: readonly number[]): { runs: number; fits: number; single: number } {
  let fits = 0;
  let single = 0;
  for (const seed of seeds) {
    const draw = new Draw(seed);
    const office: Office = {
      ...drawOffice(draw),
      unsteady: draw.pick([0, 0.3, 0.6]),
      ...(draw.chance(0.5) ? { vacationEvery: draw.pick([120, 240]) } : {}),
    };
    const days = draw.pick([92, 365, 1000]);
    const events = officeEvents(draw, office, spanOf(days, 480), Math.round(EVENTS * (days / 92)));
    const { calendars } = analyseSchedule(events, { calendars: ASKED });
    if (calendars.some(({ verdict }) => verdict === "fits")) fits++;
    else if (calendars.some(({ verdict }) => verdict === "consistent_single_episode")) single++;
  }
  return { runs: seeds.length, fits, single };
}

function claimsHoliday({ calendars }: ScheduleAnalysis): boolean {
  return calendars.some(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode");
}

export function seedsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
