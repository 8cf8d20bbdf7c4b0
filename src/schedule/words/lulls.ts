import type { CalendarVerdictRow, ScheduleLull } from "../../model/schedule.js";
import type { TitleOf } from "./calendars.js";
import { counted, halfHours, listed } from "./text.js";

/** Lulls told in words: the surest. */
const TOLD = 3;

export interface LullContext {
  titleOf: TitleOf;
  /** The watched place's own country, where it is known. */
  ownCountry: string | undefined;
  rows: readonly CalendarVerdictRow[];
}

/** Stretches of silence, and which calendar accounts for them. */
export function lullSentences(lulls: readonly ScheduleLull[], context: LullContext): string[] {
  const told = lulls.toSorted((a, b) => a.p - b.p).slice(0, TOLD);
  const sentences = told
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    .flatMap((lull) => [whatSentence(lull), ...whoseSentences(lull, context)]);
  if (lulls.length > TOLD) sentences.push(`${counted(lulls.length - TOLD, "further lull")} stood out less.`);
  return sentences;
}

function whatSentence({ from, to, days, unseen_days, units, expected }: ScheduleLull): string {
  const unseen =
    unseen_days > 0 ? `, ${counted(unseen_days, "of them", "of them")} not seen by the sensor` : "";
  return `From ${from} to ${to} (${counted(days, "day")}${unseen}) there were ${halfHours(units)} where the weeks around let expect ${Math.round(expected)}.`;
}

function whoseSentences({ calendars }: ScheduleLull, { titleOf, ownCountry, rows }: LullContext): string[] {
  const verdictOf = (country: string) => rows.find((row) => row.country === country)?.verdict;
  const told = calendars.filter(({ country }) =>
    ["fits", "consistent_single_episode"].includes(verdictOf(country) ?? ""),
  );
  const explaining = calendars.filter(({ explains }) => explains === "whole" || explains === "in_part");
  const shown = told.length > 0 ? told : explaining.toSorted((a, b) => b.holidays - a.holidays).slice(0, 2);
  const sentences = shown
    .filter(({ explains }) => explains !== "unknown")
    .map((each) => coverSentence(each, titleOf));
  const not = calendars.filter(
    (each) => each.explains === "not" && each.country !== ownCountry && !shown.includes(each),
  );
  if (not.length > 0)
    sentences.push(
      `Without a weekday holiday in it, and so no explanation: ${listed(not.map(({ country }) => titleOf(country)))}.`,
    );
  const own = calendars.find(({ country }) => country === ownCountry);
  if (own !== undefined) sentences.push(ownSentence(own, titleOf));
  return sentences;
}

function coverSentence(
  { country, holidays, working_days, makeup_days }: ScheduleLull["calendars"][number],
  titleOf: TitleOf,
): string {
  if (holidays === 0) return `The calendar of ${titleOf(country)} has no holiday in it.`;
  const makeup = makeup_days > 0 ? ` (${makeup_days} of them official make-up days on a weekend)` : "";
  const working =
    working_days === 0
      ? ""
      : ` and ${counted(working_days, "as a working day", "as working days")}${makeup}, which the holiday does not explain`;
  return `The calendar of ${titleOf(country)} has ${counted(holidays, "of its days", "of its days")} as holidays${working}.`;
}

function ownSentence(
  { country, explains, holidays }: ScheduleLull["calendars"][number],
  titleOf: TitleOf,
): string {
  const name = `The watched place's own calendar (${titleOf(country)})`;
  if (explains === "not") return `${name} does not explain the lull.`;
  if (explains === "unknown") return `${name} is not known for these days.`;
  return `${name} has ${counted(holidays, "of its days", "of its days")} as holidays, so the lull may be on the watched side.`;
}
