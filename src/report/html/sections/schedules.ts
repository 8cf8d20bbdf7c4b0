import { utcOffset } from "../../../kernel/time.js";
import type { AssessedSchedule } from "../../../model/assessed-schedule.js";
import { say } from "../../catalogue.js";
import { formatNumber, formatPercent } from "../../format.js";
import {
  calendarName,
  closestRival,
  lullSentence,
  nearestRivalText,
  zoneNames,
} from "../../schedule-text.js";
import { plural } from "../../text.js";
import { CALENDAR_VERDICT, SCHEDULE_VERDICT } from "../../words.js";
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
import { type Child, html, type Markup, prose } from "../markup.js";
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
  const section = { id: "schedules", title: "Working hours of the operators", short: "Working hours" };
  if (schedules.length === 0) {
    const run = detectors.find(({ id }) => id === "operator-schedule");
    const why =
      run === undefined || run.reason === ""
        ? "no server or account was found whose hours could be asked"
        : run.reason;
    return { ...section, body: html`<p>Nobody's working hours were analysed: ${why}.</p>` };
  }
  const whole = schedules.filter(({ subject }) => subject.part_of === null);
  const drawn = whole.filter(isDrawn).slice(0, MOST_DRAWN);
  const rest = whole.filter((each) => !drawn.includes(each as Drawn));
  const body = html`<p class="lead">When somebody sat at the other end: contact that is neither check-in, timer nor job, and logons with hijacked accounts, on the clock on which it looks like a working day. It describes an operator and is no evidence of a compromise; hours and holidays can be imitated, and many countries share a clock.</p>
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
      ? ["account"]
      : [
          plural(
            subject.servers.length + (subject.servers.length === 0 ? subject.names.length : 0),
            "server",
          ),
        ]),
    plural(subject.hosts, "host"),
    plural(subject.organisations.length, "organisation"),
    plural(subject.sensors.length, "sensor"),
  ];
  return html`<h3>${subject.name}</h3>
