import { joinItems } from "../../../kernel/lists.js";
import type { AssessedInfrastructure } from "../../../model/assessment.js";
import { kindText } from "../../../model/words.js";
import { say } from "../../catalogue.js";
import { formatFixed } from "../../format.js";
import { orderInfrastructure } from "../../order.js";
import { graphChart } from "../charts/graph.js";
import { layoutGraph } from "../charts/graph-layout.js";
import { figure } from "../charts/render.js";
import { html, type Markup, phrase } from "../markup.js";
import { bar, dayCell, findingLinks, type Page, type Section, table } from "./parts.js";

/** Rows of the tables; what is above is counted and stands in assessment.json. */
const MOST_ROWS = 300;
const OPEN_REASONS = 2;

export function infrastructureSection(page: Page): Section {
  const { infrastructure, links } = page.input.assessment;
  const section = {
    id: "infrastructure",
    title: say("infrastructure.title"),
    short: say("infrastructure.short"),
  };
  if (infrastructure.length === 0) return { ...section, body: html`<p>${say("infrastructure.none")}</p>` };
  const graph = layoutGraph(page.input.assessment);
  const label = say("infrastructure.label", infrastructure.length - graph.leftOut);
  const shownLinks = links.slice(0, MOST_ROWS);
  const drawing = figure({
    wide: graphChart(graph, "chart-graph", label),
    caption: html`${marks()} ${say("infrastructure.caption")}${graph.bySector && ` ${say("infrastructure.by-sector")}`}${graph.leftOut > 0 && ` ${say("infrastructure.left-out", graph.leftOut)}`}`,
    tableTitle: say("infrastructure.table", links.length),
    table: table({
      className: "compact",
      caption:
        links.length > shownLinks.length
          ? say("infrastructure.first", shownLinks.length, links.length)
          : undefined,
      columns: [
        { title: say("head.from") },
        { title: say("head.to") },
        { title: say("head.relation") },
        { title: say("head.confidence"), numeric: true },
      ],
      rows: shownLinks.map((link) => [
        html`<code>${link.from}</code>`,
        html`<code>${link.to}</code>`,
        link.relation,
        formatFixed(link.confidence, 2),
      ]),
    }),
  });
  return { ...section, body: html`${drawing}${list(page)}` };
}

function marks(): Markup {
  return html`<span class="marks"><span><span class="mark confirmed" aria-hidden="true"></span> ${say("basis.confirmed")}</span> <span><span class="mark suspected" aria-hidden="true"></span> ${say("basis.suspected")}</span> <span><span class="mark related" aria-hidden="true"></span> ${say("basis.related")}</span></span>`;
}

function list(page: Page): Markup {
  const { infrastructure } = page.input.assessment;
  const rows = orderInfrastructure(infrastructure).slice(0, MOST_ROWS);
  return html`${table({
    className: "cards infrastructure",
    columns: [
      { title: say("head.infrastructure") },
      { title: say("head.basis") },
      { title: say("head.score"), numeric: true },
      { title: say("head.since") },
      { title: say("head.until") },
      { title: say("head.organisations-hyphenated"), label: say("head.organisations"), numeric: true },
      { title: say("head.why") },
    ],
    rows: rows.map((item) => [
      html`<code class="strong">${item.value}</code><br><span class="quiet">${joinItems([kindText(item.kind), ...(item.role === "" || item.role === item.basis ? [] : [item.role])])}</span>`,
      html`<span class="basis" title="${say(`basis.${item.basis}.meaning`)}"><span class="mark ${item.basis}" aria-hidden="true"></span> ${say(`basis.${item.basis}`)}</span>`,
      bar(item.score),
      dayCell(item.first_seen),
      dayCell(item.last_seen),
      html`<span title="${joinItems(item.organisations.map((id) => page.orgNames.get(id) ?? id))}">${item.organisations.length}</span>`,
      reasons(page, item),
    ]),
  })}${infrastructure.length > rows.length && html`<p class="quiet">${say("infrastructure.more", infrastructure.length - rows.length)}</p>`}`;
}

function reasons(page: Page, item: AssessedInfrastructure): Markup {
  const more = item.why.slice(OPEN_REASONS);
  return html`${item.why.slice(0, OPEN_REASONS).map((sentence) => html`<p>${sentence}</p>`)}${more.length > 0 && html`<details><summary>${say("common.more-reasons", more.length)}</summary>${more.map((sentence) => html`<p>${sentence}</p>`)}</details>`}${item.findings.length > 0 && html`<p class="quiet">${phrase("common.findings", findingLinks(page, item.findings, 4))}</p>`}`;
}
