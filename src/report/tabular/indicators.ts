import { indicatorsOf } from "../indicators.js";
import type { ReportInput } from "../port.js";
import { csvLine } from "./csv.js";

const COLUMNS = [
  "kind",
  "value",
  "basis",
  "score",
  "first_seen",
  "last_seen",
  "organisations",
  "tlp",
  "why",
] as const;

/** `indicators.csv`: confirmed, suspected and related infrastructure whose value is a public name, address or fingerprint, as it is (not defanged). */
export function indicatorsCsv(input: ReportInput): string {
  const rows = indicatorsOf(input).usable.map(({ kind, value, tlp, item }) =>
    csvLine([
      kind,
      value,
      item.basis,
      item.score,
      item.first_seen,
      item.last_seen,
      item.organisations.length,
      tlp,
      item.why.join(" "),
    ]),
  );
  return csvLine(COLUMNS) + rows.join("");
}
