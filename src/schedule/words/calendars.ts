import { formatFixed, formatNumber } from "../../kernel/language.js";
import { joinList } from "../../kernel/lists.js";
import type { CalendarVerdictRow } from "../../model/schedule.js";
import { say } from "./messages.js";
import { rateWords } from "./text.js";

/** Title of a country's calendar for a sentence. */
export type TitleOf = (country: string) => string;

/** Whose holidays are kept, and whose are not. */
export function calendarSentences(rows: readonly CalendarVerdictRow[], titleOf: TitleOf): string[] {
  if (rows.length === 0) return [];
  const of = (verdict: CalendarVerdictRow["verdict"]) => rows.filter((row) => row.verdict === verdict);
  const asked = rows.length;
  const [fits, single] = [of("fits"), of("consistent_single_episode")];
  const named = [
    ...fits.map((row) => say("words.calendar.fits", asked, titleOf(row.country), evidence(row))),
    ...single.map((row) =>
      say("words.calendar.single", asked, titleOf(row.country), row.holiday.episodes, evidence(row)),
    ),
  ];
  if (named.length === 0) named.push(say("words.calendar.none", asked));
  return [...named, ...rivalSentence([...fits, ...single], titleOf), ...rest(of, titleOf)];
}

function evidence({ holiday, makeup, holiday_p_corrected, makeup_p_corrected }: CalendarVerdictRow): string {
  const parts: string[] = [];
  if (holiday.ratio !== null && holiday.interval95 !== null)
    parts.push(
      say(
        "words.calendar.holidays",
        holiday.episodes,
        rateWords(holiday.ratio, holiday.interval95),
        pWords(holiday_p_corrected),
      ),
    );
  if (makeup.ratio !== null && makeup.interval95 !== null && makeup.episodes > 0)
    parts.push(
      say(
        "words.calendar.makeup",
        makeup.episodes,
        rateWords(makeup.ratio, makeup.interval95),
        pWords(makeup_p_corrected),
      ),
    );
  return joinList(parts);
}

function pWords(p: number | null): string {
  if (p === null) return "";
  return p < 0.001
    ? say("words.calendar.p.below", formatFixed(0.001, 3))
    : say("words.calendar.p", formatFixed(p, 3));
}

/** How far ahead of the nearest rival. */
function rivalSentence(ahead: readonly CalendarVerdictRow[], titleOf: TitleOf): string[] {
  const [only] = ahead;
  if (only === undefined || ahead.length > 1) return [];
  const nearest = only.rivals.toSorted((a, b) => a.log_likelihood_ratio - b.log_likelihood_ratio)[0];
  if (nearest === undefined) return [];
  const { log_likelihood_ratio: ratio, country } = nearest;
  const times = Math.exp(ratio);
  const size = times > 1000 ? say("words.calendar.more-than", formatNumber(1000)) : formatFixed(times, 1);
  return [say("words.calendar.rival", size, titleOf(country))];
}

function rest(
  of: (verdict: CalendarVerdictRow["verdict"]) => CalendarVerdictRow[],
  titleOf: TitleOf,
): string[] {
  const names = (rows: readonly CalendarVerdictRow[]) =>
    joinList(rows.map(({ country }) => titleOf(country)));
  const [excluded, undecided, unknown] = [of("excluded"), of("undecided"), of("unknown")];
  return [
    ...(excluded.length > 0 ? [say("words.calendar.excluded", names(excluded))] : []),
    ...(undecided.length > 0 ? [say("words.calendar.undecided", names(undecided))] : []),
    ...(unknown.length > 0 ? [say("words.calendar.unknown", names(unknown))] : []),
  ];
}
