import { joinItems } from "../../../kernel/lists.js";
import type { AssessedInfrastructure } from "../../../model/assessment.js";
import type { Explanation, Finding } from "../../../model/finding.js";
import type { Campaign, Incident, IncidentStep } from "../../../model/incident.js";
import { kindText } from "../../../model/words.js";
import { say } from "../../catalogue.js";
import { explain } from "../../explain.js";
import { formatFixed, formatTime } from "../../format.js";
import { reductionText, tacticText } from "../../incident-text.js";
import { graphChart } from "../charts/graph.js";
import { incidentGraph } from "../charts/incident-graph.js";
import { drawnSteps, incidentTimelineChart } from "../charts/incident-timeline.js";
import { figure } from "../charts/render.js";
import { type Child, html, type Markup, phrase } from "../markup.js";
import { segment, severityBadge } from "./findings.js";
import { bar, dayCell, findingLinks, type Page, type Section, table } from "./parts.js";

const WIDE = 1080;
const NARROW = 380;
/** Incidents told with their steps; the rest is a table line each. Of these, so many with a graph of their entities. */
const MOST_TOLD = 12;
const MOST_GRAPHS = 4;
const MOST_LISTED = 300;
const MOST_CAMPAIGNS = 6;
const MOST_STEPS = 60;
const MOST_IN_STEP = 3;
const MOST_SHARED = 15;

export function incidentsSection(page: Page): Section {
  const { incidents, campaigns, correlation } = page.input.assessment;
  const section = { id: "incidents", title: say("incidents.title"), short: say("incidents.short") };
  const told = incidents.slice(0, MOST_TOLD);
  const anchors = new Map(told.map((incident, index) => [incident.id, `incident-${index + 1}`]));
  const findings = new Map(page.input.findings.map((finding) => [finding.id, finding]));
  const infrastructure = new Map(page.input.assessment.infrastructure.map((item) => [item.value, item]));
  const body = html`<p class="lead">${reductionText(correlation)}. ${say("incidents.lead")}</p>
${campaigns.slice(0, MOST_CAMPAIGNS).map((campaign) => campaignPart(page, campaign))}
${campaigns.length > MOST_CAMPAIGNS && html`<p class="quiet">${say("incidents.more-campaigns", campaigns.length - MOST_CAMPAIGNS)}</p>`}
${incidents.length > 0 && incidentTable(page, incidents, anchors)}
${told.map((incident, index) => incidentPart(page, { incident, index, findings, infrastructure }))}`;
  return { ...section, body };
}

function campaignPart(page: Page, campaign: Campaign): Markup {
  return html`<h3>${campaign.title}</h3>
<p class="explanation">${explain(byName(page, campaign.explanation), page.input.messages).map(segment)}</p>
<details class="more"><summary>${say("incidents.shared", campaign.shared.length, campaign.incidents.length)}</summary>${table(
    {
      className: "compact",
      caption:
        campaign.shared.length > MOST_SHARED
          ? say("incidents.first", MOST_SHARED, campaign.shared.length)
          : undefined,
      columns: [
        { title: say("head.what") },
        { title: say("head.kind") },
        { title: say("head.organisations"), numeric: true },
        { title: say("head.incidents"), numeric: true },
      ],
      rows: campaign.shared
        .slice(0, MOST_SHARED)
        .map((item) => [
          html`<code>${item.value}</code>`,
          kindText(item.kind),
          String(item.organisations),
          String(item.incidents),
        ]),
    },
  )}</details>
<p class="quiet">${campaign.id}${campaign.findings.length > 0 && html` · ${phrase("incidents.about-shared", findingLinks(page, campaign.findings))}`}</p>
<ul class="caveats">${campaign.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul>`;
}

/** Correlation knows organisations by id; a reader knows them by name. */
function byName(page: Page, { key, args }: Explanation): Explanation {
  const nameOf = (id: string) => page.orgNames.get(id) ?? id;
  return {
    key,
    args: args.map((arg) =>
      arg.type === "organisation" && Array.isArray(arg.value)
        ? { ...arg, value: arg.value.map(nameOf) }
        : arg,
    ),
  };
}

function incidentTable(
  page: Page,
  incidents: readonly Incident[],
  anchors: ReadonlyMap<string, string>,
): Markup {
  const rows = incidents.slice(0, MOST_LISTED).map((incident): Child[] => {
    const anchor = anchors.get(incident.id);
    return [
      severityBadge(incident.severity),
      html`${anchor === undefined ? incident.title : html`<a href="#${anchor}">${incident.title}</a>`}<br><span class="quiet">${organisationNames(page, incident)}${incident.id}</span>`,
      dayCell(incident.first_seen),
      dayCell(incident.last_seen),
      String(incident.findings.length),
      bar(incident.score),
    ];
  });
  return html`${table({
    className: "cards",
    columns: [
      { title: say("head.severity") },
      { title: say("head.incident") },
      { title: say("head.since") },
      { title: say("head.until") },
      { title: say("head.findings"), numeric: true },
      { title: say("head.score") },
    ],
    rows,
  })}${incidents.length > MOST_LISTED && html`<p class="quiet">${say("incidents.more", incidents.length - MOST_LISTED)}</p>`}`;
}

