import { joinItems, joinList } from "../../kernel/lists.js";
import type { Attribution } from "../../model/attribution.js";
import type { Evidence, Finding } from "../../model/finding.js";
import type { Campaign, Incident, IncidentStep } from "../../model/incident.js";
import { kindText } from "../../model/words.js";
import { say } from "../catalogue.js";
import { explainText } from "../explain.js";
import { formatFixed, formatTime, tlpLabel } from "../format.js";
import { evidenceOfSteps, tacticText } from "../incident-text.js";
import { evidenceKey, type ReportInput } from "../port.js";
import { clip, visibleLine } from "../text.js";
import { told } from "../told.js";
import { attributionPart } from "./attribution.js";
import { safe, wrap } from "./cells.js";
import { severityPaint } from "./incidents.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

const LINE_LIMIT = 1_000;
const MOST_NAMED = 20;
const MOST_IN_STEP = 3;

export interface IncidentText extends Pick<ReportInput, "messages" | "evidence"> {
  /** The incident's findings, by id. */
  findings: ReadonlyMap<string, Finding>;
  attribution: Attribution | undefined;
}

/** One incident as a story, for `longwatch incident`: what happened in which order, why it is one incident, and the log lines behind it. */
export function renderIncident(written: Incident, input: IncidentText, options: TerminalOptions): string {
  const incident = told(written);
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const shown = new Set(incident.steps.flatMap(({ finding, also }) => [finding, ...also]));
  const rest = incident.findings.filter((id) => !shown.has(id));
  const evidence = evidenceOfSteps(incident.steps, input.findings);
  const lines = [
    ...wrap(safe(incident.title), width).map(ink.bold),
    `${say("terminal.severity.status", severityPaint(incident.severity, ink)(say(`severity.${incident.severity}`)), formatFixed(incident.score, 2), say(`terminal.incident-status.${incident.status}`))}  ${ink.dim(`${safe(incident.id)}  ${tlpLabel(incident.tlp)}`)}`,
    safe(say("common.range", formatTime(incident.first_seen), formatTime(incident.last_seen))),
    ...named("organisation", incident.org_ids, width),
    ...named("hosts", incident.hosts, width),
    ...named("accounts", incident.accounts, width),
    ...named("attack", incident.techniques, width),
    ...(incident.campaign_id === null ? [] : [say("terminal.named.campaign", safe(incident.campaign_id))]),
    "",
    ...wrap(safe(explainText(incident.explanation, input.messages)), width),
    "",
    ink.bold(say("terminal.why-this-score")),
    ...renderTable(
      [
        { title: say("head.component"), text: (row) => row.name },
        { title: say("head.value"), text: (row) => formatFixed(row.value, 2), align: "right" },
        { title: say("head.weight"), text: (row) => formatFixed(row.weight, 2), align: "right" },
        { title: say("head.what-it-means"), text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
      ],
      incident.components,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    "",
    ink.bold(say("terminal.steps", incident.steps.length)),
    ...incident.steps.flatMap((step, at) =>
      stepLines(
        {
          step,
          before: incident.steps.slice(0, at).find(({ finding }) => finding === step.finding),
          evidence: evidence.get(step) ?? [],
        },
        input,
        width,
        ink,
      ),
    ),
    ...(incident.steps.some((step) => step.in_chain)
      ? ["", ink.dim(`  → ${say("terminal.steps.chain")}`)]
      : []),
  ];
  if (rest.length > 0)
    lines.push("", ...wrap(safe(say("terminal.steps.weaker", rest.length, joinItems(cut(rest)))), width));
  if (input.attribution !== undefined) lines.push(...attributionPart(input.attribution, input, width, ink));
  lines.push(
    "",
    ink.bold(say("terminal.caveats")),
    ...incident.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
  );
  return `${lines.join("\n")}\n`;
}

function named(
  what: "organisation" | "hosts" | "accounts" | "attack",
  values: readonly string[],
  width: number,
): string[] {
  return values.length === 0 ? [] : wrap(safe(say(`terminal.named.${what}`, joinItems(cut(values)))), width);
}

function cut(values: readonly string[]): string[] {
  return values.length <= MOST_NAMED
    ? [...values]
    : [...values.slice(0, MOST_NAMED), say("terminal.and-more", values.length - MOST_NAMED)];
}

interface ToldStep {
  step: IncidentStep;
  /** The step before that has the explanation of the same finding: what happened in several places has several steps. */
  before: IncidentStep | undefined;
  /** Some log lines; `longwatch explain` shows all of them. */
  evidence: readonly Evidence[];
}

function stepLines(
  { step, before, evidence }: ToldStep,
  input: IncidentText,
  width: number,
  ink: Ink,
): string[] {
  const finding = told(input.findings.get(step.finding));
  const where = step.hosts.length === 0 ? "" : `  ${safe(joinList(step.hosts, MOST_IN_STEP))}`;
  const lines = [
    "",
    `${step.in_chain ? "→" : " "} ${ink.bold(safe(formatTime(step.time)))}  ${tacticText(step)}${where}`,
    ...wrap(
      safe(before === undefined ? step.what : say("terminal.step.told", step.what, formatTime(before.time))),
      width,
      "    ",
    ),
  ];
  if (before === undefined && finding !== undefined)
    lines.push(...wrap(safe(explainText(finding.explanation, input.messages)), width, "    "));
  for (const { source_id, line, time, summary } of evidence) {
    const found = input.evidence.get(evidenceKey(source_id, line));
    lines.push(ink.dim(`    ${safe(time)}  ${safe(summary)}`));
    lines.push(
      ink.dim(
        found === undefined || "missing" in found
          ? `    ${say("terminal.evidence.not-shown", String(line), found === undefined ? say("terminal.evidence.not-loaded") : safe(found.missing))}`
          : `    ${safe(found.path)}:${line}  ${visibleLine(clip(found.text, LINE_LIMIT))}`,
      ),
    );
  }
  const alike =
    step.also.length === 0 ? "" : say("terminal.step.alike", step.also.length, joinItems(cut(step.also)));
  lines.push(
    ...wrap(safe(`${say("terminal.step.finding", step.finding)}${alike}`), width, "    ").map(ink.dim),
  );
  return lines;
}

/** One campaign with its incidents, for `longwatch incident`. */
export function renderCampaign(
  written: Campaign,
  ownIncidents: readonly Incident[],
  { messages, attribution }: Pick<ReportInput, "messages"> & { attribution: Attribution | undefined },
  options: TerminalOptions,
): string {
  const [campaign, incidents] = [told(written), told(ownIncidents)];
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines = [
    ...wrap(safe(campaign.title), width).map(ink.bold),
    `${severityPaint(campaign.severity, ink)(say(`severity.${campaign.severity}`))}  ${ink.dim(`${safe(campaign.id)}  ${tlpLabel(campaign.tlp)}`)}`,
    safe(say("common.range", formatTime(campaign.first_seen), formatTime(campaign.last_seen))),
    ...named("attack", campaign.techniques, width),
    "",
    ...wrap(safe(explainText(campaign.explanation, messages)), width),
    "",
    ink.bold(say("terminal.shared")),
    ...renderTable<Campaign["shared"][number]>(
      [
        { title: say("head.kind"), text: (row) => kindText(row.kind) },
        { title: say("head.value"), text: (row) => row.value, flexible: 24, tooLong: "middle" },
        { title: say("head.organisations"), text: (row) => String(row.organisations), align: "right" },
        { title: say("head.incidents"), text: (row) => String(row.incidents), align: "right" },
      ],
      campaign.shared,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    "",
    ink.bold(say("incidents.short")),
    ...renderTable<Incident>(
      [
        { title: say("head.since"), text: (row) => formatTime(row.first_seen) },
        { title: say("head.organisation"), text: (row) => joinItems(row.org_ids) || "–" },
        { title: say("head.incident"), text: (row) => row.title, flexible: 20, optional: 1 },
        { title: say("head.id"), text: (row) => row.id },
      ],
      incidents,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    ...(campaign.findings.length > 0
      ? ["", ...wrap(safe(say("terminal.shared.findings", joinItems(cut(campaign.findings)))), width)]
      : []),
    ...(attribution === undefined ? [] : attributionPart(attribution, { messages }, width, ink)),
    "",
    ink.bold(say("terminal.caveats")),
    ...campaign.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
  ];
  return `${lines.join("\n")}\n`;
}
