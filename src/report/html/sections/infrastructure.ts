import type { AssessedInfrastructure } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import { orderInfrastructure } from "../../order.js";
import { plural } from "../../text.js";
import { BASIS } from "../../words.js";
import { graphChart } from "../charts/graph.js";
import { layoutGraph } from "../charts/graph-layout.js";
import { figure } from "../charts/render.js";
import { html, type Markup } from "../markup.js";
import { bar, dayCell, findingLinks, type Page, type Section, table } from "./parts.js";

/** Rows of the tables; what is above is counted and stands in assessment.json. */
const MOST_ROWS = 300;
const OPEN_REASONS = 2;

export function infrastructureSection(page: Page): Section {
  const { infrastructure, links } = page.input.assessment;
  const section = { id: "infrastructure", title: "Infrastructure", short: "Infrastructure" };
  if (infrastructure.length === 0)
    return { ...section, body: html`<p>No server, name or certificate was confirmed or suspected.</p>` };
  const graph = layoutGraph(page.input.assessment);
  const label = `Graph: ${plural(infrastructure.length - graph.leftOut, "piece")} of infrastructure and who was in contact with them`;
  const shownLinks = links.slice(0, MOST_ROWS);
  const drawing = figure({
    wide: graphChart(graph, "chart-graph", label),
    caption: html`${marks()} Thin lines: contact (not drawn again to an address or certificate whose name shows it already). Dashed lines: why two pieces belong together, see the table of links.${graph.bySector && " Organisations are drawn by sector."}${graph.leftOut > 0 && ` ${plural(graph.leftOut, "piece")} with lower scores not drawn, see the table.`}`,
    tableTitle: `Links of the graph as a table (${links.length})`,
    table: table({
      className: "compact",
      caption:
        links.length > shownLinks.length
          ? `The first ${shownLinks.length} of ${links.length} links`
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
        link.confidence.toFixed(2),
      ]),
    }),
  });
  return { ...section, body: html`${drawing}${list(page)}` };
}

function marks(): Markup {
  return html`<span class="marks"><span><span class="mark confirmed" aria-hidden="true"></span> confirmed</span> <span><span class="mark suspected" aria-hidden="true"></span> suspected</span> <span><span class="mark related" aria-hidden="true"></span> related</span></span>`;
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
      { title: html`Organi&shy;sations`, label: say("head.organisations"), numeric: true },
      { title: say("head.why") },
    ],
    rows: rows.map((item) => [
      html`<code class="strong">${item.value}</code><br><span class="quiet">${[item.kind, item.role === item.basis ? "" : item.role].filter(Boolean).join(", ")}</span>`,
      html`<span class="basis" title="${BASIS[item.basis].meaning}"><span class="mark ${item.basis}" aria-hidden="true"></span> ${BASIS[item.basis].word}</span>`,
      bar(item.score),
      dayCell(item.first_seen),
      dayCell(item.last_seen),
      html`<span title="${item.organisations.map((id) => page.orgNames.get(id) ?? id).join(", ")}">${item.organisations.length}</span>`,
      reasons(page, item),
    ]),
  })}${infrastructure.length > rows.length && html`<p class="quiet">${plural(infrastructure.length - rows.length, "more piece", "more pieces")} with lower scores left out here; all stand in assessment.json.</p>`}`;
}

function reasons(page: Page, item: AssessedInfrastructure): Markup {
  const more = item.why.slice(OPEN_REASONS);
  return html`${item.why.slice(0, OPEN_REASONS).map((sentence) => html`<p>${sentence}</p>`)}${more.length > 0 && html`<details><summary>${plural(more.length, "more reason")}</summary>${more.map((sentence) => html`<p>${sentence}</p>`)}</details>`}${item.findings.length > 0 && html`<p class="quiet">Findings ${findingLinks(page, item.findings, 4)}</p>`}`;
}
