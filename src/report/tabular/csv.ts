import { withoutFormulas } from "../../kernel/spreadsheet.js";
import type { Assessment } from "../../model/assessment.js";
import { visible } from "../text.js";

/** One field (RFC 4180). What a spreadsheet would run gets a `'` in front; numbers are ours and stay numbers. */
export function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = visible(withoutFormulas(value));
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

const COLUMNS = [
  "org_id",
  "name",
  "sector",
  "subsector",
  "status",
  "likelihood",
  "likelihood_word",
  "confidence",
  "first_seen",
  "last_seen",
  "active_days",
  "active_weeks",
  "no_data_weeks",
  "bytes_out",
  "bytes_in",
  "hosts",
  "findings",
  "why",
] as const;

/** `organisations.csv`: one line for each organisation of the inventory, those without findings included. */
export function organisationsCsv(assessment: Assessment): string {
  const rows = assessment.organisations.map((organisation) => {
    const weeks = (state: string) => organisation.weeks.filter((week) => week.state === state).length;
    return csvLine([
      organisation.org_id,
      organisation.name,
      organisation.sector,
      organisation.subsector,
      organisation.status,
      organisation.likelihood,
      organisation.likelihood_word,
      organisation.confidence,
      organisation.first_seen,
      organisation.last_seen,
      organisation.active_days,
      weeks("active"),
      weeks("no_data"),
      organisation.bytes_out,
      organisation.bytes_in,
      organisation.hosts.map(({ address, name }) => address || name).join(" "),
      organisation.findings.join(" "),
      organisation.why.join(" "),
    ]);
  });
  return csvLine(COLUMNS) + rows.join("");
}
