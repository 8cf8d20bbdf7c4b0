import { LongwatchError, messageOf } from "../../kernel/errors.js";
import { isStixBundle } from "../stix-objects.js";
import { jsonErrorLine } from "../text/json-error.js";
import { Problems } from "../text/problems.js";
import { firstContentLine } from "../text/table.js";
import { classify } from "./classify.js";
import type { Collector } from "./collect.js";
import { readPlainList, readWatchlistCsv, WATCHLIST_COLUMNS } from "./lists.js";
import { isMisp, readMisp } from "./misp.js";
import { readStix } from "./stix.js";

export type WatchlistFormat = "csv" | "list" | "misp" | "stix";

/** Undefined where the text only looks like JSON: `[2001:db8::1]:443` begins a plain list. */
function parseJson(source: string, file: string): { document: unknown } | undefined {
  try {
    return { document: JSON.parse(source) as unknown };
  } catch (error) {
    if (!("problem" in classify(firstContentLine(source)))) return undefined;
    const message = messageOf(error);
    const line = jsonErrorLine(source);
    throw new LongwatchError(
      "LW_WATCHLIST",
      `is not JSON (${message.slice(0, 200)}): fetch the file again, or correct it`,
      { file, line },
    );
  }
}

/** Whether the first line names columns. A line that is itself an indicator is data, whatever it contains. */
function hasHeader(source: string): boolean {
  const cells = firstContentLine(source)
    .split(/[,;\t]/)
    .map((cell) => cell.trim().replace(/^"|"$/g, "").toLowerCase());
  return (
    cells.includes("value") ||
    (cells.length > 1 && cells.some((cell) => (WATCHLIST_COLUMNS as readonly string[]).includes(cell)))
  );
}

/**
 * Reads a list of watched infrastructure; the format shows in the content.
 * @throws LongwatchError LW_WATCHLIST for broken JSON, JSON of another kind, and bad lines (all of them).
 */
export function readWatchlist(source: string, file: string, collector: Collector): WatchlistFormat {
  const first = source.trimStart()[0];
  const json = first === "{" || first === "[" ? parseJson(source, file) : undefined;
  if (json !== undefined) {
    if (isStixBundle(json.document)) {
      readStix(json.document, file, collector);
      return "stix";
    }
    if (isMisp(json.document)) {
      readMisp(json.document, file, collector);
      return "misp";
    }
    throw new LongwatchError(
      "LW_WATCHLIST",
      "is JSON, but neither a MISP event nor a STIX bundle: export it as one of the two",
      { file },
    );
  }
  const problems = new Problems("LW_WATCHLIST", file);
  const csv = hasHeader(source);
  if (csv) readWatchlistCsv(source, problems, collector);
  else readPlainList(source, problems, collector);
  problems.throwIfAny();
  return csv ? "csv" : "list";
}
