import type { Attribution } from "../../model/attribution.js";
import type { Finding } from "../../model/finding.js";
import type { Campaign, Incident, IncidentStep } from "../../model/incident.js";
import { explainText } from "../explain.js";
import { formatTime, tlpLabel } from "../format.js";
import { tacticText } from "../incident-text.js";
import { evidenceKey, type ReportInput } from "../port.js";
import { clip, plural, visibleLine } from "../text.js";
import { attributionPart } from "./attribution.js";
import { safe, wrap } from "./cells.js";
import { severityPaint } from "./incidents.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

/** Evidence lines of one step; `longwatch explain` shows all of them. */
const LINES_OF_STEP = 3;
const LINE_LIMIT = 1_000;
const MOST_NAMED = 20;

export interface IncidentText extends Pick<ReportInput, "messages" | "evidence"> {
  /** The incident's findings, by id. */
  findings: ReadonlyMap<string, Finding>;
  attribution: Attribution | undefined;
}

/** One incident as a story, for `longwatch incident`: what happened in which order, why it is one incident, and the log lines behind it. */
export function renderIncident(incident: Incident, input: IncidentText, options: TerminalOptions): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const shown = new Set(incident.steps.flatMap(({ finding, also }) => [finding, ...also]));
  const rest = incident.findings.filter((id) => !shown.has(id));
  const lines = [
    ...wrap(safe(incident.title), width).map(ink.bold),
    `${severityPaint(incident.severity, ink)(incident.severity)}, score ${incident.score.toFixed(2)}, ${incident.status.replace("_", " ")}  ${ink.dim(`${safe(incident.id)}  ${tlpLabel(incident.tlp)}`)}`,
    safe(`${formatTime(incident.first_seen)} to ${formatTime(incident.last_seen)}`),
    ...named("organisation", incident.org_ids, width),
    ...named("hosts", incident.hosts, width),
    ...named("accounts", incident.accounts, width),
    ...named("ATT&CK", incident.techniques, width),
    ...(incident.campaign_id === null ? [] : [`campaign: ${safe(incident.campaign_id)}`]),
    "",
    ...wrap(safe(explainText(incident.explanation, input.messages)), width),
    "",
    ink.bold("Why this score"),
    ...renderTable(
      [
        { title: "Component", text: (row) => row.name },
        { title: "Value", text: (row) => row.value.toFixed(2), align: "right" },
        { title: "Weight", text: (row) => row.weight.toFixed(2), align: "right" },
        { title: "What it means", text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
      ],
      incident.components,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    "",
    ink.bold(`Timeline: ${plural(incident.steps.length, "step")}`),
    ...incident.steps.flatMap((step) => stepLines(step, input, width, ink)),
    ...(incident.steps.some((step) => step.in_chain)
      ? ["", ink.dim("  → belongs to the sequence that makes it a plausible intrusion")]
      : []),
  ];
  if (rest.length > 0)
    lines.push(
      "",
      ...wrap(
        safe(
          `${plural(rest.length, "weaker finding")} tied to it, too weak for a step: ${cut(rest).join(", ")}`,
        ),
        width,
      ),
    );
  if (input.attribution !== undefined) lines.push(...attributionPart(input.attribution, input, width, ink));
  lines.push(
    "",
    ink.bold("Caveats"),
    ...incident.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
  );
  return `${lines.join("\n")}\n`;
}

function named(what: string, values: readonly string[], width: number): string[] {
  return values.length === 0 ? [] : wrap(safe(`${what}: ${cut(values).join(", ")}`), width);
}

function cut(values: readonly string[]): string[] {
  return values.length <= MOST_NAMED
    ? [...values]
    : [...values.slice(0, MOST_NAMED), `and ${values.length - MOST_NAMED} more`];
}

function stepLines(step: IncidentStep, input: IncidentText, width: number, ink: Ink): string[] {
  const finding = input.findings.get(step.finding);
  const where = step.hosts.length > 1 ? `${step.host} and ${step.hosts.length - 1} more` : step.host;
  const lines = [
    "",
    `${step.in_chain ? "→" : " "} ${ink.bold(safe(formatTime(step.time)))}  ${tacticText(step)}${where === "" ? "" : `  ${safe(where)}`}`,
    ...wrap(safe(step.what), width, "    "),
  ];
  if (finding !== undefined)
    lines.push(...wrap(safe(explainText(finding.explanation, input.messages)), width, "    "));
  for (const { source_id, line, time, summary } of finding?.evidence.slice(0, LINES_OF_STEP) ?? []) {
    const found = input.evidence.get(evidenceKey(source_id, line));
    lines.push(ink.dim(`    ${safe(time)}  ${safe(summary)}`));
    lines.push(
      ink.dim(
        found === undefined || "missing" in found
          ? `    line ${line} is not shown: ${found === undefined ? "it was not loaded" : safe(found.missing)}`
          : `    ${safe(found.path)}:${line}  ${visibleLine(clip(found.text, LINE_LIMIT))}`,
      ),
    );
  }
  const alike =
    step.also.length === 0
      ? ""
      : `; ${plural(step.also.length, "more")} like it: ${cut(step.also).join(", ")}`;
  lines.push(...wrap(safe(`finding ${step.finding}${alike}`), width, "    ").map(ink.dim));
  return lines;
}

/** One campaign with its incidents, for `longwatch incident`. */
export function renderCampaign(
  campaign: Campaign,
  incidents: readonly Incident[],
  { messages, attribution }: Pick<ReportInput, "messages"> & { attribution: Attribution | undefined },
  options: TerminalOptions,
): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines = [
    ...wrap(safe(campaign.title), width).map(ink.bold),
    `${severityPaint(campaign.severity, ink)(campaign.severity)}  ${ink.dim(`${safe(campaign.id)}  ${tlpLabel(campaign.tlp)}`)}`,
    safe(`${formatTime(campaign.first_seen)} to ${formatTime(campaign.last_seen)}`),
    ...named("ATT&CK", campaign.techniques, width),
    "",
    ...wrap(safe(explainText(campaign.explanation, messages)), width),
    "",
    ink.bold("What its incidents share"),
    ...renderTable<Campaign["shared"][number]>(
      [
        { title: "Kind", text: (row) => row.kind },
        { title: "Value", text: (row) => row.value, flexible: 24, tooLong: "middle" },
        { title: "Organisations", text: (row) => String(row.organisations), align: "right" },
        { title: "Incidents", text: (row) => String(row.incidents), align: "right" },
      ],
      campaign.shared,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    "",
    ink.bold("Incidents"),
    ...renderTable<Incident>(
      [
        { title: "Since", text: (row) => formatTime(row.first_seen) },
        { title: "Organisation", text: (row) => row.org_ids.join(", ") || "–" },
        { title: "Incident", text: (row) => row.title, flexible: 20, optional: 1 },
        { title: "Id", text: (row) => row.id },
      ],
      incidents,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    ...(campaign.findings.length > 0
      ? ["", ...wrap(safe(`findings about what is shared: ${cut(campaign.findings).join(", ")}`), width)]
      : []),
    ...(attribution === undefined ? [] : attributionPart(attribution, { messages }, width, ink)),
    "",
    ink.bold("Caveats"),
    ...campaign.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
  ];
  return `${lines.join("\n")}\n`;
}
