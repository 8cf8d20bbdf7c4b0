import { createRequire } from "node:module";
import type { DayList } from "./day-list.js";

/** The data file of chinese-days: date to "English name,Chinese name,count". */
interface ChineseDays {
  holidays: Record<string, string>;
  workdays: Record<string, string>;
}

/** The State Council's days, and the years that the package has of them. */
export function chineseDays(): DayList & { coverage: { from: string; to: string } } {
  // Read where it is needed: half of the program's commands never ask for a calendar.
  const data = createRequire(import.meta.url)("chinese-days/dist/chinese-days.json") as ChineseDays;
  const years = Object.keys(data.holidays)
    .map((date) => date.slice(0, 4))
    .sort();
  return {
    coverage: { from: `${years[0]}-01-01`, to: `${years.at(-1)}-12-31` },
    holiday: (date) => data.holidays[date]?.split(",")[0],
    worked: (date) => date in data.workdays,
    partial: () => undefined,
  };
}
