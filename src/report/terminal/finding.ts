import { type Finding, severityRank } from "../../model/finding.js";
import { explainText } from "../explain.js";
import { formatDay, formatNumber, formatTime, tlpLabel } from "../format.js";
import { evidenceKey, type ReportInput } from "../port.js";
import { clip, plural, visibleLine } from "../text.js";
import { safe, wrap } from "./cells.js";
import { severityPaint } from "./incidents.js";
import { makeInk, type TerminalOptions, terminalWidth } from "./ink.js";
import { renderTable } from "./table.js";

const LINE_LIMIT = 20_000;

/** A bar for a value 0..1. */
function gauge(value: number, cells = 12): string {
  const filled = Math.round(Math.max(0, Math.min(1, Number.isFinite(value) ? value : 0)) * cells);
  return "█".repeat(filled) + "░".repeat(cells - filled);
}

/** One finding in full, for `longwatch explain`: why, from which parts the score comes, and the log lines word for word. */
export function renderFinding(
  finding: Finding,
  input: Pick<ReportInput, "messages" | "evidence">,
  options: TerminalOptions & { organisation?: string },
): string {
  const ink = makeInk(options.colour);
  const width = terminalWidth(options.width);
  const lines = [
    ink.bold(safe(finding.title)),
    `${severityPaint(finding.severity, ink)(finding.severity)}, score ${finding.score.toFixed(2)}  ${ink.dim(`${safe(finding.id)}  ${tlpLabel(finding.tlp)}`)}`,
    safe(`${formatTime(finding.first_seen)} to ${formatTime(finding.last_seen)}`),
    `organisation: ${finding.org_id === null ? "none in the inventory" : safe(options.organisation === undefined ? finding.org_id : `${options.organisation} (${finding.org_id})`)}`,
    ...wrap(
      safe(
        `about: ${finding.entities.map((entity) => `${entity.value} (${[entity.role, entity.kind, entity.realm && `realm ${entity.realm}`].filter(Boolean).join(", ")})`).join("; ")}`,
      ),
      width,
    ),
    ...(finding.attack.length > 0 ? [`ATT&CK: ${safe(finding.attack.join(", "))}`] : []),
    "",
    ...wrap(safe(explainText(finding.explanation, input.messages)), width),
  ];
  if (finding.components.length > 0) {
    lines.push("", ink.bold("Why this score"));
    lines.push(
      ...renderTable(
        [
          { title: "Component", text: (row) => row.name },
          { title: "Value", text: (row) => `${gauge(row.value)} ${row.value.toFixed(2)}` },
          { title: "Weight", text: (row) => row.weight.toFixed(2), align: "right" },
          { title: "What it means", text: (row) => row.meaning, flexible: 24, tooLong: "wrap" },
        ],
        finding.components,
        width - 2,
        ink.dim,
      ).map((line) => `  ${line}`),
    );
  }
  if (finding.caveats.length > 0) {
    lines.push(
      "",
      ink.bold("Caveats"),
      ...finding.caveats.flatMap((caveat) => wrap(safe(`- ${caveat}`), width, "  ")),
    );
  }
  lines.push("", ink.bold(`Evidence: ${plural(finding.evidence.length, "line")}`));
  for (const item of finding.evidence) {
    const found = input.evidence.get(evidenceKey(item.source_id, item.line));
    lines.push(`  ${safe(item.time)}  ${safe(item.summary)}`);
    if (found === undefined || "missing" in found) {
      lines.push(
        ink.dim(
          `  line ${item.line} is not shown: ${found === undefined ? "it was not loaded" : safe(found.missing)}`,
        ),
      );
    } else {
      lines.push(
        ink.dim(`  ${safe(found.path)}:${item.line}`),
        `  ${visibleLine(clip(found.text, LINE_LIMIT))}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A list of findings, for `longwatch findings`. */
export function renderFindingsTable(findings: readonly Finding[], options: TerminalOptions): string {
  if (findings.length === 0) return "no findings\n";
  const ink = makeInk(options.colour);
  const lines = renderTable<Finding>(
    [
      {
        title: "Severity",
        text: (row) => row.severity,
        paint: (text, row) => severityPaint(row.severity, ink)(text),
      },
      { title: "Score", text: (row) => row.score.toFixed(2), align: "right" },
      { title: "Organisation", text: (row) => row.org_id ?? "–", flexible: 10, optional: 3 },
      { title: "Finding", text: (row) => row.title, flexible: 20, tooLong: "middle" },
      { title: "Since", text: (row) => formatDay(row.first_seen), optional: 2 },
      { title: "Until", text: (row) => formatDay(row.last_seen), optional: 1 },
      { title: "Id", text: (row) => row.id },
    ],
    findings,
    terminalWidth(options.width),
    ink.dim,
  );
  return `${lines.join("\n")}\n\n${plural(findings.length, "finding")}, ${formatNumber(findings.filter((finding) => severityRank(finding.severity) >= 3).length)} of high or critical severity\n`;
}
