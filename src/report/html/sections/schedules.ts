import { joinItems } from "../../../kernel/lists.js";
import { utcOffset } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import { say } from "../../catalogue.js";
import { formatNumber, formatPercent, formatWeekday } from "../../format.js";
import {
  calendarName,
  closestRival,
  goingText,
  lullSentence,
  nearestRivalText,
  zoneNames,
} from "../../schedule-text.js";
import {
  columnName,
  columnsInWords,
  dayStripChart,
  type StripColumn,
  stripColumns,
  UNSEEN,
} from "../charts/day-strip.js";
import { figure } from "../charts/render.js";
import { type Offset, utcOffsetChart } from "../charts/utc-offset.js";
import {
  dayOf,
  type Heatmap,
  rateOf,
  WEEKDAYS,
  watchedDay,
  workingWeekChart,
} from "../charts/working-week.js";
import { type Child, html, type Markup, phrase, prose } from "../markup.js";
import { findingLinks, type Page, type Section, table } from "./parts.js";

const WIDE = 1080;
const NARROW = 380;
/** The heatmap beside the offset on a wide page. */
const WEEK = 690;
/** Longer series are drawn by week. */
const MOST_DAYS = 380;
const MOST_DAYS_NARROW = 130;
/** Subjects drawn in full; the rest is a table line each. */
const MOST_DRAWN = 6;
const MOST_CALENDARS_DRAWN = 5;

type Drawn = AssessedSchedule & { heatmap: Heatmap; offset: Offset };

export function schedulesSection(page: Page): Section {
  const { schedules, detectors } = page.input.assessment;
  const section = { id: "schedules", title: say("hours.title"), short: say("hours.short") };
  if (schedules.length === 0) {
    const run = detectors.find(({ id }) => id === "operator-schedule");
    const why = run === undefined || run.reason === "" ? say("hours.nobody") : run.reason;
    return { ...section, body: html`<p>${say("hours.none", why)}</p>` };
  }
  const whole = schedules.filter(({ subject }) => subject.part_of === null);
  const drawn = whole.filter(isDrawn).slice(0, MOST_DRAWN);
  const rest = whole.filter((each) => !drawn.includes(each as Drawn));
  const body = html`<p class="lead">${say("hours.lead")}</p>
${drawn.map((schedule, index) => subjectPart(page, schedule, index))}
${rest.length > 0 && restTable(rest, drawn.length > 0)}`;
  return { ...section, body };
}

function isDrawn(schedule: AssessedSchedule): schedule is Drawn {
  return schedule.verdict === "human" && schedule.heatmap !== null && schedule.offset !== null;
}

