import { DAY, isoDay, parseTime } from "../../../kernel/time.js";
import type { AssessedOrganisation } from "../../../model/assessment.js";
import { formatBytes, formatNumber } from "../../format.js";
import { plural } from "../../text.js";
import { STATUS } from "../../words.js";
import { html, type Markup, trusted } from "../markup.js";
import { orderOrganisations } from "./organisations.js";
import type { Page, Section } from "./parts.js";

type Week = AssessedOrganisation["weeks"][number];

/** Weeks above this number leave no room for a number in each cell. */
const ROOM_FOR_NUMBERS = 30;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** Organisations × weeks as a real table: what the eye sees as a picture, a screen reader hears as cells with words. */
export function matrixSection(page: Page): Section {
  const { weeks, organisations } = page.input.assessment;
  const ordered = orderOrganisations(organisations);
  const touched = ordered.filter((organisation) => STATUS[organisation.status].rank <= 2);
  const quiet = ordered.filter((organisation) => STATUS[organisation.status].rank > 2);
  const body =
    weeks.length === 0 || ordered.length === 0
      ? html`<p>There is no week to show: ${weeks.length === 0 ? "the telemetry covers no time" : "the inventory names no organisation"}.</p>`
      : html`<p class="lead">Each cell is one week of one organisation; the number and the shade say on how many days it was in contact with the infrastructure below.</p>
${legend()}
<div class="scroll" tabindex="0" role="region" aria-label="Weeks matrix">${matrix(touched, weeks, "Organisations in contact with the infrastructure, by week")}</div>
${quiet.length > 0 && html`<details class="more"><summary>${plural(quiet.length, "organisation")} without contact: when their sensors were up</summary><div class="scroll" tabindex="0" role="region" aria-label="Weeks matrix of organisations without contact">${matrix(quiet, weeks, "Organisations without contact, by week")}</div></details>`}`;
  return { id: "weeks", title: "Week by week", short: "Weeks", body };
}

function legend(): Markup {
  const item = (className: string, sign: string, text: string) =>
    html`<li><span class="cell ${className}" aria-hidden="true">${sign}</span> ${text}</li>`;
  return html`<ul class="legend">${item("w1", "1", "1–2 days")}${item("w2", "4", "3–4 days")}${item("w3", "7", "5–7 days in contact")}${item("w0", "·", "no activity: sensor up, no contact")}${item("wp", "", "no contact seen, week only partly covered")}${item("wx", "", "no data: sensor down")}</ul>`;
}

function matrix(
  organisations: readonly AssessedOrganisation[],
  weeks: readonly string[],
  caption: string,
): Markup {
  const dense = weeks.length > ROOM_FOR_NUMBERS;
  const starts = weeks.map((week) => parseTime(week));
  const labels = starts.map((start) => (Number.isFinite(start) ? isoDay(start) : "?"));
  const head = html`<thead><tr><th rowspan="2" scope="col">Organisation</th>${months(starts)}</tr>
<tr>${starts.map((start, index) => html`<th scope="col"><abbr title="${weekTitle(start)}">${Number.isFinite(start) && !dense ? new Date(start).getUTCDate() : html`<span class="unseen">${labels[index]}</span>`}</abbr></th>`)}</tr></thead>`;
  const rows = organisations.map((organisation) => {
    const cells = weeks.map((_, index) => cell(organisation.weeks[index], labels[index] ?? "", dense));
    const { sign, word } = STATUS[organisation.status];
    return html`<tr><th scope="row"><span class="sign ${organisation.status}" title="${word}">${sign}</span><span class="name">${organisation.name}</span></th>${trusted(cells.join(""))}</tr>
`;
  });
  return html`<table class="matrix ${dense && "dense"}"><caption class="unseen">${caption}</caption>${head}<tbody>${rows}</tbody></table>`;
}

/** Half a million cells are possible: they are written as plain strings, and hold nothing but numbers and our own words. */
function cell(week: Week | undefined, label: string, dense: boolean): string {
  if (week === undefined) return '<td class="wx" title="no data"><span class="unseen">no data</span></td>';
  switch (week.state) {
    case "active": {
      const shade = week.days >= 5 ? "w3" : week.days >= 3 ? "w2" : "w1";
      const days = formatNumber(week.days);
      const title = `${label}: ${plural(week.days, "day")}, ${formatBytes(week.bytes_out)} out, ${plural(week.connections, "connection")}`;
      return `<td class="${shade}" title="${title}">${dense ? `<span class="unseen">${days}</span>` : days}</td>`;
    }
    case "none":
      return `<td class="w0">${dense ? "" : "·"}</td>`;
    case "partial":
      return '<td class="wp" title="no contact seen, week only partly covered"></td>';
    case "no_data":
      return '<td class="wx" title="no data"></td>';
  }
}

/** A week belongs to the month of its Monday. */
function months(starts: readonly number[]): Markup[] {
  const spans: { text: string; weeks: number }[] = [];
  for (const start of starts) {
    const date = new Date(start);
    const month = MONTHS[date.getUTCMonth()];
    const text = month === undefined ? "?" : `${month} ${date.getUTCFullYear()}`;
    const last = spans.at(-1);
    if (last?.text === text) last.weeks++;
    else spans.push({ text, weeks: 1 });
  }
  return spans.map(
    (span) =>
      html`<th class="month" scope="colgroup" colspan="${span.weeks}">${span.weeks < 3 ? span.text.slice(0, 3) : span.text}</th>`,
  );
}

function weekTitle(start: number): string {
  return Number.isFinite(start)
    ? `week of Monday ${isoDay(start)} to ${isoDay(start + 6 * DAY)}`
    : "unknown week";
}
