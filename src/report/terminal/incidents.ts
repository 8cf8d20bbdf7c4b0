import { joinItems } from "../../kernel/lists.js";
import type { Assessment } from "../../model/assessment.js";
import { type Severity, severityRank } from "../../model/finding.js";
import type { Campaign, Correlation, Incident } from "../../model/incident.js";
import { say } from "../catalogue.js";
import { formatDay, formatFixed, formatNumber } from "../format.js";
import { reductionText } from "../incident-text.js";
import { told } from "../told.js";
import { safe, wrap } from "./cells.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

const MOST_IN_SUMMARY = 8;

export function severityPaint(severity: Severity, ink: Ink): (text: string) => string {
  const rank = severityRank(severity);
  return rank >= 3 ? ink.red : rank === 2 ? ink.yellow : ink.blue;
}

/** Incidents, for `longwatch incidents`. @param org the organisation whose they are; without it, all of the case */
export function renderIncidents(written: Correlation, options: TerminalOptions, org?: string): string {
  const { incidents, campaigns, summary } = told(written);
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines = incidents.length === 0 ? [] : [...incidentTable(incidents, width, ink), ""];
  if (incidents.length === 0 && org !== undefined)
    lines.push(...wrap(safe(say("terminal.incidents.none", org)), width));
  if (campaigns.length > 0) lines.push(...campaignTable(campaigns, width, ink), "");
  lines.push(
    ...wrap(
      org === undefined
        ? reductionText(summary)
        : say("terminal.incidents.whole-case", reductionText(summary)),
      width,
    ),
    ...(incidents.length === 0 ? [] : [say("terminal.incidents.hint")]),
  );
  return `${lines.join("\n")}\n`;
}

/** The short form of a hunt's summary. */
export function incidentLines(assessment: Assessment, width: number, ink: Ink): string[] {
  const { incidents, campaigns, correlation } = assessment;
  const lines = wrap(reductionText(correlation), width, "  ");
  if (incidents.length === 0) return lines;
  const indented = (table: readonly string[]) => table.map((line) => `  ${line}`);
  lines.push(...indented(incidentTable(incidents.slice(0, MOST_IN_SUMMARY), width - 2, ink)));
  if (incidents.length > MOST_IN_SUMMARY)
    lines.push(ink.dim(`  ${say("terminal.and-more.incidents", incidents.length - MOST_IN_SUMMARY)}`));
  if (campaigns.length > 0)
    lines.push("", ...indented(campaignTable(campaigns.slice(0, MOST_IN_SUMMARY), width - 2, ink)));
  return lines;
}

function incidentTable(incidents: readonly Incident[], width: number, ink: Ink): string[] {
  return renderTable<Incident>(
    [
      {
        title: say("head.severity"),
        text: (row) => say(`severity.${row.severity}`),
        paint: (text, row) => severityPaint(row.severity, ink)(text),
      },
      { title: say("head.score"), text: (row) => formatFixed(row.score, 2), align: "right" },
      { title: say("head.organisation"), text: (row) => joinItems(row.org_ids) || "–", optional: 1 },
      { title: say("head.incident"), text: (row) => row.title, flexible: 24 },
      { title: say("head.since"), text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: say("head.until"), text: (row) => formatDay(row.last_seen), optional: 3 },
      {
        title: say("head.findings"),
        text: (row) => formatNumber(row.findings.length),
        align: "right",
        optional: 4,
      },
      { title: say("head.id"), text: (row) => row.id },
    ],
    incidents,
    width,
    ink.dim,
  );
}

function campaignTable(campaigns: readonly Campaign[], width: number, ink: Ink): string[] {
  return renderTable<Campaign>(
    [
      {
        title: say("head.severity"),
        text: (row) => say(`severity.${row.severity}`),
        paint: (text, row) => severityPaint(row.severity, ink)(text),
      },
      { title: say("head.campaign"), text: (row) => row.title, flexible: 24 },
      { title: say("head.incidents"), text: (row) => formatNumber(row.incidents.length), align: "right" },
      { title: say("head.since"), text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: say("head.until"), text: (row) => formatDay(row.last_seen), optional: 1 },
      { title: say("head.id"), text: (row) => row.id },
    ],
    campaigns,
    width,
    ink.dim,
  );
}
