import { INDICATOR_KINDS, type IndicatorKind } from "../../model/indicator.js";
import { type Problems, quoted } from "../text/problems.js";
import { didYouMean } from "../text/suggest.js";
import { readTable, type TableRow } from "../text/table.js";
import { parseValidFrom, parseValidTo, TIME_HINT } from "../text/validity.js";
import type { Collector, EntryFacts } from "./collect.js";

export const WATCHLIST_COLUMNS = [
  "value",
  "kind",
  "role",
  "source",
  "confidence",
  "valid_from",
  "valid_to",
  "description",
] as const;
type Row = TableRow<(typeof WATCHLIST_COLUMNS)[number]>;

/** Words that other tools use for our kinds. */
const OTHER_NAMES: Readonly<Record<string, IndicatorKind | "any">> = {
  ip: "address",
  ipv4: "address",
  ipv6: "address",
  cidr: "network",
  "ip:port": "address-port",
  "ip-port": "address-port",
  hostname: "domain",
  fqdn: "domain",
  wildcard: "domain-wildcard",
  cert: "certificate",
  url: "any",
};

/** Undefined: to be inferred. A string: what is wrong. */
function readKind(text: string): { kind: IndicatorKind | undefined } | string {
  const word = text.toLowerCase().replace(/[\s_]+/g, "-");
  if (word === "") return { kind: undefined };
  const kind =
    INDICATOR_KINDS.find((known) => known === word) ??
    (Object.hasOwn(OTHER_NAMES, word) ? OTHER_NAMES[word] : undefined);
  if (kind === undefined)
    return `the kind ${quoted(text)} is not known${didYouMean(word, INDICATOR_KINDS)}: ${INDICATOR_KINDS.join(", ")}, or empty`;
  return { kind: kind === "any" ? undefined : kind };
}

/** `0.8`, or a percentage as STIX has it: `80`, `80%`. Undefined where it is neither; NaN where nothing is said. */
function readConfidence(text: string): number | undefined {
  if (text === "") return Number.NaN;
  const parts = /^(\d{1,3}(?:\.\d+)?)(%?)$/.exec(text);
  if (parts === null) return undefined;
  const number = Number(parts[1]);
  const share = parts[2] === "%" || number > 1 ? number / 100 : number;
  return share <= 1 ? share : undefined;
}

function readFacts(row: Row, problems: Problems): EntryFacts | undefined {
  const before = problems.count;
  const kind = readKind(row.get("kind"));
  if (typeof kind === "string") problems.add(row.line, kind);
  const confidence = readConfidence(row.get("confidence"));
  if (confidence === undefined)
    problems.add(
      row.line,
      `confidence ${quoted(row.get("confidence"))} is not a number from 0 to 1 (or a percentage)`,
    );
  const validFrom = parseValidFrom(row.get("valid_from"));
  if (validFrom === undefined)
    problems.add(row.line, `valid_from ${quoted(row.get("valid_from"))} is not a time: ${TIME_HINT}`);
  const validTo = parseValidTo(row.get("valid_to"));
  if (validTo === undefined)
    problems.add(row.line, `valid_to ${quoted(row.get("valid_to"))} is not a time: ${TIME_HINT}`);
  if (validFrom !== undefined && validTo !== undefined && validFrom >= validTo)
    problems.add(row.line, "valid_to does not lie after valid_from");
  if (problems.count > before || typeof kind === "string" || confidence === undefined) return undefined;
  return {
    kind: kind.kind,
    role: row.get("role"),
    source: row.get("source"),
    confidence: Number.isNaN(confidence) ? undefined : confidence,
    validFrom: validFrom ?? Number.NEGATIVE_INFINITY,
    validTo: validTo ?? Number.POSITIVE_INFINITY,
    description: row.get("description"),
  };
}

/** CSV with a header; only `value` is required. */
export function readWatchlistCsv(text: string, problems: Problems, collector: Collector): void {
  const spec = { columns: WATCHLIST_COLUMNS, required: ["value"] as const };
  for (const row of readTable(text, spec, problems, collector.warnings)) {
    const facts = readFacts(row, problems);
    const problem = facts && collector.add(row.get("value"), facts, `${problems.file}:${row.line}`);
    if (problem !== undefined) problems.add(row.line, problem);
  }
}

/** One value a line; `#` begins a comment, also behind a value. */
export function readPlainList(text: string, problems: Problems, collector: Collector): void {
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const value = raw.replace(/(^|\s)[#;].*$/, "").trim();
    if (value === "") continue;
    const line = index + 1;
    const problem = collector.add(value, {}, `${problems.file}:${line}`);
    if (problem !== undefined) problems.add(line, problem);
  }
}
