import { DAY, isoDay } from "../../kernel/time.js";
import type { CalendarDay, DayKind, HolidayCalendar } from "../../model/calendar.js";
import type { DayList } from "./day-list.js";

const NOTHING: CalendarDay = { kind: "workday", name: "", episode: "" };

function shift(date: string, days: number): string {
  return isoDay(Date.parse(`${date}T00:00:00Z`) + days * DAY);
}

type Facts = Omit<HolidayCalendar, "day">;

/** A calendar from a list of days: what kind each date is, and which block of free days it belongs to. */
export function buildCalendar(facts: Facts, list: DayList): HolidayCalendar {
  const { from, to } = facts.coverage;
  const known = new Map<string, CalendarDay>();
  const weekend = new Set(facts.weekend);
  const covered = (date: string) => date >= from && date <= to;

  function kindOf(date: string): DayKind {
    if (list.holiday(date) !== undefined) return "holiday";
    if (list.worked(date)) return "makeup";
    if (list.partial(date) !== undefined) return "partial";
    return weekend.has(new Date(`${date}T00:00:00Z`).getUTCDay()) ? "weekend" : "workday";
  }

  /** The unbroken run of free days around a free day, cut at the ends of the coverage: beyond them nothing is known. */
  function runAround(date: string): string[] {
    const free = (each: string) => covered(each) && ["holiday", "weekend"].includes(kindOf(each));
    let first = date;
    while (free(shift(first, -1))) first = shift(first, -1);
    const run: string[] = [];
    for (let each = first; free(each); each = shift(each, 1)) run.push(each);
    return run;
  }

  function remember(date: string): void {
    const kind = kindOf(date);
    if (kind === "workday") known.set(date, NOTHING);
    else if (kind === "makeup" || kind === "partial")
      known.set(date, { kind, name: list.partial(date) ?? "", episode: "" });
    else {
      const run = runAround(date);
      const episode = run.some((each) => kindOf(each) === "holiday") ? (run[0] ?? "") : "";
      for (const each of run)
        known.set(each, { kind: kindOf(each), name: list.holiday(each) ?? "", episode });
    }
  }

  return {
    ...facts,
    day(date) {
      if (!covered(date)) return undefined;
      if (!known.has(date)) remember(date);
      return known.get(date);
    },
  };
}
