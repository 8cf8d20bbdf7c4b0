import { statSync } from "node:fs";
import { calendar, defaultCalendars, offeredCalendars } from "../../intel/calendars/index.js";
import { LongwatchError } from "../../kernel/errors.js";
import { joinSentences } from "../../kernel/lists.js";
import { noting, type Statements } from "../../kernel/statements.js";
import type { HolidayCalendar } from "../../model/calendar.js";
import type { ScheduleReport } from "../../model/schedule.js";
import { withStatements } from "../../model/statements.js";
import { analyseSchedule } from "../../schedule/index.js";
import { openBytes } from "../ingest/decompress.js";
import { readMagic } from "../ingest/probe.js";
import { say } from "../run-messages.js";
import { type CsvColumns, readCsvEvents } from "./csv-events.js";

/** Standard input. */
const STDIN = "-";

export interface ScheduleRequest extends CsvColumns {
  file: string;
  /** ISO 3166-1 alpha-2 codes; the default ones where undefined. */
  calendars?: readonly string[] | undefined;
}

/**
 * Analyses the times of one CSV file.
 * @throws LongwatchError LW_INPUT_MISSING, LW_INPUT_UNREADABLE, LW_USAGE
 */
export async function scheduleStep(request: ScheduleRequest): Promise<ScheduleReport> {
  const codes = request.calendars ?? defaultCalendars();
  const { known, unknown } = calendarsOf(codes);
  const { chunks, problem } = bytesOf(request.file);
  const { events, input } = await readCsvEvents(chunks, request, request.file);
  const said: Statements = new Map();
  const report = noting(said, () => {
    const analysis = analyseSchedule(events, { calendars: known, unknownCalendars: unknown });
    return withInputCaveats({
      ...analysis,
      input: { file: request.file, ...input, problem: problem() ?? null },
    });
  });
  return withStatements(report, said);
}

/** The calendars of these countries, and those that are offered for nobody. */
export function calendarsOf(codes: readonly string[]): { known: HolidayCalendar[]; unknown: string[] } {
  const asked = [...new Set(codes.map((code) => code.trim().toUpperCase()).filter((code) => code !== ""))];
  const bad = asked.find((code) => !/^[A-Z]{2}$/.test(code));
  if (bad !== undefined)
    throw new LongwatchError(
      "LW_USAGE",
      `${JSON.stringify(bad)} is not a country: write codes of two letters (ISO 3166-1) such as CN,KR; offered are ${offeredCalendars().join(", ")}`,
    );
  const known: HolidayCalendar[] = [];
  const unknown: string[] = [];
  for (const code of asked) {
    const found = calendar(code);
    if (found === undefined) unknown.push(code);
    else known.push(found);
  }
  return { known, unknown };
}

function bytesOf(file: string): { chunks: AsyncIterable<Uint8Array>; problem: () => string | undefined } {
  if (file === STDIN) return { chunks: process.stdin, problem: () => undefined };
  try {
    if (statSync(file).isDirectory())
      throw new LongwatchError(
        "LW_INPUT_UNREADABLE",
        "is a folder: name a CSV file, or - for standard input",
        {
          file,
        },
      );
    return openBytes(file, readMagic(file));
  } catch (error) {
    if (error instanceof LongwatchError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new LongwatchError(
      "LW_INPUT_MISSING",
      missing
        ? "there is no such file; name a CSV file, or - for standard input"
        : "may not be read; check its permissions",
      { file },
      error,
    );
  }
}

/** What the reader of the words must know of the file. */
function withInputCaveats(report: ScheduleReport): ScheduleReport {
  const { rejected, records, without_offset, thinned, problem } = report.input;
  const more = [
    ...(rejected > 0 ? [say("times.rejected", rejected, records)] : []),
    ...(without_offset > 0 ? [say("times.no-offset", without_offset)] : []),
    ...(thinned === null ? [] : thinnedCaveat(thinned)),
    ...(problem === null ? [] : [say("times.broken", problem)]),
  ];
  if (more.length === 0) return report;
  const { words, caveats } = report;
  return {
    ...report,
    words: { ...words, paragraph: joinSentences([words.paragraph, ...more]) },
    caveats: [...caveats, ...more],
  };
}

function thinnedCaveat({
  one_per_seconds: seconds,
  actor_share: share,
}: NonNullable<ScheduleReport["input"]["thinned"]>): string[] {
  const actors = Math.round(1 / share);
  if (seconds > 0)
    return [share < 1 ? say("times.first-and-actors", seconds, actors) : say("times.first", seconds)];
  return share < 1 ? [say("times.actors", actors)] : [];
}