function organisationNames(page: Page, { org_ids }: Incident): Child {
  return org_ids.map((id) => `${page.orgNames.get(id) ?? id} · `);
}

interface Told {
  incident: Incident;
  index: number;
  findings: ReadonlyMap<string, Finding>;
  infrastructure: ReadonlyMap<string, AssessedInfrastructure>;
}

function incidentPart(page: Page, told: Told): Markup {
  const { incident, index } = told;
  const shown = new Set(incident.steps.flatMap(({ finding, also }) => [finding, ...also]));
  const rest = incident.findings.filter((id) => !shown.has(id));
  return html`<details class="more"${index < 3 && html` open`}><summary><strong>${incident.title}</strong> <span class="quiet">${organisationNames(page, incident)}${incident.id}</span></summary>
<div class="inside" id="incident-${index + 1}"><p class="explanation">${explain(incident.explanation, page.input.messages).map(segment)}</p>
${timelineFigure(page, told)}
${index < MOST_GRAPHS && graphFigure(told)}
${table({
  className: "compact components",
  caption: say("common.score", formatFixed(incident.score, 2)),
  columns: [
    { title: say("head.component") },
    { title: say("head.value") },
    { title: say("head.weight"), numeric: true },
    { title: say("head.what-it-means") },
  ],
  rows: incident.components.map(({ name, value, weight, meaning }) => [
    name,
    bar(value),
    formatFixed(weight, 2),
    meaning,
  ]),
})}
${rest.length > 0 && html`<p class="quiet">${phrase("incidents.weaker", rest.length, findingLinks(page, rest))}</p>`}
<ul class="caveats">${incident.caveats.map((caveat) => html`<li>${caveat}</li>`)}</ul></div></details>`;
}

function timelineFigure(page: Page, { incident, index }: Told): Markup {
  const { steps } = incident;
  const drawn = drawnSteps(steps);
  const label = say("incidents.label", drawn.length, incident.hosts.length, incident.title);
  return figure({
    wide: incidentTimelineChart(drawn, WIDE, `chart-incident-${index}`, label),
    narrow: incidentTimelineChart(drawn, NARROW, `chart-incident-${index}-narrow`, label),
    caption: html`<span class="marks"><span><span class="mark swatch-compromised" aria-hidden="true"></span> ${say("incidents.grave")}</span> <span><span class="mark swatch-suspected" aria-hidden="true"></span> ${say("severity.medium")}</span> <span><span class="mark swatch-contacted" aria-hidden="true"></span> ${say("severity.low")}</span></span> ${say("incidents.caption")} ${say("common.utc")}${drawn.length < steps.length && ` ${say("incidents.more-steps", steps.length - drawn.length)}`}`,
    tableTitle: say("incidents.table", steps.length),
    table: stepTable(page, steps),
  });
}

function stepTable(page: Page, steps: readonly IncidentStep[]): Markup {
  return table({
    className: "compact",
    caption: steps.length > MOST_STEPS ? say("incidents.first-steps", MOST_STEPS, steps.length) : undefined,
    columns: [
      { title: say("head.step"), numeric: true },
      { title: say("head.time") },
      { title: say("head.tactic") },
      { title: say("head.host") },
      { title: say("head.what") },
      { title: say("head.findings") },
    ],
    rows: steps
      .slice(0, MOST_STEPS)
      .map((step, index): Child[] => [
        String(index + 1),
        html`<time datetime="${step.time}">${formatTime(step.time)}</time>`,
        html`${step.in_chain ? html`<strong>${tacticText(step)}</strong>` : tacticText(step)}`,
        html`<code>${joinItems(step.hosts.slice(0, MOST_IN_STEP))}</code>${step.hosts.length > MOST_IN_STEP && ` ${say("common.and-more", step.hosts.length - MOST_IN_STEP)}`}`,
        step.what,
        findingLinks(page, [step.finding, ...step.also], 4),
      ]),
  });
}

function graphFigure({ incident, index, findings, infrastructure }: Told): Markup | false {
  const own = incident.findings.flatMap((id) => findings.get(id) ?? []);
  const graph = incidentGraph(incident, own, infrastructure);
  if (graph.edges.length === 0) return false;
  const label = say("incidents.graph", graph.nodes.length);
  return figure({
    wide: graphChart(graph, `chart-incident-graph-${index}`, label),
    caption: html`${say("incidents.graph.caption")}${graph.leftOut > 0 && ` ${say("incidents.graph.left-out", graph.leftOut)}`}`,
    tableTitle: say("incidents.entities", incident.entities.length),
    table: table({
      className: "compact",
      columns: [
        { title: say("head.entity") },
        { title: say("head.kind") },
        { title: say("head.role") },
        { title: say("head.findings"), numeric: true },
      ],
      rows: incident.entities.map(({ value, kind, role, findings: count }) => [
        html`<code>${value}</code>`,
        kindText(kind),
        role ?? "",
        String(count),
      ]),
    }),
  });
}
