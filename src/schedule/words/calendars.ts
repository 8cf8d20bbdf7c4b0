import type { CalendarVerdictRow } from "../../model/schedule.js";
import { counted, listed, rateWords } from "./text.js";

/** Title of a country's calendar for a sentence. */
export type TitleOf = (country: string) => string;

/** Whose holidays are kept, and whose are not. */
export function calendarSentences(rows: readonly CalendarVerdictRow[], titleOf: TitleOf): string[] {
  if (rows.length === 0) return [];
  const of = (verdict: CalendarVerdictRow["verdict"]) => rows.filter((row) => row.verdict === verdict);
  const asked = counted(rows.length, "calendar");
  const [fits, single] = [of("fits"), of("consistent_single_episode")];
  const named = [
    ...fits.map((row) => `Of ${asked} asked, that of ${titleOf(row.country)} fits: ${evidence(row)}.`),
    ...single.map(
      (row) =>
        `Of ${asked} asked, that of ${titleOf(row.country)} is consistent with the activity, on ${counted(row.holiday.episodes, "holiday block")} only, which may be a coincidence: ${evidence(row)}.`,
    ),
  ];
  if (named.length === 0) named.push(`None of ${asked} asked is shown to fit.`);
  return [...named, ...rivalSentence([...fits, ...single], titleOf), ...rest(of, titleOf)];
}

function evidence({ holiday, makeup, holiday_p_corrected, makeup_p_corrected }: CalendarVerdictRow): string {
  const parts: string[] = [];
  if (holiday.ratio !== null && holiday.interval95 !== null)
    parts.push(
      `on ${counted(holiday.episodes, "holiday block")} the activity was ${rateWords(holiday.ratio, holiday.interval95)} of that on matched ordinary days${pWords(holiday_p_corrected)}`,
    );
  if (makeup.ratio !== null && makeup.interval95 !== null && makeup.episodes > 0)
    parts.push(
      `on ${counted(makeup.episodes, "run")} of make-up working days it was ${rateWords(makeup.ratio, makeup.interval95)} of that on ordinary weekends${pWords(makeup_p_corrected)}`,
    );
  return listed(parts);
}

function pWords(p: number | null): string {
  if (p === null) return "";
  return p < 0.001 ? ", p < 0.001 corrected" : `, p = ${p.toFixed(3)} corrected`;
}

/** How far ahead of the nearest rival. */
function rivalSentence(ahead: readonly CalendarVerdictRow[], titleOf: TitleOf): string[] {
  const [only] = ahead;
  if (only === undefined || ahead.length > 1) return [];
  const nearest = only.rivals.toSorted((a, b) => a.log_likelihood_ratio - b.log_likelihood_ratio)[0];
  if (nearest === undefined) return [];
  const { log_likelihood_ratio: ratio, country } = nearest;
  const times = Math.exp(ratio);
  const size = times > 1000 ? "more than 1,000" : times.toFixed(1);
  return [
    `On the days on which the two differ it explains what was seen ${size} times as well as its nearest rival, the calendar of ${titleOf(country)}.`,
  ];
}

function rest(
  of: (verdict: CalendarVerdictRow["verdict"]) => CalendarVerdictRow[],
  titleOf: TitleOf,
): string[] {
  const names = (rows: readonly CalendarVerdictRow[]) => listed(rows.map(({ country }) => titleOf(country)));
  const [excluded, undecided, unknown] = [of("excluded"), of("undecided"), of("unknown")];
  return [
    ...(excluded.length > 0 ? [`Excluded: ${names(excluded)}.`] : []),
    ...(undecided.length > 0 ? [`Undecided: ${names(undecided)}.`] : []),
    ...(unknown.length > 0 ? [`Not known for these years: ${names(unknown)}.`] : []),
  ];
}