function subjectPart(page: Page, schedule: Drawn, index: number): Markup {
  const { subject, words } = schedule;
  const parts = page.input.assessment.schedules.filter((each) => each.subject.part_of === schedule.id);
  const isAccount = subject.kind === "account";
  const where = [
    ...(isAccount
      ? [say("hours.account")]
      : [
          say(
            "hours.servers",
            subject.servers.length + (subject.servers.length === 0 ? subject.names.length : 0),
          ),
        ]),
    say("hours.hosts", subject.hosts),
    say("hours.organisations", subject.organisations.length),
    say("hours.sensors", subject.sensors.length),
  ];
  return html`<h3>${subject.name}</h3>
<p class="quiet">${where.join(" · ")} · ${phrase("hours.finding", findingLinks(page, [schedule.id]))}</p>
<p class="explanation">${prose(words.likelihood)}</p>
<p class="explanation">${prose(words.confidence)}</p>
<div class="beside">${weekFigure(schedule, index)}${offsetFigure(schedule, index)}</div>
${stripFigure(page, schedule, index)}
${calendarsTable(schedule)}
${contactsLine(schedule)}
${parts.length > 0 && serversTable(parts)}
${schedule.caveats.length > 0 && html`<ul class="caveats">${schedule.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`}`;
}

function weekFigure(schedule: Drawn, index: number): Markup {
  const { heatmap, watched_week: watched } = schedule;
  const zone = utcOffset(heatmap.offset_minutes);
  const label = say("hours.week.label", zone, busiestText(heatmap));
  const own = dayOf(heatmap);
  const theirs = watched === null ? undefined : watchedDay(watched, heatmap.offset_minutes);
  return figure({
    wide: workingWeekChart(schedule, WEEK, `chart-week-${index}`, label),
    narrow: workingWeekChart(schedule, NARROW, `chart-week-${index}-narrow`, label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> ${say("hours.week.units")}</span> ${theirs && html`<span><span class="mark swatch-line" aria-hidden="true"></span> ${say("hours.week.own")}</span>`} <span><span class="mark swatch-hatch" aria-hidden="true"></span> ${say("hours.week.unseen")}</span></span> ${say("hours.week.caption", heatmap.zone === null ? zone : `${zone} (${heatmap.zone})`)}`,
    tableTitle: say("hours.table"),
    table: table({
      className: "compact",
      columns: [
        { title: say("head.hour") },
        ...WEEKDAYS.map((weekday) => ({ title: formatWeekday(weekday), numeric: true })),
        { title: say("head.all-busiest-100"), numeric: true },
        ...(theirs === undefined ? [] : [{ title: say("head.organisations-busiest-100"), numeric: true }]),
      ],
      rows: Array.from({ length: 24 }, (_, hour) => [
        `${String(hour).padStart(2, "0")}–${String(hour + 1).padStart(2, "0")}`,
        ...WEEKDAYS.map((weekday) =>
          rateOf(heatmap, weekday, hour) === undefined
            ? say("limits.not-seen")
            : (heatmap.units[weekday]?.[hour] ?? 0),
        ),
        Math.round(100 * (own[hour] ?? 0)),
        ...(theirs === undefined ? [] : [Math.round(100 * (theirs[hour] ?? 0))]),
      ]),
    }),
  });
}

function busiestText(heatmap: Heatmap): string {
  const day = dayOf(heatmap);
  const busy = day.flatMap((share, hour) => (share >= 0.5 ? [hour] : []));
  return busy.length === 0
    ? say("hours.not-busy")
    : say("hours.busiest", busy[0] ?? 0, (busy.at(-1) ?? 0) + 1);
}

function offsetFigure(schedule: Drawn, index: number): Markup {
  const { offset } = schedule;
  const [from, to] = offset.interval95;
  const label = say("hours.offset.label", utcOffset(offset.best_minutes), utcOffset(from), utcOffset(to));
  const drawing = utcOffsetChart(offset, NARROW, `chart-offset-${index}`, label);
  return figure({
    wide: drawing,
    narrow: utcOffsetChart(offset, NARROW, `chart-offset-${index}-narrow`, label),
    caption: html`${say("hours.offset.caption", utcOffset(from), utcOffset(to))} ${zoneNames(schedule)}`,
    tableTitle: say("hours.table"),
    table: table({
      className: "compact",
      columns: [{ title: say("head.offset") }, { title: say("head.probability"), numeric: true }],
      rows: offset.posterior
        .filter(({ probability }) => probability >= 0.0005)
        .map(({ offset_minutes, probability }) => [utcOffset(offset_minutes), formatPercent(probability)]),
    }),
  });
}

function stripFigure(page: Page, schedule: Drawn, index: number): Markup {
  const { outages } = page.input.assessment.telemetry;
  const columns = (most: number): { list: StripColumn[]; group: number } => {
    const group = schedule.days.length > most ? 7 : 1;
    return { list: stripColumns(schedule, outages, group), group };
  };
  const wide = columns(MOST_DAYS);
  const narrow = columns(MOST_DAYS_NARROW);
  const countries = calendarOrder(schedule)
    .filter((calendar) => isTelling(schedule, calendar))
    .slice(0, MOST_CALENDARS_DRAWN)
    .map(({ country }) => country);
  const lulls = schedule.lulls.map((lull) => lullSentence(schedule, lull));
  const label = `${say("hours.days.label", schedule.days[0]?.date ?? "", schedule.days.at(-1)?.date ?? "")} ${lulls.join(" ") || say("hours.no-lull.label")}`;
  return figure({
    wide: dayStripChart(schedule, wide.list, countries, WIDE, `chart-days-${index}`, label),
    narrow: dayStripChart(schedule, narrow.list, countries, NARROW, `chart-days-${index}-narrow`, label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> ${say(wide.group === 1 ? "hours.units.day" : "hours.units.week")}</span> <span><span class="mark swatch-contacted" aria-hidden="true"></span> ${say("hours.holiday")}</span> <span><span class="mark swatch-makeup" aria-hidden="true"></span> ${say("hours.makeup")}</span> <span><span class="mark swatch-hatch" aria-hidden="true"></span> ${say("hours.down")}</span> <span><span class="mark swatch-hatch-light" aria-hidden="true"></span> ${say("hours.hardly")}</span></span> ${say("hours.seen.caption")} ${lulls.length > 0 ? lulls.map((sentence) => html`${sentence} `) : say("hours.no-lull")}`,
    tableTitle: say("hours.table.of", columnsInWords(wide.list, wide.group)),
    table: table({
      className: "compact",
      columns: [
        { title: say(wide.group === 1 ? "head.day" : "head.week") },
        { title: say("head.half-hours"), numeric: true },
        { title: say("head.could-be-seen"), numeric: true },
        { title: say("head.sensors") },
        { title: say("head.holidays-and-make-up-days") },
      ],
      rows: wide.list.map((column) => [
        columnName(column),
        column.exposure < UNSEEN && column.units === 0 ? say("limits.not-seen") : column.units,
        formatPercent(column.exposure),
        column.down > 0 ? say("hours.hours-down", Math.round(column.down)) : say("sensor.up"),
        marksText(column),
      ]),
    }),
  });
}

function marksText({ marks }: StripColumn): string {
  return [...marks]
    .map(([country, { holiday, makeup }]) =>
      joinItems([
        ...(holiday ? [say("hours.holiday-of", country)] : []),
        ...(makeup ? [say("hours.makeup-of", country)] : []),
      ]),
    )
    .join("; ");
}

function calendarsTable(schedule: Drawn): Child {
  if (schedule.calendars.length === 0)
    return html`<p class="quiet">${phrase("hours.no-calendar", html`<code>calendars</code>`)}</p>`;
  const order = calendarOrder(schedule);
  const telling = order.filter((calendar) => isTelling(schedule, calendar));
  const silent = order.filter((calendar) => !telling.includes(calendar));
  return html`<p class="over">${say("hours.calendars", order.length)}</p>
${telling.length > 0 && calendarRows(schedule, telling)}${silent.length > 0 && html`<details class="more"><summary>${say("hours.silent", silent.length)}</summary>${calendarRows(schedule, silent)}</details>`}`;
}

type Calendar = AssessedSchedule["calendars"][number];

/** Whether a calendar says something: it has holidays to compare, explains a lull, or is the organisations' own. */
function isTelling({ home, lulls }: Drawn, { country, episodes, verdict }: Calendar): boolean {
  const explains = lulls.some((lull) =>
    lull.calendars.some(
      (each) => each.country === country && (each.explains === "whole" || each.explains === "in_part"),
    ),
  );
  return home.includes(country) || explains || (episodes > 0 && verdict !== "unknown");
}

function calendarRows(schedule: Drawn, rows: readonly Calendar[]): Markup {
  return table({
    className: "cards calendars",
    columns: [
      { title: say("head.calendar") },
      { title: say("head.verdict") },
      { title: say("head.on-its-holidays"), numeric: true },
      { title: say("head.episodes"), numeric: true },
      { title: say("head.on-its-make-up-days"), numeric: true },
      { title: say("head.nearest-rival"), numeric: true },
      { title: say("head.why") },
    ],
    rows: rows.map((calendar) => [
      html`${calendarName(calendar.country)}${schedule.home.includes(calendar.country) && html` <span class="quiet">${say("hours.home")}</span>`}`,
      html`<span class="verdict ${calendar.verdict}">${say(`calendar.${calendar.verdict}`)}</span>`,
      rateCell(calendar.holiday),
      calendar.episodes,
      rateCell(calendar.makeup),
      nearestRivalText(calendar),
      html`${calendar.reason}${schedule.lulls.map((lull) => explainsText(lull, calendar.country))}`,
    ]),
  });
}

function calendarOrder({ calendars, home }: AssessedSchedule): Calendar[] {
  const rank = { fits: 0, consistent_single_episode: 1, undecided: 2, excluded: 3, unknown: 4 } as const;
  const own = (country: string) => (home.includes(country) ? 0 : 1);
  return calendars.toSorted(
    (a, b) =>
      Math.min(rank[a.verdict], 2) - Math.min(rank[b.verdict], 2) ||
      own(a.country) - own(b.country) ||
      rank[a.verdict] - rank[b.verdict] ||
      closestRival(b) - closestRival(a) ||
      a.country.localeCompare(b.country),
  );
}

function explainsText(lull: AssessedSchedule["lulls"][number], country: string): Child {
  const own = lull.calendars.find((each) => each.country === country);
  if (own === undefined || own.explains === "unknown") return "";
  const makeup = own.makeup_days > 0 ? say("hours.explains.makeup", own.makeup_days) : "";
  return html` <span class="quiet">${say(`hours.explains.${own.explains}`, lull.from, lull.to, makeup)}</span>`;
}

function rateCell({ ratio, interval95 }: AssessedSchedule["calendars"][number]["holiday"]): Child {
  if (ratio === null) return html`<span class="quiet">${say("hours.nothing")}</span>`;
  const range =
    interval95 === null ? "" : say("common.range", percent(interval95[0]), percent(interval95[1]));
  return html`<span class="solid">${percent(ratio)}</span>${range !== "" && html` <span class="quiet solid">(${range})</span>`}`;
}

/** Ratios can be large where hardly anything was expected: beyond ten times, only that is said. */
const percent = (ratio: number): string => (ratio > 10 ? "> 1,000 %" : `${Math.round(100 * ratio)} %`);

function contactsLine({ contacts, subject }: AssessedSchedule): Markup {
  const isAccount = subject.kind === "account";
  const parts = [
    [contacts.routine, "routine"],
    [contacts.automated, isAccount ? "account.automated" : "automated"],
    [contacts.empty, isAccount ? "account.empty" : "empty"],
    [contacts.visits, isAccount ? "account.visits" : "visits"],
    [contacts.folded, "folded"],
  ] as const;
  const aside = parts
    .filter(([count]) => count > 0)
    .map(([count, what]) => say(`hours.aside.${what}`, count));
  return html`<p class="quiet">${say(isAccount ? "hours.contacts.logons" : "hours.contacts", contacts.connections, contacts.interactive, aside.length > 0 ? ` ${say("hours.aside", joinItems(aside))}` : "")}</p>`;
}

function serversTable(parts: readonly AssessedSchedule[]): Markup {
  return html`<details class="more"><summary>${say("hours.each", parts.length)}</summary><div class="scroll">${table(
    {
      className: "compact",
      columns: [
        { title: say("head.server") },
        { title: say("head.half-hours"), numeric: true },
        { title: say("head.verdict") },
        { title: say("head.best-offset") },
        { title: say("head.95") },
        { title: say("head.quiet") },
        { title: say("head.calendars-that-go-with-it") },
      ],
      rows: parts.map((part) => [
        part.subject.name,
        part.units,
        say(`schedule.${part.verdict}`),
        part.offset === null ? "–" : utcOffset(part.offset.best_minutes),
        part.offset === null
          ? "–"
          : say("common.range", utcOffset(part.offset.interval95[0]), utcOffset(part.offset.interval95[1])),
        joinItems(part.lulls.map(({ from, to }) => say("common.range", from, to))) || "–",
        goingText(part) || "–",
      ]),
    },
  )}</div></details>`;
}

function restTable(schedules: readonly AssessedSchedule[], isMore: boolean): Markup {
  return html`${isMore && html`<h3>${say("hours.others")}</h3>`}${table({
    className: "cards",
    columns: [
      { title: say("head.servers-and-accounts") },
      { title: say("head.verdict") },
      { title: say("head.connections-or-logons"), numeric: true },
      { title: say("head.interactive"), numeric: true },
      { title: say("head.why") },
    ],
    rows: schedules.map((schedule) => [
      schedule.subject.name,
      say(`schedule.${schedule.verdict}`),
      formatNumber(schedule.contacts.connections),
      formatNumber(schedule.contacts.interactive),
      schedule.reason,
    ]),
  })}`;
}
