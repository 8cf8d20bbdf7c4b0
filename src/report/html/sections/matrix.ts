import { DAY, isoDay, parseTime } from "../../../kernel/time.js";
import type { AssessedOrganisation } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import { formatBytes, formatMonth, formatNumber } from "../../format.js";
import { STATUS } from "../../words.js";
import { escapeHtml, html, type Markup, trusted } from "../markup.js";
import { orderOrganisations } from "./organisations.js";
import type { Page, Section } from "./parts.js";

type Week = AssessedOrganisation["weeks"][number];

/** Weeks above this number leave no room for a number in each cell. */
const ROOM_FOR_NUMBERS = 30;

/** Organisations × weeks as a real table: what the eye sees as a picture, a screen reader hears as cells with words. */
export function matrixSection(page: Page): Section {
  const { weeks, organisations } = page.input.assessment;
  const ordered = orderOrganisations(organisations);
  const touched = ordered.filter((organisation) => STATUS[organisation.status].rank <= 2);
  const quiet = ordered.filter((organisation) => STATUS[organisation.status].rank > 2);
  const body =
    weeks.length === 0 || ordered.length === 0
      ? html`<p>${say(weeks.length === 0 ? "weeks.no-time" : "weeks.no-organisation")}</p>`
      : html`<p class="lead">${say("weeks.lead")}</p>
${legend()}
<div class="scroll" tabindex="0" role="region" aria-label="${say("weeks.matrix")}">${matrix(touched, weeks, say("weeks.caption"))}</div>
${quiet.length > 0 && html`<details class="more"><summary>${say("weeks.quiet", quiet.length)}</summary><div class="scroll" tabindex="0" role="region" aria-label="${say("weeks.matrix-quiet")}">${matrix(quiet, weeks, say("weeks.caption-quiet"))}</div></details>`}`;
  return { id: "weeks", title: say("weeks.title"), short: say("weeks.short"), body };
}

function legend(): Markup {
  const item = (className: string, sign: string, text: string) =>
    html`<li><span class="cell ${className}" aria-hidden="true">${sign}</span> ${text}</li>`;
  return html`<ul class="legend">${item("w1", "1", say("weeks.days-1"))}${item("w2", "4", say("weeks.days-3"))}${item("w3", "7", say("weeks.days-5"))}${item("w0", "·", say("weeks.none"))}${item("wp", "", say("weeks.partial"))}${item("wx", "", say("weeks.no-data"))}</ul>`;
}

function matrix(
  organisations: readonly AssessedOrganisation[],
  weeks: readonly string[],
  caption: string,
): Markup {
  const dense = weeks.length > ROOM_FOR_NUMBERS;
  const starts = weeks.map((week) => parseTime(week));
  const labels = starts.map((start) => (Number.isFinite(start) ? isoDay(start) : "?"));
  const head = html`<thead><tr><th rowspan="2" scope="col">${say("head.organisation")}</th>${months(starts)}</tr>
<tr>${starts.map((start, index) => html`<th scope="col"><abbr title="${weekTitle(start)}">${Number.isFinite(start) && !dense ? new Date(start).getUTCDate() : html`<span class="unseen">${labels[index]}</span>`}</abbr></th>`)}</tr></thead>`;
  const inCells = { noData: escapeHtml(say("common.no-data")), partial: escapeHtml(say("weeks.partial")) };
  const rows = organisations.map((organisation) => {
    const cells = weeks.map((_, index) =>
      cell(organisation.weeks[index], labels[index] ?? "", dense, inCells),
    );
    const { sign } = STATUS[organisation.status];
    return html`<tr><th scope="row"><span class="sign ${organisation.status}" title="${say(`status.${organisation.status}`)}">${sign}</span><span class="name">${organisation.name}</span></th>${trusted(cells.join(""))}</tr>
`;
  });
  return html`<table class="matrix ${dense && "dense"}"><caption class="unseen">${caption}</caption>${head}<tbody>${rows}</tbody></table>`;
}

/** Half a million cells are possible: they are written as plain strings, and hold nothing but numbers and our own words. */
function cell(
  week: Week | undefined,
  label: string,
  dense: boolean,
  words: { noData: string; partial: string },
): string {
  if (week === undefined)
    return `<td class="wx" title="${words.noData}"><span class="unseen">${words.noData}</span></td>`;
  switch (week.state) {
    case "active": {
      const shade = week.days >= 5 ? "w3" : week.days >= 3 ? "w2" : "w1";
      const days = formatNumber(week.days);
      const title = escapeHtml(
        say("weeks.cell", label, week.days, formatBytes(week.bytes_out), week.connections),
      );
      return `<td class="${shade}" title="${title}">${dense ? `<span class="unseen">${days}</span>` : days}</td>`;
    }
    case "none":
      return `<td class="w0">${dense ? "" : "·"}</td>`;
    case "partial":
      return `<td class="wp" title="${words.partial}"></td>`;
    case "no_data":
      return `<td class="wx" title="${words.noData}"></td>`;
  }
}

/** A week belongs to the month of its Monday. */
function months(starts: readonly number[]): Markup[] {
  const spans: { text: string; weeks: number }[] = [];
  for (const start of starts) {
    const date = new Date(start);
    const text = Number.isFinite(start) ? `${formatMonth(start)} ${date.getUTCFullYear()}` : "?";
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
    ? say("weeks.week", isoDay(start), isoDay(start + 6 * DAY))
    : say("weeks.unknown");
}
