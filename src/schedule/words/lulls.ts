import { joinList } from "../../kernel/lists.js";
import type { CalendarVerdictRow, ScheduleLull } from "../../model/schedule.js";
import type { TitleOf } from "./calendars.js";
import { say } from "./messages.js";

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
  if (lulls.length > TOLD) sentences.push(say("words.lull.further", lulls.length - TOLD));
  return sentences;
}

function whatSentence({ from, to, days, unseen_days, units, expected }: ScheduleLull): string {
  const unseen = unseen_days > 0 ? say("words.lull.unseen", unseen_days) : "";
  return say("words.lull", from, to, days, unseen, units, Math.round(expected));
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
    sentences.push(say("words.lull.not", joinList(not.map(({ country }) => titleOf(country)))));
  const own = calendars.find(({ country }) => country === ownCountry);
  if (own !== undefined) sentences.push(ownSentence(own, titleOf));
  return sentences;
}

function coverSentence(
  { country, holidays, working_days, makeup_days }: ScheduleLull["calendars"][number],
  titleOf: TitleOf,
): string {
  if (holidays === 0) return say("words.lull.no-holiday", titleOf(country));
  const makeup = makeup_days > 0 ? say("words.lull.makeup", makeup_days) : "";
  const working = working_days === 0 ? "" : say("words.lull.working", working_days, makeup);
  return say("words.lull.holidays", titleOf(country), holidays, working);
}

function ownSentence(
  { country, explains, holidays }: ScheduleLull["calendars"][number],
  titleOf: TitleOf,
): string {
  const title = titleOf(country);
  if (explains === "not") return say("words.lull.own.not", title);
  if (explains === "unknown") return say("words.lull.own.unknown", title);
  return say("words.lull.own.holidays", title, holidays);
}
