import { joinItems } from "../../kernel/lists.js";
import { type AssessedOrganisation, type Assessment, likelihoodWord } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { formatBytes, formatDay, formatFixed, formatNumber, formatPercent, tlpLabel } from "../format.js";
import { orderInfrastructure } from "../order.js";
import type { ReportPaths } from "../port.js";
import { told } from "../told.js";
import { likelihoodName, STATUS, sectorName } from "../words.js";
import { actionLines } from "./actions.js";
import { attributionLines } from "./attribution.js";
import { safe, wrap } from "./cells.js";
import { incidentLines } from "./incidents.js";
import { type Ink, makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { matrixLines } from "./matrix.js";
import { renderTable } from "./table.js";
import { workingHoursLines } from "./working-hours.js";

const MOST_ORGANISATIONS = 60;
const MOST_INFRASTRUCTURE = 15;

export interface SummaryOptions extends TerminalOptions {
  /** Where the report lies. */
  paths?: ReportPaths;
}

/** What a hunt prints at its end. */
export function renderSummary(written: Assessment, options: SummaryOptions): string {
  const assessment = told(written);
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const touched = assessment.organisations
    .filter((organisation) => STATUS[organisation.status].rank <= 2)
    .sort(
      (a, b) =>
        STATUS[a.status].rank - STATUS[b.status].rank ||
        b.likelihood - a.likelihood ||
        (a.org_id < b.org_id ? -1 : 1),
    );
  const parts: string[][] = [
    head(assessment, ink, width),
    judgements(assessment, ink, width),
    section(say("actions.title"), actionLines(assessment, width, ink), ink),
    organisations(assessment, touched, ink, width),
    section(say("weeks.title"), matrixLines(assessment, touched, width, ink), ink),
    section(say("incidents.short"), incidentLines(assessment, width, ink), ink),
    section(say("attribution.title"), attributionLines(assessment, width, ink), ink),
    infrastructure(assessment, ink, width),
    section(say("hours.title"), workingHoursLines(assessment, width), ink),
    detectors(assessment, ink, width),
    notAssessed(assessment, ink, width),
    options.paths === undefined
      ? []
      : section(
          say("terminal.report"),
          Object.values(options.paths).map((path: string) => `  ${safe(path)}`),
          ink,
        ),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[], ink: Ink): string[] {
  return lines.length === 0 ? [] : [ink.bold(title), ...lines];
}

function head(assessment: Assessment, ink: Ink, width: number): string[] {
  const { telemetry } = assessment;
  const lines = [
    `${ink.bold(safe(assessment.case))}  ${tlpLabel(assessment.tlp)}${assessment.synthetic ? `  ${ink.yellow(say("terminal.synthetic"))}` : ""}`,
  ];
  const rejected = telemetry.rejected > 0 ? say("terminal.read.rejected", telemetry.rejected) : "";
  lines.push(
    ...wrap(
      say(
        "terminal.read",
        telemetry.rows,
        telemetry.files,
        rejected,
        formatDay(telemetry.first),
        formatDay(telemetry.last),
        telemetry.sensors.length,
        telemetry.outages.length,
      ),
      width,
    ),
  );
  return lines;
}

function judgements(assessment: Assessment, ink: Ink, width: number): string[] {
  if (assessment.judgements.length === 0)
    return section(say("judgements.title"), [`  ${say("terminal.judgements.none")}`], ink);
  const lines = assessment.judgements.flatMap((judgement, index) => {
    const likelihood =
      judgement.likelihood === null
        ? []
        : [
            say(
              "terminal.likelihood",
              likelihoodName(likelihoodWord(judgement.likelihood)),
              formatPercent(judgement.likelihood),
            ),
          ];
    const [first = "", ...rest] = wrap(safe(judgement.statement), width, "     ");
    return [
      `  ${index + 1}. ${first.trimStart()}`,
      ...rest,
      ...wrap(safe(judgement.confidence_statement), width, "     ").map(ink.dim),
      ink.dim(
        `     ${joinItems([...likelihood, say("terminal.confidence", say(`confidence.${judgement.confidence}`))])}`,
      ),
    ];
  });
  return section(say("judgements.title"), lines, ink);
}

function statusInk(organisation: AssessedOrganisation, ink: Ink): (text: string) => string {
  return organisation.status === "compromised"
    ? ink.red
    : organisation.status === "suspected"
      ? ink.yellow
      : ink.blue;
}

function organisations(
  assessment: Assessment,
  touched: readonly AssessedOrganisation[],
  ink: Ink,
  width: number,
): string[] {
  const count = (status: string) =>
    assessment.organisations.filter((organisation) => organisation.status === status).length;
  const counts = (["compromised", "suspected", "contacted", "no_evidence", "no_data"] as const).map(
    (status) => say("terminal.organisations.count", count(status), say(`status.${status}`)),
  );
  const rest = wrap(
    say("terminal.organisations", assessment.organisations.length, joinItems(counts)),
    width,
    "  ",
  );
  if (touched.length === 0) return section(say("organisations.title"), rest, ink);
  const table = renderTable<AssessedOrganisation>(
    [
      { title: say("head.organisation"), text: (row) => row.name, flexible: 24 },
      { title: say("head.sector"), text: (row) => sectorName(row.sector), flexible: 12, optional: 1 },
      {
        title: say("head.status"),
        text: (row) => `${STATUS[row.status].sign} ${say(`status.${row.status}`)}`,
        paint: (text, row) => statusInk(row, ink)(text),
      },
      {
        title: say("head.likely"),
        text: (row) => formatPercent(row.likelihood),
        align: "right",
        optional: 3,
      },
      { title: say("head.since"), text: (row) => formatDay(row.first_seen) },
      { title: say("head.until"), text: (row) => formatDay(row.last_seen) },
      { title: say("head.days"), text: (row) => formatNumber(row.active_days), align: "right", optional: 2 },
      { title: say("head.hosts"), text: (row) => formatNumber(row.hosts.length), align: "right" },
      { title: say("head.out"), text: (row) => formatBytes(row.bytes_out), align: "right" },
    ],
    touched.slice(0, MOST_ORGANISATIONS),
    width - 2,
    ink.dim,
  ).map((line) => `  ${line}`);
  const more =
    touched.length > MOST_ORGANISATIONS
      ? [ink.dim(`  ${say("terminal.and-more.report", touched.length - MOST_ORGANISATIONS)}`)]
      : [];
  return section(say("organisations.title"), [...rest, "", ...table, ...more], ink);
}

function infrastructure(assessment: Assessment, ink: Ink, width: number): string[] {
  const all = orderInfrastructure(assessment.infrastructure);
  if (all.length === 0)
    return section(say("infrastructure.title"), [`  ${say("terminal.infrastructure.none")}`], ink);
  const table = renderTable(
    [
      { title: say("head.infrastructure"), text: (row) => row.value, flexible: 24, tooLong: "middle" },
      { title: say("head.basis"), text: (row) => say(`basis.${row.basis}`) },
      { title: say("head.score"), text: (row) => formatFixed(row.score, 2), align: "right" },
      { title: say("head.since"), text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: say("head.orgs"), text: (row) => formatNumber(row.organisations.length), align: "right" },
      { title: say("head.why"), text: (row) => row.why[0] ?? "", flexible: 24, optional: 1 },
    ],
    all.slice(0, MOST_INFRASTRUCTURE),
    width - 2,
    ink.dim,
  ).map((line) => `  ${line}`);
  const more =
    all.length > MOST_INFRASTRUCTURE
      ? [ink.dim(`  ${say("terminal.and-more.report", all.length - MOST_INFRASTRUCTURE)}`)]
      : [];
  return section(say("infrastructure.title"), [...table, ...more], ink);
}

/** What was looked at; zeros (nothing left out, nothing allow-listed) only where there is nothing else, and in the HTML report. */
function looked(evaluated: readonly { what: string; count: number }[]): string {
  const some = evaluated.filter((entry) => entry.count > 0);
  return joinItems(
    (some.length > 0 ? some : evaluated).map(({ what, count }) =>
      say("terminal.detectors.looked", count, what),
    ),
  );
}

function detectors(assessment: Assessment, ink: Ink, width: number): string[] {
  if (assessment.detectors.length === 0)
    return section(say("detectors.title"), [`  ${say("terminal.detectors.none")}`], ink);
  return section(
    say("detectors.title"),
    renderTable(
      [
        { title: say("head.detector"), text: (row) => row.id },
        {
          title: say("head.state"),
          text: (row) => say(`terminal.run.${row.status}`),
          paint: (text, row) => (row.status === "not_tested" ? ink.yellow(text) : text),
        },
        {
          title: say("head.findings"),
          text: (row) => (row.status === "ran" ? formatNumber(row.findings) : "–"),
          align: "right",
        },
        {
          title: say("head.looked-at"),
          text: (row) => (row.reason !== "" ? row.reason : looked(row.evaluated)),
          flexible: 24,
          tooLong: "wrap",
        },
        {
          title: say("head.time"),
          text: (row) => say("unit.s", formatFixed(row.seconds, 1)),
          align: "right",
          optional: 1,
        },
      ],
      assessment.detectors,
      width - 2,
      ink.dim,
    ).map((line) => `  ${line}`),
    ink,
  );
}

function notAssessed(assessment: Assessment, ink: Ink, width: number): string[] {
  return section(
    say("terminal.gaps"),
    assessment.not_assessed.flatMap((gap) => {
      const [first = "", ...rest] = wrap(safe(say("terminal.gap", gap.what, gap.why)), width, "    ");
      return [`  - ${first.trimStart()}`, ...rest];
    }),
    ink,
  );
}
