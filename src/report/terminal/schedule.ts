import { groupBy } from "../../kernel/group-by.js";
import { utcOffset } from "../../kernel/time.js";
import type { ScheduleAnalysis, ScheduleReport } from "../../model/schedule.js";
import { formatPercent } from "../format.js";
import { plural } from "../text.js";
import { safe, wrap } from "./cells.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { dayStripLines, heatmapLines } from "./schedule-pictures.js";
import { renderTable } from "./table.js";

const REJECTS_SHOWN = 5;
const MACHINES_SHOWN = 5;
const ZONES_SHOWN = 6;

/** What `longwatch schedule` prints for people. */
export function renderSchedule(report: ScheduleReport, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [ink.bold(title), ...lines];
  const text = (words: string) => wrap(safe(words), width, "  ");
  const parts = [
    head(report, ink, width),
    section("Machines set aside", machineLines(report, width)),
    section(heatmapTitle(report), heatmapLines(report, width, ink)),
    section("Day by day", dayStripLines(report, width, ink)),
    section("Zones", zoneLines(report, width, ink)),
    section("Calendars", calendarLines(report, width, ink)),
    section("Lulls", lullLines(report, width, ink)),
    section("Judgement", [...text(report.words.likelihood), "", ...text(report.words.confidence)]),
    section(
      "Caveats",
      report.caveats.flatMap((caveat) => bullet(caveat, width)),
    ),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function bullet(words: string, width: number): string[] {
  return wrap(safe(words), width, "    ").map((line, index) =>
    index === 0 ? `  - ${line.trimStart()}` : line,
  );
}

const VERDICTS: Record<ScheduleAnalysis["verdict"], string> = {
  human: "a human working day",
  machine: "no human working day",
  insufficient: "insufficient evidence",
};

function head(report: ScheduleReport, ink: Ink, width: number): string[] {
  const { events, interactive_events, units, active_days, first, last, input, offset } = report;
  const zone =
    offset === null
      ? ""
      : `: ${utcOffset(offset.best_minutes)} (95 % interval ${utcOffset(offset.interval95[0])} to ${utcOffset(offset.interval95[1])})`;
  const lines = [
    `${ink.bold("Schedule")}  ${safe(input.file)}  ${VERDICTS[report.verdict]}${zone}`,
    ...wrap(
      `${plural(events, "event")}, ${interactive_events.toLocaleString("en-US")} of them interactive, in ${plural(units, "half-hour")} on ${plural(active_days, "day")}, ${first ?? "-"} to ${last ?? "-"}`,
      width,
      "  ",
    ),
    ...wrap(safe(report.reason), width, "  "),
  ];
  if (input.rejected > 0)
    lines.push(
      ink.yellow(
        `  ${plural(input.rejected, "line")} of ${input.records.toLocaleString("en-US")} without a readable time:`,
      ),
      ...input.rejects.slice(0, REJECTS_SHOWN).map(({ line, reason }) => `    line ${line}: ${safe(reason)}`),
      ...(input.rejected > REJECTS_SHOWN
        ? [ink.dim(`    and ${input.rejected - Math.min(REJECTS_SHOWN, input.rejects.length)} more`)]
        : []),
    );
  return lines;
}

const TESTS: Record<ScheduleAnalysis["machines"][number]["test"], string> = {
  scheduled_job: "at a fixed time of the hour or day",
  local_variation: "pauses too regular for people",
  tight_pause: "one pause again and again",
  same_size: "alike in size",
  no_pause: "no pause for longer than anybody works",
  machine_logon: "logons of services, tasks and computers",
};

function machineLines({ machines }: ScheduleReport, width: number): string[] {
  const shown = machines.slice(0, MACHINES_SHOWN).map(({ actor, events, test, interval_seconds }) => ({
    actor: `  ${actor}`,
    events: events.toLocaleString("en-US"),
    why: TESTS[test],
    interval:
      test === "scheduled_job"
        ? interval_seconds === 3600
          ? "hourly"
          : "daily"
        : `every ${seconds(interval_seconds)}`,
  }));
  if (shown.length === 0) return [];
  const lines = renderTable(
    [
      { title: "  actor", text: (row) => row.actor, flexible: 12, tooLong: "middle" },
      { title: "events", text: (row) => row.events, align: "right" },
      { title: "interval", text: (row) => row.interval },
      { title: "why", text: (row) => row.why, flexible: 20 },
    ],
    shown,
    width,
    (title) => title,
  );
  return machines.length > shown.length ? [...lines, `  and ${machines.length - shown.length} more`] : lines;
}

function seconds(value: number): string {
  if (value >= 7200) return `${(value / 3600).toFixed(1)} h`;
  return value >= 120 ? `${(value / 60).toFixed(1)} min` : `${value.toFixed(1)} s`;
}

function heatmapTitle({ heatmap, zones }: ScheduleReport): string {
  if (heatmap === null) return "";
  const alike = zones.find(({ zone }) => zone === heatmap.zone)?.same_clock.length ?? 0;
  const more = alike > 0 ? ` and ${alike} more` : "";
  const zone = heatmap.zone === null ? "" : `, by the clocks of ${heatmap.zone}${more}`;
  return `Hours and weekdays at ${utcOffset(heatmap.offset_minutes)}${zone}`;
}

function zoneLines({ zones }: ScheduleReport, width: number, ink: Ink): string[] {
  if (zones.length === 0) return [];
  return renderTable(
    [
      { title: "  zone", text: (row) => `  ${row.zone}` },
      { title: "probability", text: (row) => formatPercent(row.probability), align: "right" },
      { title: "daylight saving", text: (row) => (row.daylight_saving ? "yes" : "no"), optional: 1 },
      { title: "the same clock", text: (row) => row.same_clock.join(", "), flexible: 12 },
    ],
    zones.slice(0, ZONES_SHOWN),
    width,
    ink.dim,
  );
}

type Row = ScheduleReport["calendars"][number];

function effect({ ratio, interval95 }: Row["holiday"]): string {
  if (ratio === null || interval95 === null) return "-";
  const [from, to] = interval95;
  return `${ratio.toFixed(2)} (${from.toFixed(2)}–${to < 100 ? to.toFixed(2) : ">99"})`;
}

function pText(p: number | null): string {
  if (p === null) return "-";
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

function calendarLines({ calendars, verdict }: ScheduleReport, width: number, ink: Ink): string[] {
  if (calendars.length === 0) return [];
  if (verdict !== "human") {
    const asked = calendars.map(({ country }) => country).join(", ");
    return wrap(`no human rhythm was found that a calendar could explain; asked were ${asked}`, width, "  ");
  }
  const table = renderTable(
    [
      { title: "  calendar", text: (row: Row) => `  ${row.country}` },
      {
        title: "verdict",
        text: (row) => row.verdict.replaceAll("_", " "),
        paint: (text, row) =>
          row.verdict === "fits" || row.verdict === "consistent_single_episode" ? ink.yellow(text) : text,
      },
      { title: "holidays", text: (row) => effect(row.holiday) },
      { title: "p", text: (row) => pText(row.holiday_p_corrected), align: "right" },
      { title: "blocks", text: (row) => String(row.episodes), align: "right" },
      { title: "make-up days", text: (row) => effect(row.makeup), optional: 1 },
      { title: "p", text: (row) => pText(row.makeup_p_corrected), align: "right", optional: 1 },
      {
        title: "weekends",
        text: (row) => (row.weekend.ratio === null ? "-" : row.weekend.ratio.toFixed(2)),
        align: "right",
        optional: 2,
      },
      { title: "nearest rival", text: rivalText, optional: 3 },
    ],
    calendars,
    width,
    ink.dim,
  );
  return [
    ...table,
    ...wrap(
      "activity against matched ordinary days (make-up days: against ordinary weekends) with 95 % intervals; p corrected for the calendars asked; rival: log likelihood ratio on the days on which the two differ",
      width,
      "  ",
    ).map(ink.dim),
    ...reasonLines(calendars, width),
  ];
}

/** Why each calendar got its verdict; those with one reason share a line. */
function reasonLines(calendars: readonly Row[], width: number): string[] {
  return [...groupBy(calendars, ({ reason }) => reason)].flatMap(([reason, rows]) =>
    wrap(safe(`${rows.map(({ country }) => country).join(", ")}: ${reason}`), width, "    ").map(
      (line, index) => (index === 0 ? `  ${line.trimStart()}` : line),
    ),
  );
}

function rivalText({ rivals }: Row): string {
  const [nearest] = rivals.toSorted((a, b) => a.log_likelihood_ratio - b.log_likelihood_ratio);
  return nearest === undefined
    ? "-"
    : `${nearest.country} ${nearest.log_likelihood_ratio >= 0 ? "+" : ""}${nearest.log_likelihood_ratio.toFixed(1)}`;
}

const LULLS_SHOWN = 12;

function lullLines({ lulls }: ScheduleReport, width: number, ink: Ink): string[] {
  if (lulls.length === 0) return [];
  const shown = lulls
    .toSorted((a, b) => a.p - b.p)
    .slice(0, LULLS_SHOWN)
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const of = (lull: (typeof lulls)[number], explains: string) =>
    lull.calendars
      .filter((each) => each.explains === explains)
      .map(({ country }) => country)
      .join(" ") || "-";
  const table = renderTable(
    [
      { title: "  from", text: (row) => `  ${row.from}` },
      { title: "to", text: (row) => row.to },
      { title: "days", text: (row) => String(row.days), align: "right" },
      {
        title: "active / expected",
        text: (row) => `${row.units} / ${row.expected.toFixed(0)}`,
        align: "right",
      },
      { title: "p", text: (row) => pText(row.p), align: "right" },
      { title: "explained by", text: (row) => of(row, "whole"), flexible: 8 },
      { title: "in part by", text: (row) => of(row, "in_part"), flexible: 8 },
      { title: "not by", text: (row) => of(row, "not"), flexible: 8, optional: 1 },
    ],
    shown,
    width,
    ink.dim,
  );
  return lulls.length > shown.length
    ? [...table, ink.dim(`  and ${lulls.length - shown.length} more`)]
    : table;
}
