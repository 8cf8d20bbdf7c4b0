import { parseCsv } from "./csv.js";
import { type Problems, quoted, type Warnings } from "./problems.js";
import { didYouMean } from "./suggest.js";

/** A data line of a table with a header; fields are trimmed. */
export interface TableRow<Column extends string> {
  line: number;
  /** Empty where the table has no such column. */
  get(column: Column): string;
}

export interface TableSpec<Column extends string> {
  columns: readonly Column[];
  required: readonly Column[];
}

const normalised = (name: string): string => name.trim().toLowerCase();

/** Spreadsheets of many countries write `;` and call it comma-separated: the delimiter is the one that splits the header best. */
function delimiterOf(header: string, columns: readonly string[]): string {
  const known = (delimiter: string): number =>
    header.split(delimiter).filter((cell) => columns.includes(normalised(cell.replaceAll('"', "")))).length;
  return [",", ";", "\t"].reduce((best, delimiter) => (known(delimiter) > known(best) ? delimiter : best));
}

/** The first line that is neither blank nor a comment. */
export function firstContentLine(text: string): string {
  return /^[^\S\r\n]*(?!#)\S[^\r\n]*/m.exec(text)?.[0] ?? "";
}

/**
 * Rows of a table whose header names its columns, in any order. Missing and doubled columns and lines with a wrong number of fields
 * go to `problems`, unknown columns to `warnings`.
 */
export function readTable<Column extends string>(
  text: string,
  spec: TableSpec<Column>,
  problems: Problems,
  warnings: Warnings,
): TableRow<Column>[] {
  const delimiter = delimiterOf(firstContentLine(text), spec.columns);
  const [header, ...records] = parseCsv(text, delimiter, problems);
  if (header === undefined) {
    problems.add(1, `the file is empty: its first line must be ${spec.columns.join(",")}`);
    return [];
  }
  const names = header.cells.map(normalised);
  const index = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    if (index.has(name)) problems.add(header.line, `the column ${quoted(name)} stands twice in the header`);
    else index.set(name, at);
  }
  const missing = spec.required.filter((column) => !index.has(column));
  const extra = names.filter((name) => !(spec.columns as readonly string[]).includes(name));
  for (const name of extra) {
    warnings.add(
      `${problems.file}:${header.line}: the column ${quoted(name)} is not used${didYouMean(name, spec.columns)}`,
    );
  }
  if (missing.length > 0) {
    const hint = extra.length > 0 ? `; the header has ${names.map(quoted).join(", ")}` : "";
    problems.add(header.line, `the header lacks ${missing.join(", ")}${hint}`);
    return [];
  }
  const rows: TableRow<Column>[] = [];
  for (const { line, cells } of records) {
    if (cells.length !== names.length) {
      problems.add(line, `has ${cells.length} fields where the header has ${names.length}`);
      continue;
    }
    rows.push({ line, get: (column) => cells[index.get(column) ?? -1]?.trim() ?? "" });
  }
  return rows;
}

/** Control characters have no business in a name; they steer terminals and hide text. */
export function hasControlCharacters(text: string): boolean {
  return /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text);
}
