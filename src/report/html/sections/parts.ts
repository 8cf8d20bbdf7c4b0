import type { OrgStatus } from "../../../model/assessment.js";
import type { Finding } from "../../../model/finding.js";
import { say } from "../../catalogue.js";
import { defangText } from "../../defang.js";
import { exactBytes, formatBytes, formatDay, formatFixed, formatPercent } from "../../format.js";
import type { ReportInput } from "../../port.js";
import { likelihoodName, STATUS } from "../../words.js";
import { type Child, html, type Markup } from "../markup.js";
import type { Timeline } from "../timeline.js";

/** What all sections share. */
export interface Page {
  input: ReportInput;
  /** Finding id → anchor in the page. */
  anchors: ReadonlyMap<string, string>;
  /** Finding id → short number, by which a reader refers to it. */
  numbers: ReadonlyMap<string, number>;
  orgNames: ReadonlyMap<string, string>;
  timeline: Timeline;
}

export interface Section {
  id: string;
  title: string;
  /** For the table of contents. */
  short: string;
  body: Markup;
}

export function statusBadge(status: OrgStatus): Markup {
  const { sign } = STATUS[status];
  return html`<span class="badge ${status}"><span aria-hidden="true">${sign}</span> ${say(`status.${status}`)}</span>`;
}

export function bytesCell(bytes: number): Markup {
  return html`<span title="${exactBytes(bytes)}">${formatBytes(bytes)}</span>`;
}

export function dayCell(time: string | null): Markup {
  return time === null ? html`–` : html`<time datetime="${time}" title="${time}">${formatDay(time)}</time>`;
}

export function likelihoodText(word: string, likelihood: number): Markup {
  return html`${likelihoodName(word)} <span class="quiet solid">(${formatPercent(likelihood)})</span>`;
}

/** Findings linked from one judgement. */
export const LINKED = 8;

/** Links to findings, at most `limit`; the rest is counted. Ids without a finding in this report are named, not linked. */
export function findingLinks(page: Page, ids: readonly string[], limit = LINKED): Child {
  if (ids.length === 0) return html`<span class="quiet">${say("common.none")}</span>`;
  const shown = ids.slice(0, limit).map((id, index) => {
    const anchor = page.anchors.get(id);
    const comma = index > 0 ? ", " : "";
    if (anchor === undefined) return html`${comma}<span class="quiet">${id}</span>`;
    return html`${comma}<a href="#${anchor}">#${page.numbers.get(id) ?? 0}</a>`;
  });
  return ids.length > limit ? [shown, html` ${say("common.and-more", ids.length - limit)}`] : shown;
}

/** A table with column headings; `data-label` lets a phone show rows as cards. */
export function table(options: {
  caption?: Child;
  columns: readonly { title: Child; label?: string; numeric?: boolean }[];
  rows: readonly (readonly Child[])[];
  className?: string;
}): Markup {
  const { caption, columns, rows, className = "" } = options;
  // On a phone a cell is a grid of label and value, so the value must be one box.
  const cards = className.includes("cards");
  const labels = columns.map(
    (column) => column.label ?? (typeof column.title === "string" ? column.title : ""),
  );
  const classes = columns.map((column) => (column.numeric ? html` class="n"` : ""));
  return html`<table class="${className}">${caption !== undefined && html`<caption>${caption}</caption>`}
<thead><tr>${columns.map((column, index) => html`<th scope="col"${classes[index]}>${column.title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr>${row.map((cell, index) => html`<td data-label="${labels[index]}"${classes[index]}>${cards ? html`<div>${cell}</div>` : cell}</td>`)}</tr>
`,
  )}</tbody></table>`;
}

/** A score or component as a bar with its number beside it. */
export function bar(value: number): Markup {
  const share = Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0));
  return html`<span class="solid"><span class="bar" aria-hidden="true"><span style="width:${Math.round(share * 100)}%"></span></span>${formatFixed(value, 2)}</span>`;
}

/** Worst first: severity, then score, then id, so that the order never depends on chance. */
export function bySeverity(rank: (finding: Finding) => number): (a: Finding, b: Finding) => number {
  return (a, b) => rank(b) - rank(a) || b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A sentence in which addresses, and the names that the case holds against somebody, are no links: of its infrastructure, and where uploads went. */
export function defanged({ input: { assessment } }: Page, text: string): string {
  const uploads = assessment.organisations.flatMap((each) => each.uploads?.uploads ?? []);
  const names = [
    ...assessment.infrastructure.map(({ value }) => value),
    ...uploads.flatMap(({ destinations }) => destinations),
  ];
  return defangText(text, new Set(names.map((name) => name.toLowerCase())));
}
