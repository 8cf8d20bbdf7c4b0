import { parseTime } from "../../kernel/time.js";
import type { AssessedOrganisation, Assessment } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { formatMonth } from "../format.js";
import { STATUS } from "../words.js";
import { cutTo, safe, wrap } from "./cells.js";
import type { Ink } from "./ink.js";

/** Rows of the picture; the rest is counted. */
const MOST_ROWS = 60;
const NAME = 26;

type Week = AssessedOrganisation["weeks"][number];

/** `█` 5–7 days, `▓` 3–4, `░` 1–2, `·` no activity, `~` sensor partly down, `?` no data. */
function sign(week: Week | undefined): string {
  if (week === undefined || week.state === "no_data") return "?";
  if (week.state === "partial") return "~";
  if (week.state === "none") return "·";
  return week.days >= 5 ? "█" : week.days >= 3 ? "▓" : "░";
}

/** Several weeks in one column: contact outweighs, then doubt; “no activity” is said only where all of them say it. */
function merge(weeks: readonly (Week | undefined)[]): Week | undefined {
  const known = weeks.filter((week) => week !== undefined);
  const best = known.filter((week) => week.state === "active").sort((a, b) => b.days - a.days)[0];
  if (best !== undefined) return best;
  if (known.length === 0 || known.every((week) => week.state === "no_data")) return undefined;
  return known.find((week) => week.state !== "none") === undefined && known.length === weeks.length
    ? known[0]
    : { state: "partial", days: 0, bytes_out: 0, connections: 0 };
}

/** Organisations × weeks in characters, for those in contact. */
export function matrixLines(
  assessment: Assessment,
  organisations: readonly AssessedOrganisation[],
  width: number,
  ink: Ink,
): string[] {
  const { weeks } = assessment;
  if (weeks.length === 0 || organisations.length === 0) return [];
  const room = width - NAME - 3;
  const cell = weeks.length * 2 <= room ? 2 : 1;
  const group = Math.max(1, Math.ceil((weeks.length * cell) / room));
  const columns = Array.from({ length: Math.ceil(weeks.length / group) }, (_, index) => index * group);
  const lines = [
    ink.dim(
      `${" ".repeat(NAME + 3)}${months(
        columns.map((index) => weeks[index] ?? ""),
        cell,
      )}`,
    ),
  ];
  for (const organisation of organisations.slice(0, MOST_ROWS)) {
    const cells = columns.map((from) => {
      const span = Array.from(
        { length: Math.min(group, weeks.length - from) },
        (_, index) => organisation.weeks[from + index],
      );
      const text = sign(merge(span)).repeat(cell);
      return text.startsWith("?") || text.startsWith("·") || text.startsWith("~")
        ? ink.dim(text)
        : ink.red(text);
    });
    lines.push(
      `${STATUS[organisation.status].sign} ${cutTo(safe(organisation.name), NAME)} ${cells.join("")}`.trimEnd(),
    );
  }
  if (organisations.length > MOST_ROWS)
    lines.push(ink.dim(`  ${say("terminal.and-more.report", organisations.length - MOST_ROWS)}`));
  const legend = say("terminal.weeks.legend");
  const told = group > 1 ? say("terminal.weeks.several", group, legend) : say("terminal.weeks.one", legend);
  lines.push(...wrap(told, width, "  ").map(ink.dim));
  return lines;
}

/** Month names where they begin, where the month is wide enough for its name. */
function months(starts: readonly string[], cell: number): string {
  const names = starts.map((start) =>
    Number.isFinite(parseTime(start)) ? formatMonth(parseTime(start)) : "",
  );
  let line = "";
  for (const [index, name] of names.entries()) {
    if (name === names[index - 1]) continue;
    const weeks = names.slice(index).findIndex((other) => other !== name);
    const columns = (weeks < 0 ? names.length - index : weeks) * cell;
    if (columns >= 4 || (weeks < 0 && columns >= 3)) line = line.padEnd(index * cell) + name;
  }
  return line;
}
