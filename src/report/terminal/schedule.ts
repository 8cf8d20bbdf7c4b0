import { groupBy } from "../../kernel/group-by.js";
import { joinItems } from "../../kernel/lists.js";
import { utcOffset } from "../../kernel/time.js";
import type { ScheduleReport } from "../../model/schedule.js";
import { say } from "../catalogue.js";
import { formatFixed, formatNumber, formatPercent } from "../format.js";
import { told } from "../told.js";
import { safe, wrap } from "./cells.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { dayStripLines, heatmapLines } from "./schedule-pictures.js";
import { renderTable } from "./table.js";

const REJECTS_SHOWN = 5;
const MACHINES_SHOWN = 5;
const ZONES_SHOWN = 6;

/** What `longwatch schedule` prints for people. */
export function renderSchedule(written: ScheduleReport, options: TerminalOptions): string {
  const report = told(written);
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [ink.bold(title), ...lines];
  const text = (words: string) => wrap(safe(words), width, "  ");
  const parts = [
    head(report, ink, width),
    section(say("schedule.machines"), machineLines(report, width)),
    section(heatmapTitle(report), heatmapLines(report, width, ink)),
    section(say("schedule.days"), dayStripLines(report, width, ink)),
    section(say("schedule.zones"), zoneLines(report, width, ink)),
    section(say("schedule.calendars"), calendarLines(report, width, ink)),
    section(say("schedule.lulls"), lullLines(report, width, ink)),
    section(say("schedule.judgement"), [
      ...text(report.words.likelihood),
      "",
      ...text(report.words.confidence),
    ]),
    section(
      say("terminal.caveats"),
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

function head(report: ScheduleReport, ink: Ink, width: number): string[] {
  const { events, interactive_events, units, active_days, first, last, input, offset } = report;
  const verdict = say(`schedule.verdict.${report.verdict}`);
  const told =
    offset === null
      ? verdict
      : say("schedule.verdict.zone", verdict, ...[offset.best_minutes, ...offset.interval95].map(utcOffset));
  const lines = [
    `${ink.bold(say("schedule.title"))}  ${safe(input.file)}  ${told}`,
    ...wrap(
      say("schedule.read", events, interactive_events, units, active_days, first ?? "-", last ?? "-"),
      width,
      "  ",
    ),
    ...wrap(safe(report.reason), width, "  "),
  ];
  if (input.rejected > 0)
    lines.push(
      ink.yellow(`  ${say("schedule.rejected", input.rejected, input.records)}`),
      ...input.rejects
        .slice(0, REJECTS_SHOWN)
        .map(({ line, reason }) => `    ${say("schedule.rejected.line", String(line), safe(reason))}`),
      ...(input.rejected > REJECTS_SHOWN
        ? [
            ink.dim(
              `    ${say("terminal.and-more", input.rejected - Math.min(REJECTS_SHOWN, input.rejects.length))}`,
            ),
          ]
        : []),
    );
  return lines;
}

function machineLines({ machines }: ScheduleReport, width: number): string[] {
  const shown = machines.slice(0, MACHINES_SHOWN).map(({ actor, events, test, interval_seconds }) => ({
    actor: `  ${actor}`,
    events: formatNumber(events),
    why: say(`schedule.machine.${test}`),
    interval:
      test === "scheduled_job"
        ? interval_seconds === 3600
          ? say("schedule.hourly")
          : say("schedule.daily")
        : say("schedule.every", seconds(interval_seconds)),
  }));
  if (shown.length === 0) return [];
  const lines = renderTable(
    [
      { title: `  ${say("schedule.head.actor")}`, text: (row) => row.actor, flexible: 12, tooLong: "middle" },
      { title: say("schedule.head.events"), text: (row) => row.events, align: "right" },
      { title: say("schedule.head.interval"), text: (row) => row.interval },
      { title: say("schedule.head.why"), text: (row) => row.why, flexible: 20 },
    ],
    shown,
    width,
    (title) => title,
  );
  return machines.length > shown.length
    ? [...lines, `  ${say("terminal.and-more", machines.length - shown.length)}`]
    : lines;
}

function seconds(value: number): string {
  if (value >= 7200) return say("unit.h", formatFixed(value / 3600, 1));
  return value >= 120 ? say("unit.min", formatFixed(value / 60, 1)) : say("unit.s", formatFixed(value, 1));
}

function heatmapTitle({ heatmap, zones }: ScheduleReport): string {
  if (heatmap === null) return "";
  const alike = zones.find(({ zone }) => zone === heatmap.zone)?.same_clock.length ?? 0;
  const offset = utcOffset(heatmap.offset_minutes);
  if (heatmap.zone === null) return say("schedule.week", offset);
  return say("schedule.week.zone", offset, alike > 0 ? say("list.more", heatmap.zone, alike) : heatmap.zone);
}

function zoneLines({ zones }: ScheduleReport, width: number, ink: Ink): string[] {
  if (zones.length === 0) return [];
  return renderTable(
    [
      { title: `  ${say("schedule.head.zone")}`, text: (row) => `  ${row.zone}` },
      {
        title: say("schedule.head.probability"),
        text: (row) => formatPercent(row.probability),
        align: "right",
      },
      {
        title: say("schedule.head.daylight-saving"),
        text: (row) => say(row.daylight_saving ? "schedule.yes" : "schedule.no"),
        optional: 1,
      },
      { title: say("schedule.head.same-clock"), text: (row) => joinItems(row.same_clock), flexible: 12 },
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
  return `${formatFixed(ratio, 2)} (${formatFixed(from, 2)}–${to < 100 ? formatFixed(to, 2) : ">99"})`;
}

function pText(p: number | null): string {
  if (p === null) return "-";
  return p < 0.001 ? `<${formatFixed(0.001, 3)}` : formatFixed(p, 3);
}

function calendarLines({ calendars, verdict }: ScheduleReport, width: number, ink: Ink): string[] {
  if (calendars.length === 0) return [];
  if (verdict !== "human") {
    const asked = joinItems(calendars.map(({ country }) => country));
    return wrap(say("schedule.no-rhythm", asked), width, "  ");
  }
  const table = renderTable(
    [
      { title: `  ${say("schedule.head.calendar")}`, text: (row: Row) => `  ${row.country}` },
      {
        title: say("schedule.head.verdict"),
        text: (row) => say(`schedule.calendar.${row.verdict}`),
        paint: (text, row) =>
          row.verdict === "fits" || row.verdict === "consistent_single_episode" ? ink.yellow(text) : text,
      },
      { title: say("schedule.head.holidays"), text: (row) => effect(row.holiday) },
      { title: say("schedule.head.p"), text: (row) => pText(row.holiday_p_corrected), align: "right" },
      { title: say("schedule.head.blocks"), text: (row) => String(row.episodes), align: "right" },
      { title: say("schedule.head.makeup-days"), text: (row) => effect(row.makeup), optional: 1 },
      {
        title: say("schedule.head.p"),
        text: (row) => pText(row.makeup_p_corrected),
        align: "right",
        optional: 1,
      },
      {
        title: say("schedule.head.weekends"),
        text: (row) => (row.weekend.ratio === null ? "-" : formatFixed(row.weekend.ratio, 2)),
        align: "right",
        optional: 2,
      },
      { title: say("schedule.head.nearest-rival"), text: rivalText, optional: 3 },
    ],
    calendars,
    width,
    ink.dim,
  );
  return [
    ...table,
    ...wrap(say("schedule.calendars.legend"), width, "  ").map(ink.dim),
    ...reasonLines(calendars, width),
  ];
}

/** Why each calendar got its verdict; those with one reason share a line. */
function reasonLines(calendars: readonly Row[], width: number): string[] {
  return [...groupBy(calendars, ({ reason }) => reason)].flatMap(([reason, rows]) =>
    wrap(
      safe(say("schedule.calendars.reason", joinItems(rows.map(({ country }) => country)), reason)),
      width,
      "    ",
    ).map((line, index) => (index === 0 ? `  ${line.trimStart()}` : line)),
  );
}

function rivalText({ rivals }: Row): string {
  const [nearest] = rivals.toSorted((a, b) => a.log_likelihood_ratio - b.log_likelihood_ratio);
  return nearest === undefined
    ? "-"
    : `${nearest.country} ${nearest.log_likelihood_ratio >= 0 ? "+" : ""}${formatFixed(nearest.log_likelihood_ratio, 1)}`;
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
      { title: `  ${say("schedule.head.from")}`, text: (row) => `  ${row.from}` },
      { title: say("schedule.head.to"), text: (row) => row.to },
      { title: say("schedule.head.days"), text: (row) => String(row.days), align: "right" },
      {
        title: say("schedule.head.active-expected"),
        text: (row) => `${row.units} / ${formatFixed(row.expected, 0)}`,
        align: "right",
      },
      { title: say("schedule.head.p"), text: (row) => pText(row.p), align: "right" },
      { title: say("schedule.head.explained-by"), text: (row) => of(row, "whole"), flexible: 8 },
      { title: say("schedule.head.in-part-by"), text: (row) => of(row, "in_part"), flexible: 8 },
      { title: say("schedule.head.not-by"), text: (row) => of(row, "not"), flexible: 8, optional: 1 },
    ],
    shown,
    width,
    ink.dim,
  );
  return lulls.length > shown.length
    ? [...table, ink.dim(`  ${say("terminal.and-more", lulls.length - shown.length)}`)]
    : table;
}
