import { type AssessedOrganisation, type Assessment, likelihoodWord } from "../../model/assessment.js";
import { say } from "../catalogue.js";
import { formatBytes, formatDay, formatNumber, formatPercent, tlpLabel } from "../format.js";
import { orderInfrastructure } from "../order.js";
import type { ReportPaths } from "../port.js";
import { plural } from "../text.js";
import { STATUS, sectorName } from "../words.js";
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
export function renderSummary(assessment: Assessment, options: SummaryOptions): string {
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
    section("Week by week", matrixLines(assessment, touched, width, ink), ink),
    section("Incidents", incidentLines(assessment, width, ink), ink),
    section("Attribution", attributionLines(assessment, width, ink), ink),
    infrastructure(assessment, ink, width),
    section("Working hours of the operators", workingHoursLines(assessment, width), ink),
    detectors(assessment, ink, width),
    notAssessed(assessment, ink, width),
    options.paths === undefined
      ? []
      : section(
          "Report",
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
    `${ink.bold(safe(assessment.case))}  ${tlpLabel(assessment.tlp)}${assessment.synthetic ? `  ${ink.yellow("SYNTHETIC DATA")}` : ""}`,
  ];
  const rejected = telemetry.rejected > 0 ? ` (${plural(telemetry.rejected, "line")} rejected)` : "";
  lines.push(
    ...wrap(
      `${plural(telemetry.rows, "record")} from ${plural(telemetry.files, "file")}${rejected}, ${formatDay(telemetry.first)} to ${formatDay(telemetry.last)}, ${plural(telemetry.sensors.length, "sensor")}, ${plural(telemetry.outages.length, "outage")}`,
      width,
    ),
  );
  return lines;
}

function judgements(assessment: Assessment, ink: Ink, width: number): string[] {
  if (assessment.judgements.length === 0)
    return section("Key judgements", ["  none was made; that is not a clean bill of health"], ink);
  const lines = assessment.judgements.flatMap((judgement, index) => {
    const likelihood =
      judgement.likelihood === null
        ? ""
        : `likelihood: ${likelihoodWord(judgement.likelihood)} (${formatPercent(judgement.likelihood)}), `;
    const [first = "", ...rest] = wrap(safe(judgement.statement), width, "     ");
    return [
      `  ${index + 1}. ${first.trimStart()}`,
      ...rest,
      ...wrap(safe(judgement.confidence_statement), width, "     ").map(ink.dim),
      ink.dim(`     ${likelihood}confidence: ${judgement.confidence}`),
    ];
  });
  return section("Key judgements", lines, ink);
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
    (status) => `${count(status)} ${say(`status.${status}`)}`,
  );
  const rest = wrap(
    `${plural(assessment.organisations.length, "organisation")}: ${counts.join(", ")}`,
    width,
    "  ",
  );
  if (touched.length === 0) return section("Organisations", rest, ink);
  const table = renderTable<AssessedOrganisation>(
    [
      { title: "Organisation", text: (row) => row.name, flexible: 24 },
      { title: "Sector", text: (row) => sectorName(row.sector), flexible: 12, optional: 1 },
      {
        title: "Status",
        text: (row) => `${STATUS[row.status].sign} ${say(`status.${row.status}`)}`,
        paint: (text, row) => statusInk(row, ink)(text),
      },
      { title: "Likely", text: (row) => formatPercent(row.likelihood), align: "right", optional: 3 },
      { title: "Since", text: (row) => formatDay(row.first_seen) },
      { title: "Until", text: (row) => formatDay(row.last_seen) },
      { title: "Days", text: (row) => formatNumber(row.active_days), align: "right", optional: 2 },
      { title: "Hosts", text: (row) => formatNumber(row.hosts.length), align: "right" },
      { title: "Out", text: (row) => formatBytes(row.bytes_out), align: "right" },
    ],
    touched.slice(0, MOST_ORGANISATIONS),
    width - 2,
    ink.dim,
  ).map((line) => `  ${line}`);
  const more =
    touched.length > MOST_ORGANISATIONS
      ? [ink.dim(`  and ${formatNumber(touched.length - MOST_ORGANISATIONS)} more, see the report`)]
      : [];
  return section("Organisations", [...rest, "", ...table, ...more], ink);
}

function infrastructure(assessment: Assessment, ink: Ink, width: number): string[] {
  const all = orderInfrastructure(assessment.infrastructure);
  if (all.length === 0) return section("Infrastructure", ["  none confirmed, none suspected"], ink);
  const table = renderTable(
    [
      { title: "Infrastructure", text: (row) => row.value, flexible: 24, tooLong: "middle" },
      { title: "Basis", text: (row) => row.basis },
      { title: "Score", text: (row) => row.score.toFixed(2), align: "right" },
      { title: "Since", text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: "Orgs", text: (row) => formatNumber(row.organisations.length), align: "right" },
      { title: "Why", text: (row) => row.why[0] ?? "", flexible: 24, optional: 1 },
    ],
    all.slice(0, MOST_INFRASTRUCTURE),
    width - 2,
    ink.dim,
  ).map((line) => `  ${line}`);
  const more =
    all.length > MOST_INFRASTRUCTURE
      ? [ink.dim(`  and ${formatNumber(all.length - MOST_INFRASTRUCTURE)} more, see the report`)]
      : [];
  return section("Infrastructure", [...table, ...more], ink);
}

const RUN_WORDS = { ran: "ran", not_tested: "NOT TESTED", off: "off" } as const;

/** What was looked at; zeros (nothing left out, nothing allow-listed) only where there is nothing else, and in the HTML report. */
function looked(evaluated: readonly { what: string; count: number }[]): string {
  const some = evaluated.filter((entry) => entry.count > 0);
  return (some.length > 0 ? some : evaluated)
    .map((entry) => `${formatNumber(entry.count)} ${entry.what}`)
    .join(", ");
}

function detectors(assessment: Assessment, ink: Ink, width: number): string[] {
  if (assessment.detectors.length === 0) return section("Detectors", ["  none ran"], ink);
  return section(
    "Detectors",
    renderTable(
      [
        { title: "Detector", text: (row) => row.id },
        {
          title: "State",
          text: (row) => RUN_WORDS[row.status],
          paint: (text, row) => (row.status === "not_tested" ? ink.yellow(text) : text),
        },
        {
          title: "Findings",
          text: (row) => (row.status === "ran" ? formatNumber(row.findings) : "–"),
          align: "right",
        },
        {
          title: "Looked at",
          text: (row) => (row.reason !== "" ? row.reason : looked(row.evaluated)),
          flexible: 24,
          tooLong: "wrap",
        },
        { title: "Time", text: (row) => `${row.seconds.toFixed(1)} s`, align: "right", optional: 1 },
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
    "Not looked at",
    assessment.not_assessed.flatMap((gap) => {
      const [first = "", ...rest] = wrap(safe(`${gap.what}: ${gap.why}`), width, "    ");
      return [`  - ${first.trimStart()}`, ...rest];
    }),
    ink,
  );
}
