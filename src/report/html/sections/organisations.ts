import { joinItems } from "../../../kernel/lists.js";
import type { AssessedOrganisation } from "../../../model/assessment.js";
import { say } from "../../catalogue.js";
import { formatNumber } from "../../format.js";
import { roleName, STATUS, sectorName } from "../../words.js";
import { html, type Markup, phrase } from "../markup.js";
import { judgementList } from "./organisation-judgements.js";
import {
  bytesCell,
  dayCell,
  findingLinks,
  likelihoodText,
  type Page,
  type Section,
  statusBadge,
  table,
} from "./parts.js";

/** Hosts listed for one organisation; the rest is counted. */
const MOST_HOSTS = 50;
const MOST_FINDINGS = 20;
const MOST_FINDINGS_OF_HOST = 3;
const OPEN_REASONS = 2;

/** Worst status first, then the likelier, then who was first in contact. */
export function orderOrganisations(organisations: readonly AssessedOrganisation[]): AssessedOrganisation[] {
  return [...organisations].sort(
    (a, b) =>
      STATUS[a.status].rank - STATUS[b.status].rank ||
      b.likelihood - a.likelihood ||
      (a.first_seen ?? "9").localeCompare(b.first_seen ?? "9") ||
      (a.org_id < b.org_id ? -1 : 1),
  );
}

export function organisationsSection(page: Page): Section {
  const ordered = orderOrganisations(page.input.assessment.organisations);
  const touched = ordered.filter((organisation) => STATUS[organisation.status].rank <= 2);
  const quiet = ordered.filter((organisation) => STATUS[organisation.status].rank > 2);
  const body = html`${touched.length === 0 ? html`<p>${say("organisations.none")}</p>` : touchedTable(page, touched)}
${quiet.length > 0 && quietTable(quiet)}`;
  return { id: "organisations", title: say("organisations.title"), short: say("organisations.short"), body };
}

function touchedTable(page: Page, organisations: readonly AssessedOrganisation[]): Markup {
  return table({
    className: "cards organisations",
    columns: [
      { title: say("head.organisation") },
      { title: say("head.status-and-likelihood") },
      { title: say("head.since") },
      { title: say("head.until") },
      { title: say("head.active-days"), numeric: true },
      { title: say("head.hosts"), numeric: true },
      { title: say("head.out"), numeric: true },
      { title: say("head.in"), numeric: true },
      { title: say("head.why-and-through-which-hosts") },
    ],
    rows: organisations.map((organisation) => [
      html`<strong>${organisation.name}</strong><br><span class="quiet">${sectorText(organisation)}</span>`,
      html`${statusBadge(organisation.status)}<br>${likelihoodText(organisation.likelihood_word, organisation.likelihood)}<br><span class="quiet solid">${say("organisations.confidence", say(`confidence.${organisation.confidence}`))}</span>`,
      dayCell(organisation.first_seen),
      dayCell(organisation.last_seen),
      formatNumber(organisation.active_days),
      formatNumber(organisation.hosts.length),
      bytesCell(organisation.bytes_out),
      bytesCell(organisation.bytes_in),
      reasons(page, organisation),
    ]),
  });
}

function sectorText({ sector, subsector }: AssessedOrganisation): string {
  return [...new Set([sectorName(sector), subsector])].filter(Boolean).join(" · ");
}

/** The first reasons in the open, the others folded with findings and hosts: the table is to be read at a glance. */
function reasons(page: Page, organisation: AssessedOrganisation): Markup {
  const { why, findings, hosts } = organisation;
  const more = why.slice(OPEN_REASONS);
  const folded = [
    more.length > 0 && say("common.more-reasons", more.length),
    findings.length > 0 && say("organisations.findings", findings.length),
    hosts.length > 0 && say("hours.hosts", hosts.length),
  ].filter((text) => text !== false);
  return html`${why.slice(0, OPEN_REASONS).map((sentence) => html`<p>${sentence}</p>`)}${judgementList(page, organisation)}${
    folded.length > 0 &&
    html`<details><summary>${joinItems(folded)}</summary>${more.map((sentence) => html`<p>${sentence}</p>`)}${findings.length > 0 && html`<p class="quiet">${phrase("common.findings", findingLinks(page, findings, MOST_FINDINGS))}</p>`}${hostList(page, hosts)}</details>`
  }`;
}

function hostList(page: Page, list: AssessedOrganisation["hosts"]): Markup | false {
  if (list.length === 0) return false;
  const rows = list.slice(0, MOST_HOSTS);
  return html`<ul class="hosts">${rows.map(
    (host) =>
      html`<li>${host.address !== "" && html`<code>${host.address}</code> `}${host.name !== "" && html`<span>${host.name}</span> `}${host.role !== "" && html`<span class="quiet">${roleName(host.role)}</span> `}<span class="quiet">${host.realm !== "" && `${say("common.realm", host.realm)}, `}${dayCell(host.first_seen)} – ${dayCell(host.last_seen)}, ${phrase("organisations.out", bytesCell(host.bytes_out))}${host.findings.length > 0 && html`; ${findingLinks(page, host.findings, MOST_FINDINGS_OF_HOST)}`}</span></li>`,
  )}</ul>${list.length > rows.length && html`<p class="quiet">${say("organisations.more-hosts", list.length - rows.length)}</p>`}`;
}

function quietTable(organisations: readonly AssessedOrganisation[]): Markup {
  const noData = organisations.filter((organisation) => organisation.status === "no_data").length;
  return html`<details class="more"><summary>${say("organisations.quiet", organisations.length)}${noData > 0 && say("organisations.no-data", noData)}</summary>
${table({
  className: "compact",
  columns: [
    { title: say("head.organisation") },
    { title: say("head.sector") },
    { title: say("head.status") },
    { title: say("head.why") },
  ],
  rows: organisations.map((organisation) => [
    organisation.name,
    sectorName(organisation.sector),
    statusBadge(organisation.status),
    organisation.why.join(" ") || say(`status.${organisation.status}.meaning`),
  ]),
})}</details>`;
}