<p class="quiet">${where.join(" · ")} · finding ${findingLinks(page, [schedule.id])}</p>
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
  const label = `Activity by hour and weekday on the clock of ${zone}: ${busiestText(heatmap)}`;
  const own = dayOf(heatmap);
  const theirs = watched === null ? undefined : watchedDay(watched, heatmap.offset_minutes);
  return figure({
    wide: workingWeekChart(schedule, WEEK, `chart-week-${index}`, label),
    narrow: workingWeekChart(schedule, NARROW, `chart-week-${index}-narrow`, label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> half-hours with interactive activity: the stronger the colour, the more</span> ${theirs && html`<span><span class="mark swatch-line" aria-hidden="true"></span> the organisations' own day</span>`} <span><span class="mark swatch-hatch" aria-hidden="true"></span> never seen</span></span> Hours of ${zone}${heatmap.zone !== null && html` (${heatmap.zone})`}, corrected for hours that could not be seen.`,
    tableTitle: "The chart as a table",
    table: table({
      className: "compact",
      columns: [
        { title: say("head.hour") },
        ...WEEKDAYS.map((name) => ({ title: name, numeric: true })),
        { title: say("head.all-busiest-100"), numeric: true },
        ...(theirs === undefined ? [] : [{ title: say("head.organisations-busiest-100"), numeric: true }]),
      ],
      rows: Array.from({ length: 24 }, (_, hour) => [
        `${String(hour).padStart(2, "0")}–${String(hour + 1).padStart(2, "0")}`,
        ...WEEKDAYS.map((_, weekday) =>
          rateOf(heatmap, weekday, hour) === undefined ? "not seen" : (heatmap.units[weekday]?.[hour] ?? 0),
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
    ? "no busy hour"
    : `busiest between ${busy[0]} and ${(busy.at(-1) ?? 0) + 1} o'clock`;
}

function offsetFigure(schedule: Drawn, index: number): Markup {
  const { offset } = schedule;
  const [from, to] = offset.interval95;
  const label = `Probability of each offset from UTC: best ${utcOffset(offset.best_minutes)}, 95 % between ${utcOffset(from)} and ${utcOffset(to)}`;
  const drawing = utcOffsetChart(offset, NARROW, `chart-offset-${index}`, label);
  return figure({
    wide: drawing,
    narrow: utcOffsetChart(offset, NARROW, `chart-offset-${index}-narrow`, label),
    caption: html`How probable each offset from UTC is, if people made the activity; shaded: 95 % between ${utcOffset(from)} and ${utcOffset(to)}. ${zoneNames(schedule)}`,
    tableTitle: "The chart as a table",
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
  const label = `Activity by day from ${schedule.days[0]?.date} to ${schedule.days.at(-1)?.date}. ${lulls.join(" ") || "No quiet stretch was found."}`;
  return figure({
    wide: dayStripChart(schedule, wide.list, countries, WIDE, `chart-days-${index}`, label),
    narrow: dayStripChart(schedule, narrow.list, countries, NARROW, `chart-days-${index}-narrow`, label),
    caption: html`<span class="marks"><span><span class="mark swatch-out" aria-hidden="true"></span> half-hours with interactive activity a ${wide.group === 1 ? "day" : "week"}</span> <span><span class="mark swatch-contacted" aria-hidden="true"></span> holiday</span> <span><span class="mark swatch-makeup" aria-hidden="true"></span> make-up working day</span> <span><span class="mark swatch-hatch" aria-hidden="true"></span> a sensor was down</span> <span><span class="mark swatch-hatch-light" aria-hidden="true"></span> could hardly be seen</span></span> The row “Seen” shows how much of the usual contact could have been seen on that day. ${lulls.length > 0 ? lulls.map((sentence) => html`${sentence} `) : "No stretch of days is quieter than chance lets happen."}`,
    tableTitle: `The chart as a table (${columnsInWords(wide.list, wide.group)})`,
    table: table({
      className: "compact",
      columns: [
        { title: wide.group === 1 ? "Day" : "Week" },
        { title: say("head.half-hours"), numeric: true },
        { title: say("head.could-be-seen"), numeric: true },
        { title: say("head.sensors") },
        { title: say("head.holidays-and-make-up-days") },
      ],
      rows: wide.list.map((column) => [
        columnName(column),
        column.exposure < UNSEEN && column.units === 0 ? "not seen" : column.units,
        formatPercent(column.exposure),
        column.down > 0 ? `${formatNumber(Math.round(column.down))} sensor hours down` : "up",
        marksText(column),
      ]),
    }),
  });
}

function marksText({ marks }: StripColumn): string {
  return [...marks]
    .map(([country, { holiday, makeup }]) =>
      [holiday && `${country} holiday`, makeup && `${country} make-up day`].filter(Boolean).join(", "),
    )
    .join("; ");
}

function calendarsTable(schedule: Drawn): Child {
  if (schedule.calendars.length === 0)
    return html`<p class="quiet">No calendar was asked about: name some under <code>calendars</code> in the configuration.</p>`;
  const order = calendarOrder(schedule);
  const telling = order.filter((calendar) => isTelling(schedule, calendar));
  const silent = order.filter((calendar) => !telling.includes(calendar));
  return html`<p class="over">Whose holidays? Activity on each country's days off against ordinary days nearby, corrected for the ${plural(order.length, "calendar")} asked.</p>
${telling.length > 0 && calendarRows(schedule, telling)}${silent.length > 0 && html`<details class="more"><summary>${plural(silent.length, "more calendar")} that had nothing to compare</summary>${calendarRows(schedule, silent)}</details>`}`;
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
      html`${calendarName(calendar.country)}${schedule.home.includes(calendar.country) && html` <span class="quiet">(the organisations' own)</span>`}`,
      html`<span class="verdict ${calendar.verdict}">${CALENDAR_VERDICT[calendar.verdict]}</span>`,
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
  const what = {
    whole: "its holidays cover every weekday of",
    in_part: "its holidays cover a part of",
    not: "it does not explain",
  }[own.explains];
  const makeup = own.makeup_days > 0 ? `, and ${plural(own.makeup_days, "official working day")} of it` : "";
  return html` <span class="quiet">For ${lull.from} to ${lull.to}: ${what} the lull${makeup}.</span>`;
}

function rateCell({ ratio, interval95 }: AssessedSchedule["calendars"][number]["holiday"]): Child {
  if (ratio === null) return html`<span class="quiet">none to compare</span>`;
  const range = interval95 === null ? "" : `${percent(interval95[0])} to ${percent(interval95[1])}`;
  return html`<span class="solid">${percent(ratio)}</span>${range !== "" && html` <span class="quiet solid">(${range})</span>`}`;
}

/** Ratios can be large where hardly anything was expected: beyond ten times, only that is said. */
const percent = (ratio: number): string => (ratio > 10 ? "> 1,000 %" : `${Math.round(100 * ratio)} %`);

function contactsLine({ contacts, subject }: AssessedSchedule): Markup {
  const isAccount = subject.kind === "account";
  const parts = [
    [contacts.routine, "check-ins that are alike in size"],
    [
      contacts.automated,
      isAccount
        ? "of services, tasks and timers, or without a pause"
        : "on timers or schedules, or without a pause",
    ],
    [contacts.empty, isAccount ? "that failed" : "without an answer or payload"],
    [
      contacts.visits,
      isAccount ? "from elsewhere than the findings hold against it" : "from hosts that came on a day or two",
    ],
    [contacts.folded, "more of the same half-hour"],
  ] as const;
  const aside = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatNumber(count)} ${what}`);
  return html`<p class="quiet">Of ${plural(contacts.connections, isAccount ? "logon" : "connection")}, ${formatNumber(contacts.interactive)} count as interactive${aside.length > 0 && ` (set aside: ${aside.join(", ")})`}.</p>`;
}

function serversTable(parts: readonly AssessedSchedule[]): Markup {
  return html`<details class="more"><summary>Each of the ${parts.length} servers by itself</summary><div class="scroll">${table(
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
        SCHEDULE_VERDICT[part.verdict],
        part.offset === null ? "–" : utcOffset(part.offset.best_minutes),
        part.offset === null
          ? "–"
          : `${utcOffset(part.offset.interval95[0])} to ${utcOffset(part.offset.interval95[1])}`,
        part.lulls.map(({ from, to }) => `${from} to ${to}`).join(", ") || "–",
        part.calendars
          .filter(({ verdict }) => verdict === "fits" || verdict === "consistent_single_episode")
          .map(({ country, verdict }) => `${country} (${CALENDAR_VERDICT[verdict]})`)
          .join(", ") || "–",
      ]),
    },
  )}</div></details>`;
}

function restTable(schedules: readonly AssessedSchedule[], isMore: boolean): Markup {
  return html`${isMore && html`<h3>Others</h3>`}${table({
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
      SCHEDULE_VERDICT[schedule.verdict],
      formatNumber(schedule.contacts.connections),
      formatNumber(schedule.contacts.interactive),
      schedule.reason,
    ]),
  })}`;
}
