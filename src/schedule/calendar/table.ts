import type { CalendarJudgement, Effect } from "./types.js";

function cell({ ratio, interval95 }: Effect): string {
  if (ratio === null || interval95 === null) return "-";
  return `${ratio.toFixed(2)} (${interval95[0].toFixed(2)}-${interval95[1].toFixed(2)})`;
}

function pCell(p: number | null): string {
  if (p === null) return "-";
  return p < 0.001 ? p.toExponential(0) : p.toFixed(3);
}

/** The column heads of `calendarTable`'s rows. */
export const CALENDAR_COLUMNS = [
  "calendar",
  "blocks",
  "holidays",
  "p (Holm)",
  "make-up days",
  "p (Holm)",
  "weekends",
  "nearest rival",
  "verdict",
];

/** Judgements as rows of text, for a terminal or a benchmark: rates against ordinary days with their 95 % intervals. The heads are the first row. */
export function calendarTable(judgements: readonly CalendarJudgement[]): string[][] {
  const rows = judgements.map((judgement) => {
    const nearest = judgement.rivals.toSorted((a, b) => a.logLikelihoodRatio - b.logLikelihoodRatio)[0];
    return [
      judgement.country,
      String(judgement.episodes),
      cell(judgement.holiday),
      pCell(judgement.holidayPHolm),
      cell(judgement.makeup),
      pCell(judgement.makeupPHolm),
      judgement.weekend.ratio === null ? "-" : judgement.weekend.ratio.toFixed(2),
      nearest === undefined ? "-" : `${nearest.country} ln LR ${nearest.logLikelihoodRatio.toFixed(1)}`,
      judgement.verdict,
    ];
  });
  return [CALENDAR_COLUMNS, ...rows];
}
